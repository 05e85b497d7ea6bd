package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/bucket"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/signal"
	"resonanz/shared/store"
)

// noon of Tuesday, 10 March 2026 in Berlin.
var noon = time.Date(2026, time.March, 10, 11, 0, 0, 0, time.UTC)

// rig is the function on a bucket and a store in memory, with a clock to set.
type rig struct {
	*handler
	t       *testing.T
	bucket  *bucket.Memory
	store   *store.Memory
	at      time.Time
	sent    []string // bodies
	refuse  error
	reads   atomic.Int64 // objects fetched
	facts   int
	logged  bytes.Buffer
	metrics bytes.Buffer
}

func newRig(t *testing.T) *rig {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, bucket: bucket.NewMemory(), store: store.NewMemory(), at: noon}
	now := func() time.Time { return r.at }
	r.bucket.Now = now
	r.handler = &handler{
		objects: counting{r.bucket, &r.reads}, days: r.store, queue: r, escalation: "escalation",
		rules: signal.Rules{
			MinimumLow: 5, Alpha: 0.001, BaselineDays: 28, BurstTaps: 20, BurstWithin: time.Minute, RunLength: 25,
			Zone: berlin, Touchpoints: []feedback.Touchpoint{"hotline"},
		},
		reading: signal.Reading{
			Zone: berlin, Rules: responses.DefaultRules, Low: func(_ feedback.Scale, rating int) bool { return rating <= 2 },
		},
		kiosks:  func(feedback.Device) feedback.Touchpoint { return "hotline" },
		log:     slog.New(slog.NewTextHandler(&r.logged, nil)),
		metrics: observe.NewMetricsTo(&r.metrics, "watch", now), now: now,
	}
	return r
}

// counting counts what is fetched.
type counting struct {
	*bucket.Memory
	reads *atomic.Int64
}

func (c counting) Get(ctx context.Context, key string) ([]byte, error) {
	c.reads.Add(1)
	return c.Memory.Get(ctx, key)
}

// Send is the queue.
func (r *rig) Send(_ context.Context, url string, messages []outbox.Message) []error {
	results := make([]error, len(messages))
	for i, m := range messages {
		if results[i] = r.refuse; r.refuse == nil {
			r.sent = append(r.sent, url+" "+m.Body)
		}
	}
	return results
}

// signals are those sent since the last call, as "RULE subject".
func (r *rig) signals() (out []string) {
	r.t.Helper()
	for _, s := range r.sent {
		body, ok := strings.CutPrefix(s, "escalation ")
		var m events.Message
		if err := json.Unmarshal([]byte(body), &m); !ok || err != nil || m.Version != events.Version || m.Type != events.TypeSignal || m.Signal == nil {
			r.t.Fatalf("message %s, %v", s, err)
		}
		out = append(out, m.Signal.Rule+" "+m.Signal.Subject)
	}
	r.sent = nil
	return out
}

func (r *rig) look() []string {
	r.t.Helper()
	if err := r.Handle(r.t.Context(), Tick{}); err != nil {
		r.t.Fatal(err)
	}
	return r.signals()
}

// rated stores a file with n ratings at the hotline, a minute apart from at on.
func (r *rig) rated(at time.Time, n, rating int, change func(*feedback.Rating)) {
	r.t.Helper()
	var b responses.Batch
	month := period.Of(at, time.UTC)
	for i := range n {
		r.facts++
		when := at.Add(time.Duration(i) * time.Minute)
		v := feedback.Rating{
			EventID:     feedback.EventID(fmt.Sprintf("00000000-0000-4000-8000-%012d", r.facts)),
			ResponseKey: feedback.NewResponseKey(month, [10]byte{9: byte(r.facts), 8: byte(r.facts >> 8), 7: byte(r.facts >> 16)}),
			Touchpoint:  "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: rating,
			SubmittedAt: when, ReceivedAt: when, CollectionMode: feedback.Self,
		}
		if change != nil {
			change(&v)
		}
		if err := b.AddRating(&v); err != nil {
			r.t.Fatal(err)
		}
	}
	r.put(month, feedback.KindRating, &b)
}

func (r *rig) complained(at time.Time, n int) {
	r.t.Helper()
	var b responses.Batch
	month := period.Of(at, time.UTC)
	for range n {
		r.facts++
		if err := b.AddComplaint(&feedback.Complaint{
			EventID:     feedback.EventID(fmt.Sprintf("00000000-0000-4000-8000-%012d", r.facts)),
			ResponseKey: feedback.NewResponseKey(month, [10]byte{9: byte(r.facts), 8: byte(r.facts >> 8), 7: byte(r.facts >> 16)}),
			Touchpoint:  "hotline", Channel: feedback.WebForm, Category: "privacy", SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
		}); err != nil {
			r.t.Fatal(err)
		}
	}
	r.put(month, feedback.KindComplaint, &b)
}

func (r *rig) put(month period.Period, kind feedback.Kind, b *responses.Batch) {
	r.t.Helper()
	key := factfile.Key(month, kind, b)
	content, err := factfile.Write(kind, b)
	if err == nil {
		err = r.bucket.Put(r.t.Context(), key, "application/vnd.apache.parquet", content)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// file is a stored object.
type file struct {
	key     string
	content []byte
}

// past are files with four weeks of 20 satisfied customers a day, written once:
// compressing them takes most of the time of these tests.
var past struct {
	sync.Once
	files []file
}

// weeks stores them, each on its day.
func (r *rig) weeks() {
	r.t.Helper()
	past.Do(func() {
		w := &rig{t: r.t, bucket: bucket.NewMemory(), facts: 1000}
		for i := 28; i > 0; i-- {
			w.rated(noon.AddDate(0, 0, -i), 20, 5, nil)
		}
		for _, key := range w.bucket.Keys() {
			content, err := w.bucket.Get(r.t.Context(), key)
			if err != nil {
				r.t.Fatal(err)
			}
			past.files = append(past.files, file{key: key, content: content})
		}
	})
	for i, f := range past.files {
		r.at = noon.AddDate(0, 0, i-len(past.files)) // in any order: what was stored when is of no interest there
		if err := r.bucket.Put(r.t.Context(), f.key, "", f.content); err != nil {
			r.t.Fatal(err)
		}
	}
	r.at = noon
}

func (r *rig) kept() (dates []string) {
	r.t.Helper()
	all, err := r.store.Days(r.t.Context(), "2000-01-01", "2100-01-01")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, d := range all {
		dates = append(dates, d.Date)
	}
	return dates
}

func TestABurstIsToldAndTheSameAgain(t *testing.T) {
	r := newRig(t)
	r.weeks()
	r.rated(noon.Add(-time.Hour), 20, 5, nil)
	if got := r.look(); got != nil {
		t.Errorf("a usual day: %v", got)
	}
	r.rated(noon, 5, 1, nil)
	r.at = noon.Add(30 * time.Minute)
	for range 2 {
		if diff := cmp.Diff([]string{"SPIKE hotline@2026-03-10T12"}, r.look()); diff != "" {
			t.Errorf("signals (-want +got):\n%s", diff)
		}
	}
	if !strings.Contains(r.logged.String(), "subject=hotline@2026-03-10T12") || !strings.Contains(r.metrics.String(), `"SignalsSent":1`) {
		t.Errorf("log %s\nmetrics %s", r.logged.String(), r.metrics.String())
	}
}

func TestFactsOfThePastTellWhatIsUsualAndAreReadOnce(t *testing.T) {
	r := newRig(t)
	r.weeks()
	r.look()
	if r.reads.Load() != 28 || len(r.kept()) != 28 || r.kept()[0] != "2026-02-10" || r.kept()[27] != "2026-03-09" {
		t.Errorf("%d objects read, days kept %v; want the four weeks", r.reads.Load(), r.kept())
	}
	r.rated(noon, 3, 5, nil)
	r.at = noon.Add(30 * time.Minute)
	if r.look(); r.reads.Swap(0) != 28+1 {
		t.Error("other objects were read than those of today")
	}
	r.at = noon.AddDate(0, 0, 1)
	if r.look(); r.reads.Load() != 1 || len(r.kept()) != 29 {
		t.Errorf("%d objects read, %d days kept; want those since yesterday, and yesterday", r.reads.Load(), len(r.kept()))
	}
}

// Compaction merges what is some days old into a file that is new.
func TestMergedFilesAreReadWhereTheirDaysAreLookedAtOnly(t *testing.T) {
	r := newRig(t)
	r.weeks()
	r.look()
	merged := factfile.MergedKey(period.Of(noon, time.UTC), feedback.KindRating, new(responses.Batch))
	if err := r.bucket.Put(t.Context(), merged, "", past.files[0].content); err != nil {
		t.Fatal(err)
	}
	r.reads.Store(0)
	if r.look(); r.reads.Load() != 0 {
		t.Errorf("%d objects read; a merged file holds nothing of today", r.reads.Load())
	}
	r.at = noon.AddDate(0, 0, 4) // it was not looked at for days
	if err := r.bucket.Put(t.Context(), merged, "", past.files[0].content); err != nil {
		t.Fatal(err)
	}
	if r.look(); r.reads.Load() != 1 {
		t.Errorf("%d objects read; a merged file may hold what was not looked at", r.reads.Load())
	}
}

func TestAnEmptyBucketIsNoSilence(t *testing.T) {
	r := newRig(t)
	if got := r.look(); got != nil || len(r.kept()) != 0 {
		t.Errorf("signals %v, days kept %v; want nothing", got, r.kept())
	}
}

func TestASilentDayIsToldOnceItIsOver(t *testing.T) {
	r := newRig(t)
	r.weeks()
	r.look()
	for _, step := range []struct {
		at   string
		want []string
	}{
		{"2026-03-10T22:50:00Z", nil}, // ten to midnight in Berlin
		{"2026-03-10T23:00:00Z", nil}, // facts may be on their way
		{"2026-03-10T23:15:00Z", []string{"DATA_GAP hotline@2026-03-10"}},
		{"2026-03-10T23:45:00Z", nil},
		{"2026-03-12T08:00:00Z", nil}, // silent still: the same silence
	} {
		var err error
		if r.at, err = time.Parse(time.RFC3339, step.at); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, r.look()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.at, diff)
		}
	}
}

// A watch that was down does not forget what was wrong meanwhile, and when.
func TestDaysThatWereNotLookedAtAreToldOfLater(t *testing.T) {
	r := newRig(t)
	r.weeks()
	r.rated(noon, 20, 5, nil)
	r.look()
	r.at = noon.AddDate(0, 0, 1)
	r.rated(r.at, 6, 1, nil)
	r.at = noon.AddDate(0, 0, 4) // silent for two days and a half
	at := map[string]string{}
	if err := r.Handle(t.Context(), Tick{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range r.sent {
		var m events.Message
		if err := json.Unmarshal([]byte(strings.TrimPrefix(s, "escalation ")), &m); err != nil {
			t.Fatal(err)
		}
		at[m.Signal.Rule+" "+m.Signal.Subject] = m.Signal.At.UTC().Format(time.RFC3339)
	}
	want := map[string]string{"SPIKE hotline@2026-03-11T12": "2026-03-11T23:00:00Z", "DATA_GAP hotline@2026-03-12": "2026-03-12T23:00:00Z"}
	if diff := cmp.Diff(want, at); diff != "" {
		t.Errorf("signals, and the ends of their days (-want +got):\n%s", diff)
	}
	if r.sent = nil; r.look() != nil {
		t.Error("told again")
	}
}

func TestABurstShortlyBeforeMidnightIsNotMissed(t *testing.T) {
	r := newRig(t)
	r.weeks()
	r.rated(noon, 20, 5, nil)
	r.look()
	late := time.Date(2026, time.March, 10, 22, 50, 0, 0, time.UTC)
	r.at = late.Add(15 * time.Minute) // stored after midnight
	r.rated(late, 6, 1, nil)
	r.at = late.Add(40 * time.Minute)
	if diff := cmp.Diff([]string{"SPIKE hotline@2026-03-10T23"}, r.look()); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
}

func TestASpikeOfComplaintsAndPlayingWithAKioskAreTold(t *testing.T) {
	r := newRig(t)
	r.weeks()
	r.complained(noon, 6)
	seconds := 0
	r.rated(noon, 25, 5, func(v *feedback.Rating) {
		v.Channel, v.Device = feedback.Kiosk, "kiosk-1"
		v.SubmittedAt = noon.Add(time.Duration(seconds) * time.Second)
		v.ReceivedAt = v.SubmittedAt
		seconds++
	})
	want := []string{"SPIKE complaints:privacy@2026-03-10", "SUSPICIOUS_VOTING kiosk-1@2026-03-10T12"}
	if diff := cmp.Diff(want, r.look()); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
}

func TestALinkOfTheMonthBeforeCountsOnItsDay(t *testing.T) {
	r := newRig(t)
	for i := 28; i > 0; i-- {
		r.at = noon.AddDate(0, 0, -i-5)
		r.rated(r.at, 20, 5, nil)
	}
	r.at = time.Date(2026, time.March, 5, 11, 0, 0, 0, time.UTC)
	r.rated(r.at, 6, 1, func(v *feedback.Rating) {
		v.ResponseKey = feedback.NewResponseKey(period.Of(r.at.AddDate(0, -1, 0), time.UTC), v.ResponseKey.ID())
	})
	// Its file lies in the month of the link.
	var moved bool
	for _, key := range r.bucket.Keys() {
		if strings.Contains(key, "month=2026-03") {
			body, err := r.bucket.Get(t.Context(), key)
			if err == nil {
				err = r.bucket.Put(t.Context(), strings.Replace(key, "2026-03", "2026-02", 1), "", body)
			}
			if err != nil {
				t.Fatal(err)
			}
			moved = true
		}
	}
	if got := r.look(); !moved || len(got) != 1 || got[0] != "SPIKE hotline@2026-03-05T12" {
		t.Errorf("signals %v", got)
	}
}

func TestWhatIsNotToldIsToldByTheNextLook(t *testing.T) {
	r := newRig(t)
	r.weeks()
	r.at = noon.AddDate(0, 0, 1) // the day between was silent
	r.refuse = errors.New("no answer")
	if err := r.Handle(t.Context(), Tick{}); err == nil || !strings.Contains(err.Error(), "1 signals failed") {
		t.Errorf("got %v", err)
	}
	if len(r.kept()) != 0 {
		t.Errorf("days kept %v before they were told of", r.kept())
	}
	r.refuse = nil
	if diff := cmp.Diff([]string{"DATA_GAP hotline@2026-03-10"}, r.look()); diff != "" || len(r.kept()) != 29 {
		t.Errorf("signals (-want +got):\n%s\n%d days kept", diff, len(r.kept()))
	}
}

func TestFailuresAreNamed(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r := newRig(t)
	if err := r.Handle(ended, Tick{}); err == nil || !strings.Contains(err.Error(), "looking at figures") {
		t.Errorf("got %v", err)
	}
	if err := r.bucket.Put(t.Context(), "facts/month=2026-03/rating/broken.parquet", "", []byte("broken")); err != nil {
		t.Fatal(err)
	}
	if err := r.Handle(t.Context(), Tick{}); !errors.Is(err, factfile.ErrFormat) || !strings.Contains(err.Error(), "broken.parquet") {
		t.Errorf("got %v, want the file named", err)
	}
}

func TestOtherObjectsAreLeftAlone(t *testing.T) {
	r := newRig(t)
	for _, key := range []string{"facts/month=2026-03/rating/notes.txt", "facts/month=2026-03/invitation/x.parquet", "facts/month=2026-03/delivery/x.parquet"} {
		if err := r.bucket.Put(t.Context(), key, "", []byte("no facts")); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.look(); got != nil || r.reads.Load() != 0 {
		t.Errorf("signals %v after %d reads", got, r.reads.Load())
	}
}
