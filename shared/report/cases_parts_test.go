package report_test

import (
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
)

func TestBreakdownsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := tell(lives(t)...)
		w.complaints = append(w.complaints, complaintFact(t, 900, monday, category(t), annoyance(t))) // without a case
		_, r := jsonOf(t, w.batch(t))
		c, k := &r.Complaints, &r.Tasks
		sum := func(counts []report.Count) (n int64) {
			for _, c := range counts {
				n += c.N
			}
			return n
		}
		var matrix, cells, places, ages, late, policies, first, mentions int64
		for _, row := range c.Matrix {
			matrix += row.N
			for _, n := range row.Places {
				cells += n
			}
		}
		for _, row := range c.Places {
			places += row.N
		}
		for _, age := range k.Backlog {
			ages += age.N
			late += age.Late
		}
		for _, p := range k.Policies {
			policies += p.Complaints
			first += p.FirstResponse.Met + p.FirstResponse.Breached + p.FirstResponse.Pending
		}
		for _, p := range r.Causes.FRAP.Problems {
			mentions += p.Frequency
		}
		all := k.Times.FirstResponse
		for _, tc := range []struct {
			what      string
			got, want int64
		}{
			{"channels", sum(c.Channels), c.Received}, {"severities", sum(c.Severity), c.Received},
			{"categories", matrix, c.Received}, {"cells", cells, c.Received}, {"touchpoints", places, c.Received},
			{"notifiable", c.Named + c.Anonymous + c.WithoutCase, c.Received},
			{"ages", ages, c.OpenEnd}, {"late ones", late, c.Overdue},
			{"policies", policies, k.Complaints}, {"service levels", first, all.Met + all.Breached + all.Pending},
			{"decisions", sum(k.Decisions), k.Apologies.N}, {"mentions", mentions + r.Causes.Unrated, c.Received},
			{"root causes", sum(r.Causes.RootCauses) + r.Causes.NoRootCause, c.Closed},
		} {
			if tc.got != tc.want {
				t.Fatalf("%s add up to %d, want %d", tc.what, tc.got, tc.want)
			}
		}
		var raised int64
		for _, e := range r.Escalations.Rules {
			raised += e.Raised
			if e.Handled > e.Raised || e.Seen < e.Handled || e.Seeing.N != e.Seen || e.Solving.N != e.Handled {
				t.Fatalf("%+v", e)
			}
		}
		if raised != r.Escalations.Total {
			t.Fatalf("rules add up to %d of %d", raised, r.Escalations.Total)
		}
		b := r.CostBenefit
		if b.ProfitCents != b.BenefitCents-b.CostCents || b.CostCents != b.PersonnelCents+b.ITAdminCents+b.CommunicationCents+b.CompensationCents {
			t.Fatalf("%+v does not add up", b)
		}
	})
}

func TestGroupsAddUpToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := tell(lives(t)...)
		w.complaints = append(w.complaints, complaintFact(t, 900, monday, category(t))) // without a case
		counts := func(change ...func(*report.Input)) [12]int64 {
			_, r := jsonOf(t, w.batch(t), change...)
			c, k := &r.Complaints, &r.Tasks
			var promised int64
			for _, m := range k.Compensations {
				promised += m.Cents
			}
			return [...]int64{
				c.Received, c.Drafts, c.Excluded, c.Closed, c.Resolved, c.OpenStart, c.OpenEnd, c.Overdue,
				k.Complaints, r.Handled.Figures.N, r.Escalations.Total, promised,
			}
		}
		var sum [12]int64
		for _, place := range []feedback.Touchpoint{"hotline", "checkout-cologne"} {
			part := counts(func(in *report.Input) { in.Group, in.Only = string(place), map[feedback.Touchpoint]bool{place: true} })
			for i, n := range part {
				sum[i] += n
			}
		}
		if whole := counts(); whole != sum {
			t.Fatalf("groups add up to %v, the whole is %v", sum, whole)
		}
	})
}
