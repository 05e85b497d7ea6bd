package responses

import "hash/fnv"

// Halves parts the facts of b by one bit, 0 to 63, counted from the end of the
// event id; transitions by one of the hash of their case. What belongs together
// stays together: facts of one event, entries of one case. b must not be used
// afterwards.
func (b *Batch) Halves(bit int) (zeros, ones *Batch) {
	event := func(id [16]byte) bool { return id[15-bit/8]>>(bit%8)&1 == 1 }
	zeros, ones = b.Beside(), b.Beside()
	part(b.Votes, &zeros.Votes, &ones.Votes, func(v *Vote) bool { return event(v.Event) })
	part(b.Invitations, &zeros.Invitations, &ones.Invitations, func(i *Invitation) bool { return event(i.Event) })
	part(b.Contacts, &zeros.Contacts, &ones.Contacts, func(c *Contact) bool { return event(c.Event) })
	part(b.Complaints, &zeros.Complaints, &ones.Complaints, func(c *Complaint) bool { return event(c.Event) })
	part(b.Deliveries, &zeros.Deliveries, &ones.Deliveries, func(d *Delivery) bool { return event(d.Event) })
	part(b.Escalations, &zeros.Escalations, &ones.Escalations, func(e *Escalation) bool { return event(e.Event) })
	part(b.Transitions, &zeros.Transitions, &ones.Transitions, func(t *Transition) bool {
		h := fnv.New64a()
		h.Write([]byte(b.Text(t.Case)))
		return h.Sum64()>>bit&1 == 1
	})
	return zeros, ones
}

// Len is how many facts b holds; a contact is part of its invitation.
func (b *Batch) Len() int {
	return len(b.Votes) + len(b.Invitations) + len(b.Complaints) + len(b.Deliveries) + len(b.Transitions) + len(b.Escalations)
}

func part[F any](facts []F, zeros, ones *[]F, one func(*F) bool) {
	for i := range facts {
		to := zeros
		if one(&facts[i]) {
			to = ones
		}
		*to = append(*to, facts[i])
	}
}
