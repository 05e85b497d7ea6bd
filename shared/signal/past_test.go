package signal

import (
	"testing"
	"time"

	"resonanz/shared/feedback"
)

// A hundred bad ratings of a year ago, imported today, are no spike of that day
// nor of this one.
func TestWhatWasImportedIsNoSignOfAnything(t *testing.T) {
	f := &facts{t: t}
	past := func(r *feedback.Rating) { r.CollectionMode = feedback.Imported }
	f.vote(1, noon, 1, past)
	f.vote(2, noon, 1, nil)
	c := feedback.Complaint{
		EventID: "00000000-0000-4000-8000-000000000999", ResponseKey: key(3), Touchpoint: "hotline", Channel: feedback.Letter, Category: "other",
		SubmittedAt: noon, ReceivedAt: noon, CollectionMode: feedback.Imported,
	}
	if err := f.batch.AddComplaint(&c); err != nil {
		t.Fatal(err)
	}
	day := f.take(time.UTC).Of(noon.Format(time.DateOnly))
	if got := day.Touchpoints["hotline"]; got == nil || got.All != 1 || got.Low != 1 || len(day.Complaints) != 0 {
		t.Errorf("%+v, complaints %v; want the vote that came in that day alone", got, day.Complaints)
	}
}
