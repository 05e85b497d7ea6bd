package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// Whatever image the stream tells of: it becomes messages that can be sent, for
// somebody, or it is refused.
func FuzzFromStream(f *testing.F) {
	samples, err := filepath.Glob("../../events/samples/stream-*.json")
	if err != nil || len(samples) == 0 {
		f.Fatal(err)
	}
	for _, file := range samples {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var ev lambdaevents.DynamoDBEvent
		if err := json.Unmarshal(b, &ev); err != nil {
			f.Fatal(err)
		}
		for i := range ev.Records {
			image, err := json.Marshal(ev.Records[i].Change.NewImage)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(image)
		}
	}
	f.Add([]byte(`{"PK":{"S":"CASE#2603-7K2M-Q4XA"},"SK":{"S":"T#1"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var image store.Image
		if json.Unmarshal(b, &image) != nil {
			return
		}
		parcels, err := store.FromStream(image)
		if err != nil && len(parcels) > 0 {
			t.Errorf("refused, and %d messages", len(parcels))
		}
		for _, p := range parcels {
			if p.To == 0 || p.Message.Type == "" || p.Message.Version == 0 {
				t.Errorf("a message for nobody, or none: %+v", p)
			}
			if _, err := json.Marshal(p.Message); err != nil {
				t.Error(err)
			}
		}
	})
}

// A cursor is whatever a caller sends back.
func FuzzCursor(f *testing.F) {
	m := store.NewMemory()
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, cursor string) {
		if _, err := m.Cases(t.Context(), store.CaseQuery{Cursor: cursor, Limit: 5}); cursor == "" && err != nil {
			t.Error(err)
		} else if cursor != "" && err == nil {
			t.Errorf("%q is taken for a cursor", cursor)
		}
	})
}

// A cursor of what bears a customer's key goes on where it was made, for that key
// alone; all else is refused.
func FuzzCustomerCursor(f *testing.F) {
	m := store.NewMemory()
	const key = "K-1"
	for i := range 3 {
		id := feedback.DeriveEventID("cursor", fmt.Sprint(i))
		e := &store.Entry{Kind: feedback.KindRating, EventID: id, CustomerKey: key, Digest: store.Digest{1}, Event: []byte(`{}`), ReceivedAt: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
		e.ResponseKey = feedback.KeyFor(id, e.ReceivedAt, time.UTC)
		if _, _, err := m.Put(f.Context(), e); err != nil {
			f.Fatal(err)
		}
	}
	var own []string
	for cursor := ""; ; {
		page, err := m.CustomerItems(f.Context(), key, cursor, 1)
		if err != nil || len(page.Items) != 1 {
			f.Fatal(page, err)
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
		own = append(own, cursor)
		f.Add(key, cursor)
		f.Add("K-2", cursor)
	}
	if len(own) != 2 {
		f.Fatalf("cursors %q", own)
	}
	f.Add("", "")
	f.Fuzz(func(t *testing.T, of, cursor string) {
		page, err := m.CustomerItems(t.Context(), of, cursor, 5)
		genuine := of != "" && cursor == "" || of == key && slices.Contains(own, cursor)
		if err == nil != genuine || err != nil && !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%q of %q: %v", cursor, of, err)
		}
		if of != key && len(page.Items) > 0 {
			t.Errorf("what is %s's is handed out for %q", key, of)
		}
	})
}
