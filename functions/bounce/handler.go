package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/shared/casefile"
	"resonanz/shared/consume"
	"resonanz/shared/delivery"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

// ledger is the part of the store that is used.
type ledger interface {
	Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error)
	Put(context.Context, *store.Entry) (store.Outcome, *store.Entry, error)
	OptOut(context.Context, store.ContactID, store.Why, time.Time) error
	delivery.Cases
}

type handler struct {
	consumer consume.Consumer
	ledger   ledger
	rules    lifecycle.Rules
	metrics  *observe.Metrics
	now      func() time.Time
}

// Handle takes a batch of what the mail service tells. Everything it leads to is
// a write that changes nothing when repeated.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.SQSEvent) (lambdaevents.SQSEventResponse, error) {
	for i := range ev.Records {
		ev.Records[i].Body = without(ev.Records[i].Body)
	}
	var t tally
	out := h.consumer.Raw(ctx, ev, func(ctx context.Context, body string, _ consume.Meta) error {
		return h.notice(ctx, body, &t)
	})
	h.metrics.Emit(t.values()...)
	return out, nil
}

func (h *handler) notice(ctx context.Context, body string, t *tally) error {
	if strings.HasPrefix(body, greeting) {
		return nil
	}
	n, err := parse(body)
	if err != nil {
		return consume.Poison(err)
	}
	if n.tag(tagCase) != "" {
		return h.caseMail(ctx, n, t)
	}
	key, invitation, ours, err := n.about()
	if err != nil {
		return consume.Poison(err)
	}
	v, err := n.judge()
	if err != nil {
		return consume.Poison(err)
	}
	if !ours || v.outcome == "" {
		t.ignored++
		if n.EventType == "Bounce" && ours {
			t.transient++
		}
		return nil
	}
	now := h.now()
	// A reminder that did not arrive says nothing about the mail before it.
	if n.tag(tagMail) != reminder || v.outcome == feedback.Reported {
		if _, err := delivery.Note(ctx, h.ledger, key, invitation, v.outcome, v.at, now); err != nil {
			return err
		}
	}
	if err := h.optOut(ctx, key, invitation, v, now); err != nil {
		return err
	}
	t.add(v.outcome)
	return nil
}

// caseMail is what became of mail about a complaint. Whatever kept it from the
// customer, staff are told. It ends no invitations: the address may have been
// given wrongly, by somebody else.
func (h *handler) caseMail(ctx context.Context, n *notice, t *tally) error {
	number, err := casefile.ParseNumber(n.tag(tagCase))
	if err != nil {
		return consume.Poison(fmt.Errorf("reading the tags of a mail: %w", err))
	}
	v, err := n.judge()
	if err != nil {
		return consume.Poison(err)
	}
	if v.outcome == "" {
		t.ignored++
		if n.EventType == "Bounce" {
			t.transient++
		}
		return nil
	}
	if err := delivery.Unreached(ctx, h.ledger, number, h.now(), h.rules); err != nil {
		return err
	}
	t.cases++
	return nil
}

// optOut ends invitations: to a dead address, or to a customer who reported one.
// Whose they are is read from the invitation, since anyone may have forwarded
// the mail; once that was erased there is nobody left to write to.
func (h *handler) optOut(ctx context.Context, key feedback.ResponseKey, invitation feedback.EventID, v verdict, now time.Time) error {
	if !v.dead && !v.unasked {
		return nil
	}
	e, err := h.ledger.Get(ctx, key, invitation)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var p feedback.Personal
	if len(e.Personal) > 0 && json.Unmarshal(e.Personal, &p) != nil {
		return consume.Poison(fmt.Errorf("event %s: its personal part is malformed", invitation)) // the cause could quote it
	}
	why := store.BouncedMail
	if v.unasked {
		why = store.ReportedSpam
		if err := h.ledger.OptOut(ctx, store.KeyContact(e.CustomerKey), why, now); err != nil {
			return err
		}
	}
	return h.ledger.OptOut(ctx, store.AddressContact(p.Email), why, now)
}

// tally counts what became of mail.
type tally struct{ bounced, suppressed, reported, cases, ignored, transient int64 }

func (t *tally) add(o feedback.Outcome) {
	switch o {
	case feedback.Bounced:
		t.bounced++
	case feedback.Suppressed:
		t.suppressed++
	case feedback.Reported:
		t.reported++
	}
}

func (t *tally) values() []observe.Value {
	return []observe.Value{
		{Name: "MailBounced", Unit: observe.Count, N: t.bounced},
		{Name: "MailSuppressed", Unit: observe.Count, N: t.suppressed},
		{Name: "MailReported", Unit: observe.Count, N: t.reported},
		{Name: "MailBouncedForNow", Unit: observe.Count, N: t.transient},
		{Name: "MailEventsIgnored", Unit: observe.Count, N: t.ignored},
		{Name: "CaseMailBounced", Unit: observe.Count, N: t.cases},
	}
}
