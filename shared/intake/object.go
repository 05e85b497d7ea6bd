package intake

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

// parser reads the fields of one object and collects what is wrong with them.
type parser struct {
	s       Submission
	members []member // of an event, in order
	room    [24]member
	answers jsontext.Value // of a card, unread
	rating  bool           // a whole number was given
	names   [24]string     // fields met, in order
	met     int
	errors  []problem.Field
}

// member is one field of an object.
type member struct {
	name  string
	value jsontext.Value
}

// maxErrors bounds what is said about one object: an answer is not longer than
// it can be read.
const maxErrors = 20

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
		// The decoder's copy is gone with the next token; body stays.
		end := d.InputOffset()
		each(name, body[end-int64(len(v)):end])
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
	switch {
	case c == "" || len(p.errors) > maxErrors:
	case len(p.errors) == maxErrors:
		p.errors = append(p.errors, problem.Field{Field: field, Code: problem.TooManyErrors, Detail: "more is wrong than is said here"})
	default:
		p.errors = append(p.errors, problem.Field{Field: field, Code: c, Detail: detail})
	}
}

func (p *parser) failed(field string) bool {
	return slices.ContainsFunc(p.errors, func(f problem.Field) bool { return f.Field == field })
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

// string returns the text of a JSON string.
func (p *parser) string(name string, v jsontext.Value) (string, bool) {
	if v.Kind() != '"' {
		p.fail(name, problem.WrongType, "want a string")
		return "", false
	}
	if bytes.IndexByte(v, '\\') < 0 { // the object was valid UTF-8
		return string(v[1 : len(v)-1]), true
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

func between(min, max int) string {
	return "want an integer from " + strconv.Itoa(min) + " to " + strconv.Itoa(max)
}
