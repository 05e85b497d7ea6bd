package monthly_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/bucket"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

var freeze = time.Date(2026, 4, 5, 22, 0, 0, 0, time.UTC) // the 6th, 00:00 in Berlin

// put stores votes as one object.
func put(t *testing.T, b *bucket.Memory, month period.Period, facts *responses.Batch) string {
	t.Helper()
	key := factfile.Key(month, feedback.KindRating, facts)
	content, err := factfile.Write(feedback.KindRating, facts)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if err := b.Put(t.Context(), key, "", content); err != nil {
		t.Fatalf("%v", err)
	}
	return key
}

// vote is the n-th vote, of a response issued in the given month.
func vote(n int, month period.Period, at time.Time) feedback.Rating {
	return feedback.Rating{
		EventID: feedback.DeriveEventID("vote", fmt.Sprint(n)), ResponseKey: feedback.NewResponseKey(month, feedback.ResponseID{8: byte(n >> 8), 9: byte(n)}),
		Touchpoint: "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: n%5 + 1,
		SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
	}
}

func batchOf(t *testing.T, votes ...feedback.Rating) *responses.Batch {
	t.Helper()
	b := new(responses.Batch)
	for i := range votes {
		if err := b.AddRating(&votes[i]); err != nil {
			t.Fatalf("%v", err)
		}
	}
	return b
}

func TestOnlyTheMonthsOfTheReportAreRead(t *testing.T) {
	b, at := bucket.NewMemory(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for n, month := range []period.Period{march.Add(-3), march.Add(-2), march.Add(-1), march, march.Add(1)} {
		put(t, b, month, batchOf(t, vote(n, month, at)))
	}
	for _, stray := range []string{"facts/month=2026-03/rating/notes.txt", "facts/month=2026-03/card/1.parquet", "facts/month=2026-03/rating/deeper/1.parquet", "reports/2026-03/0001/report.json"} {
		if err := b.Put(t.Context(), stray, "", []byte("no facts")); err != nil {
			t.Fatal(err)
		}
	}
	r, err := monthly.Build(t.Context(), b, intaketest.Config(t), march, monthly.Asked{Cutoff: freeze})
	if err != nil {
		t.Fatal(err)
	}
	// A link of January that is answered in March counts in March.
	if r.Run.Facts != 3 || r.Total.N != 3 || r.Run.Outside != 0 {
		t.Errorf("%d facts read, %d responses, %d outside; want 3, 3, 0", r.Run.Facts, r.Total.N, r.Run.Outside)
	}
}

func TestAMonthWithoutFactsIsAReportWithoutData(t *testing.T) {
	r, err := monthly.Build(t.Context(), bucket.NewMemory(), intaketest.Config(t), march, monthly.Asked{Cutoff: freeze})
	if err != nil {
		t.Fatal(err)
	}
	if r.Total.N != 0 || r.Total.CSATPct != nil || r.Header.Status != report.Final || len(r.ByTouchpoint) != 3 {
		t.Errorf("n %d, CSAT %v, %s, %d touchpoints", r.Total.N, r.Total.CSATPct, r.Header.Status, len(r.ByTouchpoint))
	}
}

func TestADamagedFileIsNamedAndStopsTheReport(t *testing.T) {
	b, at := bucket.NewMemory(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	put(t, b, march, batchOf(t, vote(1, march, at)))
	key := put(t, b, march.Add(-1), batchOf(t, vote(2, march.Add(-1), at)))
	body, err := b.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), key, "", body[:len(body)-5]); err != nil {
		t.Fatal(err)
	}
	_, err = monthly.Build(t.Context(), b, intaketest.Config(t), march, monthly.Asked{Cutoff: freeze})
	if !errors.Is(err, factfile.ErrFormat) || !strings.Contains(err.Error(), key) {
		t.Errorf("error = %v, want ErrFormat with the name of the file", err)
	}
}

// met is a bucket whose reads wait at a gate; reached is called once so many
// wait there together.
type met struct {
	*bucket.Memory
	now, most atomic.Int64
	gate      chan struct{}
	together  int64
	reached   func()
}

func (f *met) Get(ctx context.Context, key string) ([]byte, error) {
	n := f.now.Add(1)
	defer f.now.Add(-1)
	for most := f.most.Load(); n > most && !f.most.CompareAndSwap(most, n); {
		most = f.most.Load()
	}
	if n == f.together {
		f.reached()
	}
	<-f.gate
	return f.Memory.Get(ctx, key)
}

func TestAReportThatIsNoLongerWantedStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &met{Memory: bucket.NewMemory(), reached: cancel, together: 1, gate: make(chan struct{})}
	close(f.gate)
	for n := range 3 * monthly.InFlight {
		put(t, f.Memory, march, batchOf(t, vote(n, march, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))))
	}
	if _, err := monthly.Build(ctx, f, intaketest.Config(t), march, monthly.Asked{Cutoff: freeze}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while fetching: %v", err)
	}
}

func TestFilesAreFetchedTogetherButNotAllAtOnce(t *testing.T) {
	f := &met{Memory: bucket.NewMemory(), together: monthly.InFlight, gate: make(chan struct{})}
	f.reached = sync.OnceFunc(func() { close(f.gate) })
	const files = 3 * monthly.InFlight
	for n := range files {
		put(t, f.Memory, march, batchOf(t, vote(n, march, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))))
	}
	facts, err := monthly.Read(t.Context(), f, report.Months(march)) // ends only if so many meet
	if err != nil || len(facts.Votes) != files {
		t.Fatalf("%d votes, %v; want %d", len(facts.Votes), err, files)
	}
	if most := f.most.Load(); most > monthly.InFlight {
		t.Errorf("%d files were fetched at once, at most %d may be", most, monthly.InFlight)
	}
}

func TestTheConfigurationDecidesTheRules(t *testing.T) {
	cfg := intaketest.Config(t)
	contacts := map[feedback.Touchpoint]int64{"hotline": 7}
	in := monthly.Input(cfg, march, monthly.Asked{Cutoff: freeze, Given: report.Given{Contacts: contacts}})
	want := report.Input{
		Organisation: "Beispiel GmbH", Period: march, Zone: cfg.Zone(), Cutoff: freeze, FreezeDay: 6,
		Rules: responses.DefaultRules, TopBox10: 2, MinimumN: 5, IndicativeN: 30, Given: report.Given{Contacts: contacts},
		Touchpoints: map[feedback.Touchpoint]feedback.Scale{"hotline": feedback.Stars5, "checkout-cologne": feedback.Stars5, "repair": feedback.CSAT10},
	}
	if diff := cmp.Diff(want, in, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }), cmp.Comparer(func(a, b period.Period) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := monthly.Names(cfg, "en")["checkout-cologne"]; got != "Checkout Cologne" {
		t.Errorf("name %q", got)
	}
}
