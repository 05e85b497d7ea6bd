package responses

import (
	"bytes"
	"cmp"
	"iter"
	"maps"
	"slices"
	"sync"

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
	var votes, invitations, complaints, deliveries, contacts, steps left
	var kinds sync.WaitGroup // of a processor each
	kinds.Go(func() {
		s.votes = distinct(&votes, b.Votes,
			func(v *Vote) bool {
				if !votes.within(w.Votes, v.Key) {
					return false
				}
				if !v.valid() {
					votes.invalid++
					return false
				}
				return true
			},
			func(v *Vote) (*[16]byte, Key) { return &v.Event, v.Key }, b.compareVotes)
		s.findTaps()
	})
	kinds.Go(func() {
		s.invitations = distinct(&invitations, b.Invitations,
			func(v *Invitation) bool { return invitations.within(w.Invitations, v.Key) },
			func(v *Invitation) (*[16]byte, Key) { return &v.Event, v.Key }, b.compareInvitations)
	})
	kinds.Go(func() {
		s.complaints = distinct(&complaints, b.Complaints,
			func(c *Complaint) bool { return complaints.within(w.Complaints, c.Key) },
			func(c *Complaint) (*[16]byte, Key) { return &c.Event, c.Key }, b.compareComplaints)
	})
	kinds.Go(func() {
		s.deliveries = distinct(&deliveries, b.Deliveries,
			func(d *Delivery) bool { return deliveries.within(w.Votes, d.Key) },
			func(d *Delivery) (*[16]byte, Key) { return &d.Event, d.Key }, compareDeliveries)
	})
	kinds.Go(func() {
		s.contacts = distinct(&contacts, b.Contacts,
			func(c *Contact) bool { return w.Invitations.hold(int(c.Key.Month)) },
			func(c *Contact) (*[16]byte, Key) { return &c.Event, c.Key }, b.compareContacts)
	})
	kinds.Go(func() { s.steps(w, &steps) })
	kinds.Wait()
	for _, l := range []left{votes, invitations, complaints, deliveries, steps} { // contacts are counted with their invitations
		s.Duplicates, s.Invalid, s.Outside = s.Duplicates+l.duplicates, s.Invalid+l.invalid, s.Outside+l.outside
	}
	b.Votes, b.Invitations, b.Complaints, b.Deliveries, b.Contacts, b.Transitions, b.Escalations = nil, nil, nil, nil, nil, nil, nil
	return s
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
