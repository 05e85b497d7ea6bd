package intake

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// What was stored before must be known again: the digest of a vote is that of its
// JSON as encoding/json writes it.
func TestADigestIsThatOfWhatReflectionWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		s := Submission{CustomerKey: text.Draw(t, "key"), Rating: feedback.Rating{
			EventID: feedback.EventID(text.Draw(t, "id")), Rating: rapid.Int().Draw(t, "rating"), Reason: text.Draw(t, "reason"), HasText: true,
			SubmittedAt: time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, "at")).UTC(),
		}}
		if rapid.Bool().Draw(t, "personal") {
			s.Personal.Comment = text.Draw(t, "comment")
		}
		if err := s.sealDigest(); err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(struct {
			R *feedback.Rating
			P *feedback.Personal
			C string
		}{&s.Rating, &s.Personal, s.CustomerKey})
		if err != nil {
			t.Fatal(err)
		}
		if s.digest != store.DigestOf(b) {
			t.Fatalf("of %s", b)
		}
	})
}

func TestAReceiptIsWrittenAsReflectionWritesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		r := Receipt{EventID: feedback.EventID(text.Draw(t, "id")), ResponseKey: feedback.ResponseKey(text.Draw(t, "key")), Status: Status(text.Draw(t, "status"))}
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.AppendJSON(nil); string(got) != string(want) {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}
