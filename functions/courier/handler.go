package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/delivery"
	"resonanz/shared/feedback"
	"resonanz/shared/letter"
	"resonanz/shared/lifecycle"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/once"
	"resonanz/shared/store"
)

const (
	// mailTimeout bounds one mail, the waits that SES asks for included.
	mailTimeout = 10 * time.Second
	// reserve is the time one mail and its marker may need; none is begun with
	// less.
	reserve = mailTimeout + once.MarkTimeout
	// lastTry is the delivery at which a mail that could not be sent is put aside with its reason, one before the queue would do it without.
	lastTry = 5
	// putOff is when the clock asks again for a reminder that failed: a mail
	// service that takes nothing for a day is not asked each minute by everyone
	// who is to be reminded.
	putOff = 15 * time.Minute
)

// ledger is the part of the store that is used.
type ledger interface {
	Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error)
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
	Put(context.Context, *store.Entry) (store.Outcome, *store.Entry, error)
	OptedOut(context.Context, ...store.ContactID) (bool, error)
	Remind(context.Context, store.Reminder) error
	ForgetReminder(context.Context, feedback.ResponseKey) error
	Sever(context.Context, feedback.ResponseKey, feedback.EventID) error
	Timeline(context.Context, casefile.Number) ([]casefile.Entry, error)
	Crisis(context.Context) (casefile.Crisis, error)
	delivery.Cases
}

// keyring signs the links.
type keyring interface {
	Fresh(ctx context.Context, now time.Time) (link.Keyring, error) // to sign with
}

type handler struct {
	consumer consume.Consumer
	once     once.Runner
	cfg      *config.Config
	ledger   ledger
	links    keyring
	rules    lifecycle.Rules
	writer   *letter.Writer
	office   *office
	log      *slog.Logger
	metrics  *observe.Metrics
	now      func() time.Time
}

// Handle takes a batch of mails to send.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.SQSEvent) (lambdaevents.SQSEventResponse, error) {
	var t tally
	out := h.consumer.SQS(ctx, ev, func(ctx context.Context, m events.Message, meta consume.Meta) error {
		return h.message(ctx, m, meta, &t)
	})
	h.metrics.Emit(t.values()...)
	return out, nil
}

// errNoSender says that there is nobody to send as.
var errNoSender = errors.New("no sender is configured: set notify.mail_from")

// message sends what m asks for, once. A mail that cannot be sent comes again, a
// bounded number of times, and is then put aside with the reason. A reminder is
// not: the clock asks for it again until it is forgotten, so one that
// failed is put off, and none is left that nobody waits for.
func (h *handler) message(ctx context.Context, m events.Message, meta consume.Meta, t *tally) error {
	switch m.Type {
	case events.TypeInvite:
		return h.invitation(ctx, m, meta, t)
	case events.TypeInform:
		return h.step(ctx, m.Inform, meta, t)
	}
	return consume.Poison(fmt.Errorf("a message of type %s does not belong into this queue", m.Type))
}

func (h *handler) invitation(ctx context.Context, m events.Message, meta consume.Meta, t *tally) error {
	key, errKey := feedback.ParseResponseKey(string(m.Invite.ResponseKey))
	id, errID := feedback.ParseEventID(string(m.Invite.EventID))
	if err := errors.Join(errKey, errID); err != nil {
		return consume.Poison(fmt.Errorf("reading what to send: %w", err))
	}
	if !h.office.open() {
		return consume.Poison(errNoSender)
	}
	if m.Invite.Reminder {
		return h.remind(ctx, key, id, t)
	}
	_, err := h.once.DoKnowing(ctx, string(id)+"#invite", func(ctx context.Context, maybe bool) error {
		return h.invite(ctx, key, id, maybe, t)
	})
	if err == nil { // also where it had happened before, and nobody came to this
		err = h.sever(ctx, key, id)
	}
	if spent(err, meta) {
		t.putAside++
		err = consume.Poison(err)
	}
	return err
}

// spent reports whether a mail that failed was tried often enough.
func spent(err error, meta consume.Meta) bool {
	return err != nil && !consume.IsPoison(err) && meta.Attempt >= lastTry && !errors.Is(err, once.ErrElsewhere)
}

// invite sends the mail of an invitation, or notes why there will be none. Maybe it
// was sent by somebody who died since: who opted out, or was erased, after a mail
// came has had it, and nothing is noted then.
func (h *handler) invite(ctx context.Context, key feedback.ResponseKey, id feedback.EventID, maybe bool, t *tally) error {
	now := h.now().UTC().Truncate(time.Millisecond)
	in, err := h.read(ctx, key, id, now)
	if errors.Is(err, errNothingToSend) {
		if !errors.Is(err, store.ErrNotFound) && !maybe { // what was never sent is not delivered
			if _, err := delivery.Note(ctx, h.ledger, key, id, feedback.Suppressed, now, now); err != nil {
				return err
			}
		}
		t.dropped++
		h.log.InfoContext(ctx, "not sent", slog.String("event_id", string(id)), slog.String("reason", err.Error()))
		return nil
	}
	if err != nil {
		return err
	}
	out, err := h.ledger.OptedOut(ctx, in.contacts()...)
	if err != nil {
		return err
	}
	if out && maybe {
		t.dropped++
		return nil
	}
	if out {
		if _, err := delivery.Note(ctx, h.ledger, key, id, feedback.Suppressed, now, now); err != nil {
			return err
		}
		t.suppressed++
		return nil
	}
	// Whoever is to be reminded must be known together with what was answered.
	if days := h.cfg.Invitations.ReminderDays; days > 0 && !h.cfg.Anonymous(in.Touchpoint) {
		// Before the mail: a reminder kept in vain finds its reason to be dropped,
		// one never kept is lost. It is only worth its while before the link ends.
		due := now.AddDate(0, 0, days)
		if due.Before(in.ExpiresAt) {
			if err := h.ledger.Remind(ctx, store.Reminder{ResponseKey: key, EventID: id, DueAt: due}); err != nil {
				return err
			}
		}
	}
	err = h.send(ctx, in, false, now)
	if errors.Is(err, errRefused) {
		h.log.WarnContext(ctx, "refused", slog.String("event_id", string(id)), slog.String("error", err.Error()))
		if err := h.ledger.ForgetReminder(ctx, key); err != nil {
			return err
		}
		if _, err := delivery.Note(ctx, h.ledger, key, id, feedback.Bounced, now, now); err != nil {
			return err
		}
		t.refused++
		return nil
	}
	if err == nil {
		t.mailed++
	}
	return err
}

// remind sends the reminder of an invitation unless there is a reason not to,
// and forgets it then, also where it cannot be sent at all: that alone is an
// error. What else fails is left for the clock.
func (h *handler) remind(ctx context.Context, key feedback.ResponseKey, id feedback.EventID, t *tally) error {
	_, err := h.once.Do(ctx, string(id)+"#reminder", func(ctx context.Context) error {
		now := h.now().UTC().Truncate(time.Millisecond)
		in, err := h.read(ctx, key, id, now)
		if err == nil {
			err = h.stillWanted(ctx, in)
		}
		if err == nil {
			err = h.send(ctx, in, true, now)
		}
		if errors.Is(err, errNothingToSend) || errors.Is(err, errRefused) {
			t.spared++
			return nil
		}
		if err == nil {
			t.reminded++
		}
		return err
	})
	if err == nil || consume.IsPoison(err) {
		if forgotten := h.ledger.ForgetReminder(ctx, key); forgotten != nil || err == nil {
			err = forgotten
		}
	}
	if consume.IsPoison(err) {
		return err
	}
	if err == nil { // its touchpoint may have become anonymous since
		return h.sever(ctx, key, id)
	}
	t.failed++
	h.log.WarnContext(ctx, "reminder failed, the clock asks again", slog.String("event_id", string(id)), slog.String("error", err.Error()))
	if !errors.Is(err, once.ErrElsewhere) { // whoever is at it forgets it, or puts it off
		later := store.Reminder{ResponseKey: key, EventID: id, DueAt: h.now().UTC().Truncate(time.Millisecond).Add(putOff)}
		if err := h.ledger.Remind(ctx, later); err != nil {
			h.log.WarnContext(ctx, "reminder not put off, the clock asks again at once", slog.String("event_id", string(id)), slog.String("error", err.Error()))
		}
	}
	return nil
}

// sever takes the address out of an invitation whose mail is on its way, where
// answers are anonymous: from then on nothing leads from the answer to the customer.
func (h *handler) sever(ctx context.Context, key feedback.ResponseKey, id feedback.EventID) error {
	e, err := h.ledger.Get(ctx, key, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var in struct {
		Touchpoint feedback.Touchpoint `json:"touchpoint"`
	}
	if err := json.Unmarshal(e.Event, &in); err != nil || e.Kind != feedback.KindInvitation {
		return nil //nolint:nilerr // read tells it, before anything is sent
	}
	if !h.cfg.Anonymous(in.Touchpoint) {
		return nil
	}
	return h.ledger.Sever(ctx, key, id)
}

// stillWanted is nil when the customer has neither answered nor said that no
// more mail is wanted, and the first mail is not known to be lost.
func (h *handler) stillWanted(ctx context.Context, in *invitation) error {
	said, err := h.ledger.Response(ctx, in.ResponseKey)
	if err != nil {
		return err
	}
	for _, e := range said {
		if e.Kind != feedback.KindInvitation {
			return fmt.Errorf("%w: answered, or not deliverable", errNothingToSend)
		}
	}
	out, err := h.ledger.OptedOut(ctx, in.contacts()...)
	if err != nil {
		return err
	}
	if out {
		return fmt.Errorf("%w: opted out", errNothingToSend)
	}
	return nil
}

// tally counts what became of the messages of a batch.
type tally struct {
	mailed     int64 // invitations sent
	suppressed int64 // not sent: the customer opted out
	refused    int64 // the mail service does not take the address
	dropped    int64 // invitations erased or expired meanwhile
	putAside   int64 // into the dead-letter queue, after the last try
	reminded   int64 // reminders sent
	spared     int64 // reminders that were not needed any more
	failed     int64 // reminders that are left for the clock to ask again

	caseMailed   int64 // steps of a complaint that were told
	caseRefused  int64 // the mail service does not take the address: staff are told
	caseDropped  int64 // nobody is left to be told
	casePutAside int64 // into the dead-letter queue, after the last try
}

func (t *tally) values() []observe.Value {
	var all []observe.Value
	for _, v := range [...]observe.Value{
		{Name: "InvitationMailed", N: t.mailed},
		{Name: "InvitationSuppressed", N: t.suppressed},
		{Name: "InvitationRefused", N: t.refused},
		{Name: "InvitationDropped", N: t.dropped},
		{Name: "InvitationPutAside", N: t.putAside},
		{Name: "ReminderMailed", N: t.reminded},
		{Name: "ReminderSpared", N: t.spared},
		{Name: "ReminderFailed", N: t.failed},
		{Name: "CaseMailed", N: t.caseMailed},
		{Name: "CaseMailRefused", N: t.caseRefused},
		{Name: "CaseMailDropped", N: t.caseDropped},
		{Name: "CaseMailPutAside", N: t.casePutAside},
	} {
		if v.N > 0 {
			v.Unit = observe.Count
			all = append(all, v)
		}
	}
	return all
}
