package sla

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// calendars draws calendars of zones with all kinds of clock changes, with one
// to three blocks a day, some days closed.
func calendars(t *rapid.T) *Calendar {
	name := rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Pacific/Apia"}).Draw(t, "zone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []Block
	for _, day := range weekdays {
		at := 0
		for range rapid.IntRange(0, 3).Draw(t, "blocks of "+day) {
			from := rapid.IntRange(at, min(at+600, 1439)).Draw(t, "from")
			to := rapid.IntRange(from+1, 1440).Draw(t, "to")
			blocks = append(blocks, Block{Days: []string{day}, From: clock(from), To: clock(to)})
			if at = to; at >= 1439 {
				break
			}
		}
	}
	if len(blocks) == 0 {
		blocks = []Block{{Days: []string{"wed"}, From: "00:00", To: "24:00"}}
	}
	var closed []string
	for range rapid.IntRange(0, 5).Draw(t, "closed") {
		closed = append(closed, time.Date(2026, 1, rapid.IntRange(1, 365).Draw(t, "day"), 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	c, err := NewCalendar(zone, blocks, closed...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func instants(t *rapid.T, label string) time.Time {
	return time.UnixMilli(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() + rapid.Int64Range(0, 365*24*3600*1000).Draw(t, label)).UTC()
}

func durations(t *rapid.T, label string) time.Duration {
	return time.Duration(rapid.Int64Range(0, int64(200*time.Hour/time.Millisecond)).Draw(t, label)) * time.Millisecond
}

func TestWhatIsAddedIsBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from, d := calendars(t), instants(t, "from"), durations(t, "d")
		due := c.Add(from, d)
		if due.Before(from) {
			t.Fatalf("%s later than %s it is %s", d, from, due)
		}
		if got := c.Between(from, due); got != d {
			t.Fatalf("%s later than %s it is %s; between them lies %s", d, from, due, got)
		}
		if d > 0 && c.Between(from, due.Add(-time.Millisecond)) >= d { // the first such instant
			t.Fatalf("%s had passed before %s", d, due)
		}
	})
}

func TestBusinessTimeOnlyGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from, a, b := calendars(t), instants(t, "from"), instants(t, "a"), instants(t, "b")
		if b.Before(a) {
			a, b = b, a
		}
		first, second := c.Between(from, a), c.Between(from, b)
		if first < 0 || second < first {
			t.Fatalf("from %s to %s %s, to %s %s", from, a, first, b, second)
		}
		if second-first > b.Sub(a) {
			t.Fatalf("more business time than time: %s from %s to %s", second-first, a, b)
		}
		if !from.After(a) && first+c.Between(a, b) != second {
			t.Fatalf("business time does not add up at %s", a)
		}
		x, y := durations(t, "x"), durations(t, "y")
		if y < x {
			x, y = y, x
		}
		if c.Add(from, y).Before(c.Add(from, x)) {
			t.Fatalf("%s is over before %s", y, x)
		}
		if got, want := c.Add(c.Add(from, x), y), c.Add(from, x+y); !got.Equal(want) && c.Between(want, got) != 0 {
			t.Fatalf("%s and then %s: %s, together %s", x, y, got, want)
		}
	})
}

// A clock that was stopped and resumed as often as you like is due when the time
// it ran has used up the target.
func TestAClockIsDueWhenItsRunsHaveUsedTheTarget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &Policy{
			ID: "P", Print: "1", Calendar: calendars(t), FirstResponse: 8 * time.Hour,
			Resolution: durations(t, "resolution") + time.Minute, AtRiskPercent: 80, Presets: []string{ENWG111A},
		}
		now := instants(t, "received")
		received := now
		c := p.Start(received)
		preset := *Find(c, ENWG111A)
		for range rapid.IntRange(0, 6).Draw(t, "turns") {
			now = now.Add(durations(t, "then"))
			p.Stop(c, now)
			if d := Find(c, Resolution); !d.DueAt.IsZero() || !d.AtRiskAt.IsZero() {
				t.Fatal("a stopped clock has a date")
			}
			now = now.Add(durations(t, "then"))
			p.Resume(c, now)
		}
		d := Find(c, Resolution)
		if d.DueAt.IsZero() || d.AtRiskAt.After(d.DueAt) {
			t.Fatalf("deadline %+v", d)
		}
		used := time.Duration(0)
		for _, r := range c.Runs {
			to := r.To
			if to.IsZero() || to.After(d.DueAt) {
				to = d.DueAt
			}
			used += p.Calendar.Between(r.From, to)
		}
		if used != p.Resolution {
			t.Fatalf("due after %s of %s", used, p.Resolution)
		}
		if got := *Find(c, ENWG111A); got != preset {
			t.Fatalf("a preset moved from %+v to %+v", preset, got)
		}
		// Under another policy and back, everything is as it was.
		other := *p
		other.Print, other.Resolution = "2", p.Resolution+time.Hour
		before := d.DueAt
		if !other.Retime(c, received) || !p.Retime(c, received) || !Find(c, Resolution).DueAt.Equal(before) {
			t.Fatalf("due %s, after a change and its undoing %s", before, Find(c, Resolution).DueAt)
		}
		if p.Retime(c, received) {
			t.Fatal("the same policy moved a date")
		}
	})
}
