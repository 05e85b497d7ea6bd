package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"resonanz/shared/report/doc"
)

// SVG is the chart as an element of an HTML page. It scales to the width it is
// given, takes the colour of its words and lines from the page's text, and holds
// neither style nor script, so that the strictest policy lets it show. Its title
// and description are for who hears the page; a title that is seen stands beside
// it.
func SVG(c *doc.Chart, accent string) []byte {
	height := Height(c)
	s := &svg{height: vg.Length(height), state: state{pose: Upright}}
	vg.Initialize(s)
	Draw(s, c, accent)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %s" role="img" aria-labelledby="%[3]s-title %[3]s-desc" font-family="Arial, 'Liberation Sans', Helvetica, sans-serif" fill="currentColor">`,
		Width, short(height), escaped(c.ID))
	fmt.Fprintf(&b, "<title id=\"%[1]s-title\">%[2]s</title><desc id=\"%[1]s-desc\">%[3]s</desc>\n", escaped(c.ID), escaped(c.Title), escaped(c.Alt))
	b.Write(s.body.Bytes())
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// svg is a canvas that writes elements of SVG in their final place.
type svg struct {
	body   bytes.Buffer
	height vg.Length
	state
	stack []state
}

// state is what Push saves.
type state struct {
	pose   Pose
	ink    Ink
	width  vg.Length
	dashes []vg.Length
}

var _ Writer = (*svg)(nil)

// SetLineWidth and those below are vg's Canvas.
func (s *svg) SetLineWidth(w vg.Length)                     { s.width = w }
func (s *svg) SetLineDash(pattern []vg.Length, _ vg.Length) { s.dashes = pattern }
func (s *svg) SetColor(c color.Color)                       { s.ink = InkOf(c) }
func (s *svg) Push()                                        { s.stack = append(s.stack, s.state) }
func (s *svg) Pop()                                         { s.state, s.stack = s.stack[len(s.stack)-1], s.stack[:len(s.stack)-1] }
func (s *svg) DrawImage(vg.Rectangle, image.Image)          {} // no chart has one

// InkOf is the ink of a colour: black where it is nil.
func InkOf(c color.Color) Ink {
	switch c := c.(type) {
	case Ink:
		return c
	case nil:
		return textInk
	default:
		n, _ := color.NRGBAModel.Convert(c).(color.NRGBA)
		return Ink{Colour: [3]float64{float64(n.R) / 255, float64(n.G) / 255, float64(n.B) / 255}, Alpha: float64(n.A) / 255}
	}
}

// Rotate turns what follows.
func (s *svg) Rotate(rad float64) { s.pose = s.pose.Rotate(rad) }

// Translate moves what follows.
func (s *svg) Translate(pt vg.Point) { s.pose = s.pose.Translate(pt) }

// Scale stretches what follows.
func (s *svg) Scale(x, y float64) { s.pose = s.pose.Scale(x, y) }

// place is a point in the coordinates of SVG.
func (s *svg) place(p vg.Point) string {
	x, y := s.pose.At(p)
	return short(x) + " " + short(float64(s.height)-y)
}

// Stroke draws the line of a path.
func (s *svg) Stroke(p vg.Path) {
	if s.width <= 0 {
		return
	}
	fmt.Fprintf(&s.body, `<path d="%s" fill="none" stroke-width="%s"`, s.path(p), short(float64(s.width)))
	if len(s.dashes) > 0 {
		var d []string
		for _, l := range s.dashes {
			d = append(d, short(float64(l)))
		}
		fmt.Fprintf(&s.body, ` stroke-dasharray="%s"`, strings.Join(d, " "))
	} else {
		s.body.WriteString(` stroke-linejoin="round"`)
	}
	s.paint("stroke")
	s.body.WriteString("/>\n")
}

// Fill fills a path.
func (s *svg) Fill(p vg.Path) {
	fmt.Fprintf(&s.body, `<path d="%s"`, s.path(p))
	s.paint("fill")
	s.body.WriteString("/>\n")
}

// paint writes the ink as an attribute.
func (s *svg) paint(what string) {
	switch {
	case !s.ink.Page:
		fmt.Fprintf(&s.body, ` %s="%s"`, what, s.ink.Colour)
	case what == "stroke":
		s.body.WriteString(` stroke="currentColor"`)
	}
	if s.ink.Alpha < 1 {
		fmt.Fprintf(&s.body, ` %s-opacity="%s"`, what, short(s.ink.Alpha))
	}
}

// path is a path as SVG writes it; a whole circle becomes two arcs.
func (s *svg) path(p vg.Path) string {
	var b strings.Builder
	for _, c := range p {
		switch c.Type {
		case vg.MoveComp:
			b.WriteString("M" + s.place(c.Pos))
		case vg.LineComp:
			b.WriteString("L" + s.place(c.Pos))
		case vg.ArcComp:
			for half := 1; half <= 2; half++ {
				a := c.Start + c.Angle*float64(half)/2
				end := vg.Point{X: c.Pos.X + c.Radius*vg.Length(math.Cos(a)), Y: c.Pos.Y + c.Radius*vg.Length(math.Sin(a))}
				fmt.Fprintf(&b, "A%s %[1]s 0 0 0 %s", short(float64(c.Radius)), s.place(end))
			}
		case vg.CurveComp:
			if len(c.Control) == 1 {
				b.WriteString("Q" + s.place(c.Control[0]) + " " + s.place(c.Pos))
			} else {
				b.WriteString("C" + s.place(c.Control[0]) + " " + s.place(c.Control[1]) + " " + s.place(c.Pos))
			}
		case vg.CloseComp:
			b.WriteString("Z")
		}
	}
	return b.String()
}

// FillString writes words from their left end.
func (s *svg) FillString(f font.Face, pt vg.Point, words string) { s.Write(f, pt, words, 0, false) }

// Write writes words.
func (s *svg) Write(f font.Face, pt vg.Point, words string, align float64, bold bool) {
	x, y, _ := strings.Cut(s.place(pt), " ")
	fmt.Fprintf(&s.body, `<text x="%s" y="%s" font-size="%s"`, x, y, short(float64(f.Font.Size)))
	if turn := s.pose.Turn(); turn != 0 {
		fmt.Fprintf(&s.body, ` transform="rotate(%s %s %s)"`, short(-turn), x, y)
	}
	switch align {
	case -0.5:
		s.body.WriteString(` text-anchor="middle"`)
	case -1:
		s.body.WriteString(` text-anchor="end"`)
	}
	if bold {
		s.body.WriteString(` font-weight="bold"`)
	}
	s.paint("fill")
	s.body.WriteString(">" + escaped(words) + "</text>\n")
}

// short is a number with at most two decimals.
func short(v float64) string {
	v = math.Round(v*100) / 100
	if v == 0 {
		v = 0 // not −0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// escaped is text inside an element or an attribute.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}
