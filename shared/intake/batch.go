package intake

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/problem"
)

// ParseBatch reads {"events": [...]} and returns the events unread: each is
// judged on its own by ParseEvent. Only what makes the whole unreadable is an
// error here: broken syntax, another shape, no event or too many of them.
func ParseBatch(body []byte) ([][]byte, error) {
	// Invalid UTF-8 and duplicate names inside one event are that event's fault.
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if d.PeekKind() != '{' {
		if _, err := d.ReadValue(); err != nil {
			return nil, malformed(err)
		}
		return nil, problem.New(http.StatusBadRequest, problem.MalformedJSON, "The body is not a JSON object.")
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, malformed(err)
	}
	var events [][]byte
	met := false
	for d.PeekKind() != '}' {
		t, err := d.ReadToken()
		if err != nil {
			return nil, malformed(err)
		}
		switch name := t.String(); {
		case name != "events":
			return nil, problem.Invalid(problem.Field{Field: shorten(name), Code: problem.UnknownField, Detail: "is not a field of a batch"})
		case met:
			p := problem.New(http.StatusBadRequest, problem.DuplicateField, "A field occurs twice.")
			p.Errors = []problem.Field{{Field: "events", Code: problem.DuplicateField, Detail: "occurs twice"}}
			return nil, p
		}
		met = true
		if events, err = elements(d); err != nil {
			return nil, err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, malformed(err)
	}
	if d.PeekKind() != 0 || len(bytes.TrimLeft(d.UnreadBuffer(), " \t\r\n")) > 0 {
		return nil, problem.New(http.StatusBadRequest, problem.MalformedJSON, "Something follows the JSON object.")
	}
	switch {
	case !met:
		return nil, problem.Invalid(problem.Field{Field: "events", Code: problem.MissingField, Detail: "is required"})
	case len(events) == 0:
		return nil, problem.Invalid(problem.Field{Field: "events", Code: problem.NoEvents, Detail: "want at least one event"})
	}
	return events, nil
}

func elements(d *jsontext.Decoder) ([][]byte, error) {
	if d.PeekKind() != '[' {
		if err := d.SkipValue(); err != nil {
			return nil, malformed(err)
		}
		return nil, problem.Invalid(problem.Field{Field: "events", Code: problem.WrongType, Detail: "want an array"})
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, malformed(err)
	}
	var events [][]byte
	for d.PeekKind() != ']' {
		v, err := d.ReadValue()
		if err != nil {
			return nil, malformed(err)
		}
		if len(events) == MaxBatchEvents {
			return nil, problem.Invalid(problem.Field{Field: "events", Code: problem.TooManyEvents,
				Detail: fmt.Sprintf("at most %d events", MaxBatchEvents)})
		}
		events = append(events, bytes.Clone(v)) // the decoder reuses its buffer
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, malformed(err)
	}
	return events, nil
}
