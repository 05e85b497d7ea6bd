package fcr_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/shared/domaincases"
	"resonanz/shared/fcr"
	"resonanz/shared/satisfaction"
)

// told is a contact as the worked case writes it.
type told struct {
	ID         string
	Customer   string
	Topic      string
	At         time.Time
	Resolved   bool
	FirstLevel bool `json:"first_level"`
}

// link puts the contacts of each customer and topic beside each other.
func link(all []told) []fcr.Contact {
	out := make([]fcr.Contact, len(all))
	last := map[[2]string]int{}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return all[a].At.Compare(all[b].At) })
	for _, i := range order {
		c := all[i]
		out[i] = fcr.Contact{At: c.At, Known: c.Customer != "", Told: true, Resolved: c.Resolved, Beyond: !c.FirstLevel}
		if c.Customer == "" {
			continue
		}
		who := [2]string{c.Customer, c.Topic}
		if before, ok := last[who]; ok {
			out[i].Previous, out[before].Next = all[before].At, c.At
		}
		last[who] = i
	}
	return out
}

func TestCase10FirstContactResolution(t *testing.T) {
	type figures struct {
		Initial   []string              `json:"initial_contacts"`
		Resolved  []string              `json:"fcr_contacts"`
		Immature  []string              `json:"immature"`
		Anonymous []string              `json:"anonymous_excluded"`
		N         int64                 `json:"n"`
		Gross     float64               `json:"fcr_gross_pct"`
		Net       float64               `json:"fcr_net_pct"`
		GrossCI   satisfaction.Interval `json:"fcr_gross_ci95_pct"`
	}
	var c struct {
		Input struct {
			Window   string `json:"repeat_window"`
			Contacts []told
			Survey   struct {
				Yes, No  int64
				NoAnswer int64 `json:"no_answer"`
			}
		}
		Expected struct {
			First    figures               `json:"as_of_2026-04-01T04:00:00Z"`
			Second   figures               `json:"as_of_2026-04-08T04:00:00Z"`
			Survey   float64               `json:"survey_fcr_pct"`
			SurveyCI satisfaction.Interval `json:"survey_ci95_pct"`
		}
	}
	domaincases.Load(t, "10", &c)
	if c.Input.Window != "P7D" || fcr.Window != 7*24*time.Hour {
		t.Fatalf("window %s, want seven days", c.Input.Window)
	}
	april := time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC)
	contacts := link(c.Input.Contacts)
	for asOf, want := range map[string]figures{"2026-04-01T04:00:00Z": c.Expected.First, "2026-04-08T04:00:00Z": c.Expected.Second} {
		at, err := time.Parse(time.RFC3339, asOf)
		if err != nil {
			t.Fatal(err)
		}
		got := figures{Initial: []string{}, Resolved: []string{}, Immature: []string{}, Anonymous: []string{}}
		var tally fcr.Tally
		for i, contact := range contacts {
			if !contact.At.Before(april) {
				continue
			}
			if contact.Next.After(at) { // not known yet
				contact.Next = time.Time{}
			}
			id := c.Input.Contacts[i].ID
			standing, resolved := contact.Of(at, fcr.Window)
			switch standing {
			case fcr.Counted:
				got.Initial = append(got.Initial, id)
				if resolved {
					got.Resolved = append(got.Resolved, id)
				}
			case fcr.Immature:
				got.Immature = append(got.Immature, id)
			case fcr.Anonymous:
				got.Anonymous = append(got.Anonymous, id)
			}
			tally.Add(&contact, at, fcr.Window)
		}
		got.N, got.Gross, got.Net, got.GrossCI = tally.N, *tally.Gross().Pct, *tally.Net().Pct, *tally.Gross().CI95
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
			t.Errorf("as of %s (-want +got):\n%s", asOf, diff)
		}
		if tally.Resolved != int64(len(got.Resolved)) || tally.Immature != int64(len(got.Immature)) || tally.Anonymous != int64(len(got.Anonymous)) {
			t.Errorf("as of %s: the tally %+v does not count what the contacts say", asOf, tally)
		}
	}
	survey := fcr.Surveyed(c.Input.Survey.Yes, c.Input.Survey.No)
	if diff := cmp.Diff(c.Expected.Survey, *survey.Pct, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("surveyed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(c.Expected.SurveyCI, *survey.CI95, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("surveyed (-want +got):\n%s", diff)
	}
}

func TestAContactOfUnknownOutcomeIsNeitherResolvedNorNot(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var tally fcr.Tally
	tally.Add(&fcr.Contact{At: at, Known: true}, at.AddDate(0, 1, 0), fcr.Window)
	if diff := cmp.Diff(fcr.Tally{Unknown: 1}, tally); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if tally.Gross() != (fcr.Rate{}) || tally.Net() != (fcr.Rate{}) || fcr.Surveyed(0, 0) != (fcr.Rate{}) {
		t.Error("a rate of nothing is defined")
	}
}

func TestEveryContactHasOneStandingAndNoMoreAreResolvedThanCounted(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.Custom(func(t *rapid.T) told {
			return told{
				Customer: rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "customer"),
				Topic:    rapid.SampledFrom([]string{"billing", "delivery"}).Draw(t, "topic"),
				At:       start.Add(time.Duration(rapid.IntRange(0, 60*24).Draw(t, "hour")) * time.Hour),
				Resolved: rapid.Bool().Draw(t, "resolved"), FirstLevel: rapid.Bool().Draw(t, "first level"),
			}
		})).Draw(t, "contacts")
		asOf := start.Add(time.Duration(rapid.IntRange(0, 90*24).Draw(t, "as of")) * time.Hour)
		var tally fcr.Tally
		repeats := int64(0)
		for _, c := range link(all) {
			tally.Add(&c, asOf, fcr.Window)
			if standing, _ := c.Of(asOf, fcr.Window); standing == fcr.Repeat {
				repeats++
			}
		}
		if n := tally.N + tally.Immature + tally.Anonymous + tally.Unknown + repeats; n != int64(len(all)) {
			t.Fatalf("%d contacts have a standing, of %d", n, len(all))
		}
		if tally.Resolved > tally.N || tally.NetN > tally.N || tally.NetResolved > tally.NetN || tally.NetResolved > tally.Resolved {
			t.Fatalf("%+v: a part is larger than its whole", tally)
		}
	})
}
