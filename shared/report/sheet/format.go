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
	shown, decimals, before, after, parsed := read(c.Text, language)
	within := func(v float64) bool { return math.Abs(shown-v) <= 0.5001*math.Pow10(-decimals)+1e-9*math.Abs(v) }
	switch {
	case parsed && within(v):
		return v, pattern(before, after, decimals), true
	case parsed && strings.HasSuffix(column, "_cents") && within(v/100):
		return v / 100, pattern(before, after, decimals), true
	case strings.HasSuffix(column, "_s"): // seconds, shown in words: as a duration
		return v / 86400, "[h]:mm:ss", true
	}
	if _, whole := c.Value.(int64); whole {
		return v, "#,##0", true
	}
	return v, "#,##0.0##", true
}

// read reads the one number in a text, in the language's way of writing, and
// what stands before and after it. Texts with several numbers are not read.
func read(text, language string) (v float64, decimals int, before, after string, ok bool) {
	point, group := ".", ","
	if language == "de" {
		point, group = ",", "."
	}
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	from := strings.IndexFunc(text, digit)
	if from < 0 {
		return 0, 0, "", "", false
	}
	to := strings.LastIndexFunc(text, digit) + 1
	before, after = text[:from], text[to:]
	plain := strings.ReplaceAll(text[from:to], group, "")
	plain = strings.Replace(plain, point, ".", 1)
	v, err := strconv.ParseFloat(plain, 64)
	if err != nil || strings.ContainsAny(plain, "eExXpP_") {
		return 0, 0, "", "", false
	}
	if i := strings.IndexByte(plain, '.'); i >= 0 {
		decimals = len(plain) - i - 1
	}
	for _, sign := range []string{"−", "-"} {
		if strings.Contains(before, sign) {
			before, v = strings.Replace(before, sign, "", 1), -v
			break
		}
	}
	return v, decimals, before, after, true
}

// pattern is the format of a number with so many decimals, and with words before
// and after it.
func pattern(before, after string, decimals int) string {
	core := "#,##0"
	if decimals > 0 {
		core += "." + strings.Repeat("0", decimals)
	}
	plus := strings.HasPrefix(before, "+")
	before = quoted(strings.TrimPrefix(before, "+"))
	core = before + core + quoted(after)
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
