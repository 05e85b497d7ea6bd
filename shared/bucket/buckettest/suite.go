// Package buckettest is the contract of a bucket, which S3 and its twin in
// memory both hold.
package buckettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/bucket"
)

// Bucket is what the functions use of one.
type Bucket interface {
	Put(ctx context.Context, key, contentType string, content []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
	List(ctx context.Context, prefix string, yield func(key string) error) error
	ListSince(ctx context.Context, prefix string, since time.Time, yield func(key string) error) error
}

// Run holds the bucket to the contract. It must be empty below "contract/".
func Run(t *testing.T, b Bucket) {
	ctx := t.Context()
	t.Run("what was put comes back", func(t *testing.T) {
		for name, want := range map[string][]byte{"empty": {}, "bytes": {0, 1, 2, 255}, "large": bytes.Repeat([]byte("abc"), 1<<18)} {
			key := "contract/get/" + name
			if err := b.Put(ctx, key, "application/octet-stream", want); err != nil {
				t.Fatal(err)
			}
			got, err := b.Get(ctx, key)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(want))
			}
		}
	})
	t.Run("a second put replaces the first", func(t *testing.T) {
		for _, content := range []string{"first", "second"} {
			if err := b.Put(ctx, "contract/replace", "text/plain", []byte(content)); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := b.Get(ctx, "contract/replace"); err != nil || string(got) != "second" {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("a missing key is ErrNotFound", func(t *testing.T) {
		if _, err := b.Get(ctx, "contract/missing"); !errors.Is(err, bucket.ErrNotFound) {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("list names every key below a prefix, in order, and nothing else", func(t *testing.T) {
		var want []string
		for i := range 12 {
			key := fmt.Sprintf("contract/list/month=2026-03/%02d", i)
			want = append(want, key)
			if err := b.Put(ctx, key, "text/plain", nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Put(ctx, "contract/list/month=2026-031", "text/plain", nil); err != nil {
			t.Fatal(err)
		}
		var got []string
		if err := b.List(ctx, "contract/list/month=2026-03/", func(k string) error { got = append(got, k); return nil }); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("keys (-want +got):\n%s", d)
		}
		if err := b.List(ctx, "contract/nothing/", func(k string) error { return errors.New(k) }); err != nil {
			t.Errorf("an empty prefix lists %v", err)
		}
	})
	t.Run("list since names what was stored then or later", func(t *testing.T) {
		before := time.Now()
		if err := b.Put(ctx, "contract/since/object", "text/plain", nil); err != nil {
			t.Fatal(err)
		}
		for name, tc := range map[string]struct {
			since time.Time
			want  int
		}{"before": {before.Add(-time.Minute), 1}, "the same second": {before.Truncate(time.Second), 1}, "later": {time.Now().Add(time.Hour), 0}, "ever": {time.Time{}, 1}} {
			n := 0
			if err := b.ListSince(ctx, "contract/since/", tc.since, func(string) error { n++; return nil }); err != nil || n != tc.want {
				t.Errorf("%s: %d objects, %v; want %d", name, n, err, tc.want)
			}
		}
	})
	t.Run("list stops with the error of yield", func(t *testing.T) {
		stop, n := errors.New("enough"), 0
		err := b.List(ctx, "contract/list/", func(string) error { n++; return stop })
		if !errors.Is(err, stop) || n != 1 {
			t.Errorf("error = %v after %d keys", err, n)
		}
	})
	t.Run("an ended context stores nothing", func(t *testing.T) {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if err := b.Put(ended, "contract/ended", "text/plain", nil); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v", err)
		}
		if _, err := b.Get(ctx, "contract/ended"); !errors.Is(err, bucket.ErrNotFound) {
			t.Errorf("Get = %v", err)
		}
	})
}

// Sweeper is a bucket in which objects are replaced.
type Sweeper interface {
	Bucket
	Delete(ctx context.Context, key string) error
	Sizes(ctx context.Context, prefix string, before time.Time, yield func(key string, bytes int64) error) error
}

// RunSweeper holds a bucket in which objects are replaced to its contract. It must
// be empty below "contract/sweep/".
func RunSweeper(t *testing.T, b Sweeper) {
	ctx := t.Context()
	for i := range 3 {
		if err := b.Put(ctx, fmt.Sprintf("contract/sweep/%d", i), "", bytes.Repeat([]byte("x"), 10*i)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // gone is gone, and not an error
		if err := b.Delete(ctx, "contract/sweep/1"); err != nil {
			t.Fatal(err)
		}
	}
	got := make(map[string]int64)
	if err := b.Sizes(ctx, "contract/sweep/", time.Time{}, func(key string, n int64) error {
		got[key] = n
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"contract/sweep/0": 0, "contract/sweep/2": 20}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for before, want := range map[time.Time]int{time.Now().Add(-time.Hour): 0, time.Now().Add(time.Hour): 2} {
		n := 0
		err := b.Sizes(ctx, "contract/sweep/", before, func(string, int64) error { n++; return nil })
		if err != nil || n != want {
			t.Errorf("before %s: %d objects, %v, want %d", before, n, err, want)
		}
	}
	stop := errors.New("enough")
	if err := b.Sizes(ctx, "contract/sweep/", time.Time{}, func(string, int64) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error of yield: %v", err)
	}
}
