package customer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// Keeper is a Ledger from which can be erased.
type Keeper interface {
	Ledger
	UpdateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
	ForgetCase(context.Context, casefile.Number) (lines int, err error)
	ForgetResponse(context.Context, feedback.ResponseKey) (events int, err error)
	ForgetContact(context.Context, store.ContactID) (items int, err error)
	ForgetReminder(context.Context, feedback.ResponseKey) error
	NoteErasure(context.Context, store.Erasure) error
}

// Files are those that customers added to cases.
type Files interface {
	// Erase deletes every version of every file of a case, checked or not, and
	// returns how many versions there were.
	Erase(context.Context, casefile.Number) (int, error)
}

// Letters are the messages that no function could deal with.
type Letters interface {
	// Strike deletes those that hold something of v. Unread is how many it could not
	// look at: they are hidden for the moment, or too many.
	Strike(ctx context.Context, v *Values) (struck, unread int, err error)
}

// Eraser erases. It is safe for concurrent use; the same customer may be erased
// by several at once.
type Eraser struct {
	Ledger  Keeper
	Log     erasure.Bucket
	Files   Files
	Letters Letters // nil: none is looked at
	Rules   lifecycle.Rules
	Now     func() time.Time
	Budget  time.Duration // after which nothing more is begun; 0: none
}

// Done is what one act of erasing did.
type Done struct {
	Responses int `json:"responses"`      // looked at
	Events    int `json:"events"`         // of these, which held something personal
	Cases     int `json:"cases"`          // looked at
	Ended     int `json:"cases_ended"`    // of these, on which somebody still worked
	Lines     int `json:"timeline_texts"` // texts of timelines
	Files     int `json:"files"`          // versions of files
	Contacts  int `json:"contacts"`       // counts of invitations and links between contacts
	Letters   int `json:"dead_letters"`
	Unread    int `json:"dead_letters_unread"` // could not be looked at

	// Left: not everything is erased, erase again.
	Left bool `json:"-"`
}

func (d *Done) add(o Done) {
	d.Responses += o.Responses
	d.Events += o.Events
	d.Cases += o.Cases
	d.Ended += o.Ended
	d.Lines += o.Lines
	d.Files += o.Files
	d.Contacts += o.Contacts
	d.Letters += o.Letters
	d.Unread = max(d.Unread, o.Unread)
}

// Counts are the numbers of d by name.
func (d *Done) Counts() map[string]int {
	return map[string]int{
		"responses": d.Responses, "events": d.Events, "cases": d.Cases, "cases_ended": d.Ended, "timeline_texts": d.Lines,
		"files": d.Files, "contacts": d.Contacts, "dead_letters": d.Letters, "dead_letters_unread": d.Unread,
	}
}

// Names are the names of Counts, in order.
func (d *Done) Names() []string { return slices.Sorted(maps.Keys(d.Counts())) }

// Customer erases everything that was accepted so far of the customer with a key,
// as far as the budget goes, for whom by (a code) asks. It can break off
// anywhere: what is left is found by the next. The index that finds a customer's
// items lags a little behind: the nightly sweep applies the log of erasures once
// more.
func (e *Eraser) Customer(ctx context.Context, customerKey, by string) (Done, error) {
	if customerKey == "" {
		return Done{}, fmt.Errorf("erasing a customer: %w", store.ErrInvalid)
	}
	at := e.Now().UTC().Truncate(time.Millisecond)
	return e.act(ctx, erasure.Customer(customerKey), by, at, func(d *Done) error { return e.customer(ctx, customerKey, at, d) })
}

// Response erases one response and its cases.
func (e *Eraser) Response(ctx context.Context, k feedback.ResponseKey, by string) (Done, error) {
	at := e.Now().UTC().Truncate(time.Millisecond)
	return e.act(ctx, erasure.Response(string(k)), by, at, func(d *Done) error {
		f, err := open(ctx, e.Ledger, k)
		if err != nil {
			return err
		}
		return e.files(ctx, "", []*file{f}, d)
	})
}

// act logs an erasure before it begins and notes what it did.
func (e *Eraser) act(ctx context.Context, s erasure.Subject, by string, at time.Time, do func(*Done) error) (d Done, err error) {
	if err := erasure.Record(ctx, e.Log, s, at); err != nil {
		return d, err
	}
	err = do(&d)
	noted := e.Ledger.NoteErasure(context.WithoutCancel(ctx), store.Erasure{
		At: at, By: by, Subject: string(s), Whole: err == nil && !d.Left, Counts: d.Counts(),
	})
	if err = errors.Join(err, noted); err != nil {
		d.Left = true
		return d, fmt.Errorf("erasing a customer: %w", err)
	}
	return d, nil
}

// chunk is how many items of the index are dealt with before the time is looked
// at.
const chunk = 100

// customer goes through the index until a pass shows nothing that was not dealt
// with: while items vanish, so does the place of those behind them.
func (e *Eraser) customer(ctx context.Context, customerKey string, at time.Time, d *Done) error {
	until := e.Now().Add(e.Budget)
	dealt := map[store.CustomerItem]bool{}
	for fresh := true; fresh; {
		fresh = false
		for cursor := ""; ; {
			page, err := e.Ledger.CustomerItems(ctx, customerKey, cursor, chunk)
			if err != nil {
				return err
			}
			var some []store.CustomerItem
			for _, it := range page.Items {
				it.Event = ""
				if !dealt[it] {
					dealt[it] = true
					some = append(some, it)
				}
			}
			if len(some) > 0 {
				if fresh = true; e.Budget > 0 && e.Now().After(until) {
					d.Left = true
					return nil
				}
				if err := e.some(ctx, customerKey, some, at, d); err != nil || d.Left {
					return err
				}
			}
			if cursor = page.Cursor; cursor == "" {
				break
			}
		}
	}
	n, err := e.Ledger.ForgetContact(ctx, store.KeyContact(customerKey))
	d.Contacts += n
	return err
}

// some erases what is behind some items of the index, as far as it was accepted
// until at.
func (e *Eraser) some(ctx context.Context, customerKey string, items []store.CustomerItem, at time.Time, d *Done) error {
	found := make([]*file, len(items))
	err := all(ctx, items, func(ctx context.Context, i int, it store.CustomerItem) error {
		k, lone := it.Response, (*casefile.Case)(nil)
		if it.Case != "" {
			c, err := e.Ledger.GetCase(ctx, it.Case)
			if errors.Is(err, store.ErrNotFound) || err == nil && c.CustomerKey != customerKey {
				return nil // the index lags behind
			}
			if err != nil {
				return err
			}
			k, lone = c.ResponseKey, c
		}
		f, err := open(ctx, e.Ledger, k)
		if err != nil {
			return err
		}
		if lone != nil && !slices.ContainsFunc(f.cases, func(h history) bool { return h.Number == lone.Number }) {
			h, err := recall(ctx, e.Ledger, lone)
			if err != nil {
				return err
			}
			f.cases = append(f.cases, h)
		}
		if since := f.since(customerKey); !since.After(at) {
			found[i] = f
		}
		return nil
	})
	if err != nil {
		return err
	}
	once := map[feedback.ResponseKey]*file{}
	for _, f := range found {
		if f != nil {
			once[f.key] = f
		}
	}
	files := slices.SortedFunc(maps.Values(once), func(a, b *file) int { return strings.Compare(string(a.key), string(b.key)) })
	return e.files(ctx, customerKey, files, d)
}

// since is when the first entry was accepted that bears the customer's key; where
// none does any more, because it was erased, the zero time.
func (f *file) since(customerKey string) (t time.Time) {
	for i := range f.entries {
		e := &f.entries[i]
		if e.CustomerKey == customerKey && (t.IsZero() || e.ReceivedAt.Before(t)) {
			t = e.ReceivedAt
		}
	}
	return t
}

// files erases responses with their cases, so that what finds the rest goes last.
func (e *Eraser) files(ctx context.Context, customerKey string, files []*file, d *Done) error {
	if len(files) == 0 {
		return nil
	}
	if e.Letters != nil { // first, and to the last: afterwards nobody knows what to look for
		struck, unread, err := e.Letters.Strike(ctx, valuesOf(customerKey, files))
		d.Letters += struck
		if d.Unread = max(d.Unread, unread); err != nil {
			return err
		}
		if unread > 0 {
			d.Left = true
			return nil
		}
	}
	did := make([]Done, len(files))
	err := all(ctx, files, func(ctx context.Context, i int, f *file) error { return e.file(ctx, f, &did[i]) })
	for i := range did {
		d.add(did[i])
	}
	return err
}

func (e *Eraser) file(ctx context.Context, f *file, d *Done) error {
	d.Responses++
	for _, h := range f.cases {
		d.Cases++
		if err := e.end(ctx, h, d); err != nil {
			return err
		}
		if h.Family == casefile.Complaint {
			n, err := e.Files.Erase(ctx, h.Number)
			d.Files += n
			if err != nil {
				return err
			}
		}
		lines, err := e.Ledger.ForgetCase(ctx, h.Number)
		d.Lines += lines
		if err != nil {
			return err
		}
	}
	if err := e.Ledger.ForgetReminder(ctx, f.key); err != nil {
		return err
	}
	addresses := map[store.ContactID]bool{}
	for i := range f.entries {
		if id := store.AddressContact(store.EmailOf(&f.entries[i])); id != "" && !addresses[id] {
			addresses[id] = true
			n, err := e.Ledger.ForgetContact(ctx, id)
			d.Contacts += n
			if err != nil {
				return err
			}
		}
	}
	events, err := e.Ledger.ForgetResponse(ctx, f.key)
	d.Events += events
	return err
}

// tries bounds how often a case is read again that changed meanwhile.
const tries = 5

// end lets a case tell that its customer was erased: one that somebody works on
// is over by it.
func (e *Eraser) end(ctx context.Context, h history, d *Done) error {
	for range tries {
		next, entries, changed := lifecycle.Erase(*h.Case, h.timeline, e.Now(), e.Rules)
		if !changed {
			return nil
		}
		lines := make([]*casefile.Entry, len(entries))
		for i := range entries {
			lines[i] = &entries[i]
		}
		err := e.Ledger.UpdateCase(ctx, &next, lines...)
		if err == nil {
			if !h.Status.Ended() {
				d.Ended++
			}
			return nil
		}
		if !errors.Is(err, store.ErrVersion) {
			return err
		}
		c, err := e.Ledger.GetCase(ctx, h.Number)
		if err != nil {
			return err
		}
		if h, err = recall(ctx, e.Ledger, c); err != nil {
			return err
		}
	}
	return fmt.Errorf("ending case %s: %w", h.Number, store.ErrVersion)
}
