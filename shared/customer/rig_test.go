package customer

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"resonanz/shared/bucket"
	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/lifecycle"
	"resonanz/shared/period"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

var noon = time.Date(2026, time.March, 10, 12, 0, 0, 0, time.UTC)

// errDown is a call that fails, in a test.
var errDown = errors.New("down")

// shelf is a store in memory of which one call fails.
type shelf struct {
	*store.Memory
	mu    sync.Mutex
	calls int
	fail  int // the call that fails, from 1; 0: none
	after bool
}

func (s *shelf) call() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls++; s.calls == s.fail {
		return errDown
	}
	return nil
}

// failing runs a call, which fails before or after its effect where it is the one.
func failing[T any](s *shelf, do func() (T, error)) (T, error) {
	failed := s.call()
	if failed != nil && !s.after {
		var none T
		return none, failed
	}
	v, err := do()
	if failed != nil {
		err = failed
	}
	return v, err
}

func (s *shelf) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	_, err := failing(s, func() (int, error) { return 0, s.Memory.UpdateCase(ctx, c, es...) })
	return err
}

func (s *shelf) ForgetCase(ctx context.Context, n casefile.Number) (int, error) {
	return failing(s, func() (int, error) { return s.Memory.ForgetCase(ctx, n) })
}

func (s *shelf) ForgetResponse(ctx context.Context, k feedback.ResponseKey) (int, error) {
	return failing(s, func() (int, error) { return s.Memory.ForgetResponse(ctx, k) })
}

func (s *shelf) ForgetContact(ctx context.Context, id store.ContactID) (int, error) {
	return failing(s, func() (int, error) { return s.Memory.ForgetContact(ctx, id) })
}

func (s *shelf) ForgetReminder(ctx context.Context, k feedback.ResponseKey) error {
	_, err := failing(s, func() (int, error) { return 0, s.Memory.ForgetReminder(ctx, k) })
	return err
}

func (s *shelf) Response(ctx context.Context, k feedback.ResponseKey) ([]store.Entry, error) {
	return failing(s, func() ([]store.Entry, error) { return s.Memory.Response(ctx, k) })
}

func (s *shelf) CustomerItems(ctx context.Context, customerKey, cursor string, limit int) (store.CustomerPage, error) {
	return failing(s, func() (store.CustomerPage, error) { return s.Memory.CustomerItems(ctx, customerKey, cursor, limit) })
}

// cabinet is a bucket of files that counts.
type cabinet struct {
	mu     sync.Mutex
	erased map[casefile.Number]int
}

func (c *cabinet) Erase(_ context.Context, n casefile.Number) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erased[n]++
	return 2, nil
}

func (c *cabinet) Download(_ context.Context, n casefile.Number, a casefile.Attachment) (string, error) {
	return "https://files.example.com/" + string(n) + "/" + a.Object, nil
}

// pile is what failed: texts.
type pile struct {
	mu     sync.Mutex
	bodies []string
	hidden int
}

func (p *pile) Strike(_ context.Context, v *Values) (struck, unread int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bodies = slices.DeleteFunc(p.bodies, func(body string) bool {
		in := v.In(body, true)
		if in {
			struck++
		}
		return in
	})
	return struck, p.hidden, nil
}

type rig struct {
	tb    testing.TB
	shelf *shelf
	files *cabinet
	pile  *pile
	log   *bucket.Memory
	rules lifecycle.Rules
	now   time.Time
	tick  time.Duration // each look at the clock takes so long
	*Eraser
	*Reader
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	book, err := rulebook.New(intaketest.Config(tb))
	if err != nil {
		tb.Fatal(err)
	}
	r := &rig{tb: tb, shelf: &shelf{Memory: store.NewMemory()}, files: &cabinet{erased: map[casefile.Number]int{}}, pile: new(pile),
		log: bucket.NewMemory(), rules: book.Lifecycle, now: noon}
	clock := func() time.Time { r.now = r.now.Add(r.tick); return r.now }
	r.Eraser = &Eraser{Ledger: r.shelf, Log: r.log, Files: r.files, Letters: r.pile, Rules: r.rules, Now: clock}
	r.Reader = &Reader{Ledger: r.shelf, Files: r.files, Now: clock}
	return r
}

// theirKey is the customer of most tests.
const theirKey = "K-1"

// key is the n-th response of a test.
func key(n int) feedback.ResponseKey {
	p, _ := period.Parse("2026-03")
	return feedback.NewResponseKey(p, feedback.ResponseIDOf(feedback.DeriveEventID("customer", string(rune('a'+n%26)), time.Duration(n).String())))
}

// put stores an entry of a response.
func (r *rig) put(k feedback.ResponseKey, kind feedback.Kind, customerKey string, at time.Time, p *feedback.Personal) feedback.EventID {
	r.tb.Helper()
	e := &store.Entry{Kind: kind, ResponseKey: k, EventID: feedback.NewEventID(), ReceivedAt: at, CustomerKey: customerKey, Event: json.RawMessage(`{"rating":1}`)}
	if p != nil {
		b, err := json.Marshal(p)
		if err != nil {
			r.tb.Fatal(err)
		}
		e.Personal = b
	}
	if _, _, err := r.shelf.Put(r.tb.Context(), e); err != nil {
		r.tb.Fatal(err)
	}
	return e.EventID
}

// complains opens a complaint about a response.
func (r *rig) complains(k feedback.ResponseKey, customerKey string) casefile.Number {
	r.tb.Helper()
	w := &feedback.Complaint{
		EventID: feedback.NewEventID(), ResponseKey: k, Touchpoint: "hotline", Channel: feedback.WebForm, Category: "billing.refund_delay",
		SubmittedAt: noon, ReceivedAt: noon, CollectionMode: feedback.Self,
	}
	c, entries := lifecycle.Receive(w, lifecycle.Opening{Notifiable: true, CustomerKey: customerKey}, noon, r.rules)
	lines := make([]*casefile.Entry, len(entries))
	for i := range entries {
		lines[i] = &entries[i]
	}
	lines[0].Words = casefile.NewWords("Worte zu " + string(k))
	if err := r.shelf.CreateCase(r.tb.Context(), &c, lines...); err != nil {
		r.tb.Fatal(err)
	}
	return c.Number
}

// lives fills the store with a customer: a vote by a link, and a complaint whose
// case does not bear the key.
func (r *rig) lives() (asked, complained feedback.ResponseKey, n casefile.Number) {
	r.tb.Helper()
	asked, complained = key(1), key(2)
	i := r.put(asked, feedback.KindInvitation, theirKey, noon.Add(-time.Hour), &feedback.Personal{Email: "kundin@example.com"})
	r.put(asked, feedback.KindRating, "", noon.Add(-time.Minute), &feedback.Personal{Comment: "Meine eigenen Worte", CallbackContact: "0221 1234567"})
	if err := r.shelf.Remind(r.tb.Context(), store.Reminder{ResponseKey: asked, EventID: i, DueAt: noon.Add(time.Hour)}); err != nil {
		r.tb.Fatal(err)
	}
	r.put(complained, feedback.KindComplaint, theirKey, noon.Add(-time.Minute), &feedback.Personal{Comment: "Noch mehr Worte", Name: "Erika Beispiel", Email: "kundin@example.com"})
	n = r.complains(complained, "")
	r.pile.bodies = []string{`{"mail":{"destination":["Kundin@Example.com"]}}`, `{"mail":{"destination":["jemand@example.com"]}}`, `{"s3":"quarantine/` + string(n) + `/1/X"}`}
	return asked, complained, n
}

// gone fails where something personal of the customer is left.
func (r *rig) gone(n casefile.Number, responses ...feedback.ResponseKey) {
	r.tb.Helper()
	for _, k := range responses {
		all, err := r.shelf.Memory.Response(r.tb.Context(), k)
		if err != nil {
			r.tb.Fatal(err)
		}
		for _, e := range all {
			if e.Personal != nil || e.CustomerKey != "" || (e.Digest != store.Digest{}) {
				r.tb.Errorf("left in the ledger: %+v", e)
			}
		}
	}
	c, err := r.shelf.GetCase(r.tb.Context(), n)
	if err != nil {
		r.tb.Fatal(err)
	}
	timeline, err := r.shelf.Timeline(r.tb.Context(), n)
	if err != nil {
		r.tb.Fatal(err)
	}
	if c.Status != casefile.Withdrawn || c.Notifiable || c.CustomerKey != "" {
		r.tb.Errorf("the case: %+v", c)
	}
	ends := 0
	for _, e := range timeline {
		if e.Words != nil {
			r.tb.Errorf("words are left: %+v", e)
		}
		if e.Reason == lifecycle.Erased {
			ends++
		}
	}
	if err := casefile.Check(c, timeline); err != nil || ends != 1 {
		r.tb.Errorf("%v; erased %d times", err, ends)
	}
	if page, err := r.shelf.Memory.CustomerItems(r.tb.Context(), theirKey, "", 10); err != nil || len(page.Items) > 0 {
		r.tb.Errorf("the index: %v, %v", page.Items, err)
	}
	if r.files.erased[n] == 0 {
		r.tb.Error("files are left")
	}
	if len(r.pile.bodies) != 1 || r.pile.bodies[0] != `{"mail":{"destination":["jemand@example.com"]}}` {
		r.tb.Errorf("dead letters: %v", r.pile.bodies)
	}
	reminders := 0
	_ = r.shelf.Due(r.tb.Context(), noon.Add(48*time.Hour), func(d store.Due) error {
		if d.Invite != nil {
			reminders++
		}
		return nil
	})
	if reminders != 0 {
		r.tb.Error("a reminder is left")
	}
	log, err := erasure.Load(r.tb.Context(), r.log, time.Time{})
	if err != nil || log[erasure.Customer(theirKey)].IsZero() {
		r.tb.Errorf("the log of erasures: %v, %v", log, err)
	}
}
