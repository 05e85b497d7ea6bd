package signal

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// facts collects facts about responses numbered from 1.
type facts struct {
	t     *testing.T
	batch responses.Batch
	n     int
}

func key(n int) feedback.ResponseKey {
	return feedback.NewResponseKey(period.Of(noon, time.UTC), [10]byte{9: byte(n), 8: byte(n >> 8)})
}

func (f *facts) vote(response int, at time.Time, rating int, change func(*feedback.Rating)) {
	f.t.Helper()
	f.n++
	r := feedback.Rating{
		EventID: feedback.EventID(fmt.Sprintf("00000000-0000-4000-8000-%012d", f.n)), ResponseKey: key(response),
		Touchpoint: "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: rating,
		SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
	}
	if change != nil {
		change(&r)
	}
	if err := f.batch.AddRating(&r); err != nil {
		f.t.Fatal(err)
	}
}

func (f *facts) take(zone *time.Location) *Taken {
	month := period.Of(noon, time.UTC)
	return Take(responses.NewSet(&f.batch, month.Add(-1), month), Reading{
		Zone: zone, Rules: responses.DefaultRules, Low: func(_ feedback.Scale, rating int) bool { return rating <= 2 },
	})
}

func TestResponsesCountOnTheDayOfTheirFirstVoteWithTheLast(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	f := &facts{t: t}
	f.vote(1, noon, 5, nil)
	f.vote(1, noon.Add(13*time.Hour), 1, nil) // changed the next day, local time
	f.vote(2, noon.Add(11*time.Hour), 2, nil) // midnight in Berlin: the next day
	f.vote(3, noon, 4, func(r *feedback.Rating) { r.CollectionMode = feedback.Assisted })
	f.vote(4, noon.Add(48*time.Hour), 3, func(r *feedback.Rating) { r.ReceivedAt = noon }) // a clock that runs ahead
	twice := f.batch.Votes[0]
	f.batch.Votes = append(f.batch.Votes, twice)
	got := f.take(berlin)
	first := Counts{All: 3, N: 2, Low: 1}
	first.By[13], first.Lows[13] = 3, 1
	second := Counts{All: 1, N: 1, Low: 1}
	second.By[0], second.Lows[0] = 1, 1
	want := map[string]*Day{
		"2026-03-10": {Date: "2026-03-10", Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": &first}},
		"2026-03-11": {Date: "2026-03-11", Touchpoints: map[feedback.Touchpoint]*Counts{"hotline": &second}},
	}
	if diff := cmp.Diff(want, got.Days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if empty := got.Of("2026-03-09"); empty.Date != "2026-03-09" || len(empty.Touchpoints) != 0 || len(got.Taps) != 0 {
		t.Errorf("a day without anything %+v, taps %v", empty, got.Taps)
	}
}

func TestComplaintsCountByCategoryOnce(t *testing.T) {
	f := &facts{t: t}
	for i, category := range []string{"billing", "billing", "privacy", "billing"} {
		id := i
		if i == 3 {
			id = 0 // the first again
		}
		c := feedback.Complaint{
			EventID: feedback.EventID(fmt.Sprintf("00000000-0000-4000-8000-%012d", 100+id)), ResponseKey: key(100 + id), Touchpoint: "hotline",
			Channel: feedback.WebForm, Category: category, SubmittedAt: noon, ReceivedAt: noon, CollectionMode: feedback.Self,
		}
		if i == 2 { // a clock that runs ahead
			c.SubmittedAt = noon.Add(72 * time.Hour)
		}
		if err := f.batch.AddComplaint(&c); err != nil {
			t.Fatal(err)
		}
	}
	got := f.take(time.UTC)
	if diff := cmp.Diff(map[string]int{"billing": 2, "privacy": 1}, got.Of("2026-03-10").Complaints); diff != "" || len(got.Days) != 1 {
		t.Errorf("complaints (-want +got):\n%s\ndays %v", diff, got.Days)
	}
}

func TestTapsAtAKioskAreAllThereInOrder(t *testing.T) {
	f := &facts{t: t}
	for i, second := range []int{4, 0, 1, 2} { // two too soon after the one before
		f.vote(10+i, noon.Add(time.Duration(second)*time.Second), 1+i, func(r *feedback.Rating) { r.Channel, r.Device = feedback.Kiosk, "kiosk-1" })
	}
	f.vote(20, noon, 1, func(r *feedback.Rating) { r.Channel, r.Device = feedback.Terminal, "terminal-1" })
	f.vote(21, noon, 1, nil)
	got := f.take(time.UTC)
	want := map[string]map[feedback.Device][]Tap{"2026-03-10": {"kiosk-1": {
		{noon, 2}, {noon.Add(time.Second), 3}, {noon.Add(2 * time.Second), 4}, {noon.Add(4 * time.Second), 1},
	}}}
	if diff := cmp.Diff(want, got.Taps); diff != "" {
		t.Errorf("taps (-want +got):\n%s", diff)
	}
	if c := got.Of("2026-03-10").Touchpoints["hotline"]; c.All != 3 { // 12:00:00 of each device and the link; the others were too soon
		t.Errorf("counts %+v, want debounced taps left out", c)
	}
}
