package intake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/store"
)

// Earlier is what a customer has said through a link before: what its page
// shows when it is opened again.
type Earlier struct {
	Vote  feedback.Card // the vote that counts; its Card is empty for a plain rating
	First time.Time     // when the first vote was cast
	Until time.Time     // a vote cast until then, inclusive, takes the place of Vote
	Late  int           // votes cast after Until: they count nowhere
	Place byte          // of the next one, see FreePlace
}

// Open reports whether the answer can still be changed at now.
func (e *Earlier) Open(now time.Time) bool { return !now.After(e.Until) && e.Place != link.NoPlace }

// Before finds what a response says already, by the rule of the report: the
// last vote within the edit window of the first counts. Votes that staff keyed
// in are not the customer's and left out. It is nil for a link not yet used.
func Before(rules config.Rules, entries []store.Entry) (*Earlier, error) {
	skew := time.Duration(rules.MaxFutureSkewMinutes) * time.Minute
	effective := func(c *feedback.Card) time.Time {
		t, _ := feedback.EffectiveTime(c.SubmittedAt, c.ReceivedAt, skew)
		return t
	}
	var votes []feedback.Card
	for i := range entries {
		e := &entries[i]
		if e.Kind != feedback.KindRating && e.Kind != feedback.KindCard {
			continue
		}
		var c feedback.Card
		if err := json.Unmarshal(e.Event, &c); err != nil {
			return nil, fmt.Errorf("reading event %s: %w", e.EventID, err)
		}
		if c.CollectionMode != feedback.Assisted {
			votes = append(votes, c)
		}
	}
	if len(votes) == 0 {
		return nil, nil
	}
	slices.SortFunc(votes, func(a, b feedback.Card) int {
		return cmp.Or(effective(&a).Compare(effective(&b)), a.ReceivedAt.Compare(b.ReceivedAt),
			a.SubmittedAt.Compare(b.SubmittedAt), cmp.Compare(a.EventID, b.EventID))
	})
	out := &Earlier{First: effective(&votes[0]), Place: FreePlace(votes[0].ResponseKey, entries)}
	out.Until = out.First.Add(time.Duration(rules.EditWindowHours) * time.Hour)
	for i := range votes {
		if effective(&votes[i]).After(out.Until) {
			out.Late++
			continue
		}
		out.Vote = votes[i]
	}
	return out, nil
}
