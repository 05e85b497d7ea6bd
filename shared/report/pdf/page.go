package pdf

import (
	"fmt"
	"strings"

	"resonanz/shared/colour"
)

// fresh begins a page.
func (p *printer) fresh() {
	p.f.AddPage()
	p.y = top
}

// room makes sure that so much height is left, or begins a page.
func (p *printer) room(height float64) {
	if p.y+height > bottom && p.y > top {
		p.fresh()
	}
}

// write writes one line with its baseline at y.
func (p *printer) write(x, y float64, text string, c colour.Colour) {
	p.f.SetTextColor(parts(c))
	p.f.Text(x, y, text)
}

// writeRight writes one line that ends at x.
func (p *printer) writeRight(x, y float64, text string, c colour.Colour) {
	p.write(x-p.f.GetStringWidth(text), y, text, c)
}

// line draws a level line from the left margin.
func (p *printer) line(to, y, thick float64, c colour.Colour) {
	p.f.SetDrawColor(parts(c))
	p.f.SetLineWidth(thick)
	p.f.Line(left, y, to, y)
}

// box fills a rectangle with round corners.
func (p *printer) box(x, y, w, h, r float64, c colour.Colour) {
	p.f.SetFillColor(parts(c))
	if r == 0 {
		p.f.Rect(x, y, w, h, "F")
		return
	}
	p.f.RoundedRect(x, y, w, h, r, "1234", "F")
}

// back turns to a page that was written before.
func (p *printer) back(page int) {
	p.f.SetPage(page)
	p.f.SetFontSize(1) // so that the next font is written: this page's may be another
}

// footers writes what stands above and below each page, when their number is
// known.
func (p *printer) footers() {
	pages := p.f.PageCount()
	p.scale = 1
	for n := 1; n <= pages; n++ {
		p.back(n)
		p.font(false, 7.5)
		y := bottom + 20
		p.line(left+width, y, 0.5, rule)
		number := fmt.Sprintf("%d / %d", n, pages)
		if strings.Count(p.d.Page, "%d") == 2 {
			number = fmt.Sprintf(p.d.Page, n, pages)
		}
		number = clean(number)
		p.writeRight(left+width, y+12, number, quiet)
		footer := p.clip(clean(p.d.Footer), width-p.f.GetStringWidth(number)-16)
		p.write(left, y+12, footer, quiet)
		p.font(false, 6.5)
		p.write(left, y+21, clean(p.d.Hash), quiet)
		if n == 1 {
			continue
		}
		p.font(false, 7.5)
		badge := clean(p.d.Badge)
		p.writeRight(left+width, 38, badge, quiet)
		p.write(left, 38, p.clip(clean(together(p.d.Organisation, p.d.Group, p.d.Title)), width-p.f.GetStringWidth(badge)-16), quiet)
		p.line(left+width, 44, 0.5, rule)
	}
}

// clip shortens a line to a width.
func (p *printer) clip(s string, w float64) string {
	if p.f.GetStringWidth(s) <= w {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && p.f.GetStringWidth(string(r)+"…") > w {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
