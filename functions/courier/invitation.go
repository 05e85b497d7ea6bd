package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/feedback"
	"resonanz/shared/letter"
	"resonanz/shared/link"
	"resonanz/shared/store"
)

// errNothingToSend says that there is, for good, no mail to send.
var errNothingToSend = errors.New("nothing to send")

// invitation is one that can be sent.
type invitation struct {
	feedback.Invitation
	touchpoint  *config.Touchpoint
	email       string
	customerKey string
}

// contacts are the ids under which the customer can have opted out.
func (in *invitation) contacts() []store.ContactID {
	return []store.ContactID{store.KeyContact(in.customerKey), store.AddressContact(in.email)}
}

// read finds the invitation. Errors: errNothingToSend when it was erased or its
// link has expired; poison when it is none that can be sent.
func (h *handler) read(ctx context.Context, key feedback.ResponseKey, id feedback.EventID, now time.Time) (*invitation, error) {
	e, err := h.ledger.Get(ctx, key, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w: the invitation is gone: %w", errNothingToSend, store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	in := &invitation{customerKey: e.CustomerKey}
	if e.Kind != feedback.KindInvitation || json.Unmarshal(e.Event, &in.Invitation) != nil {
		return nil, consume.Poison(fmt.Errorf("event %s is no invitation", id))
	}
	var p feedback.Personal
	if len(e.Personal) > 0 && json.Unmarshal(e.Personal, &p) != nil {
		// The cause could quote the address.
		return nil, consume.Poison(fmt.Errorf("event %s: its personal part is malformed", id))
	}
	if in.email = p.Email; in.email == "" {
		return nil, fmt.Errorf("%w: the address was erased", errNothingToSend)
	}
	if !now.Before(in.ExpiresAt) {
		return nil, fmt.Errorf("%w: the link has expired", errNothingToSend)
	}
	if in.touchpoint = h.cfg.Touchpoint(in.Touchpoint); in.touchpoint == nil {
		return nil, consume.Poison(fmt.Errorf("event %s: its touchpoint is not configured any more", id))
	}
	return in, nil
}

// send writes the mail, or the reminder, and hands it over.
func (h *handler) send(ctx context.Context, in *invitation, reminder bool, now time.Time) error {
	ring, err := h.links.Fresh(ctx, now)
	if err != nil {
		return err
	}
	token := link.Sign(ring, link.Token{
		ResponseKey: in.ResponseKey, Touchpoint: link.CodeOf(in.Touchpoint), Channel: in.Channel,
		Language: in.Language, Segment: in.Segment, ExpiresAt: in.ExpiresAt,
	})
	l := letter.Letter{
		Invitation: &in.Invitation, Touchpoint: in.touchpoint, Token: token, Reminder: reminder,
		// The address is forgotten, where answers are anonymous at once, long before
		// the mail is: the link says itself whose it is.
		Leave: token + "." + link.Seal(ring, in.ResponseKey, string(store.AddressContact(in.email))),
	}
	mail, err := h.writer.Mail(in.email, l, now)
	if errors.Is(err, letter.ErrAddress) {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	if err != nil {
		return err
	}
	kind := "invite"
	if reminder {
		kind = "reminder"
	}
	return h.office.send(ctx, in.email, mail,
		tag{"response", string(in.ResponseKey)}, tag{"event", string(in.EventID)}, tag{"mail", kind})
}
