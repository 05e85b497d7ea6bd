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
	CreateCase(context.Context, *casefile.Case, *casefile.Entry) error
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	UpdateCase(context.Context, *casefile.Case, *casefile.Entry) error
	Timeline(context.Context, casefile.Number) ([]casefile.Entry, error)
}

type handler struct {
	consumer consume.Consumer
	ledger   ledger
	cases    cases
	rules    escalate.Rules
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
	}
	return consume.Poison(fmt.Errorf("a message of type %s does not belong into this queue", m.Type))
}

// stored applies the rules to a vote. Other kinds ask for nothing.
func (h *handler) stored(ctx context.Context, s *events.Stored) error {
	if s.Kind != feedback.KindRating {
		return nil
	}
	var vote feedback.Rating
	if err := json.Unmarshal(s.Event, &vote); err != nil {
		return consume.Poison(fmt.Errorf("reading a stored rating: %w", err))
	}
	if _, err := feedback.ParseResponseKey(string(vote.ResponseKey)); err != nil {
		return consume.Poison(fmt.Errorf("reading a stored rating: %w", err))
	}
	if _, err := feedback.ParseEventID(string(vote.EventID)); err != nil {
		return consume.Poison(fmt.Errorf("reading a stored rating: %w", err))
	}
	if len(escalate.Decide(&vote, h.rules)) == 0 && begins(&vote) {
		return nil // the first word of its response, and it asks for nothing
	}
	votes, err := h.votes(ctx, &vote)
	if err != nil {
		return err
	}
	for _, f := range escalate.Families {
		if err := h.bring(ctx, f, vote.ResponseKey, votes); err != nil {
			return fmt.Errorf("applying the rules to event %s: %w", vote.EventID, err)
		}
	}
	return nil
}

// begins reports whether the response key was made from this very event, as it
// is for a vote that came without one: from a kiosk, mostly. No vote can have
// come before it, so nothing need be read to know that it changes no case.
func begins(v *feedback.Rating) bool {
	return v.ResponseKey.ID() == feedback.ResponseIDOf(v.EventID)
}

// votes reads all votes of the response, the delivered one among them.
func (h *handler) votes(ctx context.Context, delivered *feedback.Rating) ([]feedback.Rating, error) {
	entries, err := h.ledger.Response(ctx, delivered.ResponseKey)
	if err != nil {
		return nil, err
	}
	votes := []feedback.Rating{*delivered}
	for i := range entries {
		if entries[i].Kind != feedback.KindRating || entries[i].EventID == delivered.EventID {
			continue
		}
		var v feedback.Rating
		if err := json.Unmarshal(entries[i].Event, &v); err != nil {
			return nil, consume.Poison(fmt.Errorf("reading event %s of the ledger: %w", entries[i].EventID, err))
		}
		votes = append(votes, v)
	}
	return votes, nil
}

// bring moves the response's case of family f until its votes ask for nothing
// more.
func (h *handler) bring(ctx context.Context, f casefile.Family, k feedback.ResponseKey, votes []feedback.Rating) error {
	var current *casefile.Case
	var timeline []casefile.Entry
	for attempt, conflicts := 0, 0; ; {
		c, e, more := escalate.Next(f, current, timeline, votes, h.instant(), h.rules)
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
	}[e.Action]
	v := observe.Value{Name: name, Unit: observe.Count, N: 1}
	if h.known != nil && h.known(c.Touchpoint) != nil {
		h.metrics.EmitAt(string(c.Touchpoint), v)
		return
	}
	h.metrics.Emit(v)
}

func (h *handler) instant() time.Time { return h.now().UTC().Truncate(time.Millisecond) }
