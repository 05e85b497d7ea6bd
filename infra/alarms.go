package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"resonanz/shared/observe"
)

// alarm says when someone must look.
type alarm struct {
	id        string
	means     string // what has happened and what to do
	metric    awscloudwatch.Metric
	threshold int  // at or above, in one period of the metric
	silence   bool // below the threshold, and when nothing is heard
}

// From when on what waits is late: the oldest message of a queue in seconds, the
// stream in milliseconds.
const (
	oldest   = 30 * 60
	farthest = 10 * 60 * 1000
)

// addAlarms watches whatever could lose or delay feedback. An alarm costs about
// ten cents a month.
func (s *stack) addAlarms() {
	for _, d := range s.dlqs {
		s.addAlarm(alarm{id: d.name + "Alarm", means: "Messages were put aside in " + d.name + ": read their reason, mend it, redrive them.", metric: visible(d), threshold: 1})
	}
	for _, q := range s.queues() {
		s.addAlarm(alarm{id: q.name + "AgeAlarm", means: "The oldest message of the queue has waited 30 minutes: its consumer fails or cannot keep up.", metric: age(q), threshold: oldest})
	}
	s.addAlarm(alarm{id: "StreamAgeAlarm", means: "fanout is more than 10 minutes behind the table: escalation and reporting wait for it. The stream holds 24 hours.",
		metric: s.iteratorAge(), threshold: farthest})
	for _, name := range s.order {
		fn := s.functions[name]
		s.addAlarm(alarm{id: exported(name) + "ErrorAlarm", means: "Function " + name + " ended with an error: see its log.", metric: fn.MetricErrors(sum()), threshold: 1})
	}
	// One for all: what runs out is the account's, and which function it hit first is
	// chance; the dashboard shows it. Without a dimension the metric is that of all
	// functions of the account in the region.
	s.addAlarm(alarm{id: "ThrottleAlarm", means: "A function of this account was throttled: raise the account's concurrency.",
		metric: awslambda.Function_MetricAllThrottles(sum()), threshold: 1})
	s.addAlarm(alarm{id: "WebhookGivenUpAlarm", means: "A webhook failed for a day and was given up: see its deliveries, mend the endpoint.",
		metric: s.ownMetric("notify", "WebhookGivenUp"), threshold: 1})
	s.addAlarm(alarm{id: "FactsUnreadableAlarm", means: "A file of facts cannot be read, and reports do without it: see the log of compact, bring its last version back.",
		metric: s.ownMetric("compact", "FactFilesUnreadable"), threshold: 1})
	s.addAlarm(alarm{id: "SweepBehindAlarm", means: "The sweep had no time for all months whose time is up: it goes on the next night; give it more memory when that stays so.",
		metric: s.ownMetric("sweep", "SweepLeft"), threshold: 1})
	s.addAlarm(alarm{id: "ApiErrorAlarm", means: "The API answered with 5xx: see the access log and the functions' logs.", metric: s.apiMetric("5xx", "Sum"), threshold: 1})
	if s.Config.Canary.Enabled {
		s.addAlarm(alarm{id: "CanaryAlarm", means: "For half an hour the canary could not be issued a link and rate by it, or did not try: customers may be turned away. See its log for the step.",
			metric: s.flights("CanarySucceeded", 2), threshold: 1, silence: true})
		s.addAlarm(alarm{id: "CanaryLateAlarm", means: "Twice in a row the canary's vote of an hour before was no fact that a report counts: what customers say is stored, and reports lack it.",
			metric: s.flights("CanaryLate", 2), threshold: 2})
	}
}

func (s *stack) addAlarm(a alarm) {
	compare, missing := awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD, awscloudwatch.TreatMissingData_NOT_BREACHING // no traffic, no data
	if a.silence {
		compare, missing = awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD, awscloudwatch.TreatMissingData_BREACHING
	}
	made := awscloudwatch.NewAlarm(s.scope, str(a.id), &awscloudwatch.AlarmProps{
		AlarmDescription:   str(a.means + " " + *s.runbook(a.id)),
		Metric:             a.metric,
		Threshold:          jsii.Number(a.threshold),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: compare,
		TreatMissingData:   missing,
	})
	made.AddAlarmAction(awscloudwatchactions.NewSnsAction(s.operations))
	s.alarms = append(s.alarms, made)
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

// flights counts flights of the canary, in periods that have so many.
func (s *stack) flights(metric string, each int) awscloudwatch.Metric {
	return s.ownMetric("canary", metric).With(&awscloudwatch.MetricOptions{Period: minutes(each * canaryMinutes)})
}

func (s *stack) apiMetric(name, statistic string) awscloudwatch.Metric {
	return s.api.Metric(str(name), &awscloudwatch.MetricOptions{Statistic: str(statistic), Period: minutes(5)})
}
