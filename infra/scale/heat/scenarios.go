package heat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/period"
	"resonanz/shared/store"
	"resonanz/shared/throttle"
)

// PartitionWrites is what one partition of DynamoDB writes in a second (AWS: "Burst
// and adaptive capacity"), PartitionReads what it reads.
const (
	PartitionWrites = 1000.0
	PartitionReads  = 3000.0
)

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err) // the zone is compiled in
	}
	return zone
}()

// Run is what all scenarios are given.
type Run struct {
	Rate    int // events a second
	Seconds int
	Rand    *rand.Rand
}

// NewRun draws by seed.
func NewRun(rate, seconds int, seed uint64) *Run {
	return &Run{rate, seconds, rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // a simulation that is to come out the same again
}

// arrivals is how many come in one second: a Poisson number by its normal
// approximation, good from 100 a second on.
func (r *Run) arrivals(rate float64) int {
	// The product is rounded by itself, so that every processor draws the same.
	return max(0, int(math.Round(rate+float64(math.Sqrt(rate)*r.Rand.NormFloat64()))))
}

func (r *Run) id() feedback.EventID {
	return feedback.DeriveEventID("scale", fmt.Sprint(r.Rand.Uint64()), fmt.Sprint(r.Rand.Uint64()))
}

// Rating is what a device sends, as it is stored.
func (r *Run) Rating(at time.Time) *store.Entry {
	id := r.id()
	rating := feedback.Rating{
		EventID: id, ResponseKey: feedback.KeyFor(id, at, berlin), Touchpoint: "checkout-cologne", Channel: feedback.Terminal, Scale: feedback.Stars5,
		Rating: 1 + r.Rand.IntN(5), SubmittedAt: at, ReceivedAt: at, Language: "de", Device: "till-cologne-17", CollectionMode: feedback.Self,
	}
	b, err := json.Marshal(&rating)
	if err != nil {
		panic(err) // a rating always marshals
	}
	return &store.Entry{Kind: feedback.KindRating, ResponseKey: rating.ResponseKey, EventID: id, ReceivedAt: at, Event: b, Digest: store.DigestOf(b)}
}

// Burst is ratings of many devices in the middle of a month.
func Burst(ctx context.Context, r *Run) (*Heat, error) {
	return r.ratings(ctx, "burst", time.Date(2026, time.March, 15, 12, 0, 0, 0, berlin))
}

// MonthEnds is a burst across midnight of the last of a month: from one second to
// the next all writes go to the keys of the new one.
func MonthEnds(ctx context.Context, r *Run) (*Heat, error) {
	return r.ratings(ctx, "month ends", time.Date(2026, time.April, 1, 0, 0, 0, 0, berlin).Add(-time.Duration(r.Seconds/2)*time.Second))
}

func (r *Run) ratings(ctx context.Context, name string, from time.Time) (*Heat, error) {
	m := NewMeter(false)
	t, n := store.New(m, "table"), 0
	for m.Second = range r.Seconds {
		for range r.arrivals(float64(r.Rate)) {
			if _, _, err := t.Put(ctx, r.Rating(from.Add(time.Duration(m.Second)*time.Second))); err != nil {
				return nil, fmt.Errorf("simulating %s: %w", name, err)
			}
			n++
		}
	}
	return m.heat(name, n, r.Seconds), nil
}

// Guard is what one instance of a function lets one sender do.
type Guard struct {
	throttle.Limit
	Instances int // that share the requests
}

// passing are the limiters of the instances.
func (g Guard) passing() []*throttle.Limiter {
	all := make([]*throttle.Limiter, g.Instances)
	for i := range all {
		all[i] = &throttle.Limiter{Limit: g.Limit}
	}
	return all
}

// HotLink is one genuine link that was published: everybody votes by it. What the
// instances let through goes the real way, which keeps at most intake.MaxVersions
// answers of a link and refuses the rest.
func HotLink(ctx context.Context, r *Run, g Guard) (*Heat, error) {
	m := NewMeter(true)
	from := time.Date(2026, time.March, 15, 12, 0, 0, 0, berlin)
	t := store.New(m, "table").At(func() time.Time { return from })
	key := feedback.KeyFor(r.id(), from, berlin)
	token := link.Token{ResponseKey: key, Channel: feedback.EmailLink, Language: "de", ExpiresAt: from.AddDate(0, 1, 0)}
	place := &config.Touchpoint{ID: "hotline", Scale: feedback.Stars5}
	guards, n, passed := g.passing(), 0, 0
	for m.Second = range r.Seconds {
		arriving := r.arrivals(float64(r.Rate))
		for i := range arriving {
			at := from.Add(time.Duration(m.Second)*time.Second + time.Duration(i)*time.Second/time.Duration(arriving))
			n++
			if guards[r.Rand.IntN(len(guards))].Take(string(key), at) > 0 {
				continue
			}
			passed++
			s := intake.Vote(place, token, intake.Form{Stars: 1 + r.Rand.IntN(5), Nonce: string(r.id())}, at)
			_, err := intake.AcceptVersion(ctx, t, s)
			if err != nil && len(m.kept) == 0 {
				return nil, fmt.Errorf("simulating a hot link: %w", err)
			}
		}
	}
	stored := 0
	for _, items := range m.kept {
		stored += len(items)
	}
	h := m.heat("hot link", n, r.Seconds)
	h.Note = fmt.Sprintf("%d instances let %d of %d requests through; %d answers are kept", g.Instances, passed, n, stored)
	if stored > intake.MaxVersions {
		return nil, errors.New("simulating a hot link: it keeps more answers than it may")
	}
	return h, nil
}

// Looks is one link that everybody opens, by which so many answers were given: each
// page reads them.
func Looks(ctx context.Context, r *Run, g Guard, answers int) (*Heat, error) {
	m := NewMeter(true)
	from := time.Date(2026, time.March, 15, 12, 0, 0, 0, berlin)
	t := store.New(m, "table").At(func() time.Time { return from })
	key := feedback.KeyFor(r.id(), from, berlin)
	for range answers {
		e := r.Rating(from)
		e.ResponseKey = key
		if _, _, err := t.Put(ctx, e); err != nil {
			return nil, fmt.Errorf("simulating looks: %w", err)
		}
	}
	m.forget()
	guards, n, passed := g.passing(), 0, 0
	for m.Second = range r.Seconds {
		arriving := r.arrivals(float64(r.Rate))
		for i := range arriving {
			at := from.Add(time.Duration(m.Second)*time.Second + time.Duration(i)*time.Second/time.Duration(arriving))
			n++
			if guards[r.Rand.IntN(len(guards))].Take(string(key), at) > 0 {
				continue
			}
			passed++
			if _, err := t.Response(ctx, key); err != nil {
				return nil, fmt.Errorf("simulating looks: %w", err)
			}
		}
	}
	h := m.heat("looks", n, r.Seconds)
	h.Note = fmt.Sprintf("%d instances let %d of %d requests through", g.Instances, passed, n)
	return h, nil
}

// HotDevice is one device that sends without end: the ratings that the instances
// let through, and a sign of life with each.
func HotDevice(ctx context.Context, r *Run, g Guard) (*Heat, error) {
	m := NewMeter(false)
	t := store.New(m, "table")
	from := time.Date(2026, time.March, 15, 12, 0, 0, 0, berlin)
	guards, n, passed := g.passing(), 0, 0
	for m.Second = range r.Seconds {
		arriving := r.arrivals(float64(r.Rate))
		for i := range arriving {
			at := from.Add(time.Duration(m.Second)*time.Second + time.Duration(i)*time.Second/time.Duration(arriving))
			n++
			if guards[r.Rand.IntN(len(guards))].Take("till-cologne-17", at) > 0 {
				continue
			}
			passed++
			if _, _, err := t.Put(ctx, r.Rating(at)); err != nil {
				return nil, fmt.Errorf("simulating a hot device: %w", err)
			}
		}
	}
	h := m.heat("hot device", n, r.Seconds)
	h.Note = fmt.Sprintf("%d instances let %d of %d requests through", g.Instances, passed, n)
	return h, nil
}

// opened is the n-th of many cases about a low rating, just opened.
func opened(r *Run, at time.Time) (*casefile.Case, *casefile.Entry) {
	id := r.id()
	key := feedback.KeyFor(id, at, berlin)
	due := at.Add(24 * time.Hour)
	c := &casefile.Case{
		Number: casefile.NumberOf(casefile.Callback, string(key), period.Of(at, berlin), 0), Family: casefile.Callback, Subject: string(key),
		Rule: "LOW_RATING_CALLBACK", Priority: "high", Status: casefile.Open, Touchpoint: "checkout-cologne", Channel: feedback.Terminal,
		ResponseKey: key, EventID: id, Scale: feedback.Stars5, Rating: 1, Language: "de", OpenedAt: at, DueAt: due, NextAt: due,
		Handling: casefile.Handling{
			Team: "service", Severity: casefile.Medium, Urgency: casefile.Normal,
			Clock: &casefile.Clock{Policy: "DEFAULT", Print: "0123456789abcdef", Runs: []casefile.Run{{From: at}}, Deadlines: []casefile.Deadline{
				{Name: "first_response", AtRiskAt: due.Add(-4 * time.Hour), DueAt: due}, {Name: "resolution", AtRiskAt: due, DueAt: due.Add(72 * time.Hour)},
			}},
		},
	}
	return c, &casefile.Entry{At: at, Action: casefile.Opened, Cause: id, Rule: c.Rule, Rating: 1, Scale: feedback.Stars5, Status: c.Status, DueAt: due, Priority: c.Priority}
}

// Cases is so many new cases a second, all on the one work list.
func Cases(ctx context.Context, r *Run) (*Heat, error) {
	m := NewMeter(true)
	t, n := store.New(m, "table"), 0
	from := time.Date(2026, time.March, 15, 12, 0, 0, 0, berlin)
	for m.Second = range r.Seconds {
		for range r.Rate {
			c, e := opened(r, from.Add(time.Duration(m.Second)*time.Second))
			if err := t.CreateCase(ctx, c, e); err != nil {
				return nil, fmt.Errorf("simulating cases: %w", err)
			}
			n++
		}
	}
	return m.heat("new cases", n, r.Seconds), nil
}

// HotCase is one case that changes as fast as its version lets it: each change
// reads what the one before wrote.
func HotCase(ctx context.Context, r *Run) (*Heat, error) {
	m := NewMeter(true)
	t, n := store.New(m, "table"), 0
	from := time.Date(2026, time.March, 15, 12, 0, 0, 0, berlin)
	c, e := opened(r, from)
	if err := t.CreateCase(ctx, c, e); err != nil {
		return nil, fmt.Errorf("simulating a hot case: %w", err)
	}
	for m.Second = range r.Seconds {
		for i := range r.Rate {
			at := from.Add(time.Duration(m.Second)*time.Second + time.Duration(i+1)*time.Millisecond)
			c.NextAt = at.Add(time.Hour)
			if err := t.UpdateCase(ctx, c, &casefile.Entry{At: at, Action: casefile.Annotated, Cause: r.id(), Rating: 1, Scale: feedback.Stars5, Status: c.Status}); err != nil {
				return nil, fmt.Errorf("simulating a hot case: %w", err)
			}
			n++
		}
	}
	return m.heat("hot case", n, r.Seconds), nil
}

// Beats is devices that each give a sign of life once in every while, of which the
// due index keeps when they are missed.
func Beats(ctx context.Context, r *Run, devices int, every time.Duration) (*Heat, error) {
	m := NewMeter(true)
	t, n := store.New(m, "table"), 0
	from := time.Date(2026, time.March, 15, 12, 0, 0, 0, berlin)
	beat := func(i int, at time.Time) error {
		b := store.Beat{Device: feedback.Device(fmt.Sprintf("kiosk-%05d", i)), Touchpoint: "checkout-cologne", At: at, DueAt: at.Add(3 * every), App: "1.4.0"}
		if err := t.Beat(ctx, b); err != nil {
			return fmt.Errorf("simulating beats: %w", err)
		}
		return nil
	}
	for i := range devices { // each was heard of before
		if err := beat(i, from.Add(-every)); err != nil {
			return nil, err
		}
	}
	m.forget()
	for m.Second = range r.Seconds {
		for i := range devices {
			if (i+m.Second)%int(every.Seconds()) != 0 {
				continue
			}
			if err := beat(i, from.Add(time.Duration(m.Second)*time.Second)); err != nil {
				return nil, err
			}
			n++
		}
	}
	return m.heat("signs of life", n, r.Seconds), nil
}

// Customers is a burst of ratings of which each tells its customer, some customers
// being far busier than others.
func Customers(ctx context.Context, r *Run, customers uint64) (*Heat, error) {
	m := NewMeter(false)
	t, n := store.New(m, "table"), 0
	who := rand.NewZipf(r.Rand, 1.1, 50, customers-1)
	from := time.Date(2026, time.March, 15, 12, 0, 0, 0, berlin)
	for m.Second = range r.Seconds {
		for range r.arrivals(float64(r.Rate)) {
			e := r.Rating(from.Add(time.Duration(m.Second) * time.Second))
			e.CustomerKey = fmt.Sprintf("K-%08d", who.Uint64())
			if _, _, err := t.Put(ctx, e); err != nil {
				return nil, fmt.Errorf("simulating customers: %w", err)
			}
			n++
		}
	}
	return m.heat("customers told", n, r.Seconds), nil
}

// Effects is so many mails a second, each with its marker begun and finished.
func Effects(ctx context.Context, r *Run) (*Heat, error) {
	m := NewMeter(true)
	t, n := store.New(m, "table"), 0
	from := time.Date(2026, time.March, 15, 12, 0, 0, 0, berlin)
	for m.Second = range r.Seconds {
		at := from.Add(time.Duration(m.Second) * time.Second)
		for range r.Rate {
			effect := "mail#" + string(r.id())
			_, err := t.Begin(ctx, effect, at, time.Minute)
			if err == nil {
				err = t.Finish(ctx, effect, at)
			}
			if err != nil {
				return nil, fmt.Errorf("simulating effects: %w", err)
			}
			n++
		}
	}
	return m.heat("markers", n, r.Seconds), nil
}
