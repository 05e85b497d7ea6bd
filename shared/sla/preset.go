package sla

import "time"

// The regulatory presets: deadlines in whole local days that never pause. The
// day of receipt does not count, the last day counts to its end; no date is
// moved off a weekend. Worked case 21.
const (
	ENWG111A = "ENWG_111A" // § 111a EnWG: four weeks
	FCADISP  = "FCA_DISP"  // FCA Handbook, DISP 1.6.2R: eight weeks
	PSD2101  = "PSD2_101"  // Directive (EU) 2015/2366, article 101(2): 15 business days, 35 after a holding reply
	GDPR123  = "GDPR_12_3" // Regulation (EU) 2016/679, article 12(3): one month
)

// Presets lists them.
var Presets = [...]string{ENWG111A, FCADISP, PSD2101, GDPR123}

// psd2Days and psd2Longest are business days.
const (
	psd2Days    = 15
	psd2Longest = 35
)

// PresetDue is the last second of the last day of a preset, for what was
// received then; held: a holding reply was given, which allows the longest time
// where there is one. Zero: there is no such preset. UTC.
func (c *Calendar) PresetDue(preset string, received time.Time, held bool) time.Time {
	d := dateOf(received.In(c.zone))
	switch preset {
	case ENWG111A:
		d = d.add(4 * 7)
	case FCADISP:
		d = d.add(8 * 7)
	case PSD2101:
		n := psd2Days
		if held {
			n = psd2Longest
		}
		d = c.businessDays(d, n)
	case GDPR123:
		d = d.nextMonth()
	default:
		return time.Time{}
	}
	return c.at(d.add(1), 0).Add(-time.Second).UTC()
}

// businessDays is the n-th business day after d.
func (c *Calendar) businessDays(d date, n int) date {
	for n > 0 {
		d = d.add(1)
		if len(c.spans(d)) > 0 {
			n--
		}
	}
	return d
}

// nextMonth is the same day of the next month, or the last day of a month that
// is too short.
func (d date) nextMonth() date {
	last := dateOf(time.Date(d.year, d.month+2, 0, 0, 0, 0, 0, time.UTC))
	last.day = min(last.day, d.day)
	return last
}
