package responses

import (
	"reflect"
	"runtime/debug"
)

// handBack is after how many bytes of moved facts the memory that they left is
// given back: else all of them would be there twice at the end.
const handBack = 64 << 20

// Join moves the facts of parts into one batch. The parts must not be used
// afterwards; one alone is returned as it is.
func Join(parts []*Batch) *Batch {
	if len(parts) == 1 {
		return parts[0]
	}
	all := new(Batch)
	if len(parts) > 0 {
		all = parts[0].Beside()
	}
	for _, p := range parts {
		all.adopt(p)
	}
	m := mover{}
	all.Votes = move(&m, parts, func(b *Batch) *[]Vote { return &b.Votes })
	all.Invitations = move(&m, parts, func(b *Batch) *[]Invitation { return &b.Invitations })
	all.Contacts = move(&m, parts, func(b *Batch) *[]Contact { return &b.Contacts })
	all.Complaints = move(&m, parts, func(b *Batch) *[]Complaint { return &b.Complaints })
	all.Deliveries = move(&m, parts, func(b *Batch) *[]Delivery { return &b.Deliveries })
	all.Transitions = move(&m, parts, func(b *Batch) *[]Transition { return &b.Transitions })
	all.Escalations = move(&m, parts, func(b *Batch) *[]Escalation { return &b.Escalations })
	if m.total > handBack {
		debug.FreeOSMemory()
	}
	return all
}

// mover counts the bytes that were moved: in all, and since memory was given back.
type mover struct{ total, since uintptr }

// move puts one kind of facts of all parts into one slice of exactly their number.
func move[F any](m *mover, parts []*Batch, facts func(*Batch) *[]F) []F {
	n, size := 0, reflect.TypeFor[F]().Size()
	for _, p := range parts {
		n += len(*facts(p))
	}
	if n == 0 {
		return nil
	}
	all := make([]F, 0, n)
	for _, p := range parts {
		part := facts(p)
		all = append(all, *part...)
		bytes := uintptr(len(*part)) * size
		*part = nil
		if m.total, m.since = m.total+bytes, m.since+bytes; m.since > handBack {
			m.since = 0
			debug.FreeOSMemory()
		}
	}
	return all
}

// Append moves the facts of o into b. o must not be used afterwards.
func (b *Batch) Append(o *Batch) {
	b.adopt(o)
	appendTo(&b.Votes, o.Votes)
	appendTo(&b.Invitations, o.Invitations)
	appendTo(&b.Contacts, o.Contacts)
	appendTo(&b.Complaints, o.Complaints)
	appendTo(&b.Deliveries, o.Deliveries)
	appendTo(&b.Transitions, o.Transitions)
	appendTo(&b.Escalations, o.Escalations)
	*o = Batch{}
}

func appendTo[F any](to *[]F, facts []F) {
	if len(*to) == 0 && cap(*to) < len(facts) {
		*to = facts
		return
	}
	*to = append(*to, facts...)
}

// adopt gives the facts of o names of b.
func (b *Batch) adopt(o *Batch) {
	if o.names == b.names {
		return
	}
	to := make([]Name, len(o.texts())+1)
	for i, s := range o.texts() {
		to[i+1] = b.Name(s)
	}
	o.rename(to)
}

// rename gives the facts of b the names that to says.
func (b *Batch) rename(to []Name) {
	for i := range b.Votes {
		v := &b.Votes[i]
		v.Touchpoint, v.Device, v.Reason, v.Topic = to[v.Touchpoint], to[v.Device], to[v.Reason], to[v.Topic]
		v.Card, v.Phase, v.Answers = to[v.Card], to[v.Phase], to[v.Answers]
	}
	for i := range b.Invitations {
		b.Invitations[i].Touchpoint = to[b.Invitations[i].Touchpoint]
	}
	for i := range b.Contacts {
		c := &b.Contacts[i]
		c.Topic, c.Touchpoint = to[c.Topic], to[c.Touchpoint]
	}
	for i := range b.Complaints {
		c := &b.Complaints[i]
		c.Touchpoint, c.Category, c.Device, c.Topic = to[c.Touchpoint], to[c.Category], to[c.Device], to[c.Topic]
	}
	for i := range b.Transitions {
		for _, n := range b.Transitions[i].names() {
			*n = to[*n]
		}
	}
	for i := range b.Escalations {
		for _, n := range b.Escalations[i].names() {
			*n = to[*n]
		}
	}
}
