package main

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

const (
	maxRows   = 10_000 // of an export
	maxCursor = 1000   // length, in bytes
)

// question is what a request for the work list asks.
type question struct {
	store.CaseQuery
	csv    bool
	rows   int // how many cases the answer has at most
	states []sla
	rule   string
}

// statuses and families are all that can be asked for.
var (
	statuses = []casefile.Status{
		casefile.Open, casefile.Draft, casefile.Received, casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation,
		casefile.AwaitingCustomer, casefile.Decided, casefile.Resolved, casefile.Reopened,
		casefile.Closed, casefile.Withdrawn, casefile.Duplicate, casefile.Dismissed,
	}
	states   = []sla{running, atRisk, breached, paused, met, noClock}
	families = []casefile.Family{casefile.Callback, casefile.Complaint, casefile.Attention, casefile.Gap, casefile.Alarm}
)

// ask reads the query string of the work list. What it does not know it refuses
// by name: a filter that was misspelt would look like an answer.
func (c *call) ask(csv bool) (*question, error) {
	q := &question{csv: csv, rows: 50}
	if csv {
		q.rows = maxRows
	}
	values, wrong := c.parameters("status", "family", "touchpoint", "team", "owner", "category", "severity", "rule", "sla", "due_before", "closed", "opened", "limit", "cursor", "format")
	for name, v := range values {
		if f := q.set(name, v); f.Code != "" {
			f.Field = name
			wrong = append(wrong, f)
		}
	}
	wrong = append(wrong, q.together(values)...)
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b problem.Field) int { return strings.Compare(a.Field, b.Field) })
		return nil, problem.Invalid(wrong...)
	}
	q.Limit = min(q.rows, store.MaxCases)
	q.Until = c.At.Format("2006-01")
	q.Asking = q.rule + " " + join(q.states)
	if q.rule != "" || q.states != nil {
		q.Only = func(k *casefile.Case) bool {
			return (q.states == nil || slices.Contains(q.states, slaOf(k, c.At))) && (q.rule == "" || concerns(k, q.rule))
		}
	}
	return q, nil
}

// concerns reports whether a rule opened a case, or escalated it since.
func concerns(k *casefile.Case, rule string) bool {
	return k.Rule == rule || slices.ContainsFunc(k.Handling.Escalations, func(e casefile.Escalation) bool { return e.Rule == rule })
}

// parameters reads a query string: each known name once.
func (c *call) parameters(names ...string) (map[string]string, []problem.Field) {
	values, err := url.ParseQuery(c.RawQueryString)
	if err != nil {
		return nil, []problem.Field{{Field: "query", Code: problem.InvalidEncoding, Detail: "is not readable"}}
	}
	var wrong []problem.Field
	out := make(map[string]string, len(values))
	for name, all := range values {
		switch {
		case !slices.Contains(names, name):
			wrong = append(wrong, problem.Field{Field: printable(name), Code: problem.UnknownField, Detail: "is not a parameter here: want " + strings.Join(names, ", ")})
		case len(all) > 1:
			wrong = append(wrong, problem.Field{Field: name, Code: problem.DuplicateField, Detail: "occurs twice; separate several values with commas"})
		default:
			out[name] = all[0]
		}
	}
	return out, wrong
}

// printable shortens a name that a caller made up.
func printable(s string) string {
	if s == "" || len(s) > 40 || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) {
		return "?"
	}
	return s
}

// set reads one parameter.
func (q *question) set(name, v string) problem.Field {
	invalid := func(want string) problem.Field {
		return problem.Field{Code: problem.InvalidValue, Detail: "want " + want}
	}
	ok, want := true, ""
	switch name {
	case "status":
		q.Statuses, ok = several(v, statuses)
		want = "one or more, separated by commas, of " + join(statuses)
	case "family":
		q.Families, ok = several(v, families)
		want = "one or more, separated by commas, of " + join(families)
	case "severity":
		q.Severity = casefile.Severity(v)
		ok, want = slices.Contains(casefile.Severities[:], q.Severity), "one of "+join(casefile.Severities[:])
	case "touchpoint":
		t, err := feedback.ParseTouchpoint(v)
		q.Touchpoint, ok, want = t, err == nil, "the id of a touchpoint"
	case "team":
		q.Team, ok, want = v, intake.ID(v), "the id of a team"
	case "owner":
		q.Owner, ok, want = v, intake.Person(v), "the subject of a token, or a code"
	case "category":
		q.Category, ok, want = v, intake.Code(v), "the code of a category"
	case "rule":
		q.rule, ok, want = v, ruleCode(v), "the code of a rule, such as SLA_BREACH"
	case "sla":
		q.states, ok = several(v, states)
		want = "one or more, separated by commas, of " + join(states)
	case "due_before":
		t, f := moment(v)
		q.DueBefore = t
		return f
	case "closed":
		_, err := period.Parse(v)
		q.Closed, ok, want = v, err == nil, "a month such as 2026-03"
	case "opened":
		_, err := period.Parse(v)
		q.Opened, ok, want = v, err == nil, "a month such as 2026-03"
	case "cursor":
		q.Cursor, ok, want = v, v != "" && len(v) <= maxCursor, "the cursor of the page before"
	case "format":
		ok, want = v == "csv" || v == "json", "csv or json"
	case "limit":
		most := store.MaxCases
		if q.csv {
			most = maxRows
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > most {
			return problem.Field{Code: problem.OutOfRange, Detail: "want a whole number from 1 to " + strconv.Itoa(most)}
		}
		q.rows = n
	}
	if !ok {
		return invalid(want)
	}
	return problem.Field{}
}

// together checks that what is asked can have an answer: a list that is always
// empty would be taken for one.
func (q *question) together(values map[string]string) (wrong []problem.Field) {
	if values["closed"] == "" {
		if values["opened"] == "" && slices.ContainsFunc(q.Statuses, casefile.Status.Ended) {
			wrong = append(wrong, problem.Field{Field: "status", Code: problem.InvalidValue, Detail: "cases that have ended are listed by month: add closed=yyyy-mm, or opened"})
		}
		return wrong
	}
	if slices.ContainsFunc(q.Statuses, func(s casefile.Status) bool { return !s.Ended() }) {
		wrong = append(wrong, problem.Field{Field: "status", Code: problem.InvalidValue, Detail: "with closed, want one or more of " + join(statuses[len(statuses)-4:])})
	}
	if values["due_before"] != "" {
		wrong = append(wrong, problem.Field{Field: "due_before", Code: problem.InvalidValue, Detail: "is for open cases: leave out closed"})
	}
	return wrong
}

// ruleCode reports whether v may be the code of a rule.
func ruleCode(v string) bool {
	return len(v) > 1 && len(v) <= 40 && v[0] != '_' && strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// several reads values that are separated by commas.
func several[T ~string](v string, all []T) (out []T, ok bool) {
	for s := range strings.SplitSeq(v, ",") {
		if !slices.Contains(all, T(s)) {
			return nil, false
		}
		if !slices.Contains(out, T(s)) {
			out = append(out, T(s))
		}
	}
	return out, true
}

func join[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, v := range all {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

// moment reads RFC 3339 with an offset.
func moment(v string) (time.Time, problem.Field) {
	t, code, detail := intake.ParseInstant(v)
	return t, problem.Field{Code: code, Detail: detail}
}
