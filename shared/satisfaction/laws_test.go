package satisfaction_test

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "resonanz/shared/satisfaction"
)

var scales = rapid.SampledFrom([]Scale{Stars5, CSAT10(2), CSAT10(3)})

func ratings(s Scale) *rapid.Generator[[]int] {
	return rapid.SliceOfN(rapid.IntRange(s.Min, s.Max), 0, 200)
}

func TestWilsonLiesInPercentAndHoldsTheShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1<<40).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		ci, p := Wilson(k, n), *Percent(k, n)
		if ci.Lo() < 0 || ci.Hi() > 100 || !ci.Contains(p) {
			t.Fatalf("Wilson(%d, %d) = %v with share %v", k, n, *ci, p)
		}
		mirror := Wilson(n-k, n)
		if math.Abs(ci.Lo()-(100-mirror.Hi())) > 1e-9 {
			t.Fatalf("Wilson(%d, %d) = %v is no mirror image of %v", k, n, *ci, *mirror)
		}
	})
}

func TestChangeIntervalHoldsTheDelta(t *testing.T) {
	proportion := rapid.Custom(func(t *rapid.T) Proportion {
		n := rapid.Int64Range(1, 1e6).Draw(t, "n")
		return Proportion{N: n, Satisfied: rapid.Int64Range(0, n).Draw(t, "satisfied")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := proportion.Draw(t, "this"), proportion.Draw(t, "previous")
		c, back := ChangeOf(a, b), ChangeOf(b, a)
		if !c.CI95PP.Contains(*c.DeltaPP) || c.CI95PP.Lo() < -100 || c.CI95PP.Hi() > 100 {
			t.Fatalf("delta %v, interval %v", *c.DeltaPP, *c.CI95PP)
		}
		if c.Significant() != !c.CI95PP.Contains(0) {
			t.Fatalf("verdict %q with interval %v", c.Verdict, *c.CI95PP)
		}
		if (c.Verdict == Improved) != (back.Verdict == Declined) || c.Significant() != back.Significant() {
			t.Fatalf("verdicts %q and %q, reversed", c.Verdict, back.Verdict)
		}
	})
}

func TestMergedTalliesAreTheTallyOfTheUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := scales.Draw(t, "scale")
		a, b := ratings(s).Draw(t, "a"), ratings(s).Draw(t, "b")
		ta, err1 := NewTally(s, a...)
		tb, err2 := NewTally(s, b...)
		union, err3 := NewTally(s, append(slices.Clone(a), b...)...)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		pooled := Pool(ta, tb)
		if err := ta.Merge(tb); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(union.Figures(), ta.Figures()); diff != "" {
			t.Fatalf("merged and union differ:\n%s", diff)
		}
		if diff := cmp.Diff(union.Figures(), pooled); diff != "" {
			t.Fatalf("pooled and union differ:\n%s", diff)
		}
	})
}

func TestFiguresAgreeWithTheTextbook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := scales.Draw(t, "scale")
		values := rapid.SliceOfN(rapid.IntRange(s.Min, s.Max), 2, 200).Draw(t, "ratings")
		tally, err := NewTally(s, values...)
		if err != nil {
			t.Fatal(err)
		}
		f := tally.Figures()
		var sum, squares float64
		for _, v := range values {
			sum += float64(v)
		}
		n := float64(len(values))
		mean := sum / n
		for _, v := range values {
			squares += (float64(v) - mean) * (float64(v) - mean)
		}
		slices.Sort(values)
		median := float64(values[len(values)/2]+values[(len(values)-1)/2]) / 2
		near := func(what string, got *float64, want float64) {
			if got == nil || math.Abs(*got-want) > 1e-9 {
				t.Fatalf("%s is %v, want %v", what, got, want)
			}
		}
		near("mean", f.Mean, mean)
		near("median", f.Median, median)
		near("stdev", f.Stdev, math.Sqrt(squares/(n-1)))
		near("index", f.Index0100, 100*(mean-float64(s.Min))/float64(s.Max-s.Min))
	})
}

func TestDisplayedDistributionAddsUpTo100(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d Distribution
		var n int64
		for r := range rapid.IntRange(1, 10).Draw(t, "ratings") {
			c := Count{Rating: r + 1, N: rapid.Int64Range(0, 1e9).Draw(t, "count")}
			d, n = append(d, c), n+c.N
		}
		places := rapid.IntRange(0, 3).Draw(t, "places")
		shares := d.Shares(places)
		if n == 0 {
			if shares != nil {
				t.Fatalf("shares of nothing: %v", shares)
			}
			return
		}
		var sum int64
		for i, s := range shares {
			sum += s.Units
			exact := 100 * float64(d[i].N) / float64(n)
			if unit := math.Pow10(-places); math.Abs(s.Percent(places)-exact) >= unit+1e-9 {
				t.Fatalf("rating %d shows %v for %v", s.Rating, s.Percent(places), exact)
			}
		}
		if want := int64(100 * math.Pow10(places)); sum != want {
			t.Fatalf("displayed shares add up to %d units, want %d: %v", sum, want, shares)
		}
	})
}

func TestRoundIsHalfAwayFromZeroOnTheDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-1e6, 1e6).Draw(t, "v")
		if rapid.Bool().Draw(t, "tie") {
			v = math.Trunc(v) / 1000 // many short decimals, ties among them
		}
		places := rapid.IntRange(0, 4).Draw(t, "places")
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		exact, ok := new(big.Rat).SetString(string(text))
		if !ok {
			t.Fatalf("%s is no decimal", text)
		}
		want := exact.FloatString(places) // math/big rounds half away from zero
		if r, _ := new(big.Rat).SetString(want); r.Sign() == 0 && want[0] == '-' {
			want = want[1:]
		}
		if got := Round(v, places); got != want {
			t.Fatalf("Round(%s, %d) = %q, want %q", text, places, got, want)
		}
	})
}

func TestRoundCarriesAndKeepsItsSign(t *testing.T) {
	for _, c := range []struct {
		v      float64
		places int
		want   string
	}{
		{99.95, 1, "100.0"}, {9.5, 0, "10"}, {0, 1, "0.0"}, {-0.04, 1, "0.0"}, {-0.05, 1, "-0.1"}, {1e21, 1, "1000000000000000000000.0"},
		{math.NaN(), 1, "NaN"}, {math.Inf(1), 1, "+Inf"},
	} {
		if got := Round(c.v, c.places); got != c.want {
			t.Errorf("Round(%v, %d) = %q, want %q", c.v, c.places, got, c.want)
		}
	}
}

func TestSuppressNeverLeavesExactlyOneCellToDerive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cells []Cell
		filled := 0
		for i := range rapid.IntRange(0, 6).Draw(t, "cells") {
			c := Cell{Name: string(rune('a' + i)), N: rapid.Int64Range(0, 12).Draw(t, "n")}
			if cells = append(cells, c); c.N > 0 {
				filled++
			}
		}
		hidden := 0
		for i, h := range Suppress(cells, 5) {
			if h {
				hidden++
			}
			if small := cells[i].N > 0 && cells[i].N < 5; small && !h || cells[i].N == 0 && h {
				t.Fatalf("cell %+v: withheld %v", cells[i], h)
			}
		}
		if hidden == 1 && filled > 1 {
			t.Fatalf("one withheld cell beside others can be derived: %+v", cells)
		}
	})
}

func TestOffScaleRatingsAndForeignScalesAreRefused(t *testing.T) {
	for _, r := range []int{-1, 0, 6, 11} {
		if _, err := NewTally(Stars5, r); err == nil {
			t.Errorf("rating %d was counted on 1 to 5", r)
		}
	}
	a, b := tally(t, Stars5, 5), tally(t, CSAT10(2), 10)
	if err := a.Merge(b); err == nil || a.N() != 1 {
		t.Errorf("merging scales: error %v, n %d", err, a.N())
	}
	if _, ok := ScaleOf("nps_0_10", 2); ok {
		t.Error("NPS passes for a satisfaction scale")
	}
}

func TestWeightingNeedsContactsAndResponses(t *testing.T) {
	some := Stratum{Proportion{N: 10, Satisfied: 5}, 100}
	for name, strata := range map[string][]Stratum{
		"nothing":      nil,
		"no contacts":  {{Proportion{N: 10, Satisfied: 5}, 0}},
		"no responses": {{Proportion{}, 100}},
	} {
		if pct, se := ContactWeighted(strata); pct != nil || se != nil {
			t.Errorf("%s: %v, %v, want none", name, pct, se)
		}
		if pct, _ := ContactWeighted(append(strata, some)); pct == nil || *pct != 50 {
			t.Errorf("%s beside one full stratum: %v, want 50", name, pct)
		}
	}
}

func TestTheWeightedIntervalIsTheWilsonIntervalOfOneStratumAndNeverWithoutWidth(t *testing.T) {
	if got := ContactWeightedCI([]Stratum{{Proportion{}, 5}}); got != nil {
		t.Errorf("interval of nothing is %v", got)
	}
	one, wilson := ContactWeightedCI([]Stratum{{Proportion{N: 40, Satisfied: 30}, 7}}), Wilson(30, 40)
	if math.Abs(one.Lo()-wilson.Lo()) > 1e-9 || math.Abs(one.Hi()-wilson.Hi()) > 1e-9 {
		t.Errorf("interval of one stratum is %v, want Wilson's %v", *one, *wilson)
	}
	stratum := rapid.Custom(func(t *rapid.T) Stratum {
		n := rapid.Int64Range(1, 200).Draw(t, "n")
		return Stratum{Proportion{N: n, Satisfied: rapid.Int64Range(0, n).Draw(t, "satisfied")}, rapid.Int64Range(1, 1e6).Draw(t, "contacts")}
	})
	rapid.Check(t, func(t *rapid.T) {
		strata := rapid.SliceOfN(stratum, 1, 6).Draw(t, "strata")
		mean, _ := ContactWeighted(strata)
		got := ContactWeightedCI(strata)
		if !(0 <= got.Lo() && got.Lo() <= *mean && *mean <= got.Hi() && got.Hi() <= 100 && got.Lo() < got.Hi()) {
			t.Fatalf("%v has the interval %v", *mean, *got)
		}
		slices.Reverse(strata)
		if again := ContactWeightedCI(strata); *again != *got {
			t.Fatalf("turned round it is %v, want %v", *again, *got)
		}
	})
}

func TestDistributionJSONKeepsTheOrderOfRatings(t *testing.T) {
	d := tally(t, CSAT10(2), 10, 10, 9, 1).Distribution()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"1":1,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":1,"10":2}`; string(b) != want {
		t.Errorf("JSON %s, want %s", b, want)
	}
	var back Distribution
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, back); diff != "" || back.Of(10) != 2 || back.Of(11) != 0 {
		t.Errorf("reading it back:\n%s", diff)
	}
	if err := json.Unmarshal([]byte(`{"five":1}`), &back); err == nil {
		t.Error("a rating in letters was read")
	}
}
