package pdf

import (
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"resonanz/shared/report/doc"
)

// pointType is a corner.
type pointType = fpdf.PointType

// Space around the words of a cell.
const (
	padX = 4.5
	padY = 3.2
)

// grid is a table, or some of its columns, as it is set.
type grid struct {
	caption string
	columns []doc.Column
	rows    [][]doc.Cell
	widths  []float64
	size    float64 // of the words
	more    string  // below the last row
}

// width is that of the table.
func (g *grid) width() float64 {
	w := 0.0
	for _, c := range g.widths {
		w += c
	}
	return w
}

// table is a table with its head on each page. Where its columns are too many
// for a page it becomes several, each with the names of the rows.
func (p *printer) table(t *doc.Table) []item {
	rows := t.Rows[:max(0, len(t.Rows)-t.Hidden)]
	more := ""
	if t.Hidden > 0 && strings.Contains(p.d.More, "%d") {
		more = fmt.Sprintf(p.d.More, t.Hidden)
	}
	all := p.parted(t, rows)
	var items []item
	for i, g := range all {
		if len(all) > 1 {
			g.caption = fmt.Sprintf("%s (%d/%d)", g.caption, i+1, len(all))
		}
		if i == len(all)-1 {
			g.more = more
		}
		items = append(items, p.set(g))
	}
	return items
}

// parted are the tables that a table becomes.
func (p *printer) parted(t *doc.Table, rows [][]doc.Cell) []*grid {
	var fits *grid
	for _, size := range []float64{8.5, 8, 7.5, 7} {
		g := &grid{caption: t.Caption, columns: t.Columns, rows: rows, size: size}
		if !p.fit(g) {
			continue
		}
		if p.lines(g) <= 3 {
			return []*grid{g}
		}
		if fits == nil {
			fits = g
		}
	}
	if fits != nil {
		return []*grid{fits}
	}
	const size = 7.5
	heads := 0
	for heads < len(t.Columns) && t.Columns[heads].Strong {
		heads++
	}
	heads = min(max(heads, 1), len(t.Columns)-1)
	rest := len(t.Columns) - heads
	for pieces := 2; pieces <= rest; pieces++ {
		var all []*grid
		per := (rest + pieces - 1) / pieces
		ok := true
		for from := heads; from < len(t.Columns); from += per {
			g := &grid{caption: t.Caption, size: size}
			take := func(i int) bool { return i < heads || i >= from && i < from+per }
			for i, c := range t.Columns {
				if take(i) {
					g.columns = append(g.columns, c)
				}
			}
			for _, r := range rows {
				var cells []doc.Cell
				for i := range t.Columns {
					if take(i) {
						cells = append(cells, cellOf(r, i))
					}
				}
				g.rows = append(g.rows, cells)
			}
			ok = p.fit(g) && ok
			all = append(all, g)
		}
		if ok || per == 1 {
			return all
		}
	}
	g := &grid{caption: t.Caption, columns: t.Columns, rows: rows, size: size}
	p.fit(g)
	return []*grid{g}
}

// cellOf is a cell of a row, empty where the row is too short.
func cellOf(r []doc.Cell, i int) doc.Cell {
	if i < len(r) {
		return r[i]
	}
	return doc.Cell{}
}

// fit gives the columns their widths, as browsers do: what the longest word
// needs, and of what is left as much as the longest text would like. It reports
// whether no word has to be broken.
func (p *printer) fit(g *grid) bool {
	least, most := make([]float64, len(g.columns)), make([]float64, len(g.columns))
	measure := func(i int, bold bool, words string, extra float64) {
		p.font(bold, g.size)
		words = clean(words)
		most[i] = max(most[i], p.f.GetStringWidth(words)+extra)
		for _, piece := range pieces(words) {
			least[i] = max(least[i], p.f.GetStringWidth(strings.TrimRight(piece, " "))+extra)
		}
	}
	for i, c := range g.columns {
		measure(i, true, c.Label, 0)
		most[i] = max(least[i], most[i]*0.55) // a head may take two lines
		for _, r := range g.rows {
			cell := cellOf(r, i)
			extra := 0.0
			if cell.Trend != doc.None {
				extra = g.size
			}
			if c.Numeric { // a number is never broken
				cell.Text = strings.ReplaceAll(cell.Text, " ", "\u00a0")
			}
			measure(i, c.Strong, cell.Text, extra)
		}
	}
	need, like := 0.0, 0.0
	for i := range g.columns {
		least[i], most[i] = least[i]+2*padX, most[i]+2*padX
		need, like = need+least[i], like+most[i]
	}
	g.widths = least
	switch {
	case need > width: // words are broken
		for i := range g.widths {
			g.widths[i] *= width / need
		}
		return false
	case like <= width: // all fits: columns get more, but not so much that a row falls apart
		for i := range g.widths {
			g.widths[i] = most[i] * min(width/like, 1.7)
		}
	default:
		for i := range g.widths {
			g.widths[i] += (width - need) * (most[i] - least[i]) / (like - need)
		}
	}
	return true
}

// lines are those of the cell with the most.
func (p *printer) lines(g *grid) int {
	most := 0
	for _, row := range g.rows {
		for i, c := range g.columns {
			p.font(c.Strong, g.size)
			most = max(most, len(p.wrap(cellOf(row, i).Text, g.widths[i]-2*padX)))
		}
	}
	return most
}

// set is a grid as an item: its caption and head stay with the first two rows.
func (p *printer) set(g *grid) item {
	lead := g.size * 1.22
	p.font(true, g.size)
	head := make([][]string, len(g.columns))
	headHeight := 0.0
	for i, c := range g.columns {
		head[i] = p.wrap(c.Label, g.widths[i]-2*padX)
		headHeight = max(headHeight, float64(len(head[i]))*lead)
	}
	headHeight += 2 * padY
	cells := make([][][]string, len(g.rows))
	heights := make([]float64, len(g.rows))
	total := 0.0
	for r, row := range g.rows {
		cells[r] = make([][]string, len(g.columns))
		lines := 1
		for i := range g.columns {
			cell := cellOf(row, i)
			room := g.widths[i] - 2*padX
			if cell.Trend != doc.None {
				room -= g.size
			}
			p.font(g.columns[i].Strong, g.size)
			cells[r][i] = p.wrap(cell.Text, room)
			lines = max(lines, len(cells[r][i]))
		}
		heights[r] = float64(lines)*lead + 2*padY
		total += heights[r]
	}
	caption := 0.0
	if g.caption != "" {
		caption = 17
	}
	foot := 0.0
	if g.more != "" {
		foot = 14
	}
	it := item{height: caption + headHeight + total + foot, after: 14}
	it.need = caption + headHeight
	for r := range min(2, len(heights)) {
		it.need += heights[r]
	}
	if it.height < 150 { // a small table is not cut
		it.need = it.height
	}
	it.draw = func() {
		if g.caption != "" {
			p.font(true, 9.5)
			p.write(left, p.y+10, p.clip(clean(g.caption), width), ink)
			p.y += caption
		}
		p.head(g, head, headHeight)
		for r := range g.rows {
			need := heights[r]
			switch r {
			case len(g.rows) - 1:
				need += foot
			case len(g.rows) - 2: // the last row does not stand alone on a page
				need += heights[r+1] + foot
			}
			if p.y+need > bottom && p.y > top {
				p.fresh()
				p.head(g, head, headHeight)
			}
			p.row(g, g.rows[r], cells[r], heights[r])
		}
		if g.more != "" {
			p.font(false, 8)
			p.write(left, p.y+11, clean(g.more), quiet)
			p.y += foot
		}
	}
	return it
}

// head draws the names of the columns.
func (p *printer) head(g *grid, head [][]string, h float64) {
	p.box(left, p.y, g.width(), h, 0, p.wash)
	p.font(true, g.size)
	lead := g.size * 1.22
	x := left
	for i, lines := range head {
		y := p.y + h - padY - float64(len(lines)-1)*lead - g.size*0.24 // at the foot of the head
		for _, line := range lines {
			if g.columns[i].Numeric {
				p.writeRight(x+g.widths[i]-padX, y, line, ink)
			} else {
				p.write(x+padX, y, line, ink)
			}
			y += lead
		}
		x += g.widths[i]
	}
	p.y += h
	p.line(left+g.width(), p.y, 0.9, p.accent)
}

// row draws one row.
func (p *printer) row(g *grid, row []doc.Cell, cells [][]string, h float64) {
	lead := g.size * 1.22
	x := left
	for i, lines := range cells {
		cell := cellOf(row, i)
		c := ink
		if cell.Muted {
			c = quiet
		}
		p.font(g.columns[i].Strong, g.size)
		y := p.y + padY + g.size*0.92
		for k, line := range lines {
			at := x + padX
			if g.columns[i].Numeric {
				at = x + g.widths[i] - padX - p.f.GetStringWidth(line)
			}
			if cell.Trend != doc.None && k == 0 {
				if !g.columns[i].Numeric {
					at += g.size
				}
				p.arrow(at-g.size*0.95, y-0.4, g.size*0.62, cell.Trend)
				c = trendColour(cell.Trend)
			}
			p.write(at, y, line, c)
			y += lead
		}
		x += g.widths[i]
	}
	p.y += h
	p.line(left+g.width(), p.y, 0.35, rule)
}
