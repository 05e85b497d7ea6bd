package main

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"resonanz/shared/feedback"
	"resonanz/shared/observe"
)

// The dashboard is 24 units wide: two graphs beside each other can be read.
const (
	wide   = 24
	half   = wide / 2
	height = 6
)

// addDashboard shows the way of the data on one page, the customer's first: what is
// wrong now, how customers get through, what they complain of, what they are
// written, how the data flows on, what becomes of it, and the functions. Each part
// says what one looks for, and leads to what to do.
func (s *stack) addDashboard() {
	board := awscloudwatch.NewDashboard(s.scope, str("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName:   str("resonanz-" + string(s.Stage)),
		DefaultInterval: days(7),
	})
	for _, rows := range [][][]awscloudwatch.IWidget{
		s.nowOnBoard(), s.customersOnBoard(), s.complaintsOnBoard(), s.mailOnBoard(), s.flowOnBoard(), s.factsOnBoard(), s.functionsOnBoard(),
	} {
		for _, row := range rows {
			board.AddWidgets(row...)
		}
	}
}

// nowOnBoard is what is wrong now, and the few figures of the time shown.
func (s *stack) nowOnBoard() [][]awscloudwatch.IWidget {
	totals := []awscloudwatch.IMetric{
		s.sumAtTouchpoints("Ratings and cards", "RatingAccepted", "CardAccepted"),
		s.sumAtTouchpoints("Complaints", "ComplaintAccepted"),
		s.sumAtTouchpoints("Cases opened", "CasesOpened"),
		s.sumAtTouchpoints("Deadlines missed", "CasesOverdue"),
	}
	if s.Config.Canary.Enabled {
		totals = append(totals, awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
			Expression:   str("100 * good / (good + bad)"),
			UsingMetrics: &map[string]awscloudwatch.IMetric{"good": s.ownMetric("canary", "CanarySucceeded"), "bad": s.ownMetric("canary", "CanaryFailed")},
			Label:        str("Canary got through (%)"), Period: minutes(canaryMinutes),
		}))
	}
	return [][]awscloudwatch.IWidget{
		{heading("Resonanz "+string(s.Stage), "Read from above: what is wrong now, then the way of a customer, then that of the data. Red lines are where an alarm rings. "+
			"What to do: ["+"runbook]("+*s.publicURL()+"/desk/runbook).")},
		{awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
			Title: str("Alarms that ring now (none: nothing is shown)"), Alarms: &s.alarms, States: &[]awscloudwatch.AlarmState{awscloudwatch.AlarmState_ALARM},
			SortBy: awscloudwatch.AlarmStatusWidgetSortBy_STATE_UPDATED_TIMESTAMP, Width: jsii.Number(wide), Height: jsii.Number(3),
		})},
		{awscloudwatch.NewSingleValueWidget(&awscloudwatch.SingleValueWidgetProps{
			Title: str("In the time shown"), Metrics: &totals, SetPeriodToTimeRange: jsii.Bool(true), Width: jsii.Number(wide), Height: jsii.Number(3),
		})},
	}
}

// customersOnBoard is how customers get through. What was opened and never confirmed
// is the distance between the first two graphs, and in no figure.
func (s *stack) customersOnBoard() [][]awscloudwatch.IWidget {
	rows := [][]awscloudwatch.IWidget{
		{s.about("Customers", "Do pages open, and are votes taken? Opened far above accepted: people are put off, or scanners look.", "ApiErrorAlarm", "RatingErrorAlarm", "CardErrorAlarm")},
		{
			graph("Opened, not rated before", "pages", nil, s.byTouchpoint("link", "LinkOpened"), s.byTouchpoint("card", "CardOpened")),
			graph("Ratings and cards accepted", "votes", nil, s.byTouchpoint("rating", "RatingAccepted"), s.byTouchpoint("card", "CardAccepted")),
		},
		{
			graph("Requests and refusals", "requests", rings("5xx: ApiErrorAlarm", 1),
				labelled("all", s.apiMetric("Count", "Sum")), labelled("refused (4xx)", s.apiMetric("4xx", "Sum")), labelled("failed (5xx)", s.apiMetric("5xx", "Sum"))),
			graph("Response time", "ms", nil, labelled("of half of them", s.apiMetric("Latency", "p50")), labelled("of 99 %", s.apiMetric("Latency", "p99"))),
		},
	}
	if s.Config.Canary.Enabled {
		rows = append(rows,
			[]awscloudwatch.IWidget{s.about("Canary", "The stack itself as a customer, every quarter of an hour: its votes are in no other graph and in no figure.", "CanaryAlarm", "CanaryLateAlarm")},
			[]awscloudwatch.IWidget{
				graph("Flights", "flights", nil, labelled("got through", s.flights("CanarySucceeded", 1)), labelled("turned away", s.flights("CanaryFailed", 1)),
					labelled("vote of an hour ago arrived", s.flights("CanaryArrived", 1)), labelled("it did not", s.flights("CanaryLate", 1))),
				graph("How long the whole way takes", "ms", nil, labelled("flight", s.ownMetric("canary", "CanaryMillis"))),
			})
	}
	return rows
}

func (s *stack) complaintsOnBoard() [][]awscloudwatch.IWidget {
	return [][]awscloudwatch.IWidget{
		{s.about("Complaints and cases", "Is everything that was complained of worked on in time?", "EscalationDlqAlarm", "EscalationAgeAlarm", "ClockErrorAlarm")},
		{
			graph("Complaint forms opened and complaints taken", "complaints", nil, s.byTouchpoint("opened", "ComplaintOpened"), s.byTouchpoint("taken", "ComplaintAccepted")),
			graph("Cases opened, deadlines missed", "cases", nil, s.byTouchpoint("opened", "CasesOpened"), s.byTouchpoint("overdue", "CasesOverdue")),
		},
		{
			graph("Work on cases", "steps", nil, s.byFunction("staff", "CaseCommand"), s.byTouchpoint("customer", "CustomerActed"), s.byFunction("refused", "CaseCommandRefused")),
			graph("Deadlines, reminders and webhooks due", "messages", nil, s.byFunction("deadlines", "DeadlinesSent"), s.byFunction("reminders", "RemindersSent"), s.byFunction("webhooks", "HooksSent")),
		},
		{
			graph("Devices that fell silent, figures that ask for attention", "signals", nil, s.byFunction("silent devices", "SilencesSent"), s.byFunction("figures", "SignalsSent")),
			graph("Files of customers", "files", nil, s.byFunction("taken", "AttachmentsTaken"), s.byFunction("refused", "AttachmentsRefused")),
		},
	}
}

func (s *stack) mailOnBoard() [][]awscloudwatch.IWidget {
	return [][]awscloudwatch.IWidget{
		{s.about("Mail", "What customers are written, and what comes back. Bounces above 5 % and complaints of spam above 0.1 % make SES pause the account.", "MailDlqAlarm", "MailEventsDlqAlarm", "NotifyDlqAlarm", "WebhookGivenUpAlarm")},
		{
			graph("Invitations and reminders mailed", "mails", nil, s.byFunction("invitations", "InvitationMailed"), s.byFunction("reminders", "ReminderMailed")),
			graph("Not delivered, not wanted", "mails", nil,
				s.byFunction("suppressed", "InvitationSuppressed"), s.byFunction("bounced", "MailBounced"), s.byFunction("reported as spam", "MailReported"), s.byTouchpoint("unsubscribed", "Unsubscribed")),
		},
		{
			graph("Mail about complaints", "mails", nil, s.byFunction("sent", "CaseMailed"), s.byFunction("bounced", "CaseMailBounced"), s.byFunction("refused", "CaseMailRefused")),
			graph("Webhooks", "tries", rings("given up: WebhookGivenUpAlarm", 1), s.byFunction("failed", "WebhookAttemptsFailed"), s.byFunction("given up", "WebhookGivenUp")),
		},
	}
}

// flowOnBoard is how far behind each consumer is, and what was put aside.
func (s *stack) flowOnBoard() [][]awscloudwatch.IWidget {
	var aside, ages []awscloudwatch.IMetric
	for _, d := range s.dlqs {
		aside = append(aside, labelled(d.name, visible(d)))
	}
	for _, q := range s.queues() {
		ages = append(ages, labelled(q.name, age(q)))
	}
	return [][]awscloudwatch.IWidget{
		{s.about("From the table to the queues", "Nothing is lost by waiting: the stream holds a day, queues four, dead letters fourteen.", "StreamAgeAlarm", "StreamFailuresAlarm", "ReportingAgeAlarm")},
		{
			graph("Behind the table", "ms", rings("StreamAgeAlarm", farthest), labelled("fanout", s.iteratorAge())),
			graph("Oldest message", "s", rings("…AgeAlarm", oldest), ages...),
		},
		{graphOf(wide, "Put aside", "messages", rings("…DlqAlarm", 1), aside...)},
	}
}

func (s *stack) factsOnBoard() [][]awscloudwatch.IWidget {
	return [][]awscloudwatch.IWidget{
		{s.about("Facts and reports", "What a report lacks is printed in it; here it is seen before.", "ReportingDlqAlarm", "ReportDlqAlarm", "FactsUnreadableAlarm", "SweepBehindAlarm")},
		{
			graph("Reports made, what they lack", "reports, files, events", nil, s.byFunction("made", "ReportsPublished"), s.byFunction("files unread", "ReportFilesUnread"),
				s.byFunction("events missing", "EventsMissing"), s.byFunction("steps missing", "StepsMissing"), s.byFunction("facts unknown", "FactsUnknown")),
			graph("Files of facts", "files", rings("unreadable: FactsUnreadableAlarm", 1), s.byFunction("merged", "FactFilesMerged"), s.byFunction("written", "FactFilesWritten"), s.byFunction("unreadable", "FactFilesUnreadable")),
		},
		{
			graph("Facts written", "facts", nil, s.byFunction("written", "FactsWritten"), s.byFunction("failed", "FactsFailed"), s.byFunction("malformed", "FactsPoison")),
			graph("Swept: what is personal and kept long enough", "items", rings("left: SweepBehindAlarm", 1), s.byFunction("events", "SweptEvents"), s.byFunction("cases", "SweptCases"),
				s.byFunction("addresses", "SweptAddresses"), s.byFunction("files", "SweptFiles"), s.byFunction("left", "SweepLeft")),
		},
	}
}

func (s *stack) functionsOnBoard() [][]awscloudwatch.IWidget {
	var asked, behind []string // somebody waits for these; for those nobody does
	for _, name := range s.order {
		if slices.ContainsFunc(routes(), func(r route) bool { return r.function == name }) {
			asked = append(asked, name)
		} else {
			behind = append(behind, name)
		}
	}
	each := func(names []string, metric func(awslambda.Function) awscloudwatch.Metric) (all []awscloudwatch.IMetric) {
		for _, name := range names {
			all = append(all, labelled(name, metric(s.functions[name])))
		}
		return all
	}
	errors := func(f awslambda.Function) awscloudwatch.Metric { return f.MetricErrors(sum()) }
	throttles := func(f awslambda.Function) awscloudwatch.Metric { return f.MetricThrottles(sum()) }
	calls := func(f awslambda.Function) awscloudwatch.Metric { return f.MetricInvocations(sum()) }
	took := func(f awslambda.Function) awscloudwatch.Metric {
		return f.MetricDuration(&awscloudwatch.MetricOptions{Statistic: str("p99"), Period: minutes(5)})
	}
	return [][]awscloudwatch.IWidget{
		{s.about("Functions", "An error is tried again wherever nobody waits for the answer.", "RatingErrorAlarm", "ThrottleAlarm")},
		{
			graph("Errors", "errors", rings("…ErrorAlarm", 1), each(s.order, errors)...),
			graph("Throttled", "calls", rings("ThrottleAlarm", 1), each(s.order, throttles)...),
		},
		{
			graph("Asked by people and systems: calls", "calls", nil, each(asked, calls)...),
			graph("Asked by people and systems: duration of 99 %", "ms", nil, each(asked, took)...),
		},
		{
			graph("Behind them: calls", "calls", nil, each(behind, calls)...),
			graph("Behind them: duration of 99 %", "ms", nil, each(behind, took)...),
		},
	}
}

// about heads a part of the dashboard: what one looks for, and where the runbook
// tells what to do.
func (s *stack) about(title, text string, alarms ...string) awscloudwatch.IWidget {
	text += " Runbook:"
	for _, id := range alarms {
		text += fmt.Sprintf(" [%s](%s)", id, *s.runbook(id))
	}
	return heading(title, text)
}

func heading(title, text string) awscloudwatch.IWidget {
	return awscloudwatch.NewTextWidget(&awscloudwatch.TextWidgetProps{
		Markdown: str("## " + title + "\n" + text), Width: jsii.Number(wide), Height: jsii.Number(2),
		Background: awscloudwatch.TextWidgetBackground_TRANSPARENT,
	})
}

// graph is one of two beside each other.
func graph(title, unit string, lines *[]*awscloudwatch.HorizontalAnnotation, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return graphOf(half, title, unit, lines, metrics...)
}

func graphOf(width int, title, unit string, lines *[]*awscloudwatch.HorizontalAnnotation, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: str(title), Left: &metrics, LeftAnnotations: lines, Width: jsii.Number(width), Height: jsii.Number(height),
		LeftYAxis: &awscloudwatch.YAxisProps{Label: str(unit), Min: jsii.Number(0), ShowUnits: jsii.Bool(false)},
	})
}

// labelled is a metric by the name that its legend has.
func labelled(label string, m awscloudwatch.Metric) awscloudwatch.IMetric {
	return m.With(&awscloudwatch.MetricOptions{Label: str(label)})
}

// rings is the line at which an alarm rings.
func rings(label string, at int) *[]*awscloudwatch.HorizontalAnnotation {
	return &[]*awscloudwatch.HorizontalAnnotation{{Label: str(label), Value: jsii.Number(at), Color: str("#d13212")}}
}

// byTouchpoint finds one of the functions' own metrics at every touchpoint, also
// at those that are configured later. The canary's is no customer's.
func (s *stack) byTouchpoint(label, metric string) awscloudwatch.IMetric {
	return s.search(label+" ${PROP('Dim.Touchpoint')}", atTouchpoints(s.Stage, metric))
}

// byFunction finds one of a function's own metrics that is of no touchpoint.
func (s *stack) byFunction(label, metric string) awscloudwatch.IMetric {
	return s.search(label, searchFor(s.Stage, "Function", metric, ""))
}

// sumAtTouchpoints is the sum of metrics over all touchpoints.
func (s *stack) sumAtTouchpoints(label string, metrics ...string) awscloudwatch.IMetric {
	expression := ""
	for i, m := range metrics {
		if i > 0 {
			expression += " + "
		}
		expression += "SUM(" + atTouchpoints(s.Stage, m) + ")"
	}
	return s.search(label, expression)
}

func (s *stack) search(label, expression string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   str(expression),
		UsingMetrics: &map[string]awscloudwatch.IMetric{},
		Label:        str(label),
		Period:       minutes(5),
	})
}

func atTouchpoints(stage Stage, metric string) string {
	return searchFor(stage, "Function,Touchpoint", metric, ` NOT Touchpoint="`+string(feedback.Canary)+`"`)
}

func searchFor(stage Stage, dimensions, metric, but string) string {
	return `SEARCH('{"` + observe.Namespace(string(stage)) + `",` + dimensions + `} MetricName="` + metric + `"` + but + `', 'Sum')`
}
