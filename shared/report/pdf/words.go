package pdf

import (
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/sfnt"
)

// family is the name of the font in the file.
const family = "sans"

// face is the font, to know which signs it has.
var face = sync.OnceValue(func() *sfnt.Font {
	f, err := sfnt.Parse(liberationsansregular.TTF)
	if err != nil {
		panic(err) // the font is part of the program
	}
	return f
})

// instead are signs that the font lacks and what stands for them.
var instead = map[rune]rune{'\u202f': '\u00a0', '\u2009': '\u00a0', '\u2007': '\u00a0', '\u2011': '-', '✓': '√', '✔': '√', '⚠': '!', '\t': ' ', '\r': ' '}

// clean is text that the font can write: a sign that it lacks becomes a box, and
// what cannot be seen goes.
func clean(s string) string {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] >= ' ' && s[i] < 0x7f
	}
	if plain {
		return s
	}
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ' '
		case unicode.Is(unicode.Cf, r) || r < ' ' && r != '\t' && r != '\r':
			return -1
		}
		if i, err := face().GlyphIndex(&buf, r); err == nil && i != 0 && r <= 0xffff {
			return r
		}
		if o, ok := instead[r]; ok {
			return o
		}
		return '□'
	}, strings.ToValidUTF8(s, "□"))
}

// font sets the font: bold or not, in points. What was set before need not be
// that of the page, so it is always written.
func (p *printer) font(bold bool, size float64) {
	style := ""
	if bold {
		style = "B"
	}
	p.f.SetFont(family, style, size*p.scale)
}

// wrap breaks text into lines of at most that width in the font that is set, at
// spaces, and after hyphens and slashes; a word that is longer is broken
// anywhere.
func (p *printer) wrap(text string, width float64) []string {
	var lines []string
	for _, para := range strings.Split(text, "\n") {
		lines = append(lines, p.fill(clean(para), width)...)
	}
	return lines
}

// fill breaks one paragraph.
func (p *printer) fill(text string, width float64) []string {
	var lines []string
	line, w := "", 0.0
	flush := func() {
		if line != "" {
			lines = append(lines, strings.TrimRight(line, " "))
		}
		line, w = "", 0
	}
	for _, piece := range pieces(text) {
		full := p.f.GetStringWidth(piece)
		if w+p.f.GetStringWidth(strings.TrimRight(piece, " ")) <= width+0.01 {
			line, w = line+piece, w+full
			continue
		}
		flush()
		for p.f.GetStringWidth(strings.TrimRight(piece, " ")) > width+0.01 {
			r := []rune(piece)
			if len(r) < 2 { // a character has its place, however narrow that is
				break
			}
			n := 1
			for n < len(r)-1 && p.f.GetStringWidth(string(r[:n+1])) <= width {
				n++
			}
			lines, piece = append(lines, string(r[:n])), string(r[n:])
		}
		line, w = piece, p.f.GetStringWidth(piece)
	}
	flush()
	if lines == nil {
		return []string{""}
	}
	return lines
}

// pieces are the parts of a text between which a line may end.
func pieces(text string) []string {
	var all []string
	start := 0
	r := []rune(text)
	for i, c := range r {
		end := c == ' ' || (c == '-' || c == '/' || c == '_') && i > start && i+1 < len(r) && r[i+1] != ' '
		if end && (i+1 == len(r) || r[i+1] != ' ') {
			all = append(all, string(r[start:i+1]))
			start = i + 1
		}
	}
	if start < len(r) {
		all = append(all, string(r[start:]))
	}
	return all
}
