package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"resonanz/shared/report/doc"
)

// limitLine is the style of control limits.
var limitLine = draw.LineStyle{Color: quietInk, Width: 1, Dashes: []vg.Length{2, 3}}

// dashes tell the lines of several series apart where colours do not.
var dashes = [][]vg.Length{nil, {7, 3}, {2, 2}, {8, 3, 2, 3}}

// stroke is the line of a series.
func (s *sketch) stroke(t doc.Tone, i int) draw.LineStyle {
	return draw.LineStyle{Color: s.fill(t), Width: 2, Dashes: dashes[i%len(dashes)]}
}

// point draws the mark of a value: another shape for each series.
func (s *sketch) point(c draw.Canvas, at vg.Point, t doc.Tone, i int) {
	const r = 3.5
	switch i % 3 {
	case 0:
		dot(c, s.fill(t), at, r)
	case 1:
		c.FillPolygon(s.fill(t), rectangle(at.X-r, at.Y-r, at.X+r, at.Y+r))
	default:
		c.FillPolygon(s.fill(t), []vg.Point{{X: at.X - r - 0.5, Y: at.Y - r}, {X: at.X + r + 0.5, Y: at.Y - r}, {X: at.X, Y: at.Y + r + 0.5}})
	}
}

// circle is the path around a point.
func circle(at vg.Point, r vg.Length) vg.Path {
	var p vg.Path
	p.Move(vg.Point{X: at.X + r, Y: at.Y})
	p.Arc(at, r, 0, 2*math.Pi)
	p.Close()
	return p
}

// dot draws a round mark.
func dot(c draw.Canvas, ink Ink, at vg.Point, r vg.Length) {
	c.SetColor(ink)
	c.Fill(circle(at, r))
}

// signal draws the mark of a signal: a diamond in a ring.
func (s *sketch) signal(c draw.Canvas, at vg.Point) {
	const r = 5.5
	ink := s.fill(doc.Bad)
	c.FillPolygon(ink, []vg.Point{{X: at.X - r, Y: at.Y}, {X: at.X, Y: at.Y - r}, {X: at.X + r, Y: at.Y}, {X: at.X, Y: at.Y + r}})
	c.SetLineStyle(draw.LineStyle{Color: ink, Width: 1.25})
	c.Stroke(circle(at, r+3))
}

// calendar marks the level axis with as many of the months as fit, the last one
// always.
type calendar struct {
	labels []string
	width  vg.Length
}

// Ticks are the months.
func (m calendar) Ticks(_, _ float64) []plot.Tick {
	sty := style(quietInk, small, draw.XCenter, draw.YTop)
	widest := vg.Length(1)
	for _, l := range m.labels {
		widest = max(widest, sty.Width(l)+10)
	}
	n := len(m.labels)
	every := max(1, int(math.Ceil(float64(n)*float64(widest)/float64(m.width))))
	var all []plot.Tick
	for i := n - 1; i >= 0; i -= every {
		all = append(all, plot.Tick{Value: float64(i), Label: m.labels[i]})
	}
	slices.Reverse(all)
	return all
}

// months draws values over months, with intervals as bands or control limits as
// steps.
func (s *sketch) months() {
	p := s.plot
	p.X.Tick.Marker = calendar{s.Labels, Width - 120}
	p.X.Min, p.X.Max = -0.5, float64(len(s.Labels))-0.5
	p.Y.Tick.Marker = ticks{s.numeral, 5}
	p.Y.Min, p.Y.Max = extent(s.Chart, s.Kind == doc.Control, 5)
	p.Add(grid{})
	for _, series := range s.Series {
		if s.Kind == doc.Control {
			p.Add(painter(func(c draw.Canvas, p *plot.Plot) {
				s.steps(c, p, series.Low)
				s.steps(c, p, series.High)
			}))
		} else if series.Low != nil {
			p.Add(painter(func(c draw.Canvas, p *plot.Plot) { s.ribbon(c, p, series) }))
		}
	}
	right := s.ends()
	for _, l := range s.Lines {
		p.Add(painter(func(c draw.Canvas, p *plot.Plot) {
			y := c.Y(inside(p.Y.Norm(l.At)))
			c.StrokeLine2(meanLine, c.Min.X, y, c.Max.X, y)
		}))
		right = append(right, note{x: p.X.Max, y: l.At, dx: 5, words: l.Name, style: style(quietInk, small, draw.XLeft, draw.YCenter)})
	}
	for i, series := range s.Series {
		p.Add(painter(func(c draw.Canvas, p *plot.Plot) { s.curve(c, p, series, i) }))
	}
	p.Add(apart(right, p.Y.Max-p.Y.Min))
}

// ends are the values of the last month at the right end.
func (s *sketch) ends() notes {
	var all notes
	for _, series := range s.Series {
		i := len(s.Labels) - 1
		if i < 0 || i >= len(series.Values) || !known(series.Values[i]) {
			continue
		}
		words := said(series, i)
		if words == "" {
			words = s.with(series.Values[i], s.decimals)
		}
		all = append(all, note{x: s.plot.X.Max, y: series.Values[i], dx: 5, words: words, style: bold(style(textInk, small, draw.XLeft, draw.YCenter))})
	}
	return all
}

// apart moves notes at one edge so far up or down that none covers another; the
// axis is span long.
func apart(ns notes, span float64) notes {
	const axis, line = 200, 14 // about the height of the axis, and of a line
	slices.SortStableFunc(ns, func(a, b note) int {
		switch {
		case a.y > b.y:
			return -1
		case a.y < b.y:
			return 1
		}
		return 0
	})
	for round := 0; round < 20; round++ {
		moved := false
		for i := 1; i < len(ns); i++ {
			upper, lower := &ns[i-1], &ns[i]
			between := vg.Length((upper.y-lower.y)/span*axis) + upper.dy - lower.dy
			if between < line-0.1 {
				upper.dy += (line - between) / 2
				lower.dy -= (line - between) / 2
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	return ns
}

// at is where a point lies.
func at(c draw.Canvas, p *plot.Plot, i int, v float64) vg.Point {
	return vg.Point{X: c.X(p.X.Norm(float64(i))), Y: c.Y(inside(p.Y.Norm(v)))}
}

// curve draws the line through the values, broken at gaps, and their marks.
func (s *sketch) curve(c draw.Canvas, p *plot.Plot, series doc.Series, k int) {
	var pts []vg.Point
	flush := func() {
		if len(pts) > 1 {
			c.StrokeLines(s.stroke(series.Tone, k), pts)
		}
		pts = nil
	}
	for i, v := range series.Values {
		if !known(v) {
			flush()
			continue
		}
		pts = append(pts, at(c, p, i, v))
	}
	flush()
	for i, v := range series.Values {
		switch {
		case !known(v):
			if words := said(series, i); words != "" {
				c.FillText(style(quietInk, small, draw.XCenter, draw.YBottom), vg.Point{X: c.X(p.X.Norm(float64(i))), Y: c.Min.Y + 3}, words)
			}
		case i < len(series.Marks) && series.Marks[i]:
			s.signal(c, at(c, p, i, v))
		default:
			s.point(c, at(c, p, i, v), series.Tone, k)
		}
	}
}

// ribbon draws the intervals as a band, broken at gaps.
func (s *sketch) ribbon(c draw.Canvas, p *plot.Plot, series doc.Series) {
	var upper, lower []vg.Point
	flush := func() {
		if len(upper) == 1 { // a month alone: a narrow stretch
			x := upper[0].X
			c.FillPolygon(s.wash(series.Tone), rectangle(x-5, lower[0].Y, x+5, upper[0].Y))
		} else if len(upper) > 1 {
			slices.Reverse(lower)
			c.FillPolygon(s.wash(series.Tone), append(upper, lower...))
		}
		upper, lower = nil, nil
	}
	for i := range series.Values {
		lo, hi, ok := interval(series, i)
		if !ok || !known(series.Values[i]) {
			flush()
			continue
		}
		upper, lower = append(upper, at(c, p, i, hi)), append(lower, at(c, p, i, lo))
	}
	flush()
}

// steps draws a limit that changes by month: level within a month.
func (s *sketch) steps(c draw.Canvas, p *plot.Plot, limit []float64) {
	var pts []vg.Point
	flush := func() {
		if len(pts) > 1 {
			c.StrokeLines(limitLine, pts)
		}
		pts = nil
	}
	for i, v := range limit {
		if !known(v) {
			flush()
			continue
		}
		y := c.Y(inside(p.Y.Norm(v)))
		pts = append(pts, vg.Point{X: c.X(p.X.Norm(float64(i) - 0.5)), Y: y}, vg.Point{X: c.X(p.X.Norm(float64(i) + 0.5)), Y: y})
	}
	flush()
}
