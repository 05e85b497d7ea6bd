package chart

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// quadrants draws points by how often and how badly, with the means as lines.
func (s *sketch) quadrants() {
	p := s.plot
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks{numeral{german: s.german}, 6}, ticks{numeral{german: s.german}, 5}
	var xs []float64
	for _, series := range s.Series {
		xs = append(xs, series.X...)
	}
	for _, l := range s.Lines {
		if l.Vertical {
			xs = append(xs, l.At)
		}
	}
	across := *s.Chart
	across.Series, across.Lines, across.Fixed = nil, nil, false
	p.X.Min, p.X.Max = extent(&across, true, 6, xs)
	p.Y.Min, p.Y.Max = extent(s.Chart, false, 5)
	p.Add(grid{}, grid{upright: true}, painter(s.means), painter(s.dots))
	p.X.Padding = 10
}

// means draws the lines and names them where they leave the chart.
func (s *sketch) means(c draw.Canvas, p *plot.Plot) {
	for _, l := range s.Lines {
		if l.Vertical {
			x := c.X(inside(p.X.Norm(l.At)))
			c.StrokeLine2(meanLine, x, c.Min.Y, x, c.Max.Y)
			sty, dx := style(quietInk, small, draw.XLeft, draw.YBottom), vg.Length(4)
			if x+sty.Width(l.Name)+6 > c.Max.X {
				sty.XAlign, dx = draw.XRight, -4
			}
			c.FillText(sty, vg.Point{X: x + dx, Y: c.Min.Y + 5}, l.Name)
			continue
		}
		y := c.Y(inside(p.Y.Norm(l.At)))
		c.StrokeLine2(meanLine, c.Min.X, y, c.Max.X, y)
		c.FillText(style(quietInk, small, draw.XRight, draw.YBottom), vg.Point{X: c.Max.X - 2, Y: y + 4}, l.Name)
	}
}

// side is where a name can stand: its distance from the point and how it is
// aligned there; a line leads to one that is far.
type side struct {
	x, y   vg.Length
	ax, ay float64
	far    bool
}

// sides are the places for a name, the best first.
var sides = []side{
	{8, 0, 0, -0.5, false}, {-8, 0, -1, -0.5, false}, {0, 9, -0.5, 0, false}, {0, -9, -0.5, -1, false},
	{6, 7, 0, 0, false}, {6, -7, 0, -1, false}, {-6, 7, -1, 0, false}, {-6, -7, -1, -1, false},
	{14, 18, 0, 0, true}, {14, -18, 0, -1, true}, {-14, 18, -1, 0, true}, {-14, -18, -1, -1, true},
	{20, 34, 0, 0, true}, {20, -34, 0, -1, true}, {-20, 34, -1, 0, true}, {-20, -34, -1, -1, true},
	{40, 12, 0, 0, true}, {40, -12, 0, -1, true}, {-40, 12, -1, 0, true}, {-40, -12, -1, -1, true},
	{26, 52, 0, 0, true}, {26, -52, 0, -1, true}, {-26, 52, -1, 0, true}, {-26, -52, -1, -1, true},
}

// leader is the line that leads from a point to its name.
var leader = draw.LineStyle{Color: quietInk, Width: 0.5}

// dots draws the points, and their names where there is room: those farthest to
// the upper right first.
func (s *sketch) dots(c draw.Canvas, p *plot.Plot) {
	type spot struct {
		at    vg.Point
		label string
		size  float64
	}
	var all []spot
	var taken []vg.Rectangle
	const r = 5
	for _, l := range s.Lines { // their names
		sty := style(quietInk, small, draw.XLeft, draw.YBottom)
		w := sty.Width(l.Name)
		if l.Vertical {
			x := c.X(inside(p.X.Norm(l.At)))
			taken = append(taken, vg.Rectangle{Min: vg.Point{X: x, Y: c.Min.Y + 3}, Max: vg.Point{X: x + w + 6, Y: c.Min.Y + 16}})
			taken = append(taken, vg.Rectangle{Min: vg.Point{X: x - 1, Y: c.Min.Y}, Max: vg.Point{X: x + 1, Y: c.Max.Y}})
			continue
		}
		y := c.Y(inside(p.Y.Norm(l.At)))
		taken = append(taken, vg.Rectangle{Min: vg.Point{X: c.Max.X - w - 2, Y: y}, Max: vg.Point{X: c.Max.X, Y: y + 15}})
		taken = append(taken, vg.Rectangle{Min: vg.Point{X: c.Min.X, Y: y - 1}, Max: vg.Point{X: c.Max.X, Y: y + 1}})
	}
	for _, series := range s.Series {
		for i, v := range series.Values {
			if i >= len(series.X) || !known(v) || !known(series.X[i]) {
				continue
			}
			at := vg.Point{X: c.X(inside(p.X.Norm(series.X[i]))), Y: c.Y(inside(p.Y.Norm(v)))}
			label := ""
			if i < len(s.Labels) {
				label = s.Labels[i]
			}
			all = append(all, spot{at, label, inside(p.X.Norm(series.X[i])) + inside(p.Y.Norm(v))})
			taken = append(taken, vg.Rectangle{Min: vg.Point{X: at.X - r, Y: at.Y - r}, Max: vg.Point{X: at.X + r, Y: at.Y + r}})
			ink := s.fill(series.Tone)
			ink.Alpha = 0.85
			dot(c, ink, at, r)
		}
	}
	slices.SortStableFunc(all, func(a, b spot) int { return cmp.Compare(b.size, a.size) })
	for _, d := range all {
		if d.label == "" {
			continue
		}
		for _, side := range sides {
			sty := style(textInk, small, draw.XLeft, draw.YBottom)
			sty.XAlign, sty.YAlign = draw.XAlignment(side.ax), draw.YAlignment(side.ay)
			words := clip(d.label, sty, 190)
			box := bounds(sty, words).Add(d.at).Add(vg.Point{X: side.x, Y: side.y})
			box.Min.Y -= 5 // what hangs below the line, and air between two names
			box.Max.Y += 2
			box.Min.X -= 2
			box.Max.X += 2
			if box.Min.X < c.Min.X || box.Max.X > c.Max.X+2 || box.Min.Y < c.Min.Y || box.Max.Y > c.Max.Y+2 || covered(box, taken) {
				continue
			}
			if side.far {
				from, to := d.at, d.at.Add(vg.Point{X: side.x, Y: side.y})
				c.StrokeLine2(leader, from.X, from.Y, to.X, to.Y)
			}
			c.FillText(sty, d.at.Add(vg.Point{X: side.x, Y: side.y}), words)
			taken = append(taken, box)
			break
		}
	}
}

// covered reports whether a box lies on any other.
func covered(b vg.Rectangle, all []vg.Rectangle) bool {
	for _, o := range all {
		if b.Min.X < o.Max.X && o.Min.X < b.Max.X && b.Min.Y < o.Max.Y && o.Min.Y < b.Max.Y {
			return true
		}
	}
	return false
}
