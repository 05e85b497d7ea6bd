package present

import (
	"strconv"
	"strings"
	"time"

	"resonanz/shared/period"
	"resonanz/shared/satisfaction"
)

const (
	nbsp   = "\u00a0"
	thin   = "\u202f"
	minus  = "\u2212"
	joiner = "\u2060" // keeps a line from breaking behind a dash
	none   = "–"      // of a figure that is not defined
)

// decimal writes v with the given places in the way of the language. Figures
// are rounded here and nowhere before.
func (t tongue) decimal(v float64, places int) string {
	s := satisfaction.Round(v, places)
	if s == "" || s[len(s)-1] < '0' || s[len(s)-1] > '9' { // not a number, or infinite
		return none
	}
	sign := ""
	if s[0] == '-' {
		sign, s = minus, s[1:]
	}
	whole, fraction, has := strings.Cut(s, ".")
	point, thousands := ".", ","
	if t.german {
		point, thousands = ",", "."
	}
	out := sign + group(whole, thousands)
	if has {
		out += point + fraction
	}
	return out
}

func group(digits, separator string) string {
	if len(digits) <= 3 {
		return digits
	}
	return group(digits[:len(digits)-3], separator) + separator + digits[len(digits)-3:]
}

func (t tongue) count(n int64) string { return t.decimal(float64(n), 0) }

func (t tongue) sign() string {
	if t.german {
		return nbsp + "%"
	}
	return "%"
}

// percent writes a figure in percent with one decimal.
func (t tongue) percent(v *float64) string {
	if v == nil {
		return none
	}
	return t.decimal(*v, 1) + t.sign()
}

func (t tongue) figure(v *float64, places int) string {
	if v == nil {
		return none
	}
	return t.decimal(*v, places)
}

// span writes "79,1–85,2" with what follows the second number.
func (t tongue) span(i *satisfaction.Interval, places int, unit string) string {
	if i == nil {
		return none
	}
	dash := "–"
	if i.Lo() < 0 || i.Hi() < 0 {
		dash = nbsp + t.say("to") + nbsp
	}
	return t.decimal(i.Lo(), places) + joiner + dash + joiner + t.decimal(i.Hi(), places) + unit
}

// signed writes a difference with its sign.
func (t tongue) signed(v float64, places int) string {
	s := t.decimal(v, places)
	if v > 0 && strings.Trim(s, "0.,") != "" {
		s = "+" + s
	}
	return s
}

// magnitude writes a difference without its sign.
func (t tongue) magnitude(v float64, places int) string {
	return strings.TrimPrefix(t.decimal(v, places), minus)
}

// money writes cents in the currency.
func (t tongue) money(cents int64, currency string) string {
	amount := t.decimal(float64(cents)/100, 2)
	symbol := currency
	switch currency {
	case "EUR":
		symbol = "€"
	case "GBP":
		symbol = "£"
	case "USD":
		symbol = "$"
	case "CHF", "":
	}
	if t.german || symbol == currency {
		return amount + nbsp + symbol
	}
	if rest, negative := strings.CutPrefix(amount, minus); negative {
		return minus + symbol + rest
	}
	return symbol + amount
}

// lasting writes seconds in the unit a reader thinks in; working time in hours,
// since its days are no days of the calendar.
func (t tongue) lasting(seconds *float64, working bool) string {
	if seconds == nil {
		return none
	}
	switch s := *seconds; {
	case s < 60:
		return t.say("seconds", t.decimal(s, 0))
	case s < 90*60:
		return t.say("minutes", t.decimal(s/60, 0))
	case s < 48*3600 || working:
		return t.say("hours", t.decimal(s/3600, 1))
	default:
		return t.say("days", t.decimal(s/86400, 1))
	}
}

func (t tongue) month(p period.Period) string {
	s := p.String()
	m, err := strconv.Atoi(s[5:])
	if err != nil || m < 1 || m > 12 {
		return s
	}
	return t.say("month/"+s[5:]) + nbsp + s[:4]
}

// brief is a month below a chart: "Mär 26".
func (t tongue) brief(p period.Period) string {
	s := p.String()
	return t.say("mon/"+s[5:]) + nbsp + s[2:4]
}

// day writes a date in the zone, moment a date and time.
func (t tongue) day(at time.Time, zone *time.Location) string {
	at = at.In(zone)
	return t.say("day", strconv.Itoa(at.Day()), t.say("month/"+at.Format("01")), at.Format("2006"))
}

func (t tongue) moment(at time.Time, zone *time.Location) string {
	return t.say("moment", t.day(at, zone), at.In(zone).Format("15:04"))
}

// short writes a date and time for a table.
func (t tongue) short(at time.Time, zone *time.Location) string {
	if t.german {
		return at.In(zone).Format("02.01.2006 15:04:05")
	}
	return at.In(zone).Format("2006-01-02 15:04:05")
}
