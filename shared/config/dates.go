package config

import (
	"strings"
	"time"
)

// Dates are days, yyyy-mm-dd, with a space between: one text, for the holidays of
// decades are read by every function at its start, and asked for by few.
type Dates string

// All are the days one by one.
func (d Dates) All() []string { return strings.Fields(string(d)) }

// Has reports whether day is among them.
func (d Dates) Has(day string) bool {
	return len(day) == len(time.DateOnly) && strings.Contains(string(d), day)
}
