package intake

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// MaxImportedYears is how old an imported event may be. What comes by itself is
// bounded by the configured number of days.
const MaxImportedYears = 10

// Imported reports whether the event was collected elsewhere before. It is kept and
// counted in its own month, and nothing is done about it.
func (s *Submission) Imported() bool { return s.Rating.CollectionMode == feedback.Imported }

// importable checks what is asked of imported events alone.
func (p *parser) importable(from Source) {
	if from.Device != nil || from.OnlyComplaints {
		p.fail("collection_mode", problem.InvalidValue, "imported is for a system with scope intake")
	}
	if p.s.Card != nil && p.s.Card.Number != "" {
		p.fail("card_number", problem.InvalidValue, "an imported card has no number: name it by event_id")
	}
}

// sealPast is sealTimes for an imported event: its time is believed, and lies in
// the past.
func (s *Submission) sealPast(cfg *config.Config) *problem.Field {
	r := &s.Rating
	switch {
	case r.SubmittedAt.After(r.ReceivedAt):
		return &problem.Field{Field: "submitted_at", Code: problem.InvalidTime, Detail: "lies ahead: only what is past is imported"}
	case r.SubmittedAt.Before(r.ReceivedAt.AddDate(-MaxImportedYears, 0, 0)):
		return &problem.Field{Field: "submitted_at", Code: problem.EventTooOld, Detail: fmt.Sprintf("older than %d years", MaxImportedYears)}
	}
	month := period.Of(r.SubmittedAt, cfg.Zone())
	if r.ResponseKey == "" {
		r.ResponseKey = feedback.NewResponseKey(month, feedback.ResponseIDOf(r.EventID))
		return nil
	}
	return s.keyFits(month)
}

// brought reports whether e is imported and stored is the same event: exported from
// here and brought back it changes nothing, whether it came by itself or had been
// imported.
func brought(e, stored *store.Entry) bool {
	if stored == nil || stored.Kind != e.Kind || stored.CustomerKey != e.CustomerKey {
		return false
	}
	ours, err := essenceOf(e)
	if err != nil || ours.mode != feedback.Imported {
		return false
	}
	theirs, err := essenceOf(stored)
	// Where a clock ran ahead the time of arrival counts, and is what was exported.
	sameTime := ours.at.Equal(theirs.at) || ours.at.Equal(theirs.received)
	return err == nil && sameTime && reflect.DeepEqual(ours.said, theirs.said) && reflect.DeepEqual(ours.words, theirs.words)
}

// essence is what an event says, without what an import cannot know of it: by which
// device it came in, to whom a link was sent, who keyed a card in.
type essence struct {
	said         any
	words        feedback.Personal
	mode         feedback.CollectionMode
	at, received time.Time
}

func essenceOf(e *store.Entry) (out essence, err error) {
	if len(e.Personal) > 0 {
		if err := json.Unmarshal(e.Personal, &out.words); err != nil {
			return out, err
		}
		out.words.KeyedBy = ""
	}
	if e.Kind == feedback.KindComplaint {
		var c feedback.Complaint
		err = json.Unmarshal(e.Event, &c)
		out.mode, out.at, out.received = c.CollectionMode, c.SubmittedAt, c.ReceivedAt
		c.CollectionMode, c.Device, c.SubmittedAt, c.ReceivedAt = "", "", time.Time{}, time.Time{}
		out.said = c
		return out, err
	}
	var c feedback.Card // a rating is one without a card
	err = json.Unmarshal(e.Event, &c)
	out.mode, out.at, out.received = c.CollectionMode, c.SubmittedAt, c.ReceivedAt
	c.CollectionMode, c.Device, c.Segment, c.SubmittedAt, c.ReceivedAt, c.Number, c.HasText = "", "", "", time.Time{}, time.Time{}, "", false
	out.said = c
	return out, err
}
