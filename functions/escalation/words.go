package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"resonanz/shared/consume"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
)

// word is one word of a customer, with what only the ledger knows of it.
type word struct {
	escalate.Said
	complaint  *feedback.Complaint // nil: a vote
	notifiable bool                // an address of the customer is known
}

// errMalformed says no more, since the reason of the JSON error can quote.
var errMalformed = errors.New("malformed JSON, or a field of a wrong type")

// read reads what a customer said with an event; ok is false for kinds with
// which customers say nothing, and for what was imported: it was dealt with
// elsewhere. A card is read as the vote that it is. Errors
// quote no value.
func read(kind feedback.Kind, event []byte) (w word, ok bool, err error) {
	switch kind {
	case feedback.KindRating, feedback.KindCard:
		var v feedback.Rating
		if err := json.Unmarshal(event, &v); err != nil {
			return w, false, errMalformed
		}
		if v.CollectionMode == feedback.Imported {
			return w, false, nil
		}
		w.Said = escalate.Vote(&v)
	case feedback.KindComplaint:
		c := new(feedback.Complaint)
		if err := json.Unmarshal(event, c); err != nil {
			return w, false, errMalformed
		}
		if c.CollectionMode == feedback.Imported {
			return w, false, nil
		}
		w.Said, w.complaint = escalate.Complaint(c), c
	default:
		return w, false, nil
	}
	if _, err := feedback.ParseResponseKey(string(w.ResponseKey)); err != nil {
		return w, false, err
	}
	if _, err := feedback.ParseEventID(string(w.EventID)); err != nil {
		return w, false, err
	}
	return w, true, nil
}

// all reads everything said in the response, the delivered word among it, with
// what stands beside the events: whose they are, whether an address is known, and
// whether their words threaten.
func (h *handler) all(ctx context.Context, delivered word) ([]word, error) {
	entries, err := h.ledger.Response(ctx, delivered.ResponseKey)
	if err != nil {
		return nil, err
	}
	all := []word{delivered}
	for i := range entries {
		e := &entries[i]
		w, ok, err := read(e.Kind, e.Event)
		if err != nil {
			return nil, consume.Poison(fmt.Errorf("reading event %s of the ledger: %w", e.EventID, err))
		}
		if !ok {
			continue
		}
		var text string
		if w.notifiable, text, err = beside(e.Personal); err != nil {
			return nil, consume.Poison(fmt.Errorf("reading what is beside event %s of the ledger: %w", e.EventID, err))
		}
		w.CustomerKey, w.Threat = e.CustomerKey, w.Complaint && h.rules.Threatens(text)
		if w.EventID == delivered.EventID {
			all[0] = w
			continue
		}
		all = append(all, w)
	}
	return all, nil
}

// beside reads what stands beside an event: whether an address of the customer is
// known, and the customer's own words, which go no further than to the rules.
func beside(personal []byte) (addressed bool, text string, err error) {
	if len(personal) == 0 {
		return false, "", nil
	}
	var p struct {
		Email   string `json:"email"`
		Comment string `json:"comment"`
		Remedy  string `json:"remedy"`
	}
	if err := json.Unmarshal(personal, &p); err != nil {
		return false, "", errMalformed
	}
	return p.Email != "", p.Comment + "\n" + p.Remedy, nil
}

func sayings(all []word) []escalate.Said {
	said := make([]escalate.Said, len(all))
	for i := range all {
		said[i] = all[i].Said
	}
	return said
}
