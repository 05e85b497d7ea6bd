package feedback_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/feedback"
)

func TestAnEventIsTheCanarysByItsTouchpointAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		place := feedback.Touchpoint(rapid.SampledFrom([]string{"canary", "canary-2", "hotline", "shop"}).Draw(t, "touchpoint"))
		words := rapid.SampledFrom([]string{"", `"touchpoint":"canary"`, `touchpoint":"canary`, `\"touchpoint\":\"canary\"`, "canary"}).Draw(t, "words")
		for _, v := range []any{
			&feedback.Rating{Touchpoint: place, Reason: words, Topic: words, SubmittedAt: time.Now()},
			&feedback.Invitation{Touchpoint: place, Topic: words},
			&feedback.Complaint{Touchpoint: place, Category: words},
			// What a card asks, and how it can be answered, is up to its owner.
			&feedback.Card{Rating: feedback.Rating{Touchpoint: place}, Answers: map[string]string{"touchpoint": "canary"}},
		} {
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if got := feedback.OfCanary(b); got != (place == feedback.Canary) {
				t.Fatalf("%s: %v", b, got)
			}
		}
	})
}
