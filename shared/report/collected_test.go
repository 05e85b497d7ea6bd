package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

func TestWhatCannotBeCountedIsNamedInSection3(t *testing.T) {
	votes := append(marchOf(t, 6, 0), vote(t, 90, 5, at("closed-down")), vote(t, 91, 5, at("closed-down")))
	in := input(t, time.Time{}, votes)
	in.Touchpoints = map[feedback.Touchpoint]feedback.Scale{"hotline": feedback.Stars5}
	spoil := func(i int, change func(*responses.Vote)) {
		v := in.Facts.Votes[i]
		v.Event[0] ^= 0xff
		v.Key.ID[0] ^= 0xff
		change(&v)
		in.Facts.Votes = append(in.Facts.Votes, v, v) // twice: it is one all the same
	}
	spoil(0, func(v *responses.Vote) { v.Rating = 9 })
	spoil(1, func(v *responses.Vote) { v.Scale = 200 })
	spoil(2, func(v *responses.Vote) { v.Channel = 200 })
	spoil(3, func(v *responses.Vote) { v.Rating = 9; v.Submitted -= 40 * 24 * 3600 * 1000 })                  // of another month
	spoil(4, func(v *responses.Vote) { v.Rating = 9; v.Received = in.Cutoff.Add(1000).UnixMilli() })          // not known yet
	spoil(5, func(v *responses.Vote) { v.Rating = 9; v.Key.Month++; v.Received++; v.Submitted = v.Received }) // of another partition
	r := build(t, in)
	if r.Quality.Invalid != 3 || r.Total.N != 8 {
		t.Errorf("%d invalid votes, want 3; n %d, want 8", r.Quality.Invalid, r.Total.N)
	}
	if diff := cmp.Diff([]report.Count{{Name: "closed-down", N: 2}}, r.Quality.Unknown); diff != "" {
		t.Errorf("touchpoints that are not configured (-want +got):\n%s", diff)
	}
	if r.ByTouchpoint.Row("closed-down") == nil {
		t.Error("facts of a touchpoint that is no longer configured have no row")
	}
}

func TestTheResponseRateOfFewLinksIsWithheld(t *testing.T) {
	var invitations []feedback.Invitation
	for i, touchpoint := range []feedback.Touchpoint{"a", "a", "a", "b", "b", "b", "b", "b", "b", "c", "c", "c", "c", "c"} {
		v := vote(t, i, 5)
		inv := invite(v.ResponseKey, i)
		inv.Touchpoint = touchpoint
		invitations = append(invitations, inv)
	}
	got := map[string]bool{}
	for _, row := range build(t, input(t, time.Time{}, nil, invitations...)).Quality.ByTouchpoint {
		got[row.Name] = row.Withheld
	}
	if diff := cmp.Diff(map[string]bool{"a": true, "b": false, "c": true}, got); diff != "" { // c would give a away
		t.Errorf("withheld (-want +got):\n%s", diff)
	}
}

func TestSilentDaysOfAMonthThatIsNotOver(t *testing.T) {
	in := input(t, time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), nil)
	in.Touchpoints = map[feedback.Touchpoint]feedback.Scale{"hotline": feedback.Stars5}
	if diff := cmp.Diff([]report.DataGap{{Touchpoint: "hotline", Days: 10}}, build(t, in).Quality.Gaps); diff != "" {
		t.Errorf("data gaps on the tenth (-want +got):\n%s", diff)
	}
}
