package main

import (
	"encoding/json"
	"fmt"

	"resonanz/events"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/report"
)

// order is what is asked of a report.
type order struct {
	period  period.Period
	group   string // of touchpoints; empty: the whole
	restate bool   // compute anew although the month is closed
	check   bool   // tell escalation where table and facts do not add up
	last    bool   // nobody tries again: make it without what cannot be had
	told
}

// told is what the owner tells of a month besides its facts; nil: what the
// version before was told.
type told struct {
	Contacts map[feedback.Touchpoint]int64 `json:"contacts,omitempty"`
	Survey   *report.Survey                `json:"survey,omitempty"`
	Costs    *report.Costs                 `json:"costs,omitempty"`
}

func (t told) empty() bool { return t.Contacts == nil && t.Survey == nil && t.Costs == nil }

// over is t, and of before what t says nothing about.
func (t told) over(before told) told {
	if t.Contacts == nil {
		t.Contacts = before.Contacts
	}
	if t.Survey == nil {
		t.Survey = before.Survey
	}
	if t.Costs == nil {
		t.Costs = before.Costs
	}
	return t
}

// toldOf is what a report was told.
func toldOf(g *report.Given) told {
	return told{Contacts: g.Contacts, Survey: g.Survey, Costs: g.Costs}
}

// within keeps of t what is of some touchpoints: their contacts. What a survey
// found and what handling cost is of the whole.
func (t told) within(touchpoints []feedback.Touchpoint) told {
	var out told
	for _, id := range touchpoints {
		n, ok := t.Contacts[id]
		if !ok {
			continue
		}
		if out.Contacts == nil {
			out.Contacts = make(map[feedback.Touchpoint]int64)
		}
		out.Contacts[id] = n
	}
	return out
}

// The codes of an order that names something that there is not.
const (
	codeUnknownGroup  problem.Code = "unknown_group"
	codeUnknownFormat problem.Code = "unknown_format"
	codeUnknownTable  problem.Code = "unknown_table"
	codeContradiction problem.Code = "contradiction" // two figures that cannot both be right
)

// groupOf finds a configured group; nil for the whole.
func groupOf(cfg *config.Config, id string) (*config.Group, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // the whole is no group
	}
	if g := cfg.Group(id); g != nil {
		return g, nil
	}
	return nil, problem.Invalid(problem.Field{Field: "group", Code: codeUnknownGroup, Detail: "This group is not configured."})
}

// message is o as it travels.
func (o *order) message() (events.Message, error) {
	m := events.Message{Version: events.Version, Type: events.TypeOrder, Order: &events.Order{
		Period: o.period.String(), Group: o.group, Restate: o.restate, Check: o.check,
	}}
	if !o.empty() {
		b, err := json.Marshal(o.told)
		if err != nil {
			return m, fmt.Errorf("writing an order: %w", err)
		}
		m.Order.Given = b
	}
	return m, nil
}

// orderOf reads what message wrote. What it names is checked as over HTTP: the
// configuration may have changed on the way.
func (h *handler) orderOf(m *events.Order) (order, error) {
	month, err := h.parsePeriod(m.Period)
	if err != nil {
		return order{}, err
	}
	o := order{period: month, group: m.Group, restate: m.Restate, check: m.Check}
	g, err := groupOf(h.cfg, m.Group)
	if err != nil || len(m.Given) == 0 {
		return o, err
	}
	o.told, err = h.parseTold(m.Given, g)
	return o, err
}
