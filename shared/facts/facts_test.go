package facts_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/factfile"
	"resonanz/shared/facts"
	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// rated is what the stream says of a rating at a touchpoint, received at the very
// end of a month in UTC.
func rated(t *testing.T, touchpoint string) *events.Message {
	t.Helper()
	at := time.Date(2026, time.March, 31, 22, 30, 0, 0, time.UTC)
	event, err := json.Marshal(feedback.Rating{
		EventID: "5f0c1a52-3c1e-4d6c-9a53-0d5f6f1c2b11", ResponseKey: "2026-04-aaaaaaaaaaaaaaaa", Touchpoint: feedback.Touchpoint(touchpoint),
		Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: 4, SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &events.Message{Version: events.Version, Type: events.TypeStored, Stored: &events.Stored{Kind: feedback.KindRating, Event: event}}
}

func TestARatingIsAFactOfItsMonthAndTheCanarysLiesApart(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var all []facts.Partition
	for _, touchpoint := range []string{feedback.Canary, "hotline"} {
		found, err := facts.Of(rated(t, touchpoint), zone)
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %d facts, %v", touchpoint, len(found), err)
		}
		b := new(responses.Batch)
		if err := found[0].Put(b); err != nil {
			t.Fatal(err)
		}
		key := found[0].Key(b)
		if customers := strings.HasPrefix(key, factfile.Prefix(found[0].Month, feedback.KindRating)); customers == (touchpoint == feedback.Canary) {
			t.Errorf("a fact of %s lies at %s", touchpoint, key)
		}
		if got := found[0].Month.String(); got != "2026-04" { // half past midnight in Berlin
			t.Errorf("a fact of %s is of %s", touchpoint, got)
		}
		all = append(all, found[0].Partition)
	}
	slices.SortFunc(all, facts.Compare)
	if all[0].Canary || !all[1].Canary {
		t.Errorf("customers' facts come first: %v", all)
	}
}

func TestWhatNoRetryMakesAFactOfNamesItsFieldAndNoValue(t *testing.T) {
	m := rated(t, "hotline")
	m.Stored.Event = json.RawMessage(strings.Replace(string(m.Stored.Event), `"scale":"stars_1_5"`, `"scale":"stars_4711"`, 1))
	_, err := facts.Of(m, time.UTC)
	if err == nil || !strings.Contains(err.Error(), "scale") || strings.Contains(err.Error(), "4711") {
		t.Errorf("got %v", err)
	}
}
