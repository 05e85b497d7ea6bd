package main

import (
	"slices"

	"resonanz/shared/feedback"
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

// counted and outcomes make the names of the metrics: RatingAccepted and so on.
var (
	counted = [...]struct {
		kind feedback.Kind
		name string
	}{{feedback.KindRating, "Rating"}, {feedback.KindCard, "Card"}, {feedback.KindComplaint, "Complaint"}, {imported, "Import"}}
	outcomes = [...]struct {
		status intake.Status
		name   string
	}{{intake.Accepted, "Accepted"}, {intake.Duplicate, "Duplicate"}, {intake.Rejected, "Rejected"}}
)

// add counts one event; what is to be sent again is not counted yet. The
// touchpoint is a configured one, or empty where it is not known.
func (t *tally) add(at feedback.Touchpoint, kind feedback.Kind, status intake.Status) {
	for k := range counted {
		for o := range outcomes {
			if counted[k].kind == kind && outcomes[o].status == status {
				t.place(at).n[k][o]++
			}
		}
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

// emit writes one line for each touchpoint.
func (t tally) emit(m *observe.Metrics) {
	for i := range t {
		var values []observe.Value
		for k := range counted {
			for o := range outcomes {
				if n := t[i].n[k][o]; n > 0 {
					values = append(values, count(counted[k].name+outcomes[o].name, n))
				}
			}
		}
		m.EmitAt(string(t[i].at), values...)
	}
}
