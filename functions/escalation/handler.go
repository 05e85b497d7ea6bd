package main

import (
	"context"
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
	"resonanz/shared/lifecycle"
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

// cases keeps cases; every write is state and timeline entries in one
// transaction.
type cases interface {
	CreateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	UpdateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
	Timeline(context.Context, casefile.Number) ([]casefile.Entry, error)
	CustomerCases(ctx context.Context, customerKey string, limit int) ([]casefile.Case, error)
	Cases(context.Context, store.CaseQuery) (store.CasePage, error)
	Relist(context.Context, casefile.Number) error
}

// crises keeps what is known of spikes and of the crisis they made.
type crises interface {
	Crisis(context.Context) (casefile.Crisis, error)
	PutCrisis(context.Context, *casefile.Crisis) error
}

type handler struct {
	consumer  consume.Consumer
	ledger    ledger
	cases     cases
	devices   devices
	crises    crises
	rules     escalate.Rules
	lifecycle lifecycle.Rules
	print     string // fingerprint of the configuration that deadlines are worked out by
	watched   watched
	known     func(feedback.Touchpoint) *config.Touchpoint // nil: not configured
	metrics   *observe.Metrics
	now       func() time.Time
}

// Handle takes a batch of messages. Each is done as often as it is delivered
// and leaves the same cases as done once.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.SQSEvent) (lambdaevents.SQSEventResponse, error) {
	return h.consumer.SQS(ctx, ev, h.message), nil
}

func (h *handler) message(ctx context.Context, m events.Message, meta consume.Meta) error {
	switch m.Type {
	case events.TypeStored:
		return h.stored(ctx, m.Stored)
	case events.TypeDeadline:
		return h.deadline(ctx, m.Deadline, meta.Attempt)
	case events.TypeSilence:
		return h.silence(ctx, m.Silence)
	case events.TypeSignal:
		return h.signal(ctx, m.Signal)
	}
	return consume.Poison(fmt.Errorf("a message of type %s does not belong into this queue", m.Type))
}

// stored applies the rules to a vote or a complaint. Other kinds ask for nothing.
func (h *handler) stored(ctx context.Context, s *events.Stored) error {
	delivered, ok, err := read(s.Kind, s.Event)
	if err != nil {
		return consume.Poison(fmt.Errorf("reading a stored %s: %w", s.Kind, err))
	}
	if !ok || len(escalate.Decide(&delivered.Said, h.rules)) == 0 && delivered.Begins() {
		return nil // the first word of its response, and it asks for nothing
	}
	all, err := h.all(ctx, delivered)
	if err != nil {
		return err
	}
	for _, f := range escalate.Families {
		c, err := h.bring(ctx, f, delivered.ResponseKey, all)
		if err == nil && f == casefile.Complaint && delivered.Complaint && c != nil {
			err = h.compare(ctx, c, all)
		}
		if err != nil {
			return fmt.Errorf("applying the rules to event %s: %w", delivered.EventID, err)
		}
	}
	return nil
}

// update changes the case with a number until the change has gone through, or is
// none: false; it returns the case as it is then. Whoever else changes the case
// meanwhile comes first.
func (h *handler) update(ctx context.Context, n casefile.Number, change func(casefile.Case) (casefile.Case, []casefile.Entry, bool)) (*casefile.Case, error) {
	for conflicts := 0; ; conflicts++ {
		current, err := h.cases.GetCase(ctx, n)
		if err != nil {
			return nil, err
		}
		c, entries, changed := change(*current)
		if !changed || len(entries) == 0 {
			return current, nil
		}
		err = h.cases.UpdateCase(ctx, &c, pointers(entries)...)
		switch {
		case err == nil:
			h.count(&c, entries)
			return &c, nil
		case !errors.Is(err, store.ErrVersion):
			return nil, err
		case conflicts == maxConflicts:
			return nil, givingWay(err)
		}
	}
}

// givingWay says that others change the case all the time: the message comes
// again.
func givingWay(err error) error {
	return fmt.Errorf("giving way to other workers for now: %w", err)
}

func pointers(entries []casefile.Entry) []*casefile.Entry {
	all := make([]*casefile.Entry, len(entries))
	for i := range entries {
		all[i] = &entries[i]
	}
	return all
}

// metricOf is what is counted of a timeline entry; "": nothing.
func metricOf(e *casefile.Entry) string {
	if e.Alert != nil {
		switch e.Alert.Reason {
		case events.CaseAtRisk:
			return "CasesAtRisk"
		case events.CaseBreached:
			return "CasesOverdue"
		}
	}
	return counted[e.Action]
}

// counted is what is counted of an action.
var counted = map[casefile.Action]string{
	casefile.Opened: "CasesOpened", casefile.Upgraded: "CasesUpgraded",
	casefile.Annotated: "CasesAnnotated", casefile.Overdue: "CasesOverdue",
	casefile.Ended: "GapsEnded", casefile.Registered: "CasesRegistered",
	casefile.Raising: "CasesEscalated", casefile.Rescheduling: "CasesRescheduled",
	casefile.Closing: "CasesClosed", casefile.Reopening: "CasesReopened",
}

// count tells the metrics what happened to a case, by touchpoint where it is a
// configured one.
func (h *handler) count(c *casefile.Case, entries []casefile.Entry) {
	for i := range entries {
		name := metricOf(&entries[i])
		if name == "" {
			continue
		}
		v := observe.Value{Name: name, Unit: observe.Count, N: 1}
		if h.known != nil && h.known(c.Touchpoint) != nil {
			h.metrics.EmitAt(string(c.Touchpoint), v)
			continue
		}
		h.metrics.Emit(v)
	}
}

func (h *handler) instant() time.Time { return h.now().UTC().Truncate(time.Millisecond) }
