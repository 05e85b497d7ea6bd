// Package chart draws the charts of a report: as SVG for pages, and on any
// canvas of gonum's vg for documents.
package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"resonanz/shared/report/doc"
)

// Width is the width of every chart in points; what draws it scales.
const Width = 640

// A row of horizontal bars takes rowHeight for one bar and barHeight more for
// each further one.
const (
	rowHeight = 24
	barHeight = 14
)

// Height is the height of the chart in points at Width.
func Height(c *doc.Chart) float64 {
	h := float64(legendHeight(c))
	if c.YLabel != "" && c.Kind != doc.Bars && c.Kind != doc.Stacked {
		h += axisNote
	}
	if c.XLabel != "" && c.Kind != doc.LineChart && c.Kind != doc.Control {
		h += axisNote
	}
	switch c.Kind {
	case doc.Bars, doc.Stacked:
		if len(reference(c)) > 0 {
			h += axisNote
		}
		return h + float64(len(c.Labels))*rowOf(c) + 28
	case doc.Pareto:
		if _, fit := upright(c); !fit {
			return h + 350
		}
		return h + 280
	case doc.Quadrants:
		return h + 330
	default:
		return h + 250
	}
}

// rowOf is the height of a row of horizontal bars.
func rowOf(c *doc.Chart) float64 {
	if c.Kind == doc.Bars && len(c.Series) > 1 {
		return rowHeight + float64(len(c.Series)-1)*barHeight
	}
	return rowHeight
}

// Split is the chart in parts that are no higher than that many points: bars are
// dealt out to several charts with the same axis; every other chart is one part.
func Split(c *doc.Chart, height float64) []*doc.Chart {
	if c.Kind != doc.Bars && c.Kind != doc.Stacked || Height(c) <= height {
		return []*doc.Chart{c}
	}
	empty := *c
	empty.Labels = nil
	per := max(1, int((height-Height(&empty))/rowOf(c)))
	parts := (len(c.Labels) + per - 1) / per
	per = (len(c.Labels) + parts - 1) / parts // about the same number in each
	lo, hi := extent(c, true, 5)
	var all []*doc.Chart
	for from := 0; from < len(c.Labels); from += per {
		to := min(from+per, len(c.Labels))
		p := *c
		p.Labels = c.Labels[from:to]
		p.Min, p.Max, p.Fixed = lo, hi, true
		p.Decimals = numerals(c).decimals
		p.Series = nil
		for _, s := range c.Series {
			s.Values, s.Low, s.High = part(s.Values, from, to), part(s.Low, from, to), part(s.High, from, to)
			s.Texts, s.Marks = part(s.Texts, from, to), part(s.Marks, from, to)
			p.Series = append(p.Series, s)
		}
		all = append(all, &p)
	}
	return all
}

// part is what a list holds of a stretch.
func part[T any](all []T, from, to int) []T {
	return all[min(from, len(all)):min(to, len(all))]
}

// axisNote is the height of the line in which an axis has its name.
const axisNote = 18

// sketch is a chart being drawn.
type sketch struct {
	*doc.Chart
	palette
	numeral
	plot *plot.Plot
}

// Draw draws the chart on a canvas that is Width wide and Height high, from its
// lower left corner. It has no title: that stands beside it as text.
func Draw(on vg.Canvas, c *doc.Chart, accent string) {
	s := &sketch{Chart: c, palette: newPalette(accent), numeral: numerals(c), plot: plot.New()}
	area := draw.Canvas{Canvas: on, Rectangle: vg.Rectangle{Max: vg.Point{X: Width, Y: vg.Length(Height(c))}}}
	area = draw.Crop(area, 1, -1, 4, -1)
	area = s.legend(area)
	s.plot.BackgroundColor = nil
	for _, a := range []*plot.Axis{&s.plot.X, &s.plot.Y} {
		a.Width, a.Tick.Width, a.Tick.Length, a.Padding = 0, 0, 0, 0
	}
	s.plot.X.Tick.Label = style(quietInk, small, draw.XCenter, draw.YTop)
	s.plot.Y.Tick.Label = style(quietInk, small, draw.XRight, draw.YCenter)
	s.plot.X.Padding, s.plot.Y.Padding = 8, 3
	switch c.Kind {
	case doc.Bars, doc.Stacked:
		area = s.notes(area, "", c.XLabel)
		s.horizontal()
	case doc.Pareto:
		area = s.notes(area, c.YLabel, c.XLabel)
		s.pareto()
	case doc.Quadrants:
		area = s.notes(area, c.YLabel, c.XLabel)
		s.quadrants()
	case doc.LineChart, doc.Control:
		area = s.notes(area, c.YLabel, "")
		s.months()
	}
	s.plot.Draw(area)
}

// notes writes the names of the axes: that of the upright one above it, that of
// the level one at its right end.
func (s *sketch) notes(area draw.Canvas, above, below string) draw.Canvas {
	if above != "" {
		area.FillText(style(quietInk, small, draw.XLeft, draw.YTop), vg.Point{X: area.Min.X, Y: area.Max.Y}, above)
		area = draw.Crop(area, 0, 0, 0, -axisNote)
	}
	if below != "" {
		area.FillText(style(quietInk, small, draw.XRight, draw.YBottom), vg.Point{X: area.Max.X, Y: area.Min.Y}, below)
		area = draw.Crop(area, 0, 0, axisNote, 0)
	}
	return area
}
