package responses_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/domaincases"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	. "resonanz/shared/responses"
)

// caseEvent is an event as the worked cases write it. Its short names become
// ids whose bytes are the name, so that ids sort as names do.
type caseEvent struct {
	EventID     string           `json:"event_id"`
	ResponseKey string           `json:"response_key"`
	DeviceID    string           `json:"device_id"`
	Touchpoint  string           `json:"touchpoint"`
	Channel     feedback.Channel `json:"channel"`
	Rating      int              `json:"rating"`
	SubmittedAt time.Time        `json:"submitted_at"`
	ReceivedAt  time.Time        `json:"received_at"`
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// batch turns events of a case into facts, as intake would: an event without a
// response key is a response of its own.
func batch(t testing.TB, events []caseEvent) *Batch {
	t.Helper()
	b := new(Batch)
	for _, e := range events {
		v := Vote{
			Submitted: e.SubmittedAt.UnixMilli(), Received: e.ReceivedAt.UnixMilli(),
			Rating: int8(e.Rating), Device: b.Name(e.DeviceID), Touchpoint: b.Name(e.Touchpoint),
		}
		if e.Channel != "" {
			v.Channel = uint8(e.Channel.Index())
		}
		if e.ResponseKey == "" {
			e.ResponseKey = e.EventID
		}
		v.Key.Month = uint16(period.Of(At(DefaultRules.Effective(&v)), berlin(t)).Index())
		if copy(v.Event[:], e.EventID) < len(e.EventID) || copy(v.Key.ID[:], e.ResponseKey) < len(e.ResponseKey) {
			t.Fatalf("names of event %q, response %q are too long", e.EventID, e.ResponseKey)
		}
		// All events of a response live in the month its key was issued in.
		if i := slices.IndexFunc(b.Votes, func(w Vote) bool { return w.Key.ID == v.Key.ID }); i >= 0 {
			v.Key.Month = b.Votes[i].Key.Month
		}
		b.Votes = append(b.Votes, v)
	}
	return b
}

func name(b []byte) string {
	if i := slices.Index(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

func wholeSet(b *Batch) *Set { return NewSet(b, period.FromIndex(0), period.FromIndex(3000)) }

func TestCase06DuplicatesAndChangedVotes(t *testing.T) {
	type effective struct {
		Key           string
		Rating        int
		Period        string
		AcceptedVotes int `json:"accepted_votes"`
	}
	type counters struct {
		Duplicates  int64 `json:"duplicates_dropped"`
		Changed     int64 `json:"votes_changed"`
		AfterWindow int64 `json:"changes_after_window_ignored"`
		Debounced   int64 `json:"kiosk_debounced"`
	}
	var c struct {
		Input    struct{ Events []caseEvent }
		Expected struct{ Effective []effective }
	}
	domaincases.Load(t, "06", &c)
	var want struct{ Expected counters }
	domaincases.Load(t, "06", &want)

	set := wholeSet(batch(t, c.Input.Events))
	folding := set.Fold(DefaultRules, time.Time{})
	var got []effective
	count := counters{Duplicates: set.Duplicates}
	for r := range folding.Responses() {
		got = append(got, effective{name(r.Key.ID[:]), int(r.Vote.Rating), period.Of(At(r.At), berlin(t)).String(), r.Accepted})
		count.Changed += int64(r.Changed)
		count.AfterWindow += int64(r.Ignored)
	}
	for range folding.Debounced() {
		count.Debounced++
	}
	if diff := cmp.Diff(c.Expected.Effective, got); diff != "" {
		t.Errorf("responses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Expected, count); diff != "" {
		t.Errorf("counters (-want +got):\n%s", diff)
	}
}

func TestCase08LateEventsAndSkew(t *testing.T) {
	var c struct {
		Input struct {
			Preliminary time.Time `json:"preliminary_run_at"`
			Freeze      time.Time `json:"freeze_at"`
			Events      []caseEvent
		}
		Expected struct {
			Preliminary, Final struct{ N int }
			Restated           struct{ N int } `json:"restated_if_recomputed"`
			Late               []string        `json:"late_after_freeze"`
			Skewed             []string        `json:"clock_skewed"`
		}
	}
	domaincases.Load(t, "08", &c)
	march, _ := period.Parse("2026-03")
	start, end := march.Bounds(berlin(t))
	if freeze := march.Freeze(6, berlin(t)); !freeze.Equal(c.Input.Freeze) {
		t.Fatalf("freeze is %s, want %s", freeze, c.Input.Freeze)
	}

	set := wholeSet(batch(t, c.Input.Events))
	for what, run := range map[string]struct {
		cutoff time.Time
		want   int
	}{
		"preliminary": {c.Input.Preliminary, c.Expected.Preliminary.N},
		"final":       {c.Input.Freeze, c.Expected.Final.N},
		"restated":    {time.Time{}, c.Expected.Restated.N},
	} {
		n := 0
		var skewed []string
		for r := range set.Fold(DefaultRules, run.cutoff).Responses() {
			if at := At(r.At); !at.Before(start) && at.Before(end) {
				n++
			}
			if r.Skewed > 0 {
				skewed = append(skewed, name(r.Key.ID[:]))
			}
		}
		if n != run.want {
			t.Errorf("%s: %d responses in March, want %d", what, n, run.want)
		}
		if diff := cmp.Diff(c.Expected.Skewed, skewed); diff != "" {
			t.Errorf("%s: skewed (-want +got):\n%s", what, diff)
		}
	}
	var late []string
	for _, v := range set.Late(DefaultRules, c.Input.Freeze, time.Time{}, start, end) {
		late = append(late, name(v.Event[:]))
	}
	if diff := cmp.Diff(c.Expected.Late, late); diff != "" {
		t.Errorf("late after freeze (-want +got):\n%s", diff)
	}
}
