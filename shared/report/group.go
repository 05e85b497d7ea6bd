package report

import (
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// only leaves the facts of a group of touchpoints in the batch, and what is
// configured and given of them. Facts of other touchpoints go, with the fate of
// their mails; one kind stays: a contact that followed a contact of the group
// about the same matter, since it says that the first did not solve it, wherever
// it was.
func (in *Input) only() {
	if in.Group == "" && in.Only == nil {
		return
	}
	b := in.Facts
	var known named[*bool]
	ours := func(n responses.Name) bool {
		k := known.of(n)
		if *k == nil {
			one := in.Only[feedback.Touchpoint(b.Text(n))]
			*k = &one
		}
		return **k
	}
	b.Votes = slices.DeleteFunc(b.Votes, func(v responses.Vote) bool { return !ours(v.Touchpoint) })
	b.Invitations = slices.DeleteFunc(b.Invitations, func(i responses.Invitation) bool { return !ours(i.Touchpoint) })
	b.Complaints = slices.DeleteFunc(b.Complaints, func(c responses.Complaint) bool { return !ours(c.Touchpoint) })
	b.Transitions = slices.DeleteFunc(b.Transitions, func(t responses.Transition) bool { return !ours(t.Touchpoint) })
	b.Escalations = slices.DeleteFunc(b.Escalations, func(e responses.Escalation) bool { return !ours(e.Touchpoint) })

	mailed := make(map[responses.Key]bool, len(b.Deliveries)) // few: only what did not arrive is a fact
	for i := range b.Deliveries {
		mailed[b.Deliveries[i].Key] = false
	}
	for i := range b.Invitations {
		if _, ok := mailed[b.Invitations[i].Key]; ok {
			mailed[b.Invitations[i].Key] = true
		}
	}
	b.Deliveries = slices.DeleteFunc(b.Deliveries, func(d responses.Delivery) bool { return !mailed[d.Key] })

	followed := make(map[responses.Key]bool) // few as well
	for i := range b.Contacts {
		if c := &b.Contacts[i]; c.Previous != 0 && !ours(c.Touchpoint) {
			followed[c.PreviousKey] = false
		}
	}
	for i := range b.Contacts {
		c := &b.Contacts[i]
		if _, ok := followed[c.Key]; ok && ours(c.Touchpoint) {
			followed[c.Key] = true
		}
	}
	b.Contacts = slices.DeleteFunc(b.Contacts, func(c responses.Contact) bool {
		return !ours(c.Touchpoint) && (c.Previous == 0 || !followed[c.PreviousKey])
	})

	in.Touchpoints, in.Contacts = within(in.Touchpoints, in.Only), within(in.Contacts, in.Only)
	in.History = slices.Clone(in.History)
	for i := range in.History {
		in.History[i] = in.History[i].within(in.Only)
	}
}

// within is what p tells of a group of touchpoints: p itself where it tells of no
// others, else the sum of its touchpoints. What it tells of the whole alone, the
// categories and the NPS, says nothing of the group.
func (p Past) within(keys map[feedback.Touchpoint]bool) Past {
	places := within(p.Touchpoints, keys)
	if len(places) == len(p.Touchpoints) {
		return p
	}
	out := Past{Period: p.Period, Status: p.Status, Touchpoints: places}
	for _, c := range places {
		out.Counts.N += c.N
		out.Counts.Satisfied += c.Satisfied
		out.Counts.Low += c.Low
		out.Counts.Complaints += c.Complaints
		out.Counts.Contacts += c.Contacts
		out.Counts.AtContacts += c.AtContacts
	}
	return out
}

// within are the members of all whose key is one of keys.
func within[V any](all map[feedback.Touchpoint]V, keys map[feedback.Touchpoint]bool) map[feedback.Touchpoint]V {
	if all == nil {
		return nil
	}
	out := make(map[feedback.Touchpoint]V)
	for id, v := range all {
		if keys[id] {
			out[id] = v
		}
	}
	return out
}
