// Package report builds the monthly report from facts. A report is a pure
// function of its Input: order, duplicates and file layout of the facts change
// no byte of it, and it prints the hash of what it was built from.
package report

import (
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/satisfaction"
)

// Format is the version of the report's JSON. Fields are added, never renamed.
const Format = 1

// Report is the report of one month, figures unrounded. A figure that is not
// defined is nil (JSON null).
type Report struct {
	Format int    `json:"format"`
	Header Header `json:"header"`

	// Total are the headline figures: self-collected responses of all
	// touchpoints and channels, pooled by response.
	Total       satisfaction.Figures     `json:"total"`
	Reliability satisfaction.Reliability `json:"reliability"`
	// HeadlineBasis says which figure leads: "contact_weighted" where
	// ContactWeightedCSATPct exists, else "pooled".
	HeadlineBasis          Basis    `json:"headline_basis"`
	ContactWeightedCSATPct *float64 `json:"contact_weighted_csat_pct"`
	ContactWeightedSEPP    *float64 `json:"contact_weighted_se_pp"` // standard error in percentage points
	Change                 Change   `json:"change_vs_previous"`

	ByTouchpoint Breakdown `json:"by_touchpoint"` // in order of the name
	ByChannel    Breakdown `json:"by_channel"`
	ByScale      Breakdown `json:"by_scale"`

	Quality Quality `json:"collection_quality"`

	Headlines   Headlines      `json:"headlines"`
	BySegment   Breakdown      `json:"by_segment"`
	Recommend   Recommendation `json:"recommendation"`
	FCR         FCR            `json:"fcr"`
	Complaints  Complaints     `json:"complaints"`
	Causes      Causes         `json:"causes"`
	Tasks       Tasks          `json:"tasks"`
	Evidence    Evidence       `json:"evidence"`
	Handled     Handled        `json:"complaint_satisfaction"`
	CostBenefit *CostBenefit   `json:"cost_benefit"` // nil without assumptions
	Escalations Escalations    `json:"escalations"`
	Trends      Trends         `json:"trends"`
	Actions     []ActionEffect `json:"corrective_actions"`
	Loyalty     Loyalty        `json:"loyalty"`
	// Absent names every section and part without data, and why; in order of the
	// section, then the part.
	Absent []Absence `json:"absent"`

	// Run tells about the reading of the facts, not about the month; it is no
	// part of the report's bytes and must enter no rendering of them.
	Run Run `json:"-"`
}

// Header says what the report is of and from.
type Header struct {
	Organisation string        `json:"organisation"`
	Period       period.Period `json:"period"`
	TimeZone     string        `json:"time_zone"` // IANA name
	Start        time.Time     `json:"start"`     // first instant of the period, UTC
	End          time.Time     `json:"end"`       // first instant after it, UTC
	Status       Status        `json:"status"`
	Cutoff       time.Time     `json:"cutoff"`    // what was received before this counts
	FreezeAt     time.Time     `json:"freeze_at"` // what is received from here on is late
	LateEvents   []LateEvent   `json:"late_events"`
	DataHash     string        `json:"data_hash"`          // "sha256:" and 64 hex digits; see responses.Set.Hash
	InputEvents  int64         `json:"input_events"`       // distinct events behind the hash
	Group        string        `json:"group,omitempty"`    // of touchpoints; empty: the whole
	GivenHash    string        `json:"given_hash"`         // of what was given besides the facts: Given.Hash
	Restates     int           `json:"restates,omitempty"` // the version that this one replaces
	Differences  []Difference  `json:"differences"`        // to that version, in order of the path
	Rules        RuleSet       `json:"rules"`
	MethodNotes  []Note        `json:"method_notes"` // codes; renderers hold the sentences
}

// Status is the standing of a report.
type Status string

// A report is preliminary until the freeze, final with the freeze as cutoff,
// and restated with a later one.
const (
	Preliminary Status = "preliminary"
	Final       Status = "final"
	Restated    Status = "restated"
)

// LateEvent is an event of the period that was received at or after the freeze:
// a vote, or a mail of the period's invitations that came back.
type LateEvent struct {
	EventID     feedback.EventID    `json:"event_id"`
	Touchpoint  feedback.Touchpoint `json:"touchpoint"`
	SubmittedAt time.Time           `json:"submitted_at"`
	ReceivedAt  time.Time           `json:"received_at"`
	Counted     bool                `json:"counted"` // in this report's figures: only in a restatement
}

// RuleSet prints the thresholds the report was built with.
type RuleSet struct {
	EditWindowHours      float64 `json:"edit_window_hours"`
	KioskDebounceSeconds float64 `json:"kiosk_debounce_seconds"`
	MaxFutureSkewMinutes float64 `json:"max_future_skew_minutes"`
	TopBox10             int     `json:"top_box_10"`
	MinimumN             int     `json:"minimum_n"`
	IndicativeN          int     `json:"indicative_n"`
	FreezeDay            int     `json:"freeze_day"`
}

// Note is a method note: a code whose sentence the renderers hold.
type Note string

// The method notes.
const (
	NoteTopBox          Note = "csat_top_box"               // CSAT is the share of the top box; the figures' top_box names it
	NoteWilson          Note = "wilson_95"                  // intervals are Wilson score intervals, 95 %
	NoteNewcombe        Note = "newcombe_95"                // the change interval is Newcombe's; a verdict only if 0 lies outside
	NoteFirstVoteMonth  Note = "month_of_first_vote"        // a response belongs to the month of its first vote
	NoteLastVote        Note = "last_vote_in_window"        // the last vote within the edit window counts
	NoteAssistedApart   Note = "assisted_apart"             // assisted responses are counted apart
	NoteDelivered       Note = "delivered_excludes_bounces" // delivered is issued without what never arrived
	NoteSuppression     Note = "small_cells_withheld"       // displays withhold ratios of n < minimum_n
	NoteMixedScales     Note = "mixed_scales_pooled"        // top boxes of several scales are pooled, raw values never averaged
	NoteTop3            Note = "top_3_on_csat_1_10"         // 8–10 of 10 counts as satisfied
	NoteContactWeighted Note = "contact_weighted"           // the headline weighs touchpoints by their contacts
	NoteContactsMissing Note = "contacts_incomplete"        // contacts are known for some touchpoints only: no weighting
	NoteNoInvitations   Note = "no_invitations"             // no link was issued: no response rate
	NoteNPS             Note = "nps_adjusted_wald"          // the interval of the NPS is the adjusted Wald's; it never comes from stars
	NoteFCR             Note = "fcr_by_contact_month"       // contacts count in their month, once the window for another contact is over
	NoteComplaintMonth  Note = "complaints_by_received"     // complaints count in the month they were received in
	NoteCaseMonth       Note = "times_by_resolution_month"  // times and SLA: cases resolved in the month, and open ones that are overdue
	NotePoisson         Note = "poisson_95"                 // the interval of a rate is the exact Poisson interval, 95 %
	NoteControlCharts   Note = "control_charts"             // limits are three standard errors from the months before; a signal needs five
	NoteGroup           Note = "group_of_touchpoints"       // the report is of the touchpoints of a group alone
)

// Notes are all method notes.
var Notes = []Note{
	NoteTopBox, NoteWilson, NoteNewcombe, NoteFirstVoteMonth, NoteLastVote, NoteAssistedApart, NoteDelivered, NoteSuppression,
	NoteMixedScales, NoteTop3, NoteContactWeighted, NoteContactsMissing, NoteNoInvitations, NoteNPS, NoteFCR,
	NoteComplaintMonth, NoteCaseMonth, NotePoisson, NoteControlCharts, NoteGroup,
}

// Basis says which CSAT is the headline.
type Basis string

// The bases of the headline.
const (
	Pooled          Basis = "pooled"
	ContactWeighted Basis = "contact_weighted"
)

// Change compares the pooled CSAT with the month before, whose figures are
// folded from the same facts with that month's own freeze.
type Change struct {
	satisfaction.Change
	PreviousPeriod period.Period            `json:"previous_period"`
	Previous       satisfaction.Proportion  `json:"previous"`
	PreviousCSAT   *float64                 `json:"previous_csat_pct"`
	PreviousCI95   *satisfaction.Interval   `json:"previous_csat_ci95_pct"`
	PreviousGrade  satisfaction.Reliability `json:"previous_reliability"`
}

// NoSegment names the row of BySegment of responses without a segment.
const NoSegment = "none"

// Row is one cell of a breakdown.
type Row struct {
	Name string `json:"-"` // the key of the row in JSON
	satisfaction.Figures
	Reliability satisfaction.Reliability `json:"reliability"`
	// Withheld: a display shows n but neither ratio nor distribution, because
	// n is below the minimum or because the total would give a neighbour away.
	Withheld bool   `json:"withheld"`
	Contacts *int64 `json:"contacts"` // contacts of the month, where known
}

// Breakdown is a list of rows in order of the name; in JSON an object by name.
type Breakdown []Row

// Row returns the row of that name, or nil.
func (b Breakdown) Row(name string) *Row {
	for i := range b {
		if b[i].Name == name {
			return &b[i]
		}
	}
	return nil
}

// Quality tells how the responses came in. All counts are of the period.
type Quality struct {
	CollectionCounts
	Reported           int64          `json:"invitations_reported"`         // delivered, and reported as spam
	VotesChanged       int64          `json:"votes_changed"`                // ratings replaced by another in the window
	AfterWindow        int64          `json:"changes_after_window_ignored"` // votes after the window, recorded and ignored
	KioskDebounced     int64          `json:"kiosk_debounced"`              // taps too soon after another
	ClockSkewed        int64          `json:"clock_skewed"`                 // votes placed by received_at
	Assisted           int64          `json:"assisted"`                     // responses keyed in by staff, not in the headline
	AssistedSharePct   *float64       `json:"assisted_share_pct"`           // of all responses
	AssistedOverruled  int64          `json:"assisted_overruled"`           // assisted votes beside the customer's own, ignored
	Imported           int64          `json:"imported"`                     // responses collected elsewhere before and brought in later; in the headline
	Late               int64          `json:"late"`                         // len(header.late_events)
	CallbacksRequested int64          `json:"callbacks_requested"`          // responses with a callback wish
	ByTouchpoint       CollectionRows `json:"by_touchpoint"`
	ByChannel          CollectionRows `json:"by_channel"`

	Observed *Observed `json:"observed"`            // nil: not measured
	Unread   []Unread  `json:"unread_files"`        // their facts are missing from every figure
	Unknown  []Count   `json:"unknown_touchpoints"` // responses of touchpoints that are not configured (any more)
	Invalid  int64     `json:"invalid_facts"`       // on no scale; left out
	Gaps     []DataGap `json:"data_gaps"`
}

// DataGap is a silence: of a configured touchpoint in the whole period, or one
// that DATA_GAP was raised for.
type DataGap struct {
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	Days       int64               `json:"silent_days"` // days of the period, so far, without a response
	Alarms     int64               `json:"alarms"`      // DATA_GAP raised in the period
}

// CollectionCounts relate responses to invitations.
type CollectionCounts struct {
	Responses   int64 `json:"responses"`             // responses of the period, assisted ones included
	Invitations int64 `json:"invitations"`           // links issued in the period
	Bounced     int64 `json:"invitations_bounced"`   // of these, mailed in vain: bounced or suppressed, and not answered either
	Delivered   int64 `json:"invitations_delivered"` // the others; a link that somebody else sends counts as delivered
	Answered    int64 `json:"invitations_answered"`  // of those delivered, answered before the cutoff
	// ResponseRatePct is 100·answered/delivered: of the links of this period,
	// whenever they were answered. It never exceeds 100.
	ResponseRatePct *float64 `json:"response_rate_pct"`
}

// CollectionRow are the counts of one touchpoint or channel.
type CollectionRow struct {
	Name string `json:"-"`
	CollectionCounts
	Withheld bool `json:"withheld"` // the response rate
}

// CollectionRows is a list in order of the name; in JSON an object by name.
type CollectionRows []CollectionRow

// Run tells what reading the facts met.
type Run struct {
	Facts             int64 // facts read, duplicates included
	DuplicatesDropped int64 // facts that repeat an event; worked case 06 calls them duplicates_dropped
	Invalid           int64 // votes that lie on no scale; left out
	Outside           int64 // facts of partitions the report does not read
}
