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
	slices.SortFunc(b.Votes, func(x, y responses.Vote) int {
		if c := cmp.Or(cmp.Compare(x.Received, y.Received), bytes.Compare(x.Event[:], y.Event[:])); c != 0 || x == y {
			return c
		}
		return cmp.Compare(voteText(b, x), voteText(b, y))
	})
	b.Votes = slices.Compact(b.Votes)
	slices.SortFunc(b.Invitations, func(x, y responses.Invitation) int {
		if c := cmp.Or(cmp.Compare(x.Received, y.Received), bytes.Compare(x.Event[:], y.Event[:])); c != 0 || x == y {
			return c
		}
		return cmp.Compare(invitationText(b, x), invitationText(b, y))
	})
	b.Invitations = slices.Compact(b.Invitations)
}

// voteText orders facts that share an event id and a time and yet differ. It
// depends on texts, not on the numbers they happen to have in b.
func voteText(b *responses.Batch, v responses.Vote) string {
	texts := []string{b.Text(v.Touchpoint), b.Text(v.Device), b.Text(v.Reason), b.Text(v.Topic)}
	v.Touchpoint, v.Device, v.Reason, v.Topic = 0, 0, 0, 0
	return fmt.Sprintf("%v %q", v, texts)
}

func invitationText(b *responses.Batch, i responses.Invitation) string {
	text := b.Text(i.Touchpoint)
	i.Touchpoint = 0
	return fmt.Sprintf("%v %q", i, text)
}
