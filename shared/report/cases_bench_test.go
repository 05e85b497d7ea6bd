package report_test

import (
	"strconv"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

// BenchmarkReportOfManyCases builds a month from 50,000 complaints of a year with
// 11 steps each.
func BenchmarkReportOfManyCases(b *testing.B) {
	const cases = 50_000
	s := received(b, 1, monday).after(time.Hour).do(anna, assess, investigate, accept, voucher(500), resolve).after(day).do(anna, finish).after(day)
	s.do(customer, stars(4))
	facts := func() *responses.Batch {
		out := new(responses.Batch)
		for i := range cases {
			shift := -time.Duration(i) * 11 * time.Minute
			at := monday.Add(shift)
			key := keyOf(b, i, at)
			c := complaintFact(b, i, at, func(c *feedback.Complaint) { c.ResponseKey = key })
			if err := out.AddComplaint(&c); err != nil {
				b.Fatal(err)
			}
			for _, step := range s.steps {
				moved := moved(step, shift)
				moved.Case, moved.ResponseKey = "case-"+strconv.Itoa(i), key
				addStep(b, out, &moved)
			}
		}
		return out
	}
	for b.Loop() {
		b.StopTimer()
		in := march(b, facts(), everything)
		b.StartTimer()
		if _, err := report.Build(in); err != nil {
			b.Fatal(err)
		}
	}
}

// moved is a step that much later.
func moved(s events.Step, by time.Duration) events.Step {
	for _, at := range []*time.Time{
		&s.At, &s.ReceivedAt, &s.AcknowledgedAt, &s.FirstResponseAt, &s.ResolvedAt, &s.LastResolvedAt, &s.ClosedAt,
	} {
		if !at.IsZero() {
			*at = at.Add(by)
		}
	}
	return s
}
