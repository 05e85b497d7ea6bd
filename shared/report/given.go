package report

import (
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Given is what a report is built from besides its facts and the configuration.
// It is kept beside each version, so that anybody can build the version again
// to the same bytes. Everything in it is optional.
type Given struct {
	// Contacts of the period by touchpoint, where the owner knows them.
	Contacts map[feedback.Touchpoint]int64 `json:"contacts,omitempty"`
	// Inherited says that a group has the contacts that the whole was told.
	Inherited bool            `json:"contacts_of_the_whole,omitempty"`
	Survey    *Survey         `json:"survey,omitempty"`
	Costs     *Costs          `json:"costs,omitempty"`
	Observed  *Observed       `json:"observed,omitempty"`
	Evidence  *Reconciliation `json:"evidence,omitempty"`
	Actions   []Action        `json:"actions,omitempty"` // in order of the id
	History   []Past          `json:"history,omitempty"` // months before, oldest first; a month may be missing
	Restates  *Restates       `json:"restates,omitempty"`
	// Unread are the files of facts that could not be read; they are named in
	// section 3 and their facts are missing from every figure.
	Unread []Unread `json:"unread,omitempty"`
	// Seen is when a version that is not preliminary was made: it lists the late
	// events received before, and not those of whenever it is built again. Zero:
	// every one.
	Seen time.Time `json:"seen,omitzero"`
}

// Survey is what a survey among customers found: worked case 12. All are numbers
// of persons or complaints.
type Survey struct {
	Respondents  int64 `json:"respondents"`
	Dissatisfied int64 `json:"dissatisfied"`                    // of the respondents
	Complained   int64 `json:"of_them_complained"`              // of the dissatisfied
	Registered   int64 `json:"of_complaints_found_in_register"` // of those who complained
}

// Costs are the month's costs of handling complaints in cents, where they are
// known better than by the configured assumptions.
type Costs struct {
	PersonnelCents     int64 `json:"personnel_cents"`
	ITAdminCents       int64 `json:"it_admin_cents"`
	CommunicationCents int64 `json:"communication_cents"`
	// CompensationCents; nil: the sum of the compensations promised in the period.
	CompensationCents       *int64 `json:"compensation_cents,omitempty"`
	InformationBenefitCents int64  `json:"information_benefit_cents"`
}

// Observed are counts that no fact holds, from the functions' metrics; nil: not
// measured.
type Observed struct {
	Accepted     *int64 `json:"accepted,omitempty"`       // events that were answered with success
	Rejected     *int64 `json:"rejected,omitempty"`       // requests that were refused for what they held
	LinksOpened  *int64 `json:"links_opened,omitempty"`   // looks at a rating page of which no vote was known
	AlreadyRated *int64 `json:"links_reopened,omitempty"` // looks at the page of a response that had its vote
}

// Reconciliation is how the period adds up between the table and the facts: the
// technical part of evidence controlling.
type Reconciliation struct {
	At        time.Time `json:"at"`        // events received before it were compared
	Stored    int64     `json:"stored"`    // events of the period in the table
	Delivered int64     `json:"delivered"` // facts of different events
	Missing   int64     `json:"missing"`   // stored and not delivered
	Unknown   int64     `json:"unknown"`   // delivered and not stored
	// Steps of cases: those stored, and those that have their fact.
	StepsStored    int64 `json:"steps_stored"`
	StepsDelivered int64 `json:"steps_delivered"`
}

// Whole reports whether nothing is missing and nothing unknown.
func (r *Reconciliation) Whole() bool {
	return r.Missing == 0 && r.Unknown == 0 && r.StepsStored == r.StepsDelivered
}

// Action is a corrective action as staff recorded it.
type Action struct {
	ID       string    `json:"id"`
	Category string    `json:"category"`
	Title    string    `json:"title"`
	StartsAt time.Time `json:"starts_at"`
	DoneAt   time.Time `json:"done_at,omitzero"` // zero: not yet
}

// Unread is a file of facts that could not be read.
type Unread struct {
	Object string `json:"object"`
	Reason string `json:"reason"` // corrupt, truncated, schema_version, missing_column
}

// Past is what trends need of an earlier month: figures of its published report, or
// those that its facts give where none was published.
type Past struct {
	Period      period.Period                      `json:"period"`
	Status      Status                             `json:"status"` // of that report, or of one with the same facts
	Counts      PastCounts                         `json:"counts"`
	Touchpoints map[feedback.Touchpoint]PastCounts `json:"touchpoints"`
	Categories  map[string]int64                   `json:"categories"` // complaints received
	NPS         NPSCounts                          `json:"nps"`
}

// PastCounts are the counts of a month, or of a touchpoint in it.
type PastCounts struct {
	N          int64 `json:"n"`
	Satisfied  int64 `json:"satisfied"`
	Low        int64 `json:"low"` // the two lowest ratings of each scale
	Complaints int64 `json:"complaints"`
	Contacts   int64 `json:"contacts"` // 0: not known
	// AtContacts are the complaints at the touchpoints whose contacts are known.
	AtContacts int64 `json:"complaints_at_known_contacts"`
}

// NPSCounts are the answers to the question for a recommendation.
type NPSCounts struct {
	Promoters  int64 `json:"promoters"`  // 9 and 10
	Passives   int64 `json:"passives"`   // 7 and 8
	Detractors int64 `json:"detractors"` // 0 to 6
}

// Restates are the figures of the version that a restatement replaces.
type Restates struct {
	Version int                 `json:"version"`
	Cutoff  time.Time           `json:"cutoff"`
	Hash    string              `json:"data_hash"`
	Figures map[string]*float64 `json:"figures"` // by path in report.json; see Figures
}
