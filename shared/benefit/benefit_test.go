package benefit

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/shared/domaincases"
)

func TestCase14CostAndBenefit(t *testing.T) {
	var c struct {
		Input struct {
			Complaints     int64
			WouldHaveLeft  float64 `json:"would_have_left_share"`
			Retained       float64 `json:"retained_share_of_those"`
			Margin         float64 `json:"margin_per_customer_year_eur"`
			Years          float64
			Convinced      float64 `json:"convinced_complainants"`
			Positive       float64 `json:"positive_word_of_mouth_contacts"`
			Conversion     float64
			Disappointed   float64 `json:"disappointed_complainants"`
			Negative       float64 `json:"negative_word_of_mouth_contacts"`
			LossConversion float64 `json:"loss_conversion"`
			Information    float64 `json:"information_benefit_eur"`
			Personnel      float64 `json:"cost_personnel_eur"`
			ITAdmin        float64 `json:"cost_it_admin_eur"`
			Communication  float64 `json:"cost_communication_eur"`
			Compensation   float64 `json:"cost_compensation_eur"`
		}
		Expected map[string]float64
	}
	domaincases.Load(t, "14", &c)
	in := c.Input
	got := Of(Case{
		Complaints: in.Complaints, Convinced: in.Convinced, Disappointed: in.Disappointed, InformationCents: Cents(100 * in.Information),
		Assumptions: Assumptions{
			WouldHaveLeft: in.WouldHaveLeft, Retained: in.Retained, MarginCents: Cents(100 * in.Margin), Years: in.Years,
			Positive: in.Positive, Conversion: in.Conversion, Negative: in.Negative, LossConversion: in.LossConversion,
		},
		Costs: Costs{
			Personnel: Cents(100 * in.Personnel), ITAdmin: Cents(100 * in.ITAdmin),
			Communication: Cents(100 * in.Communication), Compensation: Cents(100 * in.Compensation),
		},
	})
	euro := func(cents int64) float64 { return float64(cents) / 100 }
	fields := map[string]float64{
		"retained_customers":        got.Retained,
		"retention_benefit_eur":     euro(got.RetentionCents),
		"communication_benefit_eur": euro(got.WordOfMouthCents),
		"information_benefit_eur":   in.Information,
		"total_benefit_eur":         euro(got.BenefitCents),
		"total_cost_eur":            euro(got.CostCents),
		"profit_eur":                euro(got.ProfitCents),
		"rocm_pct":                  *got.RoCMPct,
		"cost_per_complaint_eur":    *got.PerComplaint / 100,
	}
	if diff := cmp.Diff(c.Expected, fields, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("worked case (-) and figures (+) differ:\n%s", diff)
	}
}

func TestNoCostAndNoComplaintsGiveNoRatio(t *testing.T) {
	if got := Of(Case{}); got.RoCMPct != nil || got.PerComplaint != nil || got.ProfitCents != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestWordOfMouthOfTheDisappointedCosts(t *testing.T) {
	a := Assumptions{MarginCents: 9000, Positive: 3, Conversion: 0.01, Negative: 10, LossConversion: 0.005}
	if got := Of(Case{Complaints: 10, Convinced: 1, Disappointed: 9, Assumptions: a}); got.WordOfMouthCents != -3780 || got.BenefitCents != -3780 {
		t.Errorf("got %+v", got)
	}
}

func TestAmountsRoundHalfAwayFromZero(t *testing.T) {
	for in, want := range map[float64]int64{0.5: 1, -0.5: -1, 2.5: 3, 1.49: 1, 1e300: 1e17, -1e300: -1e17} {
		if got := Cents(in); got != want {
			t.Errorf("%v: %d, want %d", in, got, want)
		}
	}
}

func TestSumsAddUpToTheCent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share, amount := rapid.Float64Range(0, 1), rapid.Int64Range(0, 1e9)
		c := Case{
			Complaints: rapid.Int64Range(0, 1e6).Draw(t, "complaints"), InformationCents: amount.Draw(t, "information"),
			Assumptions: Assumptions{
				WouldHaveLeft: share.Draw(t, "left"), Retained: share.Draw(t, "retained"), MarginCents: amount.Draw(t, "margin"),
				Years: rapid.Float64Range(0, 20).Draw(t, "years"), Positive: 3, Conversion: share.Draw(t, "won"), Negative: 10, LossConversion: share.Draw(t, "lost"),
			},
			Costs: Costs{amount.Draw(t, "personnel"), amount.Draw(t, "it"), amount.Draw(t, "mail"), amount.Draw(t, "compensation")},
		}
		c.Convinced = share.Draw(t, "convinced") * float64(c.Complaints)
		c.Disappointed = float64(c.Complaints) - c.Convinced
		f := Of(c)
		if f.BenefitCents != f.RetentionCents+f.WordOfMouthCents+c.InformationCents || f.CostCents != c.Costs.Sum() || f.ProfitCents != f.BenefitCents-f.CostCents {
			t.Fatalf("%+v does not add up", f)
		}
		if f.RoCMPct != nil && (math.IsNaN(*f.RoCMPct) || math.Signbit(*f.RoCMPct) != (f.ProfitCents < 0)) {
			t.Fatalf("return %v of a profit of %d", *f.RoCMPct, f.ProfitCents)
		}
	})
}
