package satisfaction

import "math"

// tail is what a 95 % interval leaves out at either end.
const tail = 0.025

// PoissonMean is the exact 95 % interval of the mean of a Poisson distribution
// of which k ≥ 0 were counted (Garwood 1936): from the mean that gives k or more
// with 2.5 %, to the one that gives k or fewer with 2.5 %.
func PoissonMean(k int64) Interval {
	var ci Interval
	if k > 0 {
		ci[0] = quantile(float64(k), tail)
	}
	ci[1] = quantile(float64(k)+1, 1-tail)
	return ci
}

// Rate is per·k/n, of k events in n chances of which each may have several, with
// its exact 95 % Poisson interval; nil when n is not above 0.
func Rate(k, n int64, per float64) (*float64, *Interval) {
	if n <= 0 {
		return nil, nil
	}
	rate := per * float64(k) / float64(n)
	mean := PoissonMean(k)
	return &rate, &Interval{per * mean.Lo() / float64(n), per * mean.Hi() / float64(n)}
}

// quantile is the x with gammaP(a, x) = p, by bisection: the mean at which a
// Poisson count reaches a or more with probability p.
func quantile(a, p float64) float64 {
	lo, hi := 0.0, a
	for gammaP(a, hi) < p {
		lo, hi = hi, float64(2*hi)+1
	}
	for {
		mid := lo + float64((hi-lo)/2)
		if mid <= lo || mid >= hi {
			return mid
		}
		if gammaP(a, mid) < p {
			lo = mid
		} else {
			hi = mid
		}
	}
}

// gammaP is the regularised lower incomplete gamma function, a > 0, x ≥ 0: the
// probability that a Poisson count of mean x is a or more, for a whole a. Series
// below a+1, continued fraction by Lentz above (Press et al., Numerical Recipes,
// 3rd ed., 6.2).
func gammaP(a, x float64) float64 {
	if x <= 0 {
		return 0
	}
	const enough = 1e-16
	logGamma, _ := math.Lgamma(a)
	front := math.Exp(float64(a*math.Log(x)) - x - logGamma)
	if x < a+1 {
		sum, term := 1/a, 1/a
		for i := a + 1; term > sum*enough; i++ {
			term = float64(term * (x / i))
			sum += term
		}
		return min(1, front*sum)
	}
	const tiny, terms = 1e-300, 1e7
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for i := 1.0; i < terms; i++ { // it ends after some √x of them
		an := float64(-i * (i - a))
		b += 2
		d = float64(an*d) + b
		if math.Abs(d) < tiny {
			d = tiny
		}
		c = b + an/c
		if math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		step := float64(d * c)
		h = float64(h * step)
		if math.Abs(step-1) < 2*enough {
			break
		}
	}
	return max(0, 1-float64(front*h))
}
