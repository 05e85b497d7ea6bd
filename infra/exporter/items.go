package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// columns of the CSV files. Those of ratings and complaints can be imported again.
var columns = map[string][]string{
	"ratings": {
		"kind", "event_id", "response_key", "touchpoint", "channel", "scale", "rating", "submitted_at", "language", "reason", "comment", "suggestion",
		"nps", "ces", "expectation", "fcr", "topic", "customer_key", "callback_requested", "callback_contact", "card", "answers",
		"received_at", "device", "segment", "collection_mode", "phase", "has_text", "card_number", "keyed_by",
	},
	"complaints": {
		"kind", "event_id", "response_key", "touchpoint", "channel", "category", "annoyance", "submitted_at", "language", "comment", "remedy", "name", "email",
		"topic", "customer_key", "callback_requested", "callback_contact", "received_at", "device", "collection_mode",
	},
	"invitations": {
		"event_id", "response_key", "touchpoint", "channel", "language", "segment", "consent", "mailed", "card", "topic", "contact_at", "resolved",
		"beyond_first_level", "previous", "previous_at", "skipped", "issued_at", "expires_at", "received_at", "customer_key", "email",
	},
	"deliveries": {"event_id", "response_key", "outcome", "at", "received_at"},
	"cases": {
		"number", "family", "rule", "priority", "status", "severity", "urgency", "category", "touchpoint", "channel", "language", "segment", "team", "owner",
		"scale", "rating", "response_key", "event_id", "device", "notifiable", "customer_key", "opened_at", "due_at", "ended_at", "acknowledged_at",
		"first_response_at", "resolved_at", "closed_at", "decision", "decision_reason", "root_cause", "corrective_action", "duplicate_of", "satisfaction", "version",
	},
	"timelines": {"case", "seq", "at", "action", "by_kind", "by", "rule", "from", "status", "reason", "informed", "words", "hash"},
	"actions":   {"id", "category", "title", "owner", "starts_at", "done_at", "created_at", "created_by", "done_by"},
	"optouts":   {"contact", "opted_out_at", "why"},
}

// unreadable is what items are counted as that nobody of ours wrote so. They hold
// nothing up, and their texts are kept as they are.
const unreadable = "items that cannot be read, in unreadable.jsonl with the reason"

// item writes one item of the table where it belongs.
func (w *writer) item(it store.Item) error {
	count := func(name string) { w.m.Counts[name]++ }
	switch {
	case it.Entry != nil:
		count("events: " + string(it.Entry.Kind))
		return w.entry(it.Entry)
	case it.Case != nil:
		count("cases")
		w.caseRow(it.Case)
		return w.value("cases", struct {
			*casefile.Case
			CustomerKey string `json:"customer_key,omitempty"`
		}{it.Case, it.Case.CustomerKey})
	case it.Line != nil:
		count("entries of timelines")
		w.line(it.Line)
		return w.value("timelines", struct {
			*casefile.Entry
			Said *casefile.Words `json:"said,omitempty"`
		}{it.Line, it.Line.Words})
	case it.Action != nil:
		count("corrective actions")
		a := it.Action
		w.row("actions", map[string]string{
			"id": a.ID, "category": a.Category, "title": a.Title, "owner": a.Owner, "starts_at": stamp(a.StartsAt), "done_at": stamp(a.DoneAt),
			"created_at": stamp(a.CreatedAt), "created_by": a.CreatedBy, "done_by": a.DoneBy,
		})
		return w.value("actions", a)
	case it.Report != nil:
		count("versions of reports")
		return w.value("reports", it.Report)
	case it.OptOut != nil:
		count("opt-outs")
		w.row("optouts", map[string]string{"contact": string(it.OptOut.Contact), "opted_out_at": stamp(it.OptOut.At), "why": string(it.OptOut.Why)})
		return nil
	}
	if it.Unread != nil {
		count(unreadable)
		return w.value("unreadable", it.Unread)
	}
	w.m.LeftOut[it.Other]++
	return nil
}

// entry writes an event of the ledger: into the CSV of its kind, and as it is.
func (w *writer) entry(e *store.Entry) error {
	var p feedback.Personal
	if len(e.Personal) > 0 {
		if err := json.Unmarshal(e.Personal, &p); err != nil {
			return fmt.Errorf("reading what is beside event %s: %w", e.EventID, err)
		}
	}
	var err error
	switch e.Kind {
	case feedback.KindRating, feedback.KindCard:
		err = w.rating(e, &p)
	case feedback.KindComplaint:
		err = w.complaint(e, &p)
	case feedback.KindInvitation:
		err = w.invitation(e, &p)
	case feedback.KindDelivery:
		var d feedback.Delivery
		if err = json.Unmarshal(e.Event, &d); err == nil {
			w.row("deliveries", map[string]string{
				"event_id": string(d.EventID), "response_key": string(d.ResponseKey), "outcome": string(d.Outcome), "at": stamp(d.At), "received_at": stamp(d.ReceivedAt),
			})
		}
	}
	if err != nil {
		return fmt.Errorf("reading event %s: %w", e.EventID, err)
	}
	return w.value("events", struct {
		Kind        feedback.Kind   `json:"kind"`
		Event       json.RawMessage `json:"event"`
		Personal    json.RawMessage `json:"personal,omitempty"`
		CustomerKey string          `json:"customer_key,omitempty"`
	}{e.Kind, e.Event, e.Personal, e.CustomerKey})
}

func (w *writer) rating(e *store.Entry, p *feedback.Personal) error {
	var c feedback.Card // a rating is one without a card
	if err := json.Unmarshal(e.Event, &c); err != nil {
		return err
	}
	cells := map[string]string{
		"kind": string(e.Kind), "event_id": string(c.EventID), "response_key": string(c.ResponseKey), "touchpoint": string(c.Touchpoint),
		"channel": string(c.Channel), "scale": string(c.Scale), "rating": strconv.Itoa(c.Rating.Rating), "submitted_at": w.counts(c.SubmittedAt, c.ReceivedAt),
		"language": string(c.Language), "reason": c.Reason, "comment": p.Comment, "suggestion": p.Suggestion,
		"nps": whole(c.NPS), "ces": whole(c.CES), "expectation": whole(c.Expectation), "fcr": yesNo(c.FCR), "topic": c.Topic,
		"customer_key": e.CustomerKey, "callback_requested": yes(c.CallbackRequested), "callback_contact": p.CallbackContact, "card": c.Card,
		"received_at": stamp(c.ReceivedAt), "device": string(c.Device), "segment": c.Segment, "collection_mode": string(c.CollectionMode),
		"phase": c.Phase, "has_text": yes(c.HasText), "card_number": c.Number, "keyed_by": p.KeyedBy,
	}
	if e.Kind == feedback.KindCard {
		said, err := w.answers(&c, p)
		if err != nil {
			return err
		}
		cells["answers"], cells["suggestion"] = said, ""
	}
	w.row("ratings", cells)
	return nil
}

// counts is the time that an event counts under: of a clock that ran ahead that of
// the arrival.
func (w *writer) counts(submitted, received time.Time) string {
	at, _ := feedback.EffectiveTime(submitted, received, time.Duration(w.cfg.Rules.MaxFutureSkewMinutes)*time.Minute)
	return stamp(at)
}

// answers are those of a card as the interface takes them: a grade is a number.
func (w *writer) answers(c *feedback.Card, p *feedback.Personal) (string, error) {
	all := map[string]any{}
	for id, said := range c.Answers {
		all[id] = said
	}
	for id, said := range p.Answers {
		all[id] = said
	}
	if card := w.cfg.Card(c.Card); card != nil {
		for i := range card.Sections {
			for _, it := range card.Sections[i].Items {
				said, _ := all[it.ID].(string)
				switch {
				case it.Kind == config.ItemRating && said != "":
					all[it.ID] = json.Number(said)
				case it.Kind == config.ItemSuggestion && p.Suggestion != "":
					all[it.ID] = p.Suggestion
				}
			}
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	b, err := json.Marshal(all)
	return string(b), err
}

func (w *writer) complaint(e *store.Entry, p *feedback.Personal) error {
	var c feedback.Complaint
	if err := json.Unmarshal(e.Event, &c); err != nil {
		return err
	}
	w.row("complaints", map[string]string{
		"kind": string(e.Kind), "event_id": string(c.EventID), "response_key": string(c.ResponseKey), "touchpoint": string(c.Touchpoint),
		"channel": string(c.Channel), "category": c.Category, "annoyance": whole(c.Annoyance), "submitted_at": w.counts(c.SubmittedAt, c.ReceivedAt),
		"language": string(c.Language), "comment": p.Comment, "remedy": p.Remedy, "name": p.Name, "email": p.Email, "topic": c.Topic,
		"customer_key": e.CustomerKey, "callback_requested": yes(c.CallbackRequested), "callback_contact": p.CallbackContact,
		"received_at": stamp(c.ReceivedAt), "device": string(c.Device), "collection_mode": string(c.CollectionMode),
	})
	return nil
}

func (w *writer) invitation(e *store.Entry, p *feedback.Personal) error {
	var i feedback.Invitation
	if err := json.Unmarshal(e.Event, &i); err != nil {
		return err
	}
	w.row("invitations", map[string]string{
		"event_id": string(i.EventID), "response_key": string(i.ResponseKey), "touchpoint": string(i.Touchpoint), "channel": string(i.Channel),
		"language": string(i.Language), "segment": i.Segment, "consent": string(i.Consent), "mailed": yes(i.Mailed), "card": yes(i.Card), "topic": i.Topic,
		"contact_at": stamp(i.ContactAt), "resolved": yesNo(i.Resolved), "beyond_first_level": yes(i.Beyond), "previous": string(i.Previous),
		"previous_at": stamp(i.PreviousAt), "skipped": i.Skipped, "issued_at": stamp(i.IssuedAt), "expires_at": stamp(i.ExpiresAt),
		"received_at": stamp(i.ReceivedAt), "customer_key": e.CustomerKey, "email": p.Email,
	})
	return nil
}

func (w *writer) caseRow(c *casefile.Case) {
	h := &c.Handling
	cells := map[string]string{
		"number": string(c.Number), "family": string(c.Family), "rule": c.Rule, "priority": c.Priority, "status": string(c.Status),
		"severity": string(h.Severity), "urgency": string(h.Urgency), "category": c.Category, "touchpoint": string(c.Touchpoint), "channel": string(c.Channel),
		"language": string(c.Language), "segment": c.Segment, "team": h.Team, "owner": h.Owner, "scale": string(c.Scale),
		"response_key": string(c.ResponseKey), "event_id": string(c.EventID), "device": string(c.Device), "notifiable": yes(c.Notifiable),
		"customer_key": c.CustomerKey, "opened_at": stamp(c.OpenedAt), "due_at": stamp(c.DueAt), "ended_at": stamp(c.EndedAt),
		"acknowledged_at": stamp(h.AcknowledgedAt), "first_response_at": stamp(h.FirstResponseAt), "resolved_at": stamp(h.ResolvedAt),
		"closed_at": stamp(h.ClosedAt), "root_cause": h.RootCause, "corrective_action": h.Action, "duplicate_of": string(h.DuplicateOf),
		"version": strconv.Itoa(c.Version),
	}
	if c.Scale != "" {
		cells["rating"] = strconv.Itoa(c.Rating)
	}
	if h.Satisfaction > 0 {
		cells["satisfaction"] = strconv.Itoa(h.Satisfaction)
	}
	if h.Decision != nil {
		cells["decision"], cells["decision_reason"] = string(h.Decision.Outcome), h.Decision.Reason
	}
	w.row("cases", cells)
}

func (w *writer) line(e *casefile.Entry) {
	cells := map[string]string{
		"case": string(e.Case), "seq": strconv.Itoa(e.Seq), "at": stamp(e.At), "action": string(e.Action), "by_kind": string(e.By.Kind), "by": e.By.ID,
		"rule": e.Rule, "from": string(e.From), "status": string(e.Status), "reason": e.Reason, "informed": yes(e.Inform), "hash": fmt.Sprint(e.Hash),
	}
	if e.Words != nil {
		cells["words"] = e.Words.Text
	}
	w.row("timelines", cells)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// yes is nothing for no: most are none.
func yes(b bool) string { return strings.TrimSuffix(strconv.FormatBool(b), "false") }

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}
