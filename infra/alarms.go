package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"

	"resonanz/shared/observe"
)

// alarm says when someone must look.
type alarm struct {
	id        string
	means     string // what has happened and what to do
	metric    awscloudwatch.Metric
	threshold int // at or above
	periods   int // of five minutes
}

// addAlarms watches whatever could lose or delay feedback. An alarm costs about
// ten cents a month.
func (s *stack) addAlarms() {
	for _, d := range s.dlqs {
		s.addAlarm(alarm{d.name + "Alarm", "Messages were put aside in " + d.name + ": read their reason, mend it, redrive them.", visible(d), 1, 1})
	}
	for _, q := range s.queues() {
		s.addAlarm(alarm{q.name + "AgeAlarm", "The oldest message of the queue has waited 30 minutes: its consumer fails or cannot keep up.", age(q), 30 * 60, 1})
	}
	s.addAlarm(alarm{"StreamAgeAlarm", "fanout is more than 10 minutes behind the table: escalation and reporting wait for it. The stream holds 24 hours.",
		s.iteratorAge(), 10 * 60 * 1000, 1})
	for _, name := range s.order {
		fn := s.functions[name]
		s.addAlarm(alarm{exported(name) + "ErrorAlarm", "Function " + name + " ended with an error: see its log.", fn.MetricErrors(sum()), 1, 1})
		s.addAlarm(alarm{exported(name) + "ThrottleAlarm", "Function " + name + " was throttled: raise the account's concurrency.", fn.MetricThrottles(sum()), 1, 1})
	}
	s.addAlarm(alarm{"WebhookGivenUpAlarm", "A webhook failed for a day and was given up: see its deliveries, mend the endpoint.", s.ownMetric("notify", "WebhookGivenUp"), 1, 1})
	s.addAlarm(alarm{"FactsUnreadableAlarm", "A file of facts cannot be read, and reports do without it: see the log of compact, bring its last version back.",
		s.ownMetric("compact", "FactFilesUnreadable"), 1, 1})
	s.addAlarm(alarm{"SweepBehindAlarm", "The sweep had no time for all months whose time is up: it goes on the next night; give it more memory when that stays so.",
		s.ownMetric("sweep", "SweepLeft"), 1, 1})
	s.addAlarm(alarm{"ApiErrorAlarm", "The API answered with 5xx: see the access log and the functions' logs.", s.apiMetric("5xx", "Sum"), 1, 1})
}

func (s *stack) addAlarm(a alarm) {
	awscloudwatch.NewAlarm(s.scope, str(a.id), &awscloudwatch.AlarmProps{
		AlarmDescription:   str(a.means + " " + *s.runbook(a.id)),
		Metric:             a.metric,
		Threshold:          jsii.Number(a.threshold),
		EvaluationPeriods:  jsii.Number(a.periods),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING, // no traffic, no data
	}).AddAlarmAction(awscloudwatchactions.NewSnsAction(s.operations))
}

// runbook is the address of what to do about an alarm: a page of the desk that
// this very deployment serves, so that it speaks of what is deployed.
func (s *stack) runbook(id string) *string {
	return str(*s.publicURL() + "/desk/runbook#" + id)
}

func sum() *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Statistic: str("Sum"), Period: minutes(5)}
}

func maximum() *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Statistic: str("Maximum"), Period: minutes(5)}
}

func visible(d deadLetters) awscloudwatch.Metric {
	return d.MetricApproximateNumberOfMessagesVisible(maximum())
}

func age(q queue) awscloudwatch.Metric { return q.MetricApproximateAgeOfOldestMessage(maximum()) }

func (s *stack) iteratorAge() awscloudwatch.Metric {
	return s.functions["fanout"].Metric(str("IteratorAge"), maximum())
}

// ownMetric is one of a function's own, which it writes to its log.
func (s *stack) ownMetric(function, metric string) awscloudwatch.Metric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: str(observe.Namespace(string(s.Stage))), MetricName: str(metric), DimensionsMap: &map[string]*string{"Function": str(function)},
		Statistic: str("Sum"), Period: minutes(5),
	})
}

func (s *stack) apiMetric(name, statistic string) awscloudwatch.Metric {
	return s.api.Metric(str(name), &awscloudwatch.MetricOptions{Statistic: str(statistic), Period: minutes(5)})
}
