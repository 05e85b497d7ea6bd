package chart_test

import (
	"fmt"
	"strconv"
	"testing"

	"resonanz/shared/report/chart"
	"resonanz/shared/report/doc"
)

func TestNamesOfPointsDoNotOverlap(t *testing.T) {
	c := &doc.Chart{ID: "q", Kind: doc.Quadrants, Title: "How often", Language: "en", Min: 1, Max: 5, Fixed: true, Series: []doc.Series{{Name: "Category", Tone: doc.Brand}}}
	c.Lines = []doc.Line{{Name: "mean frequency", At: 6, Vertical: true}, {Name: "mean annoyance", At: 3.4}}
	for i := range 22 { // many that are rare and annoy about as much
		c.Labels = append(c.Labels, fmt.Sprintf("Problem of customers %d", i+1))
		c.Series[0].X = append(c.Series[0].X, float64(1+i*i%17))
		c.Series[0].Values = append(c.Series[0].Values, 3+float64(i*7%13)/10)
	}
	type box struct {
		x0, x1, y float64
		words     string
	}
	var all []box
	for _, e := range elements(t, chart.SVG(c, "#2467a8")) {
		if e.name != "text" || e.words == "" {
			continue
		}
		x, errX := strconv.ParseFloat(e.attr["x"], 64)
		y, errY := strconv.ParseFloat(e.attr["y"], 64)
		if errX != nil || errY != nil {
			t.Fatalf("%q stands at %q, %q", e.words, e.attr["x"], e.attr["y"])
		}
		w := float64(len(e.words)) * 4.6 // narrower than they are
		switch e.attr["text-anchor"] {
		case "end":
			x -= w
		case "middle":
			x -= w / 2
		}
		all = append(all, box{x, x + w, y, e.words})
	}
	names := 0
	for i, a := range all {
		if len(a.words) > 10 {
			names++
		}
		for _, b := range all[:i] {
			if a.x0 < b.x1 && b.x0 < a.x1 && a.y-b.y < 10 && b.y-a.y < 10 {
				t.Errorf("%q at %.0f, %.0f lies on %q at %.0f, %.0f", a.words, a.x0, a.y, b.words, b.x0, b.y)
			}
		}
	}
	if names < 12 {
		t.Errorf("%d names are shown: a point without one tells nothing", names)
	}
}
