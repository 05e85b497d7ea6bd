package compact_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/bucket"
	"resonanz/shared/compact"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

var march = period.Of(time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC), time.UTC)

func always() bool { return true }

// add adds the n-th fact of a kind; the same n is the same fact.
func add(t interface{ Fatal(...any) }, kind feedback.Kind, b *responses.Batch, n int) {
	at := time.Date(2026, 3, 1+n%28, n%24, 0, 0, 0, time.UTC)
	id, key := feedback.DeriveEventID(string(kind), fmt.Sprint(n)), feedback.NewResponseKey(march, feedback.ResponseID{9: byte(n % 7)})
	var err error
	switch kind {
	case feedback.KindRating:
		err = b.AddRating(&feedback.Rating{EventID: id, ResponseKey: key, Touchpoint: "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5,
			Rating: n%5 + 1, SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self})
	case feedback.KindInvitation:
		i := &feedback.Invitation{EventID: id, ResponseKey: key, Touchpoint: "hotline", Channel: feedback.EmailLink, IssuedAt: at, ReceivedAt: at, ExpiresAt: at.AddDate(0, 0, 14)}
		if n%2 == 0 {
			i.Topic, i.Known = fmt.Sprintf("topic-%d", n%3), true
		}
		err = b.AddInvitation(i)
	case feedback.KindComplaint:
		err = b.AddComplaint(&feedback.Complaint{EventID: id, ResponseKey: key, Touchpoint: "hotline", Channel: feedback.WebForm, Category: "billing",
			SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self})
	case feedback.KindDelivery:
		err = b.AddDelivery(&feedback.Delivery{EventID: id, ResponseKey: key, Outcome: feedback.Bounced, At: at, ReceivedAt: at})
	case factfile.KindTransition:
		err = b.AddTransition(step(n, at))
	case factfile.KindEscalation:
		s := step(n, at)
		err = b.AddEscalation(s, &s.Escalations[0])
	}
	if err != nil {
		t.Fatal(err)
	}
}

func step(n int, at time.Time) *events.Step {
	return &events.Step{Case: fmt.Sprintf("2603-AAAA-AAA%d", n%4), Seq: n / 4, At: at, Action: "opened", Family: "complaint", ReceivedAt: at,
		Escalations: []events.Escalation{{Rule: "SLA_BREACH", Clock: "resolution", RaisedAt: at}}}
}

// lay writes one file per group of facts.
func lay(t interface {
	Fatal(...any)
	Context() context.Context
}, kind feedback.Kind, groups ...[]int) *bucket.Memory {
	m := bucket.NewMemory()
	for _, group := range groups {
		b := new(responses.Batch)
		for _, n := range group {
			add(t, kind, b, n)
		}
		content, err := factfile.Write(kind, b)
		if err == nil {
			err = m.Put(t.Context(), factfile.Key(march, kind, b), "", content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// said is what the facts of the bucket come to: the hash of a report's input.
func said(t interface {
	Fatal(...any)
	Context() context.Context
}, m *bucket.Memory, kind feedback.Kind) string {
	b := new(responses.Batch)
	for _, key := range m.Keys() {
		content, err := m.Get(t.Context(), key)
		if err == nil {
			err = factfile.Read(kind, content, b)
		}
		if err != nil {
			t.Fatal(key, err)
		}
	}
	sum, n := responses.NewSet(b, march, march).Hash(time.Time{})
	return fmt.Sprint(n, " ", sum)
}

func TestCompactionChangesNoFactOfAnyKind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(factfile.Kinds[:]).Draw(t, "kind")
		m := lay(t, kind, rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 20), 1, 8), 0, 6).Draw(t, "files")...)
		before := said(t, m, kind)
		limits := compact.Limits{Small: 1 << 20, Target: int64(rapid.SampledFrom([]int{1, 1 << 12, 1 << 20}).Draw(t, "target")), Most: int64(rapid.SampledFrom([]int{1, 1 << 20}).Draw(t, "most"))}
		for round := range 2 {
			if _, err := compact.All(t.Context(), m, limits, always); err != nil {
				t.Fatal(err)
			}
			if after := said(t, m, kind); after != before {
				t.Fatalf("round %d: %s became %s", round, before, after)
			}
		}
	})
}

func TestManySmallFilesBecomeOne(t *testing.T) {
	m := lay(t, feedback.KindRating, []int{1, 2}, []int{3}, []int{2, 4})
	done, err := compact.All(t.Context(), m, compact.Default, always)
	if err != nil || done.Partitions != 1 || done.Merged != 3 || done.Written != 1 || done.Bytes == 0 || done.Left != 0 {
		t.Errorf("%+v, %v; want three files merged into one", done, err)
	}
	if want := lay(t, feedback.KindRating, []int{1, 2, 3, 4}); !cmp.Equal(want.Keys(), m.Keys()) {
		t.Errorf("%v; want the file of the four facts, %v", m.Keys(), want.Keys())
	}
	again, err := compact.All(t.Context(), m, compact.Default, always)
	if diff := cmp.Diff(compact.Result{}, again); err != nil || diff != "" {
		t.Errorf("a second run did something (-want +got):\n%s%v", diff, err)
	}
}

func TestTheSameFilesMakeTheSameBytes(t *testing.T) {
	content := func(groups ...[]int) []byte {
		m := lay(t, feedback.KindRating, groups...)
		if _, err := compact.All(t.Context(), m, compact.Default, always); err != nil {
			t.Fatal(err)
		}
		if len(m.Keys()) != 1 {
			t.Fatalf("%v: want one file", m.Keys())
		}
		body, err := m.Get(t.Context(), m.Keys()[0])
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	if !bytes.Equal(content([]int{1, 2}, []int{3, 4}), content([]int{4}, []int{2, 1, 3}, []int{1})) {
		t.Error("the same facts in other files made other bytes")
	}
}

// A file that holds all the facts of the others is what they are merged into: it
// must not be deleted with them.
func TestAFileThatHoldsAllFactsStays(t *testing.T) {
	m := lay(t, feedback.KindRating, []int{1, 2, 3}, []int{2}, []int{3})
	whole := lay(t, feedback.KindRating, []int{1, 2, 3}).Keys()
	if _, err := compact.All(t.Context(), m, compact.Default, always); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole, m.Keys()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLargeFilesAndStrangersStay(t *testing.T) {
	m := lay(t, feedback.KindRating, []int{1}, []int{2})
	if err := m.Put(t.Context(), "facts/month=2026-03/rating/notes.txt", "", []byte("no facts")); err != nil {
		t.Fatal(err)
	}
	before := m.Keys()
	if done, err := compact.All(t.Context(), m, compact.Limits{Small: 10, Target: 100, Most: 100}, always); err != nil || done.Merged != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if diff := cmp.Diff(before, m.Keys()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsTooLargeIsParted(t *testing.T) {
	m := lay(t, feedback.KindInvitation, []int{1, 2, 3, 4, 5, 6}, []int{7, 8, 9, 10, 11, 12})
	before := said(t, m, feedback.KindInvitation)
	done, err := compact.All(t.Context(), m, compact.Limits{Small: 1 << 20, Target: 1 << 20, Most: 2500}, always)
	if err != nil || done.Written < 2 {
		t.Errorf("%+v, %v; want several files", done, err)
	}
	if after := said(t, m, feedback.KindInvitation); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestADamagedFileStaysAndIsNamed(t *testing.T) {
	m := lay(t, feedback.KindRating, []int{1}, []int{2})
	bad := factfile.Prefix(march, feedback.KindRating) + "bad.parquet"
	if err := m.Put(t.Context(), bad, "", []byte("PAR1 damaged PAR1")); err != nil {
		t.Fatal(err)
	}
	done, err := compact.All(t.Context(), m, compact.Default, always)
	if err != nil || !cmp.Equal(done.Unreadable, []string{bad}) || done.Merged != 2 || len(m.Keys()) != 2 || !slices.Contains(m.Keys(), bad) {
		t.Errorf("%+v, %v; keys %v", done, err, m.Keys())
	}
}

// broken fails at one call.
type broken struct {
	*bucket.Memory
	put, del error
	vanish   bool
}

func (b broken) Put(ctx context.Context, key, contentType string, content []byte) error {
	if b.put != nil {
		return b.put
	}
	return b.Memory.Put(ctx, key, contentType, content)
}

func (b broken) Delete(ctx context.Context, key string) error {
	if b.del != nil {
		return b.del
	}
	return b.Memory.Delete(ctx, key)
}

func (b broken) Get(ctx context.Context, key string) ([]byte, error) {
	if b.vanish {
		return nil, bucket.ErrNotFound
	}
	return b.Memory.Get(ctx, key)
}

func TestACutShortRunLosesNothing(t *testing.T) {
	gone := errors.New("gone")
	for name, b := range map[string]broken{
		"nothing is written":             {put: gone},
		"nothing is deleted":             {del: gone},
		"another run deleted everything": {vanish: true},
	} {
		t.Run(name, func(t *testing.T) {
			b.Memory = lay(t, feedback.KindRating, []int{1, 2}, []int{3})
			before := said(t, b.Memory, feedback.KindRating)
			if _, err := compact.All(t.Context(), b, compact.Default, always); !b.vanish && (!errors.Is(err, gone) || !strings.Contains(err.Error(), "rating facts of 2026-03")) {
				t.Errorf("error = %v", err)
			}
			if after := said(t, b.Memory, feedback.KindRating); after != before {
				t.Errorf("%s became %s", before, after)
			}
			if _, err := compact.All(t.Context(), b.Memory, compact.Default, always); err != nil || len(b.Keys()) != 1 || said(t, b.Memory, feedback.KindRating) != before {
				t.Errorf("the next run did not make up for it: %v, %v", b.Keys(), err)
			}
		})
	}
}

func TestWithoutTimeTheRestIsLeft(t *testing.T) {
	m := lay(t, feedback.KindRating, []int{1}, []int{2})
	before := m.Keys()
	done, err := compact.All(t.Context(), m, compact.Default, func() bool { return false })
	if err != nil || done.Left != 1 || done.Merged != 0 || !cmp.Equal(before, m.Keys()) {
		t.Errorf("%+v, %v", done, err)
	}
}

// What comes in every day must end in large files, and must not be written anew
// every night on its way there.
func TestDaysGrowIntoLargeFilesAndAreWrittenFewTimes(t *testing.T) {
	const kib = 1 << 10
	limits := compact.Limits{Small: 16 * kib, Target: 64 * kib, Most: 96 * kib}
	m := lay(t, feedback.KindRating)
	var written, total int64
	var all []int
	for day := range 60 {
		var facts []int
		for n := range 100 { // some 6 KiB
			facts = append(facts, 100*day+n)
		}
		all = append(all, facts...)
		today := lay(t, feedback.KindRating, facts)
		for _, key := range today.Keys() {
			content, err := today.Get(t.Context(), key)
			if err == nil {
				err = m.Put(t.Context(), key, "", content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		done, err := compact.All(t.Context(), m, limits, always)
		if err != nil {
			t.Fatal(err)
		}
		written += done.Bytes
	}
	large := 0
	err := m.Sizes(t.Context(), "facts/", time.Time{}, func(_ string, bytes int64) error {
		total += bytes
		if bytes > 40*kib {
			large++
		}
		return nil
	})
	if err != nil || large != 2 || len(m.Keys()) > 4 {
		t.Errorf("%v: %d of %d files are large, %d bytes in all", err, large, len(m.Keys()), total)
	}
	if written > 8*total { // most of a file that is so small is its footer
		t.Errorf("%d bytes were written for %d", written, total)
	}
	if want := said(t, lay(t, feedback.KindRating, all), feedback.KindRating); said(t, m, feedback.KindRating) != want {
		t.Error("facts were lost")
	}
}
