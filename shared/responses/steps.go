package responses

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"strings"
	"time"
)

// steps takes the steps of cases out of the batch.
func (s *Set) steps(w Window, l *left) {
	b := s.batch
	within := func(int64) bool { return true }
	if w.Zone != nil {
		from, to := w.instants()
		within = func(at int64) bool {
			ok := from <= at && at < to
			if !ok {
				l.outside++
			}
			return ok
		}
	}
	var room sorter
	places := b.places()
	s.transitions = firsts(&room, l, only(b.Transitions, func(t *Transition) bool { return within(t.At) }),
		func(t *Transition) uint64 { return uint64(places[t.Case])<<32 | uint64(t.Seq) }, b.compareTransitions,
		func(*Transition, *Transition) bool { return true }) // those of one rank
	s.escalations = firsts(&room, l, only(b.Escalations, func(e *Escalation) bool { return within(e.Raised) }),
		func(e *Escalation) uint64 { return binary.BigEndian.Uint64(e.Event[:8]) }, b.compareEscalations,
		func(e, f *Escalation) bool { return *e == *f })
}

// places are the ranks of the texts of all names, by name.
func (b *Batch) places() []uint32 {
	names := make([]Name, len(b.texts())+1)
	for i := range names {
		names[i] = Name(i)
	}
	slices.SortFunc(names, func(m, n Name) int { return strings.Compare(b.Text(m), b.Text(n)) })
	places := make([]uint32, len(names))
	for i, n := range names {
		places[n] = uint32(i)
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
