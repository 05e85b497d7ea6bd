// Package lifecycle decides what may happen to a case and what follows from it:
// commands of staff, words of the customer, the passing of deadlines. Everything
// is a pure function of the case, of what is asked and of a clock that is passed
// in; whoever calls keeps the result, state and entries in one transaction. No
// function changes the case it is given.
//
// The statuses and their edges are those of the case lifecycle of the domain:
//
//	draft             → received | dismissed
//	received          → acknowledged | duplicate | withdrawn
//	acknowledged      → assessed
//	assessed          → in_investigation
//	in_investigation  ↔ awaiting_customer
//	in_investigation  → decided → resolved → closed
//	resolved | closed → reopened → in_investigation
//	any open complaint → withdrawn
package lifecycle

import (
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/sla"
)

// Rules are what is configured about the handling of cases. Every field is set but
// Threatens, without which no words do; no function returns nil.
type Rules struct {
	Policy                                  func(id string) *sla.Policy // unknown or empty: the default one
	Route                                   func(t feedback.Touchpoint, category string) Route
	Severity                                func(category string) casefile.Severity
	FollowUp                                func(category string) bool                   // a complaint about how complaints are handled
	Threatens                               func(words string) bool                      // with the law or the media: critical, whatever it is about
	Limit                                   func(category string) (limit, approve int64) // cents of one case: beyond limit nothing, beyond approve with approval
	Knows                                   func(list List, code string) bool            // whether a code is configured
	ReopenDays, SurveyDays, DisappointedMax int
	Recipients                              func(team string) int // length of the team's chain
	StepAfter                               time.Duration         // from telling one recipient to telling the next
	CriticalStep                            time.Duration         // the same in a critical case
	Print                                   string                // fingerprint of policies, calendars and routes
}

// Route says who handles a complaint, and by which policy.
type Route struct{ Team, Owner, Policy string }

// List names a list of configured codes.
type List string

// The lists.
const (
	Categories       List = "categories"
	RootCauses       List = "root_causes"
	RejectionReasons List = "rejection_reasons"
	DismissalReasons List = "dismissal_reasons"
	Teams            List = "teams"
)

// The rules that escalate a complaint from within its handling, and those that
// open it. Packages that raise others name them.
const (
	ComplaintReceived        = "COMPLAINT_RECEIVED"
	CriticalSeverity         = "CRITICAL_SEVERITY"
	FollowUpComplaint        = "FOLLOW_UP_COMPLAINT"
	SLAAtRisk                = "SLA_AT_RISK"
	SLABreach                = "SLA_BREACH"
	DisappointedAfterClosure = "DISAPPOINTED_AFTER_CLOSURE"
	RootCauseMissing         = "ROOT_CAUSE_MISSING" // it could be closed, but nobody said why it came to be
	StillOpen                = "STILL_OPEN"         // nothing else is left for the clock: the whole chain was told, or the customer was asked
)

// Opening is what a complaint itself does not tell.
type Opening struct {
	Notifiable  bool   // an address of the customer is known
	CustomerKey string // empty: anonymous
	Attempt     int    // of the case's number; see casefile.NumberOf
}

// Command asks for one step of a case. Fields that Do does not use are refused.
type Command struct {
	Do    casefile.Action
	Cause feedback.EventID // of the entries; whether it was done before is for the caller to check

	// Words go to the customer with Asking, Answering, Deciding and Resolving, are
	// the customer's own with Replying, Reopening, Accepting, Rating and
	// Withdrawing by the customer, and stay among staff else.
	Words *casefile.Words

	Severity         casefile.Severity
	Urgency          casefile.Urgency
	Category         string
	Team, Owner      string // Deciding: Owner answers for the decision; empty: the owner of the case, else who decides
	Reason           string // Dismissing, Deciding a rejection, Refusing: a code
	RootCause        string // Assessing, Investigating, Deciding, Resolving, Closing
	CorrectiveAction string // Linking: id
	ID               string // Approving, Declining: of the compensation
	Rule, Clock      string // Seeing, Handled: of the escalations; empty: all. Answering: Clock is the preset of which this is the holding reply
	Outcome          casefile.DecisionOutcome
	Compensation     *casefile.Compensation // Type, Kind and Cents
	Duplicate        casefile.Number        // the case that goes on
	Stars            int                    // Rating
	Attachment       *casefile.Attachment
	Bytes            int64 // Refusing: length of what was refused
}
