package config_test

import (
	"strings"
	"testing"

	"resonanz/shared/config"
)

// What a function reads at each cold start, of about the shipped length: here warm.
func BenchmarkUnpack(b *testing.B) {
	c := zoned(b)
	for range 60 {
		c.Reasons = append(c.Reasons, config.Reason{Code: "friendly", Name: config.Text{"de": "Freundlich und zuvorkommend", "en": "Friendly"}, Mood: config.Good})
	}
	c.Calendars[0].Holidays = config.Dates(strings.Repeat("2026-03-10 ", 330))
	text := packed(b, c)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := config.Unpack(text); err != nil {
			b.Fatal(err)
		}
	}
}
