package chart

import (
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"resonanz/shared/report/doc"
)

// legendLine is the height of a line of the legend.
const legendLine = 20

// entry is one thing that the legend explains.
type entry struct {
	name  string
	shape shape
	tone  doc.Tone
	index int // of the series: its dashes and marks
}

// shape is how a thing is drawn.
type shape int

// The shapes.
const (
	area shape = iota
	line
	band
	limits
	mark
)

// entries are what the legend of a chart explains: nothing where one series
// without a band says it all.
func entries(c *doc.Chart) []entry {
	var all []entry
	for i, s := range c.Series {
		sh := area
		if c.Kind == doc.LineChart || c.Kind == doc.Control || c.Kind == doc.Pareto && i > 0 {
			sh = line
		}
		explained := s.Band != "" && s.Low != nil || s.Mark != "" && marked(s.Marks)
		if (len(c.Series) > 1 || explained) && s.Name != "" && c.Kind != doc.Quadrants {
			all = append(all, entry{s.Name, sh, s.Tone, i})
		}
		if s.Band != "" && s.Low != nil {
			sh := band
			if c.Kind == doc.Control {
				sh = limits
			}
			if known := func(e entry) bool { return e.shape == sh && e.name == s.Band }; c.Kind == doc.LineChart || !slices.ContainsFunc(all, known) {
				all = append(all, entry{s.Band, sh, s.Tone, i}) // intervals of bars all look the same
			}
		}
		if s.Mark != "" && marked(s.Marks) {
			all = append(all, entry{s.Mark, mark, doc.Bad, i})
		}
	}
	return all
}

// marked reports whether any point is a signal.
func marked(marks []bool) bool {
	for _, m := range marks {
		if m {
			return true
		}
	}
	return false
}

// swatch is the width of the sample before a name, gap what follows the name.
const (
	swatch vg.Length = 24
	gap    vg.Length = 18
)

// places are where the entries stand, from the upper left corner, and the number
// of lines that takes.
func places(all []entry) (at []vg.Point, lines int) {
	sty := style(textInk, normal, draw.XLeft, draw.YCenter)
	x, y := vg.Length(0), vg.Length(0)
	for _, e := range all {
		w := swatch + sty.Width(e.name)
		if x > 0 && x+w > Width-4 {
			x, y = 0, y+legendLine
		}
		at = append(at, vg.Point{X: x, Y: y})
		x += w + gap
	}
	if len(all) == 0 {
		return nil, 0
	}
	return at, int(y/legendLine) + 1
}

// legendHeight is the height of the legend.
func legendHeight(c *doc.Chart) int {
	_, lines := places(entries(c))
	if lines == 0 {
		return 0
	}
	return lines*legendLine + 6
}

// legend draws the legend and returns what is left below it.
func (s *sketch) legend(c draw.Canvas) draw.Canvas {
	all := entries(s.Chart)
	at, _ := places(all)
	sty := style(textInk, normal, draw.XLeft, draw.YCenter)
	for i, e := range all {
		x, y := c.Min.X+at[i].X, c.Max.Y-at[i].Y-legendLine/2
		right := x + swatch - 7
		switch e.shape {
		case area:
			c.FillPolygon(s.fill(e.tone), rectangle(right-12, y-6, right, y+6))
		case line:
			if s.Kind == doc.Pareto {
				c.StrokeLine2(shareLine, x, y, right, y)
				dot(c, textInk, vg.Point{X: (x + right) / 2, Y: y}, 3)
				break
			}
			c.StrokeLine2(s.stroke(e.tone, e.index), x, y, right, y)
			s.point(c, vg.Point{X: (x + right) / 2, Y: y}, e.tone, e.index)
		case band:
			if s.Kind == doc.Bars {
				s.whisker(c, x, right, y)
				break
			}
			c.FillPolygon(s.wash(e.tone), rectangle(x, y-6, right, y+6))
		case limits:
			c.StrokeLine2(limitLine, x, y, right, y)
		case mark:
			s.signal(c, vg.Point{X: (x + right) / 2, Y: y})
		}
		c.FillText(sty, vg.Point{X: x + swatch, Y: y}, e.name)
	}
	return draw.Crop(c, 0, 0, 0, -vg.Length(legendHeight(s.Chart)))
}
