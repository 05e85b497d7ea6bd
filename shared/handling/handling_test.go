package handling

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/sla"
)

// always is a policy without any closing time: 8 hours to a reply, 40 to the
// resolution.
func always(t testing.TB) *sla.Policy {
	t.Helper()
	c, err := sla.NewCalendar(time.UTC, []sla.Block{{Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, From: "00:00", To: "24:00"}})
	if err != nil {
		t.Fatal(err)
	}
	return &sla.Policy{Calendar: c, FirstResponse: 8 * time.Hour, Resolution: 40 * time.Hour, AtRiskPercent: 80}
}

var start = time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)

// after is so many hours after the receipt.
func after(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) }

func TestWhatHappenedLaterIsNotLookedAt(t *testing.T) {
	c := Complaint{ID: "C", FirstResponseAt: after(5), History: []Step{
		{casefile.Received, start}, {casefile.InInvestigation, after(5)}, {casefile.Resolved, after(50)}, {casefile.Reopened, after(60)},
		{casefile.Withdrawn, after(70)},
	}}
	for _, tc := range []struct {
		hours                int
		excluded, open       bool
		response, resolution sla.State
		clock                float64 // hours
	}{
		{-1, true, false, Excluded, Excluded, 0},
		{0, false, true, sla.Pending, sla.Pending, 0},
		{4, false, true, sla.Pending, sla.Pending, 4},
		{5, false, true, sla.Met, sla.Pending, 5},
		{40, false, true, sla.Met, sla.Pending, 40}, // due now
		{41, false, true, sla.Met, sla.Breached, 41},
		{55, false, false, sla.Met, sla.Breached, 50},
		{65, false, true, sla.Met, sla.Breached, 55},
		{70, true, false, Excluded, Excluded, 0},
	} {
		got := Measure(&c, always(t), after(tc.hours))
		clock := 0.0
		if got.Clock != nil {
			clock = *got.Clock / 3600
		}
		if got.Excluded != tc.excluded || got.Open != tc.open || got.FirstResponse != tc.response || got.Resolution != tc.resolution || clock != tc.clock {
			t.Errorf("after %d h: %+v, clock %v h; want %+v", tc.hours, got, clock, tc)
		}
	}
}

func TestWhatWasLateBeforeTheCustomerWasAskedStaysBreached(t *testing.T) {
	late := Complaint{History: []Step{{casefile.Received, start}, {casefile.AwaitingCustomer, after(41)}}}
	if got := Measure(&late, always(t), after(100)); got.Resolution != sla.Breached {
		t.Errorf("resolution %s, want breached", got.Resolution)
	}
	early := Complaint{History: []Step{{casefile.Received, start}, {casefile.AwaitingCustomer, after(40)}}}
	if got := Measure(&early, always(t), after(100)); got.Resolution != sla.Pending {
		t.Errorf("resolution %s, want pending: the clock stands", got.Resolution)
	}
}

func TestClosedAtOnceAndFinalResolutionOfAReopenedCase(t *testing.T) {
	c := Complaint{History: []Step{
		{casefile.Received, start}, {casefile.Resolved, after(1)}, {casefile.Closed, after(2)}, {casefile.Reopened, after(10)}, {casefile.InInvestigation, after(11)},
	}}
	open := Measure(&c, always(t), after(12))
	if !open.Reopened || !open.Open || open.FinalResolutionWall != nil || *open.FirstResolutionWall != 3600 || *open.Clock != 3*3600 {
		t.Errorf("reopened %+v", open)
	}
	c.History = append(c.History, Step{casefile.Resolved, after(14)})
	if got := Measure(&c, always(t), after(20)); *got.FinalResolutionWall != 14*3600 || *got.FirstResolutionWall != 3600 || got.Open {
		t.Errorf("resolved again %+v", got)
	}
}

func TestNothingIsNullAndNotNought(t *testing.T) {
	b, err := json.Marshal(Sum([]Times{{ID: "W", Excluded: true, FirstResponse: Excluded, Resolution: Excluded}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"mean":null`, `"p90":null`, `"compliance_pct":null`, `"ci95_pct":null`, `"reopen_rate_pct":null`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s does not hold %s", b, want)
		}
	}
}

func TestTheOrderOfDurationsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.Float64Range(0, 1e7)).Draw(t, "seconds")
		first := SumDurations(list)
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if diff := cmp.Diff(first, SumDurations(list)); diff != "" {
			t.Fatal(diff)
		}
		if n := len(list); n > 0 {
			not := 0
			for _, s := range list {
				if s > *first.P90 {
					not++
				}
			}
			if not*10 > n || *first.P90 > *first.Max || *first.Median > *first.P90 && n > 4 {
				t.Fatalf("%+v of %v", first, list)
			}
		}
	})
}
