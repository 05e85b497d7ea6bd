package chart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/colour"
	"resonanz/shared/report/chart"
	"resonanz/shared/report/doc"
	"resonanz/shared/report/doc/doctest"
)

// charts are those of a document.
func charts(d *doc.Document) []*doc.Chart {
	var all []*doc.Chart
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if b.Chart != nil {
				all = append(all, b.Chart)
			}
		}
	}
	return all
}

// element is an element of SVG.
type element struct {
	name  string
	attr  map[string]string
	words string
}

// elements reads SVG, which must be XML.
func elements(t rapid.TB, svg []byte) []element {
	t.Helper()
	var all []element
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := element{name: tok.Name.Local, attr: map[string]string{}}
			for _, a := range tok.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			all = append(all, e)
		case xml.CharData:
			if len(all) > 0 {
				all[len(all)-1].words += strings.TrimRight(string(tok), "\n")
			}
		}
	}
}

// texts are the words of a chart that are seen.
func texts(t rapid.TB, svg []byte) []string {
	var all []string
	for _, e := range elements(t, svg) {
		if e.name == "text" {
			all = append(all, e.words)
		}
	}
	return all
}

func TestAChartIsAnImageWithNameAndDescription(t *testing.T) {
	ids := map[string]bool{}
	for _, c := range charts(doctest.Sample("de", 5)) {
		all := elements(t, chart.SVG(c, "#0b5cad"))
		root := all[0]
		if root.name != "svg" || root.attr["role"] != "img" || root.attr["fill"] != "currentColor" {
			t.Errorf("%s: %v", c.ID, root)
		}
		named := strings.Fields(root.attr["aria-labelledby"])
		if len(named) != 2 || all[1].name != "title" || all[1].words != c.Title || all[2].name != "desc" || all[2].words != c.Alt || all[1].attr["id"] != named[0] || all[2].attr["id"] != named[1] {
			t.Errorf("%s: named by %v: %v %v", c.ID, named, all[1], all[2])
		}
		for _, e := range all {
			if id := e.attr["id"]; id != "" {
				if ids[id] {
					t.Errorf("the id %s is there twice", id)
				}
				ids[id] = true
			}
		}
	}
}

func TestTheStrictestPolicyLetsAChartShow(t *testing.T) {
	for _, c := range charts(doctest.Sample("en", 5)) {
		for _, e := range elements(t, chart.SVG(c, "#0b5cad")) {
			if !slices.Contains([]string{"svg", "title", "desc", "path", "text"}, e.name) {
				t.Errorf("%s: <%s>", c.ID, e.name)
			}
			for name, value := range e.attr {
				if name == "style" || name == "href" || strings.HasPrefix(name, "on") || strings.Contains(value, "url(") {
					t.Errorf("%s: <%s %s=%q>", c.ID, e.name, name, value)
				}
			}
		}
	}
}

func TestNumbersAreWrittenInTheLanguageOfTheDocument(t *testing.T) {
	for language, want := range map[string][]string{
		"de": {"78,3\u00a0%", "100\u00a0%", "n < 5", "gesamt 82,4 %"},
		"en": {"78.3%", "100%", "n < 5", "total 82.4%"},
	} {
		got := texts(t, chart.SVG(charts(doctest.Sample(language, 6))[0], ""))
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: no %q in %q", language, w, got)
			}
		}
	}
	c := &doc.Chart{ID: "c", Kind: doc.Bars, Language: "de", Unit: "€", Labels: []string{"a", "b"}, Series: []doc.Series{{Values: []float64{1234567.25, -1200}}}}
	for _, w := range []string{"1.234.567,3\u00a0€", "−1.200,0\u00a0€"} {
		if got := texts(t, chart.SVG(c, "")); !slices.Contains(got, w) {
			t.Errorf("no %q in %q", w, got)
		}
	}
}

func TestASignalHasAShapeOfItsOwn(t *testing.T) {
	all := charts(doctest.Sample("de", 2))
	c := *all[len(all)-1]
	plain := c
	plain.Series = slices.Clone(c.Series)
	plain.Series[0].Marks = make([]bool, len(c.Labels))
	count := func(c *doc.Chart) (diamonds, rings int) {
		for _, e := range elements(t, chart.SVG(c, "")) {
			if e.name == "path" && e.attr["fill"] != "none" && strings.Count(e.attr["d"], "L") == 3 {
				diamonds++
			}
			if e.name == "path" && e.attr["fill"] == "none" && strings.Contains(e.attr["d"], "A") {
				rings++
			}
		}
		return diamonds, rings
	}
	if d, r := count(&c); d != 2 || r != 2 { // the point, and the legend
		t.Errorf("with a signal: %d diamonds, %d rings", d, r)
	}
	if d, r := count(&plain); d != 0 || r != 0 {
		t.Errorf("without: %d diamonds, %d rings", d, r)
	}
	if got := texts(t, chart.SVG(&plain, "")); slices.Contains(got, "Signal") {
		t.Error("the legend explains what is not there")
	}
}

func TestControlLimitsAreSteps(t *testing.T) {
	c := &doc.Chart{ID: "c", Kind: doc.Control, Labels: []string{"1", "2", "3"}, Series: []doc.Series{{
		Values: []float64{1, 1, 1}, Low: []float64{0.5, 0.6, 0.7}, High: []float64{2, 1.9, math.NaN()},
	}}}
	var steps []string
	for _, e := range elements(t, chart.SVG(c, "")) {
		if e.attr["stroke-dasharray"] == "2 3" {
			steps = append(steps, e.attr["d"])
		}
	}
	if len(steps) != 2 || strings.Count(steps[0], "L") != 5 || strings.Count(steps[1], "L") != 3 {
		t.Fatalf("limits: %q", steps)
	}
	var last []string
	for i, p := range strings.FieldsFunc(steps[0], func(r rune) bool { return r == 'M' || r == 'L' }) {
		_, y, _ := strings.Cut(p, " ")
		if i%2 == 1 && y != last[len(last)-1] {
			t.Errorf("a step is not level: %s", steps[0])
		}
		last = append(last, y)
	}
}

func TestGapsBreakTheLineAndItsBand(t *testing.T) {
	c := charts(doctest.Sample("en", 2))[len(charts(doctest.Sample("en", 2)))-2]
	lines, bands := 0, 0
	for _, e := range elements(t, chart.SVG(c, "#0b5cad")) {
		lines += btoi(e.attr["stroke-width"] == "2" && e.attr["stroke-dasharray"] == "" && strings.Count(e.attr["d"], "L") > 1)
		bands += btoi(e.attr["fill-opacity"] == "0.2" && strings.Count(e.attr["d"], "L") > 3)
	}
	if lines != 2 || bands != 2 {
		t.Errorf("one gap: %d lines, %d bands", lines, bands)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestTheTonesDifferInBlackAndWhite(t *testing.T) {
	c := &doc.Chart{ID: "c", Kind: doc.Stacked, Labels: []string{"a"}}
	for _, tone := range []doc.Tone{doc.One, doc.Two, doc.Three, doc.Four, doc.Five} {
		c.Series = append(c.Series, doc.Series{Name: string(tone), Tone: tone, Values: []float64{20}})
	}
	var fills []colour.Colour
	for _, e := range elements(t, chart.SVG(c, "")) {
		if f := e.attr["fill"]; e.name == "path" && strings.HasPrefix(f, "#") {
			fills = append(fills, colour.Must(f))
		}
	}
	if len(fills) != 10 { // legend and bar
		t.Fatalf("%d fills", len(fills))
	}
	fills = fills[:5]
	for i := range fills {
		for j := range i {
			if r := colour.Contrast(fills[i], fills[j]); r < 1.25 {
				t.Errorf("tones %d and %d: %.2f", j+1, i+1, r)
			}
		}
	}
}

func TestAnyBrandIsSeenOnWhiteAndInTheDark(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		accent := fmt.Sprintf("#%06x", rapid.IntRange(0, 0xffffff).Draw(t, "accent"))
		c := &doc.Chart{ID: "c", Kind: doc.Bars, Labels: []string{"a"}, Series: []doc.Series{{Tone: doc.Brand, Values: []float64{5}}}}
		for _, e := range elements(t, chart.SVG(c, accent)) {
			if f := e.attr["fill"]; e.name == "path" && strings.HasPrefix(f, "#") {
				for _, ground := range []string{"#ffffff", "#16181d"} {
					if r := colour.Contrast(colour.Must(f), colour.Must(ground)); r < 2.99 {
						t.Fatalf("%s became %s: %.2f on %s", accent, f, r, ground)
					}
				}
			}
		}
	})
}

func TestAnyChartIsDrawnInsideItsFrame(t *testing.T) {
	kinds := []doc.ChartKind{doc.Bars, doc.Stacked, doc.Pareto, doc.LineChart, doc.Control, doc.Quadrants}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "points")
		value := rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.Float64Range(0, 100), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(0.0))
		values := func(name string) []float64 { return rapid.SliceOfN(value, n, n).Draw(t, name) }
		c := &doc.Chart{
			ID: "c", Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Language: rapid.SampledFrom(doctest.Languages).Draw(t, "language"),
			Unit: rapid.SampledFrom([]string{"", "%", "Std."}).Draw(t, "unit"), XLabel: "x", YLabel: "y", Title: "<&\">", Alt: "<&\">",
			Lines: []doc.Line{{Name: "mean", At: rapid.Float64Range(-1e6, 1e6).Draw(t, "mean")}, {Name: "upright", At: 3, Vertical: true}},
		}
		c.Labels = rapid.SliceOfN(rapid.StringN(0, 60, -1), n, n).Draw(t, "labels")
		for i := range rapid.IntRange(0, 3).Draw(t, "series") {
			c.Series = append(c.Series, doc.Series{
				Name: "series " + strconv.Itoa(i), Tone: doc.Brand, Values: values("values"), X: values("x"), Low: values("low"), High: values("high"),
				Marks: rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "marks"), Band: "band", Mark: "mark",
			})
		}
		svg := chart.SVG(c, "#0b5cad")
		if !bytes.Equal(svg, chart.SVG(c, "#0b5cad")) {
			t.Fatal("two drawings differ")
		}
		height := chart.Height(c)
		for _, e := range elements(t, svg) {
			if e.name != "path" {
				continue
			}
			for _, s := range []string{"NaN", "Inf"} {
				if strings.Contains(e.attr["d"], s) {
					t.Fatalf("%s in %s", s, e.attr["d"])
				}
			}
			if strings.Contains(e.attr["d"], "A") {
				continue // radii and flags
			}
			for _, p := range strings.FieldsFunc(e.attr["d"], func(r rune) bool { return strings.ContainsRune("MLZ", r) }) {
				xs, ys, _ := strings.Cut(p, " ")
				x, _ := strconv.ParseFloat(xs, 64)
				y, _ := strconv.ParseFloat(ys, 64)
				if x < -8 || x > chart.Width+8 || y < -8 || y > height+8 {
					t.Fatalf("%s lies outside %d × %.0f: %s", p, chart.Width, height, e.attr["d"])
				}
			}
		}
	})
}

func TestNamesThatDoNotFitAreBrokenOrSlanted(t *testing.T) {
	c := &doc.Chart{ID: "c", Kind: doc.Bars, Labels: []string{"Werkstatt, Annahme und Rückgabe der Fahrzeuge von Kunden mit Wartungsvertrag"}, Series: []doc.Series{{Values: []float64{1}}}}
	got := texts(t, chart.SVG(c, ""))
	if !slices.ContainsFunc(got, func(s string) bool {
		return strings.HasPrefix(s, "Werkstatt, Annahme") && !strings.Contains(s, "Wartung")
	}) || !slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, "…") }) {
		t.Errorf("bars: %q", got)
	}
	slanted := func(labels ...string) bool {
		p := &doc.Chart{ID: "c", Kind: doc.Pareto, Labels: labels, Series: []doc.Series{{Values: make([]float64, len(labels))}}}
		return strings.Contains(string(chart.SVG(p, "")), "rotate(")
	}
	if slanted("late", "lost") || !slanted(strings.Split(strings.Repeat("Beschwerdebearbeitung,", 9), ",")...) {
		t.Error("short names are slanted, or long ones are not")
	}
}
