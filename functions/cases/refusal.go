package main

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi"
	"resonanz/shared/lifecycle"
	"resonanz/shared/problem"
)

// names of the commands that staff give, by what they do.
var names = map[casefile.Action]string{
	casefile.Registered: "register", casefile.Dismissing: "dismiss", casefile.Acknowledging: "acknowledge", casefile.Assessing: "assess",
	casefile.Assigning: "assign", casefile.Investigating: "investigate", casefile.Asking: "ask", casefile.Answering: "answer",
	casefile.Noting: "note", casefile.Deciding: "decide", casefile.Compensating: "compensate", casefile.Approving: "approve",
	casefile.Declining: "decline", casefile.Apologising: "apologise", casefile.Resolving: "resolve", casefile.Closing: "close",
	casefile.Reopening: "reopen", casefile.Withdrawing: "withdraw", casefile.Duplicating: "duplicate", casefile.Linking: "link",
	casefile.Seeing: "see", casefile.Handled: "handle",
}

// nameOf is the name of the command that does a in a case that stands at s; empty:
// staff have none.
func nameOf(a casefile.Action, s casefile.Status) string {
	if a == casefile.Investigating && s == casefile.AwaitingCustomer {
		return "resume"
	}
	return names[a]
}

// allowed lists the commands that the caller may give now, in the order in which
// they come up.
func (h *handler) allowed(c *call, k *casefile.Case) []string {
	out := []string{}
	approves := httpapi.RequireScope(c.Request, scopeApproval) == nil
	for _, a := range lifecycle.Allowed(*k, casefile.Staff, c.At, h.rules) {
		name := nameOf(a, k.Status)
		if name == "" || !approves && (a == casefile.Approving || a == casefile.Declining) || slices.Contains(out, name) {
			continue
		}
		out = append(out, name)
	}
	return out
}

// refusal is the problem that a refusal of the lifecycle is: 409 with what is
// allowed where the state of the case is why, 403 where the person is, 422 with
// the field where the command is.
func (h *handler) refusal(c *call, k *casefile.Case, err error) error {
	var r *lifecycle.Refusal
	if !errors.As(err, &r) {
		return err
	}
	switch {
	case r.Code == lifecycle.Forbidden:
		return problem.New(http.StatusForbidden, problem.Code(r.Code), r.Detail)
	case r.Code.Conflict():
		p := problem.New(http.StatusConflict, problem.Code(r.Code), r.Detail)
		p.Allowed = h.allowed(c, k)
		if len(p.Allowed) > 0 && r.Code == lifecycle.IllegalTransition {
			p.Detail = strings.TrimSuffix(p.Detail, ".") + "; allowed now: " + strings.Join(p.Allowed, ", ") + "."
		}
		if r.Field != "" {
			p.Errors = []problem.Field{{Field: fieldOf(r.Field), Code: p.Code, Detail: r.Detail}}
		}
		return p
	}
	return problem.Invalid(problem.Field{Field: fieldOf(r.Field), Code: codeOf(r), Detail: r.Detail})
}

// fieldOf is the name of a field of a command in JSON.
func fieldOf(f string) string {
	switch f {
	case "words":
		return "text"
	case "duplicate":
		return "of"
	}
	return f
}

// codeOf is the code of a field in error, named as everywhere in the interface.
func codeOf(r *lifecycle.Refusal) problem.Code {
	switch r.Code {
	case lifecycle.Missing:
		return problem.MissingField
	case lifecycle.Invalid:
		return problem.InvalidValue
	case lifecycle.Unexpected:
		return problem.UnknownField
	case lifecycle.Unknown:
		if r.Field == "id" {
			return "unknown_compensation"
		}
		return problem.Code("unknown_" + r.Field)
	}
	return problem.Code(r.Code)
}
