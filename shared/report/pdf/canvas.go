package pdf

import (
	"image"
	"image/color"
	"math"

	"codeberg.org/go-pdf/fpdf"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"resonanz/shared/colour"
	"resonanz/shared/report/chart"
)

// canvas draws charts on a page, as paths and words of the page's fonts.
type canvas struct {
	f     *fpdf.Fpdf
	scale float64 // points of the page for one of the chart
	x, y  float64 // the chart's lower left corner on the page
	state
	stack []state
}

// state is what Push saves.
type state struct {
	pose   chart.Pose
	ink    colour.Colour
	width  vg.Length
	dashes []vg.Length
}

var _ chart.Writer = (*canvas)(nil)

// newCanvas is a canvas whose lower left corner lies at x, y of the page.
func newCanvas(f *fpdf.Fpdf, x, y, scale float64) *canvas {
	c := &canvas{f: f, scale: scale, x: x, y: y, state: state{pose: chart.Upright}}
	vg.Initialize(c)
	return c
}

// SetLineWidth and those below are vg's Canvas.
func (c *canvas) SetLineWidth(w vg.Length)                     { c.width = w }
func (c *canvas) SetLineDash(pattern []vg.Length, _ vg.Length) { c.dashes = pattern }
func (c *canvas) SetColor(of color.Color)                      { c.ink = chart.InkOf(of).OnWhite() }
func (c *canvas) Rotate(rad float64)                           { c.pose = c.pose.Rotate(rad) }
func (c *canvas) Translate(pt vg.Point)                        { c.pose = c.pose.Translate(pt) }
func (c *canvas) Scale(x, y float64)                           { c.pose = c.pose.Scale(x, y) }
func (c *canvas) Push()                                        { c.stack = append(c.stack, c.state) }
func (c *canvas) Pop()                                         { c.state, c.stack = c.stack[len(c.stack)-1], c.stack[:len(c.stack)-1] }
func (c *canvas) DrawImage(vg.Rectangle, image.Image)          {} // no chart has one

// place is a point on the page.
func (c *canvas) place(p vg.Point) (x, y float64) {
	x, y = c.pose.At(p)
	return c.x + float64(x*c.scale), c.y - float64(y*c.scale)
}

// Stroke draws the line of a path.
func (c *canvas) Stroke(p vg.Path) {
	if c.width <= 0 {
		return
	}
	c.f.SetDrawColor(parts(c.ink))
	c.f.SetLineWidth(float64(c.width) * c.scale)
	var dashes []float64
	for _, d := range c.dashes {
		dashes = append(dashes, float64(d)*c.scale)
	}
	c.f.SetDashPattern(dashes, 0)
	c.path(p)
	c.f.DrawPath("D")
	c.f.SetDashPattern(nil, 0)
}

// Fill fills a path.
func (c *canvas) Fill(p vg.Path) {
	c.f.SetFillColor(parts(c.ink))
	c.path(p)
	c.f.DrawPath("F")
}

// path lays the path.
func (c *canvas) path(p vg.Path) {
	for _, e := range p {
		x, y := c.place(e.Pos)
		switch e.Type {
		case vg.MoveComp:
			c.f.MoveTo(x, y)
		case vg.LineComp:
			c.f.LineTo(x, y)
		case vg.ArcComp:
			c.arc(e)
		case vg.CurveComp:
			x0, y0 := c.place(e.Control[0])
			if len(e.Control) == 1 {
				c.f.CurveTo(x0, y0, x, y)
			} else {
				x1, y1 := c.place(e.Control[1])
				c.f.CurveBezierCubicTo(x0, y0, x1, y1, x, y)
			}
		case vg.CloseComp:
			c.f.ClosePath()
		}
	}
}

// arc lays an arc as four curves.
func (c *canvas) arc(e vg.PathComp) {
	const pieces = 4
	step := e.Angle / pieces
	reach := 4.0 / 3 * math.Tan(step/4)
	on := func(a float64) (sin, cos float64) { return math.Sincos(a) }
	point := func(dx, dy float64) (x, y float64) {
		return c.place(e.Pos.Add(vg.Point{X: e.Radius * vg.Length(dx), Y: e.Radius * vg.Length(dy)}))
	}
	for i := range pieces {
		s0, c0 := on(e.Start + float64(i)*step)
		s1, c1 := on(e.Start + float64(i+1)*step)
		ax, ay := point(c0-reach*s0, s0+reach*c0)
		bx, by := point(c1+reach*s1, s1-reach*c1)
		x, y := point(c1, s1)
		c.f.CurveBezierCubicTo(ax, ay, bx, by, x, y)
	}
}

// FillString writes words from their left end.
func (c *canvas) FillString(f font.Face, pt vg.Point, words string) { c.Write(f, pt, words, 0, false) }

// Write writes words.
func (c *canvas) Write(f font.Face, pt vg.Point, words string, align float64, bold bool) {
	style := ""
	if bold {
		style = "B"
	}
	words = clean(words)
	c.f.SetFont(family, style, float64(f.Font.Size)*c.scale)
	c.f.SetTextColor(parts(c.ink))
	x, y := c.place(pt)
	turn := c.pose.Turn()
	if turn != 0 {
		c.f.TransformBegin()
		c.f.TransformRotate(turn, x, y)
	}
	c.f.Text(x+align*c.f.GetStringWidth(words), y, words)
	if turn != 0 {
		c.f.TransformEnd()
	}
}

// parts are the parts of a colour, 0 to 255.
func parts(c colour.Colour) (r, g, b int) {
	p := func(v float64) int { return int(math.Round(v * 255)) }
	return p(c[0]), p(c[1]), p(c[2])
}
