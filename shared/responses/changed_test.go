package responses_test

import (
	"testing"
	"time"
)

// A link stores the rating first and then, in another vote, what the customer
// adds to it: only another rating is a change.
func TestAVoteThatOnlyAddsChangesNoRating(t *testing.T) {
	added := vote("r", time.Minute, 2)
	for name, c := range map[string]struct {
		events  []caseEvent
		changed int
	}{
		"one vote":               {[]caseEvent{vote("r", 0, 2)}, 0},
		"a reason added":         {[]caseEvent{vote("r", 0, 2), added}, 0},
		"another rating":         {[]caseEvent{vote("r", 0, 2), vote("r", time.Hour, 4)}, 1},
		"there and back":         {[]caseEvent{vote("r", 0, 2), vote("r", time.Hour, 4), vote("r", 2*time.Hour, 2)}, 2},
		"added, then changed":    {[]caseEvent{vote("r", 0, 2), added, vote("r", time.Hour, 4)}, 1},
		"another one too late":   {[]caseEvent{vote("r", 0, 2), vote("r", 49*time.Hour, 4)}, 0},
		"the same once too late": {[]caseEvent{vote("r", 0, 2), vote("r", 49*time.Hour, 2)}, 0},
	} {
		if r := onlyResponse(t, batch(t, c.events)); r.Changed != c.changed {
			t.Errorf("%s: %d changes, want %d", name, r.Changed, c.changed)
		}
	}
}
