package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"resonanz/shared/report/doc"
)

// labelWidth is the most that the names of bars take.
const labelWidth vg.Length = 200

// rows marks the upright axis with the names of the bars, the first at the top.
type rows []string

// Ticks are the names.
func (r rows) Ticks(_, _ float64) []plot.Tick {
	var all []plot.Tick
	sty := style(textInk, normal, draw.XRight, draw.YCenter)
	for i, label := range r {
		all = append(all, plot.Tick{Value: float64(-i), Label: wrap(label, sty, labelWidth, 2)})
	}
	return all
}

// horizontal draws bars that lie, one or more for each label, or one of shares.
func (s *sketch) horizontal() {
	p := s.plot
	p.Y.Tick.Marker, p.Y.Tick.Label = rows(s.Labels), style(textInk, normal, draw.XRight, draw.YCenter)
	for i := range s.Labels {
		if len(s.Labels[i]) > 30 { // two lines in a row
			p.Y.Tick.Label.Font.Size = small
			break
		}
	}
	p.Y.Padding = 6
	p.Y.Min, p.Y.Max = -float64(len(s.Labels))+0.5, 0.5
	p.X.Tick.Marker = ticks{s.numeral, 5}
	p.X.Min, p.X.Max = extent(s.Chart, true, 5)
	if s.Kind == doc.Stacked {
		p.X.Min, p.X.Max = 0, 100
	}
	p.Add(grid{upright: true})
	if s.Kind == doc.Stacked {
		p.Add(painter(s.shares))
		return
	}
	p.Add(painter(s.bars), painter(s.baseline), s.beside())
	for _, l := range reference(s.Chart) {
		p.Add(painter(func(c draw.Canvas, p *plot.Plot) {
			x := c.X(inside(p.X.Norm(l.At)))
			c.StrokeLine2(meanLine, x, c.Min.Y, x, c.Max.Y)
		}), notes{{x: l.At, y: p.Y.Max, dy: 4, words: l.Name, style: style(quietInk, small, draw.XCenter, draw.YBottom)}})
	}
}

// reference are the lines across bars.
func reference(c *doc.Chart) []doc.Line {
	if c.Kind == doc.Stacked {
		return nil
	}
	return c.Lines
}

// thick is the height of one bar, and offset that of the middle of the k-th of
// several above the middle of the row, in rows.
func (s *sketch) thick() float64 { return 14 / rowOf(s.Chart) }

func (s *sketch) offset(k int) float64 {
	return (float64(len(s.Series)-1)/2 - float64(k)) * (s.thick() + 1/rowOf(s.Chart))
}

// bars draws the bars with their intervals.
func (s *sketch) bars(c draw.Canvas, p *plot.Plot) {
	zero := c.X(inside(p.X.Norm(0)))
	for k, series := range s.Series {
		for i, v := range series.Values {
			if !known(v) {
				continue
			}
			y := -float64(i) + s.offset(k)
			top, bottom := c.Y(p.Y.Norm(y+s.thick()/2)), c.Y(p.Y.Norm(y-s.thick()/2))
			c.FillPolygon(s.fill(series.Tone), rectangle(zero, bottom, c.X(inside(p.X.Norm(v))), top))
			if lo, hi, ok := interval(series, i); ok {
				s.whisker(c, c.X(inside(p.X.Norm(lo))), c.X(inside(p.X.Norm(hi))), (top+bottom)/2)
			}
		}
	}
}

// interval is that of a point.
func interval(s doc.Series, i int) (lo, hi float64, ok bool) {
	if i >= len(s.Low) || i >= len(s.High) || !known(s.Low[i]) || !known(s.High[i]) {
		return 0, 0, false
	}
	return s.Low[i], s.High[i], true
}

// whisker draws an interval: a line with two ends, which is seen on its bar and
// beyond.
func (s *sketch) whisker(c draw.Canvas, lo, hi, y vg.Length) {
	halo := draw.LineStyle{Color: Ink{Colour: paper, Alpha: 0.75}, Width: 3.5}
	ink := draw.LineStyle{Color: textInk, Width: 1.25}
	for _, sty := range []draw.LineStyle{halo, ink} {
		if sty.Width == halo.Width && s.Kind != doc.Bars {
			continue
		}
		c.StrokeLines(sty, []vg.Point{{X: lo, Y: y}, {X: hi, Y: y}}, []vg.Point{{X: lo, Y: y - 3.5}, {X: lo, Y: y + 3.5}}, []vg.Point{{X: hi, Y: y - 3.5}, {X: hi, Y: y + 3.5}})
	}
}

// baseline draws where bars begin.
func (s *sketch) baseline(c draw.Canvas, p *plot.Plot) {
	x := c.X(inside(p.X.Norm(0)))
	c.StrokeLine2(baseLine, x, c.Min.Y, x, c.Max.Y)
}

// beside are the values after the bars, beyond their intervals.
func (s *sketch) beside() notes {
	var all notes
	for k, series := range s.Series {
		for i, v := range series.Values {
			y := -float64(i) + s.offset(k)
			words := said(series, i)
			if !known(v) {
				if words != "" {
					all = append(all, note{x: 0, y: y, dx: 6, words: words, style: style(quietInk, small, draw.XLeft, draw.YCenter)})
				}
				continue
			}
			if words == "" {
				words = s.with(v, s.decimals)
			}
			n := note{x: v, y: y, dx: 6, words: words, style: style(textInk, small, draw.XLeft, draw.YCenter)}
			lo, hi, ok := interval(series, i)
			if ok {
				n.x = max(v, hi)
			}
			if v < 0 {
				n.x, n.dx, n.style.XAlign = v, -6, draw.XRight
				if ok {
					n.x = min(v, lo)
				}
			}
			all = append(all, n)
		}
	}
	return all
}

// said are the words beside a point, where it has any.
func said(s doc.Series, i int) string {
	if i < len(s.Texts) {
		return s.Texts[i]
	}
	return ""
}

// shares draws one bar of shares for each label, each share with its value where
// it fits.
func (s *sketch) shares(c draw.Canvas, p *plot.Plot) {
	for i := range s.Labels {
		from := 0.0
		top, bottom := c.Y(p.Y.Norm(-float64(i)+0.34)), c.Y(p.Y.Norm(-float64(i)-0.34))
		for _, series := range s.Series {
			if i >= len(series.Values) || !known(series.Values[i]) || series.Values[i] <= 0 {
				continue
			}
			v := series.Values[i]
			x0, x1 := c.X(inside(p.X.Norm(from))), c.X(inside(p.X.Norm(from+v)))
			from += v
			if x1-x0 > 1.5 {
				x1 -= 1 // a gap, which is seen on every page
			}
			ink := s.fill(series.Tone)
			c.FillPolygon(ink, rectangle(x0, bottom, x1, top))
			words := s.plain(v, 0)
			sty := style(on(ink), small, draw.XCenter, draw.YCenter)
			if sty.Width(words)+4 <= x1-x0 {
				c.FillText(sty, vg.Point{X: (x0 + x1) / 2, Y: (top + bottom) / 2}, words)
			}
		}
		if from == 0 {
			for _, series := range s.Series {
				if words := said(series, i); words != "" {
					c.FillText(style(quietInk, small, draw.XLeft, draw.YCenter), vg.Point{X: c.Min.X + 6, Y: (top + bottom) / 2}, words)
					break
				}
			}
		}
	}
}
