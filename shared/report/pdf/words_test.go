package pdf

import (
	"strings"
	"testing"
	"time"

	"resonanz/shared/report/doc"
)

// A word may leave the columns beside its own no room at all.
func TestWordsAreSetHoweverNarrowTheirColumn(t *testing.T) {
	p := newPrinter(&doc.Document{Language: "en"}, time.Unix(0, 0))
	p.f.AddPage()
	p.font(false, 8)
	for _, width := range []float64{-9, 0, 1} {
		if got := strings.Join(p.wrap("n 52", width), ""); got != "n52" {
			t.Errorf("%v points wide: %q", width, got)
		}
	}
}
