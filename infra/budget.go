package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/jsii-runtime-go"
)

// addBudget tells the owner by mail when the account costs more than was thought:
// at four fifths of the bound, and as soon as the month is forecast to pass it. It
// counts the whole account: to count one stack by its tags, they would have to be
// switched on in the account's billing first.
func (s *stack) addBudget() {
	b := s.Config.Budget
	if b.USDPerMonth == 0 || s.Local {
		return
	}
	to := b.Email
	if to == "" {
		to = s.Config.Alarms.Email
	}
	var told []interface{}
	for _, n := range []struct {
		kind    string
		percent int
	}{{"ACTUAL", 80}, {"FORECASTED", 100}} {
		told = append(told, &awsbudgets.CfnBudget_NotificationWithSubscribersProperty{
			Notification: &awsbudgets.CfnBudget_NotificationProperty{
				NotificationType: str(n.kind), ComparisonOperator: str("GREATER_THAN"), Threshold: jsii.Number(n.percent), ThresholdType: str("PERCENTAGE"),
			},
			Subscribers: &[]interface{}{&awsbudgets.CfnBudget_SubscriberProperty{SubscriptionType: str("EMAIL"), Address: str(to)}},
		})
	}
	awsbudgets.NewCfnBudget(s.scope, str("Budget"), &awsbudgets.CfnBudgetProps{
		Budget: &awsbudgets.CfnBudget_BudgetDataProperty{
			BudgetType: str("COST"), TimeUnit: str("MONTHLY"),
			BudgetLimit: &awsbudgets.CfnBudget_SpendProperty{Amount: jsii.Number(b.USDPerMonth), Unit: str("USD")},
		},
		NotificationsWithSubscribers: &told,
	})
}
