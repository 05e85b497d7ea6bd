package responses

import (
	"bytes"
	"cmp"
	"strings"
)

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
		name(v.Card, w.Card),
		name(v.Phase, w.Phase),
		name(v.Answers, w.Answers),
	)
}

func (b *Batch) compareInvitations(v, w *Invitation) int {
	if c := bytes.Compare(v.Event[:], w.Event[:]); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(v.Key.Month, w.Key.Month),
		cmp.Compare(v.Received, w.Received),
		cmp.Compare(v.Issued, w.Issued),
		cmp.Compare(v.Expires, w.Expires),
		bytes.Compare(v.Key.ID[:], w.Key.ID[:]),
		cmp.Compare(v.Channel, w.Channel),
		strings.Compare(b.Text(v.Touchpoint), b.Text(w.Touchpoint)),
		cmp.Compare(v.Segment, w.Segment),
		bytes.Compare(v.Language[:], w.Language[:]),
		compareBool(v.Skipped, w.Skipped),
	)
}

func (b *Batch) compareComplaints(c, d *Complaint) int {
	if n := bytes.Compare(c.Event[:], d.Event[:]); n != 0 {
		return n
	}
	name := func(m, n Name) int { return strings.Compare(b.Text(m), b.Text(n)) }
	return cmp.Or(
		cmp.Compare(c.Key.Month, d.Key.Month),
		cmp.Compare(c.Received, d.Received),
		cmp.Compare(c.Submitted, d.Submitted),
		bytes.Compare(c.Key.ID[:], d.Key.ID[:]),
		name(c.Category, d.Category),
		name(c.Touchpoint, d.Touchpoint),
		cmp.Compare(c.Channel, d.Channel),
		cmp.Compare(c.Annoyance, d.Annoyance),
		cmp.Compare(c.Flags, d.Flags),
		name(c.Device, d.Device),
		name(c.Topic, d.Topic),
		bytes.Compare(c.Language[:], d.Language[:]),
	)
}

func compareDeliveries(d, e *Delivery) int {
	return cmp.Or(
		bytes.Compare(d.Event[:], e.Event[:]),
		cmp.Compare(d.Key.Month, e.Key.Month),
		cmp.Compare(d.Received, e.Received),
		cmp.Compare(d.At, e.At),
		bytes.Compare(d.Key.ID[:], e.Key.ID[:]),
		cmp.Compare(d.Outcome, e.Outcome),
	)
}

func (b *Batch) compareContacts(c, d *Contact) int {
	return cmp.Or(
		bytes.Compare(c.Event[:], d.Event[:]),
		cmp.Compare(c.Key.Month, d.Key.Month),
		cmp.Compare(c.Received, d.Received),
		cmp.Compare(c.At, d.At),
		bytes.Compare(c.Key.ID[:], d.Key.ID[:]),
		strings.Compare(b.Text(c.Topic), b.Text(d.Topic)),
		strings.Compare(b.Text(c.Touchpoint), b.Text(d.Touchpoint)),
		compareBool(c.Known, d.Known),
		cmp.Compare(c.Resolved, d.Resolved),
		compareBool(c.Beyond, d.Beyond),
		cmp.Compare(c.Previous, d.Previous),
		c.PreviousKey.Compare(d.PreviousKey),
	)
}
