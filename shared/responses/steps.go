package responses

import (
	"bytes"
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// steps takes the steps of cases out of the batch.
func (s *Set) steps(w Window) {
	b := s.batch
	within := func(int64) bool { return true }
	if w.Zone != nil {
		from, to := w.instants()
		within = func(at int64) bool {
			ok := from <= at && at < to
			if !ok {
				s.Outside++
			}
			return ok
		}
	}
	s.transitions = slices.DeleteFunc(b.Transitions, func(t Transition) bool { return !within(t.At) })
	place := b.places(func(yield func(Name)) {
		for i := range s.transitions {
			yield(s.transitions[i].Case)
		}
	})
	slices.SortFunc(s.transitions, func(t, u Transition) int {
		return cmp.Or(cmp.Compare(place[t.Case], place[u.Case]), cmp.Compare(t.Seq, u.Seq), b.compareTransitions(&t, &u))
	})
	n := len(s.transitions)
	s.transitions = slices.CompactFunc(s.transitions, func(t, u Transition) bool { return t.Case == u.Case && t.Seq == u.Seq })
	s.Duplicates += int64(n - len(s.transitions))

	s.escalations = slices.DeleteFunc(b.Escalations, func(e Escalation) bool { return !within(e.Raised) })
	slices.SortFunc(s.escalations, func(e, f Escalation) int { return b.compareEscalations(&e, &f) })
	n = len(s.escalations)
	s.escalations = slices.Compact(s.escalations)
	s.Duplicates += int64(n - len(s.escalations))
}

// places are the ranks of the texts of the names that each yields.
func (b *Batch) places(each func(yield func(Name))) map[Name]int {
	places := make(map[Name]int)
	each(func(n Name) { places[n] = 0 })
	for i, n := range slices.SortedFunc(maps.Keys(places), func(m, n Name) int { return strings.Compare(b.Text(m), b.Text(n)) }) {
		places[n] = i
	}
	return places
}

// Transitions are the distinct timeline entries written before cutoff, case by
// case, each case's in order of seq; the zero time is no cutoff.
func (s *Set) Transitions(cutoff time.Time) iter.Seq[*Transition] {
	before := milliseconds(cutoff)
	return func(yield func(*Transition) bool) {
		for i := range s.transitions {
			if t := &s.transitions[i]; t.At < before && !yield(t) {
				return
			}
		}
	}
}

// Escalations are the escalations as they stood at cutoff, one of each event in
// order of the event; the zero time is no cutoff. What was seen or handled stays
// so, though the clock that a later entry was written by was behind.
func (s *Set) Escalations(cutoff time.Time) iter.Seq[*Escalation] {
	before := milliseconds(cutoff)
	return func(yield func(*Escalation) bool) {
		var last *Escalation
		for i := range s.escalations {
			e := &s.escalations[i]
			if e.At >= before {
				continue
			}
			now := *e
			switch {
			case last == nil:
			case last.Event == e.Event:
				if now.Seen == 0 {
					now.Seen = last.Seen
				}
				if now.Handled == 0 {
					now.Handled = last.Handled
				}
			case !yield(last):
				return
			}
			last = &now
		}
		if last != nil {
			yield(last)
		}
	}
}

// Contacts are the distinct contacts that were told of before cutoff, in order
// of the response key; the zero time is no cutoff.
func (s *Set) Contacts(cutoff time.Time) iter.Seq[*Contact] {
	before := milliseconds(cutoff)
	return func(yield func(*Contact) bool) {
		for i := range s.contacts {
			if c := &s.contacts[i]; c.Received < before && !yield(c) {
				return
			}
		}
	}
}

// compareTransitions is a total order of the contents of transitions.
func (b *Batch) compareTransitions(t, u *Transition) int {
	v, w := t.names(), u.names()
	for i := range v {
		if c := strings.Compare(b.Text(*v[i]), b.Text(*w[i])); c != 0 {
			return c
		}
	}
	x, y := t.times(), u.times()
	return cmp.Or(
		cmp.Compare(t.Seq, u.Seq),
		slices.Compare(x[:], y[:]),
		t.Key.Compare(u.Key),
		cmp.Compare(t.Segment, u.Segment),
		cmp.Compare(t.Satisfaction, u.Satisfaction),
		compareBool(t.Informed, u.Informed),
		compareBool(t.Notifiable, u.Notifiable),
		compareBool(t.DecidedByName, u.DecidedByName),
	)
}

// compareEscalations is a total order of the contents of escalations: of those
// of one event the earlier first, then what was not handled, then not seen.
func (b *Batch) compareEscalations(e, f *Escalation) int {
	if c := cmp.Or(
		bytes.Compare(e.Event[:], f.Event[:]),
		cmp.Compare(e.At, f.At),
		compareBool(e.Handled != 0, f.Handled != 0),
		compareBool(e.Seen != 0, f.Seen != 0),
		cmp.Compare(e.Raised, f.Raised),
		cmp.Compare(f.Handled, e.Handled),
		cmp.Compare(f.Seen, e.Seen),
	); c != 0 {
		return c
	}
	v, w := e.names(), f.names()
	for i := range v {
		if c := strings.Compare(b.Text(*v[i]), b.Text(*w[i])); c != 0 {
			return c
		}
	}
	return 0
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
