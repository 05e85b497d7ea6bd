package e2e

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/uuid"

	"resonanz/shared/attach"
	"resonanz/shared/bucket"
	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// TestWhatIsPersonalGoesWhenItsTimeIsUp calls the sweep as its schedule does, over
// a table in which some of what was said is old, and somebody was erased while the
// index lagged behind.
func TestWhatIsPersonalGoesWhenItsTimeIsUp(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	customer := "K-" + uuid.NewString()
	put := func(kind feedback.Kind, days int, key string) *store.Entry {
		t.Helper()
		id := feedback.EventID(uuid.NewString())
		at := now.AddDate(0, 0, -days)
		e := &store.Entry{
			Kind: kind, EventID: id, ReceivedAt: at, ResponseKey: feedback.NewResponseKey(period.Of(at, cfg.Zone()), feedback.ResponseIDOf(id)), CustomerKey: key,
			// Of the past, so that nothing is done about it; it changes no other test's month.
			Event:    []byte(fmt.Sprintf(`{"event_id":%q,"touchpoint":"hotline","collection_mode":"imported"}`, id)),
			Personal: []byte(`{"comment":"Vertraulich","email":"kundin@example.com"}`), Digest: store.DigestOf([]byte(id)),
		}
		if kind == feedback.KindDelivery {
			t.Fatal("says nothing personal")
		}
		if _, _, err := table().Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		return e
	}
	keep := cfg.Retention
	young, old := put(feedback.KindRating, keep.OwnWordsDays-2, customer), put(feedback.KindRating, keep.OwnWordsDays+2, customer)
	complaint := put(feedback.KindComplaint, keep.CasesDays+60, customer)
	erased := put(feedback.KindRating, 100, "K-"+uuid.NewString())
	number := casefile.NumberOf(casefile.Complaint, string(complaint.ResponseKey), complaint.ResponseKey.Month(), 0)
	c := &casefile.Case{
		Number: number, Family: casefile.Complaint, Subject: string(complaint.ResponseKey), Status: casefile.Received, Touchpoint: "hotline",
		ResponseKey: complaint.ResponseKey, CustomerKey: customer, OpenedAt: complaint.ReceivedAt, NextAt: casefile.NoAction,
	}
	if err := table().CreateCase(t.Context(), c, &casefile.Entry{At: complaint.ReceivedAt, Action: casefile.Opened, Words: &casefile.Words{Text: "Mein Name ist Beispiel"}}); err != nil {
		t.Fatal(err)
	}
	c.Status = casefile.Closed
	if err := table().UpdateCase(t.Context(), c, &casefile.Entry{At: now.AddDate(0, 0, -keep.CasesDays-2), Action: casefile.Closing, Status: casefile.Closed}); err != nil {
		t.Fatal(err)
	}
	objects := s3.NewFromConfig(deployed.AWS(), func(o *s3.Options) { o.UsePathStyle = true })
	file := attach.Clean + string(number) + "/aaaaaaaaaaaaaaaaaaaaaaaa"
	if _, err := objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &deployed.AttachmentsBucket, Key: &file, Body: bytes.NewReader([]byte("%PDF"))}); err != nil {
		t.Fatal(err)
	}
	if err := erasure.Record(t.Context(), bucket.New(objects, deployed.Bucket), erasure.Customer(erased.CustomerKey), now); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds nothing to do
		if _, err := deployed.Invoke(t.Context(), "sweep", []byte(`{"schedule":"sweep"}`)); err != nil {
			t.Fatal(err)
		}
	}
	for name, e := range map[string]*store.Entry{"old": old, "young": young, "complaint": complaint, "erased": erased} {
		got, err := table().Get(t.Context(), e.ResponseKey, e.EventID)
		if err != nil {
			t.Fatal(err)
		}
		if left := got.Personal != nil || got.CustomerKey != ""; left != (e == young) {
			t.Errorf("%s: %s, customer %q", name, got.Personal, got.CustomerKey)
		}
		if string(got.Event) != string(e.Event) {
			t.Errorf("%s: what is counted has changed: %s", name, got.Event)
		}
	}
	state, err := table().GetCase(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	timeline, err := table().Timeline(t.Context(), number)
	if err != nil || casefile.Check(state, timeline) != nil || state.CustomerKey != "" || timeline[0].Words != nil {
		t.Errorf("%+v, %v", state, err)
	}
	for _, key := range objectsIn(t, deployed.AttachmentsBucket) {
		if key == file {
			t.Errorf("%s is still there", key)
		}
	}
}
