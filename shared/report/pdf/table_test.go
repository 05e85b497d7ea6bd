package pdf_test

import (
	"strings"
	"testing"

	"resonanz/shared/report/doc/doctest"
)

func TestTheLastRowOfATableDoesNotStandAlone(t *testing.T) {
	for rows := 31; rows < 60; rows += 5 {
		for i, text := range render(t, doctest.Sample("en", rows)).pages {
			if strings.Contains(text, "Reliability\n") && strings.Count(text, "too few responses")+strings.Count(text, "\nreliable\n") == 1 {
				t.Errorf("of %d rows one stands alone on page %d", rows, i+1)
			}
		}
	}
}
