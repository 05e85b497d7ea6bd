package money

import (
	"testing"

	"resonanz/shared/feedback"
)

func TestAnAmountIsWrittenAsItsLanguageDoes(t *testing.T) {
	for _, c := range []struct {
		language feedback.Language
		cents    int64
		currency string
		want     string
	}{
		{"de", 123456789, "EUR", "1.234.567,89\u00a0€"},
		{"en", 123456789, "GBP", "£1,234,567.89"},
		{"fr", 123456, "EUR", "1\u202f234,56\u00a0€"},
		{"it", 123400, "EUR", "1.234,00\u00a0€"},
		{"de", 5, "CHF", "0,05\u00a0CHF"},
		{"en", 100000, "CHF", "CHF\u00a01,000.00"},
		{"en", 99, "USD", "$0.99"},
		{"de", 0, "EUR", "0,00\u00a0€"},
		{"de", -5, "EUR", "0,00\u00a0€"},
		{"nl", 123456, "EUR", "€1,234.56"},
	} {
		if got := Format(c.cents, c.currency, c.language); got != c.want {
			t.Errorf("%d %s in %s: got %q, want %q", c.cents, c.currency, c.language, got, c.want)
		}
	}
}
