package factfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"resonanz/shared/responses"
)

// groupRows bounds a row group, and so the memory a reader needs at once.
const groupRows = 1 << 16

const magic = "PAR1"

var compressor = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
})

// file is a Parquet file being written.
type file struct {
	bytes.Buffer
	zstd   *zstd.Encoder
	footer format.FileMetaData
}

func write[T any](columns []column[T], b *responses.Batch, rows []T) ([]byte, error) {
	enc, err := compressor()
	if err != nil {
		return nil, fmt.Errorf("writing facts: %w", err)
	}
	f := &file{zstd: enc}
	f.WriteString(magic)
	f.footer = format.FileMetaData{Version: 1, NumRows: int64(len(rows)), CreatedBy: "resonanz version 1.0.0"}
	f.footer.Schema = append(f.footer.Schema, format.SchemaElement{Name: "fact", NumChildren: thrift.New(int32(len(columns)))})
	for i := range columns {
		f.footer.Schema = append(f.footer.Schema, columns[i].element())
		f.footer.ColumnOrders = append(f.footer.ColumnOrders, format.ColumnOrder{Value: new(format.TypeDefinedOrder)})
	}
	f.footer.RowGroups = []format.RowGroup{}
	for from := 0; from < len(rows); from += groupRows {
		if err := writeGroup(f, columns, b, rows[from:min(from+groupRows, len(rows))]); err != nil {
			return nil, fmt.Errorf("writing facts: %w", err)
		}
	}
	meta, err := thrift.Marshal(new(thrift.CompactProtocol), &f.footer)
	if err != nil {
		return nil, fmt.Errorf("writing facts: %w", err)
	}
	f.Write(meta)
	f.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(meta))))
	f.WriteString(magic)
	return f.Bytes(), nil
}

func writeGroup[T any](f *file, columns []column[T], b *responses.Batch, rows []T) error {
	g := format.RowGroup{NumRows: int64(len(rows)), FileOffset: int64(f.Len()), Ordinal: int16(len(f.footer.RowGroups))}
	for i := range columns {
		chunk, err := writeChunk(f, &columns[i], b, rows)
		if err != nil {
			return fmt.Errorf("column %s: %w", columns[i].name, err)
		}
		g.Columns = append(g.Columns, format.ColumnChunk{FileOffset: chunk.DataPageOffset, MetaData: chunk})
		g.TotalByteSize += chunk.TotalUncompressedSize
		g.TotalCompressedSize += chunk.TotalCompressedSize
	}
	f.footer.RowGroups = append(f.footer.RowGroups, g)
	return nil
}

// writeChunk writes one column of a row group: a dictionary page for words,
// then one data page.
func writeChunk[T any](f *file, c *column[T], b *responses.Batch, rows []T) (format.ColumnMetaData, error) {
	start := int64(f.Len())
	m := format.ColumnMetaData{
		Type: c.physical(), PathInSchema: []string{c.name}, Codec: format.Zstd, NumValues: int64(len(rows)),
		Encoding: []format.Encoding{format.Plain, format.RLE},
	}
	var page []byte
	if c.optional {
		levels := make([]uint8, len(rows))
		for i := range rows {
			if _, present := c.get(&rows[i]); present {
				levels[i] = 1
			} else {
				m.Statistics.NullCount++
			}
		}
		packed, err := (&rle.Encoding{BitWidth: 1}).EncodeLevels(nil, levels)
		if err != nil {
			return m, err
		}
		page = append(binary.LittleEndian.AppendUint32(page, uint32(len(packed))), packed...)
	}
	encoding := format.Plain
	if c.form == word {
		dict, codes := dictionary(c, b, rows)
		m.Encoding = append(m.Encoding, format.RLEDictionary)
		encoding = format.RLEDictionary
		m.DictionaryPageOffset = start
		var plain []byte
		for _, s := range dict {
			plain = append(binary.LittleEndian.AppendUint32(plain, uint32(len(s))), s...)
		}
		err := f.page(&m, plain, format.PageHeader{Type: format.DictionaryPage,
			DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(len(dict)), Encoding: format.Plain})})
		if err != nil {
			return m, err
		}
		width := max(1, bits.Len(uint(max(1, len(dict))-1)))
		packed, err := (&rle.Encoding{BitWidth: width}).EncodeInt32(nil, codes)
		if err != nil {
			return m, err
		}
		page = append(append(page, byte(width)), packed...)
	} else {
		page = plain(page, c, rows, &m.Statistics)
	}
	m.DataPageOffset = int64(f.Len())
	return m, f.page(&m, page, format.PageHeader{Type: format.DataPage,
		DataPageHeader: thrift.New(format.DataPageHeader{
			NumValues: int32(len(rows)), Encoding: encoding, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
			Statistics: format.Statistics{NullCount: m.Statistics.NullCount},
		})})
}

// dictionary lists the different words of the rows, in order of appearance, and
// each present row's index into the list.
func dictionary[T any](c *column[T], b *responses.Batch, rows []T) (words []string, codes []int32) {
	index := make(map[int64]int32)
	codes = make([]int32, 0, len(rows))
	for i := range rows {
		v, present := c.get(&rows[i])
		if !present {
			continue
		}
		k, ok := index[v]
		if !ok {
			k = int32(len(words))
			index[v] = k
			words = append(words, c.label(b, v))
		}
		codes = append(codes, k)
	}
	return words, codes
}

// plain appends the present values as they are, and notes the range of numbers
// and times, by which engines skip row groups.
func plain[T any](page []byte, c *column[T], rows []T, s *format.Statistics) []byte {
	var lo, hi int64
	n := 0
	for i := range rows {
		if c.appendTo != nil {
			if c.form == text {
				at := len(page)
				page = c.appendTo(append(page, 0, 0, 0, 0), &rows[i])
				binary.LittleEndian.PutUint32(page[at:], uint32(len(page)-at-4))
			} else {
				page = c.appendTo(page, &rows[i])
			}
			continue
		}
		v, present := c.get(&rows[i])
		if !present {
			continue
		}
		switch c.form {
		case truth:
			if n%8 == 0 {
				page = append(page, 0)
			}
			page[len(page)-1] |= byte(v) << (n % 8)
		case timestamp:
			page = binary.LittleEndian.AppendUint64(page, uint64(v))
		default:
			page = binary.LittleEndian.AppendUint32(page, uint32(v))
		}
		if n == 0 || v < lo {
			lo = v
		}
		if n == 0 || v > hi {
			hi = v
		}
		n++
	}
	if n > 0 && c.form == timestamp {
		s.MinValue, s.MaxValue = binary.LittleEndian.AppendUint64(nil, uint64(lo)), binary.LittleEndian.AppendUint64(nil, uint64(hi))
	}
	if n > 0 && c.form == number {
		s.MinValue, s.MaxValue = binary.LittleEndian.AppendUint32(nil, uint32(lo)), binary.LittleEndian.AppendUint32(nil, uint32(hi))
	}
	return page
}

// page compresses body, writes it behind its header and counts it in m.
func (f *file) page(m *format.ColumnMetaData, body []byte, h format.PageHeader) error {
	packed := f.zstd.EncodeAll(body, nil)
	h.UncompressedPageSize, h.CompressedPageSize = int32(len(body)), int32(len(packed))
	h.CRC = int32(crc32.ChecksumIEEE(packed))
	head, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	if err != nil {
		return err
	}
	f.Write(head)
	f.Write(packed)
	m.TotalUncompressedSize += int64(len(head) + len(body))
	m.TotalCompressedSize += int64(len(head) + len(packed))
	return nil
}
