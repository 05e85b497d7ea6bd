package satisfaction_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/shared/domaincases"
	"resonanz/shared/satisfaction"
)

// fields is v by its JSON names, only those that want names.
func fields(t *testing.T, v any, want map[string]any) map[string]any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	got := map[string]any{}
	for k := range want {
		if f, ok := all[k]; ok {
			got[k] = f
		}
	}
	return got
}

func TestCase03NPS(t *testing.T) {
	var c struct {
		Input struct {
			Histogram map[string]int64 `json:"scores_histogram"`
		}
		Expected map[string]any
	}
	domaincases.Load(t, "03", &c)
	var groups [3]int64
	for score, n := range c.Input.Histogram {
		s, err := strconv.Atoi(score)
		if err != nil {
			t.Fatal(err)
		}
		groups[satisfaction.GroupOf(s)] += n
	}
	got := satisfaction.NetPromoterOf(groups[satisfaction.Promoter], groups[satisfaction.Passive], groups[satisfaction.Detractor])
	if diff := cmp.Diff(c.Expected, fields(t, got, c.Expected), cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCase04And05NPSOfNobodyAndOfOne(t *testing.T) {
	for name, promoters := range map[string]int64{"04": 0, "05": 1} {
		var c struct {
			Expected struct{ NPS map[string]any }
		}
		domaincases.Load(t, name, &c)
		got := satisfaction.NetPromoterOf(promoters, 0, 0)
		if diff := cmp.Diff(c.Expected.NPS, fields(t, got, c.Expected.NPS), cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
			t.Errorf("case %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCase24CES(t *testing.T) {
	var c struct {
		Input struct {
			Scores []int `json:"scores_1_7"`
		}
		Expected map[string]any
	}
	domaincases.Load(t, "24", &c)
	var counts [7]int64
	for _, s := range c.Input.Scores {
		counts[s-1]++
	}
	got := satisfaction.EffortOf(counts)
	if diff := cmp.Diff(c.Expected, fields(t, got, c.Expected), cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := 100 * (*got.Mean - 1) / 6; math.Abs(*got.Index100-want) > domaincases.Tolerance {
		t.Errorf("index 0 to 100: %v, want %v", *got.Index100, want)
	}
}

func TestWithoutAnswersNoScoreIsDefined(t *testing.T) {
	if diff := cmp.Diff(satisfaction.NetPromoter{}, satisfaction.NetPromoterOf(0, 0, 0)); diff != "" {
		t.Errorf("NPS of nothing:\n%s", diff)
	}
	if diff := cmp.Diff(satisfaction.Effort{}, satisfaction.EffortOf([7]int64{})); diff != "" {
		t.Errorf("CES of nothing:\n%s", diff)
	}
}

func TestIntervalsOfTheNPSHoldTheirScoreAndStayOnTheScale(t *testing.T) {
	count := rapid.Int64Range(0, 1<<20)
	rapid.Check(t, func(t *rapid.T) {
		p, n, d := count.Draw(t, "promoters"), count.Draw(t, "passives"), count.Draw(t, "detractors")
		got := satisfaction.NetPromoterOf(p, n, d)
		if p+n+d == 0 {
			return
		}
		if (got.Wald == nil) != (*got.SE == 0) {
			t.Fatalf("%+v: an interval of no width, or none beside a spread", got)
		}
		if got.Wald != nil && !got.Wald.Contains(*got.NPS) || !got.CI95.Contains(*got.Adjusted) {
			t.Fatalf("%+v: a score lies outside its interval", got)
		}
		for _, ci := range []*satisfaction.Interval{got.Wald, got.CI95} {
			if ci != nil && !(-100 <= ci.Lo() && ci.Lo() < ci.Hi() && ci.Hi() <= 100) {
				t.Fatalf("an interval is %v", *ci)
			}
		}
		mirrored := satisfaction.NetPromoterOf(d, n, p)
		if *mirrored.NPS != -*got.NPS || *mirrored.SE != *got.SE {
			t.Fatalf("promoters and detractors exchanged: %v ± %v, want %v ± %v", *mirrored.NPS, *mirrored.SE, -*got.NPS, *got.SE)
		}
	})
}

func TestThePoissonIntervalIsTheExactOne(t *testing.T) {
	// Garwood 1936; the figures are those of statistical tables.
	for _, tt := range []struct {
		k      int64
		lo, hi float64
	}{
		{0, 0, 3.688879454},
		{1, 0.025317808, 5.571643390},
		{10, 4.795388671, 18.390356041},
		{100, 81.363991251, 121.626793792},
	} {
		got := satisfaction.PoissonMean(tt.k)
		if math.Abs(got.Lo()-tt.lo) > domaincases.Tolerance || math.Abs(got.Hi()-tt.hi) > domaincases.Tolerance {
			t.Errorf("%d: %v, want %v to %v", tt.k, got, tt.lo, tt.hi)
		}
	}
}

func TestARateLiesInItsInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, n := rapid.Int64Range(0, 1<<22).Draw(t, "k"), rapid.Int64Range(1, 1<<30).Draw(t, "n")
		rate, ci := satisfaction.Rate(k, n, 1000)
		if !ci.Contains(*rate) || ci.Lo() < 0 || ci.Lo() >= ci.Hi() {
			t.Fatalf("%d of %d: rate %v, interval %v", k, n, *rate, *ci)
		}
	})
	if rate, ci := satisfaction.Rate(3, 0, 1000); rate != nil || ci != nil {
		t.Errorf("of no contacts: %v, %v", rate, ci)
	}
}
