// Package intake is the door of the ledger: it reads what devices and customers
// send, strictly, and stores what is valid with one conditional write. What it
// refuses it refuses by name (package problem) and stores nothing.
package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// Sizes of request bodies, in bytes. Percent-encoding and JSON's \u take up to 12
// bytes for one character: the longest texts of a vote or a complaint always fit.
const (
	MaxEvent = 64 << 10
	MaxBatch = 1 << 20
	MaxForm  = 64 << 10
)

// MaxBatchEvents is the most events a batch may hold.
const MaxBatchEvents = 500

// Ledger is where accepted events go. Both stores of package store are one.
type Ledger interface {
	Put(context.Context, *store.Entry) (store.Outcome, *store.Entry, error)
	Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error)
	GetAny(context.Context, []feedback.ResponseKey, feedback.EventID) (*store.Entry, error)
}

// Submission is one valid vote, card or complaint, ready to be stored. Rating
// holds what every event has; of a complaint nothing else of it is set.
type Submission struct {
	Rating      feedback.Rating
	Personal    feedback.Personal
	CustomerKey string
	// Card is what else a response card says; its Rating is not looked at. Nil
	// for a plain vote.
	Card *feedback.Card
	// Complaint is what only a complaint says; the rest of it is not looked at.
	// Nil for a vote.
	Complaint *feedback.Complaint

	digest store.Digest
	// linked says that it came through a link, and placed that its id is that of a
	// place of the link.
	linked, placed bool
	// earlier is the key under which an earlier delivery of this event may be
	// stored: set where a clock runs ahead, or ran ahead when the event first
	// came, since such an event counts in the month of its arrival, and a retry
	// may arrive in the next.
	earlier feedback.ResponseKey
	// sent is the id that the client gave a paper card, and months are the keys
	// under which the card may be stored; empty for anything else.
	sent   feedback.EventID
	months []feedback.ResponseKey
}

// ID is the id that the client gave the event. A paper card is stored under the
// one that belongs to its number.
func (s *Submission) ID() feedback.EventID {
	if s.sent != "" {
		return s.sent
	}
	return s.Rating.EventID
}

// Kind is the kind of the event.
func (s *Submission) Kind() feedback.Kind {
	switch {
	case s.Complaint != nil:
		return feedback.KindComplaint
	case s.Card != nil:
		return feedback.KindCard
	}
	return feedback.KindRating
}

// Receipt is the answer to an accepted event.
type Receipt struct {
	EventID     feedback.EventID     `json:"event_id"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
	Status      Status               `json:"status"`

	*Opened // of a complaint: nil of anything else
}

// AppendJSON appends the receipt of anything but a complaint as JSON.
func (r *Receipt) AppendJSON(b []byte) []byte {
	b = feedback.AppendText(append(b, `{"event_id":`...), string(r.EventID))
	b = feedback.AppendText(append(b, `,"response_key":`...), string(r.ResponseKey))
	return append(feedback.AppendText(append(b, `,"status":`...), string(r.Status)), '}')
}

// Status says what became of an event.
type Status string

// The statuses. Rejected and Retry occur in the results of a batch only.
const (
	Accepted  Status = "accepted"
	Duplicate Status = "duplicate" // stored before; nothing changed
	Rejected  Status = "rejected"  // never send it again
	Retry     Status = "retry"     // not stored: send it again
)

// Accept stores s with one write: the key of the table decides whether it is
// new. Errors: a 409 problem when the event id, or the number of a paper card,
// was used for another event; a 503 problem, wrapping the cause, when it could
// not be stored now.
func Accept(ctx context.Context, l Ledger, s *Submission) (Receipt, error) {
	if err := s.find(ctx, l); err != nil {
		return Receipt{}, err
	}
	if s.sent != "" {
		if r, known, err := s.keyedIn(ctx, l); known || err != nil {
			return r, err
		}
	}
	e, err := s.entry()
	if err != nil {
		return Receipt{}, err
	}
	r, err := put(ctx, l, e)
	if err != nil {
		if s.sent != "" && problem.Of(err).Code == problem.EventConflict {
			err = cardTaken()
		}
		return Receipt{}, err
	}
	r.EventID = s.ID()
	return r, nil
}

// put stores e.
func put(ctx context.Context, l Ledger, e *store.Entry) (Receipt, error) {
	r := Receipt{EventID: e.EventID, ResponseKey: e.ResponseKey, Status: Accepted}
	outcome, stored, err := l.Put(ctx, e)
	switch {
	case errors.Is(err, store.ErrConflict) && brought(e, stored):
		r.Status = Duplicate
	case errors.Is(err, store.ErrConflict):
		return Receipt{}, taken()
	case err != nil:
		return Receipt{}, unavailable(err)
	case outcome == store.Duplicate:
		r.Status = Duplicate
	}
	return r, nil
}

// taken is the 409 problem of an id that another event has.
func taken() error {
	return problem.New(http.StatusConflict, problem.EventConflict,
		"This event_id was used for an event with other content. A new event needs a new id.")
}

// unavailable keeps the cause for the log and shows the caller a 503.
func unavailable(err error) error {
	return fmt.Errorf("%w (%w)", httpapi.Unavailable(2), err)
}

// roomForRating holds the JSON of any rating but those of the longest codes, in bytes.
const roomForRating = 640

// entry is the ledger's form of s.
func (s *Submission) entry() (*store.Entry, error) {
	e := &store.Entry{
		Kind:        s.Kind(),
		ResponseKey: s.Rating.ResponseKey,
		EventID:     s.Rating.EventID,
		ReceivedAt:  s.Rating.ReceivedAt,
		CustomerKey: s.CustomerKey,
		Digest:      s.digest,
	}
	var err error
	switch e.Kind {
	case feedback.KindCard:
		c := *s.Card
		c.Rating = s.Rating
		e.Event, err = json.Marshal(&c)
	case feedback.KindComplaint:
		e.Event, err = json.Marshal(s.complaint())
	default:
		e.Event = s.Rating.AppendJSON(make([]byte, 0, roomForRating))
	}
	if err != nil {
		return nil, fmt.Errorf("writing event %s: %w", s.Rating.EventID, err)
	}
	if !s.Personal.IsZero() {
		if e.Personal, err = json.Marshal(&s.Personal); err != nil {
			return nil, fmt.Errorf("writing event %s: %w", s.Rating.EventID, err)
		}
	}
	return e, nil
}

// sealDigest makes the digest of what the client sent. It must be called
// before anything of ours, such as the time of arrival, is in the rating.
func (s *Submission) sealDigest() error {
	if s.Card == nil && s.Complaint == nil && s.Personal.IsZero() { // by hand, since most are: the same bytes
		b := s.Rating.AppendJSON(append(make([]byte, 0, roomForRating), `{"R":`...))
		b = feedback.AppendText(append(b, `,"P":{},"C":`...), s.CustomerKey)
		s.digest = store.DigestOf(append(b, '}'))
		return nil
	}
	b, err := json.Marshal(struct {
		R *feedback.Rating
		P *feedback.Personal
		C string
		K *feedback.Card      `json:",omitempty"`
		X *feedback.Complaint `json:",omitempty"`
	}{&s.Rating, &s.Personal, s.CustomerKey, s.Card, s.Complaint})
	if err != nil {
		return fmt.Errorf("reading event %s: %w", s.Rating.EventID, err)
	}
	s.digest = store.DigestOf(b)
	return nil
}

// sealTimes sets the time of arrival and, where the client named none, the
// response key: the month in which the event counts.
func (s *Submission) sealTimes(cfg *config.Config, now time.Time) *problem.Field {
	r := &s.Rating
	r.ReceivedAt = Instant(now)
	if s.Imported() {
		return s.sealPast(cfg)
	}
	skew := time.Duration(cfg.Rules.MaxFutureSkewMinutes) * time.Minute
	at, skewed := feedback.EffectiveTime(r.SubmittedAt, r.ReceivedAt, skew)
	if at.Before(r.ReceivedAt.AddDate(0, 0, -cfg.Rules.MaxAgeDays)) {
		return &problem.Field{Field: "submitted_at", Code: problem.EventTooOld,
			Detail: fmt.Sprintf("older than %d days", cfg.Rules.MaxAgeDays)}
	}
	if s.sent != "" {
		s.sealMonths(cfg, r.ReceivedAt.AddDate(0, 0, -cfg.Rules.MaxAgeDays), r.ReceivedAt.Add(skew))
	}
	month := period.Of(at, cfg.Zone())
	if r.ResponseKey == "" {
		r.ResponseKey = feedback.NewResponseKey(month, feedback.ResponseIDOf(r.EventID))
		if s.sent == "" && (skewed || period.Of(at.Add(-farAhead), cfg.Zone()) != month && !prompt(at, r.ReceivedAt)) {
			s.earlier = feedback.NewResponseKey(month.Add(-1), feedback.ResponseIDOf(r.EventID))
		}
		return nil
	}
	return s.keyFits(month)
}

// keyFits checks a response key that the client named against the month in which
// the event counts.
func (s *Submission) keyFits(month period.Period) *problem.Field {
	if k := s.Rating.ResponseKey.Month(); month.Before(k) || k.Before(month.Add(-2)) {
		return &problem.Field{Field: "response_key", Code: problem.ResponseKeyMonth,
			Detail: "its month must be that of submitted_at or one of the two before"}
	}
	return nil
}

// farAhead is how far ahead a clock is reckoned with: an event of the first day
// of a month may have come, and been stored, before that month began. When it
// does not come at once it is looked up there; no other event costs more than
// its write.
const farAhead = 24 * time.Hour

// prompt reports whether an event comes as soon as it was given, as it does
// from whoever is online, and so for the first time.
func prompt(submitted, received time.Time) bool {
	age := received.Sub(submitted)
	return 0 <= age && age < 10*time.Second
}

// Instant is t as events carry it: UTC, whole milliseconds.
func Instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
