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
	"resonanz/shared/config"
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

func TestADamagedFileIsNamedAndLeftOut(t *testing.T) {
	b, at := bucket.NewMemory(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	put(t, b, march, batchOf(t, vote(1, march, at)))
	cut := put(t, b, march.Add(-1), batchOf(t, vote(2, march.Add(-1), at)))
	body, err := b.Get(t.Context(), cut)
	if err != nil {
		t.Fatal(err)
	}
	nothing := factfile.Prefix(march, feedback.KindComplaint) + "nothing.parquet"
	for key, content := range map[string][]byte{cut: body[:len(body)-5], nothing: []byte("no Parquet at all, though long enough")} {
		if err := b.Put(t.Context(), key, "", content); err != nil {
			t.Fatal(err)
		}
	}
	in, err := monthly.Prepare(t.Context(), b, intaketest.Config(t), march, monthly.Asked{Cutoff: freeze})
	if err != nil {
		t.Fatal(err)
	}
	want := []report.Unread{{Object: cut, Reason: "truncated"}, {Object: nothing, Reason: "corrupt"}}
	if diff := cmp.Diff(want, in.Unread); diff != "" {
		t.Errorf("unread (-want +got):\n%s", diff)
	}
	if len(in.Facts.Votes) != 1 {
		t.Errorf("%d votes, want that of the whole file", len(in.Facts.Votes))
	}

	// What a report was built without is left out again, even when it came back.
	if err := b.Put(t.Context(), cut, "", body); err != nil {
		t.Fatal(err)
	}
	again, err := monthly.Prepare(t.Context(), b, intaketest.Config(t), march, monthly.Asked{Cutoff: freeze, Given: in.Given})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, again.Unread); diff != "" || len(again.Facts.Votes) != 1 {
		t.Errorf("again: %d votes; unread (-want +got):\n%s", len(again.Facts.Votes), diff)
	}
}

// replaced is a bucket in which another file takes the place of two as soon as
// one of them is read.
type replaced struct {
	*bucket.Memory
	once   sync.Once
	old    []string
	new    string
	merged []byte
	t      *testing.T
}

func (r *replaced) Get(ctx context.Context, key string) ([]byte, error) {
	r.once.Do(func() {
		if err := r.Put(ctx, r.new, "", r.merged); err != nil {
			r.t.Error(err)
		}
		for _, key := range r.old {
			if err := r.Delete(ctx, key); err != nil {
				r.t.Error(err)
			}
		}
	})
	return r.Memory.Get(ctx, key)
}

func TestFilesThatAreReplacedWhileTheyAreReadAreReadInTheirNewPlace(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	r := &replaced{Memory: bucket.NewMemory(), t: t}
	r.old = []string{put(t, r.Memory, march, batchOf(t, vote(1, march, at))), put(t, r.Memory, march, batchOf(t, vote(2, march, at)))}
	both := batchOf(t, vote(1, march, at), vote(2, march, at))
	r.new = factfile.Key(march, feedback.KindRating, both)
	var err error
	if r.merged, err = factfile.Write(feedback.KindRating, both); err != nil {
		t.Fatal(err)
	}
	in, err := monthly.Prepare(t.Context(), r, intaketest.Config(t), march, monthly.Asked{Cutoff: freeze})
	if err != nil {
		t.Fatal(err)
	}
	if set := responses.NewSet(in.Facts, march, march); set.Facts-set.Duplicates != 2 || len(in.Unread) != 0 {
		t.Errorf("%d facts, %d duplicates, unread %v; want the two", set.Facts, set.Duplicates, in.Unread)
	}
}

func TestAFileThatStaysGoneIsAnError(t *testing.T) {
	b := bucket.NewMemory()
	key := put(t, b, march, batchOf(t, vote(1, march, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))))
	_, err := monthly.Build(t.Context(), lost{b}, intaketest.Config(t), march, monthly.Asked{Cutoff: freeze})
	if !errors.Is(err, bucket.ErrNotFound) || !strings.Contains(fmt.Sprint(err), key) {
		t.Errorf("error = %v, want ErrNotFound with the name of the file", err)
	}
}

// lost is a bucket that lists what it does not have.
type lost struct{ *bucket.Memory }

func (lost) Get(_ context.Context, key string) ([]byte, error) {
	return nil, fmt.Errorf("fetching object %s: %w", key, bucket.ErrNotFound)
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
	in, err := monthly.Input(cfg, march, monthly.Asked{Cutoff: freeze, Given: report.Given{Contacts: contacts}})
	if err != nil {
		t.Fatal(err)
	}
	if p := in.Policies[in.DefaultPolicy]; p == nil || p.ID != cfg.Complaints.DefaultPolicy {
		t.Errorf("default policy %q of %v", in.DefaultPolicy, in.Policies)
	}
	in.Policies = nil
	want := report.Input{
		Organisation: "Beispiel GmbH", Period: march, Zone: cfg.Zone(), Cutoff: freeze, FreezeDay: 6,
		Rules: responses.DefaultRules, TopBox10: 2, MinimumN: 5, IndicativeN: 30, Given: report.Given{Contacts: contacts},
		Touchpoints:   map[feedback.Touchpoint]feedback.Scale{"hotline": feedback.Stars5, "checkout-cologne": feedback.Stars5, "repair": feedback.CSAT10},
		DefaultPolicy: cfg.Complaints.DefaultPolicy, Currency: cfg.Complaints.Currency,
		Asked: map[feedback.Touchpoint]bool{"hotline": true, "repair": true},
		Items: map[string]map[string]report.Item{
			"commissioning": {"offer_clear": {Kind: "rating"}, "on_time": {Kind: "yes_no"}},
			"visit":         {"friendliness": {Kind: "rating"}, "found": {Kind: "yes_no"}, "how_often": {Kind: "choice"}},
		},
	}
	if diff := cmp.Diff(want, in, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }), cmp.Comparer(func(a, b period.Period) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := monthly.Names(cfg, "en")["checkout-cologne"]; got != "Checkout Cologne" {
		t.Errorf("name %q", got)
	}
}

func TestAReportOfAGroupKnowsItsTouchpointsOnly(t *testing.T) {
	cfg := intaketest.Config(t)
	cfg.Groups = []config.Group{{ID: "shops", Touchpoints: []feedback.Touchpoint{"checkout-cologne", "repair"}}, {ID: "calls", Touchpoints: []feedback.Touchpoint{"hotline"}}}
	in, err := monthly.Input(cfg, march, monthly.Asked{Cutoff: freeze, Group: "shops"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[feedback.Touchpoint]bool{"checkout-cologne": true, "repair": true}, in.Only); diff != "" || in.Group != "shops" {
		t.Errorf("group %q, only (-want +got):\n%s", in.Group, diff)
	}
	if diff := cmp.Diff(map[feedback.Touchpoint]feedback.Scale{"checkout-cologne": feedback.Stars5, "repair": feedback.CSAT10}, in.Touchpoints); diff != "" {
		t.Errorf("touchpoints (-want +got):\n%s", diff)
	}
	if _, err := monthly.Input(cfg, march, monthly.Asked{Cutoff: freeze, Group: "berlin"}); !errors.Is(err, monthly.ErrGroup) {
		t.Errorf("a group that is not configured: %v", err)
	}
	if diff := cmp.Diff([]string{"calls", "shops"}, monthly.Groups(cfg)); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}
