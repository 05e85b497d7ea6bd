package factfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"resonanz/shared/responses"
)

// maxRows bounds the facts of a file; those above fewRows must take a byte each at
// least, or a hostile file could make a great many of few bytes.
const (
	maxRows = 1 << 24
	fewRows = 1 << 20
)

// Times of facts lie in the years 1 to 9999, as those of JSON do: in milliseconds.
// A writer that takes micro- for milliseconds is found out by it.
const (
	earliest = -62_135_596_800_000
	latest   = 253_402_300_799_999
)

// codecs are those that are read. parquet-go asks for ever more memory on
// damaged LZ4, so that is not among them.
var codecs = []string{"ZSTD", "SNAPPY", "GZIP", "UNCOMPRESSED"}

// magic begins and ends every Parquet file.
const magic = "PAR1"

// read appends the facts in data, column by column, and calls each, unless it is
// nil, with what a row group added. parquet-go panics on some damaged files; that
// too becomes an error.
func read[T any](columns []column[T], data []byte, b *responses.Batch, facts *[]T, each func()) (err error) {
	defer func() {
		if recover() != nil {
			err = broken("the file is damaged")
		}
	}()
	n := len(data)
	if begins := string(data[:min(n, len(magic))]); strings.HasPrefix(magic, begins) && (n < 12 || string(data[n-len(magic):]) != magic) {
		return refused(Truncated, "the file is cut off")
	}
	// parquet-go takes the footer's length as it stands, and memory for it.
	if n < 12 || int64(binary.LittleEndian.Uint32(data[n-8:])) > int64(n-12) {
		return broken("no Parquet file, or a damaged one")
	}
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return broken("no Parquet file, or a damaged one")
	}
	if v, ok := f.Lookup(SchemaKey); ok && v != SchemaVersion {
		return refused(OtherSchema, "schema version: want %s", SchemaVersion)
	}
	if err := countable(f, n); err != nil {
		return err
	}
	r := reader[T]{batch: b, facts: facts}
	for g, group := range f.RowGroups() {
		r.from, r.rows = len(*facts), group.NumRows()
		for i := range columns {
			if err := r.column(&columns[i], f.Root().Column(columns[i].name), group.ColumnChunks()); err != nil {
				reason := Corrupt
				if errors.Is(err, errNoColumn) {
					reason = MissingColumn
				}
				return refused(reason, "row group %d: column %s: %v", g, columns[i].name, err)
			}
		}
		if each != nil {
			each()
		}
	}
	return nil
}

// countable refuses more rows than a file of so many bytes can have. What the file
// says of itself need not be what its row groups say.
func countable(f *parquet.File, bytes int) error {
	var rows int64
	for _, group := range f.RowGroups() {
		n := group.NumRows()
		if n < 0 || n > maxRows {
			return broken("%d rows: split files of more than %d", n, maxRows)
		}
		rows += n
	}
	switch rows = max(rows, f.NumRows()); {
	case f.NumRows() < 0 || rows > maxRows:
		return broken("%d rows: split files of more than %d", rows, maxRows)
	case rows > fewRows && rows > int64(bytes):
		return broken("%d rows in %d bytes", rows, bytes)
	}
	return nil
}

var errNoColumn = errors.New("it is missing")

// reader fills facts[from:from+rows] from the columns of a row group.
type reader[T any] struct {
	batch *responses.Batch
	facts *[]T
	from  int
	rows  int64
}

func (r *reader[T]) column(c *column[T], in *parquet.Column, chunks []parquet.ColumnChunk) error {
	if in == nil {
		if c.optional {
			return nil
		}
		return errNoColumn
	}
	if !in.Leaf() || in.MaxRepetitionLevel() > 0 {
		return errors.New("it is nested or a list")
	}
	if codec := in.Compression(); codec != nil && !slices.Contains(codecs, codec.String()) {
		return fmt.Errorf("compression %s is not read; %s are", codec, strings.Join(codecs, ", "))
	}
	cells := cells[T]{column: c, batch: r.batch, levels: byte(in.MaxDefinitionLevel())}
	var ok bool
	if cells.scale, ok = c.fits(in.Type()); !ok {
		cells.misfit = fmt.Errorf("type %s cannot hold it", in.Type())
		if !c.optional {
			return cells.misfit
		}
	}
	pages := chunks[in.Index()].Pages()
	defer pages.Close()
	at := r.from
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			if int64(at-r.from) != r.rows {
				return fmt.Errorf("%d values in a group of %d rows", at-r.from, r.rows)
			}
			return nil
		}
		if err != nil {
			return errors.New("a page is damaged")
		}
		n := page.NumValues()
		if n < 0 || int64(at-r.from)+n > r.rows || r.rows > maxRows {
			return errors.New("more values than rows")
		}
		if end := at + int(n); end > len(*r.facts) {
			r.grow(end, int(min(r.rows, groupRows))-at+r.from)
		}
		err = cells.fill((*r.facts)[at:at+int(n)], page)
		parquet.Release(page)
		if err != nil {
			return err
		}
		at += int(n)
	}
}

// grow makes the facts end at end, those that are new empty. Room is made for as
// many as rest at once, which is as far as a group of ours goes: the values of a
// larger one have to come first.
func (r *reader[T]) grow(end, rest int) {
	facts := *r.facts
	clear(facts[len(facts):min(end, cap(facts))]) // what a file left that could not be read
	*r.facts = slices.Grow(facts, max(rest, end-len(facts)))[:end]
}
