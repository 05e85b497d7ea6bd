package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// form is how a cell becomes a member of an event.
type form int

const (
	plain  form = iota // a string
	words              // own words of a customer: white space around them does not matter
	number             // a whole number
	truth              // true or false
	moment             // a time
	object             // a JSON object
	apart              // no member: it is looked at otherwise
)

// field is one field that a row can have.
type field struct {
	name string
	form form
	most int // longest text, in characters
}

// known are the fields of imported events. What is empty is not given.
var known = []field{
	{"kind", plain, 0}, {"event_id", plain, 0}, {"id", apart, 0}, {"response_key", plain, 0},
	{"touchpoint", plain, 0}, {"channel", plain, 0}, {"scale", plain, 0}, {"rating", number, 0}, {"submitted_at", moment, 0},
	{"language", plain, 0}, {"reason", plain, 0}, {"comment", words, intake.MaxText}, {"suggestion", words, intake.MaxText},
	{"nps", number, 0}, {"ces", number, 0}, {"expectation", number, 0}, {"fcr", plain, 0}, {"topic", plain, 0},
	{"customer_key", plain, 0}, {"callback_requested", truth, 0}, {"callback_contact", words, intake.MaxContact},
	{"card", plain, 0}, {"answers", object, 0},
	{"category", plain, 0}, {"annoyance", number, 0}, {"remedy", words, intake.MaxText}, {"email", plain, 0}, {"name", words, intake.MaxName},
}

// exported are columns of our own export that an import makes anew or cannot know.
var exported = []string{"received_at", "device", "segment", "collection_mode", "phase", "has_text", "card_number", "keyed_by"}

func fieldOf(name string) *field {
	i := slices.IndexFunc(known, func(f field) bool { return f.name == name })
	if i < 0 {
		return nil
	}
	return &known[i]
}

func fieldNames() []string {
	names := make([]string, len(known))
	for i := range known {
		names[i] = known[i].name
	}
	return names
}

// member is the JSON of a cell, or what is wrong with it.
func (f *field) member(s string, zone *time.Location, cut bool) (json.RawMessage, problem.Code, string) {
	switch f.form {
	case number:
		if _, err := strconv.Atoi(s); err != nil || strings.HasPrefix(s, "+") {
			return nil, problem.WrongType, "want a whole number"
		}
		n, _ := strconv.Atoi(s)
		return json.RawMessage(strconv.Itoa(n)), "", ""
	case truth:
		switch strings.ToLower(s) {
		case "true", "yes", "1":
			return json.RawMessage("true"), "", ""
		case "false", "no", "0":
			return json.RawMessage("false"), "", ""
		}
		return nil, problem.WrongType, "want true or false"
	case object:
		var compact bytes.Buffer
		if s[0] != '{' || json.Compact(&compact, []byte(s)) != nil {
			return nil, problem.WrongType, "want a JSON object"
		}
		return compact.Bytes(), "", ""
	case moment:
		return instant(s, zone)
	case words:
		if cut {
			s = shorten(s, f.most)
		}
	}
	return quoted(s), "", ""
}

func quoted(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string can always be encoded
	return bytes.TrimSpace(b.Bytes())
}

// layouts are the times without an offset that can be read in one way only.
var layouts = [...]string{
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006",
}

// instant reads a time: with an offset as it stands, else in zone.
func instant(s string, zone *time.Location) (json.RawMessage, problem.Code, string) {
	s = strings.TrimSpace(s)
	if _, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return quoted(s), "", ""
	}
	for _, layout := range layouts {
		if _, err := time.Parse(layout, s); err != nil {
			continue
		}
		if zone == nil {
			return nil, problem.MissingOffset, "lacks an offset: name the time zone in the map, such as time_zone: Europe/Berlin"
		}
		t, _ := time.ParseInLocation(layout, s, zone)
		return quoted(t.Format(time.RFC3339)), "", ""
	}
	return nil, problem.InvalidTime, "want a time such as 2026-03-10T09:00:00+01:00 or 2026-03-10 09:00"
}

// shorten makes a text that the interface takes of any.
func shorten(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.TrimSpace(s))
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return s
}
