package satisfaction_test

import (
	"testing"

	"resonanz/shared/domaincases"
	. "resonanz/shared/satisfaction"
)

func TestCase15ComplaintSatisfactionAndTheGapToExpectation(t *testing.T) {
	var c struct {
		Input struct {
			Asked   int64    `json:"closed_complaints_surveyed"`
			Answers []int    `json:"complaint_satisfaction_1_5"`
			Pairs   [][2]int `json:"expectation_performance_pairs_1_5"`
		}
		Expected map[string]any
	}
	domaincases.Load(t, "15", &c)
	want := c.Expected
	figures, gap := want["complaint_satisfaction"].(map[string]any), want["disconfirmation"].(map[string]any)
	delete(want, "complaint_satisfaction")
	delete(want, "disconfirmation")

	got := HandledOf(tally(t, Stars5, c.Input.Answers...), c.Input.Asked)
	checkFields(t, "handled", got, want)
	checkFields(t, "complaint satisfaction", got.Figures, figures)

	var g Gaps
	for _, p := range c.Input.Pairs {
		g.Add(p[0], p[1])
	}
	checkFields(t, "disconfirmation", g.Disconfirmation(), gap)
}

func TestNobodyAnsweredIsNull(t *testing.T) {
	got := HandledOf(tally(t, Stars5), 0)
	if got.ResponseRatePct != nil || got.ConvincedPct != nil || got.DisappointedPct != nil || got.Figures.CSATPct != nil {
		t.Errorf("%+v, want nothing", got)
	}
	if got := HandledOf(tally(t, Stars5), 4); *got.ResponseRatePct != 0 {
		t.Errorf("response rate %v, want 0 of 4", *got.ResponseRatePct)
	}
	if d := new(Gaps).Disconfirmation(); d.MeanGap != nil {
		t.Error("a gap of nobody")
	}
}
