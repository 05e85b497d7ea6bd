// Package evidence says how much of customers' dissatisfaction a register of
// complaints shows: how many of the dissatisfied complain, how many of their
// complaints are registered, and how large what stays unseen is likely to be
// (evidence controlling; Stauss and Seidel, Complaint Management, 2019). It imports
// the standard library and the domain only. The rules are those of worked case 12.
package evidence

import (
	"errors"
	"math"

	"resonanz/shared/satisfaction"
)

// Survey is what a survey among customers found, each a part of the one before.
type Survey struct {
	Respondents  int64
	Dissatisfied int64 // of the respondents
	Complained   int64 // of the dissatisfied
	Registered   int64 // complaints found in the register, of those who complained
}

// ErrInconsistent says that a part is greater than its whole, or negative.
var ErrInconsistent = errors.New("the numbers of the survey are no parts of each other")

// Rates follow from a survey, in percent; nil: of nobody.
type Rates struct {
	Annoyance       *float64               `json:"annoyance_rate_pct"`    // dissatisfied of the respondents
	Articulation    *float64               `json:"articulation_rate_pct"` // who complained, of the dissatisfied
	ArticulationCI  *satisfaction.Interval `json:"articulation_ci95_pct"` // Wilson, as all of them
	NonArticulation *float64               `json:"non_articulation_rate_pct"`
	Registration    *float64               `json:"registration_rate_pct"` // registered of who complained
	RegistrationCI  *satisfaction.Interval `json:"registration_ci95_pct"`
	NonRegistration *float64               `json:"non_registration_rate_pct"`
	Evidence        *float64               `json:"evidence_rate_pct"` // articulation × registration: registered of the dissatisfied
	EvidenceCI      *satisfaction.Interval `json:"evidence_ci95_pct"`
}

// Of are the rates of s; ErrInconsistent where its numbers cannot be.
func Of(s Survey) (Rates, error) {
	if s.Registered < 0 || s.Registered > s.Complained || s.Complained > s.Dissatisfied || s.Dissatisfied > s.Respondents {
		return Rates{}, ErrInconsistent
	}
	return Rates{
		Annoyance:       satisfaction.Percent(s.Dissatisfied, s.Respondents),
		Articulation:    satisfaction.Percent(s.Complained, s.Dissatisfied),
		ArticulationCI:  satisfaction.Wilson(s.Complained, s.Dissatisfied),
		NonArticulation: satisfaction.Percent(s.Dissatisfied-s.Complained, s.Dissatisfied),
		Registration:    satisfaction.Percent(s.Registered, s.Complained),
		RegistrationCI:  satisfaction.Wilson(s.Registered, s.Complained),
		NonRegistration: satisfaction.Percent(s.Complained-s.Registered, s.Complained),
		Evidence:        satisfaction.Percent(s.Registered, s.Dissatisfied),
		EvidenceCI:      satisfaction.Wilson(s.Registered, s.Dissatisfied),
	}, nil
}

// Estimate is how many dissatisfied customers stand behind so many registered
// complaints: registered / evidence rate, and the same by both ends of its
// interval. Nil where the survey found none of the dissatisfied in the register:
// no number of complaints says then how many did not.
func (s Survey) Estimate(registered int64) (customers *float64, between *satisfaction.Interval) {
	ci := satisfaction.Wilson(s.Registered, s.Dissatisfied)
	if ci == nil || s.Registered <= 0 {
		return nil, nil
	}
	n := float64(registered) * float64(s.Dissatisfied) / float64(s.Registered)
	// What is registered was said by somebody: no end lies below it.
	least := math.Max(float64(registered), 100*float64(registered)/ci.Hi())
	return &n, &satisfaction.Interval{least, 100 * float64(registered) / ci.Lo()}
}
