package monthly_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"resonanz/shared/bucket"
	"resonanz/shared/compact"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// Whoever reads while compactions run, two at a time, sees every fact.
func TestEveryFactIsReadWhileTwoCompactionsRun(t *testing.T) {
	m := bucket.NewMemory()
	put := func(from, to int) {
		b := new(responses.Batch)
		for n := from; n < to; n++ {
			at := time.Date(2026, 3, 1+n%28, 0, 0, n, 0, time.UTC)
			if err := b.AddRating(&feedback.Rating{
				EventID: feedback.DeriveEventID("compacted", fmt.Sprint(n)), ResponseKey: feedback.NewResponseKey(march, feedback.ResponseID{byte(n)}), Touchpoint: "hotline",
				Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: n%5 + 1, SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
			}); err != nil {
				t.Fatal(err)
			}
		}
		content, err := factfile.Write(feedback.KindRating, b)
		if err == nil {
			err = m.Put(t.Context(), factfile.Key(march, feedback.KindRating, b), "", content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const files, each = 40, 4
	for n := range files {
		put(each*n, each*n+each+n%2) // some facts lie in two files
	}
	read := func() string {
		b, err := monthly.Read(t.Context(), m, []period.Period{march}, feedback.KindRating)
		if err != nil {
			t.Fatal(err)
		}
		sum, n := responses.NewSet(b, march, march).Hash(time.Time{})
		return fmt.Sprint(n, " ", sum)
	}
	want := read()
	var compacting sync.WaitGroup
	done := make(chan struct{})
	for _, target := range []int64{8 << 10, 20 << 10} { // not the same files are merged
		compacting.Go(func() {
			for range 4 {
				if _, err := compact.All(t.Context(), m, compact.Limits{Small: 1 << 20, Target: target, Most: 1 << 20}, func() bool { return true }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	go func() { compacting.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if got := read(); got != want {
			t.Fatalf("%s became %s", want, got)
		}
	}
	if left := len(m.Keys()); left >= files {
		t.Errorf("%d files are left", left)
	}
}
