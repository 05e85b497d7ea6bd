package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// Cases is where complaints go together with their cases. Both stores of
// package store are one.
type Cases interface {
	Ledger
	Submit(context.Context, *store.Entry, *casefile.Case, ...*casefile.Entry) (store.Outcome, *store.Entry, error)
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
}

// Opened is what an accepted complaint is told besides: its case, where its
// customer sees how it stands, what happens next and by when.
type Opened struct {
	CaseNumber casefile.Number `json:"case_number"`
	StatusURL  string          `json:"status_url,omitempty"` // set by who signs links
	Next       *lifecycle.Step `json:"next,omitempty"`

	Case *casefile.Case `json:"-"` // nil: it is opened later
}

// maxAttempts bounds how many numbers are tried: two cases share 40 bits once in
// a long while.
const maxAttempts = 4

// AcceptComplaint stores a complaint and opens its case in one transaction, by
// the rules r. One that was imported opens none: it was dealt with elsewhere. A complaint of a response that has a case already is stored by
// itself: escalation brings it into the case. Errors are those of Accept.
func AcceptComplaint(ctx context.Context, l Cases, s *Submission, r lifecycle.Rules) (Receipt, error) {
	if s.Imported() {
		return Accept(ctx, l, s)
	}
	if err := s.find(ctx, l); err != nil {
		return Receipt{}, err
	}
	w := s.complaint()
	o := lifecycle.Opening{Notifiable: s.Personal.Email != "", CustomerKey: s.CustomerKey}
	for ; o.Attempt < maxAttempts; o.Attempt++ {
		e, err := s.entry()
		if err != nil {
			return Receipt{}, err
		}
		c, lines := lifecycle.Receive(w, o, w.ReceivedAt, r)
		outcome, _, err := l.Submit(ctx, e, &c, pointers(lines)...)
		switch {
		case err == nil && outcome == store.Accepted:
			return opened(s, Accepted, &c, r), nil
		case err == nil:
			return replayed(ctx, l, s, r)
		case errors.Is(err, store.ErrConflict):
			return Receipt{}, taken()
		case !errors.Is(err, store.ErrExists):
			return Receipt{}, unavailable(err)
		}
		held, err := l.GetCase(ctx, c.Number)
		if err != nil {
			return Receipt{}, unavailable(err)
		}
		if held.Subject == c.Subject {
			receipt, err := put(ctx, l, e)
			if err != nil {
				return Receipt{}, err
			}
			return opened(s, receipt.Status, held, r), nil
		}
	}
	return Receipt{}, unavailable(fmt.Errorf("%d numbers of a case of event %s are taken", maxAttempts, w.EventID))
}

// find looks up, where a month may have turned in between, under which key the
// event is stored already.
func (s *Submission) find(ctx context.Context, l Ledger) error {
	if s.earlier == "" {
		return nil
	}
	switch _, err := l.Get(ctx, s.earlier, s.Rating.EventID); {
	case err == nil:
		s.Rating.ResponseKey = s.earlier
	case !errors.Is(err, store.ErrNotFound):
		return unavailable(err)
	}
	return nil
}

// replayed is the receipt of a complaint that was stored before, with the case
// as it stands now.
func replayed(ctx context.Context, l Cases, s *Submission, r lifecycle.Rules) (Receipt, error) {
	k := s.Rating.ResponseKey
	for attempt := range maxAttempts {
		n := casefile.NumberOf(casefile.Complaint, string(k), k.Month(), attempt)
		c, err := l.GetCase(ctx, n)
		switch {
		case errors.Is(err, store.ErrNotFound): // stored without a case: it is being opened
			receipt := Receipt{EventID: s.ID(), ResponseKey: k, Status: Duplicate}
			receipt.Opened = &Opened{CaseNumber: n}
			return receipt, nil
		case err != nil:
			return Receipt{}, unavailable(err)
		case c.Subject == string(k):
			return opened(s, Duplicate, c, r), nil
		}
	}
	return Receipt{}, unavailable(fmt.Errorf("%d numbers of a case of event %s are taken", maxAttempts, s.Rating.EventID))
}

func opened(s *Submission, status Status, c *casefile.Case, r lifecycle.Rules) Receipt {
	next := lifecycle.Next(*c, r)
	return Receipt{
		EventID: s.ID(), ResponseKey: s.Rating.ResponseKey, Status: status,
		Opened: &Opened{CaseNumber: c.Number, Next: &next, Case: c},
	}
}

func pointers(lines []casefile.Entry) []*casefile.Entry {
	all := make([]*casefile.Entry, len(lines))
	for i := range lines {
		all[i] = &lines[i]
	}
	return all
}

// LinkUntil is how long the link to the status page of a case works: from when
// it was opened, so that every link to it says the same.
func LinkUntil(c *casefile.Case, days int) time.Time { return c.OpenedAt.AddDate(0, 0, days) }
