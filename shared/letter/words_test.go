package letter

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAMissingTextIsNamed(t *testing.T) {
	x := english
	x.Opening, x.Months[2] = "", ""
	if diff := cmp.Diff([]string{"Opening", "Months[2]"}, empty(&x)); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}

func TestADayIsWrittenAsItsLanguageDoes(t *testing.T) {
	first := time.Date(2026, time.August, 1, 9, 5, 0, 0, time.UTC)
	for want, x := range map[string]*texts{
		"1. August 2026, 09:05 Uhr":         &german,
		"1 August 2026, 09:05":              &english,
		"1er août 2026 à 09\u00a0h\u00a005": &french,
		"1º agosto 2026, ore 09:05":         &italian,
	} {
		if got := x.instant(first); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTheInkIsReadableOnEveryBrandColour(t *testing.T) {
	for rgb := range uint64(1 << 24) {
		if rgb%9973 != 0 { // a prime: every part takes many values
			continue
		}
		l := luminance(rgb)
		onWhite, onBlack := 1.05/(l+0.05), (l+0.05)/0.05
		ratio := onWhite
		if l > 0.179 {
			ratio = onBlack
		}
		if ratio < 4.5 {
			t.Errorf("#%06x: contrast %.2f", rgb, ratio)
		}
	}
	if c, err := parseColour("#ffcc00"); err != nil || c.ink != "#000000" {
		t.Errorf("on yellow: %v, %v", c, err)
	}
	if c, err := parseColour("#0b5cad"); err != nil || c.ink != "#ffffff" {
		t.Errorf("on blue: %v, %v", c, err)
	}
}
