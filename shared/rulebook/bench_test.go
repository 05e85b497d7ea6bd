package rulebook

import (
	"strings"
	"testing"

	"resonanz/shared/config"
)

func BenchmarkNew(b *testing.B) {
	cfg, err := config.Parse([]byte(configuration))
	if err != nil {
		b.Fatal(err)
	}
	cfg.Calendars[0].Holidays = config.Dates(strings.Repeat("2026-03-10 ", 360))
	for b.Loop() {
		if _, err := New(cfg); err != nil {
			b.Fatal(err)
		}
	}
}
