package intake_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

var earlierRules = config.Rules{EditWindowHours: 48, MaxFutureSkewMinutes: 5}

func voteEntry(tb testing.TB, kind feedback.Kind, v any) store.Entry {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return store.Entry{Kind: kind, EventID: feedback.NewEventID(), Event: b}
}

func TestALinkUsedBeforeSaysWhatCountsAndUntilWhen(t *testing.T) {
	at := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	rating := func(n int, after time.Duration, mode feedback.CollectionMode) feedback.Rating {
		return feedback.Rating{EventID: feedback.NewEventID(), Scale: feedback.Stars5, Rating: n,
			SubmittedAt: at.Add(after), ReceivedAt: at.Add(after), CollectionMode: mode}
	}
	card := feedback.Card{Rating: rating(4, 47*time.Hour, feedback.Self), Card: "visit", Answers: map[string]string{"found": "no"}}
	late := rating(1, 48*time.Hour+time.Millisecond, feedback.Self)
	first := rating(2, 0, feedback.Self)
	got, err := intake.Before(earlierRules, []store.Entry{
		voteEntry(t, feedback.KindRating, late), voteEntry(t, feedback.KindInvitation, feedback.Invitation{}),
		voteEntry(t, feedback.KindCard, card), voteEntry(t, feedback.KindRating, first),
		voteEntry(t, feedback.KindRating, rating(5, 30*time.Hour, feedback.Assisted)),
	})
	want := &intake.Earlier{Vote: card, First: at, Until: at.Add(48 * time.Hour), Late: 1}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if !got.Open(got.Until) || got.Open(got.Until.Add(time.Millisecond)) {
		t.Error("the window does not end with its last moment")
	}
	none, err := intake.Before(earlierRules, []store.Entry{voteEntry(t, feedback.KindDelivery, feedback.Delivery{})})
	if err != nil || none != nil {
		t.Errorf("without a vote: %+v, %v", none, err)
	}
	if _, err := intake.Before(earlierRules, []store.Entry{{Kind: feedback.KindRating, Event: []byte("{")}}); err == nil {
		t.Error("what cannot be read is taken for no vote")
	}
}

// The page and the report must agree about which vote counts.
func TestThePageSaysWhatTheReportCounts(t *testing.T) {
	start := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	key := feedback.ResponseKey("2026-03-abcdefghijklmnop")
	rapid.Check(t, func(rt *rapid.T) {
		var entries []store.Entry
		batch := new(responses.Batch)
		own := 0
		for range rapid.IntRange(1, 6).Draw(rt, "votes") {
			at := start.Add(time.Duration(rapid.IntRange(0, 100).Draw(rt, "hours")) * time.Hour)
			v := feedback.Rating{
				EventID: feedback.NewEventID(), ResponseKey: key, Touchpoint: "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5,
				Rating: rapid.IntRange(1, 5).Draw(rt, "stars"), SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
			}
			if rapid.IntRange(0, 3).Draw(rt, "assisted") == 0 {
				v.CollectionMode = feedback.Assisted
			} else {
				own++
			}
			entries = append(entries, voteEntry(t, feedback.KindRating, v))
			if err := batch.AddRating(&v); err != nil {
				rt.Fatal(err)
			}
		}
		got, err := intake.Before(earlierRules, entries)
		if err != nil {
			rt.Fatal(err)
		}
		if own == 0 {
			if got != nil {
				rt.Fatalf("only staff voted: %+v", got)
			}
			return
		}
		month := period.Of(start, time.UTC)
		for r := range responses.NewSet(batch, month, month).Fold(responses.DefaultRules, time.Time{}).Responses() {
			if int(r.Vote.Rating) != got.Vote.Rating.Rating || r.Ignored != got.Late || r.At != got.First.UnixMilli() {
				rt.Fatalf("the report counts %d, ignores %d, dates %d; the page says %+v", r.Vote.Rating, r.Ignored, r.At, got)
			}
		}
	})
}
