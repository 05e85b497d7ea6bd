package rulebook

import (
	"testing"

	"resonanz/shared/config"
)

func BenchmarkNew(b *testing.B) {
	cfg, err := config.Parse([]byte(configuration))
	if err != nil {
		b.Fatal(err)
	}
	for range 360 {
		cfg.Calendars[0].Holidays = append(cfg.Calendars[0].Holidays, "2026-03-10")
	}
	for b.Loop() {
		if _, err := New(cfg); err != nil {
			b.Fatal(err)
		}
	}
}
