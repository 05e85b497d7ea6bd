package main

import (
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/observe"
)

// tally counts what became of events, by touchpoint.
type tally []line

// line is what was counted at one touchpoint: one line of metrics.
type line struct {
	at feedback.Touchpoint
	n  [len(counted)][len(outcomes)]int
}

// imported stands for the kind of what was collected elsewhere before: it is
// counted apart, since reports compare what was accepted with what came in.
const imported feedback.Kind = "import"

// kindOf is the kind under which s counts.
func kindOf(s *intake.Submission) feedback.Kind {
	if s.Imported() {
		return imported
	}
	return s.Kind()
}

// counted and outcomes are the kinds and statuses that have a metric.
var (
	counted  = [...]feedback.Kind{feedback.KindRating, feedback.KindCard, feedback.KindComplaint, imported}
	outcomes = [...]intake.Status{intake.Accepted, intake.Duplicate, intake.Rejected}
	names    = [len(counted)][len(outcomes)]string{
		{"RatingAccepted", "RatingDuplicate", "RatingRejected"},
		{"CardAccepted", "CardDuplicate", "CardRejected"},
		{"ComplaintAccepted", "ComplaintDuplicate", "ComplaintRejected"},
		{"ImportAccepted", "ImportDuplicate", "ImportRejected"},
	}
)

// one counts a single event.
func one(note *httpapi.Note, at feedback.Touchpoint, kind feedback.Kind, status intake.Status) {
	k, o := slices.Index(counted[:], kind), slices.Index(outcomes[:], status)
	if k >= 0 && o >= 0 {
		note.Count(at, count(names[k][o], 1))
	}
}

// add counts one event; what is to be sent again is not counted yet. The
// touchpoint is a configured one, or empty where it is not known.
func (t *tally) add(at feedback.Touchpoint, kind feedback.Kind, status intake.Status) {
	k, o := slices.Index(counted[:], kind), slices.Index(outcomes[:], status)
	if k >= 0 && o >= 0 {
		t.place(at).n[k][o]++
	}
}

func (t *tally) place(at feedback.Touchpoint) *line {
	i := slices.IndexFunc(*t, func(c line) bool { return c.at == at })
	if i < 0 {
		i = len(*t)
		*t = append(*t, line{at: at})
	}
	return &(*t)[i]
}

// tell hands on what was counted, by touchpoint.
func (t tally) tell(note *httpapi.Note) {
	for i := range t {
		var values []observe.Value
		for k := range counted {
			for o := range outcomes {
				if n := t[i].n[k][o]; n > 0 {
					values = append(values, count(names[k][o], n))
				}
			}
		}
		note.Count(t[i].at, values...)
	}
}
