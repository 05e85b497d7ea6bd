package escalate

import (
	"fmt"
	"slices"
	"time"

	"resonanz/shared/feedback"
)

// Hours are the hours in which something is switched on, by the clock on the
// wall.
type Hours struct {
	Days     [7]bool // by time.Weekday
	From, To int     // minutes since midnight, To not included; 0 <= From < To <= 1440
}

var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // by time.Weekday

// ParseHours reads opening hours as they are configured: days such as "mon" and
// times such as "08:00"; to is later than from and at most "24:00".
func ParseHours(days []string, from, to string) (*Hours, error) {
	h := new(Hours)
	for _, d := range days {
		i := slices.Index(weekdays[:], d)
		if i < 0 {
			return nil, fmt.Errorf("opening hours: day %q: %w: want mon, tue, wed, thu, fri, sat or sun", d, feedback.ErrInvalid)
		}
		h.Days[i] = true
	}
	var ok [2]bool
	h.From, ok[0] = minutes(from)
	h.To, ok[1] = minutes(to)
	if !ok[0] || !ok[1] || h.From >= h.To || len(days) == 0 {
		return nil, fmt.Errorf("opening hours: %w: want days, and two times such as 08:00 and 20:00 in this order", feedback.ErrInvalid)
	}
	return h, nil
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

// SilentAt is when a device that was last heard of at last counts as silent:
// when it has been switched on for the time silence since, without a word. Only
// time within hours, by the clock in zone, counts; nil: it is always switched
// on. The day on which clocks go forward is an hour shorter, if that hour lies
// within hours, and the day on which they go back an hour longer. Zero: never,
// since silence is not positive or there are no hours.
//
// Whoever hears of a device stores this time with its beat (store.Beat.DueAt).
func SilentAt(last time.Time, silence time.Duration, hours *Hours, zone *time.Location) time.Time {
	if silence <= 0 {
		return time.Time{}
	}
	if hours == nil {
		return last.Add(silence)
	}
	if hours.From < 0 || hours.From >= hours.To || hours.To > 24*60 || !slices.Contains(hours.Days[:], true) {
		return time.Time{}
	}
	for at := last; ; {
		opens, closes, next := hours.window(at, zone)
		if at.Before(opens) {
			at = opens
		}
		if on := closes.Sub(at); on >= silence {
			return at.Add(silence).UTC()
		} else if on > 0 {
			silence -= on
		}
		at = next
	}
}

// window is the part of at's local day in which the device is switched on, as
// far as the clock does not change within; next begins what comes after: the
// next day, or the time by the changed clock. No window: closes is not after
// opens.
func (h *Hours) window(at time.Time, zone *time.Location) (opens, closes, next time.Time) {
	local := at.In(zone)
	name, offset := local.Zone()
	fixed := time.FixedZone(name, offset) // an arithmetic day of 24 hours
	y, m, d := local.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, fixed)
	opens, closes, next = midnight, midnight, midnight.AddDate(0, 0, 1)
	if h.Days[midnight.Weekday()] {
		opens = midnight.Add(time.Duration(h.From) * time.Minute)
		closes = midnight.Add(time.Duration(h.To) * time.Minute)
	}
	since, until := local.ZoneBounds()
	if opens.Before(since) {
		opens = since
	}
	if !until.IsZero() && until.Before(next) {
		next = until
		if closes.After(until) {
			closes = until
		}
	}
	return opens, closes, next
}
