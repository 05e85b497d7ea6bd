package attach

// Reason says why a file was not taken: a code for the timeline of the case.
type Reason string

// The reasons.
const (
	WrongType Reason = "wrong_type" // neither an image nor a PDF that is taken, whatever its name says
	Broken    Reason = "broken"     // cut short or damaged
	Ambiguous Reason = "ambiguous"  // other programs would read it as something else
	TooLarge  Reason = "too_large"
	Empty     Reason = "empty"
	TooMany   Reason = "too_many"   // the case has as many files as it can have
	CaseEnded Reason = "case_ended" // nothing can be added any more
)
