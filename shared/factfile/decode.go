package factfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

var decompressor = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxPage))
})

// unpack undoes the compression of a page of the given plain size.
func unpack(codec format.CompressionCodec, body []byte, size int) (plain []byte, err error) {
	if size < 0 || size > maxPage {
		return nil, broken("a page of %d bytes", size)
	}
	switch codec {
	case format.Uncompressed:
		plain = body
	case format.Zstd:
		var d *zstd.Decoder
		if d, err = decompressor(); err == nil {
			plain, err = d.DecodeAll(body, make([]byte, 0, size))
		}
	case format.Snappy:
		var n int
		if n, err = snappy.DecodedLen(body); err == nil && n == size {
			plain, err = snappy.Decode(nil, body)
		}
	case format.Gzip:
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(body)); err == nil {
			plain, err = io.ReadAll(io.LimitReader(z, int64(size)+1))
		}
	default:
		return nil, broken("compression %s is not read; zstd, snappy, gzip and none are", codec)
	}
	if err != nil || len(plain) != size {
		return nil, broken("a page cannot be decompressed")
	}
	return plain, nil
}

// dictionary reads the values that later pages refer to.
func (ch *chunk[T]) dictionary(plain []byte, n int) error {
	if n < 0 || n > len(plain)*8 {
		return broken("the dictionary is cut off")
	}
	for range n {
		v, s, rest, err := ch.next(plain)
		if err != nil {
			return broken("the dictionary is cut off")
		}
		plain = rest
		if ch.column.parse != nil {
			ch.words = append(ch.words, s)
			continue
		}
		if ch.column.form == word {
			if v, err = ch.column.code(ch.batch, string(s)); err != nil {
				return err
			}
		}
		ch.codes = append(ch.codes, v)
	}
	return nil
}

var errShort = errors.New("cut off")

// next takes one plain value: a number or bytes.
func (ch *chunk[T]) next(b []byte) (v int64, s, rest []byte, err error) {
	switch ch.element.Type.V {
	case format.Int32:
		if len(b) < 4 {
			return 0, nil, nil, errShort
		}
		return int64(int32(binary.LittleEndian.Uint32(b))), nil, b[4:], nil
	case format.Int64:
		if len(b) < 8 {
			return 0, nil, nil, errShort
		}
		v = int64(binary.LittleEndian.Uint64(b))
		if ch.scale > 1 {
			v = floorDiv(v, ch.scale)
		}
		return v, nil, b[8:], nil
	case format.FixedLenByteArray:
		n := int(ch.element.TypeLength.V)
		if len(b) < n {
			return 0, nil, nil, errShort
		}
		return 0, b[:n], b[n:], nil
	case format.ByteArray:
		if len(b) < 4 {
			return 0, nil, nil, errShort
		}
		n := int64(binary.LittleEndian.Uint32(b))
		if n > int64(len(b)-4) {
			return 0, nil, nil, errShort
		}
		return 0, b[4 : 4+n], b[4+n:], nil
	}
	return 0, nil, nil, broken("type %s is not read", ch.element.Type.V)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// values reads the n values of a data page into the next rows.
func (ch *chunk[T]) values(encoding format.Encoding, levels, plain []byte, n int) error {
	rows := ch.rows[:n]
	ch.rows = ch.rows[n:]
	var present runs // of 0 (absent) and 1
	if ch.nullable() {
		present = runs{b: levels, width: 1}
	}
	var indices runs
	var bit int
	switch encoding {
	case format.Plain:
	case format.RLEDictionary, format.PlainDictionary:
		if len(plain) == 0 {
			plain = []byte{1}
		}
		indices = runs{b: plain[1:], width: int(plain[0])}
		if indices.width > 32 {
			return broken("a page is damaged")
		}
	case format.RLE: // of truths
		if ch.column.form != truth || len(plain) < 4 {
			return broken("encoding %s is not read here", encoding)
		}
		indices = runs{b: plain[4:], width: 1}
	default:
		return broken("encoding %s is not read; plain and dictionary are", encoding)
	}
	for i := range rows {
		if ch.nullable() {
			p, ok := present.next()
			if !ok {
				return broken("a page is cut off")
			}
			if p == 0 {
				if !ch.column.optional {
					return broken("a value is missing")
				}
				continue
			}
		}
		var v int64
		var s []byte
		var err error
		switch {
		case encoding == format.Plain && ch.column.form == truth:
			if bit/8 >= len(plain) {
				return broken("a page is cut off")
			}
			v = int64(plain[bit/8] >> (bit % 8) & 1)
			bit++
		case encoding == format.Plain:
			if v, s, plain, err = ch.next(plain); err != nil {
				return broken("a page is cut off")
			}
			if ch.column.form == word {
				if v, err = ch.lookup(s); err != nil {
					return err
				}
			}
		default:
			k, ok := indices.next()
			switch {
			case !ok:
				return broken("a page is cut off")
			case encoding == format.RLE:
				v = int64(k)
			case ch.column.parse != nil && int(k) < len(ch.words):
				s = ch.words[k]
			case ch.column.parse == nil && int(k) < len(ch.codes):
				v = ch.codes[k]
			default:
				return broken("a value lies outside the dictionary")
			}
		}
		if ch.column.parse != nil {
			err = ch.column.parse(&rows[i], s)
		} else {
			err = ch.column.set(&rows[i], v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lookup is the code of a word that no dictionary holds.
func (ch *chunk[T]) lookup(s []byte) (int64, error) {
	if v, ok := ch.seen[string(s)]; ok {
		return v, nil
	}
	v, err := ch.column.code(ch.batch, string(s))
	if err != nil {
		return 0, err
	}
	if ch.seen == nil {
		ch.seen = make(map[string]int64)
	}
	ch.seen[string(s)] = v
	return v, nil
}

// runs reads Parquet's hybrid of run lengths and packed bits, value by value:
// a damaged length costs no memory.
type runs struct {
	b      []byte
	width  int
	left   uint64 // values left in the current run
	packed bool
	value  uint32 // of a run
	acc    uint64 // bits of a packed run not yet taken
	have   int
}

func (r *runs) next() (uint32, bool) {
	for r.left == 0 {
		head, n := binary.Uvarint(r.b)
		if n <= 0 {
			return 0, false
		}
		r.b = r.b[n:]
		r.acc, r.have = 0, 0
		if r.packed = head&1 == 1; r.packed {
			r.left = head >> 1 * 8
			continue
		}
		r.left = head >> 1
		size := (r.width + 7) / 8
		if len(r.b) < size {
			return 0, false
		}
		r.value = 0
		for i := range size {
			r.value |= uint32(r.b[i]) << (8 * i)
		}
		r.b = r.b[size:]
	}
	r.left--
	if !r.packed {
		return r.value, true
	}
	for r.have < r.width {
		if len(r.b) == 0 {
			return 0, false
		}
		r.acc |= uint64(r.b[0]) << r.have
		r.b = r.b[1:]
		r.have += 8
	}
	v := uint32(r.acc & (1<<r.width - 1))
	r.acc >>= r.width
	r.have -= r.width
	return v, true
}
