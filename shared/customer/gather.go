package customer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// Format is the version of what Gather hands out.
const Format = 1

// Page is a part of everything that is kept of a customer, for the customer: it
// says nothing of who of the staff did what.
type Page struct {
	Format      int        `json:"format"`
	CustomerKey string     `json:"customer_key,omitempty"` // empty: somebody without one
	At          time.Time  `json:"at"`
	Contact     Contact    `json:"contact"`
	Responses   []Response `json:"responses"`
	Anonymous   Anonymous  `json:"anonymous"`
	Next        string     `json:"next,omitempty"` // cursor of the next page; empty: this is the last
}

// Contact is what is remembered of when the customer was asked.
type Contact struct {
	InvitedAt  time.Time `json:"last_invited_at,omitzero"`
	OptedOutAt time.Time `json:"opted_out_at,omitzero"` // by key; it outlives an erasure
	Why        store.Why `json:"opted_out_why,omitempty"`
	Topics     []Topic   `json:"topics"` // the last contact about each
}

// Topic is the last contact about one.
type Topic struct {
	Topic       string               `json:"topic"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
	At          time.Time            `json:"at"`
}

// Response is what was said at one contact, and what became of it.
type Response struct {
	ResponseKey feedback.ResponseKey `json:"response_key"`
	Events      []Event              `json:"events"` // in order of receipt
	Addresses   []Address            `json:"addresses"`
	Cases       []Case               `json:"cases"`
}

// Event is an invitation, what became of its mail, or what the customer said.
type Event struct {
	Kind       feedback.Kind    `json:"kind"`
	EventID    feedback.EventID `json:"event_id"`
	ReceivedAt time.Time        `json:"received_at"`
	Event      json.RawMessage  `json:"event"`              // as stored and counted: nothing personal
	Personal   json.RawMessage  `json:"personal,omitempty"` // own words, addresses
}

// Address is one that mail went to, and whether it may.
type Address struct {
	Email      string    `json:"email"`
	OptedOutAt time.Time `json:"opted_out_at,omitzero"`
	Why        store.Why `json:"opted_out_why,omitempty"`
}

// Case is what was done about a response.
type Case struct {
	Number      casefile.Number     `json:"number"`
	Family      casefile.Family     `json:"family"`
	Status      casefile.Status     `json:"status"`
	Touchpoint  feedback.Touchpoint `json:"touchpoint"`
	Category    string              `json:"category,omitempty"`
	OpenedAt    time.Time           `json:"opened_at"`
	DueAt       time.Time           `json:"due_at,omitzero"`
	EndedAt     time.Time           `json:"ended_at,omitzero"`
	Callback    bool                `json:"callback,omitempty"`
	Promised    []Promise           `json:"compensations,omitempty"`
	Timeline    []Line              `json:"timeline"`
	Attachments []Attachment        `json:"attachments"`
}

// Promise is a compensation.
type Promise struct {
	Type  string                     `json:"type"`
	Kind  string                     `json:"kind"`
	Cents int64                      `json:"cents,omitempty"`
	State casefile.CompensationState `json:"state"`
	At    time.Time                  `json:"at"`
}

// Line is an entry of a timeline.
type Line struct {
	Seq    int                `json:"seq"`
	At     time.Time          `json:"at"`
	Action casefile.Action    `json:"action"`
	By     casefile.ActorKind `json:"by"`
	Status casefile.Status    `json:"status,omitempty"`
	Words  string             `json:"words,omitempty"`
}

// Attachment is a file that the customer added, with an address from which it can
// be fetched for a minute.
type Attachment struct {
	ID    string    `json:"id"`
	Type  string    `json:"type"`
	Bytes int64     `json:"bytes"`
	At    time.Time `json:"at"`
	URL   string    `json:"url"`
}

// Anonymous says what else is kept that came from the customer, of which nobody
// can tell any more that it did.
type Anonymous struct {
	Facts []string `json:"facts"` // kinds of facts, by response key
	Note  string   `json:"note"`
}

const note = "Each event and each step of a case is kept a second time as an anonymous fact, under the response_key and without words, addresses or " +
	"customer_key; published figures are made of facts. Of contacts hashes are kept. Backups of the table end after 35 days."

// Signer signs addresses of files; *attach.Signer is one.
type Signer interface {
	Download(context.Context, casefile.Number, casefile.Attachment) (string, error)
}

// Reader hands out what is kept.
type Reader struct {
	Ledger Ledger
	Files  Signer
	Now    func() time.Time
}

const (
	// perPage is how many items of the index one page takes at most.
	perPage = 200
	// pageBytes is how large a page is at most, but for its last response.
	pageBytes = 3 << 20
)

// Gather reads a page of everything that bears the customer's key or hangs on what
// does: up to 200 responses or about 3 MB. Errors: store.ErrInvalid without a key
// or for a cursor that is none.
func (r *Reader) Gather(ctx context.Context, customerKey, cursor string) (*Page, error) {
	p, err := r.page(ctx, customerKey, cursor)
	if err != nil {
		return nil, fmt.Errorf("gathering what is kept of a customer: %w", err)
	}
	return p, nil
}

func (r *Reader) page(ctx context.Context, customerKey, cursor string) (*Page, error) {
	p := r.blank()
	p.CustomerKey = customerKey
	known, err := r.Ledger.KnownOf(ctx, store.KeyContact(customerKey))
	if err != nil {
		return nil, err
	}
	p.Contact.InvitedAt, p.Contact.OptedOutAt, p.Contact.Why = known.LastAt, known.OptedOutAt, known.Why
	for _, t := range known.Topics {
		p.Contact.Topics = append(p.Contact.Topics, Topic{t.Topic, t.Key, t.At})
	}
	for limit := perPage; ; limit = max(1, limit/4) { // long ones fit a page in smaller numbers
		items, err := r.Ledger.CustomerItems(ctx, customerKey, cursor, limit)
		if err != nil {
			return nil, err
		}
		responses, size, err := r.responses(ctx, customerKey, items.Items)
		if err != nil {
			return nil, err
		}
		if size <= pageBytes || limit == 1 {
			p.Responses, p.Next = responses, items.Cursor
			return p, nil
		}
	}
}

func (r *Reader) blank() *Page {
	return &Page{
		Format: Format, At: r.Now().UTC().Truncate(time.Millisecond), Contact: Contact{Topics: []Topic{}}, Responses: []Response{},
		Anonymous: Anonymous{Facts: []string{"rating", "card", "complaint", "invitation", "delivery", "transition", "escalation"}, Note: note},
	}
}

// Response reads what is kept of one response, for somebody without a key.
func (r *Reader) Response(ctx context.Context, k feedback.ResponseKey) (*Page, error) {
	p := r.blank()
	f, err := open(ctx, r.Ledger, k)
	if err == nil && len(f.entries)+len(f.cases) > 0 {
		var out *Response
		if out, err = r.response(ctx, f); err == nil {
			p.Responses = append(p.Responses, *out)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("gathering what is kept of a response: %w", err)
	}
	return p, nil
}

// responses are those behind some items, each shown with the first of its items,
// and a case that bears the key beside a response that does not with that
// response.
func (r *Reader) responses(ctx context.Context, customerKey string, items []store.CustomerItem) (out []Response, size int, err error) {
	found := make([]*Response, len(items))
	err = all(ctx, items, func(ctx context.Context, i int, it store.CustomerItem) error {
		k := it.Response
		if it.Case != "" {
			c, err := r.Ledger.GetCase(ctx, it.Case)
			if errors.Is(err, store.ErrNotFound) || err == nil && c.CustomerKey != customerKey {
				return nil // the index lags behind
			}
			if err != nil {
				return err
			}
			k = c.ResponseKey
		}
		f, err := open(ctx, r.Ledger, k)
		if err != nil {
			return err
		}
		first := f.first(customerKey)
		if it.Case == "" && first != it.Event || it.Case != "" && first != "" {
			return nil // another of its items shows it
		}
		found[i], err = r.response(ctx, f)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	out, shown := []Response{}, map[feedback.ResponseKey]bool{}
	for _, f := range found {
		if f == nil || shown[f.ResponseKey] {
			continue
		}
		shown[f.ResponseKey] = true
		b, err := json.Marshal(f)
		if err != nil {
			return nil, 0, err
		}
		size += len(b)
		out = append(out, *f)
	}
	return out, size, nil
}

// first is the least id of the entries that bear the customer's key; "" where none
// does.
func (f *file) first(customerKey string) feedback.EventID {
	for i := range f.entries { // in the order of their ids
		if f.entries[i].CustomerKey == customerKey {
			return f.entries[i].EventID
		}
	}
	return ""
}

func (r *Reader) response(ctx context.Context, f *file) (*Response, error) {
	out := &Response{ResponseKey: f.key, Events: []Event{}, Addresses: []Address{}, Cases: []Case{}}
	for i := range f.entries {
		e := &f.entries[i]
		out.Events = append(out.Events, Event{e.Kind, e.EventID, e.ReceivedAt, e.Event, e.Personal})
		email := store.EmailOf(e)
		if email == "" || slices.ContainsFunc(out.Addresses, func(a Address) bool { return a.Email == email }) {
			continue
		}
		known, err := r.Ledger.KnownOf(ctx, store.AddressContact(email))
		if err != nil {
			return nil, err
		}
		out.Addresses = append(out.Addresses, Address{email, known.OptedOutAt, known.Why})
	}
	slices.SortStableFunc(out.Events, func(a, b Event) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	for _, h := range f.cases {
		c, err := r.history(ctx, h)
		if err != nil {
			return nil, err
		}
		out.Cases = append(out.Cases, c)
	}
	return out, nil
}

func (r *Reader) history(ctx context.Context, h history) (Case, error) {
	out := Case{
		Number: h.Number, Family: h.Family, Status: h.Status, Touchpoint: h.Touchpoint, Category: h.Category,
		OpenedAt: h.OpenedAt, DueAt: h.DueAt, EndedAt: h.EndedAt, Callback: h.Family == casefile.Callback,
		Timeline: []Line{}, Attachments: []Attachment{},
	}
	for _, c := range h.Handling.Compensations {
		out.Promised = append(out.Promised, Promise{c.Type, c.Kind, c.Cents, c.State, c.At})
	}
	for i := range h.timeline {
		e := &h.timeline[i]
		line := Line{Seq: e.Seq, At: e.At, Action: e.Action, By: e.By.Kind, Status: e.Status}
		if line.By == "" { // written by a rule
			line.By = casefile.System
		}
		if e.Words != nil {
			line.Words = e.Words.Text
		}
		out.Timeline = append(out.Timeline, line)
	}
	for _, a := range h.Handling.Attachments {
		url, err := r.Files.Download(ctx, h.Number, a)
		if err != nil {
			return out, err
		}
		out.Attachments = append(out.Attachments, Attachment{a.ID, a.Type, a.Bytes, a.At, url})
	}
	return out, nil
}
