package present_test

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/report/present"
	"resonanz/shared/report/present/presenttest"
)

func document(r *report.Report, l feedback.Language) *doc.Document {
	return present.Document(r, presenttest.Options(l))
}

// samples are the reports of every test below.
func samples() map[string]*report.Report {
	return map[string]*report.Report{"rich": presenttest.Rich(), "empty": presenttest.Empty()}
}

// each calls f for every sample in every language.
func each(t *testing.T, f func(t *testing.T, name string, d *doc.Document)) {
	t.Helper()
	for name, r := range samples() {
		for _, l := range present.Languages() {
			t.Run(name+" "+string(l), func(t *testing.T) { f(t, name, document(r, l)) })
		}
	}
}

func tables(d *doc.Document) map[string]*doc.Table {
	all := make(map[string]*doc.Table)
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if b.Table != nil {
				all[b.Table.ID] = b.Table
			}
		}
	}
	return all
}

// words are all a document says.
func words(d *doc.Document) string {
	var b strings.Builder
	say := func(s ...string) {
		for _, x := range s {
			b.WriteString(x + "\n")
		}
	}
	say(d.Title, d.Organisation, d.Group, d.Badge, d.AsOf, d.Footer)
	for _, s := range d.Sections {
		say(s.Title)
		for _, x := range s.Blocks {
			say(x.Heading, x.Text, x.Note)
			say(x.List...)
			if x.Notice != nil {
				say(x.Notice.Text)
			}
			for _, f := range x.Figures {
				say(f.Label, f.Value, f.Beside, f.Change)
			}
			if x.Chart != nil {
				say(x.Chart.Title, x.Chart.Alt, x.Chart.XLabel, x.Chart.YLabel)
				say(x.Chart.Labels...)
			}
			if x.Table != nil {
				say(x.Table.Caption)
				for _, c := range x.Table.Columns {
					say(c.Label)
				}
				for _, row := range x.Table.Rows {
					for _, c := range row {
						say(c.Text)
					}
				}
			}
		}
	}
	return b.String()
}

func TestADocumentHasItsSeventeenSections(t *testing.T) {
	each(t, func(t *testing.T, name string, d *doc.Document) {
		if len(d.Sections) != int(report.SecISO) {
			t.Fatalf("%d sections, want 17", len(d.Sections))
		}
		seen := make(map[string]bool)
		for i, s := range d.Sections {
			if s.Number != i+1 || s.Title == "" || len(s.Blocks) == 0 || seen[s.ID] {
				t.Errorf("section %d: %q %q with %d blocks", i+1, s.ID, s.Title, len(s.Blocks))
			}
			seen[s.ID] = true
			if name == "rich" && !slices.ContainsFunc(s.Blocks, func(b doc.Block) bool { return b.Table != nil || b.Figures != nil }) {
				t.Errorf("section %d shows no figure of a month in which everything happened", s.Number)
			}
		}
	})
}

func TestEveryTableIsWholeAndEveryChartHasOne(t *testing.T) {
	each(t, func(t *testing.T, _ string, d *doc.Document) {
		ids := make(map[string]bool)
		all := tables(d)
		for _, s := range d.Sections {
			for i, b := range s.Blocks {
				if x := b.Table; x != nil {
					if ids[x.ID] || x.Caption == "" || len(x.Columns) == 0 || len(x.Rows) == 0 {
						t.Errorf("table %q: caption %q, %d columns, %d rows, or there twice", x.ID, x.Caption, len(x.Columns), len(x.Rows))
					}
					ids[x.ID] = true
					columns := make(map[string]bool)
					for _, c := range x.Columns {
						if c.ID == "" || c.Label == "" || columns[c.ID] {
							t.Errorf("table %s: column %q (%q) has no name, or is there twice", x.ID, c.ID, c.Label)
						}
						columns[c.ID] = true
					}
					for _, row := range x.Rows {
						if len(row) != len(x.Columns) {
							t.Errorf("table %s: a row of %d cells below %d columns: %v", x.ID, len(row), len(x.Columns), row)
						}
						for _, c := range row {
							switch c.Value.(type) {
							case nil, string, bool, int64, float64:
							default:
								t.Errorf("table %s: a cell holds a %T", x.ID, c.Value)
							}
						}
					}
				}
				if c := b.Chart; c != nil {
					if ids[c.ID] || c.Title == "" || !strings.HasSuffix(c.Alt, ".") || c.Language != d.Language {
						t.Errorf("chart %q: title %q, alternative text %q, language %q, or there twice", c.ID, c.Title, c.Alt, c.Language)
					}
					ids[c.ID] = true
					if all[c.Table] == nil {
						t.Errorf("chart %s has no table %q", c.ID, c.Table)
					}
					for _, x := range c.Series {
						if len(x.Values) != len(c.Labels) || x.Low != nil && len(x.Low) != len(c.Labels) || x.X != nil && len(x.X) != len(c.Labels) {
							t.Errorf("chart %s: series %s does not fit its %d labels", c.ID, x.Name, len(c.Labels))
						}
						for _, v := range x.Values {
							if math.IsInf(v, 0) {
								t.Errorf("chart %s draws %v", c.ID, v)
							}
						}
					}
				}
				if b.Heading == "" && b.Text == "" && b.Note == "" && b.List == nil && b.Notice == nil && b.Figures == nil && b.Table == nil && b.Chart == nil {
					t.Errorf("block %d of section %s says nothing", i, s.ID)
				}
			}
		}
	})
}

// A file holds the same figures whatever the language, and so do the charts.
func TestLanguagesDifferInWordsOnly(t *testing.T) {
	for name, r := range samples() {
		de, en := tables(document(r, "de")), tables(document(r, "en"))
		if len(de) != len(en) {
			t.Errorf("%s: %d tables in German, %d in English", name, len(de), len(en))
		}
		for id, x := range de {
			y := en[id]
			if y == nil || len(x.Rows) != len(y.Rows) {
				t.Errorf("%s: table %s is another one in English", name, id)
				continue
			}
			for i := range x.Rows {
				for j := range x.Rows[i] {
					if a, b := x.Rows[i][j].Value, y.Rows[i][j].Value; a != b {
						t.Errorf("%s: table %s, row %d, column %s: %v in German, %v in English", name, id, i, x.Columns[j].ID, a, b)
					}
				}
			}
		}
	}
}

func TestTheSameReportIsTheSameDocument(t *testing.T) {
	for name, r := range samples() {
		for _, l := range present.Languages() {
			if d := cmp.Diff(document(r, l), document(r, l), cmp.Comparer(func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })); d != "" {
				t.Errorf("%s in %s differs the second time:\n%s", name, l, d)
			}
		}
	}
	other := presenttest.Rich()
	other.Run.Facts, other.Run.DuplicatesDropped = 99, 7
	if words(document(other, "de")) != words(document(presenttest.Rich(), "de")) {
		t.Error("how the facts were read is said in the document")
	}
	if d := document(presenttest.Rich(), "fr"); d.Language != "en" {
		t.Errorf("an unknown language is written in %q, want English", d.Language)
	}
}

var (
	share = regexp.MustCompile(`^−?\d+[.,]\d\x{a0}?%$`)
	rests = regexp.MustCompile(`n\x{a0}=\x{a0}\d|(von|of) \d`)
)

// Beside every share stand the number it rests on and its interval.
func TestEveryShareHasItsNumberAndInterval(t *testing.T) {
	each(t, func(t *testing.T, _ string, d *doc.Document) {
		shares := 0
		for _, s := range d.Sections {
			if s.ID == "costs" {
				continue // money over money is no share of anybody
			}
			for _, b := range s.Blocks {
				for _, f := range b.Figures {
					if !share.MatchString(f.Value) {
						continue
					}
					shares++
					if !rests.MatchString(f.Beside) {
						t.Errorf("section %s: %q is %s without its n: %q", s.ID, f.Label, f.Value, f.Beside)
					}
					if !strings.Contains(f.Beside, "95") && !strings.Contains(f.Change, "Grenze") && !strings.Contains(f.Change, "limit") &&
						!strings.Contains(f.Beside, "Kontaktpunkten") && !strings.Contains(f.Beside, "touchpoints") { // all of them, no sample
						t.Errorf("section %s: %q is %s without its interval: %q", s.ID, f.Label, f.Value, f.Beside)
					}
				}
			}
		}
		if d.Sections[3].Blocks[0].Figures != nil && shares < 25 {
			t.Errorf("%d shares found, want those of every section", shares)
		}
	})
}

// A document speaks in words: no code of the report stands in what people read.
func TestCodesAreWords(t *testing.T) {
	code := regexp.MustCompile(`\b[a-z]+_[a-z_]+\b|\b[A-Z]+_[A-Z_]+\b|\{\d\}|NaN|Inf\b|<nil>|%!`)
	each(t, func(t *testing.T, _ string, d *doc.Document) {
		for _, line := range strings.Split(words(d), "\n") {
			if m := code.FindString(line); m != "" && !strings.Contains(line, ".parquet") {
				t.Errorf("%q stands in %q", m, line)
			}
		}
	})
}
