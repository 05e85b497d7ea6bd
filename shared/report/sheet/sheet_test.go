package sheet_test

import (
	"archive/zip"
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"resonanz/shared/report/doc"
	"resonanz/shared/report/doc/doctest"
	"resonanz/shared/report/sheet"
)

var at = time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)

// open writes a document and reads it back.
func open(t testing.TB, d *doc.Document) *excelize.File {
	t.Helper()
	b, err := sheet.Render(d, at)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// find is the cell with that text.
func find(t testing.TB, f *excelize.File, name, text string) (column, row int) {
	t.Helper()
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	for r, cells := range rows {
		for c, v := range cells {
			if v == text {
				return c + 1, r + 1
			}
		}
	}
	t.Fatalf("%s holds no %q: %q", name, text, rows)
	return 0, 0
}

func TestEverySectionWithTablesHasItsSheetAndTheCoverLeadsThere(t *testing.T) {
	d := doctest.Sample("de", 3)
	f := open(t, d)
	want := []string{"Das Wichtigste", "1 Über diesen Bericht", "4 Zufriedenheit (CSAT)", "7 Beschwerden", "14 Verlauf und Regelkarten"}
	if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	for _, name := range want[1:] {
		c, r := find(t, f, want[0], name)
		cell, _ := excelize.CoordinatesToCellName(c, r)
		if ok, target, err := f.GetCellHyperLink(want[0], cell); err != nil || !ok || target != "'"+name+"'!A1" {
			t.Errorf("%s leads to %q, %v", name, target, err)
		}
	}
	_, r := find(t, f, want[0], "5 Weiterempfehlung (NPS)")
	why, err := f.GetCellValue(want[0], "B"+strconv.Itoa(r))
	if err != nil || why != "Im Berichtsmonat wurde nicht nach der Weiterempfehlung gefragt." {
		t.Errorf("why section 5 has no sheet: %q, %v", why, err)
	}
	find(t, f, want[0], "82.4\u00a0%") // a number, shown in the reader's own way
	find(t, f, want[0], "• Vom Standort Bonn kam seit 9 Tagen keine Antwort.")
}

func TestNumbersAreNumbersInTheFormatOfTheDocument(t *testing.T) {
	f := open(t, doctest.Sample("de", 5))
	for _, c := range []struct {
		sheet, row string
		column     int
		value      float64
		format     string
	}{
		{"4 Zufriedenheit (CSAT)", "Hotline", 2, 43, `#,##0`},
		{"4 Zufriedenheit (CSAT)", "Hotline", 3, 78.3, "\"▲ \"#,##0.0\"\u00a0%\";\"▲ \"-#,##0.0\"\u00a0%\""},
		{"4 Zufriedenheit (CSAT)", "Hotline", 4, 72.6, "#,##0.0\"\u00a0%\""},
		{"4 Zufriedenheit (CSAT)", "Hotline", 6, 3.915, "#,##0.00"},
		{"7 Beschwerden", "Gutschein", 3, 1234.5, "#,##0.00\"\u00a0€\""},
		{"7 Beschwerden", "Erstattung", 3, -87, "#,##0.00\"\u00a0€\""},
		{"7 Beschwerden", "Gutschein", 4, 273600.0 / 86400, "[h]:mm:ss"},
	} {
		_, row := find(t, f, c.sheet, c.row)
		cell, _ := excelize.CoordinatesToCellName(c.column, row)
		raw, err := f.GetCellValue(c.sheet, cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := strconv.ParseFloat(raw, 64); err != nil || math.Abs(v-c.value) > 1e-9 {
			t.Errorf("%s, %s, column %d: %q, want %v", c.sheet, c.row, c.column, raw, c.value)
		}
		if kind, err := f.GetCellType(c.sheet, cell); err != nil || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
			t.Errorf("%s, %s, column %d: type %d, %v", c.sheet, c.row, c.column, kind, err)
		}
		id, err := f.GetCellStyle(c.sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if s.CustomNumFmt == nil || *s.CustomNumFmt != c.format {
			got := "none"
			if s.CustomNumFmt != nil {
				got = *s.CustomNumFmt
			}
			t.Errorf("%s, %s, column %d: format %s, want %s", c.sheet, c.row, c.column, got, c.format)
		}
	}
	_, row := find(t, f, "4 Zufriedenheit (CSAT)", "Filiale Bonn")
	if v, err := f.GetCellValue("4 Zufriedenheit (CSAT)", "B"+strconv.Itoa(row)); err != nil || v != "n < 5" {
		t.Errorf("a withheld number: %q, %v", v, err)
	}
}

func TestHiddenRowsAndTwinsAreInTheSheet(t *testing.T) {
	d := doctest.Sample("en", 12)
	for _, b := range d.Sections[2].Blocks {
		if b.Table != nil {
			b.Table.Hidden = 10
		}
	}
	f := open(t, d)
	find(t, f, "4 Satisfaction (CSAT)", "Newsletter/website 11")
	find(t, f, "14 Trends and control charts", "Mar 26")
}

func TestTheHeadOfATableStaysInSight(t *testing.T) {
	f := open(t, doctest.Sample("en", 12))
	for name, want := range map[string]int{"4 Satisfaction (CSAT)": 6, "7 Complaints": 1} {
		p, err := f.GetPanes(name)
		if err != nil || !p.Freeze || p.YSplit != want {
			t.Errorf("%s: %+v, %v, want %d rows", name, p, err, want)
		}
	}
	_, row := find(t, f, "4 Satisfaction (CSAT)", "Touchpoint")
	tables, err := f.GetTables("4 Satisfaction (CSAT)")
	if err != nil || len(tables) != 1 || row != 6 || tables[0].Range != "A6:G18" || tables[0].Name != "t_csat_by_touchpoint" {
		t.Errorf("head in row %d: %+v, %v", row, tables, err)
	}
}

func TestNamesThatSheetsForbidAreWrittenOtherwise(t *testing.T) {
	long := "Was [Kunden] zu Lieferung/Abholung: sagen? Und noch viel mehr"
	table := &doc.Table{ID: "a-b", Columns: []doc.Column{{ID: "x", Label: "n"}, {ID: "y", Label: "N"}, {ID: "z"}}, Rows: [][]doc.Cell{{{Text: "=1+1", Value: "=1+1"}}}}
	d := &doc.Document{Title: "t", Sections: []doc.Section{
		{Number: 7, Title: long, Blocks: []doc.Block{{Table: table}, {Table: table}}},
		{Number: 7, Title: long, Blocks: []doc.Block{{Table: table}}},
	}}
	f := open(t, d)
	names := f.GetSheetList()
	if len(names) != 3 || slices.ContainsFunc(names, func(n string) bool { return len([]rune(n)) > 31 || strings.ContainsAny(n, `[]:*?/\`) }) {
		t.Errorf("sheets: %q", names)
	}
	rows, err := f.GetRows(names[1])
	if err != nil || !slices.ContainsFunc(rows, func(r []string) bool { return slices.Equal(r, []string{"n", "N (2)", "z"}) }) {
		t.Errorf("heads: %q, %v", rows, err)
	}
	c, r := find(t, f, names[1], "=1+1")
	cell, _ := excelize.CoordinatesToCellName(c, r)
	if formula, err := f.GetCellFormula(names[1], cell); err != nil || formula != "" {
		t.Errorf("a text became the formula %q, %v", formula, err)
	}
}

func TestTheBookSaysWhatItIsAndHoldsNoOtherTime(t *testing.T) {
	d := doctest.Sample("de", 2)
	f := open(t, d)
	p, err := f.GetDocProps()
	if err != nil || p.Title != d.Title || p.Creator != d.Organisation || p.Language != "de" || p.Created != "2026-04-06T00:00:00Z" || p.Modified != p.Created {
		t.Errorf("%+v, %v", p, err)
	}
	b, err := sheet.Render(d, at)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range z.File {
		if e.Modified.Year() > 1980 {
			t.Errorf("%s is of %s", e.Name, e.Modified)
		}
	}
}

func rendered(d *doc.Document) ([]byte, error) { return sheet.Render(d, at) }

func TestMain(m *testing.M) { doctest.Main(m, rendered) }

func TestTwoProcessesWriteTheSameBytes(t *testing.T) { doctest.SameInEveryProcess(t, rendered) }
