package factfile

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/parquet-go/parquet-go"

	"resonanz/shared/responses"
)

// write encodes the facts as rows of the struct R.
func write[T, R any](b *responses.Batch, facts []T, row func(*responses.Batch, *T) R) ([]byte, error) {
	var out bytes.Buffer
	w := parquet.NewGenericWriter[R](&out,
		parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(groupRows),
		parquet.CreatedBy("resonanz", "1", "facts"))
	var rows [256]R
	for part := range slices.Chunk(facts, len(rows)) {
		for i := range part {
			rows[i] = row(b, &part[i])
		}
		if _, err := w.Write(rows[:len(part)]); err != nil {
			return nil, fmt.Errorf("writing facts: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("writing facts: %w", err)
	}
	return out.Bytes(), nil
}

// normalise sorts the facts by the time they were received, then by event id,
// then by their contents, and drops exact copies.
func normalise(b *responses.Batch) {
	b.Votes = sorted(b.Votes, func(v *responses.Vote) (int64, [16]byte) { return v.Received, v.Event },
		func(v responses.Vote) string { return voteText(b, v) })
	b.Invitations = sorted(b.Invitations, func(i *responses.Invitation) (int64, [16]byte) { return i.Received, i.Event },
		func(i responses.Invitation) string { return invitationText(b, i) })
	b.Complaints = sorted(b.Complaints, func(c *responses.Complaint) (int64, [16]byte) { return c.Received, c.Event },
		func(c responses.Complaint) string { return complaintText(b, c) })
	b.Deliveries = sorted(b.Deliveries, func(d *responses.Delivery) (int64, [16]byte) { return d.Received, d.Event },
		func(d responses.Delivery) string { return fmt.Sprint(d) })
}

// sorted sorts facts; text orders those that share an event id and a time and
// yet differ. It must depend on texts, not on the numbers they happen to have.
func sorted[T comparable](facts []T, when func(*T) (int64, [16]byte), text func(T) string) []T {
	slices.SortFunc(facts, func(x, y T) int {
		a, e := when(&x)
		b, f := when(&y)
		if c := cmp.Or(cmp.Compare(a, b), bytes.Compare(e[:], f[:])); c != 0 || x == y {
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
