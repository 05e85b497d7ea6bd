package main

import (
	"encoding/json"
	"slices"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// item is a case as the work list shows it: nothing personal.
type item struct {
	Number      casefile.Number     `json:"number"`
	Version     int                 `json:"version"`
	Family      casefile.Family     `json:"family"`
	Rule        string              `json:"rule"`
	Priority    string              `json:"priority,omitempty"`
	Status      casefile.Status     `json:"status"`
	Severity    casefile.Severity   `json:"severity,omitempty"`
	Urgency     casefile.Urgency    `json:"urgency,omitempty"`
	Category    string              `json:"category,omitempty"`
	Touchpoint  feedback.Touchpoint `json:"touchpoint,omitempty"`
	Channel     feedback.Channel    `json:"channel,omitempty"`
	Device      feedback.Device     `json:"device,omitempty"`
	Language    feedback.Language   `json:"language,omitempty"`
	Segment     string              `json:"segment,omitempty"`
	Team        string              `json:"team,omitempty"`
	Owner       string              `json:"owner,omitempty"`
	Scale       feedback.Scale      `json:"scale,omitempty"`
	Rating      *int                `json:"rating,omitempty"`
	Notifiable  bool                `json:"notifiable"`
	SLA         sla                 `json:"sla"`
	Escalations []string            `json:"escalations"` // rules that are not handled yet
	OpenedAt    time.Time           `json:"opened_at"`
	DueAt       time.Time           `json:"due_at,omitzero"` // the deadline promised
	EndedAt     time.Time           `json:"ended_at,omitzero"`
	Next        lifecycle.Step      `json:"next"`
}

// sla says how a case stands towards its deadlines.
type sla string

// The states, each stronger than the ones before it.
const (
	noClock  sla = "none"    // nothing is promised, or nothing any more
	met      sla = "met"     // every deadline was kept
	paused   sla = "paused"  // the clock stands still: the customer has the next word
	running  sla = "running" // in time
	atRisk   sla = "at_risk"
	breached sla = "breached"
)

// slaOf is the state of the clock of a case at an instant; where it has none,
// that of the deadline promised.
func slaOf(c *casefile.Case, now time.Time) sla {
	if c.Handling.Clock == nil {
		switch {
		case c.Status.Ended() || c.DueAt.IsZero():
			return noClock
		case now.After(c.DueAt):
			return breached
		}
		return running
	}
	state, open := met, false
	for _, d := range c.Handling.Clock.Deadlines {
		over := !d.DueAt.IsZero()
		switch {
		case !d.MetAt.IsZero():
			if over && d.MetAt.After(d.DueAt) {
				return breached
			}
		case d.Level >= 2 || over && now.After(d.DueAt):
			return breached
		case d.Level == 1 || !d.AtRiskAt.IsZero() && !now.Before(d.AtRiskAt):
			state, open = atRisk, true
		case over && state != atRisk:
			state, open = running, true
		case state == met:
			state, open = paused, true
		}
	}
	if open && c.Status.Ended() {
		return noClock
	}
	return state
}

func (h *handler) item(c *casefile.Case, now time.Time) item {
	it := item{
		Number: c.Number, Version: c.Version, Family: c.Family, Rule: c.Rule, Priority: c.Priority, Status: c.Status,
		Severity: c.Handling.Severity, Urgency: c.Handling.Urgency, Category: c.Category, Touchpoint: c.Touchpoint,
		Channel: c.Channel, Device: c.Device, Language: c.Language, Segment: c.Segment,
		Team: c.Handling.Team, Owner: c.Handling.Owner, Scale: c.Scale, Notifiable: c.Notifiable,
		SLA: slaOf(c, now), Escalations: []string{}, OpenedAt: c.OpenedAt, DueAt: c.DueAt, EndedAt: c.EndedAt,
		Next: lifecycle.Next(*c, h.rules),
	}
	if it.Next.Name == lifecycle.Survey && now.After(it.Next.DueAt) {
		it.Next = lifecycle.Step{Name: lifecycle.NoStep}
	}
	if c.Scale != "" {
		it.Rating = &c.Rating // 0 is a grade of one scale
	}
	for _, e := range c.Handling.Escalations {
		if e.HandledAt.IsZero() && !slices.Contains(it.Escalations, e.Rule) {
			it.Escalations = append(it.Escalations, e.Rule)
		}
	}
	return it
}

// state is a case whole, as commands leave it: without what anybody wrote.
type state struct {
	item
	ResponseKey feedback.ResponseKey `json:"response_key,omitempty"`
	EventID     feedback.EventID     `json:"event_id,omitempty"`
	Handling    casefile.Handling    `json:"handling"`
	Allowed     []string             `json:"allowed"` // commands that this caller may give now
}

func (h *handler) state(c *call, k *casefile.Case) state {
	return state{h.item(k, c.At), k.ResponseKey, k.EventID, k.Handling, h.allowed(c, k)}
}

// line is one entry of a timeline.
type line struct {
	Seq      int                `json:"seq"`
	At       time.Time          `json:"at"`
	Action   casefile.Action    `json:"action"`
	By       casefile.Actor     `json:"by"`
	From     casefile.Status    `json:"from,omitempty"`
	Status   casefile.Status    `json:"status,omitempty"`
	Rule     string             `json:"rule,omitempty"`
	Reason   string             `json:"reason,omitempty"` // a code: why a file was refused, or a draft dismissed
	Category string             `json:"category,omitempty"`
	Scale    feedback.Scale     `json:"scale,omitempty"`
	Rating   *int               `json:"rating,omitempty"`
	DueAt    time.Time          `json:"due_at,omitzero"`
	Set      *casefile.Handling `json:"set,omitempty"` // what changed
	Informed bool               `json:"informed"`      // the customer is told of it by mail
	Text     string             `json:"text,omitempty"`
	Erased   bool               `json:"erased,omitempty"` // there was a text
	EventID  feedback.EventID   `json:"event_id,omitempty"`
	Hash     casefile.Hash      `json:"hash"`
}

func lineOf(e *casefile.Entry) line {
	l := line{
		Seq: e.Seq, At: e.At, Action: e.Action, By: e.By, From: e.From, Status: e.Status, Rule: e.Rule, Reason: e.Reason, Category: e.Category,
		Scale: e.Scale, DueAt: e.DueAt, Set: e.Set, Informed: e.Inform, EventID: e.Cause, Hash: e.Hash,
	}
	if e.Scale != "" {
		l.Rating = &e.Rating
	}
	if l.By.Kind == "" { // before actors were recorded, only the system acted
		l.By.Kind = casefile.System
	}
	switch {
	case e.Words != nil:
		l.Text = e.Words.Text
	case e.WordsHash != casefile.Hash{}:
		l.Erased = true
	}
	return l
}

func lines(timeline []casefile.Entry) []line {
	all := make([]line, len(timeline))
	for i := range timeline {
		all[i] = lineOf(&timeline[i])
	}
	return all
}

// said is what the customer said once: the vote, the complaint, in their own
// words.
type said struct {
	Kind              feedback.Kind           `json:"kind"`
	EventID           feedback.EventID        `json:"event_id"`
	Scale             feedback.Scale          `json:"scale,omitempty"`
	Rating            *int                    `json:"rating,omitempty"`
	Category          string                  `json:"category,omitempty"`
	SubmittedAt       time.Time               `json:"submitted_at,omitzero"`
	ReceivedAt        time.Time               `json:"received_at"`
	Comment           string                  `json:"comment,omitempty"`
	Remedy            string                  `json:"remedy,omitempty"`
	Suggestion        string                  `json:"suggestion,omitempty"`
	Answers           map[string]string       `json:"answers,omitempty"`
	Annoyance         *int                    `json:"annoyance,omitempty"`
	Topic             string                  `json:"topic,omitempty"`
	Reason            string                  `json:"reason,omitempty"`
	CollectionMode    feedback.CollectionMode `json:"collection_mode,omitempty"`
	Name              string                  `json:"name,omitempty"`
	Email             string                  `json:"email,omitempty"`
	CallbackRequested bool                    `json:"callback_requested"`
	CallbackContact   string                  `json:"callback_contact,omitempty"`
	CustomerKey       string                  `json:"customer_key,omitempty"`
	Erased            bool                    `json:"erased"` // it was there, and is gone for good
}

// saidIn reads a ledger entry. The event gives what is not personal, under the
// same names.
func saidIn(e *store.Entry) (*said, error) {
	s := &said{}
	if err := json.Unmarshal(e.Event, s); err != nil {
		return nil, err
	}
	var p feedback.Personal
	if len(e.Personal) > 0 {
		if err := json.Unmarshal(e.Personal, &p); err != nil {
			return nil, err
		}
	}
	s.Kind, s.CustomerKey, s.Erased = e.Kind, e.CustomerKey, e.Digest == store.Digest{}
	s.Comment, s.Remedy, s.Suggestion, s.Answers = p.Comment, p.Remedy, p.Suggestion, p.Answers
	s.Name, s.Email, s.CallbackContact = p.Name, p.Email, p.CallbackContact
	return s, nil
}
