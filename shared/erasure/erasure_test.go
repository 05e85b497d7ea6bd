package erasure_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/bucket"
	"resonanz/shared/erasure"
)

var at = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func TestTheLogTellsWhoWasErasedWhenAndNotWhoItWas(t *testing.T) {
	b := bucket.NewMemory()
	for _, s := range []erasure.Subject{erasure.Customer("K-1"), erasure.Response("2026-03-aaaaaaaaaaaaaaaa"), erasure.Case("2026-000001")} {
		if err := erasure.Record(t.Context(), b, s, at); err != nil {
			t.Fatal(err)
		}
	}
	// The name is what other tools can work out: printf K-1 | sha256sum.
	const name = "erased/78c7523daad815f89b6770345872eba79e19eea8f498f49114f4a17f0e82aeba"
	if keys := b.Keys(); len(keys) != 3 || !slices.Contains(keys, name) {
		t.Errorf("objects %v", keys)
	}
	for _, key := range b.Keys() {
		body, err := b.Get(t.Context(), key)
		if err != nil || string(body) != `{"erased_at":"2026-03-10T12:00:00Z"}` {
			t.Errorf("%s: %s %v", key, body, err)
		}
	}
	got, err := erasure.Load(t.Context(), b, time.Time{})
	want := erasure.Log{erasure.Customer("K-1"): at, erasure.Response("2026-03-aaaaaaaaaaaaaaaa"): at, erasure.Case("2026-000001"): at}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestAnErasureCoversWhatWasAcceptedUntilThen(t *testing.T) {
	b := bucket.NewMemory()
	for _, when := range []time.Time{at, at.Add(time.Hour), at.Add(-time.Hour)} { // the latest stays
		if err := erasure.Record(t.Context(), b, erasure.Customer("K-1"), when); err != nil {
			t.Fatal(err)
		}
	}
	log, err := erasure.Load(t.Context(), b, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for accepted, want := range map[time.Time]bool{at: true, at.Add(time.Hour): true, at.Add(time.Hour + time.Second): false} {
		if got := log.Covers(erasure.Customer("K-1"), accepted); got != want {
			t.Errorf("of %s: %t", accepted, got)
		}
	}
	if log.Covers(erasure.Customer("K-2"), at) {
		t.Error("another customer is covered")
	}
}

func TestOnlyWhatWasWrittenSinceIsRead(t *testing.T) {
	b := bucket.NewMemory()
	b.Now = func() time.Time { return at }
	if err := erasure.Record(t.Context(), b, erasure.Customer("K-1"), at); err != nil {
		t.Fatal(err)
	}
	b.Now = func() time.Time { return at.Add(48 * time.Hour) }
	if err := erasure.Record(t.Context(), b, erasure.Customer("K-2"), at); err != nil {
		t.Fatal(err)
	}
	got, err := erasure.Load(t.Context(), b, at.Add(24*time.Hour))
	if diff := cmp.Diff(erasure.Log{erasure.Customer("K-2"): at}, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestWhatIsNoEntryStopsReading(t *testing.T) {
	for name, body := range map[string]string{
		"erased/K-1":                        `{"erased_at":"2026-03-10T12:00:00Z"}`,
		"erased/" + strings.Repeat("0", 64): `{}`,
	} {
		b := bucket.NewMemory()
		if err := b.Put(t.Context(), name, "application/json", []byte(body)); err != nil {
			t.Fatal(err)
		}
		if _, err := erasure.Load(t.Context(), b, time.Time{}); !errors.Is(err, erasure.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := erasure.Record(t.Context(), bucket.NewMemory(), "K-1", at); !errors.Is(err, erasure.ErrInvalid) {
		t.Errorf("recording a key: %v", err)
	}
}

func TestReadingStopsAtTheFirstError(t *testing.T) {
	b := bucket.NewMemory()
	for _, key := range []string{"K-1", "K-2", "K-3"} {
		if err := erasure.Record(t.Context(), b, erasure.Customer(key), at); err != nil {
			t.Fatal(err)
		}
	}
	broken := errors.New("broken")
	calls := 0
	err := erasure.Each(t.Context(), b, time.Time{}, func(erasure.Erasure) error { calls++; return broken })
	if !errors.Is(err, broken) || calls != 1 {
		t.Errorf("%d calls: %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := erasure.Each(ctx, b, time.Time{}, func(erasure.Erasure) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
