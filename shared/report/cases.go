package report

import (
	"bytes"
	"cmp"
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// cases writes the sections about complaints and their handling into r. The
// ratings are in it already.
//
// What a case is (a complaint, a draft, one that counts nowhere), its category
// and what was said about it are taken as known at the cutoff. What had happened
// by then (open, resolved, late) is taken as it stood at the end of the period,
// or at the cutoff where that comes first: a complaint that is reopened in April
// was resolved in March.
func (m *month) cases(r *Report) {
	w := m.casework()
	w.complaints(r)
	w.causes(r)
	w.tasks(r)
	w.evidence(r)
	w.handled(r)
	w.costs(r)
	w.escalations(r)
	w.actions(r)
}

// casework are the complaints that the facts tell of.
type casework struct {
	m     *month
	batch *responses.Batch
	known int64 // the cutoff, milliseconds since 1970 UTC, as all times
	asOf  int64 // end of the period, or the cutoff where that comes first

	stories []*story
	loose   []*utterance // complaints without a case

	callbacks [][]*responses.Transition // of cases in which a call back is owed, as far as they are known

	received []*story     // of the stories, complaints received in the period
	strays   []*utterance // of the loose, those received in the period
}

// utterance are the complaints of one response, the first one first.
type utterance struct {
	facts []*responses.Complaint // at least one
}

func (m *month) casework() *casework {
	w := &casework{m: m, batch: m.set.Batch(), known: m.cutoff.UnixMilli()}
	w.asOf = min(m.end, w.known)

	said := make(map[responses.Key]*utterance)
	for c := range m.set.Complaints() {
		if c.Received >= w.known {
			continue
		}
		u := said[c.Key]
		if u == nil {
			u = new(utterance)
			said[c.Key] = u
			w.loose = append(w.loose, u) // for now; in order of the key
		}
		u.facts = append(u.facts, c)
	}
	for _, u := range w.loose {
		slices.SortFunc(u.facts, func(c, d *responses.Complaint) int {
			return cmp.Or(cmp.Compare(arrived(c), arrived(d)), bytes.Compare(c.Event[:], d.Event[:]))
		})
	}

	known := make(map[*utterance]bool)
	for steps := range byCase(m.set) {
		steps = before(steps, w.known)
		if len(steps) == 0 {
			continue
		}
		switch casefile.Family(w.text(steps[0].Family)) {
		case casefile.Callback:
			w.callbacks = append(w.callbacks, steps)
			continue
		case casefile.Complaint:
		default:
			continue
		}
		s := &story{w: w, number: w.text(steps[0].Case), steps: steps}
		if u := said[s.last().Key]; u != nil && s.last().Key != (responses.Key{}) {
			s.said, known[u] = u.facts, true
		}
		w.stories = append(w.stories, s)
	}
	w.loose = slices.DeleteFunc(w.loose, func(u *utterance) bool { return known[u] })

	for _, s := range w.stories {
		if s.standing(w.known) == counted && m.holds(s.receipt(s.last())) {
			w.received = append(w.received, s)
		}
	}
	for _, u := range w.loose {
		if m.holds(arrived(u.facts[0])) {
			w.strays = append(w.strays, u)
		}
	}
	return w
}

// arrived is when a complaint was received: an imported one where it was first
// made, when it was made, as far as anybody can tell.
func arrived(c *responses.Complaint) int64 {
	if c.Flags&responses.Imported != 0 {
		return c.Submitted
	}
	return c.Received
}

func (w *casework) text(n responses.Name) string { return w.batch.Text(n) }

// during reports whether something happened in the period, as far as the report
// looks.
func (w *casework) during(at int64) bool { return w.m.start <= at && at < w.asOf }

// share is k of n.
func (w *casework) share(k, n int64) Share {
	s := ShareOf(k, n)
	s.Withheld = 0 < n && n < int64(w.m.in.MinimumN)
	return s
}

// grade is how much weight n answers bear.
func (w *casework) grade(n int64) satisfaction.Reliability {
	return satisfaction.ReliabilityOf(n, w.m.in.MinimumN, w.m.in.IndicativeN)
}

// tally counts under names.
type tally map[string]int64

// byCount lists a tally, the greatest number first, then by name.
func (t tally) byCount() []Count {
	out := make([]Count, 0, len(t))
	for name, n := range t {
		out = append(out, Count{Name: name, N: n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(-cmp.Compare(a.N, b.N), cmp.Compare(a.Name, b.Name)) })
	return out
}
