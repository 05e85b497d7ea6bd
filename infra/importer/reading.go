package main

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// formats are the kinds of files that can be read.
var formats = []string{"csv", "qualtrics", "zendesk"}

// record is one row of a file as its format has it.
type record struct {
	line int
	at   func(column string) string // "" where there is none
	skip string                     // why it is left out; empty: it is not
	id   string                     // shown beside the line where that says little
}

// source reads a file of one format.
type source interface {
	// next gives the next record; io.EOF after the last. A *broken names what
	// makes the rest unreadable.
	next() (*record, error)
	// defaults are the columns of our fields where the map names none.
	defaults() map[string]string
	// has reports whether the file can have a column.
	has(column string) bool
	// zone is that of times without an offset; nil: the file does not say.
	zone() *time.Location
	// settle makes a value of a format one of ours, where the map does not.
	settle(field, value string, tp *config.Touchpoint) string
}

// broken says what is wrong with a file as a whole, or from a line on.
type broken struct{ problem.Field }

func (b *broken) Error() string { return b.Detail }

func unreadable(line int, code problem.Code, format string, a ...any) error {
	return &broken{problem.Field{Line: line, Field: "file", Code: code, Detail: fmt.Sprintf(format, a...)}}
}

// row is one row, checked.
type row struct {
	line   int
	id     string // of its source, if that helps to find it
	event  []byte // JSON
	month  period.Period
	skip   string
	errors []problem.Field
}

// reading reads one file from its beginning.
type reading struct {
	cfg    *config.Config
	m      *mapping
	format string
	file   *os.File
	source source
	now    time.Time

	columns map[string]string // by field
	seen    map[store.Digest]twin
	minted  map[store.Digest]int
}

// twin is an event met before.
type twin struct {
	line int
	body store.Digest
}

// open opens a file. What is wrong with it as a whole is a *broken.
func open(cfg *config.Config, path, format string, m *mapping, now time.Time) (*reading, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, errors.Join(err, fmt.Errorf("%w: %s is no file: it is read twice", errUsage, filepath.Base(path)))
	}
	r := &reading{cfg: cfg, m: m, format: format, file: f, now: now, seen: map[store.Digest]twin{}, minted: map[store.Digest]int{}}
	switch format {
	case "qualtrics":
		r.source, err = openQualtrics(f)
	case "zendesk":
		r.source, err = openZendesk(f)
	default:
		r.source, err = openPlain(f, m)
	}
	if err == nil {
		err = r.choose()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

// choose finds the column of each field.
func (r *reading) choose() error {
	r.columns = r.source.defaults()
	for _, f := range slices.Sorted(maps.Keys(r.m.Columns)) {
		if !r.source.has(r.m.Columns[f]) {
			return unreadable(1, problem.MissingColumn, "has no column %q, which the map names for %s", r.m.Columns[f], f)
		}
		r.columns[f] = r.m.Columns[f]
	}
	for f := range r.m.Set {
		delete(r.columns, f)
	}
	for _, f := range []string{"touchpoint", "submitted_at"} {
		if r.columns[f] == "" && r.m.Set[f] == nil {
			return unreadable(1, problem.MissingColumn, "does not say the %s of a row: name a column in the map, or set it", f)
		}
	}
	return nil
}

// next reads and checks the next row; io.EOF after the last.
func (r *reading) next() (row, error) {
	rec, err := r.source.next()
	if err != nil {
		return row{}, err
	}
	out := row{line: rec.line, id: rec.id, skip: rec.skip}
	if rec.skip != "" {
		return out, nil
	}
	values, wrong := r.values(rec)
	if len(wrong) == 0 && values["kind"] != string(feedback.KindComplaint) && values["rating"] == "" && r.format != "csv" {
		out.skip = "not rated"
		return out, nil
	}
	event, also := r.event(values)
	if wrong = append(wrong, also...); len(wrong) == 0 {
		out.event = event
		wrong = r.judge(&out)
	}
	for i := range wrong {
		wrong[i].Line = rec.line
		if c := r.columns[wrong[i].Field]; c != "" && c != wrong[i].Field {
			wrong[i].Field += " (" + c + ")"
		}
	}
	out.errors = wrong
	return out, nil
}

// values are the values of our fields in a record.
func (r *reading) values(rec *record) (map[string]string, []problem.Field) {
	values, wrong := make(map[string]string, len(known)), []problem.Field(nil)
	var all strings.Builder
	for i := range known {
		f := known[i].name
		v := r.cell(rec, f)
		if strings.Contains(v, byteOrderMark) {
			wrong = append(wrong, problem.Field{Field: f, Code: problem.MalformedCSV, Detail: "contains a byte order mark: were files joined?"})
			continue
		}
		fmt.Fprintf(&all, "%d:%s", len(v), v)
		v, ok := r.m.translate(f, v)
		if !ok {
			wrong = append(wrong, problem.Field{Field: f, Code: problem.InvalidValue, Detail: "is none of the values that the map lists"})
			continue
		}
		values[f] = v
	}
	tp := r.cfg.Touchpoint(feedback.Touchpoint(values["touchpoint"]))
	for f, v := range values {
		if _, mapped := r.m.Values[f]; !mapped && r.m.Set[f] == nil {
			values[f] = r.source.settle(f, v, tp)
		}
	}
	if complains := values["kind"] == string(feedback.KindComplaint); complains && r.format != "csv" {
		values["rating"] = "" // what a complaint says is told, not rated
	} else if !complains && values["scale"] == "" && tp != nil {
		values["scale"] = string(tp.Scale)
	}
	if values["event_id"] == "" {
		values["event_id"] = string(r.mint(values["id"], all.String()))
	}
	return values, wrong
}

func (r *reading) cell(rec *record, f string) string {
	if v, ok := r.m.Set[f]; ok {
		s, _ := scalar(v)
		return s
	}
	c := r.columns[f]
	if c == "" {
		return ""
	}
	return rec.at(c)
}

// mint makes the event id of a row: that of its id at the source, so that it is the
// same however often and in which file it comes; of a row without one that of all
// its cells, counting those that are the same.
func (r *reading) mint(id, all string) feedback.EventID {
	from := cmp.Or(r.m.Source, r.format)
	if id != "" {
		return feedback.DeriveEventID("import", from, "id", id)
	}
	digest := store.DigestOf([]byte(all))
	r.minted[digest]++
	return feedback.DeriveEventID("import", from, "row", hex.EncodeToString(digest[:]), strconv.Itoa(r.minted[digest]))
}

// event writes the JSON of an imported event.
func (r *reading) event(values map[string]string) (event []byte, wrong []problem.Field) {
	zone := cmp.Or(r.m.zone, r.source.zone())
	var b bytes.Buffer
	b.WriteString(`{"collection_mode":"imported"`)
	for i := range known {
		f := &known[i]
		v := values[f.name]
		if v == "" || f.form == apart {
			continue
		}
		member, code, detail := f.member(v, zone, r.m.Texts == "cut")
		if code != "" {
			wrong = append(wrong, problem.Field{Field: f.name, Code: code, Detail: detail})
			continue
		}
		b.WriteString(`,"` + f.name + `":`)
		b.Write(member)
	}
	b.WriteByte('}')
	return b.Bytes(), wrong
}

// judge checks an event by the rules of the interface, and that no other has its id.
func (r *reading) judge(out *row) []problem.Field {
	s, err := intake.ParseEvent(r.cfg, intake.Source{}, intake.Mixed, out.event, r.now)
	if err != nil {
		p := problem.Of(err)
		if len(p.Errors) == 0 {
			return []problem.Field{{Field: "event", Code: p.Code, Detail: p.Detail}}
		}
		return p.Errors
	}
	out.month = s.Rating.ResponseKey.Month()
	key, body := store.DigestOf([]byte(s.ID())), store.DigestOf(out.event)
	before, met := r.seen[key]
	switch {
	case !met:
		r.seen[key] = twin{out.line, body}
	case before.body == body && r.format != "csv": // pages of an export may overlap
		out.skip = "twice in the file"
	default:
		return []problem.Field{{Field: "id", Code: problem.EventConflict, Detail: "is the same as in line " + strconv.Itoa(before.line)}}
	}
	return nil
}

// count is what a file holds.
type count struct {
	rows, events int
	skipped      map[string]int // by reason
	first, last  period.Period  // months of the events
}

// add counts an event of a month.
func (n *count) add(m period.Period) {
	if n.events == 0 || m.Before(n.first) {
		n.first = m
	}
	if n.events == 0 || n.last.Before(m) {
		n.last = m
	}
	n.events++
}

// months says which the events are of.
func (n *count) months() string {
	if n.first == n.last {
		return " of " + n.first.String()
	}
	return " of " + n.first.String() + " to " + n.last.String()
}

// leftOut says what is not sent, or nothing.
func (n *count) leftOut() string {
	if len(n.skipped) == 0 {
		return ""
	}
	var why []string
	for _, reason := range slices.Sorted(maps.Keys(n.skipped)) {
		why = append(why, thousands(n.skipped[reason])+" "+reason)
	}
	return "; left out: " + strings.Join(why, ", ")
}

// maxListed is the most errors that are listed.
const maxListed = 100

// check reads the whole file and lists what is wrong with it, by line. Errors:
// errInvalid when anything is.
func check(again func() (*reading, error), name string, out io.Writer) (*count, error) {
	n := &count{skipped: map[string]int{}}
	listed, lines := 0, 0
	list := func(line int, id string, w problem.Field) {
		if listed++; listed <= maxListed {
			fmt.Fprintf(out, "%s:%d: %s%s: %s (%s)\n", name, line, id, w.Field, w.Detail, w.Code)
		}
	}
	r, err := again()
	var b *broken
	if errors.As(err, &b) {
		list(b.Line, "", b.Field)
		return nil, errInvalid
	}
	if err != nil {
		return nil, err
	}
	defer r.file.Close()
	for {
		one, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.As(err, &b) {
			list(b.Line, "", b.Field)
			lines++
			break
		}
		if err != nil {
			return nil, err
		}
		n.rows++
		switch {
		case one.skip != "":
			n.skipped[one.skip]++
		case len(one.errors) > 0:
			lines++
			for _, w := range one.errors {
				list(one.line, one.id, w)
			}
		default:
			n.add(one.month)
		}
	}
	if listed > maxListed {
		fmt.Fprintf(out, "… %s in all\n", countOf(listed, "error"))
	}
	switch {
	case lines > 0:
		return nil, fmt.Errorf("%w: %s of %s in error", errInvalid, countOf(lines, "row"), name)
	case n.events == 0:
		return nil, fmt.Errorf("%w: %s has nothing to import%s", errInvalid, name, n.leftOut())
	}
	return n, nil
}
