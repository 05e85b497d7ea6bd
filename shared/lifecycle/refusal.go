package lifecycle

// Refusal says why a command was not carried out. Nothing has changed.
type Refusal struct {
	Code   Code
	Field  string // of the command, as the JSON interface names it; empty: the case is not in a state for it
	Detail string // an English sentence without anything personal
}

func (r *Refusal) Error() string { return r.Detail }

// Code says what kind of refusal it is.
type Code string

// The codes. Conflict tells which of them are about the state of the case.
const (
	IllegalTransition Code = "illegal_transition" // not from this status
	Forbidden         Code = "forbidden"          // not by this actor, or not by the same person
	TooLate           Code = "too_late"           // the time for it is over
	AlreadyDone       Code = "already_done"       // once is all
	WaitingApproval   Code = "waiting_approval"   // a compensation still waits for approval
	NothingOpen       Code = "nothing_open"       // no escalation is left to see or to handle

	Missing         Code = "missing"           // Field is required
	Invalid         Code = "invalid"           // Field is not what it can be
	Unknown         Code = "unknown"           // Field names nothing that is configured or there
	Unexpected      Code = "unexpected"        // Field is not for this command
	OverLimit       Code = "over_limit"        // the sum of compensations would pass the limit
	ReasonRequired  Code = "reason_required"   // a severity is lowered, or a complaint rejected, without words that say why
	RootCauseNeeded Code = "root_cause_needed" // a case is not closed without one
)

// Conflict reports whether the state of the case is why: a later try may go
// through. Else the command itself is at fault.
func (c Code) Conflict() bool {
	switch c {
	case IllegalTransition, Forbidden, TooLate, AlreadyDone, WaitingApproval, NothingOpen:
		return true
	}
	return false
}
