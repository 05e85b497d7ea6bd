package main

import (
	"testing"
	"time"

	"resonanz/shared/report"
)

// april makes the report of April and says what it was given.
func (r *rig) april(status int) report.Given {
	r.t.Helper()
	if res := r.ask("POST", "/v1/reports/2026-04", ""); res.StatusCode != status {
		r.t.Fatalf("April: %d %s, want %d", res.StatusCode, res.Body, status)
	}
	return r.givenTo(mustPeriod("2026-04"), "")
}

func TestMonthsBeforeThatHaveNoReportAreTakenFromTheirFacts(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 1)
	r.post("", 201) // preliminary: no figures to rest on
	r.clock = time.Date(2026, 5, 1, 4, 0, 0, 0, time.UTC)
	if g := r.april(201); len(g.History) != 1 || g.History[0].Period != march || g.History[0].Counts.N != 3 {
		t.Errorf("history %+v", g.History)
	}
	r.april(200) // the same facts make the same past
	r.rate(after, 2)
	if g := r.april(201); len(g.History) != 1 || g.History[0].Counts.N != 4 {
		t.Errorf("history after a late vote %+v", g.History)
	}
	r.post("", 201) // March is final, without the late vote
	if g := r.april(201); len(g.History) != 1 || g.History[0].Counts.N != 3 || g.History[0].Status != report.Final {
		t.Errorf("history after the final report %+v", g.History)
	}
}

func TestAFileThatTrendsDoWithoutIsNamed(t *testing.T) {
	r := newRig(t)
	r.clock = time.Date(2026, 5, 1, 4, 0, 0, 0, time.UTC)
	const broken = "facts/month=2025-06/rating/0123456789abcdef0123456789abcdef.parquet"
	if err := r.bucket.Put(t.Context(), broken, "", []byte("no facts")); err != nil {
		t.Fatal(err)
	}
	if g := r.april(201); len(g.Unread) != 1 || g.Unread[0].Object != broken || g.History != nil {
		t.Errorf("unread %+v, history %+v", g.Unread, g.History)
	}
	r.april(200)
}
