package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"resonanz/shared/observe"
)

// addDashboard shows the way of the data on one page: what customers said, what
// came in, how far behind each consumer is, what failed.
func (s *stack) addDashboard() {
	graph := func(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
		return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
			Title: str(title), Left: &metrics, Width: jsii.Number(12), Height: jsii.Number(6),
		})
	}
	each := func(metric func(awslambda.Function) awscloudwatch.Metric) (all []awscloudwatch.IMetric) {
		for _, name := range s.order {
			all = append(all, metric(s.functions[name]))
		}
		return all
	}
	var aside, ages []awscloudwatch.IMetric
	for _, d := range s.dlqs {
		aside = append(aside, visible(d))
	}
	for _, q := range s.queues() {
		ages = append(ages, age(q))
	}
	board := awscloudwatch.NewDashboard(s.scope, str("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName:   str("resonanz-" + string(s.Stage)),
		DefaultInterval: days(7),
	})
	// Side by side: what was opened and never confirmed is the distance between
	// the two, and in no figure.
	board.AddWidgets(
		graph("Opened, not rated before, by touchpoint", s.byTouchpoint("LinkOpened"), s.byTouchpoint("CardOpened")),
		graph("Ratings and cards accepted by touchpoint", s.byTouchpoint("RatingAccepted"), s.byTouchpoint("CardAccepted")),
	)
	board.AddWidgets(
		graph("Invitations mailed", s.byFunction("InvitationMailed"), s.byFunction("ReminderMailed")),
		graph("Not delivered, not wanted", s.byFunction("InvitationSuppressed"), s.byFunction("MailBounced"), s.byFunction("MailReported"), s.byTouchpoint("Unsubscribed")),
	)
	board.AddWidgets(
		graph("Complaint forms opened and complaints taken, by touchpoint", s.byTouchpoint("ComplaintOpened"), s.byTouchpoint("ComplaintAccepted")),
		graph("Work on cases", s.byFunction("CaseCommand"), s.byTouchpoint("CustomerActed"), s.byFunction("CaseCommandRefused")),
	)
	board.AddWidgets(
		graph("Mail about complaints", s.byFunction("CaseMailed"), s.byFunction("CaseMailBounced"), s.byFunction("CaseMailRefused")),
		graph("Files of customers", s.byFunction("AttachmentsTaken"), s.byFunction("AttachmentsRefused")),
	)
	board.AddWidgets(
		graph("Cases opened by touchpoint", s.byTouchpoint("CasesOpened")),
		graph("Deadlines missed by touchpoint", s.byTouchpoint("CasesOverdue")),
	)
	board.AddWidgets(
		graph("Devices that fell silent, figures that ask for attention", s.byFunction("SilencesSent"), s.byFunction("SignalsSent")),
		graph("Deadlines, reminders and webhooks due", s.byFunction("DeadlinesSent"), s.byFunction("RemindersSent"), s.byFunction("HooksSent")),
	)
	board.AddWidgets(
		graph("Reports made, what they lack", s.byFunction("ReportsPublished"), s.byFunction("ReportFilesUnread"), s.byFunction("EventsMissing"), s.byFunction("StepsMissing"), s.byFunction("FactsUnknown")),
		graph("Files of facts compacted", s.byFunction("FactFilesMerged"), s.byFunction("FactFilesWritten"), s.byFunction("FactFilesUnreadable")),
	)
	board.AddWidgets(
		graph("What was taken out as its time was up", s.byFunction("SweptEvents"), s.byFunction("SweptCases"), s.byFunction("SweptAgain"), s.byFunction("SweepLeft")),
	)
	board.AddWidgets(
		graph("Requests", s.apiMetric("Count", "Sum"), s.apiMetric("4xx", "Sum"), s.apiMetric("5xx", "Sum")),
		graph("Response time, 99 % (ms)", s.apiMetric("Latency", "p99")),
	)
	board.AddWidgets(
		graph("Behind the table (ms)", s.iteratorAge()),
		graph("Oldest message (s)", ages...),
	)
	board.AddWidgets(
		graph("Put aside", aside...),
		graph("Errors", each(func(f awslambda.Function) awscloudwatch.Metric { return f.MetricErrors(sum()) })...),
	)
	board.AddWidgets(
		graph("Invocations", each(func(f awslambda.Function) awscloudwatch.Metric { return f.MetricInvocations(sum()) })...),
		graph("Duration, 99 % (ms)", each(func(f awslambda.Function) awscloudwatch.Metric {
			return f.MetricDuration(&awscloudwatch.MetricOptions{Statistic: str("p99"), Period: minutes(5)})
		})...),
	)
}

// byTouchpoint finds one of the functions' own metrics at every touchpoint, also
// at those that are configured later.
func (s *stack) byTouchpoint(metric string) awscloudwatch.IMetric {
	return s.search("Function,Touchpoint", metric)
}

// byFunction finds one of a function's own metrics that is of no touchpoint.
func (s *stack) byFunction(metric string) awscloudwatch.IMetric { return s.search("Function", metric) }

func (s *stack) search(dimensions, metric string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   str(`SEARCH('{"` + observe.Namespace(string(s.Stage)) + `",` + dimensions + `} MetricName="` + metric + `"', 'Sum')`),
		UsingMetrics: &map[string]awscloudwatch.IMetric{},
		Label:        str(""),
		Period:       minutes(5),
	})
}
