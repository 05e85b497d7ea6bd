package factfile

import (
	"encoding/json"
	"errors"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

var (
	errRange   = errors.New("a value lies outside its range")
	errUnknown = errors.New("a value is none of the known ones")
	errMissing = errors.New("a value is missing")
	errAnswers = errors.New("a value is no JSON object of codes")

	errPromises = errors.New("a value is no JSON list of compensations")
)

// The longest texts in bytes: of an id or code, and of what is JSON.
const (
	maxName = 256
	maxJSON = 64 << 10
)

// form is what a column's values are.
type form uint8

const (
	number32  form = iota // INT32, INT64 or, from pandas, whole DOUBLE
	truth                 // BOOLEAN
	timestamp             // INT64 in milli-, micro- or nanoseconds UTC
	words                 // text of few different values
	text                  // text of many different values, or 16 bytes
)

// column ties a Parquet column to a field of a fact. Text of many values comes
// as bytes; everything else as an int64: a number, 0 or 1, milliseconds since
// 1970 UTC, or what code made of a word.
type column[T any] struct {
	name     string
	form     form
	optional bool
	set      func(*T, int64) error
	code     func(*responses.Batch, string) (int64, error)
	parse    func(*T, []byte) error
}

// voteColumns come with event_id first: it tells how many facts there are.
var voteColumns = []column[responses.Vote]{
	{name: "event_id", form: text, parse: func(v *responses.Vote, b []byte) error { return parseEvent(&v.Event, b) }},
	{name: "response_key", form: text, parse: func(v *responses.Vote, b []byte) error { return parseKey(&v.Key, b) }},
	name("touchpoint", false, func(v *responses.Vote) *responses.Name { return &v.Touchpoint }),
	index("channel", feedback.Channels[:], func(v *responses.Vote) *uint8 { return &v.Channel }),
	index("scale", responses.Scales[:], func(v *responses.Vote) *uint8 { return &v.Scale }),
	{name: "rating", form: number32, set: func(v *responses.Vote, x int64) error {
		if x < 0 || x > math.MaxInt8 {
			return errRange
		}
		v.Rating = int8(x)
		return nil
	}},
	millis("submitted_at", func(v *responses.Vote) *int64 { return &v.Submitted }),
	millis("received_at", func(v *responses.Vote) *int64 { return &v.Received }),
	name("device", true, func(v *responses.Vote) *responses.Name { return &v.Device }),
	languages(func(v *responses.Vote) *[2]byte { return &v.Language }),
	name("reason", true, func(v *responses.Vote) *responses.Name { return &v.Reason }),
	opt("nps", func(v *responses.Vote) *responses.Opt { return &v.NPS }),
	opt("ces", func(v *responses.Vote) *responses.Opt { return &v.CES }),
	flag("fcr", true, voteFlags, responses.FCRAsked, responses.FCRYes),
	opt("expectation", func(v *responses.Vote) *responses.Opt { return &v.Expect }),
	flag("callback_requested", false, voteFlags, 0, responses.CallbackRequested),
	flag("has_text", false, voteFlags, 0, responses.HasText),
	segments(func(v *responses.Vote) *uint8 { return &v.Segment }),
	name("topic", true, func(v *responses.Vote) *responses.Name { return &v.Topic }),
	mode(voteFlags),
	name("card", true, func(v *responses.Vote) *responses.Name { return &v.Card }),
	name("phase", true, func(v *responses.Vote) *responses.Name { return &v.Phase }),
	answers,
}

func voteFlags(v *responses.Vote) *responses.Flags { return &v.Flags }

// answers are canonical within, whatever a writer made of the JSON.
var answers = column[responses.Vote]{name: "answers", form: words, optional: true,
	set: func(v *responses.Vote, x int64) error { v.Answers = responses.Name(x); return nil },
	code: func(b *responses.Batch, s string) (int64, error) {
		var given map[string]string
		if len(s) > maxJSON {
			return 0, errRange
		}
		if json.Unmarshal([]byte(s), &given) != nil {
			return 0, errAnswers
		}
		canonical, err := responses.AnswersText(given)
		if err != nil {
			return 0, errAnswers
		}
		return int64(b.Name(canonical)), nil
	}}

var invitationColumns = []column[invited]{
	{name: "event_id", form: text, parse: func(i *invited, b []byte) error { return parseEvent(&i.Event, b) }},
	{name: "response_key", form: text, parse: func(i *invited, b []byte) error { return parseKey(&i.Key, b) }},
	name("touchpoint", false, func(i *invited) *responses.Name { return &i.Touchpoint }),
	index("channel", feedback.Channels[:], func(i *invited) *uint8 { return &i.Channel }),
	languages(func(i *invited) *[2]byte { return &i.Language }),
	segments(func(i *invited) *uint8 { return &i.Segment }),
	millis("issued_at", func(i *invited) *int64 { return &i.Issued }),
	millis("received_at", func(i *invited) *int64 { return &i.Received }),
	millis("expires_at", func(i *invited) *int64 { return &i.Expires }),
	name("topic", true, func(i *invited) *responses.Name { return &i.contact.Topic }),
	sometimes("contact_at", func(i *invited) *int64 { return &i.contact.At }),
	{name: "resolved", form: truth, optional: true, set: func(i *invited, x int64) error {
		i.contact.Resolved = responses.Some(int(x))
		return nil
	}},
	yes("beyond_first_level", true, func(i *invited) *bool { return &i.contact.Beyond }),
	yes("known", true, func(i *invited) *bool { return &i.contact.Known }),
	{name: "previous", form: text, optional: true, parse: func(i *invited, b []byte) error { return parseKey(&i.contact.PreviousKey, b) }},
	sometimes("previous_at", func(i *invited) *int64 { return &i.contact.Previous }),
	yes("skipped", true, func(i *invited) *bool { return &i.Skipped }),
}

var complaintColumns = []column[responses.Complaint]{
	{name: "event_id", form: text, parse: func(c *responses.Complaint, b []byte) error { return parseEvent(&c.Event, b) }},
	{name: "response_key", form: text, parse: func(c *responses.Complaint, b []byte) error { return parseKey(&c.Key, b) }},
	name("touchpoint", false, func(c *responses.Complaint) *responses.Name { return &c.Touchpoint }),
	index("channel", feedback.Channels[:], func(c *responses.Complaint) *uint8 { return &c.Channel }),
	name("category", false, func(c *responses.Complaint) *responses.Name { return &c.Category }),
	opt("annoyance", func(c *responses.Complaint) *responses.Opt { return &c.Annoyance }),
	millis("submitted_at", func(c *responses.Complaint) *int64 { return &c.Submitted }),
	millis("received_at", func(c *responses.Complaint) *int64 { return &c.Received }),
	name("device", true, func(c *responses.Complaint) *responses.Name { return &c.Device }),
	languages(func(c *responses.Complaint) *[2]byte { return &c.Language }),
	flag("callback_requested", false, complaintFlags, 0, responses.CallbackRequested),
	name("topic", true, func(c *responses.Complaint) *responses.Name { return &c.Topic }),
	mode(complaintFlags),
}

func complaintFlags(c *responses.Complaint) *responses.Flags { return &c.Flags }

var deliveryColumns = []column[responses.Delivery]{
	{name: "event_id", form: text, parse: func(d *responses.Delivery, b []byte) error { return parseEvent(&d.Event, b) }},
	{name: "response_key", form: text, parse: func(d *responses.Delivery, b []byte) error { return parseKey(&d.Key, b) }},
	index("outcome", responses.Outcomes[:], func(d *responses.Delivery) *uint8 { return &d.Outcome }),
	millis("at", func(d *responses.Delivery) *int64 { return &d.At }),
	millis("received_at", func(d *responses.Delivery) *int64 { return &d.Received }),
}

func parseEvent(at *[16]byte, b []byte) (err error) {
	if len(b) == 16 {
		copy(at[:], b)
		return nil
	}
	if *at, err = responses.ParseEventID(feedback.EventID(b)); err != nil {
		return errors.New("a value is no UUID")
	}
	return nil
}

func parseKey(at *responses.Key, b []byte) (err error) {
	if *at, err = responses.ParseKey(b); err != nil {
		return errors.New("a value is no response key")
	}
	return nil
}

func name[T any](name string, optional bool, at func(*T) *responses.Name) column[T] {
	return column[T]{name: name, form: words, optional: optional,
		set: func(t *T, v int64) error { *at(t) = responses.Name(v); return nil },
		code: func(b *responses.Batch, s string) (int64, error) {
			if len(s) > maxName {
				return 0, errRange
			}
			return int64(b.Name(s)), nil
		}}
}

func index[T any, S ~string](name string, list []S, at func(*T) *uint8) column[T] {
	return column[T]{name: name, form: words,
		set: func(t *T, v int64) error { *at(t) = uint8(v); return nil },
		code: func(_ *responses.Batch, s string) (int64, error) {
			i := slices.Index(list, S(s))
			if i < 0 {
				return 0, errUnknown
			}
			return int64(i), nil
		}}
}

func millis[T any](name string, at func(*T) *int64) column[T] {
	return column[T]{name: name, form: timestamp, set: func(t *T, v int64) error { *at(t) = v; return nil }}
}

// sometimes is a time that may be missing.
func sometimes[T any](name string, at func(*T) *int64) column[T] {
	c := millis(name, at)
	c.optional = true
	return c
}

func yes[T any](name string, optional bool, at func(*T) *bool) column[T] {
	return column[T]{name: name, form: truth, optional: optional, set: func(t *T, v int64) error { *at(t) = v != 0; return nil }}
}

func opt[T any](name string, at func(*T) *responses.Opt) column[T] {
	return column[T]{name: name, form: number32, optional: true, set: func(t *T, v int64) error {
		if v < 0 || v > 100 {
			return errRange
		}
		*at(t) = responses.Some(int(v))
		return nil
	}}
}

// flag sets asked for every value there is, and yes for those that are true.
func flag[T any](name string, optional bool, at func(*T) *responses.Flags, asked, yes responses.Flags) column[T] {
	return column[T]{name: name, form: truth, optional: optional, set: func(t *T, x int64) error {
		*at(t) |= asked
		if x != 0 {
			*at(t) |= yes
		}
		return nil
	}}
}

func mode[T any](at func(*T) *responses.Flags) column[T] {
	return column[T]{name: "collection_mode", form: words,
		set: func(t *T, x int64) error { *at(t) |= responses.Flags(x); return nil },
		code: func(_ *responses.Batch, s string) (int64, error) {
			m, err := feedback.ParseCollectionMode(s)
			if err != nil {
				return 0, errUnknown
			}
			return int64(responses.FlagsOf(m)), nil
		}}
}

func segments[T any](at func(*T) *uint8) column[T] {
	return column[T]{name: "segment", form: words, optional: true,
		set: func(t *T, v int64) error { *at(t) = uint8(v); return nil },
		code: func(_ *responses.Batch, s string) (int64, error) {
			if len(s) != 1 || s[0] < 'A' || s[0] > 'Z' {
				return 0, errRange
			}
			return int64(s[0]), nil
		}}
}

func languages[T any](at func(*T) *[2]byte) column[T] {
	return column[T]{name: "language", form: words, optional: true,
		set: func(t *T, v int64) error { *at(t) = [2]byte{byte(v >> 8), byte(v)}; return nil },
		code: func(_ *responses.Batch, s string) (int64, error) {
			if len(s) != 2 || s[0] < 'a' || s[0] > 'z' || s[1] < 'a' || s[1] > 'z' {
				return 0, errRange
			}
			return int64(s[0])<<8 | int64(s[1]), nil
		}}
}

// fits reports whether values of type t can be read as the column's, and by
// what a timestamp has to be divided to become milliseconds.
func (c *column[T]) fits(t parquet.Type) (scale int64, ok bool) {
	switch kind := t.Kind(); c.form {
	case number32:
		return 1, kind == parquet.Int32 || kind == parquet.Int64 || kind == parquet.Double
	case truth:
		return 1, kind == parquet.Boolean
	case words:
		return 1, kind == parquet.ByteArray
	case text:
		return 1, kind == parquet.ByteArray || kind == parquet.FixedLenByteArray
	}
	for _, u := range units {
		if t.String() == parquet.Timestamp(u.unit).Type().String() {
			return u.scale, true
		}
	}
	return 0, false
}

var units = []struct {
	unit  parquet.TimeUnit
	scale int64
}{{parquet.Millisecond, 1}, {parquet.Microsecond, 1e3}, {parquet.Nanosecond, 1e6}}
