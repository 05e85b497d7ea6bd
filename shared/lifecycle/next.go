package lifecycle

import (
	"time"

	"resonanz/shared/casefile"
)

// Step is what happens next, and by when.
type Step struct {
	Name  StepName  `json:"step"`
	DueAt time.Time `json:"due_at,omitzero"` // zero: no date
}

// StepName names what happens next.
type StepName string

// The steps.
const (
	NoStep          StepName = "none"     // the case has ended
	Triage          StepName = "triage"   // of a draft
	Handling        StepName = "handling" // of a case that is no complaint
	Acknowledgement StepName = "acknowledgement"
	FirstAnswer     StepName = "first_response" // a person answers
	DecisionStep    StepName = "decision"
	CustomerAnswer  StepName = "customer_reply" // the customer was asked; the clock stands still, a date is that of what does not wait: a regulatory deadline
	Communication   StepName = "resolution"     // the decision is told
	Acceptance      StepName = "acceptance"     // the customer may accept or disagree; else the case closes at DueAt
	ClosingStep     StepName = "closing"        // staff close what the customer accepted, or what nothing was said of
	Survey          StepName = "survey"         // the customer may rate the handling until DueAt
)

// Next is what happens next with c, and by when. A Survey whose time is over is
// for the caller to leave out.
func Next(c casefile.Case, r Rules) Step {
	if c.Family != casefile.Complaint && !c.Status.Ended() {
		return Step{Name: Handling, DueAt: c.DueAt}
	}
	switch c.Status {
	case casefile.Draft:
		return Step{Name: Triage, DueAt: c.DueAt}
	case casefile.Received:
		return Step{Name: Acknowledgement, DueAt: c.DueAt}
	case casefile.AwaitingCustomer:
		return Step{Name: CustomerAnswer, DueAt: c.DueAt}
	case casefile.Decided:
		return Step{Name: Communication, DueAt: c.DueAt}
	case casefile.Resolved:
		if accepted(&c) || unhandled(&c, RootCauseMissing, "") {
			return Step{Name: ClosingStep, DueAt: closesAt(&c, &r)}
		}
		return Step{Name: Acceptance, DueAt: closesAt(&c, &r)}
	case casefile.Closed:
		if c.Family == casefile.Complaint && c.Handling.Satisfaction == 0 {
			return Step{Name: Survey, DueAt: surveyEnds(&c, &r)}
		}
	case casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation, casefile.Reopened:
		if c.Handling.FirstResponseAt.IsZero() {
			return Step{Name: FirstAnswer, DueAt: c.DueAt}
		}
		return Step{Name: DecisionStep, DueAt: c.DueAt}
	}
	return Step{Name: NoStep}
}
