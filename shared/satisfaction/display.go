package satisfaction

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Round writes v with that many decimal places (0 to 20), half away from zero on the
// decimal value: 2.675 gives "2.68", although the nearest binary number lies
// below. Figures are stored unrounded and rounded once, here. NaN and
// infinities are written as strconv writes them.
func Round(v float64, places int) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" || whole[0] < '0' || whole[0] > '9' {
		return s
	}
	up := len(fraction) > places && fraction[places] >= '5'
	if len(fraction) > places {
		fraction = fraction[:places]
	} else {
		fraction += strings.Repeat("0", places-len(fraction))
	}
	b := []byte(whole + fraction)
	for i := len(b) - 1; up && i >= 0; i-- {
		if up = b[i] == '9'; up {
			b[i] = '0'
		} else {
			b[i]++
		}
	}
	if up {
		b = append([]byte{'1'}, b...)
	}
	out := string(b)
	if places > 0 {
		out = out[:len(b)-places] + "." + out[len(b)-places:]
	}
	if negative && strings.Trim(out, "0.") != "" {
		out = "-" + out
	}
	return out
}

// Share is the share of one rating in a distribution, in units of the last
// displayed place: with 0 places 34 is 34 %, with 1 place 345 is 34.5 %.
type Share struct {
	Rating int
	Units  int64
}

// Shares splits 100 % over the ratings of d for a display with that many
// decimal places, so that what is shown adds up to 100: by largest remainder,
// ties to the smaller rating (worked case 17). It is nil when d counts nothing.
func (d Distribution) Shares(places int) []Share {
	var n uint64
	for _, c := range d {
		n += uint64(c.N)
	}
	if n == 0 {
		return nil
	}
	total := uint64(100)
	for range places {
		total *= 10
	}
	type rest struct {
		i         int
		remainder uint64
	}
	out := make([]Share, len(d))
	rests := make([]rest, len(d))
	left := total
	for i, c := range d {
		hi, lo := bits.Mul64(uint64(c.N), total)
		q, r := bits.Div64(hi, lo, n)
		out[i], rests[i] = Share{Rating: c.Rating, Units: int64(q)}, rest{i, r}
		left -= q
	}
	slices.SortFunc(rests, func(a, b rest) int {
		return cmp.Or(cmp.Compare(b.remainder, a.remainder), cmp.Compare(d[a.i].Rating, d[b.i].Rating))
	})
	for _, r := range rests[:left] {
		out[r.i].Units++
	}
	return out
}

// Percent is the share as a number, in percent.
func (s Share) Percent(places int) float64 {
	p := float64(s.Units)
	for range places {
		p /= 10
	}
	return p
}
