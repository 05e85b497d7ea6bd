package letter

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAMissingTextIsNamed(t *testing.T) {
	x := english
	x.Opening, x.Months[2] = "", ""
	if diff := cmp.Diff([]string{"Opening", "Months[2]"}, empty(reflect.ValueOf(&x))); diff != "" {
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
