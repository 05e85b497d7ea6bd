package escalate

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/feedback"
)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func mustHours(t testing.TB, from, to string, days ...string) *Hours {
	t.Helper()
	h, err := ParseHours(days, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestOnlyHoursSwitchedOnCount(t *testing.T) {
	zone := berlin(t)
	week := []string{"mon", "tue", "wed", "thu", "fri", "sat"}
	all := append([]string{"sun"}, week...)
	shop, night, always := mustHours(t, "08:00", "20:00", week...), mustHours(t, "01:00", "05:00", all...), mustHours(t, "00:00", "24:00", all...)
	for name, tt := range map[string]struct {
		hours   *Hours
		last    string
		silence time.Duration
		want    string
	}{
		"always on":                          {nil, "2026-03-10T23:50:00+01:00", 30 * time.Minute, "2026-03-11T00:20:00+01:00"},
		"within a day":                       {shop, "2026-03-10T10:00:00+01:00", 30 * time.Minute, "2026-03-10T10:30:00+01:00"},
		"the last minute of a day":           {shop, "2026-03-10T19:30:00+01:00", 30 * time.Minute, "2026-03-10T20:00:00+01:00"},
		"over night":                         {shop, "2026-03-10T19:50:00+01:00", 30 * time.Minute, "2026-03-11T08:20:00+01:00"},
		"heard of after closing":             {shop, "2026-03-10T22:00:00+01:00", 30 * time.Minute, "2026-03-11T08:30:00+01:00"},
		"heard of before opening":            {shop, "2026-03-10T06:00:00+01:00", 30 * time.Minute, "2026-03-10T08:30:00+01:00"},
		"over a closed Sunday":               {shop, "2026-03-14T19:50:00+01:00", 30 * time.Minute, "2026-03-16T08:20:00+01:00"},
		"longer than a day":                  {shop, "2026-03-10T08:00:00+01:00", 30 * time.Hour, "2026-03-12T14:00:00+01:00"},
		"over the Sunday clocks go forward":  {shop, "2026-03-28T19:50:00+01:00", 30 * time.Minute, "2026-03-30T08:20:00+02:00"},
		"over the Sunday clocks go back":     {shop, "2026-10-24T19:50:00+02:00", 30 * time.Minute, "2026-10-26T08:20:00+01:00"},
		"an hour that does not exist":        {night, "2026-03-29T01:30:00+01:00", time.Hour, "2026-03-29T03:30:00+02:00"},
		"a night of three hours":             {night, "2026-03-29T01:00:00+01:00", 4 * time.Hour, "2026-03-30T02:00:00+02:00"},
		"an hour that comes twice":           {night, "2026-10-25T01:30:00+02:00", time.Hour, "2026-10-25T02:30:00+02:00"},
		"the second of an hour twice":        {night, "2026-10-25T01:30:00+02:00", 2 * time.Hour, "2026-10-25T02:30:00+01:00"},
		"a night of five hours":              {night, "2026-10-25T01:00:00+02:00", 5 * time.Hour, "2026-10-25T05:00:00+01:00"},
		"hours of a whole day over a change": {always, "2026-03-28T12:00:00+01:00", 24 * time.Hour, "2026-03-29T13:00:00+02:00"},
		"opens in the hour that is left out": {mustHours(t, "02:30", "05:00", all...), "2026-03-28T20:00:00+01:00", time.Hour, "2026-03-29T04:00:00+02:00"},
		"a long silence of a rare device":    {mustHours(t, "10:00", "10:30", "sat"), "2026-03-14T12:00:00+01:00", 90 * time.Minute, "2026-04-04T10:30:00+02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := SilentAt(at(tt.last), tt.silence, tt.hours, zone); !got.Equal(at(tt.want)) {
				t.Errorf("got %s, want %s", got.In(zone).Format(time.RFC3339), tt.want)
			}
		})
	}
}

func TestWhoIsNotWatchedIsNeverSilent(t *testing.T) {
	zone, now := berlin(t), at("2026-03-10T12:00:00Z")
	for name, got := range map[string]time.Time{
		"no silence":   SilentAt(now, 0, nil, zone),
		"less than no": SilentAt(now, -time.Minute, nil, zone),
		"no day":       SilentAt(now, time.Minute, &Hours{From: 0, To: 60}, zone),
		"no hours":     SilentAt(now, time.Minute, &Hours{Days: [7]bool{true}, From: 60, To: 60}, zone),
		"too late":     SilentAt(now, time.Minute, &Hours{Days: [7]bool{true}, From: 1440, To: 1500}, zone),
	} {
		if !got.IsZero() {
			t.Errorf("%s: silent at %s", name, got)
		}
	}
}

// TestAMinuteCountsByTheClockOnTheWall compares with counting minute by minute.
func TestAMinuteCountsByTheClockOnTheWall(t *testing.T) {
	zones := []*time.Location{berlin(t), time.UTC}
	for _, name := range []string{"America/St_Johns", "Australia/Lord_Howe", "America/Santiago"} { // half hours, changes at midnight
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	rapid.Check(t, func(rt *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(rt, "zone")
		var h Hours
		h.From = rapid.IntRange(0, 1439).Draw(rt, "from")
		h.To = rapid.IntRange(h.From+1, 1440).Draw(rt, "to")
		for i := range h.Days {
			h.Days[i] = rapid.Bool().Draw(rt, "day")
		}
		h.Days[rapid.IntRange(0, 6).Draw(rt, "one day")] = true
		last := at("2026-01-01T00:00:00Z").Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(rt, "last")) * time.Minute)
		silence := rapid.IntRange(1, 300).Draw(rt, "minutes")

		want, left := last, silence
		for left > 0 {
			local := want.In(zone)
			if m := local.Hour()*60 + local.Minute(); h.Days[local.Weekday()] && h.From <= m && m < h.To {
				left--
			}
			want = want.Add(time.Minute)
		}
		if got := SilentAt(last, time.Duration(silence)*time.Minute, &h, zone); !got.Equal(want) {
			rt.Fatalf("got %s, want %s", got.In(zone), want.In(zone))
		}
	})
}

func TestHoursAreReadAsConfigured(t *testing.T) {
	h := mustHours(t, "08:05", "24:00", "sun", "sat")
	if want := (Hours{Days: [7]bool{0: true, 6: true}, From: 485, To: 1440}); *h != want {
		t.Errorf("got %+v, want %+v", *h, want)
	}
	for name, tt := range map[string]struct {
		days     []string
		from, to string
	}{
		"no days":         {nil, "08:00", "20:00"},
		"unknown day":     {[]string{"Monday"}, "08:00", "20:00"},
		"the other way":   {[]string{"mon"}, "20:00", "08:00"},
		"no time at all":  {[]string{"mon"}, "08:00", "08:00"},
		"no such minute":  {[]string{"mon"}, "08:60", "20:00"},
		"no such hour":    {[]string{"mon"}, "08:00", "24:01"},
		"no leading zero": {[]string{"mon"}, "8:00", "20:00"},
		"no digits":       {[]string{"mon"}, "08:00", "2o:00"},
	} {
		if h, err := ParseHours(tt.days, tt.from, tt.to); !errors.Is(err, feedback.ErrInvalid) || h != nil {
			t.Errorf("%s: got %v, %v", name, h, err)
		}
	}
}
