package sheet

import (
	"math"
	"strconv"
	"strings"

	"resonanz/shared/report/doc"
)

// number is what a cell holds as a number and the format that shows it as the
// document does; ok tells whether it is one.
func number(c doc.Cell, column, language string) (v float64, format string, ok bool) {
	switch n := c.Value.(type) {
	case int64:
		v = float64(n)
	case float64:
		v = n
	default:
		return 0, "", false
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, "", false
	}
	s, parsed := read(c.Text, language)
	within := func(v float64) bool {
		return parsed && math.Abs(s.value-v) <= 0.5001*math.Pow10(-s.decimals)+1e-9*math.Abs(v)
	}
	unit, _, percent := strings.Cut(s.after, "%")
	switch {
	case within(v):
		return v, pattern(s.before, quoted(s.after), s.decimals), true
	case percent && within(100*v): // a share of 0 to 1
		return v, pattern(s.before, quoted(unit)+"%", s.decimals), true
	case (strings.HasSuffix(column, "_cents") || s.decimals == 2) && within(v/100):
		return v / 100, pattern(s.before, quoted(s.after), s.decimals), true
	case strings.HasSuffix(column, "_s"): // seconds, shown in words: as a duration
		return v / 86400, "[h]:mm:ss", true
	}
	if _, whole := c.Value.(int64); whole {
		return v, "#,##0", true
	}
	return v, "#,##0.0##", true
}

// shown is a number as a text shows it.
type shown struct {
	value         float64
	decimals      int
	before, after string // what stands around it
}

// read reads the first number in a text, in the language's way of writing. Where
// others follow, only a percent sign is kept of what stands after it.
func read(text, language string) (s shown, ok bool) {
	point, group := ".", ","
	if language == "de" {
		point, group = ",", "."
	}
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	from := strings.IndexFunc(text, func(r rune) bool { return r >= '0' && r <= '9' })
	if from < 0 {
		return s, false
	}
	to := from
	for to < len(text) && (digit(text[to]) || (text[to] == '.' || text[to] == ',') && to+1 < len(text) && digit(text[to+1])) {
		to++
	}
	s.before, s.after = text[:from], text[to:]
	if strings.ContainsAny(s.after, "0123456789") {
		rest := strings.TrimLeft(s.after, " \u00a0")
		if strings.HasPrefix(rest, "%") {
			s.after = s.after[:len(s.after)-len(rest)+1]
		} else {
			s.after = ""
		}
	}
	plain := strings.ReplaceAll(text[from:to], group, "")
	plain = strings.Replace(plain, point, ".", 1)
	v, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return s, false
	}
	s.value = v
	if i := strings.IndexByte(plain, '.'); i >= 0 {
		s.decimals = len(plain) - i - 1
	}
	for _, sign := range []string{"−", "-"} {
		if strings.Contains(s.before, sign) {
			s.before, s.value = strings.Replace(s.before, sign, "", 1), -v
			break
		}
	}
	return s, true
}

// plainNumber is a text that is one number, with no more than a sign before it
// and a unit after it, as a number and the format that shows it as the text does.
func plainNumber(text, language string) (v float64, format string, ok bool) {
	const digits = "0123456789"
	s, ok := read(text, language)
	if !ok || strings.Trim(text[strings.IndexAny(text, digits):strings.LastIndexAny(text, digits)+1], digits+".,") != "" {
		return 0, "", false
	}
	if before := strings.Trim(s.before, "+€£$"); before != "" {
		return 0, "", false
	}
	if len(strings.Fields(s.after)) > 1 {
		return 0, "", false
	}
	return s.value, pattern(s.before, quoted(s.after), s.decimals), true
}

// pattern is the format of a number with so many decimals, with words before it
// and a part of a format after it.
func pattern(before, after string, decimals int) string {
	core := "#,##0"
	if decimals > 0 {
		core += "." + strings.Repeat("0", decimals)
	}
	plus := strings.HasPrefix(before, "+")
	before = quoted(strings.TrimPrefix(before, "+"))
	core = before + core + after
	if plus {
		return "+" + core + ";-" + core + ";" + core
	}
	return core
}

// quoted are words inside a format.
func quoted(words string) string {
	if words == "" {
		return ""
	}
	return `"` + strings.ReplaceAll(words, `"`, "") + `"`
}
