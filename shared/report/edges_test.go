package report_test

import (
	"strconv"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

// contact is an invitation that tells of a contact about an invoice, so many
// days into March.
func contact(t testing.TB, name string, touchpoint feedback.Touchpoint, days int, previous *feedback.Invitation) feedback.Invitation {
	t.Helper()
	at := time.Date(2026, 3, 1+days, 9, 0, 0, 0, time.UTC)
	i := feedback.Invitation{
		EventID: feedback.DeriveEventID("contact", name), Touchpoint: touchpoint, Channel: feedback.EmailLink,
		IssuedAt: at, ReceivedAt: at, ExpiresAt: at.AddDate(0, 0, 14), Topic: "billing", Known: true, Resolved: pointer(true),
	}
	i.ResponseKey = feedback.KeyFor(i.EventID, at, berlin(t))
	if previous != nil {
		i.Previous, i.PreviousAt = previous.ResponseKey, previous.IssuedAt
	}
	return i
}

func TestAContactElsewhereSaysThatTheFirstDidNotSolveIt(t *testing.T) {
	first := contact(t, "first", "hotline", 2, nil)
	again := contact(t, "again", "checkout", 4, &first)
	of := func(touchpoint feedback.Touchpoint) report.FCR {
		in := input(t, time.Time{}, nil, first, again)
		in.Group, in.Only = "some", map[feedback.Touchpoint]bool{touchpoint: true}
		return build(t, in).FCR
	}
	if f := of("hotline"); f.N != 1 || f.Resolved != 0 {
		t.Errorf("the hotline's group: %d resolved of %d, want 0 of 1", f.Resolved, f.N)
	}
	if f := of("checkout"); f.N != 0 || f.Resolved != 0 {
		t.Errorf("the checkout's group: %d resolved of %d, want none: its contact was the second", f.Resolved, f.N)
	}
}

func TestAContactThatWasToldOfLateIsTheFirstAllTheSame(t *testing.T) {
	first := contact(t, "first", "hotline", 5, nil)
	earlier := contact(t, "earlier", "hotline", 1, &first) // told after the first
	again := contact(t, "again", "hotline", 8, &first)
	f := build(t, input(t, time.Time{}, nil, first, earlier, again)).FCR
	if f.N != 1 || f.Resolved != 0 { // the earlier one; the others followed it
		t.Errorf("%d resolved of %d, want 0 of 1", f.Resolved, f.N)
	}
}

func TestATouchpointOfFewTheMonthBeforeIsNotCompared(t *testing.T) {
	votes := append(marchOf(t, 20, 0), february(t, 20, 0)...)
	for i := range 20 {
		votes = append(votes, vote(t, 100+i, 5, at("repair")))
	}
	before := february(t, 24, 0)
	for i := 20; i < 23; i++ { // three of them of the repair: the hotline would give them away
		before[i].Touchpoint = "repair"
		votes = append(votes, before[i])
	}
	h := build(t, input(t, time.Time{}, votes)).Headlines
	for _, f := range append(h.Changed, h.Same...) {
		if f.Subject != "" {
			t.Errorf("%s of %s is compared with a month in which it was withheld", f.Code, f.Subject)
		}
	}
}

func TestWhatStaffKeyedInTheMonthBeforeStaysApart(t *testing.T) {
	votes := february(t, 10, 0)
	votes[0].CollectionMode, votes[0].NPS = feedback.Assisted, pointer(10)
	r := build(t, input(t, time.Time{}, votes))
	if r.Change.Previous.N != 9 || r.Recommend.Previous.N != 0 {
		t.Errorf("February: n %d, NPS of %d; want 9 and 0", r.Change.Previous.N, r.Recommend.Previous.N)
	}
}

func TestAnAnswerOffItsScaleIsNone(t *testing.T) {
	in := input(t, time.Time{}, marchOf(t, 3, 0))
	in.Facts.Votes[0].NPS, in.Facts.Votes[1].CES, in.Facts.Votes[2].Expect = responses.Some(42), responses.Some(8), responses.Some(0)
	r := build(t, in)
	if r.Total.N != 3 || r.Recommend.NPS.N+r.Recommend.CES.N+r.Loyalty.Gap.N != 0 {
		t.Errorf("n %d, NPS of %d, CES of %d, gap of %d", r.Total.N, r.Recommend.NPS.N, r.Recommend.CES.N, r.Loyalty.Gap.N)
	}
}

func TestAnAlarmOfAnotherMonthIsNotOfThisOne(t *testing.T) {
	in := input(t, time.Time{}, marchOf(t, 3, 0))
	for i, raised := range []time.Time{time.Date(2026, 2, 20, 8, 0, 0, 0, time.UTC), time.Date(2026, 4, 2, 8, 0, 0, 0, time.UTC)} {
		in.Facts.Escalations = append(in.Facts.Escalations, responses.Escalation{
			Event: [16]byte{byte(i)}, Case: in.Facts.Name(strconv.Itoa(i)), Rule: in.Facts.Name("DATA_GAP"),
			Touchpoint: in.Facts.Name("hotline"), Raised: raised.UnixMilli(), At: raised.UnixMilli(),
		})
	}
	if gaps := build(t, in).Quality.Gaps; len(gaps) != 0 {
		t.Errorf("data gaps %+v", gaps)
	}
}
