package intake

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

// ParseEvent reads one JSON event that device sent. Its errors are problems:
// 400 for what is no proper JSON object, 422 with every field in error.
func ParseEvent(cfg *config.Config, device *config.Device, body []byte, now time.Time) (*Submission, error) {
	p := parser{}
	if err := p.object(body, p.event); err != nil {
		return nil, err
	}
	p.require("event_id", "touchpoint", "channel", "scale", "rating", "submitted_at")
	p.belongs(cfg, device)
	if len(p.errors) > 0 {
		return nil, problem.Invalid(p.errors...)
	}
	s := &p.s
	s.Rating.Device = device.ID
	s.Rating.HasText = s.Personal.Comment != ""
	if s.Rating.CollectionMode == "" {
		s.Rating.CollectionMode = feedback.Self
	}
	if err := s.sealDigest(); err != nil {
		return nil, err
	}
	if f := s.sealTimes(cfg, now); f != nil {
		return nil, problem.Invalid(*f)
	}
	return s, nil
}

// EventID is the event id in an event that was refused, or "": so that a
// result can be told apart. Nothing else of the event is believed.
func EventID(body []byte) feedback.EventID {
	p := parser{}
	_ = p.object(body, func(name string, v jsontext.Value) {
		if name == "event_id" {
			p.event(name, v)
		}
	})
	return p.s.Rating.EventID
}

// parser reads the fields of one object and collects what is wrong with them.
type parser struct {
	s      Submission
	rating int
	names  [24]string // fields met, in order
	met    int
	errors []problem.Field
}

// object calls each for every member of the one JSON object in body. It refuses
// invalid UTF-8, names that occur twice and anything after the object.
func (p *parser) object(body []byte, each func(name string, v jsontext.Value)) error {
	if !utf8.Valid(body) {
		return problem.New(http.StatusBadRequest, problem.InvalidUTF8, "The body is not valid UTF-8.")
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(body))
	if d.PeekKind() != '{' {
		if _, err := d.ReadValue(); err != nil {
			return malformed(err)
		}
		return problem.New(http.StatusBadRequest, problem.MalformedJSON, "The body is not a JSON object.")
	}
	if _, err := d.ReadToken(); err != nil {
		return malformed(err)
	}
	for d.PeekKind() != '}' {
		t, err := d.ReadToken()
		if err != nil {
			return malformed(err)
		}
		name := t.String()
		v, err := d.ReadValue()
		if err != nil {
			return malformed(err)
		}
		each(name, v)
	}
	if _, err := d.ReadToken(); err != nil {
		return malformed(err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return problem.New(http.StatusBadRequest, problem.MalformedJSON, "Something follows the JSON object.")
	}
	return nil
}

// malformed names what is wrong with the syntax, and where.
func malformed(err error) error {
	var s *jsontext.SyntacticError
	if !errors.As(err, &s) {
		return problem.New(http.StatusBadRequest, problem.MalformedJSON, "The body ends before the JSON does.")
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		p := problem.New(http.StatusBadRequest, problem.DuplicateField, "A field occurs twice.")
		p.Errors = []problem.Field{{Field: shorten(s.JSONPointer.LastToken()), Code: problem.DuplicateField, Detail: "occurs twice"}}
		return p
	}
	return problem.New(http.StatusBadRequest, problem.MalformedJSON,
		"The body is not valid JSON; reading stopped after byte "+strconv.FormatInt(s.ByteOffset, 10)+".")
}

// shorten keeps the name of a field that a caller made up short.
func shorten(name string) string {
	if len(name) <= maxCode {
		return name
	}
	return strings.ToValidUTF8(name[:maxCode], "") + "…"
}

func (p *parser) fail(field string, c problem.Code, detail string) {
	if c != "" {
		p.errors = append(p.errors, problem.Field{Field: field, Code: c, Detail: detail})
	}
}

func (p *parser) require(fields ...string) {
	for _, f := range fields {
		if !p.has(f) {
			p.fail(f, problem.MissingField, "is required")
		}
	}
}

func (p *parser) has(field string) bool {
	for _, n := range p.names[:p.met] {
		if n == field {
			return true
		}
	}
	return false
}

func (p *parser) meet(field string) {
	p.names[p.met] = field
	p.met++
}

// event reads one field of an event.
func (p *parser) event(name string, v jsontext.Value) {
	r := &p.s.Rating
	switch name {
	case "event_id":
		read(p, name, v, problem.InvalidEventID, &r.EventID, feedback.ParseEventID)
	case "response_key":
		read(p, name, v, problem.InvalidResponseKey, &r.ResponseKey, feedback.ParseResponseKey)
	case "touchpoint":
		read(p, name, v, problem.UnknownTouchpoint, &r.Touchpoint, feedback.ParseTouchpoint)
	case "channel":
		read(p, name, v, problem.InvalidValue, &r.Channel, feedback.ParseChannel)
	case "scale":
		read(p, name, v, problem.InvalidValue, &r.Scale, feedback.ParseScale)
	case "rating":
		if n, ok := p.integer(name, v, -1<<31, 1<<31-1); ok {
			r.Rating, p.rating = n, 1
		}
	case "submitted_at":
		if s, ok := p.string(name, v); ok {
			var c problem.Code
			var detail string
			r.SubmittedAt, c, detail = instant(s)
			p.fail(name, c, detail)
		}
	case "language":
		read(p, name, v, problem.InvalidValue, &r.Language, feedback.ParseLanguage)
	case "collection_mode":
		read(p, name, v, problem.InvalidValue, &r.CollectionMode, feedback.ParseCollectionMode)
	case "reason":
		p.check(name, v, &r.Reason, code)
	case "topic":
		p.check(name, v, &r.Topic, code)
	case "customer_key":
		p.check(name, v, &p.s.CustomerKey, customerKey)
	case "comment":
		p.text(name, v, &p.s.Personal.Comment, MaxText, true)
	case "suggestion":
		p.text(name, v, &p.s.Personal.Suggestion, MaxText, true)
	case "callback_contact":
		p.text(name, v, &p.s.Personal.CallbackContact, MaxContact, false)
	case "nps":
		p.optional(name, v, &r.NPS, 0, 10)
	case "ces":
		p.optional(name, v, &r.CES, 1, 7)
	case "expectation":
		p.optional(name, v, &r.Expectation, 1, 5)
	case "fcr":
		p.yesNo(name, v, &r.FCR)
	case "callback_requested":
		switch v.Kind() {
		case 't', 'f':
			r.CallbackRequested = v.Kind() == 't'
		default:
			p.fail(name, problem.WrongType, "want true or false")
		}
	default:
		p.fail(shorten(name), problem.UnknownField, "is not a field of an event")
		return
	}
	p.meet(name)
}

// belongs checks what only configuration can tell.
func (p *parser) belongs(cfg *config.Config, device *config.Device) {
	r := &p.s.Rating
	tp := cfg.Touchpoint(r.Touchpoint)
	switch {
	case r.Touchpoint == "": // reported before
	case tp == nil:
		p.fail("touchpoint", problem.UnknownTouchpoint, "is not configured")
	case r.Touchpoint != device.Touchpoint:
		p.fail("touchpoint", problem.TouchpointMismatch, "is not the touchpoint of this device")
	default:
		if r.Scale != "" && r.Scale != tp.Scale {
			p.fail("scale", problem.ScaleMismatch, "this touchpoint is rated on "+string(tp.Scale))
		}
	}
	if r.Channel != "" && r.Channel != device.Channel {
		p.fail("channel", problem.ChannelMismatch, "this device sends "+string(device.Channel))
	}
	if p.rating == 1 && r.Scale != "" && !r.Scale.Valid(r.Rating) {
		min, max := r.Scale.Bounds()
		p.fail("rating", problem.OutOfRange, between(min, max))
	}
	if p.s.Personal.CallbackContact != "" && !r.CallbackRequested {
		p.fail("callback_contact", problem.CallbackMissing, "is given without callback_requested")
	}
}

func between(min, max int) string {
	return "want an integer from " + strconv.Itoa(min) + " to " + strconv.Itoa(max)
}

// string returns the text of a JSON string.
func (p *parser) string(name string, v jsontext.Value) (string, bool) {
	if v.Kind() != '"' {
		p.fail(name, problem.WrongType, "want a string")
		return "", false
	}
	b, err := jsontext.AppendUnquote(make([]byte, 0, len(v)), v)
	if err != nil {
		p.fail(name, problem.InvalidValue, "not a readable string")
		return "", false
	}
	return string(b), true
}

// integer reads digits only: "4", 4.0, 4e0, 3.5, true and null are none.
func (p *parser) integer(name string, v jsontext.Value, min, max int) (int, bool) {
	n, err := strconv.Atoi(string(v))
	switch {
	case errors.Is(err, strconv.ErrRange) || err == nil && (n < min || n > max):
		p.fail(name, problem.OutOfRange, between(min, max))
	case err != nil:
		p.fail(name, problem.WrongType, "want an integer, without quotes or a fraction")
	default:
		return n, true
	}
	return 0, false
}

func (p *parser) optional(name string, v jsontext.Value, to **int, min, max int) {
	if n, ok := p.integer(name, v, min, max); ok {
		*to = &n
	}
}

func (p *parser) yesNo(name string, v jsontext.Value, to **bool) {
	s, ok := p.string(name, v)
	if !ok {
		return
	}
	if s != "yes" && s != "no" {
		p.fail(name, problem.InvalidValue, `want "yes" or "no"`)
		return
	}
	yes := s == "yes"
	*to = &yes
}

func (p *parser) text(name string, v jsontext.Value, to *string, limit int, lines bool) {
	s, ok := p.string(name, v)
	if !ok {
		return
	}
	var c problem.Code
	var detail string
	*to, c, detail = text(s, limit, lines)
	p.fail(name, c, detail)
}

func (p *parser) check(name string, v jsontext.Value, to *string, rule func(string) (problem.Code, string)) {
	s, ok := p.string(name, v)
	if !ok {
		return
	}
	c, detail := rule(s)
	p.fail(name, c, detail)
	*to = s
}

// read parses a string with one of the Parse functions of package feedback,
// whose errors say what was expected and never repeat the value.
func read[T ~string](p *parser, name string, v jsontext.Value, c problem.Code, to *T, parse func(string) (T, error)) {
	s, ok := p.string(name, v)
	if !ok {
		return
	}
	got, err := parse(s)
	if err != nil {
		_, want, _ := strings.Cut(err.Error(), feedback.ErrInvalid.Error()+": ")
		p.fail(name, c, want)
		return
	}
	*to = got
}
