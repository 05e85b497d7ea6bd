package main

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

// qualtrics is the CSV that Qualtrics exports responses as: three rows of headings
// (names, questions, and what the column is imported as, in JSON), then a response
// in each row.
type qualtrics struct {
	*table
	imports map[string]int // column by ImportId
	local   *time.Location // of its times
}

func openQualtrics(r io.Reader) (source, error) {
	t, err := openTable(r)
	if err != nil {
		return nil, err
	}
	q := &qualtrics{table: t, imports: map[string]int{}}
	for heading := 2; heading <= 3; heading++ {
		cells, line, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil, unreadable(heading, problem.MissingColumn, "ends before the third row of headings: is it an export of Qualtrics?")
		}
		if err != nil {
			return nil, err
		}
		if heading == 2 {
			if t.names[0] == "V1" || len(cells) > 0 && cells[0] == "ResponseID" {
				return nil, unreadable(1, problem.MalformedCSV, "is a legacy export with two rows of headings: export it anew, without the legacy format")
			}
			continue
		}
		for i, c := range cells {
			var said struct{ ImportID, TimeZone string }
			if json.Unmarshal([]byte(c), &said) != nil || said.ImportID == "" {
				return nil, unreadable(line, problem.MalformedCSV, `must be the third row of headings, such as {"ImportId":"startDate"}, and is not in column %d`, i+1)
			}
			q.imports[said.ImportID] = i
			if said.TimeZone != "" && q.local == nil {
				if q.local, err = zoneNamed(said.TimeZone); err != nil {
					return nil, unreadable(line, problem.InvalidTime, "names a time zone that is not known, in column %d: name it in the map", i+1)
				}
			}
		}
	}
	if _, ok := q.imports["_recordId"]; !ok {
		return nil, unreadable(1, problem.MissingColumn, "has no column ResponseId: export it with all fields")
	}
	return q, nil
}

// zoneNamed reads the name of a zone as Qualtrics writes it.
func zoneNamed(name string) (*time.Location, error) {
	if name == "Z" {
		return time.UTC, nil
	}
	return time.LoadLocation(name)
}

// column finds a column by its name, or by its ImportId.
func (q *qualtrics) column(name string) (int, bool) {
	if i, ok := q.columns[name]; ok {
		return i, true
	}
	i, ok := q.imports[name]
	return i, ok
}

func (q *qualtrics) has(column string) bool { _, ok := q.column(column); return ok }
func (q *qualtrics) zone() *time.Location   { return q.local }

func (q *qualtrics) next() (*record, error) {
	cells, line, err := q.table.next()
	if err != nil {
		return nil, err
	}
	at := func(column string) string {
		if i, ok := q.column(column); ok {
			return cells[i]
		}
		return ""
	}
	return &record{line: line, at: at, skip: q.leave(at)}, nil
}

// leave says why a row is no response of a customer. Status is a number or a word,
// as the export was asked for: 1 a preview, 2 a test, 8 spam, 16 taken offline.
func (q *qualtrics) leave(at func(string) string) string {
	switch status := strings.ToLower(at("status")); status {
	case "1", "2", "9", "17", "survey preview", "survey test", "survey preview spam", "offline survey preview":
		return "previews and tests"
	case "8", "12", "40", "spam", "imported spam", "ex spam":
		return "spam"
	}
	switch strings.ToLower(at("finished")) {
	case "0", "false":
		return "not finished"
	}
	return ""
}

func (q *qualtrics) defaults() map[string]string {
	columns := map[string]string{"id": "_recordId"}
	for f, c := range map[string]string{"submitted_at": "endDate", "language": "userLanguage", "channel": "distributionChannel"} {
		if q.has(c) {
			columns[f] = c
		}
	}
	if columns["submitted_at"] == "" && q.has("recordedDate") {
		columns["submitted_at"] = "recordedDate"
	}
	return columns
}

// ways are the channels of Qualtrics. A personal link ("gl") is sent by whoever
// made it, on a way that nobody knows.
var ways = map[string]feedback.Channel{
	"email": feedback.EmailLink, "sms": feedback.SMSLink, "qr": feedback.QR,
	"anonymous": feedback.WebForm, "gl": feedback.WebForm, "social": feedback.WebForm,
}

func (q *qualtrics) settle(field, value string, _ *config.Touchpoint) string {
	switch field {
	case "channel":
		if c, ok := ways[strings.ToLower(value)]; ok {
			return string(c)
		}
	case "language": // such as DE, EN-GB or ZH-S
		code, _, _ := strings.Cut(strings.ToLower(value), "-")
		if _, err := feedback.ParseLanguage(code); err != nil {
			return ""
		}
		return code
	}
	return value
}
