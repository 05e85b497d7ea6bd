package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

// zendesk is what Zendesk exports: a ticket in each line (the full JSON export), or
// a document with the list "tickets" or "satisfaction_ratings", as its interface
// answers.
type zendesk struct {
	in      *lines
	decoder *json.Decoder
	listed  bool // in the list of a document
	ratings bool // of ratings, not of tickets
	done    bool
}

// The lists that a document may have.
const (
	tickets = "tickets"
	ratings = "satisfaction_ratings"
)

func openZendesk(f *os.File) (source, error) {
	start := make([]byte, peeked)
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	text := strings.TrimLeft(strings.TrimPrefix(string(start[:n]), byteOrderMark), " \t\r\n")
	switch {
	case text == "":
		return nil, unreadable(1, problem.NoEvents, "is empty")
	case strings.HasPrefix(text, "PK\x03\x04"), strings.HasPrefix(text, "\x1f\x8b"):
		return nil, unreadable(1, problem.MalformedJSON, "is compressed: unpack it first")
	case text[0] != '{' && text[0] != '[':
		return nil, unreadable(1, problem.MalformedJSON, "is no JSON: Zendesk exports tickets as JSON, CSV and XML; take the JSON")
	}
	z := &zendesk{}
	list, err := z.list(f)
	if err != nil {
		return nil, err
	}
	if err := z.rewind(f); err != nil {
		return nil, err
	}
	if text[0] == '[' {
		list = "["
	}
	if list == "" {
		return z, nil
	}
	z.listed, z.ratings = true, list == ratings
	return z, z.enter(list)
}

// list finds the list of a document whose first value is an object; "" where that
// is a ticket.
func (z *zendesk) list(f *os.File) (string, error) {
	if err := z.rewind(f); err != nil {
		return "", err
	}
	first, err := z.decoder.Token()
	if err != nil {
		return "", z.broken(err)
	}
	if first != json.Delim('{') {
		return "", nil
	}
	for z.decoder.More() {
		name, err := z.decoder.Token()
		if err != nil {
			return "", z.broken(err)
		}
		if name == tickets || name == ratings {
			s, _ := name.(string)
			return s, nil
		}
		var skipped json.RawMessage
		if err := z.decoder.Decode(&skipped); err != nil {
			return "", z.broken(err)
		}
	}
	return "", nil
}

func (z *zendesk) rewind(f *os.File) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	in := bufio.NewReader(f)
	if mark, err := in.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = in.Discard(len(byteOrderMark))
	}
	z.in = &lines{r: in, most: maxValue}
	z.decoder = json.NewDecoder(z.in)
	z.decoder.UseNumber()
	return nil
}

// enter reads up to the first element of a list.
func (z *zendesk) enter(list string) error {
	want := func(d json.Delim) error {
		t, err := z.decoder.Token()
		if err != nil {
			return z.broken(err)
		}
		if t != d {
			return unreadable(z.line(), problem.WrongType, "%s is no list", list)
		}
		return nil
	}
	if list == "[" {
		return want('[')
	}
	if err := want('{'); err != nil {
		return err
	}
	for {
		name, err := z.decoder.Token()
		if err != nil {
			return z.broken(err)
		}
		if name == list {
			return want('[')
		}
		var skipped json.RawMessage
		if err := z.decoder.Decode(&skipped); err != nil {
			return z.broken(err)
		}
	}
}

func (z *zendesk) line() int { return z.in.at(z.decoder.InputOffset()) }

func (z *zendesk) broken(err error) error {
	if errors.Is(err, errLongRow) {
		return unreadable(z.line(), problem.MalformedJSON, "has a line or value of more than %d MiB", maxValue>>20)
	}
	var bad *encodingError
	if errors.As(err, &bad) {
		return unreadable(bad.line, problem.InvalidUTF8, "is not UTF-8")
	}
	line := z.line()
	if syntax := new(json.SyntaxError); errors.As(err, &syntax) {
		line = z.in.at(syntax.Offset - 1)
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		line = z.in.at(z.in.read - 1)
	}
	return unreadable(line, problem.MalformedJSON, "is no valid JSON from here on, or ends before it does")
}

func (z *zendesk) next() (*record, error) {
	if z.done {
		return nil, io.EOF
	}
	if z.listed && !z.decoder.More() {
		z.done = true
		if _, err := z.decoder.Token(); err != nil {
			return nil, z.broken(err)
		}
		return nil, io.EOF
	}
	var v any
	if err := z.decoder.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) && !z.listed {
			z.done = true
			return nil, io.EOF
		}
		return nil, z.broken(err)
	}
	ticket, ok := v.(map[string]any)
	if !ok {
		return nil, unreadable(z.line(), problem.WrongType, "holds something that is no object: want a ticket")
	}
	at := func(path string) string {
		v := lookUp(ticket, path)
		if v == "offered" || v == "unoffered" { // asked or not: there is no rating
			return ""
		}
		return v
	}
	key := "id"
	if z.ratings {
		key = "ticket_id"
	}
	if at(key) == "" {
		return nil, unreadable(z.line(), problem.MissingField, "holds an object without %s: is it an export of Zendesk?", key)
	}
	out := &record{line: z.line(), at: at, id: "ticket " + at(key) + ": "}
	if at("status") == "deleted" {
		out.skip = "deleted"
	}
	return out, nil
}

// lookUp is the value at a path such as satisfaction_rating.score. In a list of
// objects with ids, as custom_fields is, a step is an id and leads to the value.
func lookUp(v any, path string) string {
	for step := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			v = nil
			for _, one := range at {
				if o, ok := one.(map[string]any); ok && fmt.Sprint(o["id"]) == step {
					v = o["value"]
				}
			}
		default:
			return ""
		}
	}
	switch s := v.(type) {
	case string:
		return s
	case json.Number, bool:
		return fmt.Sprint(s)
	}
	return ""
}

func (z *zendesk) defaults() map[string]string {
	if z.ratings {
		return map[string]string{"id": "ticket_id", "rating": "score", "comment": "comment", "submitted_at": "created_at", "channel": "via.channel"}
	}
	return map[string]string{
		"id": "id", "rating": "satisfaction_rating.score", "comment": "satisfaction_rating.comment",
		"submitted_at": "created_at", "channel": "via.channel",
	}
}

func (z *zendesk) has(string) bool      { return true } // a ticket says what it knows
func (z *zendesk) zone() *time.Location { return nil }

// settle makes good the best rating of the touchpoint's scale, and bad the worst:
// what share was satisfied stays as it was. On scales where that would not hold the
// map has to say.
func (z *zendesk) settle(field, value string, tp *config.Touchpoint) string {
	switch field {
	case "rating":
		score, _, _ := strings.Cut(value, "_")
		switch {
		case tp == nil || tp.Scale != feedback.Stars5 && tp.Scale != feedback.CSAT10:
			return value
		case score == "good":
			_, best := tp.Scale.Bounds()
			return fmt.Sprint(best)
		case score == "bad":
			worst, _ := tp.Scale.Bounds()
			return fmt.Sprint(worst)
		}
	case "channel":
		switch value {
		case "chat", "messaging", "native_messaging", "whatsapp", "facebook":
			return string(feedback.ChatLink)
		case "sms":
			return string(feedback.SMSLink)
		}
		return string(feedback.EmailLink) // the survey about a ticket is a mail
	}
	return value
}

// maxValue bounds how much is read without the end of a line: memory.
const maxValue = 64 << 20
