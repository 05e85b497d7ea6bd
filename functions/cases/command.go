package main

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/lifecycle"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// changed answers a command: the case as it is now, and the entries that tell
// what happened.
type changed struct {
	Status  intake.Status `json:"status"` // accepted; duplicate: carried out before, nothing changed
	Case    state         `json:"case"`
	Entries []line        `json:"entries"`
}

// order is a command of staff as it came, and the case it is meant for.
type order struct {
	*intake.Command
	name    string
	by      casefile.Actor
	version int // of the case, as who decided has seen it
	k       *casefile.Case
}

// ordered reads a command and its case. Errors: problems.
func (h *handler) ordered(ctx context.Context, c *call, n casefile.Number, name string) (o order, err error) {
	o.name = name
	if name == "approve" || name == "decline" {
		if err := httpapi.RequireScope(c.Request, scopeApproval); err != nil {
			return o, err
		}
	}
	if o.by, err = actor(c); err != nil {
		return o, err
	}
	if o.version, err = expected(c.Request); err != nil {
		return o, err
	}
	body, err := bodyOf(c.Request)
	if err != nil {
		return o, err
	}
	if o.Command, err = intake.ParseCommand(name, body); err != nil {
		return o, err
	}
	o.k, err = h.find(ctx, n)
	return o, err
}

// decided is what an order makes of its case, which is stored nowhere yet.
// Errors: problems.
func (h *handler) decided(ctx context.Context, c *call, o *order) (*casefile.Case, []*casefile.Entry, error) {
	if o.k.Version != o.version {
		return nil, nil, newStale(o.k.Version)
	}
	next, entries, err := h.apply(c, o.k, o.name, o.Command, o.by)
	if err == nil {
		err = h.refers(ctx, o.k.Number, o.Command)
	}
	return next, entries, err
}

// command carries out a command of staff. Whatever is refused changes nothing.
func (h *handler) command(ctx context.Context, c *call, n casefile.Number, name string) (httpapi.Response, error) {
	o, err := h.ordered(ctx, c, n, name)
	if err != nil {
		return httpapi.Response{}, err
	}
	if o.EventID != "" {
		if before, err := h.before(ctx, o.k, o.Command, o.by); before != nil || err != nil {
			return h.answer(c, intake.Duplicate, o.k, before, err)
		}
	}
	next, entries, err := h.decided(ctx, c, &o)
	if err != nil {
		if s := new(stale); !asStale(err, &s) {
			h.metrics.Emit(observe.Value{Name: "CaseCommandRefused", Unit: observe.Count, N: 1})
		}
		return httpapi.Response{}, err
	}
	if err := h.keep(ctx, next, entries); err != nil {
		return h.overtaken(ctx, c, &o, err)
	}
	return h.answer(c, intake.Accepted, next, entries, nil)
}

// overtaken answers where a command was not kept: as before where the other that
// was faster is the same command, sent twice.
func (h *handler) overtaken(ctx context.Context, c *call, o *order, err error) (httpapi.Response, error) {
	if s := new(stale); o.EventID == "" || !asStale(err, &s) {
		return httpapi.Response{}, err
	}
	k, again := h.find(ctx, o.k.Number)
	if again != nil {
		return httpapi.Response{}, err
	}
	if before, again := h.before(ctx, k, o.Command, o.by); before != nil && again == nil {
		return h.answer(c, intake.Duplicate, k, before, nil)
	}
	return httpapi.Response{}, err
}

func (h *handler) answer(c *call, s intake.Status, k *casefile.Case, entries []*casefile.Entry, err error) (httpapi.Response, error) {
	if err != nil {
		return httpapi.Response{}, err
	}
	out := changed{Status: s, Case: h.state(c, k), Entries: make([]line, len(entries))}
	for i, e := range entries {
		out.Entries[i] = lineOf(e)
	}
	return tagged(out, k.Version)
}

// bodyOf is the body of a command: JSON, or nothing.
func bodyOf(r *httpapi.Request) ([]byte, error) {
	body, err := httpapi.Body(r, intake.MaxCommand)
	if err != nil || len(body) == 0 {
		return nil, err
	}
	return body, httpapi.RequireContentType(r, "application/json")
}

// before finds the entries of a command that was carried out before: the same
// event id, by the same person, saying the same. Errors: 409 when the id was used
// for something else.
func (h *handler) before(ctx context.Context, k *casefile.Case, cmd *intake.Command, by casefile.Actor) (found []*casefile.Entry, _ error) {
	timeline, err := h.ledger.Timeline(ctx, k.Number)
	if err != nil {
		return nil, busy(err)
	}
	same := false
	for i := range timeline {
		if e := &timeline[i]; e.Cause == cmd.EventID {
			same = same || e.Action == cmd.Do && e.By == by && says(e, cmd)
			found = append(found, e)
		}
	}
	if found != nil && !same {
		return nil, problem.New(http.StatusConflict, problem.EventConflict, "The event_id was used for something else in this case.")
	}
	return found, nil
}

// refers checks that what a command names outside its case is there.
func (h *handler) refers(ctx context.Context, n casefile.Number, cmd *intake.Command) error {
	if cmd.Of == n {
		return problem.Invalid(problem.Field{Field: "of", Code: problem.InvalidValue, Detail: "is the case itself"})
	}
	if cmd.Of != "" {
		switch other, err := h.ledger.GetCase(ctx, cmd.Of); {
		case errors.Is(err, store.ErrNotFound):
			return problem.Invalid(problem.Field{Field: "of", Code: problem.UnknownCase, Detail: "is not the number of a case"})
		case err != nil:
			return busy(err)
		case other.Handling.DuplicateOf == n:
			return problem.Invalid(problem.Field{Field: "of", Code: problem.InvalidValue, Detail: "is a duplicate of this case"})
		case other.Family != casefile.Complaint || other.Status == casefile.Duplicate || other.Status == casefile.Draft || other.Status == casefile.Dismissed:
			return problem.Invalid(problem.Field{Field: "of", Code: problem.InvalidValue, Detail: "want a complaint that goes on: this one is a duplicate itself, a draft or no complaint"})
		}
	}
	if cmd.CorrectiveAction == "" {
		return nil
	}
	all, err := h.ledger.Actions(ctx)
	if err != nil {
		return busy(err)
	}
	if !slices.ContainsFunc(all, func(a casefile.CorrectiveAction) bool { return a.ID == cmd.CorrectiveAction }) {
		return problem.Invalid(problem.Field{Field: "corrective_action", Code: problem.UnknownAction, Detail: "is not the id of a corrective action"})
	}
	return nil
}

// apply lets the lifecycle decide. Errors: problems.
func (h *handler) apply(c *call, k *casefile.Case, name string, cmd *intake.Command, by casefile.Actor) (*casefile.Case, []*casefile.Entry, error) {
	order := lifecycle.Command{
		Do: cmd.Do, Cause: cmd.EventID, Words: casefile.NewWords(cmd.Text), Severity: cmd.Severity, Urgency: cmd.Urgency, Category: cmd.Category,
		Team: cmd.Team, Owner: cmd.Owner, Reason: cmd.Reason, RootCause: cmd.RootCause, CorrectiveAction: cmd.CorrectiveAction,
		ID: cmd.ID, Rule: cmd.Rule, Clock: cmd.Clock, Outcome: cmd.Outcome, Duplicate: cmd.Of,
	}
	if cmd.Type != "" {
		order.Compensation = &casefile.Compensation{Type: cmd.Type, Kind: cmd.Kind, Cents: cmd.Cents}
	}
	if cmd.Do == casefile.Investigating && nameOf(cmd.Do, k.Status) != name {
		return nil, nil, h.refusal(c, k, &lifecycle.Refusal{Code: lifecycle.IllegalTransition, Detail: "The case is " + string(k.Status) + "."})
	}
	next, entries, err := lifecycle.Apply(*k, order, by, c.At, h.rules)
	if err != nil {
		return nil, nil, h.refusal(c, k, err)
	}
	lines := make([]*casefile.Entry, len(entries))
	for i := range entries {
		lines[i] = &entries[i]
	}
	return &next, lines, nil
}

// keep stores what a command made of a case. Errors: 412 when somebody else was
// first, 503 when it is not known whether it is stored.
func (h *handler) keep(ctx context.Context, next *casefile.Case, entries []*casefile.Entry) error {
	read := next.Version
	err := h.ledger.UpdateCase(ctx, next, entries...)
	if errors.Is(err, store.ErrVersion) {
		now, again := h.ledger.GetCase(ctx, next.Number)
		if again == nil && now.Version != read {
			return newStale(now.Version)
		}
	}
	if err != nil {
		return busy(err)
	}
	h.metrics.Emit(observe.Value{Name: "CaseCommand", Unit: observe.Count, N: 1})
	return nil
}
