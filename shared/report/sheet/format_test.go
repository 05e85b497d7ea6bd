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
