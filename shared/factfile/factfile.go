// Package factfile keeps facts in Parquet objects, one per month, kind and
// batch, zstd-compressed, readable as they are by Athena, DuckDB and pandas.
package factfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// Kinds lists the kinds of facts, in the order in which a month is read. A card
// is a fact of kind rating: a vote with a card's other answers.
var Kinds = [...]feedback.Kind{
	feedback.KindRating, feedback.KindInvitation, feedback.KindComplaint, feedback.KindDelivery, KindTransition, KindEscalation,
}

// KindOf is the kind of fact that an event of the ledger becomes.
func KindOf(event feedback.Kind) feedback.Kind {
	if event == feedback.KindCard {
		return feedback.KindRating
	}
	return event
}

// Write returns the facts of one kind in b as a Parquet file. The order of the
// facts and facts that are exactly equal make no difference to the bytes; b is
// sorted and loses such duplicates.
func Write(kind feedback.Kind, b *responses.Batch) ([]byte, error) {
	normalise(b)
	switch kind {
	case feedback.KindRating:
		return write(b, b.Votes, ratingOf)
	case feedback.KindInvitation:
		rows, err := invitations(b)
		if err != nil {
			return nil, fmt.Errorf("writing facts: %w", err)
		}
		return write(b, rows, issuedOf)
	case feedback.KindComplaint:
		return write(b, b.Complaints, complaintOf)
	case feedback.KindDelivery:
		return write(b, b.Deliveries, deliveryOf)
	case KindTransition:
		return write(b, b.Transitions, transitionOf)
	case KindEscalation:
		return write(b, b.Escalations, escalationOf)
	}
	return nil, fmt.Errorf("writing facts: kind %q has no columns", kind)
}

// Read adds the facts in data, a Parquet file of the given kind, to b. Files of
// other writers are read too: columns in any order, flat, plain or dictionary
// encoded, uncompressed, snappy, gzip or zstd, timestamps in milli-, micro- or
// nanoseconds; columns that are missing but optional are empty, unknown ones are
// ignored. Times lie in the years 1 to 9999; ids and codes have 256 bytes at most,
// texts of JSON 64 KiB. On an error, which wraps ErrFormat, b holds none of the
// file's facts.
func Read(kind feedback.Kind, data []byte, b *responses.Batch) (err error) {
	switch kind {
	case feedback.KindRating:
		err = whole(&b.Votes, func() error {
			n := len(b.Votes)
			if err := read(voteColumns, data, b, &b.Votes, nil); err != nil {
				return err
			}
			return check(b.Votes[n:])
		})
	case feedback.KindInvitation:
		err = whole(&b.Invitations, func() error {
			return whole(&b.Contacts, func() error { return readInvitations(data, b) })
		})
	case feedback.KindComplaint:
		err = whole(&b.Complaints, func() error { return read(complaintColumns, data, b, &b.Complaints, nil) })
	case feedback.KindDelivery:
		err = whole(&b.Deliveries, func() error { return read(deliveryColumns, data, b, &b.Deliveries, nil) })
	case KindTransition:
		err = whole(&b.Transitions, func() error { return read(transitionColumns, data, b, &b.Transitions, nil) })
	case KindEscalation:
		err = whole(&b.Escalations, func() error { return read(escalationColumns, data, b, &b.Escalations, nil) })
	default:
		return fmt.Errorf("reading facts: kind %q has no columns: %w", kind, ErrFormat)
	}
	if err != nil {
		return fmt.Errorf("reading %s facts: %w", kind, err)
	}
	return nil
}

// readInvitations takes each row apart, a row group at a time.
func readInvitations(data []byte, b *responses.Batch) error {
	var rows []invited
	return read(invitationColumns, data, b, &rows, func() {
		told := 0
		for i := range rows {
			if rows[i].contact.Topic != 0 {
				told++
			}
		}
		b.Invitations, b.Contacts = slices.Grow(b.Invitations, len(rows)), slices.Grow(b.Contacts, told)
		for i := range rows {
			r := &rows[i]
			b.Invitations = append(b.Invitations, r.Invitation)
			if c := r.contact; c.Topic != 0 {
				c.Event, c.Key, c.Received, c.Touchpoint = r.Event, r.Key, r.Received, r.Touchpoint
				if c.At == 0 {
					c.At = r.Issued
				}
				b.Contacts = append(b.Contacts, c)
			}
		}
		rows = rows[:0]
	})
}

// whole takes back what add added when it fails.
func whole[T any](facts *[]T, add func() error) error {
	n := len(*facts)
	err := add()
	if err != nil {
		*facts = (*facts)[:n]
	}
	return err
}

// check refuses ratings that their scale does not have, and answers to the
// questions of no card.
func check(votes []responses.Vote) error {
	for i := range votes {
		v := &votes[i]
		if !responses.Scales[v.Scale].Valid(int(v.Rating)) {
			return broken("column rating: %v", errRange)
		}
		if v.Card == 0 && (v.Phase != 0 || v.Answers != 0) {
			return broken("column card: %v", errMissing)
		}
	}
	return nil
}

// Prefix is where the objects of one month and kind lie: the layout that Athena
// and DuckDB take for a partition.
func Prefix(month period.Period, kind feedback.Kind) string {
	return "facts/month=" + month.String() + "/" + string(kind) + "/"
}

// Key names the object that holds the facts of one month and kind in b: the
// same facts have the same name, so that a batch that comes again overwrites
// what it wrote.
func Key(month period.Period, kind feedback.Kind, b *responses.Batch) string {
	return Prefix(month, kind) + ID(kind, b) + ".parquet"
}

// merged is how the names of merged files begin.
const merged = "merged-"

// MergedKey names the object that several files were merged into.
func MergedKey(month period.Period, kind feedback.Kind, b *responses.Batch) string {
	return Prefix(month, kind) + merged + ID(kind, b) + ".parquet"
}

// IsMerged reports whether key names a merged file. Its facts were stored long
// before it was.
func IsMerged(key string) bool {
	_, name, ok := strings.Cut(strings.TrimPrefix(key, "facts/"), "/")
	_, name, _ = strings.Cut(name, "/")
	return ok && strings.HasPrefix(name, merged)
}

// ID is 32 hexadecimal digits of the SHA-256 of the sorted event ids: of a
// transition that of its case and number in it, of an escalation that of how it
// stood when.
func ID(kind feedback.Kind, b *responses.Batch) string {
	var ids [][16]byte
	switch kind {
	case feedback.KindInvitation:
		ids = eventsOf(b.Invitations, func(i *responses.Invitation) [16]byte { return i.Event })
	case feedback.KindComplaint:
		ids = eventsOf(b.Complaints, func(c *responses.Complaint) [16]byte { return c.Event })
	case feedback.KindDelivery:
		ids = eventsOf(b.Deliveries, func(d *responses.Delivery) [16]byte { return d.Event })
	case KindTransition:
		ids = eventsOf(b.Transitions, func(t *responses.Transition) [16]byte { return transitionID(b, t) })
	case KindEscalation:
		ids = eventsOf(b.Escalations, func(e *responses.Escalation) [16]byte { return standingID(b, e) })
	default:
		ids = eventsOf(b.Votes, func(v *responses.Vote) [16]byte { return v.Event })
	}
	slices.SortFunc(ids, func(a, b [16]byte) int { return slices.Compare(a[:], b[:]) })
	h := sha256.New()
	for _, id := range slices.Compact(ids) {
		h.Write(id[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func eventsOf[T any](facts []T, event func(*T) [16]byte) [][16]byte {
	ids := make([][16]byte, len(facts))
	for i := range facts {
		ids[i] = event(&facts[i])
	}
	return ids
}

// ParseKey turns an object's name back into its month and kind; ok is false for
// an object that is no fact file.
func ParseKey(key string) (month period.Period, kind feedback.Kind, ok bool) {
	part := strings.Split(key, "/")
	if len(part) != 4 || part[0] != "facts" || !strings.HasSuffix(part[3], ".parquet") {
		return month, "", false
	}
	name, found := strings.CutPrefix(part[1], "month=")
	month, err := period.Parse(name)
	kind = feedback.Kind(part[2])
	if !found || err != nil || !slices.Contains(Kinds[:], kind) {
		return period.Period{}, "", false
	}
	return month, kind, true
}
