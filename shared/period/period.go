// Package period knows the reporting periods: calendar months in the
// organisation's time zone, half-open [start, end).
package period

import (
	"fmt"
	"time"
)

// Period is one calendar month. The zero value is no period.
type Period struct {
	year  int
	month time.Month
}

// Of returns the period in which the instant t falls in zone.
func Of(t time.Time, zone *time.Location) Period {
	y, m, _ := t.In(zone).Date()
	return Period{y, m}
}

// Parse reads "2026-03". Years run from 2000 to 2255, so that a period fits
// two bytes inside a link.
func Parse(s string) (Period, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || len(s) != 7 || t.Year() < 2000 || t.Year() > 2255 {
		return Period{}, fmt.Errorf("period %q: want yyyy-mm, such as 2026-03", s)
	}
	return Period{t.Year(), t.Month()}, nil
}

// String formats p as "2026-03".
func (p Period) String() string {
	b := [7]byte{'0', '0', '0', '0', '-', '0', '0'}
	y, m := p.year, int(p.month)
	b[0] += byte(y / 1000 % 10)
	b[1] += byte(y / 100 % 10)
	b[2] += byte(y / 10 % 10)
	b[3] += byte(y % 10)
	b[5] += byte(m / 10)
	b[6] += byte(m % 10)
	return string(b[:])
}

// IsZero reports whether p is no period.
func (p Period) IsZero() bool { return p == Period{} }

// Add returns the period n months later (earlier when n is negative).
func (p Period) Add(n int) Period {
	i := p.year*12 + int(p.month) - 1 + n
	return Period{i / 12, time.Month(i%12 + 1)}
}

// Before reports whether p lies before q.
func (p Period) Before(q Period) bool {
	return p.year < q.year || p.year == q.year && p.month < q.month
}

// Index is the number of months since January 2000; FromIndex turns it back.
func (p Period) Index() int { return (p.year-2000)*12 + int(p.month) - 1 }

// FromIndex is the inverse of Index.
func FromIndex(i int) Period { return Period{2000, time.January}.Add(i) }

// Bounds returns the first instant of p and the first instant after it, in UTC.
func (p Period) Bounds(zone *time.Location) (start, end time.Time) {
	start = time.Date(p.year, p.month, 1, 0, 0, 0, 0, zone).UTC()
	end = time.Date(p.year, p.month+1, 1, 0, 0, 0, 0, zone).UTC()
	return start, end
}

// Freeze is the instant at which the report of p becomes final: the given day
// of the following month, 00:00 in zone. Events received before it count.
func (p Period) Freeze(day int, zone *time.Location) time.Time {
	return time.Date(p.year, p.month+1, day, 0, 0, 0, 0, zone).UTC()
}

// MarshalText writes "2026-03".
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what Parse reads.
func (p *Period) UnmarshalText(b []byte) (err error) {
	*p, err = Parse(string(b))
	return err
}
