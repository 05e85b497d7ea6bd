package sheet

import (
	"strconv"
	"strings"

	"resonanz/shared/report/doc"
)

// cover writes the first sheet: what the report is, its headlines, and the way
// to the other sheets.
func (b *book) cover() {
	p := &page{book: b, name: b.coverTitle(), row: 1}
	p.widths = []float64{34, 18, 40, 9, 9, 9, 9, 9}
	p.put(1, b.d.Title, look{kind: title})
	p.height(30)
	p.row++
	for _, line := range []string{join(b.d.Organisation, b.d.Group), join(b.d.Badge, b.d.AsOf)} {
		if line != "" {
			p.put(1, line, look{kind: subtitle})
			p.row++
		}
	}
	if b.d.Hash != "" {
		p.put(1, b.d.Hash, look{kind: quiet})
		p.try(p.f.MergeCell(p.name, at(1, p.row), at(span, p.row)))
		p.row++
	}
	p.row++
	for i := range b.d.Sections {
		if s := &b.d.Sections[i]; s.Number == first {
			p.put(1, s.Title, look{kind: title})
			p.height(24)
			p.row++
			p.headlines(s)
		}
	}
	p.row++
	p.put(1, b.d.Contents, look{kind: title})
	p.height(24)
	p.row++
	for i := range b.d.Sections {
		p.line(i)
	}
	p.close()
}

// headlines writes the blocks of the headlines in their order.
func (p *page) headlines(s *doc.Section) {
	for _, bl := range s.Blocks {
		switch {
		case bl.Heading != "":
			p.row++
			p.put(1, bl.Heading, look{kind: subtitle})
			p.row++
		case bl.Text != "":
			p.text(bl.Text, words)
		case bl.Note != "":
			p.text(bl.Note, quiet)
		case bl.Notice != nil:
			p.notice(bl.Notice)
		case bl.Figures != nil:
			p.figures(bl.Figures)
		case bl.Table != nil:
			p.measure(bl.Table)
			p.table(bl.Table)
		}
		for _, l := range bl.List {
			p.text("• "+l, words)
		}
	}
}

// line writes a line of the contents: the way to the section's sheet, or why it
// has none.
func (p *page) line(i int) {
	s := &p.d.Sections[i]
	if s.Number == first {
		return
	}
	words := strconv.Itoa(s.Number) + " " + s.Title
	if name := p.sheets[i]; name != "" {
		p.put(1, words, look{kind: link})
		p.try(p.f.SetCellHyperLink(p.name, at(1, p.row), "'"+strings.ReplaceAll(name, "'", "''")+"'!A1", "Location"))
		p.row++
		return
	}
	p.put(1, words, look{kind: plain})
	why := ""
	for _, bl := range s.Blocks {
		if bl.Notice != nil {
			why = join(why, bl.Notice.Text)
		} else if bl.Text != "" && why == "" {
			why = bl.Text
		}
	}
	p.put(2, why, look{kind: quiet})
	p.try(p.f.MergeCell(p.name, at(2, p.row), at(span, p.row)))
	p.row++
}
