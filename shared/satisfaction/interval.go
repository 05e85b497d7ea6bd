package satisfaction

import "math"

// Z is the 97.5 % quantile of the standard normal distribution: half the width of
// a 95 % interval, in standard errors.
const Z = 1.959963984540054

const z = Z

// Percent is 100·k/n with one rounding, so that a value that is a decimal tie
// stays one; nil when n is 0.
func Percent(k, n int64) *float64 {
	if n == 0 {
		return nil
	}
	p := float64(100*k) / float64(n)
	return &p
}

// Wilson is the 95 % score interval of the proportion k of n, in percent
// (Wilson 1927); nil when n is 0. It lies in [0, 100] and contains 100·k/n.
func Wilson(k, n int64) *Interval {
	if n == 0 {
		return nil
	}
	const zz = z * z
	fn, fk := float64(n), float64(k)
	mid := fk + zz/2
	half := float64(z * math.Sqrt(float64(fk*(fn-fk)/fn)+zz/4))
	ci := Interval{100 * (mid - half) / (fn + zz), 100 * (mid + half) / (fn + zz)}
	p := *Percent(k, n)
	ci[0], ci[1] = max(0, min(ci[0], p)), min(100, max(ci[1], p))
	if k == 0 {
		ci[0] = 0
	}
	if k == n {
		ci[1] = 100
	}
	return &ci
}
