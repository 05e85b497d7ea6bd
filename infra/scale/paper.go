package main

import (
	"context"
	"fmt"
	"strings"

	"resonanz/infra/scale/settings"
)

// seed draws everything that is drawn.
const seed = 1

// part is a piece of the paper that is worked out.
type part struct{ name, text string }

// paper is what was worked out, and the bounds that do not hold.
type paper struct {
	parts  []part
	broken []error
}

func (p *paper) add(name, text string) {
	p.parts = append(p.parts, part{name, strings.TrimSpace(text)})
}

// hold notes a bound that does not.
func (p *paper) hold(value, most float64, what string) {
	if value > most {
		p.broken = append(p.broken, fmt.Errorf("%s: %s, at most %s is allowed", what, figure(value), figure(most)))
	}
}

// work works out every part.
func work(ctx context.Context, root string) (*paper, error) {
	s, err := settings.Read(root)
	if err != nil {
		return nil, err
	}
	p := new(paper)
	if err := p.addFlow(s); err != nil {
		return nil, err
	}
	if err := p.addHeat(ctx, root, s); err != nil {
		return nil, err
	}
	if err := p.addGrowth(ctx, root, s); err != nil {
		return nil, err
	}
	if err := p.addQuestions(); err != nil {
		return nil, err
	}
	return p, nil
}

// fill puts the parts between their marks in a page. Every part has its place, and
// every place its part.
func fill(page string, parts []part) (string, error) {
	for _, p := range parts {
		begin, end := "<!-- begin "+p.name+" -->\n", "<!-- end "+p.name+" -->"
		head, rest, ok := strings.Cut(page, begin)
		_, tail, closed := strings.Cut(rest, end)
		if !ok || !closed {
			return "", fmt.Errorf("the page has no place for %q: write %s and %s", p.name, strings.TrimSpace(begin), end)
		}
		page = head + begin + p.text + "\n" + end + tail
	}
	if n := strings.Count(page, "<!-- begin "); n != len(parts) {
		return "", fmt.Errorf("the page has %d places for %d parts", n, len(parts))
	}
	return page, nil
}

// table writes rows as a table of Markdown; the first is its head.
func table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
	return b.String()
}

// figure writes a number as people read it: three digits that tell, thousands apart.
func figure(v float64) string {
	switch {
	case v != v || v > 1e15:
		return "never"
	case v == 0:
		return "0"
	case v < 0.01:
		return "< 0.01"
	case v < 10:
		return trim(fmt.Sprintf("%.2f", v))
	case v < 100:
		return trim(fmt.Sprintf("%.1f", v))
	}
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func trim(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
