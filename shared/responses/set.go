package responses

import (
	"bytes"
	"cmp"
	"iter"
	"maps"
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Set are the distinct facts of some months. The same facts make the same Set,
// whatever order, duplicates or files they came in.
type Set struct {
	batch       *Batch
	votes       []Vote       // distinct, by response key, then event id
	invitations []Invitation // the same
	complaints  []Complaint  // the same
	deliveries  []Delivery   // the same
	contacts    []Contact    // the same
	transitions []Transition // distinct, by the text of the case, then seq
	escalations []Escalation // distinct, by event, then at, what is further on last
	taps        []tap

	// What reading the facts met.
	Facts      int64 // facts in the batch
	Duplicates int64 // facts that repeat an event
	Invalid    int64 // votes that lie on no scale; left out
	Outside    int64 // facts of other months; left out
}

// tap is a vote on a shared device, which may be a double tap.
type tap struct {
	submitted, received int64
	device              Name
	vote                uint32 // index into Set.votes
}

// NewSet takes the facts out of b and keeps those whose response key was issued
// in one of the months from first to last, and every step of a case. The names
// stay in b.
func NewSet(b *Batch, first, last period.Period) *Set {
	months := Months{first, last}
	return Select(b, Window{Votes: months, Invitations: months, Complaints: months})
}

// Select takes the facts out of b and keeps those of the window; one without a
// zone keeps every step of a case. The names stay in b.
//
// The same event counts once. Should two facts of one event differ, that of the
// earlier month, then the earlier received, then the smaller in the order of
// the fields wins: facts of later months never change what earlier ones say. A
// transition is told by its case and its place in the timeline.
func Select(b *Batch, w Window) *Set {
	s := &Set{batch: b, Facts: int64(len(b.Votes) + len(b.Invitations) + len(b.Complaints) + len(b.Deliveries) + len(b.Transitions) + len(b.Escalations))}
	within := func(m Months, k Key) bool {
		ok := m.hold(int(k.Month))
		if !ok {
			s.Outside++
		}
		return ok
	}
	var d sorter
	d.reserve(max(len(b.Votes), len(b.Invitations), len(b.Complaints), len(b.Deliveries), len(b.Contacts)))
	s.votes = distinct(&d, b.Votes,
		func(v *Vote) bool {
			if !within(w.Votes, v.Key) {
				return false
			}
			if !v.valid() {
				s.Invalid++
				return false
			}
			return true
		},
		func(v *Vote) (*[16]byte, Key) { return &v.Event, v.Key }, b.compareVotes, &s.Duplicates)
	s.invitations = distinct(&d, b.Invitations,
		func(v *Invitation) bool { return within(w.Invitations, v.Key) },
		func(v *Invitation) (*[16]byte, Key) { return &v.Event, v.Key }, b.compareInvitations, &s.Duplicates)
	s.complaints = distinct(&d, b.Complaints,
		func(c *Complaint) bool { return within(w.Complaints, c.Key) },
		func(c *Complaint) (*[16]byte, Key) { return &c.Event, c.Key }, b.compareComplaints, &s.Duplicates)
	s.deliveries = distinct(&d, b.Deliveries,
		func(d *Delivery) bool { return within(w.Votes, d.Key) },
		func(d *Delivery) (*[16]byte, Key) { return &d.Event, d.Key }, compareDeliveries, &s.Duplicates)
	var told int64 // contacts are counted with their invitations
	s.contacts = distinct(&d, b.Contacts,
		func(c *Contact) bool { return w.Invitations.hold(int(c.Key.Month)) },
		func(c *Contact) (*[16]byte, Key) { return &c.Event, c.Key }, b.compareContacts, &told)
	s.steps(w)
	b.Votes, b.Invitations, b.Complaints, b.Deliveries, b.Contacts, b.Transitions, b.Escalations = nil, nil, nil, nil, nil, nil, nil
	s.findTaps()
	return s
}

// distinct returns the facts that keep accepts, each event once, in order of
// the response key, then the event id; it reorders facts. Of the facts of one
// event the first by compare stays.
func distinct[F any](s *sorter, facts []F, keep func(*F) bool, ids func(*F) (*[16]byte, Key), compare func(a, b *F) int, duplicates *int64) []F {
	pairs := s.pairs[:0]
	for i := range facts {
		if keep(&facts[i]) {
			event, _ := ids(&facts[i])
			pairs = append(pairs, pair{eventPrefix(event), uint32(i)})
		}
	}
	pairs, spare := sortPairs(pairs, s.spare[:len(pairs)], func(i, j uint32) int { return compare(&facts[i], &facts[j]) })
	kept := pairs[:0]
	for _, p := range pairs {
		if n := len(kept); n > 0 && kept[n-1].prefix == p.prefix {
			a, _ := ids(&facts[kept[n-1].i])
			if b, _ := ids(&facts[p.i]); *a == *b {
				*duplicates++
				continue
			}
		}
		kept = append(kept, p)
	}

	for k := range kept {
		_, key := ids(&facts[kept[k].i])
		kept[k].prefix = key.prefix()
	}
	kept, spare = sortPairs(kept, spare[:len(kept)], func(i, j uint32) int {
		eventI, keyI := ids(&facts[i])
		eventJ, keyJ := ids(&facts[j])
		return cmp.Or(keyI.Compare(keyJ), bytes.Compare(eventI[:], eventJ[:]))
	})
	facts = gather(facts, kept, s.to[:len(facts)])
	s.pairs, s.spare = kept[:0], spare[:0]
	return facts
}

// gather moves the facts that order names to the front, in its order, so that
// whatever reads the Set reads memory forwards; it needs no second copy, only room
// for where each fact goes.
func gather[F any](facts []F, order []pair, to []uint32) []F {
	const unplaced = 1<<32 - 1
	for i := range to {
		to[i] = unplaced
	}
	for k, p := range order {
		to[p.i] = uint32(k)
	}
	rest := uint32(len(order))
	for i := range to {
		if to[i] == unplaced {
			to[i], rest = rest, rest+1
		}
	}
	for i := range facts {
		for to[i] != uint32(i) { // each swap brings one fact home
			j := to[i]
			facts[i], facts[j] = facts[j], facts[i]
			to[i], to[j] = to[j], j
		}
	}
	return facts[:len(order)]
}

// findTaps lists the taps device by device. Within a device they stand by the
// month of the response key, so that taps of a later month never come before
// those of an earlier one, then by the device's own clock.
func (s *Set) findTaps() {
	next := make(map[Name]int) // where the next tap of a device goes
	for i := range s.votes {
		if v := &s.votes[i]; v.isTap() {
			next[v.Device]++
		}
	}
	n := 0
	for _, device := range slices.Sorted(maps.Keys(next)) {
		next[device], n = n, n+next[device]
	}
	s.taps = make([]tap, n)
	for i := range s.votes { // in order of the month
		if v := &s.votes[i]; v.isTap() {
			s.taps[next[v.Device]] = tap{v.Submitted, v.Received, v.Device, uint32(i)}
			next[v.Device]++
		}
	}
	month := func(t *tap) uint16 { return s.votes[t.vote].Key.Month }
	for start := 0; start < n; {
		end := start + 1
		for end < n && s.taps[end].device == s.taps[start].device && month(&s.taps[end]) == month(&s.taps[start]) {
			end++
		}
		slices.SortFunc(s.taps[start:end], func(a, b tap) int {
			if a.submitted != b.submitted {
				return cmp.Compare(a.submitted, b.submitted)
			}
			v, w := &s.votes[a.vote], &s.votes[b.vote]
			return cmp.Or(cmp.Compare(a.received, b.received), bytes.Compare(v.Event[:], w.Event[:]))
		})
		start = end
	}
}

// Batch is what gives the texts of the Set's names.
func (s *Set) Batch() *Batch { return s.batch }

// Invitations are the distinct invitations in order of the response key: of
// those who were asked.
func (s *Set) Invitations() iter.Seq[*Invitation] {
	return func(yield func(*Invitation) bool) {
		for i := range s.invitations {
			if inv := &s.invitations[i]; !inv.Skipped && !yield(inv) {
				return
			}
		}
	}
}

// Complaints are the distinct complaints in order of the response key.
func (s *Set) Complaints() iter.Seq[*Complaint] { return pointers(s.complaints) }

// Deliveries are the distinct deliveries in order of the response key.
func (s *Set) Deliveries() iter.Seq[*Delivery] { return pointers(s.deliveries) }

func pointers[F any](facts []F) iter.Seq[*F] {
	return func(yield func(*F) bool) {
		for i := range facts {
			if !yield(&facts[i]) {
				return
			}
		}
	}
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
