package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

// maxConflicts bounds how often one message starts over because another worker
// changed the case meanwhile. After that the queue delivers it again.
const maxConflicts = 5

// ledger reads what a customer said about one contact.
type ledger interface {
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
}

// cases keeps cases; every write is state and timeline entry in one transaction.
type cases interface {
	CreateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	UpdateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
	Timeline(context.Context, casefile.Number) ([]casefile.Entry, error)
}

type handler struct {
	consumer consume.Consumer
	ledger   ledger
	cases    cases
	devices  devices
	rules    escalate.Rules
	watched  watched
	known    func(feedback.Touchpoint) *config.Touchpoint // nil: not configured
	metrics  *observe.Metrics
	now      func() time.Time
}

// Handle takes a batch of messages. Each is done as often as it is delivered
// and leaves the same cases as done once.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.SQSEvent) (lambdaevents.SQSEventResponse, error) {
	return h.consumer.SQS(ctx, ev, h.message), nil
}

func (h *handler) message(ctx context.Context, m events.Message, _ consume.Meta) error {
	switch m.Type {
	case events.TypeStored:
		return h.stored(ctx, m.Stored)
	case events.TypeDeadline:
		return h.deadline(ctx, m.Deadline)
	case events.TypeSilence:
		return h.silence(ctx, m.Silence)
	}
	return consume.Poison(fmt.Errorf("a message of type %s does not belong into this queue", m.Type))
}

// stored applies the rules to a vote or a complaint. Other kinds ask for nothing.
func (h *handler) stored(ctx context.Context, s *events.Stored) error {
	word, ok, err := said(s.Kind, s.Event)
	if err != nil {
		return consume.Poison(fmt.Errorf("reading a stored %s: %w", s.Kind, err))
	}
	if !ok || len(escalate.Decide(&word, h.rules)) == 0 && begins(&word) {
		return nil // the first word of its response, and it asks for nothing
	}
	all, err := h.all(ctx, &word)
	if err != nil {
		return err
	}
	for _, f := range escalate.Families {
		if err := h.bring(ctx, f, word.ResponseKey, all); err != nil {
			return fmt.Errorf("applying the rules to event %s: %w", word.EventID, err)
		}
	}
	return nil
}

// said reads what a customer said with an event; ok is false for kinds with
// which customers say nothing. A card is read as the vote that it is. Errors
// quote no value.
func said(kind feedback.Kind, event []byte) (word escalate.Said, ok bool, err error) {
	switch kind {
	case feedback.KindRating, feedback.KindCard:
		var v feedback.Rating
		if err := json.Unmarshal(event, &v); err != nil {
			return word, false, errMalformed
		}
		word = escalate.Vote(&v)
	case feedback.KindComplaint:
		var c feedback.Complaint
		if err := json.Unmarshal(event, &c); err != nil {
			return word, false, errMalformed
		}
		word = escalate.Complaint(&c)
	default:
		return word, false, nil
	}
	if _, err := feedback.ParseResponseKey(string(word.ResponseKey)); err != nil {
		return word, false, err
	}
	if _, err := feedback.ParseEventID(string(word.EventID)); err != nil {
		return word, false, err
	}
	return word, true, nil
}

// errMalformed says no more, since the reason of the JSON error can quote.
var errMalformed = errors.New("malformed JSON, or a field of a wrong type")

// begins reports whether the response key was made from this very event, as it
// is for one that came without a key: from a kiosk, mostly. Nothing can have been
// said before it, so nothing need be read to know that it changes no case.
func begins(s *escalate.Said) bool {
	return s.ResponseKey.ID() == feedback.ResponseIDOf(s.EventID)
}

// all reads everything said in the response, the delivered word among it.
func (h *handler) all(ctx context.Context, delivered *escalate.Said) ([]escalate.Said, error) {
	entries, err := h.ledger.Response(ctx, delivered.ResponseKey)
	if err != nil {
		return nil, err
	}
	all := []escalate.Said{*delivered}
	for i := range entries {
		if entries[i].EventID == delivered.EventID {
			continue
		}
		word, ok, err := said(entries[i].Kind, entries[i].Event)
		if err != nil {
			return nil, consume.Poison(fmt.Errorf("reading event %s of the ledger: %w", entries[i].EventID, err))
		}
		if ok {
			all = append(all, word)
		}
	}
	return all, nil
}

// bring moves the response's case of family f until what was said asks for
// nothing more.
func (h *handler) bring(ctx context.Context, f casefile.Family, k feedback.ResponseKey, all []escalate.Said) error {
	var current *casefile.Case
	var timeline []casefile.Entry
	for attempt, conflicts := 0, 0; ; {
		c, e, more := escalate.Next(f, current, timeline, all, h.instant(), h.rules)
		if !more {
			return nil
		}
		c.Number = escalate.Number(f, k, attempt)
		var err error
		if current == nil {
			err = h.cases.CreateCase(ctx, &c, &e)
		} else {
			err = h.cases.UpdateCase(ctx, &c, &e)
		}
		switch {
		case err == nil:
			h.count(&c, &e)
			current, timeline = &c, append(timeline, e)
			continue
		case !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrVersion):
			return err
		case conflicts == maxConflicts:
			return fmt.Errorf("giving way to other workers for now: %w", err)
		}
		conflicts++
		current, timeline, err = h.read(ctx, c.Number)
		switch {
		case errors.Is(err, store.ErrNotFound): // held by a transaction that came to nothing
			current, timeline = nil, nil
		case err != nil:
			return err
		case current.Family != f || current.Subject != string(k):
			attempt, current, timeline = attempt+1, nil, nil // another response has this number
		}
	}
}

// read reads a case and its timeline, the case first: a timeline that is ahead
// of its case only shows a vote as recorded that is.
func (h *handler) read(ctx context.Context, n casefile.Number) (*casefile.Case, []casefile.Entry, error) {
	c, err := h.cases.GetCase(ctx, n)
	if err != nil {
		return nil, nil, err
	}
	timeline, err := h.cases.Timeline(ctx, n)
	return c, timeline, err
}

// deadline moves a case to its next step. A message that is out of date, or
// delivered again, moves nothing.
func (h *handler) deadline(ctx context.Context, d *events.Deadline) error {
	n, err := casefile.ParseNumber(d.Case)
	if err != nil {
		return consume.Poison(fmt.Errorf("reading a deadline: %w", err))
	}
	for conflicts := 0; ; conflicts++ {
		current, err := h.cases.GetCase(ctx, n)
		if errors.Is(err, store.ErrNotFound) {
			return consume.Poison(fmt.Errorf("reading a deadline: %w", err))
		}
		if err != nil {
			return err
		}
		c, e, moved := escalate.Missed(*current, *d, h.instant(), h.rules)
		if !moved {
			return nil
		}
		err = h.cases.UpdateCase(ctx, &c, &e)
		switch {
		case err == nil:
			h.count(&c, &e)
			return nil
		case !errors.Is(err, store.ErrVersion):
			return err
		case conflicts == maxConflicts:
			return fmt.Errorf("giving way to other workers for now: %w", err)
		}
	}
}

// count tells the metrics what happened to a case, by touchpoint where it is a
// configured one.
func (h *handler) count(c *casefile.Case, e *casefile.Entry) {
	name := map[casefile.Action]string{
		casefile.Opened: "CasesOpened", casefile.Upgraded: "CasesUpgraded",
		casefile.Annotated: "CasesAnnotated", casefile.Overdue: "CasesOverdue",
		casefile.Ended: "GapsEnded",
	}[e.Action]
	v := observe.Value{Name: name, Unit: observe.Count, N: 1}
	if h.known != nil && h.known(c.Touchpoint) != nil {
		h.metrics.EmitAt(string(c.Touchpoint), v)
		return
	}
	h.metrics.Emit(v)
}

func (h *handler) instant() time.Time { return h.now().UTC().Truncate(time.Millisecond) }
