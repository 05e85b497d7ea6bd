package factfile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"resonanz/shared/responses"
)

// normalise sorts the facts by the time they were received, then by what names
// them, then by their contents, and drops exact copies.
func normalise(b *responses.Batch) {
	b.Votes = sorted(b.Votes, received(func(v *responses.Vote) (int64, [16]byte) { return v.Received, v.Event }),
		func(v responses.Vote) string { return voteText(b, v) })
	b.Invitations = sorted(b.Invitations, received(func(i *responses.Invitation) (int64, [16]byte) { return i.Received, i.Event }),
		func(i responses.Invitation) string { return invitationText(b, i) })
	b.Contacts = sorted(b.Contacts, received(func(c *responses.Contact) (int64, [16]byte) { return c.Received, c.Event }),
		func(c responses.Contact) string { return rowText(contactOf(b, &c)) })
	b.Complaints = sorted(b.Complaints, received(func(c *responses.Complaint) (int64, [16]byte) { return c.Received, c.Event }),
		func(c responses.Complaint) string { return complaintText(b, c) })
	b.Deliveries = sorted(b.Deliveries, received(func(d *responses.Delivery) (int64, [16]byte) { return d.Received, d.Event }),
		func(d responses.Delivery) string { return fmt.Sprint(d) })
	b.Transitions = sorted(b.Transitions, func(t, u *responses.Transition) int {
		return cmp.Or(cmp.Compare(t.At, u.At), strings.Compare(b.Text(t.Case), b.Text(u.Case)), cmp.Compare(t.Seq, u.Seq))
	}, func(t responses.Transition) string { return rowText(transitionOf(b, &t)) })
	b.Escalations = sorted(b.Escalations, received(func(e *responses.Escalation) (int64, [16]byte) { return e.At, e.Event }),
		func(e responses.Escalation) string { return rowText(escalationOf(b, &e)) })
}

// received orders by time, then by event id.
func received[T any](when func(*T) (int64, [16]byte)) func(x, y *T) int {
	return func(x, y *T) int {
		a, e := when(x)
		b, f := when(y)
		return cmp.Or(cmp.Compare(a, b), bytes.Compare(e[:], f[:]))
	}
}

// sorted sorts facts; text orders those that order finds equal and that yet
// differ. It must depend on texts, not on the numbers they happen to have.
func sorted[T comparable](facts []T, order func(x, y *T) int, text func(T) string) []T {
	slices.SortFunc(facts, func(x, y T) int {
		if c := order(&x, &y); c != 0 || x == y {
			return c
		}
		return cmp.Compare(text(x), text(y))
	})
	return slices.Compact(facts)
}

func voteText(b *responses.Batch, v responses.Vote) string {
	texts := []string{b.Text(v.Touchpoint), b.Text(v.Device), b.Text(v.Reason), b.Text(v.Topic), b.Text(v.Card), b.Text(v.Phase), b.Text(v.Answers)}
	v.Touchpoint, v.Device, v.Reason, v.Topic, v.Card, v.Phase, v.Answers = 0, 0, 0, 0, 0, 0, 0
	return fmt.Sprintf("%v %q", v, texts)
}

func invitationText(b *responses.Batch, i responses.Invitation) string {
	text := b.Text(i.Touchpoint)
	i.Touchpoint = 0
	return fmt.Sprintf("%v %q", i, text)
}

func complaintText(b *responses.Batch, c responses.Complaint) string {
	texts := []string{b.Text(c.Touchpoint), b.Text(c.Category), b.Text(c.Device), b.Text(c.Topic)}
	c.Touchpoint, c.Category, c.Device, c.Topic = 0, 0, 0, 0
	return fmt.Sprintf("%v %q", c, texts)
}

// rowText is what is written of a fact.
func rowText(row any) string {
	text, err := json.Marshal(row)
	if err != nil {
		panic(err) // rows are made of numbers and texts
	}
	return string(text)
}

// invited is a row of a file of invitations: the link, and what was told of the
// contact, which has a topic or is not there.
type invited struct {
	responses.Invitation
	contact responses.Contact
}

// errContact says that a contact belongs to no invitation of the batch: both are
// one fact.
var errContact = errors.New("a contact without its invitation")

// invitations are the rows of a normalised batch.
func invitations(b *responses.Batch) ([]invited, error) {
	rows := make([]invited, 0, len(b.Invitations))
	used, from := 0, 0
	order := func(i *responses.Invitation, c *responses.Contact) int {
		return cmp.Or(cmp.Compare(c.Received, i.Received), bytes.Compare(c.Event[:], i.Event[:]))
	}
	taken := make([]bool, len(b.Contacts))
	for _, i := range b.Invitations {
		for from < len(b.Contacts) && order(&i, &b.Contacts[from]) < 0 {
			from++
		}
		told := false
		for n := from; n < len(b.Contacts) && order(&i, &b.Contacts[n]) == 0; n++ {
			c := b.Contacts[n]
			if c.Key != i.Key || c.Touchpoint != i.Touchpoint {
				continue
			}
			rows = append(rows, invited{i, c})
			told = true
			if !taken[n] {
				taken[n] = true
				used++
			}
		}
		if !told {
			rows = append(rows, invited{Invitation: i})
		}
	}
	if used != len(b.Contacts) {
		return nil, errContact
	}
	return rows, nil
}
