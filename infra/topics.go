package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/jsii-runtime-go"
)

// addTopics makes two topics. Alerts tells the owner's own systems what staff
// are told, without anything personal. Operations tells who runs the stack that
// an alarm went off.
func (s *stack) addTopics() {
	s.alerts = awssns.NewTopic(s.scope, str("Alerts"), &awssns.TopicProps{
		DisplayName: str("Resonanz: alerts"),
		EnforceSSL:  jsii.Bool(true),
		MasterKey:   awskms.Alias_FromAliasName(s.scope, str("SnsKey"), str("alias/aws/sns")),
	})
	// CloudWatch cannot publish to a topic under the account's SNS key, and a key
	// of our own would cost more than it hides: an alarm names a queue or a
	// function, nothing else.
	s.operations = awssns.NewTopic(s.scope, str("Operations"), &awssns.TopicProps{
		DisplayName: str("Resonanz: alarms"),
		EnforceSSL:  jsii.Bool(true),
	})
	s.operations.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        str("AlarmsPublish"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(str("cloudwatch.amazonaws.com"), nil)},
		Actions:    strs("sns:Publish"),
		Resources:  &[]*string{s.operations.TopicArn()},
		Conditions: &map[string]interface{}{"StringEquals": map[string]interface{}{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}},
	}))
	if to := s.Config.Alarms.Email; to != "" {
		s.operations.AddSubscription(awssnssubscriptions.NewEmailSubscription(str(to), nil))
	}
}
