package chart

import (
	"math"
	"strings"

	stdfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of words, in points of a chart that is Width wide.
const (
	normal vg.Length = 12
	small  vg.Length = 11
)

// leading is the distance of two lines, and capital the height of a capital
// letter of Liberation Sans, as shares of the size of the words.
const (
	leading = 1.2
	capital = 0.72
)

// Writer is a canvas that places words by their left end, middle or right end
// itself, in case that its font is another than the one that was measured.
type Writer interface {
	vg.Canvas
	// Write writes words with their baseline at pt; align is 0, −0.5 or −1 of their
	// width, bold their weight.
	Write(face font.Face, pt vg.Point, words string, align float64, bold bool)
}

// hand writes the words of charts: plain text of one or more lines, placed by
// the height of its capitals, so that the middle of a word is its middle.
type hand struct{ text.Plain }

var writing = hand{text.Plain{Fonts: plot.DefaultTextHandler.Cache()}}

// Lines are the lines of a text, without signs that join words and are not seen.
func (h hand) Lines(txt string) []string {
	return h.Plain.Lines(strings.ReplaceAll(txt, "\u2060", ""))
}

// Extents are such that a text is as high as its capitals and its further lines.
func (hand) Extents(f font.Font) font.Extents {
	return font.Extents{Ascent: f.Size * capital, Height: f.Size * leading}
}

// Box is the box of one line.
func (h hand) Box(line string, f font.Font) (width, height, depth vg.Length) {
	face := h.Fonts.Lookup(f, f.Size)
	return face.Width(line), f.Size * capital, 0
}

// Draw writes the text.
func (h hand) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	face := h.Fonts.Lookup(sty.Font, sty.Font.Size)
	c.SetColor(sty.Color)
	if sty.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Translate(pt)
		c.Rotate(sty.Rotation)
		pt = vg.Point{}
	}
	lines := h.Lines(txt)
	size := sty.Font.Size
	height := vg.Length(len(lines)-1)*size*leading + size*capital
	y := pt.Y + height*vg.Length(1+sty.YAlign) - size*capital
	for _, line := range lines {
		if w, ok := bare(c).(Writer); ok {
			w.Write(face, vg.Point{X: pt.X, Y: y}, line, float64(sty.XAlign), sty.Font.Weight == stdfont.WeightBold)
		} else {
			c.FillString(face, vg.Point{X: pt.X + vg.Length(sty.XAlign)*face.Width(line), Y: y}, line)
		}
		y -= size * leading
	}
}

// bare is the canvas below its areas.
func bare(c vg.Canvas) vg.Canvas {
	for {
		switch t := c.(type) {
		case *draw.Canvas:
			c = t.Canvas
		case draw.Canvas:
			c = t.Canvas
		default:
			return c
		}
	}
}

// style is that of words.
func style(i Ink, size vg.Length, x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{
		Color: i, XAlign: x, YAlign: y, Handler: writing,
		Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
	}
}

// bold makes words bold.
func bold(s text.Style) text.Style {
	s.Font.Weight = stdfont.WeightBold
	return s
}

// wrap breaks a label into at most so many lines of at most that width, at
// spaces, hyphens and slashes where possible; what is left over ends in "…".
func wrap(label string, sty text.Style, width vg.Length, most int) string {
	var lines []string
	for rest := strings.TrimSpace(label); rest != ""; {
		if len(lines) == most-1 || sty.Width(rest) <= width {
			lines = append(lines, clip(rest, sty, width))
			break
		}
		cut := breakAt(rest, sty, width)
		lines = append(lines, strings.TrimSpace(rest[:cut]))
		rest = strings.TrimSpace(rest[cut:])
	}
	return strings.Join(lines, "\n")
}

// breakAt is the end of what fits on a line.
func breakAt(s string, sty text.Style, width vg.Length) int {
	best, last := 0, 0
	for i, r := range s {
		if i > 0 && sty.Width(s[:i]) > width {
			break
		}
		last = i
		switch r {
		case ' ':
			best = i
		case '-', '/':
			best = i + 1
		}
	}
	if best > 0 {
		return best
	}
	return max(last, len(string([]rune(s)[:1])))
}

// clip shortens a line to a width.
func clip(s string, sty text.Style, width vg.Length) string {
	if sty.Width(s) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && sty.Width(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " -/") + "…"
}

// bounds is the box of words at the origin.
func bounds(s text.Style, words string) vg.Rectangle {
	w, h := s.Width(words), s.Height(words)
	r := vg.Rectangle{Min: vg.Point{X: w * vg.Length(s.XAlign), Y: h * vg.Length(s.YAlign)}}
	r.Max = r.Min.Add(vg.Point{X: w, Y: h})
	if s.Rotation == 0 {
		return r
	}
	sin, cos := math.Sincos(s.Rotation)
	turn := func(x, y vg.Length) vg.Point {
		return vg.Point{X: x*vg.Length(cos) - y*vg.Length(sin), Y: x*vg.Length(sin) + y*vg.Length(cos)}
	}
	a, b, c, d := turn(r.Min.X, r.Min.Y), turn(r.Max.X, r.Min.Y), turn(r.Min.X, r.Max.Y), turn(r.Max.X, r.Max.Y)
	return vg.Rectangle{
		Min: vg.Point{X: min(a.X, b.X, c.X, d.X), Y: min(a.Y, b.Y, c.Y, d.Y)},
		Max: vg.Point{X: max(a.X, b.X, c.X, d.X), Y: max(a.Y, b.Y, c.Y, d.Y)},
	}
}
