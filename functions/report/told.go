package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/problem"
	"resonanz/shared/report"
)

// most bounds every count and amount that is told.
const most = 1_000_000_000_000

// members are the members of a JSON object; ok false: it is none, or a name
// occurs twice in it.
func members(b []byte) (in map[string]json.RawMessage, ok bool) {
	ok = jsontext.Value(b).IsValid() && json.Unmarshal(b, &in) == nil && in != nil
	return in, ok
}

// parseTold reads an object of contacts, survey and costs, each voluntary.
func (h *handler) parseTold(b json.RawMessage, g *config.Group) (t told, err error) {
	in, ok := members(b)
	if !ok {
		return t, malformed()
	}
	for _, field := range slices.Sorted(maps.Keys(in)) {
		known, err := h.tell(&t, field, in[field], g)
		if err == nil && !known {
			err = unknownField(field)
		}
		if err != nil {
			return told{}, err
		}
	}
	return t, nil
}

// tell reads one of the fields of told; known false: it is none of them.
func (h *handler) tell(t *told, field string, b json.RawMessage, g *config.Group) (known bool, err error) {
	switch field {
	case "contacts":
		t.Contacts, err = h.parseContacts(b, g)
	case "survey":
		t.Survey, err = parseSurvey(b)
	case "costs":
		t.Costs, err = parseCosts(b)
	default:
		return false, nil
	}
	return true, err
}

func unknownField(field string) error {
	return problem.Invalid(problem.Field{Field: printable(field), Code: problem.UnknownField, Detail: "This field is not known."})
}

func (h *handler) parseContacts(b json.RawMessage, g *config.Group) (map[feedback.Touchpoint]int64, error) {
	in, ok := members(b)
	if !ok {
		return nil, problem.Invalid(problem.Field{Field: "contacts", Code: problem.WrongType, Detail: "Want an object of touchpoints and their numbers of contacts."})
	}
	out := make(map[feedback.Touchpoint]int64, len(in))
	for _, name := range slices.Sorted(maps.Keys(in)) {
		id, at := feedback.Touchpoint(name), "contacts."+printable(name)
		if h.cfg.Touchpoint(id) == nil {
			return nil, problem.Invalid(problem.Field{Field: at, Code: problem.UnknownTouchpoint, Detail: "This touchpoint is not configured."})
		}
		if g != nil && !slices.Contains(g.Touchpoints, id) {
			return nil, problem.Invalid(problem.Field{Field: at, Code: problem.UnknownTouchpoint, Detail: "This touchpoint is not part of the group."})
		}
		n, err := whole(at, in[name])
		if err != nil {
			return nil, err
		}
		out[id] = n
	}
	return out, nil
}

// whole reads a whole number from 0 to most.
func whole(field string, b json.RawMessage) (int64, error) {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || n < 0 || n > most {
		return 0, problem.Invalid(problem.Field{Field: field, Code: problem.OutOfRange, Detail: "Want a whole number, 0 or more."})
	}
	return n, nil
}

// number is one member of an object of numbers. It lies in to.
type number struct {
	name      string
	to        *int64
	voluntary bool
	had       bool
}

// numbers reads an object of whole numbers.
func numbers(field string, b json.RawMessage, want []number) error {
	in, ok := members(b)
	if !ok {
		return problem.Invalid(problem.Field{Field: field, Code: problem.WrongType, Detail: "Want an object of whole numbers."})
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		i := slices.IndexFunc(want, func(n number) bool { return n.name == name })
		if i < 0 {
			return unknownField(field + "." + printable(name))
		}
		n, err := whole(field+"."+name, in[name])
		if err != nil {
			return err
		}
		*want[i].to, want[i].had = n, true
	}
	for _, n := range want {
		if !n.had && !n.voluntary {
			return problem.Invalid(problem.Field{Field: field + "." + n.name, Code: problem.MissingField, Detail: "This number is missing."})
		}
	}
	return nil
}

// parseSurvey reads what a survey found. Each number is a part of the one before.
func parseSurvey(b json.RawMessage) (*report.Survey, error) {
	s := new(report.Survey)
	steps := []number{
		{name: "respondents", to: &s.Respondents}, {name: "dissatisfied", to: &s.Dissatisfied},
		{name: "of_them_complained", to: &s.Complained}, {name: "of_complaints_found_in_register", to: &s.Registered},
	}
	if err := numbers("survey", b, steps); err != nil {
		return nil, err
	}
	for i := 1; i < len(steps); i++ {
		if *steps[i].to > *steps[i-1].to {
			return nil, problem.Invalid(problem.Field{
				Field: "survey." + steps[i].name, Code: codeContradiction, Detail: "This number is greater than " + steps[i-1].name + ", of which it is a part.",
			})
		}
	}
	return s, nil
}

// parseCosts reads the month's costs, in cents.
func parseCosts(b json.RawMessage) (*report.Costs, error) {
	c, compensation := new(report.Costs), int64(0)
	want := []number{
		{name: "personnel_cents", to: &c.PersonnelCents}, {name: "it_admin_cents", to: &c.ITAdminCents},
		{name: "communication_cents", to: &c.CommunicationCents},
		{name: "compensation_cents", to: &compensation, voluntary: true},
		{name: "information_benefit_cents", to: &c.InformationBenefitCents, voluntary: true},
	}
	if err := numbers("costs", b, want); err != nil {
		return nil, err
	}
	if want[3].had {
		c.CompensationCents = &compensation
	}
	return c, nil
}
