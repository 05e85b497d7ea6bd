package letter

import "testing"

func TestAnAmountIsWrittenAsItsLanguageDoes(t *testing.T) {
	for _, c := range []struct {
		t        *caseTexts
		cents    int64
		currency string
		want     string
	}{
		{&germanCase, 123456789, "EUR", "1.234.567,89\u00a0€"},
		{&englishCase, 123456789, "GBP", "£1,234,567.89"},
		{&frenchCase, 123456, "EUR", "1\u202f234,56\u00a0€"},
		{&italianCase, 123400, "EUR", "1.234,00\u00a0€"},
		{&germanCase, 5, "CHF", "0,05\u00a0CHF"},
		{&englishCase, 100000, "CHF", "CHF\u00a01,000.00"},
		{&englishCase, 99, "USD", "$0.99"},
	} {
		if got := c.t.amount(c.cents, c.currency); got != c.want {
			t.Errorf("%d %s: got %q, want %q", c.cents, c.currency, got, c.want)
		}
	}
}

func TestItalianElidesBeforeNumbersThatBeginWithAVowel(t *testing.T) {
	const s = "entro il 8 marzo, fino al 11 marzo, il 18 marzo, al 1º marzo"
	if got, want := elided("it", s), "entro l’8 marzo, fino all’11 marzo, il 18 marzo, al 1º marzo"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := elided("de", s); got != s {
		t.Errorf("got %q", got)
	}
}
