package satisfaction_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/shared/domaincases"
	. "resonanz/shared/satisfaction"
)

var within = cmp.Options{cmpopts.EquateApprox(0, domaincases.Tolerance), cmpopts.EquateEmpty()}

// checkFields compares the fields that want names with those of got's JSON.
func checkFields(t *testing.T, what string, got any, want map[string]any) {
	t.Helper()
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	named := map[string]any{}
	for k := range want {
		if v, ok := all[k]; ok {
			named[k] = v
		}
	}
	if diff := cmp.Diff(want, named, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("%s: worked case (-) and figures (+) differ:\n%s", what, diff)
	}
}

func tally(t testing.TB, s Scale, ratings ...int) Tally {
	t.Helper()
	out, err := NewTally(s, ratings...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCase01Stars(t *testing.T) {
	var c struct {
		Input    struct{ Ratings []int }
		Expected map[string]any
	}
	domaincases.Load(t, "01", &c)
	checkFields(t, "stars", tally(t, Stars5, c.Input.Ratings...).Figures(), c.Expected)
}

func TestCase02OneToTenAndMixedScales(t *testing.T) {
	var c struct {
		Input struct {
			Stars []int `json:"stars_1_5"`
			Ten   []int `json:"scale_1_10"`
		}
		Expected struct {
			Top2   map[string]any `json:"scale_1_10_top2"`
			Top3   map[string]any `json:"scale_1_10_top3"`
			Pooled map[string]any `json:"pooled"`
		}
	}
	domaincases.Load(t, "02", &c)
	stars, ten := tally(t, Stars5, c.Input.Stars...), tally(t, CSAT10(2), c.Input.Ten...)
	top3 := tally(t, CSAT10(3), c.Input.Ten...).Figures()
	checkFields(t, "top-2", ten.Figures(), c.Expected.Top2)
	checkFields(t, "top-3", top3, c.Expected.Top3)
	if want := "8-10 of 10 (top-3)"; top3.TopBox != want {
		t.Errorf("top-3 is labelled %q, want %q", top3.TopBox, want)
	}

	pooled := Pool(stars, ten)
	if raw, named := c.Expected.Pooled["raw_mean"]; !named || raw != nil {
		t.Fatalf("the case no longer asks for a null raw mean: %v", raw)
	}
	delete(c.Expected.Pooled, "raw_mean")
	checkFields(t, "pooled", pooled, c.Expected.Pooled)
	if pooled.Mean != nil || pooled.Median != nil || pooled.Stdev != nil || pooled.Distribution != nil {
		t.Errorf("mixed scales: mean %v, median %v, stdev %v, distribution %v, want none", pooled.Mean, pooled.Median, pooled.Stdev, pooled.Distribution)
	}
	if want := "9-10 of 10 + 4-5 of 5"; pooled.TopBox != want {
		t.Errorf("pooled top box is labelled %q, want %q", pooled.TopBox, want)
	}
	if diff := cmp.Diff(Pool(ten, stars), pooled); diff != "" {
		t.Errorf("pooling depends on the order:\n%s", diff)
	}
}

func TestCase04NoDataIsNullNotZero(t *testing.T) {
	var c struct{ Expected struct{ CSAT map[string]any } }
	domaincases.Load(t, "04", &c)
	checkFields(t, "no data", Pool(tally(t, Stars5)), c.Expected.CSAT)
	if got := Percent(0, 0); got != nil {
		t.Errorf("response rate of no invitations is %v, want none", *got)
	}
	if got := ChangeOf(Proportion{}, Proportion{N: 3, Satisfied: 2}); got != (Change{Verdict: NoData}) {
		t.Errorf("change from nothing is %+v, want no data", got)
	}
}

func TestCase05SingleResponse(t *testing.T) {
	var c struct {
		Input struct {
			Ratings    []int
			Minimum    int `json:"display_minimum_n"`
			Indicative int `json:"indicative_minimum_n"`
		}
		Expected struct {
			CSAT         map[string]any
			Reliability  Reliability
			Dissatisfied map[string]any `json:"csat_one_dissatisfied"`
		}
	}
	domaincases.Load(t, "05", &c)
	checkFields(t, "one satisfied", tally(t, Stars5, c.Input.Ratings...).Figures(), c.Expected.CSAT)
	checkFields(t, "one dissatisfied", tally(t, Stars5, 1).Figures(), c.Expected.Dissatisfied)
	if got := ReliabilityOf(1, c.Input.Minimum, c.Input.Indicative); got != c.Expected.Reliability {
		t.Errorf("reliability of one is %s, want %s", got, c.Expected.Reliability)
	}
	for n, want := range map[int64]Reliability{0: Suppressed, 4: Suppressed, 5: Indicative, 29: Indicative, 30: Reliable} {
		if got := ReliabilityOf(n, c.Input.Minimum, c.Input.Indicative); got != want {
			t.Errorf("reliability of %d is %s, want %s", n, got, want)
		}
	}
}

func TestCase16ChangeAndWeighting(t *testing.T) {
	type pair [2]int64
	var c struct {
		Input struct {
			Change     []struct{ This, Previous pair }
			Channels   map[string]struct{ N, Satisfied, Contacts int64 }
			Margins    []float64
			Population int64
		}
		Expected struct {
			Change []struct {
				Delta       float64  `json:"delta_pp"`
				CI          Interval `json:"ci95_pp"`
				Significant bool
			}
			Pooled   float64          `json:"pooled_csat_pct"`
			Weighted float64          `json:"contact_weighted_csat_pct"`
			SE       float64          `json:"contact_weighted_se_pp"`
			Size     map[string]int64 `json:"sample_size"`
		}
	}
	domaincases.Load(t, "16", &c)
	for i, in := range c.Input.Change {
		got := ChangeOf(Proportion{in.This[1], in.This[0]}, Proportion{in.Previous[1], in.Previous[0]})
		want := c.Expected.Change[i]
		verdict := NoDetectable
		if want.Significant {
			verdict = Improved
		}
		if diff := cmp.Diff(Change{&want.Delta, &want.CI, verdict}, got, within); diff != "" {
			t.Errorf("change %d (-want +got):\n%s", i, diff)
		}
		back := ChangeOf(Proportion{in.Previous[1], in.Previous[0]}, Proportion{in.This[1], in.This[0]})
		if want.Significant != (back.Verdict == Declined) {
			t.Errorf("change %d the other way round: verdict %q", i, back.Verdict)
		}
	}
	var strata []Stratum
	var n, satisfied int64
	for _, s := range c.Input.Channels {
		strata = append(strata, Stratum{Proportion{s.N, s.Satisfied}, s.Contacts})
		n, satisfied = n+s.N, satisfied+s.Satisfied
	}
	if diff := cmp.Diff(&c.Expected.Pooled, Percent(satisfied, n), within); diff != "" {
		t.Errorf("pooled CSAT (-want +got):\n%s", diff)
	}
	sizes := map[string]int64{}
	for _, e := range c.Input.Margins {
		sizes[fmt.Sprintf("e_%.0fpp", 100*e)] = SampleSize(e, 0)
	}
	smallest := slices.Min(c.Input.Margins)
	sizes[fmt.Sprintf("e_%.0fpp_population_%d", 100*smallest, c.Input.Population)] = SampleSize(smallest, c.Input.Population)
	if diff := cmp.Diff(c.Expected.Size, sizes); diff != "" {
		t.Errorf("sample sizes (-want +got):\n%s", diff)
	}
	pct, se := ContactWeighted(strata)
	if diff := cmp.Diff([]*float64{&c.Expected.Weighted, &c.Expected.SE}, []*float64{pct, se}, within); diff != "" {
		t.Errorf("contact-weighted CSAT and its error (-want +got):\n%s", diff)
	}
}

func TestCase17RoundingTies(t *testing.T) {
	var c struct {
		Input struct {
			Values []struct {
				Value  float64
				Places int
			}
			Counts Distribution `json:"distribution_counts"`
		}
		Expected struct {
			Display []string
			Shares  map[string]float64 `json:"distribution_display_pct"`
		}
	}
	domaincases.Load(t, "17", &c)
	for i, v := range c.Input.Values {
		if got := Round(v.Value, v.Places); got != c.Expected.Display[i] {
			t.Errorf("Round(%v, %d) = %q, want %q", v.Value, v.Places, got, c.Expected.Display[i])
		}
	}
	shares := map[string]float64{}
	for _, s := range c.Input.Counts.Shares(0) {
		shares[fmt.Sprint(s.Rating)] = s.Percent(0)
	}
	if diff := cmp.Diff(c.Expected.Shares, shares); diff != "" {
		t.Errorf("distribution for display (-want +got):\n%s", diff)
	}
}

func TestCase20SmallCells(t *testing.T) {
	var c struct {
		Input struct {
			Minimum int `json:"minimum_cell_n"`
		}
		Expected struct {
			ByEmployee map[string]struct {
				N          int64
				Suppressed bool
			} `json:"by_employee"`
			Complementary struct {
				Cells      map[string]int64 `json:"input_cells"`
				Shown      []string
				Suppressed []string
			}
		}
	}
	domaincases.Load(t, "20", &c)
	hidden := func(cells []Cell) map[string]bool {
		out := map[string]bool{}
		for i, h := range Suppress(cells, c.Input.Minimum) {
			out[cells[i].Name] = h
		}
		return out
	}
	var cells []Cell
	want := map[string]bool{}
	for name, e := range c.Expected.ByEmployee {
		cells = append(cells, Cell{name, e.N})
		want[name] = e.Suppressed
	}
	if diff := cmp.Diff(want, hidden(cells)); diff != "" {
		t.Errorf("cells below the minimum (-want +got):\n%s", diff)
	}

	cells, want = nil, map[string]bool{}
	for name, n := range c.Expected.Complementary.Cells {
		cells = append(cells, Cell{name, n})
	}
	for _, name := range c.Expected.Complementary.Shown {
		want[name] = false
	}
	for _, name := range c.Expected.Complementary.Suppressed {
		want[name] = true
	}
	if diff := cmp.Diff(want, hidden(cells)); diff != "" {
		t.Errorf("complementary suppression (-want +got):\n%s", diff)
	}
}
