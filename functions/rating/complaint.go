package main

import (
	"context"
	"sync"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/rulebook"
	"resonanz/shared/secret"
)

// signer is the secret of links: they are verified with it, and those to the
// status pages of complaints signed.
type signer interface {
	secret.Keys
	Fresh(ctx context.Context, now time.Time) (link.Keyring, error)
}

// rules are made when the first complaint comes: no rating waits for them.
func rules(cfg *config.Config) func() (*rulebook.Book, error) {
	return sync.OnceValues(func() (*rulebook.Book, error) { return rulebook.New(cfg) })
}

// store stores an event of any kind, a complaint together with its case.
func (h *handler) store(ctx context.Context, s *intake.Submission) (intake.Receipt, error) {
	if s.Kind() != feedback.KindComplaint {
		return intake.Accept(ctx, h.ledger, s)
	}
	book, err := h.book()
	if err != nil {
		return intake.Receipt{}, err
	}
	receipt, err := intake.AcceptComplaint(ctx, h.ledger, s, book.Lifecycle)
	if err != nil {
		return receipt, err
	}
	h.sign(ctx, &receipt)
	return receipt, nil
}

// sign adds the link to the status page, for whoever sends the complaint to hand
// it to the customer. A complaint that is stored is accepted without one as
// well: a page that can be reached later is no reason to send it again.
func (h *handler) sign(ctx context.Context, r *intake.Receipt) {
	if r.Opened == nil || r.Case == nil || h.public == "" {
		return
	}
	ring, err := h.links.Fresh(ctx, h.Now())
	if err != nil {
		h.Log.WarnContext(ctx, "no link to the status page", "error", err.Error())
		return
	}
	r.StatusURL = h.public + "/k/" + link.SignCase(ring, link.Case{
		Number: string(r.CaseNumber), Language: r.Case.Language, ExpiresAt: intake.LinkUntil(r.Case, h.cfg.Complaints.LinkDays),
	})
}
