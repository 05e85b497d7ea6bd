package main

import (
	"encoding/csv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxExport bounds an export, in bytes: an answer of a function has room for
// six million.
const maxExport = 4_000_000

// columns of an export. None holds what somebody wrote.
var columns = []string{
	"number", "family", "rule", "priority", "status", "severity", "urgency", "category", "touchpoint", "channel", "language", "segment",
	"team", "owner", "scale", "rating", "notifiable", "sla", "escalations", "opened_at", "due_at", "ended_at", "next", "next_due_at", "version",
}

// table is CSV in the making (RFC 4180).
type table struct {
	b    strings.Builder
	w    *csv.Writer
	rows int
}

func newTable() *table {
	t := new(table)
	t.w = csv.NewWriter(&t.b)
	t.w.UseCRLF = true
	_ = t.w.Write(columns) // a strings.Builder never fails
	return t
}

func (t *table) add(it item) {
	rating := ""
	if it.Rating != nil {
		rating = strconv.Itoa(*it.Rating)
	}
	row := []string{
		string(it.Number), string(it.Family), it.Rule, it.Priority, string(it.Status), string(it.Severity), string(it.Urgency), it.Category,
		string(it.Touchpoint), string(it.Channel), string(it.Language), it.Segment, it.Team, it.Owner, string(it.Scale), rating,
		strconv.FormatBool(it.Notifiable), string(it.SLA), strings.Join(it.Escalations, " "), stamp(it.OpenedAt), stamp(it.DueAt), stamp(it.EndedAt),
		string(it.Next.Name), stamp(it.Next.DueAt), strconv.Itoa(it.Version),
	}
	for i := range row {
		row[i] = harmless(row[i])
	}
	_ = t.w.Write(row)
	t.rows++
}

func (t *table) size() int {
	t.w.Flush()
	return t.b.Len()
}

func (t *table) text() string {
	t.w.Flush()
	return t.b.String()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// harmless keeps a spreadsheet from taking a cell for a formula (OWASP, CSV
// Injection): what begins like one, in whatever width, gets an apostrophe.
func harmless(s string) string {
	if r, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
		return "'" + s
	}
	return s
}
