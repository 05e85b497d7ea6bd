package signal

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/shared/domaincases"
)

func samples(pairs [][2]int64) (out []Sample) {
	for _, p := range pairs {
		out = append(out, Sample{p[0], p[1]})
	}
	return out
}

func TestCase13ControlChartsRunRuleAndBursts(t *testing.T) {
	type limits struct {
		K      int64 `json:"low_ratings"`
		N      int64
		P      float64
		LCL    float64
		UCL    float64
		Signal bool
	}
	type rates struct {
		Complaints, Contacts int64
		Rate                 float64 `json:"rate_per_1000"`
		UCL                  float64 `json:"ucl_per_1000"`
		LCL                  float64 `json:"lcl_per_1000"`
		Signal               bool
	}
	type burst struct {
		Observed int
		P        float64 `json:"p_value"`
		Signal   bool
	}
	type results struct {
		PBar   float64           `json:"p_bar"`
		PChart map[string]limits `json:"p_chart"`
		UBar   float64           `json:"u_bar_per_1000"`
		UChart map[string]rates  `json:"u_chart"`
		Burst  []burst
		Run    bool `json:"run_rule_8_above_centre_line"`
	}
	var w struct {
		Input struct {
			PBase   [][2]int64          `json:"p_chart_baseline_weeks_low_of_n"`
			PNow    map[string][2]int64 `json:"current_weeks"`
			Minimum int64               `json:"minimum_low_ratings"`
			UBase   [][2]int64          `json:"u_chart_baseline_complaints_of_contacts"`
			UNow    map[string][2]int64 `json:"u_chart_current"`
			Burst   struct {
				Expected float64 `json:"expected_per_hour"`
				Observed []int
				Alpha    float64
			}
			Run []float64 `json:"run_rule_points"`
		}
		Expected results
	}
	domaincases.Load(t, "13", &w)

	p, ok := PChart(samples(w.Input.PBase))
	u, known := UChart(samples(w.Input.UBase))
	if !ok || !known {
		t.Fatal("no baseline")
	}
	got := results{PBar: p.Centre, UBar: 1000 * u.Centre, PChart: map[string]limits{}, UChart: map[string]rates{}}
	for name, s := range w.Input.PNow {
		at := p.At(Sample{s[0], s[1]}, w.Input.Minimum)
		got.PChart[name] = limits{s[0], s[1], at.Value, at.Lower, at.Upper, at.Signal}
	}
	for name, s := range w.Input.UNow {
		at := u.At(Sample{s[0], s[1]}, 0)
		got.UChart[name] = rates{s[0], s[1], 1000 * at.Value, 1000 * at.Upper, 1000 * at.Lower, at.Signal}
	}
	for _, k := range w.Input.Burst.Observed {
		tail := Tail(k, w.Input.Burst.Expected)
		got.Burst = append(got.Burst, burst{k, tail, tail < w.Input.Burst.Alpha})
	}
	got.Run = Run(w.Input.Run, p.Centre) >= RunLength
	if diff := cmp.Diff(w.Expected, got, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("worked case (-) and signals (+) differ:\n%s", diff)
	}
}

func TestAChartNeedsABaselineAndAPointRatings(t *testing.T) {
	if _, ok := PChart(nil); ok {
		t.Error("a chart of nothing")
	}
	if _, ok := UChart([]Sample{{3, 0}}); ok {
		t.Error("a chart of no contacts")
	}
	c, ok := PChart([]Sample{{0, 100}}) // never a low rating so far
	if !ok || c.At(Sample{4, 100}, 5).Signal || !c.At(Sample{5, 100}, 5).Signal || c.At(Sample{}, 0) != (Point{}) {
		t.Errorf("chart %+v", c)
	}
	if all, _ := PChart([]Sample{{99, 100}}); all.At(Sample{1, 1}, 0).Upper != 1 {
		t.Error("a limit above 1")
	}
}

func TestARunEndsAtTheCentreLine(t *testing.T) {
	for _, tc := range []struct {
		points []float64
		want   int
	}{{nil, 0}, {[]float64{3, 3, 2}, 0}, {[]float64{3, 2, 3, 3}, 2}, {[]float64{3, 3}, 2}} {
		if got := Run(tc.points, 2); got != tc.want {
			t.Errorf("%v: run of %d, want %d", tc.points, got, tc.want)
		}
	}
}

func TestTailsOfThePoissonDistribution(t *testing.T) {
	for _, tc := range []struct {
		k    int
		mean float64
		want float64
	}{
		{0, 0, 1}, {-1, 5, 1}, {1, 0, 0}, {1, 800, 1}, // the others summed with 60 digits
		{9, 2, 2.374473282611618e-04}, {5, 0.25, 6.611710561034247e-06}, {10, 10, 5.420702855281478e-01},
		{1000, 1000, 5.042052441802155e-01}, {30, 2, 5.855318609378577e-25},
	} {
		if got := Tail(tc.k, tc.mean); math.Abs(got-tc.want) > 1e-9*tc.want {
			t.Errorf("P(X ≥ %d | %v) = %v, want %v", tc.k, tc.mean, got, tc.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		k, mean := rapid.IntRange(0, 300).Draw(t, "k"), rapid.Float64Range(0, 200).Draw(t, "mean")
		p := Tail(k, mean)
		if p < 0 || p > 1 || math.IsNaN(p) {
			t.Fatalf("P(X ≥ %d | %v) = %v", k, mean, p)
		}
		if more := Tail(k+1, mean); more > p+1e-12 {
			t.Fatalf("P(X ≥ %d | %v) = %v > %v", k+1, mean, more, p)
		}
		if larger := Tail(k, mean+1); larger < p-1e-12 {
			t.Fatalf("P(X ≥ %d | %v) = %v < %v", k, mean+1, larger, p)
		}
	})
	if Silent(0) != 1 || Silent(6.9) < 0.001 || Silent(7) > 0.001 {
		t.Error("silence is not judged by e^−λ")
	}
}
