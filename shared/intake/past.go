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

// brought reports whether e is imported and stored is the same event, which came
// by itself: it was exported from here, so that bringing it back changes nothing.
func brought(e, stored *store.Entry) bool {
	if stored == nil || stored.Kind != e.Kind {
		return false
	}
	ours, mode, err := essence(e)
	if err != nil || mode != feedback.Imported {
		return false
	}
	theirs, mode, err := essence(stored)
	return err == nil && mode != feedback.Imported && reflect.DeepEqual(ours, theirs)
}

// essence is what an event says, without what an import cannot know of it: how and
// when it came in, by which device, and to whom a link was sent.
func essence(e *store.Entry) (said any, mode feedback.CollectionMode, err error) {
	if e.Kind == feedback.KindComplaint {
		var c feedback.Complaint
		err = json.Unmarshal(e.Event, &c)
		mode = c.CollectionMode
		c.CollectionMode, c.Device, c.ReceivedAt = "", "", time.Time{}
		return c, mode, err
	}
	var c feedback.Card // a rating is one without a card
	err = json.Unmarshal(e.Event, &c)
	mode = c.CollectionMode
	c.CollectionMode, c.Device, c.Segment, c.ReceivedAt, c.Number, c.HasText = "", "", "", time.Time{}, "", false
	return c, mode, err
}
