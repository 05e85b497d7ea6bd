package factfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// form is how a column's values are kept.
type form uint8

const (
	number    form = iota // INT32
	truth                 // BOOLEAN
	timestamp             // INT64, milliseconds since 1970 UTC
	word                  // text of few different values: a dictionary
	text                  // text of many different values
	ident                 // 16 bytes
)

// column ties a Parquet column to a field of a fact. A value travels as an
// int64 (for word: a code that label and code translate) or, for text and ident,
// as bytes.
type column[T any] struct {
	name     string
	form     form
	optional bool
	get      func(*T) (v int64, present bool)
	set      func(*T, int64) error
	label    func(*responses.Batch, int64) string
	code     func(*responses.Batch, string) (int64, error)
	appendTo func([]byte, *T) []byte
	parse    func(*T, []byte) error
}

func columnOf[T any](name string, f form, get func(*T) int64, set func(*T, int64)) column[T] {
	return column[T]{name: name, form: f,
		get: func(t *T) (int64, bool) { return get(t), true },
		set: func(t *T, v int64) error { set(t, v); return nil }}
}

// nameColumn keeps an interned text.
func nameColumn[T any](name string, optional bool, at func(*T) *responses.Name) column[T] {
	return column[T]{name: name, form: word, optional: optional,
		get:   func(t *T) (int64, bool) { n := *at(t); return int64(n), !optional || n != 0 },
		set:   func(t *T, v int64) error { *at(t) = responses.Name(v); return nil },
		label: func(b *responses.Batch, v int64) string { return b.Text(responses.Name(v)) },
		code:  func(b *responses.Batch, s string) (int64, error) { return int64(b.Name(s)), nil },
	}
}

// indexColumn keeps an index into a fixed list as the text it stands for.
func indexColumn[T any, S ~string](name string, list []S, at func(*T) *uint8) column[T] {
	return column[T]{name: name, form: word,
		get: func(t *T) (int64, bool) { return int64(*at(t)), true },
		set: func(t *T, v int64) error { *at(t) = uint8(v); return nil },
		label: func(_ *responses.Batch, v int64) string {
			if int(v) >= len(list) {
				return ""
			}
			return string(list[v])
		},
		code: func(_ *responses.Batch, s string) (int64, error) {
			i := slices.Index(list, S(s))
			if i < 0 {
				return 0, broken("a value is none of the known ones")
			}
			return int64(i), nil
		},
	}
}

// optColumn keeps an optional small number.
func optColumn[T any](name string, at func(*T) *responses.Opt) column[T] {
	return column[T]{name: name, form: number, optional: true,
		get: func(t *T) (int64, bool) { v, ok := at(t).Get(); return int64(v), ok },
		set: func(t *T, v int64) error {
			if v < 0 || v > 100 {
				return outOfRange()
			}
			*at(t) = responses.Some(int(v))
			return nil
		}}
}

func flagColumn(name string, f responses.Flags) column[responses.Vote] {
	return columnOf(name, truth,
		func(v *responses.Vote) int64 {
			if v.Flags&f != 0 {
				return 1
			}
			return 0
		},
		func(v *responses.Vote, x int64) {
			if x != 0 {
				v.Flags |= f
			}
		})
}

func eventColumn[T any](at func(*T) *[16]byte) column[T] {
	return column[T]{name: "event_id", form: ident,
		appendTo: func(dst []byte, t *T) []byte { return append(dst, at(t)[:]...) },
		parse: func(t *T, b []byte) (err error) {
			if len(b) == 16 {
				copy(at(t)[:], b)
				return nil
			}
			if *at(t), err = responses.ParseEventID(feedback.EventID(b)); err != nil {
				return broken("a value is no UUID")
			}
			return nil
		}}
}

func keyColumn[T any](at func(*T) *responses.Key) column[T] {
	return column[T]{name: "response_key", form: text,
		appendTo: func(dst []byte, t *T) []byte { return append(dst, at(t).ResponseKey()...) },
		parse: func(t *T, b []byte) (err error) {
			if *at(t), err = responses.ParseKey(feedback.ResponseKey(b)); err != nil {
				return broken("a value is no response key")
			}
			return nil
		}}
}

// segmentColumn and languageColumn keep texts of one and two letters as codes.
func segmentColumn[T any](at func(*T) *uint8) column[T] {
	return column[T]{name: "segment", form: word, optional: true,
		get:   func(t *T) (int64, bool) { return int64(*at(t)), *at(t) != 0 },
		set:   func(t *T, v int64) error { *at(t) = uint8(v); return nil },
		label: func(_ *responses.Batch, v int64) string { return string(rune(v)) },
		code: func(_ *responses.Batch, s string) (int64, error) {
			if len(s) != 1 || s[0] < 'A' || s[0] > 'Z' {
				return 0, outOfRange()
			}
			return int64(s[0]), nil
		}}
}

func languageColumn[T any](at func(*T) *[2]byte) column[T] {
	return column[T]{name: "language", form: word, optional: true,
		get:   func(t *T) (int64, bool) { l := *at(t); return int64(l[0])<<8 | int64(l[1]), l[0] != 0 },
		set:   func(t *T, v int64) error { *at(t) = [2]byte{byte(v >> 8), byte(v)}; return nil },
		label: func(_ *responses.Batch, v int64) string { return string([]byte{byte(v >> 8), byte(v)}) },
		code: func(_ *responses.Batch, s string) (int64, error) {
			if len(s) != 2 || s[0] < 'a' || s[0] > 'z' || s[1] < 'a' || s[1] > 'z' {
				return 0, outOfRange()
			}
			return int64(s[0])<<8 | int64(s[1]), nil
		}}
}

func outOfRange() error { return broken("a value lies outside its range") }

type vote = responses.Vote

var voteColumns = []column[vote]{
	eventColumn(func(v *vote) *[16]byte { return &v.Event }),
	keyColumn(func(v *vote) *responses.Key { return &v.Key }),
	nameColumn("touchpoint", false, func(v *vote) *responses.Name { return &v.Touchpoint }),
	indexColumn("channel", feedback.Channels[:], func(v *vote) *uint8 { return &v.Channel }),
	indexColumn("scale", responses.Scales[:], func(v *vote) *uint8 { return &v.Scale }),
	{name: "rating", form: number,
		get: func(v *vote) (int64, bool) { return int64(v.Rating), true },
		set: func(v *vote, x int64) error {
			if x < 0 || x > 10 {
				return outOfRange()
			}
			v.Rating = int8(x)
			return nil
		}},
	columnOf("submitted_at", timestamp, func(v *vote) int64 { return v.Submitted }, func(v *vote, x int64) { v.Submitted = x }),
	columnOf("received_at", timestamp, func(v *vote) int64 { return v.Received }, func(v *vote, x int64) { v.Received = x }),
	nameColumn("device", true, func(v *vote) *responses.Name { return &v.Device }),
	languageColumn(func(v *vote) *[2]byte { return &v.Language }),
	nameColumn("reason", true, func(v *vote) *responses.Name { return &v.Reason }),
	optColumn("nps", func(v *vote) *responses.Opt { return &v.NPS }),
	optColumn("ces", func(v *vote) *responses.Opt { return &v.CES }),
	{name: "fcr", form: truth, optional: true,
		get: func(v *vote) (int64, bool) {
			if v.Flags&responses.FCRYes != 0 {
				return 1, v.Flags&responses.FCRAsked != 0
			}
			return 0, v.Flags&responses.FCRAsked != 0
		},
		set: func(v *vote, x int64) error {
			v.Flags |= responses.FCRAsked
			if x != 0 {
				v.Flags |= responses.FCRYes
			}
			return nil
		}},
	optColumn("expectation", func(v *vote) *responses.Opt { return &v.Expect }),
	flagColumn("callback_requested", responses.CallbackRequested),
	flagColumn("has_text", responses.HasText),
	segmentColumn(func(v *vote) *uint8 { return &v.Segment }),
	nameColumn("topic", true, func(v *vote) *responses.Name { return &v.Topic }),
	{name: "collection_mode", form: word,
		get: func(v *vote) (int64, bool) { return int64(v.Flags & responses.Assisted), true },
		set: func(v *vote, x int64) error { v.Flags |= responses.Flags(x) & responses.Assisted; return nil },
		label: func(_ *responses.Batch, v int64) string {
			if v != 0 {
				return string(feedback.Assisted)
			}
			return string(feedback.Self)
		},
		code: func(_ *responses.Batch, s string) (int64, error) {
			switch feedback.CollectionMode(s) {
			case feedback.Self:
				return 0, nil
			case feedback.Assisted:
				return int64(responses.Assisted), nil
			}
			return 0, outOfRange()
		}},
}

type invitation = responses.Invitation

var invitationColumns = []column[invitation]{
	eventColumn(func(i *invitation) *[16]byte { return &i.Event }),
	keyColumn(func(i *invitation) *responses.Key { return &i.Key }),
	nameColumn("touchpoint", false, func(i *invitation) *responses.Name { return &i.Touchpoint }),
	indexColumn("channel", feedback.Channels[:], func(i *invitation) *uint8 { return &i.Channel }),
	languageColumn(func(i *invitation) *[2]byte { return &i.Language }),
	segmentColumn(func(i *invitation) *uint8 { return &i.Segment }),
	columnOf("issued_at", timestamp, func(i *invitation) int64 { return i.Issued }, func(i *invitation, x int64) { i.Issued = x }),
	columnOf("received_at", timestamp, func(i *invitation) int64 { return i.Received }, func(i *invitation, x int64) { i.Received = x }),
	columnOf("expires_at", timestamp, func(i *invitation) int64 { return i.Expires }, func(i *invitation, x int64) { i.Expires = x }),
}

// element describes the column in the file's schema.
func (c *column[T]) element() format.SchemaElement {
	repetition := format.Required
	if c.optional {
		repetition = format.Optional
	}
	e := format.SchemaElement{Name: c.name, RepetitionType: thrift.New(repetition), Type: thrift.New(c.physical())}
	switch c.form {
	case word, text:
		e.ConvertedType = thrift.New(deprecated.UTF8)
		e.LogicalType = format.LogicalType{Value: new(format.StringType)}
	case timestamp:
		e.ConvertedType = thrift.New(deprecated.TimestampMillis)
		e.LogicalType = format.LogicalType{Value: &format.TimestampType{IsAdjustedToUTC: true, Unit: format.TimeUnit{Value: new(format.MilliSeconds)}}}
	case ident:
		e.TypeLength = thrift.New(int32(16))
		e.LogicalType = format.LogicalType{Value: new(format.UUIDType)}
	}
	return e
}

func (c *column[T]) physical() format.Type {
	switch c.form {
	case number:
		return format.Int32
	case truth:
		return format.Boolean
	case timestamp:
		return format.Int64
	case ident:
		return format.FixedLenByteArray
	}
	return format.ByteArray
}

// normalise sorts the facts by the time they were received, then by their
// contents, and drops exact copies.
func normalise(b *responses.Batch) {
	slices.SortFunc(b.Votes, func(x, y vote) int {
		if c := cmp.Or(cmp.Compare(x.Received, y.Received), bytes.Compare(x.Event[:], y.Event[:])); c != 0 || x == y {
			return c
		}
		return bytes.Compare(rowBytes(voteColumns, b, &x), rowBytes(voteColumns, b, &y))
	})
	b.Votes = slices.Compact(b.Votes)
	slices.SortFunc(b.Invitations, func(x, y invitation) int {
		if c := cmp.Or(cmp.Compare(x.Received, y.Received), bytes.Compare(x.Event[:], y.Event[:])); c != 0 || x == y {
			return c
		}
		return bytes.Compare(rowBytes(invitationColumns, b, &x), rowBytes(invitationColumns, b, &y))
	})
	b.Invitations = slices.Compact(b.Invitations)
}

// rowBytes is an order for facts that share an event id and a time and yet
// differ; it depends on texts, not on the codes they happen to have in b.
func rowBytes[T any](columns []column[T], b *responses.Batch, t *T) (row []byte) {
	for i := range columns {
		c := &columns[i]
		if c.appendTo != nil {
			row = c.appendTo(row, t)
			continue
		}
		v, present := c.get(t)
		switch {
		case !present:
			row = append(row, 0)
		case c.form == word:
			row = append(append(row, 1), c.label(b, v)...)
		default:
			row = binary.BigEndian.AppendUint64(append(row, 1), uint64(v))
		}
		row = append(row, 0)
	}
	return row
}
