// Package sla knows business time and the clocks of complaints: how much time
// has passed by a calendar, when a target is consumed, and until when a
// complaint must be answered and resolved. It imports the standard library and
// the domain only; everything is a pure function of its inputs.
//
// The rules are those of worked cases 21 (regulatory presets) and 23 (due
// dates by business time).
package sla

import (
	"fmt"
	"slices"
	"time"

	"resonanz/shared/feedback"
)

// Block is a stretch of business time as it is configured, the same on each of
// Days: mon, tue, wed, thu, fri, sat, sun. From and To are hh:mm by the clock on
// the wall, To later than From and at most 24:00.
type Block struct {
	Days     []string
	From, To string
}

// Calendar is when business is done. It is read by many at once.
type Calendar struct {
	zone   *time.Location
	week   [7][]span // by time.Weekday, in order, without overlaps
	closed map[date]struct{}
}

// span is a stretch of a day in minutes since midnight, to not included.
type span struct{ from, to int }

// date is a day of the local calendar.
type date struct {
	year  int
	month time.Month
	day   int
}

var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // by time.Weekday

// NewCalendar makes a calendar of blocks in a zone; on the closed dates
// (yyyy-mm-dd, in the zone) none of them counts. Refused, with
// feedback.ErrInvalid: no block, an unknown day, times that are none or in the
// wrong order, blocks of one day that overlap, a date that is none.
func NewCalendar(zone *time.Location, blocks []Block, closed ...string) (*Calendar, error) {
	c := &Calendar{zone: zone, closed: make(map[date]struct{}, len(closed))}
	if len(blocks) == 0 {
		return nil, fmt.Errorf("calendar: %w: it has no block of business time", feedback.ErrInvalid)
	}
	for i, b := range blocks {
		s, err := b.span()
		if err != nil {
			return nil, fmt.Errorf("calendar: block %d: %w", i+1, err)
		}
		for _, name := range b.Days {
			day := slices.Index(weekdays[:], name)
			if day < 0 {
				return nil, fmt.Errorf("calendar: block %d: day %q: %w: want mon, tue, wed, thu, fri, sat or sun", i+1, name, feedback.ErrInvalid)
			}
			if j := slices.IndexFunc(c.week[day], func(o span) bool { return s.from < o.to && o.from < s.to }); j >= 0 {
				return nil, fmt.Errorf("calendar: block %d: %w: it overlaps another on %s", i+1, feedback.ErrInvalid, name)
			}
			c.week[day] = append(c.week[day], s)
		}
	}
	for i := range c.week {
		slices.SortFunc(c.week[i], func(a, b span) int { return a.from - b.from })
	}
	for _, s := range closed {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return nil, fmt.Errorf("calendar: closed on %q: %w: want a date, such as 2026-12-24", s, feedback.ErrInvalid)
		}
		c.closed[dateOf(t)] = struct{}{}
	}
	return c, nil
}

func (b Block) span() (span, error) {
	from, first := minutes(b.From)
	to, second := minutes(b.To)
	if !first || !second || from >= to || len(b.Days) == 0 {
		return span{}, fmt.Errorf("%w: want days, and two times such as 09:00 and 17:00 in this order", feedback.ErrInvalid)
	}
	return span{from, to}, nil
}

// minutes reads hh:mm from 00:00 to 24:00.
func minutes(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, m < 60 && h*60+m <= 24*60
}

// Zone is the zone of the clock on the wall.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Between is the business time from one instant to another, 0 where to does not
// lie after from. An hour that the clocks skip is no time, one that they repeat
// counts twice.
func (c *Calendar) Between(from, to time.Time) time.Duration {
	var sum time.Duration
	for d := dateOf(from.In(c.zone)); ; d = d.add(1) {
		if !c.at(d, 0).Before(to) {
			return sum
		}
		for _, s := range c.spans(d) {
			opens, closes := later(c.at(d, s.from), from), c.at(d, s.to)
			if to.Before(closes) {
				closes = to
			}
			if opens.Before(closes) {
				sum += closes.Sub(opens)
			}
		}
	}
}

// Add is the first instant at which the business time d has passed since from:
// a target consumed exactly at closing time is due at closing time, not the next
// morning. Where d is not positive it is from itself. UTC.
func (c *Calendar) Add(from time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return from.UTC()
	}
	for day := dateOf(from.In(c.zone)); ; day = day.add(1) {
		for _, s := range c.spans(day) {
			opens, closes := later(c.at(day, s.from), from), c.at(day, s.to)
			on := closes.Sub(opens)
			if on >= d {
				return opens.Add(d).UTC()
			}
			if on > 0 {
				d -= on
			}
		}
	}
}

// BusinessDay reports whether any business is done on the local day of t.
func (c *Calendar) BusinessDay(t time.Time) bool { return len(c.spans(dateOf(t.In(c.zone)))) > 0 }

// spans are the stretches of business time of a day.
func (c *Calendar) spans(d date) []span {
	if _, closed := c.closed[d]; closed {
		return nil
	}
	return c.week[d.weekday()]
}

// at is the instant at which the clock on the wall first shows, or has passed,
// so many minutes after midnight of d: the first of two where clocks go back,
// the moment of the change where they skip it.
func (c *Calendar) at(d date, minute int) time.Time {
	t := time.Date(d.year, d.month, d.day, 0, minute, 0, 0, c.zone)
	want := time.Date(d.year, d.month, d.day, 0, minute, 0, 0, time.UTC).Unix()
	begins, ends := t.ZoneBounds()
	_, offset := t.Zone()
	switch shown := t.Unix() + int64(offset); {
	case shown > want: // skipped; t lies after the change
		return begins
	case shown < want: // skipped; t lies before the change
		return ends
	case begins.IsZero():
		return t
	}
	_, before := begins.Add(-time.Second).Zone()
	if first := time.Unix(want-int64(before), 0); first.Before(begins) && first.Before(t) {
		return first.In(c.zone)
	}
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// add is the day n days later.
func (d date) add(n int) date {
	return dateOf(time.Date(d.year, d.month, d.day+n, 0, 0, 0, 0, time.UTC))
}

func (d date) weekday() time.Weekday {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Weekday()
}
