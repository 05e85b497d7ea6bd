package responses

import (
	"bytes"
	"cmp"
	"iter"
	"math"
	"slices"
	"time"
)

// Response is what one customer said about one contact: its votes, folded.
type Response struct {
	Key Key
	// At is the effective time of the first vote, in milliseconds since 1970
	// UTC. The response belongs to the month of At, even when it was changed in
	// the next.
	At    int64
	First *Vote
	Vote  *Vote // the vote that counts: the last within the edit window
	// Accepted counts the votes within the window, the first included; Ignored
	// those after it.
	Accepted, Ignored int
	// Changed counts the accepted votes that gave another rating than the one
	// they replaced. A vote that only adds, such as a reason, changes none.
	Changed int
	Skewed  int // votes placed by received_at
	// Assisted: staff keyed it in. A customer's own vote outranks assisted ones:
	// where there is one, only own votes are folded and Overruled counts the
	// assisted, so that nobody can edit a vote by keying in another.
	Assisted  bool
	Overruled int
}

// Folding are the responses as known at a cutoff.
type Folding struct {
	set       *Set
	rules     Rules
	cutoff    int64
	debounced bits
}

// Fold folds the votes received before cutoff; the zero time is no cutoff.
func (s *Set) Fold(rules Rules, cutoff time.Time) *Folding {
	f := &Folding{set: s, rules: rules, cutoff: milliseconds(cutoff)}
	f.debounce()
	return f
}

func milliseconds(cutoff time.Time) int64 {
	if cutoff.IsZero() {
		return math.MaxInt64
	}
	return cutoff.UnixMilli()
}

// debounce marks taps that came too soon after the previous one on the same
// device, whether that one was accepted or not. Distances are measured on the
// device's own clock, which a wrong offset does not change.
func (f *Folding) debounce() {
	var last *tap
	for i := range f.set.taps {
		t := &f.set.taps[i]
		if t.received >= f.cutoff {
			continue
		}
		if last != nil && last.device == t.device {
			if d := t.submitted - last.submitted; d >= 0 && d < f.rules.Debounce.Milliseconds() {
				f.debounced.set(t.vote, len(f.set.votes))
			}
		}
		last = t
	}
}

// Debounced are the taps left out, device by device in order of time.
func (f *Folding) Debounced() iter.Seq[*Vote] {
	return func(yield func(*Vote) bool) {
		for i := range f.set.taps {
			if n := f.set.taps[i].vote; f.debounced.has(n) && !yield(&f.set.votes[n]) {
				return
			}
		}
	}
}

// Responses are the responses in order of their key.
func (f *Folding) Responses() iter.Seq[Response] {
	return func(yield func(Response) bool) {
		var group []*Vote
		for start, end := range f.set.groups() {
			group = group[:0]
			for i := start; i < end; i++ {
				if v := &f.set.votes[i]; v.Received < f.cutoff && !f.debounced.has(uint32(i)) {
					group = append(group, v)
				}
			}
			if len(group) > 0 && !yield(f.rules.fold(group)) {
				return
			}
		}
	}
}

// groups are the runs of votes with the same response key, as indices [start, end).
func (s *Set) groups() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for start := 0; start < len(s.votes); {
			end := start + 1
			for end < len(s.votes) && s.votes[end].Key == s.votes[start].Key {
				end++
			}
			if !yield(start, end) {
				return
			}
			start = end
		}
	}
}

// fold folds the votes of one response, at least one; it reorders group.
func (r Rules) fold(group []*Vote) Response {
	if len(group) == 1 {
		v := group[0]
		out := Response{Key: v.Key, At: v.Submitted, First: v, Vote: v, Accepted: 1, Assisted: v.Flags&Assisted != 0}
		if r.Skewed(v) {
			out.At, out.Skewed = v.Received, 1
		}
		return out
	}
	slices.SortFunc(group, r.compare)
	counted := group[:0:0]
	for _, v := range group {
		if v.Flags&Assisted == 0 {
			counted = append(counted, v)
		}
	}
	out := Response{Assisted: len(counted) == 0}
	if out.Assisted {
		counted = group
	}
	out.Overruled = len(group) - len(counted)
	out.First, out.Key, out.At = counted[0], counted[0].Key, r.Effective(counted[0])
	for _, v := range counted {
		if r.Skewed(v) {
			out.Skewed++
		}
		if r.Effective(v) > out.At+r.EditWindow.Milliseconds() {
			out.Ignored++
			continue
		}
		if out.Vote != nil && (v.Scale != out.Vote.Scale || v.Rating != out.Vote.Rating) {
			out.Changed++
		}
		out.Accepted++
		out.Vote = v
	}
	return out
}

// compare orders the votes of a response by (submitted_at, received_at,
// event_id), with received_at in place of a submitted_at that is not believed;
// among those of one upload the device's order stands.
func (r Rules) compare(v, w *Vote) int {
	return cmp.Or(
		cmp.Compare(r.Effective(v), r.Effective(w)),
		cmp.Compare(v.Received, w.Received),
		cmp.Compare(v.Submitted, w.Submitted),
		bytes.Compare(v.Event[:], w.Event[:]),
	)
}

// Late are the votes received at or after since and, where that is not zero, before
// until that touch the responses of [start, end): whose response has its first vote there, with or without them.
// They come in order of (submitted, received, event id).
func (s *Set) Late(rules Rules, since, until, start, end time.Time) []*Vote {
	freeze, seen, from, to := since.UnixMilli(), bound(until), start.UnixMilli(), end.UnixMilli()
	within := func(group []*Vote) bool {
		if len(group) == 0 {
			return false
		}
		at := rules.fold(group).At
		return from <= at && at < to
	}
	var late, all, known []*Vote
	for start, end := range s.groups() {
		all, known = all[:0], known[:0]
		for i := start; i < end; i++ {
			v := &s.votes[i]
			if v.Received >= seen {
				continue
			}
			all = append(all, v)
			if v.Received < freeze {
				known = append(known, v)
			}
		}
		if len(known) == len(all) || !within(all) && !within(known) {
			continue
		}
		for _, v := range all {
			if v.Received >= freeze {
				late = append(late, v)
			}
		}
	}
	slices.SortFunc(late, func(v, w *Vote) int {
		return cmp.Or(cmp.Compare(v.Submitted, w.Submitted), cmp.Compare(v.Received, w.Received), bytes.Compare(v.Event[:], w.Event[:]))
	})
	return late
}

// bound is t in milliseconds since 1970 UTC; of no time, one that never comes.
func bound(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return t.UnixMilli()
}

// LateFailures are the deliveries received at or after since and, where that is not
// zero, before until that failed, each with its invitation, which was issued in [start, end): in order of the response
// key, then the event id.
func (s *Set) LateFailures(since, until, start, end time.Time) iter.Seq2[*Delivery, *Invitation] {
	freeze, seen, from, to := since.UnixMilli(), bound(until), start.UnixMilli(), end.UnixMilli()
	return func(yield func(*Delivery, *Invitation) bool) {
		rest := s.invitations
		for i := range s.deliveries {
			d := &s.deliveries[i]
			if d.Received < freeze || d.Received >= seen || !d.Failed() {
				continue
			}
			for len(rest) > 0 && rest[0].Key.Compare(d.Key) < 0 {
				rest = rest[1:]
			}
			if len(rest) == 0 {
				return
			}
			if inv := &rest[0]; inv.Key == d.Key && from <= inv.Issued && inv.Issued < to && !yield(d, inv) {
				return
			}
		}
	}
}

// bits is a set of indices.
type bits []uint64

func (b *bits) set(i uint32, n int) {
	if *b == nil {
		*b = make(bits, n/64+1)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b bits) has(i uint32) bool { return b != nil && b[i/64]&(1<<(i%64)) != 0 }
