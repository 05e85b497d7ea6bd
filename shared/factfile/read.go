package factfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"resonanz/shared/responses"
)

// maxPage bounds a page, and maxRows the facts of a file; what lies beyond is
// taken for damage.
const (
	maxPage = 256 << 20
	maxRows = 64 << 20
)

func broken(what string, args ...any) error {
	return fmt.Errorf(what+": %w", append(args, ErrFormat)...)
}

func read[T any](columns []column[T], data []byte, b *responses.Batch, rows *[]T) error {
	meta, err := footer(data)
	if err != nil {
		return err
	}
	elements, err := leaves(meta)
	if err != nil {
		return err
	}
	if meta.NumRows < 0 || meta.NumRows > maxRows {
		return broken("%d rows", meta.NumRows)
	}
	*rows = slices.Grow(*rows, int(min(meta.NumRows, 1<<20)))
	for g := range meta.RowGroups {
		group := &meta.RowGroups[g]
		if len(group.Columns) != len(elements) || group.NumRows < 0 || group.NumRows > maxRows {
			return broken("row group %d does not fit the schema", g)
		}
		from := len(*rows)
		*rows = slices.Grow(*rows, int(group.NumRows))[:from+int(group.NumRows)]
		part := (*rows)[from:]
		clear(part)
		for i := range columns {
			c := &columns[i]
			at := slices.IndexFunc(elements, func(e *format.SchemaElement) bool { return e.Name == c.name })
			if at < 0 {
				if !c.optional {
					return broken("column %s is missing", c.name)
				}
				continue
			}
			if err := readChunk(c, elements[at], &group.Columns[at].MetaData, data, b, part); err != nil {
				if !errors.Is(err, ErrFormat) {
					err = fmt.Errorf("%w: %w", err, ErrFormat)
				}
				return fmt.Errorf("row group %d: column %s: %w", g, c.name, err)
			}
		}
	}
	return nil
}

func footer(data []byte) (*format.FileMetaData, error) {
	n := len(data)
	if n < 12 || string(data[:4]) != magic || string(data[n-4:]) != magic {
		return nil, broken("no Parquet file")
	}
	size := int64(binary.LittleEndian.Uint32(data[n-8:]))
	if size > int64(n-12) {
		return nil, broken("the footer is cut off")
	}
	meta := new(format.FileMetaData)
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), data[int64(n-8)-size:n-8], meta); err != nil {
		return nil, broken("the footer cannot be decoded")
	}
	return meta, nil
}

// leaves lists the columns of a flat schema.
func leaves(meta *format.FileMetaData) ([]*format.SchemaElement, error) {
	var out []*format.SchemaElement
	for i := range meta.Schema {
		e := &meta.Schema[i]
		if i == 0 {
			continue
		}
		if e.NumChildren.V > 0 || e.RepetitionType.V == format.Repeated {
			return nil, broken("column %s is nested", e.Name)
		}
		out = append(out, e)
	}
	return out, nil
}

// chunk is one column of one row group being read.
type chunk[T any] struct {
	column  *column[T]
	element *format.SchemaElement
	batch   *responses.Batch
	rows    []T     // those still to be filled
	codes   []int64 // of the dictionary, when values are numbers or words …
	words   [][]byte
	scale   int64 // divides a timestamp into milliseconds
	seen    map[string]int64
}

func readChunk[T any](c *column[T], e *format.SchemaElement, m *format.ColumnMetaData, data []byte, b *responses.Batch, rows []T) error {
	ch := &chunk[T]{column: c, element: e, batch: b, rows: rows}
	if err := ch.check(); err != nil {
		return err
	}
	start := m.DataPageOffset
	if m.DictionaryPageOffset > 0 {
		start = min(start, m.DictionaryPageOffset)
	}
	if start < 4 || start > int64(len(data)) {
		return broken("its offset lies outside the file")
	}
	r := bytes.NewReader(data[start:])
	decoder := thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(r))
	for len(ch.rows) > 0 {
		var h format.PageHeader
		if err := decoder.Decode(&h); err != nil {
			return broken("a page header cannot be decoded")
		}
		if h.CompressedPageSize < 0 || int(h.CompressedPageSize) > r.Len() || h.UncompressedPageSize < 0 || h.UncompressedPageSize > maxPage {
			return broken("a page is cut off")
		}
		body := data[len(data)-r.Len():][:h.CompressedPageSize]
		if _, err := r.Seek(int64(h.CompressedPageSize), 1); err != nil {
			return err
		}
		if h.CRC != 0 && uint32(h.CRC) != crc32.ChecksumIEEE(body) {
			return broken("a page is damaged: its checksum differs")
		}
		if err := ch.page(&h, m.Codec, body); err != nil {
			return err
		}
	}
	return nil
}

// check refuses a column whose type cannot hold its field.
func (ch *chunk[T]) check() error {
	t, ok := ch.element.Type.V, false
	switch ch.column.form {
	case number:
		ok = t == format.Int32 || t == format.Int64
	case truth:
		ok = t == format.Boolean
	case timestamp:
		ok = t == format.Int64
		ch.scale = 1
		if ts, is := ch.element.LogicalType.Value.(*format.TimestampType); is {
			switch ts.Unit.Value.(type) {
			case *format.MicroSeconds:
				ch.scale = 1e3
			case *format.NanoSeconds:
				ch.scale = 1e6
			}
		}
	default:
		ok = t == format.ByteArray || t == format.FixedLenByteArray && ch.element.TypeLength.V > 0
	}
	if !ok {
		return broken("type %s cannot hold it", t)
	}
	return nil
}

func (ch *chunk[T]) page(h *format.PageHeader, codec format.CompressionCodec, body []byte) error {
	switch h.Type {
	case format.DictionaryPage:
		plain, err := unpack(codec, body, int(h.UncompressedPageSize))
		if err != nil {
			return err
		}
		return ch.dictionary(plain, int(h.DictionaryPageHeader.V.NumValues))
	case format.DataPage:
		plain, err := unpack(codec, body, int(h.UncompressedPageSize))
		if err != nil {
			return err
		}
		n := int(h.DataPageHeader.V.NumValues)
		if n < 0 || n > len(ch.rows) {
			return broken("a page has more values than the row group")
		}
		var levels []byte
		if ch.nullable() {
			if len(plain) < 4 {
				return broken("a page is cut off")
			}
			size := int64(binary.LittleEndian.Uint32(plain))
			if size > int64(len(plain)-4) {
				return broken("a page is cut off")
			}
			levels, plain = plain[4:4+size], plain[4+size:]
		}
		return ch.values(h.DataPageHeader.V.Encoding, levels, plain, n)
	case format.DataPageV2:
		v2 := &h.DataPageHeaderV2.V
		n, skip, size := int(v2.NumValues), int(v2.RepetitionLevelsByteLength), int(v2.DefinitionLevelsByteLength)
		if n < 0 || n > len(ch.rows) || skip < 0 || size < 0 || skip+size > len(body) {
			return broken("a page does not fit the row group")
		}
		levels, plain := body[skip:skip+size], body[skip+size:]
		if !v2.IsCompressed.Valid || v2.IsCompressed.V {
			var err error
			if plain, err = unpack(codec, plain, int(h.UncompressedPageSize)-skip-size); err != nil {
				return err
			}
		}
		return ch.values(v2.Encoding, levels, plain, n)
	}
	return nil // an index page: nothing to read
}

func (ch *chunk[T]) nullable() bool { return ch.element.RepetitionType.V != format.Required }
