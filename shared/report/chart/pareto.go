package chart

import (
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"resonanz/shared/report/doc"
)

// columns marks the level axis with the names of upright bars.
type columns []string

// Ticks are the names.
func (l columns) Ticks(_, _ float64) []plot.Tick {
	var all []plot.Tick
	for i, label := range l {
		all = append(all, plot.Tick{Value: float64(i), Label: label})
	}
	return all
}

// pareto draws upright bars and the cumulated share as a line, with an axis of
// its own on the right.
func (s *sketch) pareto() {
	p := s.plot
	n := len(s.Labels)
	if n == 0 || len(s.Series) == 0 {
		return
	}
	sty := style(textInk, small, draw.XCenter, draw.YTop)
	labels, fit := upright(s.Chart)
	if !fit {
		sty.Rotation, sty.XAlign, sty.YAlign = math.Pi/5, draw.XRight, draw.YTop
		for i, l := range s.Labels {
			labels[i] = clip(l, sty, 190)
		}
	}
	p.X.Tick.Marker, p.X.Tick.Label = labels, sty
	p.X.Min, p.X.Max = -0.5, float64(n)-0.5
	one := *s.Chart
	one.Series, one.Lines = s.Series[:1], nil
	p.Y.Tick.Marker = ticks{numeral{german: s.german}, 5}
	p.Y.Min, p.Y.Max = extent(&one, true, 5)
	p.Add(grid{}, painter(s.pillars), s.heads(), margin{labels, sty})
	if len(s.Series) > 1 {
		p.Add(s.shareAxis(), painter(s.cumulated))
	}
}

// upright are the labels of the bars in lines as wide as a bar has room, and
// whether they fit so; if not they are slanted.
func upright(c *doc.Chart) (labels columns, fit bool) {
	each := (Width - 90) / vg.Length(max(1, len(c.Labels)))
	sty := style(textInk, small, draw.XCenter, draw.YTop)
	fit = true
	for _, l := range c.Labels {
		w := wrap(l, sty, each-6, 3)
		labels = append(labels, w)
		fit = fit && !strings.Contains(w, "…") && !broken(l, w)
	}
	return labels, fit
}

// margin makes room for slanted labels that begin left of the chart.
type margin struct {
	labels columns
	style  text.Style
}

// Plot draws nothing.
func (margin) Plot(draw.Canvas, *plot.Plot) {}

// GlyphBoxes are as wide as the labels, and have no height: that is the axis's.
func (m margin) GlyphBoxes(p *plot.Plot) []plot.GlyphBox {
	var all []plot.GlyphBox
	for i, l := range m.labels {
		r := bounds(m.style, l)
		r.Min.Y, r.Max.Y = 0, 0
		all = append(all, plot.GlyphBox{X: p.X.Norm(float64(i)), Rectangle: r})
	}
	return all
}

// broken reports whether a label was cut inside a word.
func broken(label, wrapped string) bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(label, func(r rune) bool { return r == ' ' || r == '-' || r == '/' }) {
		words[w] = true
	}
	for _, w := range strings.FieldsFunc(wrapped, func(r rune) bool { return r == ' ' || r == '-' || r == '/' || r == '\n' }) {
		if !words[w] {
			return true
		}
	}
	return false
}

// pillars draws the bars.
func (s *sketch) pillars(c draw.Canvas, p *plot.Plot) {
	for i, v := range s.Series[0].Values {
		if known(v) {
			x0, x1 := c.X(p.X.Norm(float64(i)-0.36)), c.X(p.X.Norm(float64(i)+0.36))
			c.FillPolygon(s.fill(s.Series[0].Tone), rectangle(x0, c.Y(p.Y.Norm(0)), x1, c.Y(inside(p.Y.Norm(v)))))
		}
	}
}

// heads are the values at the foot of the bars, where the line does not run.
func (s *sketch) heads() notes {
	var all notes
	if len(s.Labels) > 16 {
		return nil
	}
	for i, v := range s.Series[0].Values {
		if known(v) {
			ink := on(s.fill(s.Series[0].Tone))
			sty := style(ink, small, draw.XCenter, draw.YBottom)
			if (v-s.plot.Y.Min)/(s.plot.Y.Max-s.plot.Y.Min) < 0.09 { // too low to hold it
				sty.Color = textInk
				all = append(all, note{x: float64(i), y: v, dy: 4, words: s.plain(v, s.wholes()), style: sty})
				continue
			}
			all = append(all, note{x: float64(i), y: 0, dy: 6, words: s.plain(v, s.wholes()), style: sty})
		}
	}
	return all
}

// wholes are the decimals of the bars: the line's are its own.
func (s *sketch) wholes() int {
	one := doc.Chart{Series: s.Series[:1], Decimals: s.Decimals}
	return numerals(&one).decimals
}

// shareAxis are the marks on the right: shares in percent.
func (s *sketch) shareAxis() notes {
	var all notes
	percent := numeral{german: s.german, unit: "%"}
	for _, v := range []float64{0, 20, 40, 60, 80, 100} {
		y := s.plot.Y.Min + (s.plot.Y.Max-s.plot.Y.Min)*v/100
		all = append(all, note{x: s.plot.X.Max, y: y, dx: 7, words: percent.with(v, 0), style: style(quietInk, small, draw.XLeft, draw.YCenter)})
	}
	return all
}

// shareLine is the line of cumulated shares: of the colour of words, which is
// seen on bars of every colour.
var shareLine = draw.LineStyle{Color: textInk, Width: 1.75}

// cumulated draws the line of shares, 0 to 100 over the whole height, and where
// it passes 80.
func (s *sketch) cumulated(c draw.Canvas, p *plot.Plot) {
	eighty := c.Y(0.8)
	c.StrokeLine2(meanLine, c.Min.X, eighty, c.Max.X, eighty)
	var pts []vg.Point
	for i, v := range s.Series[1].Values {
		if known(v) {
			pts = append(pts, vg.Point{X: c.X(p.X.Norm(float64(i))), Y: c.Y(inside(v / 100))})
		}
	}
	if len(pts) > 1 {
		c.StrokeLines(shareLine, pts)
	}
	for _, pt := range pts {
		dot(c, textInk, pt, 3)
	}
}
