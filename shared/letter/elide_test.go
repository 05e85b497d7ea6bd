package letter

import "testing"

func TestItalianElidesBeforeNumbersThatBeginWithAVowel(t *testing.T) {
	const s = "entro il 8 marzo, fino al 11 marzo, il 18 marzo, al 1º marzo"
	if got, want := elided("it", s), "entro l’8 marzo, fino all’11 marzo, il 18 marzo, al 1º marzo"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := elided("de", s); got != s {
		t.Errorf("got %q", got)
	}
}
