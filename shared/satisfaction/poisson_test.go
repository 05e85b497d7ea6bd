package satisfaction

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/domaincases"
)

// Quantiles of chi-square, halved, as tables of the exact Poisson interval print
// them (such as Garwood 1936, table 1).
func TestPoissonIntervalsAsInTables(t *testing.T) {
	for _, tc := range []struct {
		k      int64
		lo, hi float64
	}{
		{0, 0, 3.688879454},
		{1, 0.025317808, 5.571643391},
		{2, 0.242209279, 7.224687667},
		{5, 1.623486391, 11.668332080},
		{10, 4.795388689, 18.390356046},
		{100, 81.363985909, 121.627253556},
	} {
		got := PoissonMean(tc.k)
		if math.Abs(got.Lo()-tc.lo) > 5e-4 || math.Abs(got.Hi()-tc.hi) > 5e-4 {
			t.Errorf("of %d: %v, want %v to %v", tc.k, got, tc.lo, tc.hi)
		}
	}
}

// TestEndsOfAPoissonInterval checks both ends by what defines them, with sums of
// single probabilities in place of the incomplete gamma function.
func TestEndsOfAPoissonInterval(t *testing.T) {
	atMost := func(k int64, mean float64) float64 { // P(X ≤ k)
		sum := 0.0
		for i := int64(0); i <= k; i++ {
			log, _ := math.Lgamma(float64(i) + 1)
			sum += math.Exp(float64(i)*math.Log(mean) - mean - log)
		}
		return sum
	}
	for _, k := range []int64{0, 1, 2, 3, 7, 30, 150, 1200, 5000} {
		ci := PoissonMean(k)
		if got := atMost(k, ci.Hi()); math.Abs(got-0.025) > 1e-9 {
			t.Errorf("of %d: P(X ≤ %d) at the upper end %v is %v", k, k, ci.Hi(), got)
		}
		if k == 0 {
			continue
		}
		if got := 1 - atMost(k-1, ci.Lo()); math.Abs(got-0.025) > 1e-9 {
			t.Errorf("of %d: P(X ≥ %d) at the lower end %v is %v", k, k, ci.Lo(), got)
		}
	}
}

func TestPoissonIntervalsHoldTheirCountAndGrowWithIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.Int64Range(0, 2_000_000).Draw(t, "k")
		ci, next := PoissonMean(k), PoissonMean(k+1)
		if !ci.Contains(float64(k)) || next.Lo() <= ci.Lo() || next.Hi() <= ci.Hi() {
			t.Fatalf("of %d: %v, of one more: %v", k, ci, next)
		}
		if half := 1.96 * math.Sqrt(float64(k)); k > 100 && (math.Abs(ci.Lo()-(float64(k)-half)) > 4 || math.Abs(ci.Hi()-(float64(k)+half)) > 4) {
			t.Fatalf("of %d: %v is far from the normal one, ± %v", k, ci, half)
		}
	})
}

func TestARateOfNothingIsNull(t *testing.T) {
	if rate, ci := Rate(3, 0, 1000); rate != nil || ci != nil {
		t.Errorf("got %v, %v", rate, ci)
	}
	if rate, ci := Rate(0, 500, 1000); *rate != 0 || ci.Lo() != 0 || math.Abs(ci.Hi()-7.377758908) > 1e-8 {
		t.Errorf("got %v, %v", *rate, *ci)
	}
}

func TestCase12ComplaintRate(t *testing.T) {
	var c struct {
		Input struct {
			Month struct {
				Registered int64 `json:"registered_complaints"`
				Contacts   int64
			}
		}
		Expected struct {
			Rate float64 `json:"complaint_rate_per_1000_contacts"`
		}
	}
	domaincases.Load(t, "12", &c)
	rate, ci := Rate(c.Input.Month.Registered, c.Input.Month.Contacts, 1000)
	if math.Abs(*rate-c.Expected.Rate) > domaincases.Tolerance || !ci.Contains(*rate) {
		t.Errorf("rate %v (%v), want %v", *rate, *ci, c.Expected.Rate)
	}
}
