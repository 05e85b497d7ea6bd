package report

import (
	"cmp"
	"iter"
	"slices"
	"sync"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/handling"
	"resonanz/shared/responses"
	"resonanz/shared/sla"
)

// byCase are the transitions of one case after the other, each case's in order
// of seq.
func byCase(set *responses.Set) iter.Seq[[]*responses.Transition] {
	return func(yield func([]*responses.Transition) bool) {
		var steps []*responses.Transition
		for t := range set.Transitions(time.Time{}) {
			if len(steps) > 0 && steps[0].Case != t.Case {
				if !yield(steps) {
					return
				}
				steps = nil
			}
			steps = append(steps, t)
		}
		if len(steps) > 0 {
			yield(steps)
		}
	}
}

// story is a complaint as the steps of its case tell it.
type story struct {
	w      *casework
	number string
	steps  []*responses.Transition // at least one, in order of seq
	said   []*responses.Complaint  // of the response behind it, the first one first; may be missing

	past     []handling.Step // at the end of the period; see history
	measured *handling.Times // see times
}

// last is how the case stands as far as it is known.
func (s *story) last() *responses.Transition { return s.steps[len(s.steps)-1] }

// before are the steps taken before t. Entries of a timeline follow each other:
// one whose clock was behind came no earlier than the one before.
func (s *story) before(t int64) []*responses.Transition { return before(s.steps, t) }

func before(steps []*responses.Transition, t int64) []*responses.Transition {
	for i, step := range steps {
		if step.At >= t {
			return steps[:i]
		}
	}
	return steps
}

// standing is what a case is.
type standing int

const (
	unheard  standing = iota // not yet there
	draft                    // a rating that may be a complaint
	excluded                 // withdrawn, a duplicate, or no complaint
	counted
)

// standing is what the case was before t.
func (s *story) standing(t int64) standing {
	steps := s.before(t)
	if len(steps) == 0 {
		return unheard
	}
	switch casefile.Status(s.w.text(steps[len(steps)-1].Status)) {
	case casefile.Draft:
		return draft
	case casefile.Withdrawn, casefile.Duplicate, casefile.Dismissed:
		return excluded
	}
	return counted
}

// whole reports whether no step is missing.
func whole(steps []*responses.Transition) bool {
	for i, step := range steps {
		if int(step.Seq) != i+1 {
			return false
		}
	}
	return true
}

// receipt is when the complaint was received, by what a step says, or, where it
// says nothing that can be, when the first step was taken.
func (s *story) receipt(state *responses.Transition) int64 {
	if state.Received > 0 {
		return state.Received
	}
	return s.steps[0].At
}

// seen are the steps taken before t, and what tells how the case stood then: the
// last of them, or the first step of all where the case was opened a moment after
// its complaint came in. Nil: nothing was received before t.
func (s *story) seen(t int64) (steps []*responses.Transition, state *responses.Transition) {
	if steps = s.before(t); len(steps) > 0 {
		return steps, steps[len(steps)-1]
	}
	if first := s.steps[0]; s.receipt(first) < t {
		return nil, first
	}
	return nil, nil
}

// history are the statuses of a complaint before t, from its receipt on; none
// where it was not received yet. Where steps are missing, what later ones say of
// the times before stands in for them.
func (s *story) history(t int64) []handling.Step {
	if t != s.w.asOf {
		return s.tell(t)
	}
	if s.past == nil {
		s.past = s.tell(t)
	}
	return s.past
}

func (s *story) tell(t int64) []handling.Step {
	steps, state := s.seen(t)
	if state == nil {
		return nil
	}
	received := s.receipt(state)
	out := []handling.Step{{Status: casefile.Received, At: responses.At(received)}}
	add := func(status casefile.Status, at int64) {
		out = append(out, handling.Step{Status: status, At: responses.At(max(at, received))})
	}
	for i, step := range steps {
		status := casefile.Status(s.w.text(step.Status))
		missed := int(step.Seq) != i+1
		switch {
		case status == casefile.Draft || status == casefile.Dismissed || status == casefile.Received: // before it was a complaint
		case step.From != 0:
			add(status, step.At)
		case missed && (i == 0 || steps[i-1].Status != step.Status) && !timed[status]: // since when is not known
			add(status, step.At)
		}
	}
	if !whole(s.steps[:max(1, len(steps))]) {
		for _, known := range [...]struct {
			status casefile.Status
			at     int64
		}{
			{casefile.Acknowledged, state.AcknowledgedAt},
			{casefile.Resolved, state.ResolvedAt},
			{casefile.Closed, state.ClosedAt},
			{casefile.Reopened, state.ReopenedAt},
			{casefile.Resolved, state.LastResolvedAt},
		} {
			told := slices.ContainsFunc(out, func(h handling.Step) bool {
				return h.Status == known.status && h.At.UnixMilli() == max(known.at, received)
			})
			if known.at != 0 && known.at < t && !told {
				add(known.status, known.at)
			}
		}
		slices.SortStableFunc(out, func(a, b handling.Step) int { return a.At.Compare(b.At) })
	}
	if len(steps) == 0 {
		return out
	}
	return settle(out, casefile.Status(s.w.text(state.Status)))
}

// timed are the statuses of which a step tells when they came, also a later one.
var timed = map[casefile.Status]bool{
	casefile.Acknowledged: true, casefile.Resolved: true, casefile.Closed: true, casefile.Reopened: true,
}

// settle lets a history end in the status in which the case is known to be.
func settle(history []handling.Step, status casefile.Status) []handling.Step {
	if end := history[len(history)-1]; end.Status != status && status != casefile.Received {
		history = append(history, handling.Step{Status: status, At: end.At})
	}
	return history
}

// open reports whether something was owed before t.
func (s *story) open(t int64) bool {
	history := s.history(t)
	if len(history) == 0 {
		return false
	}
	end := history[len(history)-1].Status
	return end != casefile.Resolved && end != casefile.Closed
}

// in reports whether the case came to be so in the period.
func (s *story) in(status casefile.Status) bool {
	return slices.ContainsFunc(s.history(s.w.asOf), func(h handling.Step) bool {
		return h.Status == status && s.w.during(h.At.UnixMilli())
	})
}

// policy is what the case is held to: its policy, or the default one where that
// is not configured any more. Nil: there is none at all.
func (s *story) policy(state *responses.Transition) (id string, p *sla.Policy, configured bool) {
	in := s.w.m.in
	id = cmp.Or(s.w.text(state.Policy), in.DefaultPolicy)
	if p = in.Policies[id]; p != nil {
		return id, p, true
	}
	return id, in.Policies[in.DefaultPolicy], false
}

// times are the times of the complaint as they stood at the end of the period;
// ok false: it was not received yet. Without any policy there are no times of
// business, and no service level is met or breached.
func (s *story) times() (t *handling.Times, ok bool) {
	if s.measured == nil {
		s.measure()
	}
	return s.measured, s.measured != nil
}

func (s *story) measure() {
	_, state := s.seen(s.w.asOf)
	if state == nil {
		return
	}
	c := handling.Complaint{ID: s.number, History: s.history(s.w.asOf)}
	if at := state.FirstResponseAt; at != 0 {
		c.FirstResponseAt = responses.At(at)
	}
	_, p, _ := s.policy(state)
	if p != nil {
		t := handling.Measure(&c, p, responses.At(s.w.asOf))
		s.measured = &t
		return
	}
	t := handling.Measure(&c, unmeasured(), responses.At(s.w.asOf))
	t.FirstResponseBusiness, t.Clock, t.FirstResponse, t.Resolution = nil, nil, "", ""
	s.measured = &t
}

// unmeasured is a policy of which only times on the wall are taken.
var unmeasured = sync.OnceValue(func() *sla.Policy {
	always, err := sla.NewCalendar(time.UTC, []sla.Block{{
		Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, From: "00:00", To: "24:00",
	}})
	if err != nil {
		panic(err) // of a calendar that is written here
	}
	return &sla.Policy{Calendar: always, FirstResponse: time.Hour, Resolution: time.Hour}
})

// late reports whether something is owed past its time: an answer that was given
// late is late no more.
func late(t *handling.Times) bool {
	return t.FirstResponse == sla.Breached && t.FirstResponseWall == nil || t.Resolution == sla.Breached
}
