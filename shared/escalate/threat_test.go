package escalate

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAThreatIsAWordOrTheBeginningOfOne(t *testing.T) {
	r := Rules{CriticalWords: []string{"anwalt*", "An die Presse", " ", "", "*"}}
	for text, want := range map[string]bool{
		"anwalt": true, "Anwaltskanzlei": true, "mit\u00a0l'anwalt": true, "»ANWALT«": true, "an-die presse": true, "wir gehen an die\r\nPresse": true, "an die presse": true,
		"Fachanwalt": false, "an die  Press e": false, "kann die Presse": false, "an die Pressung": false, "*": false, "anw alt": false, "": false, " ": false,
	} {
		if got := r.Threatens(text); got != want {
			t.Errorf("%q threatens: %t", text, got)
		}
	}
	if (Rules{}).Threatens("anwalt") {
		t.Error("a threat without a word for it")
	}
}

// Whatever stands around a word, and in whatever case it is written.
func TestAThreatIsFoundWhereverItStands(t *testing.T) {
	r := Rules{CriticalWords: []string{"rechtliche schritt*"}}
	rapid.Check(t, func(t *rapid.T) {
		before, after := rapid.String().Draw(t, "before"), rapid.String().Draw(t, "after")
		word := rapid.SampledFrom([]string{"rechtliche schritte", "Rechtliche Schritte", "RECHTLICHE-SCHRITTE", "rechtliche\n\tSchritten"}).Draw(t, "word")
		if text := before + " " + word + after; !r.Threatens(text) {
			t.Fatalf("%q does not threaten", text)
		}
		if text := before + after; !strings.Contains(strings.ToLower(text), "schritt") && r.Threatens(text) {
			t.Fatalf("%q threatens", text)
		}
	})
}
