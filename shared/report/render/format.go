package render

import (
	"strconv"
	"strings"
	"time"

	"resonanz/shared/period"
	"resonanz/shared/satisfaction"
)

const (
	nbsp   = "\u00a0"
	minus  = "\u2212"
	joiner = "\u2060" // keeps a line from breaking behind a dash
)

// decimal writes v with the given places in the way of the language. Figures
// are rounded here and nowhere before.
func (w *words) decimal(v float64, places int) string {
	s := satisfaction.Round(v, places)
	sign := ""
	if s[0] == '-' {
		sign, s = minus, s[1:]
	}
	whole, fraction, has := strings.Cut(s, ".")
	out := sign + w.group(whole)
	if has {
		out += w.Point + fraction
	}
	return out
}

// group separates thousands.
func (w *words) group(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	return w.group(digits[:len(digits)-3]) + w.Thousands + digits[len(digits)-3:]
}

func (w *words) count(n int64) string { return w.decimal(float64(n), 0) }

func (w *words) answers(n int64) string { return w.Answers(w.count(n), n == 1) }

// percent writes a figure in percent with one decimal, a dash when there is none.
func (w *words) percent(v *float64) string {
	if v == nil {
		return w.NotAvailable
	}
	return w.decimal(*v, 1) + w.PercentSign
}

func (w *words) figure(v *float64, places int) string {
	if v == nil {
		return w.NotAvailable
	}
	return w.decimal(*v, places)
}

// mean writes the mean of one scale with the scale's best rating beside it.
func (w *words) mean(f *satisfaction.Figures) string {
	if f.Mean == nil || len(f.Distribution) == 0 {
		return w.NotAvailable
	}
	return w.decimal(*f.Mean, 1) + nbsp + "/" + nbsp + w.count(int64(f.Distribution[len(f.Distribution)-1].Rating))
}

// interval writes "79.1 – 85.2%".
func (w *words) interval(i *satisfaction.Interval) string {
	if i == nil {
		return w.NotAvailable
	}
	return w.decimal(i.Lo(), 1) + nbsp + "–" + joiner + nbsp + w.decimal(i.Hi(), 1) + w.PercentSign
}

// points writes a difference in percentage points, with its sign.
func (w *words) points(v float64) string {
	s := w.decimal(v, 1)
	if v > 0 && strings.Trim(s, "0.,") != "" {
		s = "+" + s
	}
	return s
}

func (w *words) month(p period.Period) string {
	s := p.String()
	m, err := strconv.Atoi(s[5:])
	if err != nil || m < 1 || m > 12 {
		return s
	}
	return w.Months[m-1] + nbsp + s[:4]
}

// day writes a date in the zone, moment a date and time.
func (w *words) day(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return w.Day(t.Day(), w.Months[t.Month()-1], t.Year())
}

func (w *words) moment(t time.Time, zone *time.Location) string {
	return w.Moment(w.day(t, zone), t.In(zone).Format("15:04"))
}

// short writes a date and time for a table: 2026-04-05 23:59.
func short(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02 15:04:05") }
