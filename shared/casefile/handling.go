package casefile

import "time"

// Handling is what was done about a case. It holds nothing personal; what was
// written stands in the words of the timeline.
type Handling struct {
	Severity Severity `json:"severity,omitempty"`
	Urgency  Urgency  `json:"urgency,omitempty"`
	Team     string   `json:"team,omitempty"`  // configured id
	Owner    string   `json:"owner,omitempty"` // of the team: the subject of a token, or a code of the owner's

	AcknowledgedAt  time.Time `json:"acknowledged_at,omitzero"`
	FirstResponseAt time.Time `json:"first_response_at,omitzero"` // first HUMAN reply
	ResolvedAt      time.Time `json:"resolved_at,omitzero"`       // first
	LastResolvedAt  time.Time `json:"last_resolved_at,omitzero"`  // after reopening
	AcceptedAt      time.Time `json:"accepted_at,omitzero"`       // last, by the customer
	ClosedAt        time.Time `json:"closed_at,omitzero"`         // last
	ReopenedAt      time.Time `json:"reopened_at,omitzero"`       // last
	ApologyAt       time.Time `json:"apology_at,omitzero"`

	Decision      *Decision      `json:"decision,omitempty"` // the last
	Compensations []Compensation `json:"compensations,omitempty"`
	RootCause     string         `json:"root_cause,omitempty"`        // configured code
	Action        string         `json:"corrective_action,omitempty"` // id
	DuplicateOf   Number         `json:"duplicate_of,omitempty"`
	Satisfaction  int            `json:"satisfaction,omitempty"` // with the handling, 1 to 5
	Attachments   []Attachment   `json:"attachments,omitempty"`
	Escalations   []Escalation   `json:"escalations,omitempty"`
	Clock         *Clock         `json:"clock,omitempty"` // of the SLA; nil: none
}

// Severity says how bad it is.
type Severity string

// The severities, from the least.
const (
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Severities lists them from the least.
var Severities = [...]Severity{Low, Medium, High, Critical}

// Urgency says how soon.
type Urgency string

// The urgencies, from the least.
const (
	Normal    Urgency = "normal"
	Urgent    Urgency = "urgent"
	Immediate Urgency = "immediate"
)

// Decision is what was decided; its reasons are words of the timeline.
type Decision struct {
	Outcome DecisionOutcome `json:"outcome"`
	Reason  string          `json:"reason,omitempty"` // configured code; required of a rejection, beside its words
	At      time.Time       `json:"at"`
	By      string          `json:"by"` // who answers for it: never a standard refusal
}

// DecisionOutcome is how a complaint was decided.
type DecisionOutcome string

// The outcomes.
const (
	Accepted DecisionOutcome = "accepted"
	Partly   DecisionOutcome = "partly"
	Goodwill DecisionOutcome = "goodwill"
	Rejected DecisionOutcome = "rejected"
)

// Compensation is one thing promised to the customer.
type Compensation struct {
	ID    string            `json:"id"`   // "1", "2", … in its case
	Type  string            `json:"type"` // financial, material, immaterial
	Kind  string            `json:"kind"` // of the type, such as refund
	Cents int64             `json:"cents,omitempty"`
	State CompensationState `json:"state"`
	At    time.Time         `json:"at"`
	By    string            `json:"by"`
}

// CompensationState says whether it holds.
type CompensationState string

// The states.
const (
	Promised CompensationState = "promised"
	Waiting  CompensationState = "waiting" // for approval by another person
	Refused  CompensationState = "declined"
)

// CompensationKinds are the kinds of each type.
var CompensationKinds = map[string][]string{
	"financial":  {"refund", "discount", "voucher"},
	"material":   {"replacement", "repair", "gift"},
	"immaterial": {"apology", "explanation", "priority_service"},
}

// Attachment is a file that the customer added, after it was checked.
type Attachment struct {
	ID     string    `json:"id"`     // "1" to "3"
	Type   string    `json:"type"`   // media type, as found in the content
	Bytes  int64     `json:"bytes"`  // length
	Object string    `json:"object"` // its name in the bucket: package attach
	At     time.Time `json:"at"`
}

// Escalation is one rule that escalated a case, or one level of its deadlines.
type Escalation struct {
	Rule      string    `json:"rule"`
	Clock     string    `json:"clock,omitempty"` // name of the deadline, of SLA_AT_RISK and SLA_BREACH
	RaisedAt  time.Time `json:"raised_at"`
	SeenAt    time.Time `json:"seen_at,omitzero"`
	HandledAt time.Time `json:"handled_at,omitzero"`
	Level     int       `json:"level,omitempty"`   // recipients told since, while nobody acted
	LevelAt   time.Time `json:"level_at,omitzero"` // when Level was reached
}

// Clock is the SLA clock of a complaint: when it ran, and what it is held to.
type Clock struct {
	Policy    string     `json:"policy"`      // configured id
	Print     string     `json:"fingerprint"` // of policy and calendar by which Deadlines were worked out
	Runs      []Run      `json:"runs"`        // in order; the last may still run
	Deadlines []Deadline `json:"deadlines"`
}

// Run is a stretch of time in which the clock ran.
type Run struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"` // zero: it still runs
}

// Deadline is one target of the clock.
type Deadline struct {
	Name     string    `json:"name"`                // first_response, resolution, or a regulatory preset such as PSD2_101
	AtRiskAt time.Time `json:"at_risk_at,omitzero"` // zero: the clock is stopped
	DueAt    time.Time `json:"due_at,omitzero"`     // zero: the clock is stopped
	Level    int       `json:"level,omitempty"`     // 0; 1: at risk was told, 2: breach, 3 and on: next recipients
	LevelAt  time.Time `json:"level_at,omitzero"`   // when Level was reached
	MetAt    time.Time `json:"met_at,omitzero"`     // zero: not yet
	HeldAt   time.Time `json:"held_at,omitzero"`    // of PSD2_101: when a holding reply was sent; zero: none
}
