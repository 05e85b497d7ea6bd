package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// lines are the styles of what is no data.
var (
	gridLine = draw.LineStyle{Color: gridInk, Width: 0.75}
	baseLine = draw.LineStyle{Color: baseInk, Width: 1}
	meanLine = draw.LineStyle{Color: quietInk, Width: 1, Dashes: []vg.Length{5, 4}}
)

// grid draws a line at every mark of one axis.
type grid struct{ upright bool }

// Plot draws the lines.
func (g grid) Plot(c draw.Canvas, p *plot.Plot) {
	axis := &p.Y
	if g.upright {
		axis = &p.X
	}
	for _, t := range axis.Tick.Marker.Ticks(axis.Min, axis.Max) {
		sty := gridLine
		if t.Value == 0 {
			sty = baseLine
		}
		if g.upright {
			x := c.X(axis.Norm(t.Value))
			c.StrokeLine2(sty, x, c.Min.Y, x, c.Max.Y)
		} else {
			y := c.Y(axis.Norm(t.Value))
			c.StrokeLine2(sty, c.Min.X, y, c.Max.X, y)
		}
	}
}

// note is words at a place of the data, moved by some points. What lies outside
// the axes is moved onto their edge.
type note struct {
	x, y   float64
	dx, dy vg.Length
	words  string
	style  text.Style
}

// notes are several.
type notes []note

// Plot writes them.
func (ns notes) Plot(c draw.Canvas, p *plot.Plot) {
	for _, n := range ns {
		c.FillText(n.style, vg.Point{X: c.X(inside(p.X.Norm(n.x))) + n.dx, Y: c.Y(inside(p.Y.Norm(n.y))) + n.dy}, n.words)
	}
}

// GlyphBoxes make room for them.
func (ns notes) GlyphBoxes(p *plot.Plot) []plot.GlyphBox {
	var all []plot.GlyphBox
	for _, n := range ns {
		r := bounds(n.style, n.words).Add(vg.Point{X: n.dx, Y: n.dy})
		all = append(all, plot.GlyphBox{X: inside(p.X.Norm(n.x)), Y: inside(p.Y.Norm(n.y)), Rectangle: r})
	}
	return all
}

// inside is v, at least 0 and at most 1.
func inside(v float64) float64 { return min(max(v, 0), 1) }

// rectangle is that between two corners.
func rectangle(x0, y0, x1, y1 vg.Length) []vg.Point {
	return []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
}

// painter makes a plotter of a function.
type painter func(c draw.Canvas, p *plot.Plot)

// Plot calls it.
func (f painter) Plot(c draw.Canvas, p *plot.Plot) { f(c, p) }
