package factfile

import (
	"bytes"
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
		parquet.KeyValueMetadata(SchemaKey, SchemaVersion),
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
