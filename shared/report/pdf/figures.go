package pdf

import (
	"resonanz/shared/colour"
	"resonanz/shared/report/doc"
)

// figures are the key figures as cards, at most four in a row and about as many
// in each.
func (p *printer) figures(all []doc.Figure) []item {
	const most, between = 4, 10.0
	lines := (len(all) + most - 1) / most
	n := (len(all) + lines - 1) / lines
	w := (width - float64(n-1)*between) / float64(n)
	size := 21.0 // of the values, the same on all cards
	for i := range all {
		p.font(true, size)
		for size > 11 && p.f.GetStringWidth(clean(all[i].Value)) > w-2*cardPad*p.scale {
			size--
			p.font(true, size)
		}
	}
	var rows []item
	for from := 0; from < len(all); from += n {
		cards := all[from:min(from+n, len(all))]
		h := 0.0
		for i := range cards {
			h = max(h, p.card(&cards[i], 0, 0, w, 0, size))
		}
		rows = append(rows, item{height: h, after: 10 * p.scale, draw: func() {
			for i := range cards {
				p.card(&cards[i], left+float64(i)*(w+between), p.y, w, h, size)
			}
			p.y += h
		}})
	}
	return rows
}

// cardPad is the space around the words of a card.
const cardPad = 9.0

// card draws a key figure as high as h, its value in that size, and returns the
// height it needs; with h 0 it draws nothing.
func (p *printer) card(g *doc.Figure, x, y, w, h, size float64) float64 {
	k := p.scale
	pad := cardPad * k
	inner := w - 2*pad
	if h > 0 {
		p.box(x, y, w, h, 4, p.wash)
		p.box(x, y, 3, h, 0, p.accent)
	}
	at := y + pad
	text := func(words string, bold bool, size float64, c colour.Colour, indent float64) {
		if words == "" {
			return
		}
		p.font(bold, size)
		for _, line := range p.wrap(words, inner-indent) {
			if h > 0 {
				p.write(x+pad+indent, at+size*0.92*k, line, c)
			}
			at += size * 1.3 * k
		}
	}
	value := ink
	if g.Muted {
		value = quiet
	}
	text(g.Label, true, 8.5, quiet, 0)
	text(g.Value, true, size, value, 0)
	text(g.Beside, false, 8, quiet, 0)
	if g.Change != "" {
		at += 3 * k
		c, indent := quiet, 0.0
		if g.Trend != doc.None {
			c, indent = trendColour(g.Trend), 11*k
			if h > 0 {
				p.arrow(x+pad, at+8*k, 7*k, g.Trend)
			}
		}
		text(g.Change, true, 8, c, indent)
	}
	return at + pad - y
}

// trendColour is that of a trend's words and arrow.
func trendColour(t doc.Trend) colour.Colour {
	switch t {
	case doc.BetterUp, doc.BetterDown:
		return good
	case doc.WorseUp, doc.WorseDown:
		return bad
	default:
		return quiet
	}
}

// arrow draws the arrow of a trend, its foot on y: filled where it is for the
// better, an outline where for the worse.
func (p *printer) arrow(x, y, size float64, t doc.Trend) {
	up := t == doc.BetterUp || t == doc.WorseUp
	tip, base := y-size, y
	if !up {
		tip, base = base, tip
	}
	c := trendColour(t)
	p.f.SetFillColor(parts(c))
	p.f.SetDrawColor(parts(c))
	p.f.SetLineWidth(1)
	p.f.MoveTo(x, base)
	p.f.LineTo(x+size, base)
	p.f.LineTo(x+size/2, tip)
	p.f.ClosePath()
	if t == doc.BetterUp || t == doc.BetterDown {
		p.f.DrawPath("FD")
	} else {
		p.f.DrawPath("D")
	}
}

// notice is a paragraph on a ground of its own, with a sign.
func (p *printer) notice(n *doc.Notice) item {
	k := p.scale
	edge, ground := quiet, colour.Must("#f2f3f5")
	switch n.Kind {
	case "warning":
		edge, ground = bad, colour.Must("#fdf0ea")
	case "good":
		edge, ground = good, colour.Must("#ebf5f3")
	}
	const size, pad, indent = 9.0, 7.0, 26.0
	p.font(false, size)
	lines := p.wrap(n.Text, width-(indent+pad)*k)
	lead := size * 1.35 * k
	h := float64(len(lines))*lead + 2*pad*k - 2
	return item{height: h, after: 9 * k, draw: func() {
		p.box(left, p.y, width, h, 3, ground)
		p.box(left, p.y, 3, h, 0, edge)
		p.sign(n.Kind, left+14*k, p.y+h/2, 5*k, edge)
		p.font(false, size)
		for i, line := range lines {
			p.write(left+indent*k, p.y+pad*k+float64(i)*lead+size*0.9*k, line, ink)
		}
		p.y += h
	}}
}

// sign draws the sign of a notice around its middle: a triangle with a bar for a
// warning, a tick for what is good, an empty ring for what is absent.
func (p *printer) sign(kind string, x, y, r float64, c colour.Colour) {
	p.f.SetDrawColor(parts(c))
	p.f.SetFillColor(parts(c))
	p.f.SetLineWidth(1.2)
	switch kind {
	case "warning":
		p.f.Polygon([]pointType{{X: x, Y: y - r}, {X: x + r*1.15, Y: y + r}, {X: x - r*1.15, Y: y + r}}, "D")
		p.f.Line(x, y-r*0.3, x, y+r*0.35)
		p.f.Circle(x, y+r*0.7, 0.5, "F")
	case "good":
		p.f.SetLineWidth(1.8)
		p.f.MoveTo(x-r*0.8, y)
		p.f.LineTo(x-r*0.2, y+r*0.7)
		p.f.LineTo(x+r*0.9, y-r*0.7)
		p.f.DrawPath("D")
	default:
		p.f.Circle(x, y, r*0.75, "D")
	}
}
