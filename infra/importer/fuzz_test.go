package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"resonanz/infra/configure"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
)

// Whatever file is brought, with whatever map: rows that the interface takes as they
// are, each under an id of its own and the same when it is read again, or errors that
// name line, field and why.
func FuzzFile(f *testing.F) {
	f.Add(byte(0), ours, "")
	f.Add(byte(1), surveyed, surveyMap)
	f.Add(byte(2), ticketed, ticketMap)
	f.Add(byte(2), `{"count":1,"satisfaction_ratings":[{"id":1,"ticket_id":2,"score":"good","created_at":"2025-06-22T22:55:29Z"}]}`, "set: {touchpoint: hotline}")
	f.Add(byte(0), "Ort;x,Datum,Note\nKöln,10.03.2025 09:00,5\n", "time_zone: Europe/Berlin\nset: {channel: web_form}\ncolumns: {touchpoint: Ort;x, submitted_at: Datum, rating: Note}\nvalues: {touchpoint: {\"*\": hotline}}")
	f.Add(byte(0), byteOrderMark+ours, "texts: cut")
	for _, maps := range []string{"set: {touchpoint: [a]}", "set: &a {touchpoint: *a}", "time_zone: Local", "columns: {none: a}", "values: {rating: {a: {b: c}}}", "- a", "texts: maybe", "\x00", "set: {rating: .inf}"} {
		f.Add(byte(0), ours, maps)
	}
	cfg, err := configure.Load("../feedback.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, format byte, text, maps string) {
		r := &rig{tb: t, cfg: cfg, dir: t.TempDir()}
		name := ""
		if maps != "" {
			name = r.file("map.yaml", maps)
		}
		m, err := readMapping(name)
		if err != nil {
			if !errors.Is(err, errInvalid) || !strings.Contains(err.Error(), "map.yaml") {
				t.Errorf("%q: %v", maps, err)
			}
			return
		}
		path, as := r.file("file", text), formats[int(format)%len(formats)]
		lines := 1 + strings.Count(text, "\n")
		one := events(t, cfg, path, as, m, lines)
		two := events(t, cfg, path, as, m, lines)
		if strings.Join(one, "\n") != strings.Join(two, "\n") {
			t.Errorf("read twice:\n%q\n%q", one, two)
		}
	})
}

// events are those of a file, until what makes the rest unreadable.
func events(t *testing.T, cfg *config.Config, path, format string, m *mapping, lines int) (all []string) {
	t.Helper()
	// A file that ends too soon lacks the line behind its last.
	named := func(line int, field, detail string, code string) {
		if line < 1 || line > lines+1 || field == "" || detail == "" || code == "" {
			t.Errorf("of %d lines: line %d, %q: %q (%s)", lines, line, field, detail, code)
		}
	}
	r, err := open(cfg, path, format, m, noon)
	var b *broken
	if errors.As(err, &b) {
		named(b.Line, b.Field.Field, b.Detail, string(b.Code))
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.file.Close()
	met := map[feedback.EventID]bool{}
	for {
		one, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			return all
		case errors.As(err, &b):
			named(b.Line, b.Field.Field, b.Detail, string(b.Code))
			return all
		case err != nil:
			t.Fatal(err)
		}
		for _, w := range one.errors {
			named(w.Line, w.Field, w.Detail, string(w.Code))
		}
		if one.skip != "" || len(one.errors) > 0 {
			continue
		}
		s, err := intake.ParseEvent(cfg, intake.Source{}, intake.Mixed, one.event, noon)
		if err != nil {
			t.Fatalf("%s is refused: %v", one.event, err)
		}
		if met[s.ID()] {
			t.Errorf("two rows are event %s", s.ID())
		}
		met[s.ID()] = true
		all = append(all, string(one.event))
	}
}
