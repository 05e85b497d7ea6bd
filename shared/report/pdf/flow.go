package pdf

import (
	"strconv"

	"resonanz/shared/colour"
	"resonanz/shared/report/chart"
	"resonanz/shared/report/doc"
)

// item is a thing on the way down the page.
type item struct {
	height float64 // of all of it
	need   float64 // what must fit for it to begin on this page; 0: all of it
	least  float64 // the height it can shrink to where no more is left; 0: none
	after  float64 // the space below it
	keep   bool    // never the last thing on a page: a heading
	intro  bool    // a short paragraph: kept too where it stands between a heading and what it introduces
	draw   func()  // draws it at p.y and moves that below it
}

// begin is what must fit for the item to begin here.
func (i item) begin() float64 {
	if i.need > 0 {
		return i.need
	}
	if i.least > 0 {
		return i.least
	}
	return i.height
}

// flow sets things one below the other. What is kept with the next goes to the
// next page with it.
func (p *printer) flow(all []item) {
	for i, it := range all {
		need := 0.0
		for j := i; j < len(all); j++ {
			if !all[j].keep {
				need += all[j].begin()
				break
			}
			need += all[j].height + all[j].after
		}
		p.room(need)
		it.draw()
		p.y += it.after
	}
}

// section sets one section.
func (p *printer) section(s *doc.Section) {
	if p.y > top {
		p.y += 12
	}
	for i := range p.entry {
		if p.entry[i].page == 0 && p.entry[i].number == s.Number {
			p.flow(p.items(s, func() {
				p.entry[i].page = p.f.PageNo()
				p.f.SetLink(p.entry[i].link, p.y, p.f.PageNo())
			}))
			return
		}
	}
	p.flow(p.items(s))
}

// items are the things of a section, its title first; begun is called where that
// stands.
func (p *printer) items(s *doc.Section, begun ...func()) []item {
	all := []item{{height: 24 * p.scale, after: 8 * p.scale, keep: true, draw: func() {
		for _, f := range begun {
			f()
		}
		p.font(true, 15)
		words := clean(strconv.Itoa(s.Number) + "\u2002" + s.Title)
		p.f.Bookmark(words, 0, p.y)
		p.write(left, p.y+15*p.scale, p.clip(words, width), p.accent)
		p.line(left+width, p.y+22*p.scale, 1, p.accent)
		p.y += 24 * p.scale
	}}}
	for i := range s.Blocks {
		all = append(all, p.block(&s.Blocks[i])...)
	}
	for i := 1; i < len(all); i++ {
		all[i].keep = all[i].keep || all[i].intro && all[i-1].keep
	}
	return all
}

// block is what a block becomes: nothing for the twin of a chart.
func (p *printer) block(b *doc.Block) []item {
	switch {
	case b.Heading != "":
		return []item{{height: 20 * p.scale, after: 3 * p.scale, keep: true, draw: func() {
			p.font(true, 11)
			p.f.Bookmark(clean(b.Heading), 1, p.y)
			p.write(left, p.y+16*p.scale, p.clip(clean(b.Heading), width), ink)
			p.y += 20 * p.scale
		}}}
	case b.Text != "":
		return []item{p.paragraph(b.Text, 9.5, ink, 0, "")}
	case b.Note != "":
		return []item{p.paragraph(b.Note, 8, quiet, 0, "")}
	case b.List != nil:
		var all []item
		for i, l := range b.List {
			it := p.paragraph(l, 9.5, ink, 12, "•")
			it.after = 2.5 * p.scale
			if i == len(b.List)-1 {
				it.after = 8 * p.scale
			}
			it.keep = i == len(b.List)-2 // the last does not stand alone on a page
			all = append(all, it)
		}
		return all
	case b.Notice != nil:
		return []item{p.notice(b.Notice)}
	case b.Figures != nil:
		return p.figures(b.Figures)
	case b.Table != nil && !b.Table.Twin:
		return p.table(b.Table)
	case b.Chart != nil:
		return p.chart(b.Chart)
	}
	return nil
}

// paragraph is text, indented after a mark where there is one. A short one is
// never cut; of a long one at least two lines stay together.
func (p *printer) paragraph(text string, size float64, c colour.Colour, indent float64, mark string) item {
	p.font(false, size)
	lines := p.wrap(text, width-indent*p.scale)
	lead := size * 1.38 * p.scale
	it := item{height: float64(len(lines)) * lead, after: 7 * p.scale}
	if len(lines) > 6 {
		it.need = 2 * lead
	}
	it.intro = len(lines) <= 4 && mark == ""
	it.draw = func() {
		for i, line := range lines {
			need := lead
			if i == len(lines)-2 {
				need = 2 * lead // the last two stay together
			}
			p.room(need)
			p.font(false, size)
			if i == 0 && mark != "" {
				p.write(left+1, p.y+size*1.02*p.scale, mark, p.accent)
			}
			p.write(left+indent*p.scale, p.y+size*1.02*p.scale, line, c)
			p.y += lead
		}
	}
	return it
}

// narrowest is how much smaller a chart may become to fit on what is left of a
// page: its words stay readable.
const narrowest = 0.82

// chart is a chart with its title: whole, or where it is longer than a page in
// parts that are whole.
func (p *printer) chart(c *doc.Chart) []item {
	const title, headings = 20.0, 110.0 // what may stand above it on its page
	scale := width / chart.Width
	parts := chart.Split(c, (bottom-top-title-headings)/scale)
	var all []item
	for i, part := range parts {
		h := title + chart.Height(part)*scale
		all = append(all, item{height: h, least: title + chart.Height(part)*scale*narrowest, after: 12, draw: func() {
			scale, h := scale, h
			if free := bottom - p.y; h > free { // smaller, rather than on a page of its own
				scale *= (free - title) / (h - title)
				h = free
			}
			p.font(true, 9.5)
			words := clean(c.Title)
			if len(parts) > 1 {
				words += " (" + strconv.Itoa(i+1) + "/" + strconv.Itoa(len(parts)) + ")"
			}
			p.write(left, p.y+11, p.clip(words, width), ink)
			p.y += h
			chart.Draw(newCanvas(p.f, left+(width-chart.Width*scale)/2, p.y, scale), part, p.d.Accent)
		}})
	}
	return all
}
