package satisfaction

import "math"

// SampleSize is how many responses a share needs so that its 95 % interval
// reaches at most margin (0 to 1) to either side, whatever the share is: z²·¼/e²,
// rounded up. A population that is known, above 0, needs fewer: n₀/(1+(n₀−1)/N)
// (Cochran 1977; worked case 16). A margin that is not above 0 needs everybody.
func SampleSize(margin float64, population int64) int64 {
	if margin <= 0 {
		return max(0, population)
	}
	n := z * z / 4 / float64(margin*margin)
	if population > 0 {
		n /= 1 + (n-1)/float64(population)
	}
	return int64(math.Ceil(n))
}
