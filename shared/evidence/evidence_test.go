package evidence

import (
	"encoding/json"
	"errors"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/shared/domaincases"
	"resonanz/shared/satisfaction"
)

func TestCase12EvidenceControlling(t *testing.T) {
	var c struct {
		Input struct {
			Survey struct {
				Respondents  int64 `json:"respondents"`
				Dissatisfied int64 `json:"dissatisfied"`
				Complained   int64 `json:"of_them_complained"`
				Registered   int64 `json:"of_complaints_found_in_register"`
			}
			Month struct {
				Registered int64 `json:"registered_complaints"`
				Contacts   int64 `json:"contacts"`
				Delivered  int64 `json:"invitations_delivered"`
				Responses  int64 `json:"responses"`
			}
		}
		Expected map[string]any
	}
	domaincases.Load(t, "12", &c)
	survey, month := Survey(c.Input.Survey), c.Input.Month
	rates, err := Of(survey)
	if err != nil {
		t.Fatal(err)
	}
	customers, between := survey.Estimate(month.Registered)
	rate, _ := satisfaction.Rate(month.Registered, month.Contacts, 1000)
	got := fields(t, rates)
	maps.Copy(got, fields(t, map[string]any{
		"estimated_dissatisfied_customers": customers,
		"estimated_range":                  between,
		"complaint_rate_per_1000_contacts": rate,
		"response_rate_pct":                satisfaction.Percent(month.Responses, month.Delivered),
	}))
	if diff := cmp.Diff(c.Expected, got, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("worked case (-) and rates (+) differ:\n%s", diff)
	}
}

// fields are the members of v's JSON.
func fields(t *testing.T, v any) (out map[string]any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestASurveyWhosePartsAreGreaterThanTheirWholeIsRefused(t *testing.T) {
	for _, s := range []Survey{
		{Respondents: 10, Dissatisfied: 11}, {Respondents: 10, Dissatisfied: 5, Complained: 6},
		{Respondents: 10, Dissatisfied: 5, Complained: 4, Registered: 5}, {Respondents: 10, Dissatisfied: 5, Complained: 4, Registered: -1},
	} {
		if _, err := Of(s); !errors.Is(err, ErrInconsistent) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestNobodyFoundInTheRegisterSaysNothingAboutTheRest(t *testing.T) {
	s := Survey{Respondents: 100, Dissatisfied: 20, Complained: 5}
	rates, err := Of(s)
	if err != nil || *rates.Evidence != 0 || rates.EvidenceCI.Lo() != 0 {
		t.Errorf("%+v, %v", rates, err)
	}
	if n, between := s.Estimate(150); n != nil || between != nil {
		t.Errorf("estimated %v, %v", n, between)
	}
	if rates, err := Of(Survey{Respondents: 100}); err != nil || rates.Articulation != nil || rates.Evidence != nil || *rates.Annoyance != 0 {
		t.Errorf("nobody dissatisfied: %+v, %v", rates, err)
	}
}

func TestEvidenceIsArticulationTimesRegistration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Survey{Respondents: rapid.Int64Range(1, 1e6).Draw(t, "respondents")}
		s.Dissatisfied = rapid.Int64Range(0, s.Respondents).Draw(t, "dissatisfied")
		s.Complained = rapid.Int64Range(0, s.Dissatisfied).Draw(t, "complained")
		s.Registered = rapid.Int64Range(0, s.Complained).Draw(t, "registered")
		r, err := Of(s)
		if err != nil {
			t.Fatal(err)
		}
		if r.Registration != nil {
			if product := *r.Articulation * *r.Registration / 100; !near(product, *r.Evidence) {
				t.Fatalf("%v · %v is not %v", *r.Articulation, *r.Registration, *r.Evidence)
			}
		}
		registered := rapid.Int64Range(0, 1e6).Draw(t, "complaints")
		if n, between := s.Estimate(registered); n != nil && (*n < float64(registered) || *n < between.Lo()-1e-6 || *n > between.Hi()+1e-6) {
			t.Fatalf("%v customers behind %d complaints, between %v", *n, registered, *between)
		}
	})
}

func near(a, b float64) bool { return a-b < 1e-9*(1+b) && b-a < 1e-9*(1+b) }
