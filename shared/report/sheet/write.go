package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"resonanz/shared/report/doc"
)

// span is the number of columns that text runs over.
const span = 8

// page is one sheet being written, from the top down.
type page struct {
	*book
	name   string
	row    int
	widths []float64 // of the columns, in characters
}

// at is the name of a cell: columns count from 1.
func at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return "A1" // no report is that large
	}
	return name
}

// put writes words with a look.
func (p *page) put(column int, text string, l look) {
	p.try(p.f.SetCellStr(p.name, at(column, p.row), strings.ReplaceAll(text, "\u2060", ""))) // a sign that joins words
	p.try(p.f.SetCellStyle(p.name, at(column, p.row), at(column, p.row), p.style(l)))
}

// widen makes a column wide enough for so many characters.
func (p *page) widen(column int, characters float64) {
	for len(p.widths) < column {
		p.widths = append(p.widths, 9)
	}
	p.widths[column-1] = max(p.widths[column-1], min(characters+4, 48))
}

// text writes a paragraph over several columns, as many lines high as it needs
// in columns of that width.
func (p *page) text(text string, k kind) {
	p.put(1, text, look{kind: k})
	p.try(p.f.MergeCell(p.name, at(1, p.row), at(span, p.row)))
	wide := 0.0
	for i := range span {
		if i < len(p.widths) {
			wide += p.widths[i]
		} else {
			wide += 9
		}
	}
	lines := 1 + utf8.RuneCountInString(text)/int(wide*1.02)
	p.height(float64(lines)*13.5 + 3.5)
	p.row++
}

// height sets the height of the row in points.
func (p *page) height(points float64) { p.try(p.f.SetRowHeight(p.name, p.row, points)) }

// close sets the widths of the columns.
func (p *page) close() {
	for i, w := range p.widths {
		name, err := excelize.ColumnNumberToName(i + 1)
		p.try(err)
		p.try(p.f.SetColWidth(p.name, name, name, w))
	}
}

// section writes the sheet of a section: what must be seen, figures and tables,
// and then what was said about them.
func (b *book) section(name string, s *doc.Section) {
	p := &page{book: b, name: name, row: 1}
	tables := 0
	for i := range s.Blocks {
		if t := s.Blocks[i].Table; t != nil {
			tables++
			p.measure(t)
		}
	}
	p.put(1, strconv.Itoa(s.Number)+" "+s.Title, look{kind: title})
	p.height(26)
	p.row = 3
	for _, bl := range s.Blocks {
		if bl.Notice != nil {
			p.notice(bl.Notice)
		}
	}
	head := 0
	for _, bl := range s.Blocks {
		switch {
		case bl.Figures != nil:
			p.figures(bl.Figures)
		case bl.Table != nil:
			if h := p.table(bl.Table); head == 0 {
				head = h
			}
		}
	}
	p.words(s)
	p.close()
	// The head of a table that is alone stays in sight; of several, the title: a
	// spreadsheet shows the heads of its tables itself.
	frozen := 1
	if tables == 1 && head > 0 && head <= 8 {
		frozen = head
		quoted := "'" + strings.ReplaceAll(name, "'", "''") + "'"
		b.try(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name, RefersTo: fmt.Sprintf("%s!$%d:$%d", quoted, head, head)}))
	}
	b.try(b.f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: frozen, TopLeftCell: at(1, frozen+1), ActivePane: "bottomLeft"}))
}

// words writes paragraphs, lists and notes with their headings.
func (p *page) words(s *doc.Section) {
	heading := ""
	say := func(text string, k kind) {
		if heading != "" {
			p.row++
			p.put(1, heading, look{kind: subtitle})
			p.row++
			heading = ""
		}
		p.text(text, k)
	}
	for _, bl := range s.Blocks {
		switch {
		case bl.Heading != "":
			heading = bl.Heading
		case bl.Text != "":
			say(bl.Text, words)
		case bl.Note != "":
			say(bl.Note, quiet)
		case bl.List != nil:
			for _, l := range bl.List {
				say("• "+l, words)
			}
		case bl.Table != nil || bl.Figures != nil:
			heading = ""
		}
	}
}

// notice writes what must be seen.
func (p *page) notice(n *doc.Notice) {
	k := absent
	switch n.Kind {
	case "warning":
		k = warning
	case "good":
		k = good
	}
	p.text(n.Text, k)
	p.row++
}

// figures writes key figures, one a row.
func (p *page) figures(all []doc.Figure) {
	for _, g := range all {
		p.put(1, g.Label, look{kind: cell, strong: true})
		l := look{kind: value, right: true, muted: g.Muted}
		if v, format, ok := plainNumber(g.Value, p.d.Language); ok {
			l.format = format
			p.try(p.f.SetCellFloat(p.name, at(2, p.row), v, -1, 64))
			p.try(p.f.SetCellStyle(p.name, at(2, p.row), at(2, p.row), p.style(l)))
		} else {
			p.put(2, g.Value, l)
		}
		p.put(3, join(g.Beside, arrow(g.Trend)+g.Change), look{kind: cell})
		p.widen(1, float64(utf8.RuneCountInString(g.Label)))
		p.widen(2, float64(utf8.RuneCountInString(g.Value))*1.5)
		p.height(24)
		p.row++
	}
	p.row++
}

// measure widens the columns for a table.
func (p *page) measure(t *doc.Table) {
	for i, c := range t.Columns {
		longest := 0
		for _, w := range strings.Fields(c.Label) {
			longest = max(longest, utf8.RuneCountInString(w))
		}
		p.widen(i+1, float64(max(longest, utf8.RuneCountInString(c.Label)/2))+2)
		for _, r := range t.Rows {
			if i >= len(r) {
				continue
			}
			n := utf8.RuneCountInString(arrow(r[i].Trend) + r[i].Text)
			if i == len(t.Columns)-1 && !c.Numeric {
				n = min(n, 18) // nothing stands to the right of it: words run on
			}
			p.widen(i+1, float64(n))
		}
	}
}

// table writes a table and returns the row of its head.
func (p *page) table(t *doc.Table) int {
	p.put(1, t.Caption, look{kind: subtitle})
	p.row++
	from := p.row
	used := map[string]bool{}
	lines := 1
	for i, c := range t.Columns {
		label := unique(c.Label, c.ID, used)
		p.put(i+1, label, look{kind: head, right: c.Numeric})
		if w := p.widths[i]; w > 0 {
			lines = max(lines, 1+utf8.RuneCountInString(label)/int(w))
		}
	}
	p.height(float64(lines)*13.5 + 6)
	p.row++
	for _, r := range t.Rows {
		for i, c := range t.Columns {
			if i < len(r) {
				p.cell(i+1, c, r[i])
			}
		}
		p.row++
	}
	if len(t.Rows) > 0 && len(t.Columns) > 0 {
		no := false
		p.addTable(&excelize.Table{
			Range: at(1, from) + ":" + at(len(t.Columns), p.row-1), Name: p.tableName(t.ID), ShowRowStripes: &no,
		})
	}
	p.row++
	return from
}

// addTable makes cells a table. For each, excelize reads all that there are so far,
// for a number and a name that no other has: half the time that a book takes. The
// last one has the highest number, and names are unique here, so those before it
// are set aside until the book is written.
func (p *page) addTable(t *excelize.Table) {
	part := func(n int) string { return "xl/tables/table" + strconv.Itoa(n) + ".xml" }
	p.try(p.f.AddTable(p.name, t))
	last := len(p.aside) + 1
	if _, ok := p.f.Pkg.Load(part(last + 1)); !ok {
		return // it is the first
	}
	if before, ok := p.f.Pkg.LoadAndDelete(part(last)); ok {
		p.aside[part(last)] = before
	}
}

// restore puts the tables back that were set aside.
func (b *book) restore() {
	for name, part := range b.aside {
		b.f.Pkg.Store(name, part)
	}
}

// cell writes one cell.
func (p *page) cell(column int, c doc.Column, v doc.Cell) {
	l := look{kind: cell, right: c.Numeric, muted: v.Muted, strong: c.Strong}
	n, format, ok := number(v, c.ID, p.d.Language)
	if !ok || !c.Numeric {
		p.put(column, arrow(v.Trend)+v.Text, l)
		return
	}
	if a := arrow(v.Trend); a != "" {
		format = marked(a, format)
	}
	l.format = format
	p.try(p.f.SetCellFloat(p.name, at(column, p.row), n, -1, 64))
	p.try(p.f.SetCellStyle(p.name, at(column, p.row), at(column, p.row), p.style(l)))
}

// marked is a format with an arrow before the number, whatever its sign.
func marked(arrow, format string) string {
	var all []string
	for _, part := range strings.Split(format, ";") {
		all = append(all, quoted(arrow)+part)
	}
	if len(all) == 1 {
		all = append(all, quoted(arrow)+"-"+format)
	}
	return strings.Join(all, ";")
}

// arrow is the sign of a trend: filled for the better, open for the worse.
func arrow(t doc.Trend) string {
	switch t {
	case doc.BetterUp:
		return "▲ "
	case doc.BetterDown:
		return "▼ "
	case doc.WorseUp:
		return "△ "
	case doc.WorseDown:
		return "▽ "
	default:
		return ""
	}
}

// unique is the head of a column: no two of a table are the same, and none is
// empty.
func unique(label, id string, used map[string]bool) string {
	if label == "" {
		label = id
	}
	name := label
	for n := 2; used[strings.ToLower(name)]; n++ {
		name = label + " (" + strconv.Itoa(n) + ")"
	}
	used[strings.ToLower(name)] = true
	return name
}

// tableName is the name of a table in formulas.
func (p *page) tableName(id string) string {
	name := "t_" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, id)
	for n := 2; p.tables[strings.ToLower(name)]; n++ {
		name += "_" + strconv.Itoa(n)
	}
	p.tables[strings.ToLower(name)] = true
	return name
}
