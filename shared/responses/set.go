package responses

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"maps"
	"slices"
	"strings"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Set are the distinct facts of some months. The same facts make the same Set,
// whatever order, duplicates or files they came in.
type Set struct {
	batch       *Batch
	votes       []uint32 // distinct votes by event id
	byKey       []uint32 // the same, by response key
	taps        []uint32 // those of devices; see addTaps
	invitations []uint32 // distinct invitations by event id
	invitedKeys []uint32 // the same, by response key

	// What reading the facts met.
	Facts      int64 // facts in the batch
	Duplicates int64 // facts that repeat an event
	Invalid    int64 // votes that lie on no scale; left out
	Outside    int64 // facts of other months; left out
}

// NewSet takes over b and keeps the facts whose response key was issued in one
// of the months from first to last.
//
// The same event counts once. Should two facts of one event differ, that of the
// earlier month, then the earlier received, then the smaller in the order of
// the fields wins: facts of later months never change what earlier ones say.
func NewSet(b *Batch, first, last period.Period) *Set {
	s := &Set{batch: b, Facts: int64(len(b.Votes) + len(b.Invitations))}
	from, to := first.Index(), last.Index()
	within := func(k Key) bool { return from <= int(k.Month) && int(k.Month) <= to }

	pairs := make([]pair, 0, max(len(b.Votes), len(b.Invitations)))
	for i := range b.Votes {
		switch v := &b.Votes[i]; {
		case !within(v.Key):
			s.Outside++
		case !v.valid():
			s.Invalid++
		default:
			pairs = append(pairs, pair{binary.BigEndian.Uint64(v.Event[:8]), uint32(i)})
		}
	}
	sortPairs(pairs, func(i, j uint32) int { return b.compareVotes(&b.Votes[i], &b.Votes[j]) })
	s.votes = make([]uint32, 0, len(pairs))
	for _, p := range pairs {
		if n := len(s.votes); n > 0 && b.Votes[s.votes[n-1]].Event == b.Votes[p.i].Event {
			s.Duplicates++
			continue
		}
		s.votes = append(s.votes, p.i)
	}

	pairs = pairs[:0]
	for _, i := range s.votes {
		pairs = append(pairs, pair{b.Votes[i].Key.prefix(), i})
	}
	sortPairs(pairs, func(i, j uint32) int {
		v, w := &b.Votes[i], &b.Votes[j]
		return cmp.Or(v.Key.Compare(w.Key), bytes.Compare(v.Event[:], w.Event[:]))
	})
	s.byKey = indices(pairs)

	s.addTaps()
	s.addInvitations(pairs[:0], within)
	return s
}

// addTaps lists the taps device by device. Within a device they stand by the
// month of the response key, so that taps of a later month never come before
// those of an earlier one, then by the device's own clock.
func (s *Set) addTaps() {
	votes := s.batch.Votes
	devices := make(map[Name][]pair)
	n := 0
	for _, i := range s.votes {
		if v := &votes[i]; v.isTap() {
			prefix := uint64(v.Key.Month)<<48 | uint64(max(v.Submitted, 0))&(1<<48-1)
			devices[v.Device] = append(devices[v.Device], pair{prefix, i})
			n++
		}
	}
	s.taps = make([]uint32, 0, n)
	for _, device := range slices.Sorted(maps.Keys(devices)) {
		pairs := devices[device]
		sortPairs(pairs, func(i, j uint32) int {
			v, w := &votes[i], &votes[j]
			return cmp.Or(cmp.Compare(v.Submitted, w.Submitted), cmp.Compare(v.Received, w.Received), bytes.Compare(v.Event[:], w.Event[:]))
		})
		for _, p := range pairs {
			s.taps = append(s.taps, p.i)
		}
	}
}

func (s *Set) addInvitations(pairs []pair, within func(Key) bool) {
	b := s.batch
	for i := range b.Invitations {
		if !within(b.Invitations[i].Key) {
			s.Outside++
			continue
		}
		pairs = append(pairs, pair{binary.BigEndian.Uint64(b.Invitations[i].Event[:8]), uint32(i)})
	}
	sortPairs(pairs, func(i, j uint32) int { return b.compareInvitations(&b.Invitations[i], &b.Invitations[j]) })
	distinct := pairs[:0]
	for _, p := range pairs {
		if n := len(distinct); n > 0 && b.Invitations[distinct[n-1].i].Event == b.Invitations[p.i].Event {
			s.Duplicates++
			continue
		}
		distinct = append(distinct, p)
	}
	s.invitations = indices(distinct)
	for k := range distinct {
		distinct[k].prefix = b.Invitations[distinct[k].i].Key.prefix()
	}
	sortPairs(distinct, func(i, j uint32) int {
		v, w := &b.Invitations[i], &b.Invitations[j]
		return cmp.Or(v.Key.Compare(w.Key), bytes.Compare(v.Event[:], w.Event[:]))
	})
	s.invitedKeys = indices(distinct)
}

// Batch is where the Set's facts live; its Names give the texts.
func (s *Set) Batch() *Batch { return s.batch }

// Invitations are the distinct invitations in order of the response key.
func (s *Set) Invitations() iter.Seq[*Invitation] {
	return func(yield func(*Invitation) bool) {
		for _, i := range s.invitedKeys {
			if !yield(&s.batch.Invitations[i]) {
				return
			}
		}
	}
}

// pair is an index with the first bytes of its sort key beside it, so that
// sorting seldom has to look at the fact itself.
type pair struct {
	prefix uint64
	i      uint32
}

func sortPairs(pairs []pair, full func(i, j uint32) int) {
	slices.SortFunc(pairs, func(p, q pair) int {
		if p.prefix != q.prefix {
			if p.prefix < q.prefix {
				return -1
			}
			return 1
		}
		return full(p.i, q.i)
	})
}

func indices(pairs []pair) []uint32 {
	out := make([]uint32, len(pairs))
	for k, p := range pairs {
		out[k] = p.i
	}
	return out
}

func (k Key) prefix() uint64 {
	return uint64(k.Month)<<48 | binary.BigEndian.Uint64(k.ID[:8])>>16
}

// Compare orders keys by month, then id.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Month, o.Month), bytes.Compare(k.ID[:], o.ID[:]))
}

// isTap reports whether v was tapped on a shared device and so may be a double tap.
func (v *Vote) isTap() bool {
	if v.Device == 0 {
		return false
	}
	c := feedback.Channels[v.Channel]
	return c == feedback.Kiosk || c == feedback.Terminal
}

// valid reports whether v lies on its scale and channel.
func (v *Vote) valid() bool {
	if int(v.Channel) >= len(feedback.Channels) || int(v.Scale) >= len(Scales) {
		return false
	}
	return Scales[v.Scale].Valid(int(v.Rating))
}

// compareVotes is a total order of vote contents, event id first; names compare
// by their text, since interning depends on reading order.
func (b *Batch) compareVotes(v, w *Vote) int {
	if c := bytes.Compare(v.Event[:], w.Event[:]); c != 0 {
		return c
	}
	name := func(m, n Name) int { return strings.Compare(b.Text(m), b.Text(n)) }
	return cmp.Or(
		cmp.Compare(v.Key.Month, w.Key.Month),
		cmp.Compare(v.Received, w.Received),
		cmp.Compare(v.Submitted, w.Submitted),
		bytes.Compare(v.Key.ID[:], w.Key.ID[:]),
		cmp.Compare(v.Scale, w.Scale),
		cmp.Compare(v.Rating, w.Rating),
		cmp.Compare(v.Channel, w.Channel),
		name(v.Touchpoint, w.Touchpoint),
		name(v.Device, w.Device),
		cmp.Compare(v.Flags, w.Flags),
		name(v.Reason, w.Reason),
		name(v.Topic, w.Topic),
		cmp.Compare(v.NPS, w.NPS),
		cmp.Compare(v.CES, w.CES),
		cmp.Compare(v.Expect, w.Expect),
		cmp.Compare(v.Segment, w.Segment),
		bytes.Compare(v.Language[:], w.Language[:]),
	)
}

func (b *Batch) compareInvitations(v, w *Invitation) int {
	return cmp.Or(
		bytes.Compare(v.Event[:], w.Event[:]),
		cmp.Compare(v.Key.Month, w.Key.Month),
		cmp.Compare(v.Received, w.Received),
		cmp.Compare(v.Issued, w.Issued),
		cmp.Compare(v.Expires, w.Expires),
		bytes.Compare(v.Key.ID[:], w.Key.ID[:]),
		cmp.Compare(v.Channel, w.Channel),
		strings.Compare(b.Text(v.Touchpoint), b.Text(w.Touchpoint)),
		cmp.Compare(v.Segment, w.Segment),
		bytes.Compare(v.Language[:], w.Language[:]),
	)
}
