package sheet

import (
	"testing"

	"resonanz/shared/report/doc"
)

func TestTheFormatOfANumberIsReadOffItsText(t *testing.T) {
	for _, c := range []struct {
		language, column, text string
		value                  any
		want                   float64
		format                 string
	}{
		{"de", "n", "12.345", int64(12345), 12345, "#,##0"},
		{"en", "n", "12,345", int64(12345), 12345, "#,##0"},
		{"de", "csat_pct", "82,4\u00a0%", 82.35, 82.35, "#,##0.0\"\u00a0%\""},
		{"en", "csat_pct", "82.4%", 82.35, 82.35, "#,##0.0\"%\""},
		{"de", "csat_pct", "77,0\u00a0% (75–79)", 77.027, 77.027, "#,##0.0\"\u00a0%\""},
		{"de", "share", "50,0\u00a0%", 0.5, 0.5, "#,##0.0\"\u00a0\"%"},
		{"en", "delta", "+2.1", 2.13, 2.13, "+#,##0.0;-#,##0.0;#,##0.0"},
		{"en", "delta", "−2.1", -2.13, -2.13, "#,##0.0"},
		{"de", "amount_cents", "−1.234,50\u00a0€", int64(-123450), -1234.5, "#,##0.00\"\u00a0€\""},
		{"en", "value", "€90.00", int64(9000), 90, "\"€\"#,##0.00"},
		{"en", "delay_s", "3 days 4 h", 273600.0, 273600.0 / 86400, "[h]:mm:ss"},
		{"en", "x", "many", 3.25, 3.25, "#,##0.0##"},
		{"en", "x", "1 of 7", int64(3), 3, "#,##0"},
	} {
		v, format, ok := number(doc.Cell{Text: c.text, Value: c.value}, c.column, c.language)
		if !ok || v != c.want || format != c.format {
			t.Errorf("%q of %v: %v as %s, want %v as %s", c.text, c.value, v, format, c.want, c.format)
		}
	}
	for _, v := range []any{nil, "text", true} {
		if _, _, ok := number(doc.Cell{Text: "1", Value: v}, "x", "en"); ok {
			t.Errorf("%v is a number", v)
		}
	}
}

func TestAKeyFigureThatIsANumberIsOne(t *testing.T) {
	for _, c := range []struct {
		language, text string
		want           float64
		format         string
	}{
		{"de", "67,4\u00a0%", 67.4, "#,##0.0\"\u00a0%\""},
		{"en", "16,803", 16803, "#,##0"},
		{"de", "+25,2", 25.2, "+#,##0.0;-#,##0.0;#,##0.0"},
		{"de", "−10.503,54\u00a0€", -10503.54, "#,##0.00\"\u00a0€\""},
		{"en", "57\u00a0min", 57, "#,##0\"\u00a0min\""},
	} {
		v, format, ok := plainNumber(c.text, c.language)
		if !ok || v != c.want || format != c.format {
			t.Errorf("%q: %v as %s (%v), want %v as %s", c.text, v, format, ok, c.want, c.format)
		}
	}
	for _, text := range []string{"0 von 3", "<\u00a05", "–", "", "withheld", "2026-03"} {
		if v, _, ok := plainNumber(text, "de"); ok {
			t.Errorf("%q is the number %v", text, v)
		}
	}
}
