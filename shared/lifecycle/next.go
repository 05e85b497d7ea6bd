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
	CustomerAnswer  StepName = "customer_reply" // the customer was asked; the clock stands still
	Communication   StepName = "resolution"     // the decision is told
	Acceptance      StepName = "acceptance"     // the customer may accept or disagree; else the case closes at DueAt
	ClosingStep     StepName = "closing"        // staff close what the customer accepted, or what nothing was said of
	Survey          StepName = "survey"         // the customer may rate the handling until DueAt
)

// Next is what happens next with c, and by when.
func Next(c casefile.Case, r Rules) Step { return Step{Name: NoStep} }

// Allowed lists the commands that an actor of this kind may give now, in the
// order in which they come up in a lifecycle. Whether their fields hold is for
// Apply to say.
func Allowed(c casefile.Case, kind casefile.ActorKind, now time.Time, r Rules) []casefile.Action {
	return nil
}
