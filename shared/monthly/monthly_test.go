package monthly_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/bucket"
	"resonanz/shared/compact"
	"resonanz/shared/config"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

const configuration = `{
	"organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de"], "default_language": "de"},
	"touchpoints": [{"id": "hotline", "name": {"de": "Hotline"}, "scale": "stars_1_5"}, {"id": "repair", "name": {"de": "Reparatur"}, "scale": "csat_1_10"}],
	"rules": {"edit_window_hours": 48, "kiosk_debounce_seconds": 3, "max_future_skew_minutes": 5, "top_box_10": 2, "minimum_n": 5, "indicative_n": 30},
	"report": {"freeze_day": 6}
}`

func mustConfig(t interface{ Fatal(...any) }) *config.Config {
	cfg, err := config.Parse([]byte(configuration))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

var march = func() period.Period {
	p, err := period.Parse("2026-03")
	if err != nil {
		panic(err)
	}
	return p
}()

// fact is one fact of any kind, in the month that its kind goes by.
type fact struct {
	kind  feedback.Kind
	month period.Period
	add   func(*responses.Batch) error
}

// anyFacts draws a small world with many collisions: few responses, devices, cases
// and instants, some of them late or in the wrong month.
func anyFacts(t *rapid.T) (all []fact) {
	start := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC)
	for i := range rapid.IntRange(0, 30).Draw(t, "facts") {
		at := start.Add(time.Duration(rapid.IntRange(0, 80*24).Draw(t, "hour")) * time.Hour).Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "second")) * time.Second)
		received := at.Add(time.Duration(rapid.SampledFrom([]int{-24, 0, 0, 0, 1, 24 * 12}).Draw(t, "delay")) * time.Hour)
		key := feedback.ResponseKey(fmt.Sprintf("2026-0%d-aaaaaaaaaaaaaaa%c", rapid.IntRange(1, 3).Draw(t, "month"), 'a'+rapid.IntRange(0, 9).Draw(t, "response")))
		id := feedback.EventID(fmt.Sprintf("018e4f6a-3c1b-4e2d-9f00-%012d", i))
		touchpoint := feedback.Touchpoint(rapid.SampledFrom([]string{"hotline", "repair", "closed-branch"}).Draw(t, "touchpoint"))
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0:
			inv := &feedback.Invitation{EventID: id, ResponseKey: key, Touchpoint: touchpoint, Channel: feedback.EmailLink, IssuedAt: at, ReceivedAt: at, ExpiresAt: at.AddDate(0, 0, 14)}
			if rapid.Bool().Draw(t, "told") {
				solved := rapid.Bool().Draw(t, "solved")
				inv.Topic, inv.Known, inv.Resolved = "invoice", true, &solved
			}
			all = append(all, fact{feedback.KindInvitation, key.Month(), func(b *responses.Batch) error { return b.AddInvitation(inv) }})
		case 1:
			c := &feedback.Complaint{EventID: id, ResponseKey: key, Touchpoint: touchpoint, Channel: feedback.WebForm, Category: "delivery.late", SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self}
			all = append(all, fact{feedback.KindComplaint, key.Month(), func(b *responses.Batch) error { return b.AddComplaint(c) }})
		case 2:
			step := &events.Step{
				Case: fmt.Sprintf("2603-AAAA-AAA%d", rapid.IntRange(0, 3).Draw(t, "case")), Seq: i, At: at, Action: "opened", Status: "received", Family: "complaint",
				Touchpoint: touchpoint, Category: "delivery.late", ReceivedAt: at, ResponseKey: key, Escalations: []events.Escalation{{Rule: "CRITICAL_SEVERITY", RaisedAt: at}},
			}
			all = append(all, fact{factfile.KindTransition, period.Of(at, time.UTC), func(b *responses.Batch) error { return b.AddTransition(step) }},
				fact{factfile.KindEscalation, period.Of(at, time.UTC), func(b *responses.Batch) error { return b.AddEscalation(step, &step.Escalations[0]) }})
		default:
			r := &feedback.Rating{EventID: id, ResponseKey: key, Touchpoint: touchpoint, Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: rapid.IntRange(1, 5).Draw(t, "rating"),
				SubmittedAt: at, ReceivedAt: received, CollectionMode: feedback.Self}
			if rapid.Bool().Draw(t, "tapped") {
				r.Channel, r.Device = feedback.Kiosk, feedback.Device(rapid.SampledFrom([]string{"kiosk-1", "kiosk-2"}).Draw(t, "device"))
			}
			if rapid.IntRange(0, 9).Draw(t, "assisted") == 0 {
				r.CollectionMode = feedback.Assisted
			}
			all = append(all, fact{feedback.KindRating, key.Month(), func(b *responses.Batch) error { return b.AddRating(r) }})
		}
	}
	return all
}

// lay writes the facts into files of the given sizes, in order.
func lay(t *rapid.T, facts []fact, sizes func() int) *bucket.Memory {
	m := bucket.NewMemory()
	for len(facts) > 0 {
		n := min(max(sizes(), 1), len(facts))
		parts := make(map[monthly.Part]*responses.Batch)
		for _, f := range facts[:n] {
			at := monthly.Part{Month: f.month, Kind: f.kind}
			if parts[at] == nil {
				parts[at] = new(responses.Batch)
			}
			if err := f.add(parts[at]); err != nil {
				t.Fatal(err)
			}
		}
		for at, b := range parts {
			content, err := factfile.Write(at.Kind, b)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Put(t.Context(), factfile.Key(at.Month, at.Kind, b), "", content); err != nil {
				t.Fatal(err)
			}
		}
		facts = facts[n:]
	}
	return m
}

func TestFilesOrderDuplicatesAndCompactionChangeNoByte(t *testing.T) {
	cfg := mustConfig(t)
	rapid.Check(t, func(t *rapid.T) {
		facts := anyFacts(t)
		asked := monthly.Asked{Cutoff: rapid.SampledFrom([]time.Time{
			time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC), march.Freeze(6, cfg.Zone()), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
		}).Draw(t, "cutoff")}
		build := func(src monthly.Source) []byte {
			r, err := monthly.Build(t.Context(), src, cfg, march, asked)
			if err != nil {
				t.Fatal(err)
			}
			b, err := r.JSON()
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		want := build(lay(t, facts, func() int { return len(facts) }))
		again := slices.Clone(facts)
		if len(facts) > 0 {
			again = append(again, rapid.SliceOfN(rapid.SampledFrom(facts), 0, 10).Draw(t, "duplicates")...)
		}
		if len(again) > 1 {
			again = rapid.Permutation(again).Draw(t, "order")
		}
		laid := lay(t, again, func() int { return rapid.IntRange(8, 40).Draw(t, "size") })
		if rapid.Bool().Draw(t, "compacted") {
			if _, err := compact.All(t.Context(), laid, compact.Default, func() bool { return true }); err != nil {
				t.Fatal(err)
			}
		}
		if got := build(laid); !bytes.Equal(want, got) {
			t.Fatalf("the same facts gave another report:\n%s\nand\n%s", want, got)
		}
	})
}

// failing is a source with one broken thing.
type failing struct {
	*bucket.Memory
	list, get error
}

func (f failing) List(ctx context.Context, prefix string, yield func(string) error) error {
	if f.list != nil {
		return f.list
	}
	return f.Memory.List(ctx, prefix, yield)
}

func (f failing) Get(ctx context.Context, key string) ([]byte, error) {
	if f.get != nil {
		return nil, f.get
	}
	return f.Memory.Get(ctx, key)
}

func TestNoReportIsBuiltFromAPartOfTheFacts(t *testing.T) {
	cfg, gone := mustConfig(t), errors.New("gone")
	full := func() *bucket.Memory {
		m := bucket.NewMemory()
		b := &responses.Batch{Votes: make([]responses.Vote, 1)}
		b.Votes[0].Touchpoint = b.Name("hotline")
		content, err := factfile.Write(feedback.KindRating, b)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Put(t.Context(), factfile.Key(march, feedback.KindRating, b), "", content); err != nil {
			t.Fatal(err)
		}
		return m
	}
	damaged := full()
	if err := damaged.Put(t.Context(), factfile.Prefix(march, feedback.KindRating)+"broken.parquet", "", []byte("PAR1")); err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]monthly.Source{
		"listing fails":  failing{Memory: full(), list: gone},
		"fetching fails": failing{Memory: full(), get: gone},
	} {
		_, err := monthly.Build(t.Context(), src, cfg, march, monthly.Asked{Cutoff: march.Freeze(6, cfg.Zone())})
		if !errors.Is(err, gone) {
			t.Errorf("%s: error = %v", name, err)
		}
	}
	if _, err := monthly.Read(t.Context(), damaged, []period.Period{march}); !errors.Is(err, factfile.ErrFormat) {
		t.Errorf("a damaged file: error = %v", err)
	}
}

func TestOnlyTheMonthsConcernedAreRead(t *testing.T) {
	cfg := mustConfig(t)
	read := make(map[string]bool)
	src := recording{bucket.NewMemory(), new(sync.Mutex), read}
	if _, err := monthly.Build(t.Context(), src, cfg, march, monthly.Asked{Cutoff: march.Freeze(6, cfg.Zone())}); err != nil {
		t.Fatal(err)
	}
	for kind, months := range map[feedback.Kind][2]int{
		feedback.KindRating: {-2, 0}, feedback.KindDelivery: {-2, 0}, feedback.KindInvitation: {-2, 1},
		feedback.KindComplaint: {-12, 1}, factfile.KindTransition: {-12, 1}, factfile.KindEscalation: {-12, 1},
	} {
		for n := months[0]; n <= months[1]; n++ {
			prefix := factfile.Prefix(march.Add(n), kind)
			if !read[prefix] {
				t.Errorf("%s was not read", prefix)
			}
			delete(read, prefix)
		}
	}
	if len(read) > 0 {
		t.Errorf("also read: %v", read)
	}
}

type recording struct {
	*bucket.Memory
	mu   *sync.Mutex
	read map[string]bool
}

func (r recording) List(ctx context.Context, prefix string, yield func(string) error) error {
	r.mu.Lock()
	r.read[prefix] = true
	r.mu.Unlock()
	return r.Memory.List(ctx, prefix, yield)
}
