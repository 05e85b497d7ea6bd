package report

import (
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/frap"
	"resonanz/shared/handling"
	"resonanz/shared/period"
	"resonanz/shared/satisfaction"
)

// Section is the number of a section of the report, 1 to 17.
type Section int

// The sections.
const (
	SecHeader Section = iota + 1
	SecHeadlines
	SecQuality
	SecCSAT
	SecNPS // and CES
	SecFCR
	SecComplaints
	SecFRAP
	SecTasks
	SecEvidence
	SecComplaintSatisfaction
	SecCostBenefit
	SecEscalations
	SecTrends
	SecActions
	SecLoyalty
	SecISO
)

// Absence says that a section, or a part of it, has no data and why. The codes
// have their sentences in the renderers.
type Absence struct {
	Section Section `json:"section"`
	Part    string  `json:"part,omitempty"` // such as "ces"; empty: the section as a whole
	Reason  string  `json:"reason"`
}

// Headlines is page 1: what a reader must know, in order of weight.
type Headlines struct {
	Key     []Finding `json:"key"`     // three
	Changed []Finding `json:"changed"` // against the month before, where 0 lies outside the interval
	Same    []Finding `json:"same"`    // looked at, and no change detectable
	ToDo    []Finding `json:"to_do"`   // what to do next
}

// Finding is one statement: a code whose sentence the renderers hold, and the
// figures it names.
type Finding struct {
	Code     string                 `json:"code"`
	Section  Section                `json:"section"`           // where to read on
	Subject  string                 `json:"subject,omitempty"` // touchpoint, category, rule or month, by the code
	Value    *float64               `json:"value,omitempty"`
	Interval *satisfaction.Interval `json:"ci95,omitempty"`
	N        int64                  `json:"n"`
	Before   *float64               `json:"before,omitempty"`
	Change   *satisfaction.Change   `json:"change,omitempty"`
	Better   *bool                  `json:"better,omitempty"` // of a change
}

// NPS is the net promoter score of the period: worked case 03.
type NPS struct {
	satisfaction.NetPromoter
	Grade    satisfaction.Reliability `json:"reliability"`
	Withheld bool                     `json:"withheld"`
}

// CES is the customer effort score of the period: worked case 24.
type CES struct {
	satisfaction.Effort
	Grade    satisfaction.Reliability `json:"reliability"`
	Withheld bool                     `json:"withheld"`
}

// Recommendation is section 5.
type Recommendation struct {
	NPS          NPS           `json:"nps"`
	Previous     NPS           `json:"previous"` // of the month before
	ByTouchpoint []NPSRow      `json:"nps_by_touchpoint"`
	Reasons      []ReasonCount `json:"reasons"` // by mentions, then code
	CES          CES           `json:"ces"`
	CESByPlace   []CESRow      `json:"ces_by_touchpoint"`
}

// NPSRow is the NPS of one touchpoint.
type NPSRow struct {
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	NPS
}

// CESRow is the CES of one touchpoint.
type CESRow struct {
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	CES
}

// ReasonCount says how often a reason was given, by what else was said.
type ReasonCount struct {
	Reason     string `json:"reason"`
	N          int64  `json:"n"`
	Satisfied  int64  `json:"satisfied"` // by who was satisfied
	Low        int64  `json:"low"`       // by who gave one of the two lowest ratings
	Promoters  int64  `json:"promoters"`
	Passives   int64  `json:"passives"`
	Detractors int64  `json:"detractors"`
	Withheld   bool   `json:"withheld"` // how satisfied they were
}

// FCR is first-contact resolution: worked case 10.
type FCR struct {
	AsOf      time.Time              `json:"as_of"`
	N         int64                  `json:"n"`        // initial contacts
	Resolved  int64                  `json:"resolved"` // of them, at the first contact
	GrossPct  *float64               `json:"fcr_gross_pct"`
	GrossCI   *satisfaction.Interval `json:"fcr_gross_ci95_pct"`
	NetN      int64                  `json:"net_n"` // without those that the first level could not resolve
	NetPct    *float64               `json:"fcr_net_pct"`
	NetCI     *satisfaction.Interval `json:"fcr_net_ci95_pct"`
	Immature  int64                  `json:"immature"`           // the window is not over yet
	Anonymous int64                  `json:"anonymous_excluded"` // no customer known
	Unknown   int64                  `json:"outcome_unknown"`    // invitations that do not tell the outcome
	Yes       int64                  `json:"survey_yes"`
	No        int64                  `json:"survey_no"`
	NoAnswer  int64                  `json:"survey_no_answer"` // responses where it was asked for and not answered
	SurveyPct *float64               `json:"survey_fcr_pct"`
	SurveyCI  *satisfaction.Interval `json:"survey_ci95_pct"`
	Topics    []FCRTopic             `json:"by_topic"`

	Grade          satisfaction.Reliability `json:"reliability"`
	Withheld       bool                     `json:"withheld"`
	SurveyGrade    satisfaction.Reliability `json:"survey_reliability"`
	SurveyWithheld bool                     `json:"survey_withheld"`
}

// FCRTopic is the FCR of one topic.
type FCRTopic struct {
	Topic    string                 `json:"topic"`
	N        int64                  `json:"n"`
	Resolved int64                  `json:"resolved"`
	Pct      *float64               `json:"fcr_gross_pct"`
	CI       *satisfaction.Interval `json:"fcr_gross_ci95_pct"`
	Withheld bool                   `json:"withheld"`
}

// Complaints is section 7.
type Complaints struct {
	Received  int64                  `json:"received"`   // in the period, drafts and duplicates left out
	Drafts    int64                  `json:"drafts"`     // ratings that may be complaints, not yet triaged
	Excluded  int64                  `json:"excluded"`   // of the period: withdrawn, duplicate or dismissed
	Closed    int64                  `json:"closed"`     // in the period, whenever received
	Resolved  int64                  `json:"resolved"`   // in the period, whenever received
	OpenStart int64                  `json:"open_start"` // at the beginning of the period
	OpenEnd   int64                  `json:"open_end"`   // at its end, or at the cutoff
	Contacts  *int64                 `json:"contacts"`   // of the touchpoints whose contacts are known
	Rate      *float64               `json:"complaint_rate_per_1000_contacts"`
	RateCI    *satisfaction.Interval `json:"complaint_rate_ci95"` // exact Poisson, per 1,000
	CSATPct   *float64               `json:"csat_pct"`            // beside the rate, which never stands alone
	CSATN     int64                  `json:"csat_n"`
	Channels  []Count                `json:"by_channel"`
	Severity  []Count                `json:"by_severity"`
	Matrix    []CategoryRow          `json:"by_category"` // category × touchpoint
	Places    []ComplaintRow         `json:"by_touchpoint"`
	Named     int64                  `json:"with_contact"` // of the received, the customer can be told
	Anonymous int64                  `json:"anonymous"`    // not notifiable
	// Overdue are those of OpenEnd that are late by one of their service levels.
	Overdue int64 `json:"overdue"`
	// AtContacts are those of Received at touchpoints whose contacts are known: the
	// numerator of the rate.
	AtContacts  int64 `json:"complaints_at_known_contacts"`
	FromRatings int64 `json:"from_ratings"` // of Received, low ratings that staff registered as complaints
	// WithoutCase are those of Received of which no step is known: they are in no
	// figure about their handling. Named, Anonymous and WithoutCase add up to
	// Received.
	WithoutCase int64 `json:"without_case"`
	Imported    int64 `json:"imported"`     // of WithoutCase, received and handled elsewhere before and brought in later
	WithoutFact int64 `json:"without_fact"` // of Received, cases of which the complaint itself is missing
}

// Count is a number under a name.
type Count struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

// CategoryRow counts the complaints of a category by touchpoint.
type CategoryRow struct {
	Category string                        `json:"category"`
	N        int64                         `json:"n"`
	Previous int64                         `json:"previous"` // in the month before
	Places   map[feedback.Touchpoint]int64 `json:"touchpoints"`
}

// ComplaintRow are the complaints of a touchpoint.
type ComplaintRow struct {
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	N          int64               `json:"n"`
	Contacts   *int64              `json:"contacts"`
	Rate       *float64            `json:"complaint_rate_per_1000_contacts"`
	CSATPct    *float64            `json:"csat_pct"`
	CSATN      int64               `json:"csat_n"`
	Withheld   bool                `json:"withheld"` // the CSAT

	RateCI *satisfaction.Interval `json:"complaint_rate_ci95"` // exact Poisson, per 1,000
}

// Causes is section 8.
type Causes struct {
	FRAP        frap.Ranking `json:"frap"`
	Unrated     int64        `json:"without_annoyance"` // complaints without a relevance, in no rank
	RootCauses  []Count      `json:"root_causes"`       // of the complaints closed in the period
	NoRootCause int64        `json:"without_root_cause"`
	Suggestions int64        `json:"with_text"` // responses and complaints with own words; the words stay in the table
}

// Tasks is section 9: what was done of what is to be done.
type Tasks struct {
	Complaints   int64              `json:"complaints"` // counted: resolved in the period, and open ones that are overdue
	Acknowledged Share              `json:"acknowledged"`
	Responded    Share              `json:"responded"`           // by a person
	Informed     Share              `json:"informed"`            // transitions told, of those of customers who can be told
	NotNotified  int64              `json:"not_notifiable"`      // transitions of anonymous cases
	Reasoned     Share              `json:"reasoned_rejections"` // of the rejections
	Apologies    Share              `json:"apologies"`           // of the decided
	Owned        Share              `json:"owned"`               // decisions that name who answers for them
	Active       Share              `json:"active"`              // resolved with an apology or a compensation, not only mended
	Times        handling.Figures   `json:"times"`
	Backlog      []Age              `json:"backlog"` // of the open ones at the end
	Decisions    []Count            `json:"decisions"`
	Policies     []PolicyCompliance `json:"by_policy"`

	Resolved int64 `json:"resolved"` // of Complaints, in the period, once or again
	Overdue  int64 `json:"overdue"`  // of Complaints, open ones that are late by one of their service levels
	// Incomplete are those of Complaints whose steps are not all known, since they
	// lie too far back or are missing: their times come from what later steps say,
	// and waiting for the customer may be counted as time of the clock.
	Incomplete    int64   `json:"incomplete_timelines"`
	Compensations []Money `json:"compensations"` // by kind, promised in the period
	// CalledBack are promised calls back made in time, of those made in the period
	// and those overdue at its end.
	CalledBack Share `json:"called_back"`
}

// Share is a part of a whole.
type Share struct {
	K    int64                  `json:"k"`
	N    int64                  `json:"n"`
	Pct  *float64               `json:"pct"`
	CI95 *satisfaction.Interval `json:"ci95_pct"`
	// Withheld: a display shows k and n, but no ratio of so few.
	Withheld bool `json:"withheld"`
}

// ShareOf is k of n with its Wilson interval.
func ShareOf(k, n int64) Share {
	return Share{K: k, N: n, Pct: satisfaction.Percent(k, n), CI95: satisfaction.Wilson(k, n)}
}

// Age counts open cases by days since they were received.
type Age struct {
	From int   `json:"from_days"` // inclusive
	To   *int  `json:"to_days"`   // exclusive; nil: no end
	N    int64 `json:"n"`
	Late int64 `json:"overdue"`
}

// PolicyCompliance is the compliance with one policy.
type PolicyCompliance struct {
	Policy        string              `json:"policy"`
	Complaints    int64               `json:"complaints"`
	Configured    bool                `json:"configured"` // no: measured by the default policy
	FirstResponse handling.Compliance `json:"sla_first_response"`
	Resolution    handling.Compliance `json:"sla_resolution"`
}

// Evidence is section 10: worked case 12, and how the data add up.
type Evidence struct {
	Survey          *Survey                `json:"survey"`
	AnnoyancePct    *float64               `json:"annoyance_rate_pct"`
	ArticulationPct *float64               `json:"articulation_rate_pct"`
	ArticulationCI  *satisfaction.Interval `json:"articulation_ci95_pct"`
	NonArticulation *float64               `json:"non_articulation_rate_pct"`
	RegistrationPct *float64               `json:"registration_rate_pct"`
	RegistrationCI  *satisfaction.Interval `json:"registration_ci95_pct"`
	NonRegistration *float64               `json:"non_registration_rate_pct"`
	EvidencePct     *float64               `json:"evidence_rate_pct"`
	EvidenceCI      *satisfaction.Interval `json:"evidence_ci95_pct"`
	Registered      int64                  `json:"registered_complaints"`
	Estimated       *float64               `json:"estimated_dissatisfied_customers"`
	EstimatedRange  *satisfaction.Interval `json:"estimated_range"`
	Technical       *Reconciliation        `json:"technical"`
	Accepted        *int64                 `json:"accepted"` // from the metrics
	Reconciled      *bool                  `json:"reconciled"`
}

// Handled is section 11.
type Handled struct {
	Asked int64 `json:"asked"` // closed in the period, of customers who can be told
	// Answered are those of Asked that were rated before the cutoff, be it after
	// the period: the response rate's numerator. The figures are those of the
	// ratings given in the period, whenever the case was closed.
	Answered int64 `json:"answered"`
	satisfaction.Handled
	Grade    satisfaction.Reliability `json:"reliability"`
	Withheld bool                     `json:"withheld"`
}

// CostBenefit is section 12: worked case 14, in cents. Every assumption stands
// beside what follows from it.
type CostBenefit struct {
	Assumptions        Assumptions `json:"assumptions"`
	Complaints         int64       `json:"complaints"`
	Convinced          float64     `json:"convinced_complainants"`    // share of section 11 × complaints
	Disappointed       float64     `json:"disappointed_complainants"` // the same
	PersonnelCents     int64       `json:"cost_personnel_cents"`
	ITAdminCents       int64       `json:"cost_it_admin_cents"`
	CommunicationCents int64       `json:"cost_communication_cents"`
	CompensationCents  int64       `json:"cost_compensation_cents"`
	InformationCents   int64       `json:"information_benefit_cents"`
	Retained           float64     `json:"retained_customers"`
	RetentionCents     int64       `json:"retention_benefit_cents"`
	WordOfMouthCents   int64       `json:"communication_benefit_cents"` // may be negative
	BenefitCents       int64       `json:"total_benefit_cents"`
	CostCents          int64       `json:"total_cost_cents"`
	ProfitCents        int64       `json:"profit_cents"`
	RoCMPct            *float64    `json:"rocm_pct"`
	PerComplaintCents  *int64      `json:"cost_per_complaint_cents"`
	Compensations      []Money     `json:"compensations"` // by kind, promised in the period
	Currency           string      `json:"currency"`
	Messages           int64       `json:"messages"`    // to customers, of steps in the period
	Given              bool        `json:"costs_given"` // costs as the owner told them; no: by the assumptions
}

// Money is an amount under a name.
type Money struct {
	Name  string `json:"name"`
	N     int64  `json:"n"`
	Cents int64  `json:"cents"`
}

// Assumptions are the owner's, from the configuration. Shares are 0 to 1.
type Assumptions struct {
	WouldHaveLeft   float64 `json:"would_have_left_share"`
	Retained        float64 `json:"retained_share_of_those"`
	MarginCents     int64   `json:"margin_per_customer_year_cents"`
	Years           float64 `json:"years"`
	Positive        float64 `json:"positive_word_of_mouth_contacts"`
	Conversion      float64 `json:"conversion"`
	Negative        float64 `json:"negative_word_of_mouth_contacts"`
	LossConversion  float64 `json:"loss_conversion"`
	PerHourCents    int64   `json:"cost_per_hour_cents"` // of who handles complaints
	HoursPerCase    float64 `json:"hours_per_complaint"`
	ITAdminCents    int64   `json:"it_admin_cents"`         // of a month
	PerMessageCents int64   `json:"cost_per_message_cents"` // to a customer
}

// Escalations is section 13.
type Escalations struct {
	Total int64           `json:"total"`
	Rules []RuleReactions `json:"by_rule"`
}

// RuleReactions are the escalations of a rule raised in the period.
type RuleReactions struct {
	Rule    string             `json:"rule"`
	Raised  int64              `json:"raised"`
	Seen    int64              `json:"seen"`
	Handled int64              `json:"handled"`
	Seeing  handling.Durations `json:"seconds_to_seen"`
	Solving handling.Durations `json:"seconds_to_handled"`
}

// Trends is section 14: thirteen months, the present one last.
type Trends struct {
	Months    []TrendMonth `json:"months"`      // a month without a report is there, with nothing in it
	Low       *Control     `json:"low_ratings"` // p-chart
	Complaint *Control     `json:"complaints"`  // u-chart per contact, else per response; see Control.Per
	Places    []PlaceTrend `json:"touchpoints"`
}

// TrendMonth are the figures of one month.
type TrendMonth struct {
	Period     period.Period          `json:"period"`
	Known      bool                   `json:"known"`
	N          int64                  `json:"n"`
	CSATPct    *float64               `json:"csat_pct"`
	CI95       *satisfaction.Interval `json:"csat_ci95_pct"`
	NPS        *float64               `json:"nps"`
	NPSN       int64                  `json:"nps_n"`
	NPSCI      *satisfaction.Interval `json:"nps_ci95"`
	Complaints int64                  `json:"complaints"`
	Contacts   int64                  `json:"contacts"`
	Withheld   bool                   `json:"withheld"`
	NPSHeld    bool                   `json:"nps_withheld"`
}

// Control is a control chart over the months.
type Control struct {
	Centre float64        `json:"centre"` // of the months before the present one
	Per    string         `json:"per"`    // rating, contact or response
	Points []ControlPoint `json:"points"`
	Signal bool           `json:"signal"`   // the present month
	Run    bool           `json:"run_of_8"` // the last eight lie above the centre
	// Baseline is the number of months that the centre rests on.
	Baseline int `json:"baseline_months"`
}

// ControlPoint is one month on a chart.
type ControlPoint struct {
	Period period.Period `json:"period"`
	K      int64         `json:"k"`
	N      int64         `json:"n"`
	Value  *float64      `json:"value"`
	Lower  *float64      `json:"lcl"`
	Upper  *float64      `json:"ucl"`
	Signal bool          `json:"signal"`
	// Withheld: n is below the minimum, or would give another's away.
	Withheld bool `json:"withheld"`
}

// PlaceTrend is the trend of one touchpoint.
type PlaceTrend struct {
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	Months     []TrendMonth        `json:"months"`
	Low        *Control            `json:"low_ratings"`
}

// ActionEffect is one corrective action of section 15, before and after: the
// share of its category among the complaints of two stretches of equal length.
type ActionEffect struct {
	Action
	Days      int                     `json:"days"`   // of each stretch; 0: nothing to compare yet
	Before    satisfaction.Proportion `json:"before"` // n complaints, satisfied: those of the category
	After     satisfaction.Proportion `json:"after"`
	BeforePct *float64                `json:"before_pct"`
	AfterPct  *float64                `json:"after_pct"`
	Change    satisfaction.Change     `json:"change"`
	Linked    int64                   `json:"cases_linked"`
	// Reason says why there is nothing to compare: not_begun, too_recent, too_old
	// or no_complaints; empty: there is.
	Reason     string    `json:"reason,omitempty"`
	BeforeFrom time.Time `json:"before_from,omitzero"` // the stretch before ends when the action starts
	AfterFrom  time.Time `json:"after_from,omitzero"`  // when it was done, or, until then, when it started
}

// Loyalty is section 16.
type Loyalty struct {
	Indicators []Indicator                  `json:"indicators"` // items of cards that are marked as such
	Items      []Indicator                  `json:"card_items"` // the other questions of cards
	Gap        satisfaction.Disconfirmation `json:"expectation_gap"`
	GapPlaces  []GapRow                     `json:"expectation_gap_by_touchpoint"`
	Grade      satisfaction.Reliability     `json:"reliability"`
	Withheld   bool                         `json:"withheld"`
}

// GapRow is the expectation gap of one touchpoint.
type GapRow struct {
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	satisfaction.Disconfirmation
	Withheld bool `json:"withheld"`
}

// Indicator sums up the answers to one question of a card.
type Indicator struct {
	Card     string                   `json:"card"`
	Item     string                   `json:"item"`
	Kind     string                   `json:"kind"`               // rating, yes_no or choice
	Measures string                   `json:"measures,omitempty"` // such as repurchase
	N        int64                    `json:"n"`
	Counts   []Count                  `json:"counts"`  // by answer
	Mean     *float64                 `json:"mean"`    // of a rating, 1 to 5
	TopPct   *float64                 `json:"top_pct"` // 4 and 5 of a rating, yes of a question
	TopCI    *satisfaction.Interval   `json:"top_ci95_pct"`
	Grade    satisfaction.Reliability `json:"reliability"`
	Withheld bool                     `json:"withheld"`
}

// Difference is a figure that a restatement changed.
type Difference struct {
	Path   string   `json:"path"` // in report.json, dots between the names
	Before *float64 `json:"before"`
	After  *float64 `json:"after"`
}
