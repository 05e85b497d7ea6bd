package pdf

import (
	"strconv"

	"resonanz/shared/colour"
	"resonanz/shared/report/doc"
)

// cover writes page 1: what the report is and its headlines, small enough to be
// all there.
func (p *printer) cover() {
	p.banner()
	var s *doc.Section
	for i := range p.d.Sections {
		if p.d.Sections[i].Number == first {
			s = &p.d.Sections[i]
		}
	}
	if s == nil {
		return
	}
	for p.scale > 0.7 && p.y+p.tall(p.items(s)) > bottom {
		p.scale -= 0.03
	}
	p.flow(p.items(s))
	p.scale = 1
}

// tall is the height of things one below the other.
func (p *printer) tall(all []item) float64 {
	h := 0.0
	for _, i := range all {
		h += i.height + i.after
	}
	return h
}

// banner writes the title of the report.
func (p *printer) banner() {
	p.box(0, 0, pageWidth, 7, 0, p.accent)
	y := 50.0
	p.font(true, 10)
	p.write(left, y, clean(p.d.Organisation), p.accent)
	if p.d.Badge != "" {
		p.font(true, 9)
		words := clean(p.d.Badge)
		w := p.f.GetStringWidth(words) + 18
		fill, on := p.accent, p.accent.Ink()
		if p.d.BadgeKind == "preliminary" {
			fill, on = colour.Must("#f6d58a"), ink
		}
		p.box(left+width-w, y-13, w, 18, 9, fill)
		p.write(left+width-w+9, y-0.8, words, on)
	}
	y += 32
	p.font(true, 24)
	for _, line := range p.wrap(p.d.Title, width) {
		p.write(left, y, line, ink)
		y += 28
	}
	y -= 28
	if p.d.Group != "" {
		p.font(true, 13)
		y += 20
		p.write(left, y, clean(p.d.Group), ink)
	}
	p.font(false, 9.5)
	y += 17
	p.write(left, y, clean(p.d.AsOf), quiet)
	p.y = y + 16
}

// The table of contents has two columns; contentsLine is the height of a line,
// contentsWidth the width of a column.
const (
	contentsLine  = 15.5
	contentsWidth = (width - 22) / 2
)

// contents leaves room for the table of contents: on page 1 where it fits, else
// on the next.
func (p *printer) contents() {
	n := len(p.d.Sections)
	if n < 2 {
		return
	}
	rows := (n + 1) / 2
	if height := 42 + float64(rows)*contentsLine; p.y+height > bottom {
		p.fresh()
	} else {
		p.y += 14
	}
	p.font(true, 15)
	p.write(left, p.y+15, clean(p.d.Contents), p.accent)
	p.y += 28
	for i := range p.d.Sections {
		s := &p.d.Sections[i]
		e := entry{
			number: s.Number, words: s.Title, link: p.f.AddLink(), on: p.f.PageNo(),
			x: left + float64(i/rows)*(width-contentsWidth), y: p.y + float64(i%rows)*contentsLine,
		}
		if s.Number == first {
			e.page = 1
			p.f.SetLink(e.link, 0, 1)
		}
		p.entry = append(p.entry, e)
	}
	p.y += float64(rows) * contentsLine
	if p.f.PageNo() == 1 {
		p.fresh() // page 1 is complete by itself
	} else {
		p.y += 16
	}
}

// fillContents writes the table of contents, when the pages are known.
func (p *printer) fillContents() {
	if len(p.entry) == 0 {
		return
	}
	p.back(p.entry[0].on)
	for _, e := range p.entry {
		p.font(false, 9)
		const indent = 20
		number := strconv.Itoa(e.page)
		words := p.clip(clean(e.words), contentsWidth-indent-p.f.GetStringWidth(number)-8)
		y, right := e.y+12, e.x+contentsWidth
		p.writeRight(e.x+13, y, strconv.Itoa(e.number), quiet)
		p.write(e.x+indent, y, words, ink)
		p.writeRight(right, y, number, ink)
		p.f.SetDrawColor(parts(rule))
		p.f.SetLineWidth(0.75)
		p.f.SetDashPattern([]float64{0.75, 3}, 0)
		if from, to := e.x+indent+p.f.GetStringWidth(words)+6, right-p.f.GetStringWidth(number)-6; from < to {
			p.f.Line(from, y-1, to, y-1)
		}
		p.f.SetDashPattern(nil, 0)
		p.f.Link(e.x, e.y, contentsWidth, contentsLine, e.link)
	}
}
