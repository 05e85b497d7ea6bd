package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"resonanz/shared/intake"
)

func utf16LE(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// Files of the wrong kind are told by their line and by what to do; nothing of them
// is sent.
func TestAFileOfTheWrongKindIsToldByName(t *testing.T) {
	head, row := "touchpoint,channel,rating,submitted_at\n", "hotline,qr,5,2025-03-10T09:00:00Z\n"
	for name, tt := range map[string]struct{ format, text, maps, want string }{
		"empty":                       {"csv", "", "", ":1: file: is empty"},
		"a header alone":              {"csv", head, "", ""},
		"UTF-16":                      {"csv", utf16LE(head + row), "", "is UTF-16"},
		"UTF-16 without a mark":       {"csv", utf16LE(head + row)[2:], "", "is UTF-16"},
		"Windows-1252":                {"csv", "touchpoint,channel,rating,submitted_at,comment\n" + "hotline,qr,5,2025-03-10T09:00:00Z,sch\xf6n\n", "", ":2: file: is not UTF-8"},
		"semicolons":                  {"csv", strings.ReplaceAll(head+row, ",", ";"), "", "with semicolons"},
		"tabs":                        {"csv", strings.ReplaceAll(head+row, ",", "\t"), "", "with tabs"},
		"a workbook":                  {"csv", "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00", "", "is a workbook"},
		"an old workbook":             {"csv", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "workbook"},
		"a PDF":                       {"csv", "%PDF-1.7\n%\xe2\xe3\xcf\xd3", "", "is no CSV"},
		"a picture":                   {"csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", "", "binary"},
		"Parquet":                     {"csv", "PAR1\x15\x04", "", "is no CSV"},
		"compressed":                  {"csv", "\x1f\x8b\x08\x00abc", "", "is compressed"},
		"JSON":                        {"csv", ticketed, "", "is JSON"},
		"HTML":                        {"csv", "<!doctype html><p>Sign in", "", "is XML or HTML"},
		"old Mac":                     {"csv", strings.ReplaceAll(head+row, "\n", "\r"), "", "lone carriage return"},
		"a column misspelled":         {"csv", "touchpiont,channel,rating,submitted_at\n" + row, "", ":1: file: names column 1, which is none of"},
		"a column twice":              {"csv", "touchpoint,touchpoint,channel,rating,submitted_at\nhotline," + row, "", "names column 2 as an earlier one"},
		"no touchpoint":               {"csv", "channel,rating,submitted_at\nqr,5,2025-03-10T09:00:00Z\n", "", "does not say the touchpoint"},
		"no time":                     {"csv", "touchpoint,channel,rating\nhotline,qr,5\n", "", "does not say the submitted_at"},
		"a cell more":                 {"csv", head + row + "hotline,qr,5,2025-03-10T09:00:00Z,9\n", "", ":3: file: has 5 columns, the first line has 4"},
		"a quote never closed":        {"csv", head + row + `hotline,qr,5,"2025` + "\n" + strings.Repeat(row, 3), "", "not closed"},
		"an endless quote":            {"csv", head + `"` + strings.Repeat(row, maxRow/len(row)+9), "", "longer than 1024 KiB"},
		"a Qualtrics export":          {"csv", surveyed, "", "is an export of Qualtrics"},
		"no headings of Qualtrics":    {"qualtrics", head + row, "", "is it an export of Qualtrics?"},
		"one heading of Qualtrics":    {"qualtrics", "StartDate,ResponseId\n2025-01-01,R_1\n2025-01-01,R_2\n2025-01-01,R_3\n", "", ":3: file: must be the third row of headings"},
		"a legacy export":             {"qualtrics", "V1,V8\nResponseID,StartDate\nR_1,2025\n", "", "legacy export"},
		"no answers of Qualtrics":     {"qualtrics", surveyed[:strings.Index(surveyed, "2025-05-31 17")], surveyMap, ""},
		"no ResponseId":               {"qualtrics", "EndDate\nEnd Date\n\"{\"\"ImportId\"\":\"\"endDate\"\"}\"\n2025-01-01\n", "set: {touchpoint: hotline}", "has no column ResponseId"},
		"a column of the map missing": {"qualtrics", surveyed, "set: {touchpoint: hotline}\ncolumns: {rating: Q9}", `has no column "Q9"`},
		"a CSV of Zendesk":            {"zendesk", "Id,Score\n1,good\n", "", "is no JSON"},
		"a broken line":               {"zendesk", ticketed + `{"id": 9, "created_at"` + "\n", ticketMap, ":7: file: is no valid JSON"},
		"another list":                {"zendesk", `{"users": [{"id": 1}]}`, ticketMap, "without id"},
		"a list of numbers":           {"zendesk", `[1, 2]`, ticketMap, "no object"},
		"no list":                     {"zendesk", `{"tickets": 3}`, ticketMap, "is no list"},
		"cut off":                     {"zendesk", `{"tickets": [{"id": 1, "created_at": "2025-06-22T22:55:29Z", "group_id": 44}`, ticketMap, "no valid JSON"},
		"not UTF-8":                   {"zendesk", strings.Replace(ticketed, "Slow", "Sl\xf6w", 1), ticketMap, "is not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			maps := ""
			if tt.maps != "" {
				maps = r.file("map.yaml", tt.maps)
			}
			said, err := r.bring(r.file("past", tt.text), tt.format, maps)
			if !errors.Is(err, errInvalid) || !strings.Contains(said, tt.want) || r.calls != 0 {
				t.Errorf("%v after %d calls:\n%s", err, r.calls, said)
			}
		})
	}
}

func TestEveryRowIsCheckedBeforeAnythingIsSent(t *testing.T) {
	r := newRig(t)
	text := "id,touchpoint,channel,scale,rating,submitted_at,nps,customer_key\n" +
		"1,hotline,qr,,5,2025-03-10T09:00:00Z,10,\n" +
		"2,nowhere,qr,,5,2025-03-10T09:00:00Z,,\n" +
		"3,hotline,fax,,6,2025-03-10T09:00:00Z,11,\n" +
		"4,hotline,qr,,5.0,03/10/2025,,\n" +
		"5,hotline,qr,csat_1_10,5,2025-03-10 09:00,,anna@example.com\n" +
		"1,hotline,qr,,4,2025-03-10T09:00:00Z,,\n" +
		"7,hotline,qr,,4,2015-03-10T09:00:00Z,,\n"
	said, err := r.bring(r.file("past.csv", text), "csv", "")
	if !errors.Is(err, errInvalid) || r.calls != 0 {
		t.Fatalf("%v after %d calls", err, r.calls)
	}
	for _, want := range []string{
		"past.csv:3: touchpoint: is not configured (unknown_touchpoint)", "past.csv:4: channel: ", "past.csv:4: rating: want an integer from 1 to 5", "past.csv:4: nps: ",
		"past.csv:5: rating: want a whole number", "past.csv:5: submitted_at: want a time such as", "past.csv:6: submitted_at: lacks an offset",
		"past.csv:7: id: is the same as in line 2", "past.csv:8: submitted_at: older than 10 years",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("not said: %s", want)
		}
	}
	if strings.Contains(said, "anna@") || strings.Contains(said, "nowhere,") {
		t.Errorf("a value is repeated:\n%s", said)
	}
}

func TestAMapThatCannotBeIsToldByName(t *testing.T) {
	for text, want := range map[string]string{
		"colums: {rating: Q1}":                      "unknown field",
		"columns: {stars: Q1}":                      `"stars" is no field of an event`,
		"set: {rating: [1, 2]}":                     "want a single value",
		"set: {rating: 1}\ncolumns: {rating: Q1}":   "rating is set and has a column",
		"time_zone: Mars/Olympus":                   "is no time zone",
		"texts: shorten":                            "want refuse or cut",
		"values: {rating: {good: {stars: 5}}}":      "want a single value",
		"set: {touchpoint: hotline":                 "map.yaml",
		"- hotline":                                 "map.yaml",
		"values: {rating: {A: 5}}\nset: {color: 1}": `"color" is no field`,
	} {
		r := newRig(t)
		_, err := r.bring(r.file("past.csv", ours), "csv", r.file("map.yaml", text))
		if !errors.Is(err, errInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	r := newRig(t)
	said, err := r.bring(r.file("past.csv", surveyed), "qualtrics", r.file("map.yaml", "set: {touchpoint: hotline}\ncolumns: {rating: Q1}\nvalues: {rating: {Satisfied: 5}}"))
	if !errors.Is(err, errInvalid) || !strings.Contains(said, "rating (Q1): is none of the values that the map lists") || strings.Contains(said, "Not satisfied") {
		t.Errorf("a value that is not listed: %v\n%s", err, said)
	}
}

func TestLongTextsAreRefusedOrCutAsTheMapSays(t *testing.T) {
	text := "touchpoint,channel,rating,submitted_at,comment\nhotline,qr,5,2025-03-10T09:00:00Z,\"" + strings.Repeat("ä ", 1500) + "\a\"\n"
	r := newRig(t)
	if said, err := r.bring(r.file("past.csv", text), "csv", ""); !errors.Is(err, errInvalid) || !strings.Contains(said, "comment: ") {
		t.Errorf("%v: %s", err, said)
	}
	if said, err := r.bring(r.file("past.csv", text), "csv", r.file("map.yaml", "texts: cut")); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}

// Whatever bytes a file has: it is read to its end or refused, and never more than
// it holds is sent.
func TestNoFileBreaksTheReading(t *testing.T) {
	r := newRig(t)
	pieces := []string{"touchpoint,channel,rating,submitted_at\n", "hotline,qr,5,2025-03-10T09:00:00Z\n", `"`, "\r\n", ",", "\x00", "\xff", "{", "}", "[", "]", `{"id":1}`, `"tickets":`, surveyed[:200], byteOrderMark, "é", "\xc3"}
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		for range rapid.IntRange(0, 12).Draw(t, "pieces") {
			b.WriteString(rapid.SampledFrom(pieces).Draw(t, "piece"))
		}
		format := rapid.SampledFrom(formats).Draw(t, "format")
		before := r.calls
		_, err := r.bring(r.file("past", b.String()), format, "")
		if err != nil && !errors.Is(err, errInvalid) {
			t.Fatalf("%v", err)
		}
		if err != nil && r.calls != before {
			t.Fatalf("sent before it was refused: %v", err)
		}
	})
}

func TestAHundredThousandRowsAreSentInBatchesThatFit(t *testing.T) {
	r := newRig(t)
	r.blind = true
	var b strings.Builder
	b.WriteString("id,touchpoint,channel,rating,submitted_at,comment\n")
	const rows = 100_000
	for i := range rows {
		fmt.Fprintf(&b, "%d,hotline,qr,%d,2025-03-%02dT09:00:00Z,%s\n", i, 1+i%5, 1+i%28, strings.Repeat("ä", i%1000/999*900))
	}
	said, err := r.bring(r.file("past.csv", b.String()), "csv", "")
	if err != nil || !strings.Contains(said, "100,000 events: 100,000 stored, 0 here before") {
		t.Fatalf("%v: %s", err, said)
	}
	if least := rows / intake.MaxBatchEvents; r.calls < least || r.calls > 2*least {
		t.Errorf("%d requests", r.calls)
	}
}
