package sla

import (
	"errors"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
)

func in(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestBusinessTimeAcrossClockChanges(t *testing.T) {
	all := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	for _, tc := range []struct {
		name, zone string
		blocks     []Block
		from, to   string
		want       time.Duration
	}{
		{"a night of 23 hours", "Europe/Berlin", []Block{{all, "00:00", "24:00"}}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23 * time.Hour},
		{"a night of 25 hours", "Europe/Berlin", []Block{{all, "00:00", "24:00"}}, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25 * time.Hour},
		{"an hour that is skipped is no time", "Europe/Berlin", []Block{{all, "02:00", "03:00"}}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 0},
		{"a block that begins in the skipped hour", "Europe/Berlin", []Block{{all, "02:30", "04:00"}}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", time.Hour},
		{"an hour that comes twice counts twice", "Europe/Berlin", []Block{{all, "02:00", "03:00"}}, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 2 * time.Hour},
		{"a block ends when its end is first shown", "Europe/Berlin", []Block{{all, "01:00", "02:30"}}, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 90 * time.Minute},
		{"a day that begins at one", "America/Santiago", []Block{{all, "00:00", "24:00"}}, "2026-09-06T03:00:00Z", "2026-09-07T03:00:00Z", 24 * time.Hour},
		{"a day that was left out", "Pacific/Apia", []Block{{all, "09:00", "17:00"}}, "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z", 16 * time.Hour},
		{"blocks with a break", "Europe/Berlin", []Block{{all, "08:00", "12:00"}, {all, "13:00", "17:30"}}, "2026-03-10T10:00:00Z", "2026-03-11T10:00:00Z", 8*time.Hour + 30*time.Minute},
		{"blocks in any order", "Europe/Berlin", []Block{{all, "13:00", "17:00"}, {all, "08:00", "12:00"}}, "2026-03-10T10:00:00Z", "2026-03-10T13:00:00Z", 2 * time.Hour},
		{"to before from", "UTC", []Block{{all, "00:00", "24:00"}}, "2026-03-11T10:00:00Z", "2026-03-10T10:00:00Z", 0},
	} {
		c, err := NewCalendar(in(t, tc.zone), tc.blocks)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Between(at(tc.from), at(tc.to)); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestATargetUsedUpAtTheEndOfABlockIsDueThen(t *testing.T) {
	days := []string{"mon", "tue", "wed", "thu", "fri"}
	c, err := NewCalendar(in(t, "Europe/Berlin"), []Block{{days, "08:00", "12:00"}, {days, "13:00", "17:00"}}, "2026-03-11")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		from string
		d    time.Duration
		want string
	}{
		{"2026-03-10T08:00:00Z", 3 * time.Hour, "2026-03-10T11:00:00Z"},                      // at noon, not after lunch
		{"2026-03-10T08:00:00Z", 3*time.Hour + time.Millisecond, "2026-03-10T12:00:00.001Z"}, // after lunch
		{"2026-03-10T11:30:00Z", 4 * time.Hour, "2026-03-10T16:00:00Z"},                      // received at lunch
		{"2026-03-10T11:30:00Z", 5 * time.Hour, "2026-03-12T08:00:00Z"},                      // the day after is closed
		{"2026-03-13T20:00:00Z", time.Hour, "2026-03-16T08:00:00Z"},                          // a weekend
		{"2026-03-10T20:00:00+01:00", 0, "2026-03-10T19:00:00Z"},                             // nothing to wait for
		{"2026-03-10T20:00:00+01:00", -time.Hour, "2026-03-10T19:00:00Z"},                    // nor that
		{"2026-03-10T15:59:59.999Z", 8*time.Hour + time.Millisecond, "2026-03-12T16:00:00Z"}, // one millisecond a day before
	} {
		if got := c.Add(at(tc.from), tc.d); !got.Equal(at(tc.want)) || got.Location() != time.UTC {
			t.Errorf("%s after %s: %s, want %s in UTC", tc.d, tc.from, got, tc.want)
		}
	}
	if c.BusinessDay(at("2026-03-11T12:00:00Z")) || c.BusinessDay(at("2026-03-15T12:00:00Z")) || !c.BusinessDay(at("2026-03-11T23:30:00Z")) {
		t.Error("closed dates, weekends or local days are not told apart")
	}
}

func TestCalendarsThatCannotBeAreRefused(t *testing.T) {
	mon := []string{"mon"}
	for name, tc := range map[string]struct {
		blocks []Block
		closed string
		want   string
	}{
		"no block":          {nil, "", "no block"},
		"no day":            {[]Block{{nil, "09:00", "17:00"}}, "", "block 1"},
		"unknown day":       {[]Block{{[]string{"Monday"}, "09:00", "17:00"}}, "", `day "Monday"`},
		"wrong order":       {[]Block{{mon, "17:00", "09:00"}}, "", "in this order"},
		"no time at all":    {[]Block{{mon, "09:00", "09:00"}}, "", "in this order"},
		"no such time":      {[]Block{{mon, "09:00", "24:01"}}, "", "such as 09:00"},
		"sixty minutes":     {[]Block{{mon, "09:60", "12:00"}}, "", "such as 09:00"},
		"short":             {[]Block{{mon, "9:00", "17:00"}}, "", "such as 09:00"},
		"overlap":           {[]Block{{mon, "09:00", "12:00"}, {[]string{"sun", "mon"}, "11:59", "13:00"}}, "", "block 2: invalid"},
		"day twice":         {[]Block{{[]string{"mon", "mon"}, "09:00", "12:00"}}, "", "overlaps another on mon"},
		"date that is none": {[]Block{{mon, "09:00", "12:00"}}, "2026-02-29", `"2026-02-29"`},
	} {
		_, err := NewCalendar(time.UTC, tc.blocks, tc.closed)
		if err == nil || !errors.Is(err, feedback.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want it to mention %q", name, err, tc.want)
		}
	}
	if _, err := NewCalendar(time.UTC, []Block{{mon, "09:00", "12:00"}, {mon, "12:00", "13:00"}}); err != nil {
		t.Errorf("blocks that touch were refused: %v", err)
	}
}

func TestPresetsOfShortMonthsAndUnknownOnes(t *testing.T) {
	c, err := NewCalendar(in(t, "Europe/Berlin"), []Block{{[]string{"mon"}, "09:00", "17:00"}})
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		"2024-01-31T09:00:00Z": "2024-02-29T22:59:59Z",
		"2026-12-31T09:00:00Z": "2027-01-31T22:59:59Z",
		"2026-03-31T09:00:00Z": "2026-04-30T21:59:59Z",
		"2026-02-28T09:00:00Z": "2026-03-28T22:59:59Z",
	} {
		if got := c.PresetDue(GDPR123, at(from), false); !got.Equal(at(want)) {
			t.Errorf("one month after %s: %s, want %s", from, got, want)
		}
	}
	if !c.PresetDue("NIS2", at("2026-01-31T09:00:00Z"), false).IsZero() {
		t.Error("an unknown preset has a date")
	}
}
