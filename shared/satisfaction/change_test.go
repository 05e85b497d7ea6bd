package satisfaction_test

import (
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/satisfaction"
)

func TestAChangeOfScoresIsJudgedByBothSamples(t *testing.T) {
	many := satisfaction.NetPromoterOf(600, 200, 200)
	for name, tt := range map[string]struct {
		before satisfaction.NetPromoter
		want   satisfaction.Verdict
	}{
		"much lower":         {satisfaction.NetPromoterOf(400, 200, 400), satisfaction.Improved},
		"much higher":        {satisfaction.NetPromoterOf(900, 50, 50), satisfaction.Declined},
		"the same":           {many, satisfaction.NoDetectable},
		"lower, but of five": {satisfaction.NetPromoterOf(2, 1, 2), satisfaction.NoDetectable},
		"nothing":            {satisfaction.NetPromoter{}, satisfaction.NoData},
	} {
		if got := satisfaction.ChangeOfScores(many, tt.before); got.Verdict != tt.want {
			t.Errorf("before %s: %+v, want %s", name, got, tt.want)
		}
	}
}

func TestAChangeOfRatesIsJudgedByBothCounts(t *testing.T) {
	for name, tt := range map[string]struct {
		k, n int64
		want satisfaction.Verdict
	}{
		"many fewer": {60, 10000, satisfaction.Improved},
		"many more":  {200, 10000, satisfaction.Declined},
		"the same":   {120, 10000, satisfaction.NoDetectable},
		"none of it": {0, 0, satisfaction.NoData},
	} {
		if got := satisfaction.ChangeOfRates(120, 10000, tt.k, tt.n, 1000); got.Verdict != tt.want {
			t.Errorf("before %s: %+v, want %s", name, got, tt.want)
		}
	}
}

func TestAnyChangeLiesInItsIntervalAndTurnsWithItsSides(t *testing.T) {
	count := rapid.Int64Range(0, 1<<20)
	rapid.Check(t, func(t *rapid.T) {
		a := satisfaction.NetPromoterOf(count.Draw(t, "promoters"), count.Draw(t, "passives"), count.Draw(t, "detractors"))
		b := satisfaction.NetPromoterOf(count.Draw(t, "promoters before"), count.Draw(t, "passives before"), count.Draw(t, "detractors before"))
		n, m := rapid.Int64Range(1, 1<<30).Draw(t, "n"), rapid.Int64Range(1, 1<<30).Draw(t, "n before")
		for _, pair := range [][2]satisfaction.Change{
			{satisfaction.ChangeOfScores(a, b), satisfaction.ChangeOfScores(b, a)},
			{satisfaction.ChangeOfRates(a.Promoters, n, b.Promoters, m, 1000), satisfaction.ChangeOfRates(b.Promoters, m, a.Promoters, n, 1000)},
		} {
			there, back := pair[0], pair[1]
			if there.Verdict == satisfaction.NoData {
				continue
			}
			if !there.CI95PP.Contains(*there.DeltaPP) {
				t.Fatalf("%v lies outside %v", *there.DeltaPP, *there.CI95PP)
			}
			if *there.DeltaPP != -*back.DeltaPP || there.CI95PP.Lo() != -back.CI95PP.Hi() {
				t.Fatalf("%v in %v one way, %v in %v the other", *there.DeltaPP, *there.CI95PP, *back.DeltaPP, *back.CI95PP)
			}
		}
	})
}
