package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// others are the journeys beside the rating of a device, and by how many one reckons.
var others = []struct {
	journey, says string
	per           float64
	unit          string
}{
	{"vote", "votes by link: page, vote, thanks", 1e6, "a million"},
	{"card", "response cards: page, card, thanks", 1e6, "a million"},
	{"invitation", "invitations by mail, without the vote", 1e6, "a million"},
	{"complaint", "complaints, from the form to closing and rating it, with each mail, to customer and staff", 1e3, "a thousand"},
}

// loads are how many ratings a month are looked at.
var loads = []float64{1e6, 10e6, 100e6}

// more writes what is beside the table of one million ratings.
func (m *model) more(out *strings.Builder, p *Prices) error {
	fmt.Fprintf(out, "| ratings a month |")
	for _, n := range loads {
		fmt.Fprintf(out, " %.0f million |", n/1e6)
	}
	fmt.Fprintf(out, "\n|---|%s\n| USD a million of them |", strings.Repeat("---:|", len(loads)))
	for _, n := range loads {
		b, err := m.journey("rating", monthly(n))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, " %.2f |", p.usd(b, nil)*1e6)
	}
	fmt.Fprintf(out, "\n\nWhat else there is, each for itself:\n\n| what | of it most | for | USD |\n|---|---|---|---:|\n")
	for _, o := range others {
		b, err := m.journey(o.journey, 0)
		if o.per == 1e6 {
			b, err = m.journey(o.journey, monthly(ratingsAMonth/10))
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "| %s | %s | %s | %.2f |\n", o.says, p.most(b, o.per), o.unit, p.usd(b, nil)*o.per)
	}
	fmt.Fprintf(out, "| a report of a million facts, in five formats | %s | a thousand | %.2f |\n\n", p.most(m.report(), 1e3), p.usd(m.report(), nil)*1e3)
	idle, err := m.idle()
	if err != nil {
		return err
	}
	metrics := m.metrics()
	fmt.Fprintf(out, "Whatever the load, each month: **%.2f** (%s).\n", p.usd(idle, nil), p.most(idle, 1))
	fmt.Fprintf(out, "Metrics of its own cost 0.30 each for the hours in which they are written: at most %.2f, where every kind of feedback comes in each\nhour at %d touchpoints. What is kept costs each month: a million ratings in the table, recovery to any second included, %.2f; their logs %.3f.\n",
		p.usd(metrics, nil), segments, p.usd(m.kept(), nil)*1e6, p.usd(m.keptLogs(), nil)*1e6)
	return nil
}

// names of the parts of a bill, by price.
var names = map[string]string{
	"http_api.request": "HTTP API", "transfer.out": "transfer", "lambda.request": "Lambda", "lambda.gb_second": "Lambda",
	"dynamodb.write": "DynamoDB", "dynamodb.read": "DynamoDB", "sqs.request": "SQS", "logs.taken": "logs", "logs.taken_seldom": "logs", "ses.mail": "SES", "sns.publish": "SNS",
	"s3.put": "S3", "s3.get": "S3", "s3.stored": "S3", "scheduler.call": "schedules", "cloudwatch.alarm": "alarms", "cloudwatch.dashboard": "dashboard",
	"secrets.secret": "secrets", "kms.key": "key", "cognito.client": "the canary's client", "cognito.token": "its tokens",
}

// most are the parts of a bill, the dearest first, as far as they show.
func (p *Prices) most(b bill, times float64) string {
	sums := make(map[string]float64)
	for _, l := range b {
		name := names[l.price]
		if l.part == "polling" {
			name = "polling of queues"
		}
		sums[name] += p.usd(bill{l}, nil) * times
	}
	all := slices.SortedFunc(maps.Keys(sums), func(x, y string) int {
		switch {
		case sums[x] > sums[y]:
			return -1
		case sums[x] < sums[y]:
			return 1
		}
		return strings.Compare(x, y)
	})
	var said []string
	for _, name := range all[:min(len(all), 9)] {
		if sums[name] >= 0.01 {
			said = append(said, fmt.Sprintf("%s %.2f", name, sums[name]))
		}
	}
	return strings.Join(said, ", ")
}

// hasSegments reports whether a metric is one of each touchpoint.
func hasSegments(metric string) bool { return strings.Contains(metric, "Touchpoint") }
