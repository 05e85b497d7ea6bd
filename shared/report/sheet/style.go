package sheet

import (
	"github.com/xuri/excelize/v2"
)

// look is how a cell looks.
type look struct {
	kind   kind
	format string
	right  bool
	muted  bool
	strong bool
}

// kind is what a cell is.
type kind int

// The kinds.
const (
	cell kind = iota
	head
	title
	subtitle
	words
	quiet
	warning
	absent
	good
	link
	plain
	value
)

// style is the number of a look's style in the book.
func (b *book) style(l look) int {
	if id, ok := b.styles[l]; ok {
		return id
	}
	const font = "Arial"
	s := &excelize.Style{
		Font:      &excelize.Font{Family: font, Size: 10, Color: "1B1E23"},
		Alignment: &excelize.Alignment{Vertical: "center"},
	}
	if l.format != "" {
		s.CustomNumFmt = &l.format
	}
	if l.right {
		s.Alignment.Horizontal = "right"
	}
	if l.kind == cell || l.kind == head || l.kind == value {
		s.Alignment.Indent = 1
		if !l.right {
			s.Alignment.Horizontal = "left"
		}
	}
	switch l.kind {
	case cell:
		s.Border = []excelize.Border{{Type: "bottom", Color: "D4D8DD", Style: 1}}
		s.Font.Bold = l.strong
		if l.muted {
			s.Font.Color = "6A727D"
		}
	case head:
		s.Font.Bold, s.Font.Color = true, b.on.String()[1:]
		s.Fill = solid(b.accent.String())
		s.Alignment.WrapText = true
	case title:
		s.Font.Bold, s.Font.Size, s.Font.Color = true, 15, b.accent.String()[1:]
	case subtitle:
		s.Font.Bold, s.Font.Size = true, 11
	case words:
		s.Alignment = &excelize.Alignment{Vertical: "top", WrapText: true}
	case quiet:
		s.Font.Color, s.Font.Size = "59626E", 9
		s.Alignment = &excelize.Alignment{Vertical: "top", WrapText: true}
	case plain: // as it is
	case warning, absent, good:
		fill := map[kind]string{warning: "#FDF0EA", absent: "#F2F3F5", good: "#EBF5F3"}[l.kind]
		s.Fill = solid(fill)
		s.Alignment = &excelize.Alignment{Vertical: "center", WrapText: true, Indent: 1}
	case link:
		s.Font.Color, s.Font.Underline = b.accent.String()[1:], "single"
	case value:
		s.Font.Bold, s.Font.Size = true, 14
		s.Fill = solid(b.wash.String())
		if l.muted {
			s.Font.Color = "6A727D"
		}
	}
	id, err := b.f.NewStyle(s)
	b.try(err)
	b.styles[l] = id
	return id
}

// solid is a ground of one colour, #rrggbb.
func solid(c string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{c[1:]}}
}
