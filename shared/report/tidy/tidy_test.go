package tidy_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/report/doc"
	"resonanz/shared/report/doc/doctest"
	"resonanz/shared/report/tidy"
)

var at = time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)

func TestATableIsWrittenWithItsRawValues(t *testing.T) {
	table := &doc.Table{
		Columns: []doc.Column{{ID: "touchpoint", Label: "Kontaktpunkt"}, {ID: "csat_pct"}, {ID: "n"}, {ID: "signal"}},
		Rows: [][]doc.Cell{
			{{Text: "Kasse", Value: "checkout"}, {Text: "82,4 %", Value: 82.3529411764706}, {Text: "1.234", Value: int64(1234)}, {Text: "ja", Value: true}},
			{{Text: "a", Value: `say "no", then` + "\nleave"}, {Text: "n < 5"}, {Text: "0,0 %", Value: math.NaN()}},
			{{Text: "klein", Value: "tiny"}, {Text: "0", Value: 1e-9}, {Text: "−3", Value: int64(-3)}, {Text: "nein", Value: false}},
		},
		Hidden: 1,
	}
	want := "touchpoint,csat_pct,n,signal\r\n" +
		"checkout,82.3529411764706,1234,true\r\n" +
		"\"say \"\"no\"\", then\r\nleave\",,,\r\n" +
		"tiny,0.000000001,-3,false\r\n"
	if diff := cmp.Diff(want, string(tidy.Table(table))); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
}

// archive is what a zip holds, by name, and the names in order.
func archive(t testing.TB, d *doc.Document) (files map[string][]byte, names []string) {
	t.Helper()
	b, err := tidy.Zip(d, at)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
		if !f.Modified.Equal(at) {
			t.Errorf("%s is of %s", f.Name, f.Modified)
		}
	}
	return files, names
}

// described is what the tests read of datapackage.json.
type described struct {
	Name, Title, Created, Version string
	Resources                     []struct {
		Name, Path, Title, Encoding string
		Schema                      struct {
			Fields []struct{ Name, Title, Type string }
		}
	}
}

func TestTheArchiveHoldsEveryTableAndItsDescription(t *testing.T) {
	for _, l := range doctest.Languages {
		d := doctest.Sample(l, 8)
		files, names := archive(t, d)
		want := []string{"datapackage.json", "header.csv", "csat_by_touchpoint.csv", "complaints_by_category.csv", "compensations.csv", "trend.csv"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", l, diff)
		}
		var p described
		if err := json.Unmarshal(files["datapackage.json"], &p); err != nil {
			t.Fatal(err)
		}
		if p.Title != d.Title || p.Created != "2026-04-06T00:00:00Z" || p.Version != d.Hash || len(p.Resources) != len(want)-1 {
			t.Errorf("%s: %+v", l, p)
		}
		for _, r := range p.Resources {
			check(t, r.Path, files[r.Path], func(i int) (name, kind string) { return r.Schema.Fields[i].Name, r.Schema.Fields[i].Type }, len(r.Schema.Fields))
		}
	}
}

// check compares a file with its description: the head, and the type of every
// value.
func check(t *testing.T, path string, b []byte, field func(i int) (name, kind string), n int) {
	t.Helper()
	if !utf8.Valid(b) {
		t.Errorf("%s is no UTF-8", path)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) < 2 || len(rows[0]) != n {
		t.Fatalf("%s: %d rows, %v", path, len(rows), err)
	}
	for i := range n {
		name, kind := field(i)
		if rows[0][i] != name {
			t.Errorf("%s: column %d is %q, described as %q", path, i, rows[0][i], name)
		}
		for _, r := range rows[1:] {
			if r[i] == "" {
				continue
			}
			var err error
			switch kind {
			case "integer":
				_, err = strconv.ParseInt(r[i], 10, 64)
			case "number":
				_, err = strconv.ParseFloat(r[i], 64)
			case "boolean":
				_, err = strconv.ParseBool(r[i])
			case "datetime":
				_, err = time.Parse(time.RFC3339, r[i])
			}
			if err != nil {
				t.Errorf("%s: %s is %s: %v", path, name, kind, err)
			}
		}
	}
}

func TestTypesAreThoseOfAllValues(t *testing.T) {
	cell := func(v any) []doc.Cell { return []doc.Cell{{Value: v}} }
	for want, rows := range map[string][][]doc.Cell{
		"integer":  {cell(int64(1)), cell(nil), cell(int64(2))},
		"number":   {cell(int64(1)), cell(2.5)},
		"boolean":  {cell(true), cell(false)},
		"datetime": {cell("2026-04-06T00:00:00Z"), cell(nil)},
		"string":   {cell("2026-04-06T00:00:00Z"), cell("later")},
		"any":      {cell(nil)},
	} {
		d := &doc.Document{Sections: []doc.Section{{Blocks: []doc.Block{{Table: &doc.Table{ID: "t", Columns: []doc.Column{{ID: "c"}}, Rows: rows}}}}}}
		files, _ := archive(t, d)
		var p described
		if err := json.Unmarshal(files["datapackage.json"], &p); err != nil {
			t.Fatal(err)
		}
		if got := p.Resources[0].Schema.Fields[0].Type; got != want {
			t.Errorf("%v is %s, want %s", rows, got, want)
		}
	}
}

func TestTwoTablesOfOneNameBothGetAFile(t *testing.T) {
	table := func(v string) doc.Block {
		return doc.Block{Table: &doc.Table{ID: "t", Columns: []doc.Column{{ID: "c"}}, Rows: [][]doc.Cell{{{Value: v}}}}}
	}
	files, names := archive(t, &doc.Document{Sections: []doc.Section{{Blocks: []doc.Block{table("a"), table("b")}}}})
	if !slices.Equal(names, []string{"datapackage.json", "t.csv", "t_2.csv"}) || string(files["t_2.csv"]) != "c\r\nb\r\n" || !strings.Contains(string(files["datapackage.json"]), `"path": "t_2.csv"`) {
		t.Errorf("%q: %q", names, files)
	}
}

func TestAnEmptyDocumentIsAnArchiveWithoutTables(t *testing.T) {
	if files, names := archive(t, &doc.Document{}); !slices.Equal(names, []string{"datapackage.json"}) || !strings.Contains(string(files["datapackage.json"]), `"resources": []`) {
		t.Errorf("%q: %s", names, files["datapackage.json"])
	}
}

func rendered(d *doc.Document) ([]byte, error) { return tidy.Zip(d, at) }

func TestMain(m *testing.M) { doctest.Main(m, rendered) }

func TestTwoProcessesWriteTheSameBytes(t *testing.T) { doctest.SameInEveryProcess(t, rendered) }
