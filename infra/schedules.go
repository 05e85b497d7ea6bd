package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/jsii-runtime-go"
)

// schedule calls one function at set times in the organisation's zone.
type schedule struct {
	id, function string
	expression   string
	does         string
	retries      int
	maxAge       int  // seconds; an older call is put aside
	asleep       bool // it is there and calls nothing
}

// addSchedules starts the clock each minute and the report on its two days: the
// preliminary one on the first of the month, the final one as soon as the month
// is frozen; facts are compacted at night. A missed minute needs no second try, nor
// a missed half hour of the watch or a missed night: the next one sees the same
// deadlines, the same day and the same files.
func (s *stack) addSchedules() {
	const minute, halfHour, day = 60, 30 * 60, 24 * 60 * 60
	all := []schedule{{
		id: "Clock", function: "clock", expression: "rate(1 minute)",
		does: "Deadlines that have passed", retries: 0, maxAge: minute,
	}, {
		id: "Watch", function: "watch", expression: "rate(30 minutes)",
		does: "Figures of the day that ask for attention", retries: 0, maxAge: halfHour,
	}, {
		id: "Compact", function: "compact", expression: "cron(15 3 * * ? *)",
		does: "Small files of facts into large ones", retries: 0, maxAge: halfHour,
	}, {
		id: "Sweep", function: "sweep", expression: "cron(15 2 * * ? *)",
		does: "What is personal and has been kept long enough", retries: 2, maxAge: day,
	}, {
		id: "ReportPreliminary", function: "report", expression: "cron(0 6 1 * ? *)",
		does: "Preliminary report of the previous month", retries: 10, maxAge: day,
	}, {
		id: "ReportFinal", function: "report", expression: fmt.Sprintf("cron(30 0 %d * ? *)", s.Config.Report.FreezeDay),
		does: "Final report of the previous month", retries: 10, maxAge: day,
	}}
	if s.Config.Canary.Enabled {
		// Seven minutes past, so that no flight is at the turn of a month. On an emulator
		// it flies when it is called: there somebody counts everything that is stored.
		all = append(all, schedule{
			id: "Canary", function: "canary", expression: fmt.Sprintf("cron(7/%d * * * ? *)", canaryMinutes),
			does: "A customer's way, gone by the stack itself", retries: 0, maxAge: minute, asleep: s.Local,
		})
	}
	for _, c := range all {
		s.addSchedule(c)
	}
}

func (s *stack) addSchedule(c schedule) {
	fn := s.functions[c.function]
	role := awsiam.NewRole(s.scope, str(c.id+"ScheduleRole"), &awsiam.RoleProps{
		Description: str("Resonanz schedule " + c.id + ": calls " + c.function),
		AssumedBy: awsiam.NewServicePrincipal(str("scheduler.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]interface{}{"StringEquals": map[string]interface{}{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}},
		}),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"may": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &[]awsiam.PolicyStatement{
				allow(fn.FunctionArn(), "lambda:InvokeFunction"),
				allow(s.scheduleDLQ.QueueArn(), "sqs:SendMessage"),
			}}),
		},
	})
	var state *string // enabled, if nothing is said
	if c.asleep {
		state = str("DISABLED")
	}
	awsscheduler.NewCfnSchedule(s.scope, str(c.id+"Schedule"), &awsscheduler.CfnScheduleProps{
		Description:                str("Resonanz: " + c.does),
		State:                      state,
		ScheduleExpression:         str(c.expression),
		ScheduleExpressionTimezone: str(s.Config.Organisation.TimeZone),
		FlexibleTimeWindow:         &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: str("OFF")},
		Target: &awsscheduler.CfnSchedule_TargetProperty{
			Arn:              fn.FunctionArn(),
			RoleArn:          role.RoleArn(),
			Input:            str(`{"schedule":"` + c.function + `"}`),
			DeadLetterConfig: &awsscheduler.CfnSchedule_DeadLetterConfigProperty{Arn: s.scheduleDLQ.QueueArn()},
			RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{
				MaximumRetryAttempts:     jsii.Number(c.retries),
				MaximumEventAgeInSeconds: jsii.Number(c.maxAge),
			},
		},
	})
}
