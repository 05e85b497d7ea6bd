// Package escalate holds the escalation rules: which rating, complaint, silence
// or figure makes a case of which kind, until when it is due, and how a case
// moves when the customer says more or a deadline passes. What becomes of a
// complaint once it is registered is package lifecycle's. Everything is a pure
// function of its inputs and of a clock that is passed in; whoever calls keeps
// the result.
//
// The escalation rules and their defaults are those of worked case 18.
package escalate

import (
	"slices"
	"strings"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Rule names an escalation rule. Together with a subject it is the idempotency
// key: a rule escalates a subject once.
type Rule string

// The rules about what customers say.
const (
	LowRatingCallback  Rule = "LOW_RATING_CALLBACK"   // a low rating and the wish to be called back
	CallbackRequested  Rule = "CALLBACK_REQUESTED"    // any rating or complaint and the wish to be called back
	CriticalSeverity   Rule = "CRITICAL_SEVERITY"     // a complaint of a critical category, or that threatens: at once
	ComplaintReceived  Rule = "COMPLAINT_RECEIVED"    // any complaint: registered, so that none is lost
	RatingIsComplaint  Rule = "RATING_IS_COMPLAINT"   // a low rating with text: a draft case for triage
	HighValueLowRating Rule = "HIGH_VALUE_LOW_RATING" // a rating of segment A that is not a good one
	RepeatComplaint    Rule = "REPEAT_COMPLAINT"      // the same customer complains of the same again
	FollowUpComplaint  Rule = "FOLLOW_UP_COMPLAINT"   // it concerns the handling of complaints, or was reopened
)

// The rules about figures, and about what customers do not say.
const (
	DataGap          Rule = "DATA_GAP"          // a device or touchpoint is silent: silence is not satisfaction
	Spike            Rule = "SPIKE"             // more low ratings or complaints than chance explains
	Crisis           Rule = "CRISIS"            // spikes at several touchpoints, or one of a category with a critical case
	EvidenceGap      Rule = "EVIDENCE_GAP"      // accepted is not what is stored, or not what was delivered
	SuspiciousVoting Rule = "SUSPICIOUS_VOTING" // bursts or identical runs at a kiosk
)

// Priority orders work.
type Priority string

// The priorities.
const (
	Normal   Priority = "normal"
	High     Priority = "high"
	Critical Priority = "critical"
)

// CriticalCategories are those of complaints that are critical by what they are
// about, each with its branches.
var CriticalCategories = []string{"product.safety", "privacy", "discrimination"}

// Rules are the thresholds, as configured.
type Rules struct {
	LowRatingMax int           // stars, 1 to 5: the highest rating that is low; other scales compare by index
	CallbackDue  time.Duration // from the vote to the call that was promised
	TriageDue    time.Duration // from the vote or complaint to its triage
	StepAfter    time.Duration // from telling one recipient to telling the next
	CriticalStep time.Duration // the same in a critical case, which is due at once
	MaxSkew      time.Duration // a device clock further ahead is not believed
	Critical     []string      // categories of complaints, such as CriticalCategories

	Recipients    func(team string) int // length of the chain of recipients of a team, or of none
	CriticalWords []string              // what a complaint threatens with, see Threatens

	HighValueMax      int           // stars, 1 to 5: the highest rating of segment A that is looked after; 0: none
	FollowUp          []string      // categories of complaints about the handling of complaints
	RepeatWindow      time.Duration // in which complaints of one customer and category …
	RepeatCount       int           // … are a repetition when they are so many; 0: never
	CrisisWindow      time.Duration // in which spikes count together
	CrisisTouchpoints int           // spikes at so many touchpoints are a crisis; 0: never
}

// Decision is what one rule says about one word of a customer.
type Decision struct {
	Rule     Rule
	Family   casefile.Family
	Subject  string // the response key
	Priority Priority
	Status   casefile.Status // of the case it opens
	At       time.Time       // when the word counts as given
	DueAt    time.Time
	NextAt   time.Time // when the next recipient is told
}

// rule is one row of the rule table.
type rule struct {
	name     Rule
	family   casefile.Family
	priority Priority
	status   casefile.Status
	holds    func(r *Rules, s *Said) bool
	due      func(r *Rules) time.Duration
}

// table lists the rules. Rules of one family share one case; within a family the
// strongest comes first and is the one that counts. A new rule is a new row.
var table = [...]rule{
	{
		name: LowRatingCallback, family: casefile.Callback, priority: High, status: casefile.Open,
		holds: func(r *Rules, s *Said) bool { return r.low(s) && s.CallbackRequested },
		due:   func(r *Rules) time.Duration { return r.CallbackDue },
	},
	{
		name: CallbackRequested, family: casefile.Callback, priority: Normal, status: casefile.Open,
		holds: func(_ *Rules, s *Said) bool { return s.CallbackRequested },
		due:   func(r *Rules) time.Duration { return r.CallbackDue },
	},
	{
		name: CriticalSeverity, family: casefile.Complaint, priority: Critical, status: casefile.Received,
		holds: func(r *Rules, s *Said) bool { return s.Complaint && r.critical(s.Category) },
		due:   func(*Rules) time.Duration { return 0 },
	},
	{
		name: ComplaintReceived, family: casefile.Complaint, priority: Normal, status: casefile.Received,
		holds: func(_ *Rules, s *Said) bool { return s.Complaint },
		due:   func(r *Rules) time.Duration { return r.TriageDue },
	},
	{
		name: RatingIsComplaint, family: casefile.Complaint, priority: Normal, status: casefile.Draft,
		holds: func(r *Rules, s *Said) bool { return r.low(s) && s.HasText },
		due:   func(r *Rules) time.Duration { return r.TriageDue },
	},
	{
		name: HighValueLowRating, family: casefile.Attention, priority: Normal, status: casefile.Open,
		holds: func(r *Rules, s *Said) bool {
			return !s.Complaint && s.Segment == highValue && atMost(r.HighValueMax, s.Scale, s.Rating)
		},
		due: func(r *Rules) time.Duration { return r.TriageDue },
	},
}

// highValue is the segment whose customers are looked after sooner.
const highValue = "A"

// Families lists the families of which a customer's word can open a case.
var Families = [...]casefile.Family{casefile.Callback, casefile.Complaint, casefile.Attention}

// Decide returns what the rules say about one word, at most one decision for
// each family.
func Decide(s *Said, r Rules) []Decision {
	var out []Decision
	for _, f := range Families {
		if i := r.strongest(s, f); i >= 0 {
			out = append(out, r.decision(i, s))
		}
	}
	return out
}

// low reports whether s is a vote, and a low one.
func (r *Rules) low(s *Said) bool { return !s.Complaint && r.IsLow(s.Scale, s.Rating) }

// critical reports whether a category is a critical one, or a branch of one.
func (r *Rules) critical(category string) bool { return among(r.Critical, category) }

// among reports whether a category is one of a list, or a branch of one.
func among(list []string, category string) bool {
	return slices.ContainsFunc(list, func(c string) bool { return branch(c, category) })
}

// branch reports whether a category is tree, or a branch of it.
func branch(tree, category string) bool {
	rest, ok := strings.CutPrefix(category, tree)
	return ok && (rest == "" || rest[0] == '.')
}

// IsLow reports whether a rating is low. The threshold is given in stars;
// another scale is compared by its index 100·(x−min)/(max−min), so that 2 of 5
// stars (index 25) stands for 3 of 10 on csat_1_10 (22.2; 4 would be 33.3), 2 of
// 10 on nps_0_10 and 2 of 7 on ces_1_7. A rating outside its scale is not low.
func (r Rules) IsLow(scale feedback.Scale, rating int) bool {
	return atMost(r.LowRatingMax, scale, rating)
}

// atMost reports whether a rating is at most so many stars, by its index. None
// is at most 0 stars.
func atMost(stars int, scale feedback.Scale, rating int) bool {
	least, greatest := scale.Bounds()
	starLeast, starGreatest := feedback.Stars5.Bounds()
	return scale.Valid(rating) &&
		(rating-least)*(starGreatest-starLeast) <= (stars-starLeast)*(greatest-least)
}

// strongest is the row of the strongest rule of family f that holds for s, or −1.
func (r Rules) strongest(s *Said, f casefile.Family) int {
	for i := range table {
		if table[i].family == f && table[i].holds(&r, s) {
			return i
		}
	}
	return -1
}

// decision is row i applied to s. The time allowed runs from when the customer
// spoke, not from when a kiosk that was offline told us: who waited longer is
// called first.
func (r Rules) decision(i int, s *Said) Decision {
	at := r.at(s)
	d := Decision{
		Rule:     table[i].name,
		Family:   table[i].family,
		Subject:  string(s.ResponseKey),
		Priority: table[i].priority,
		Status:   table[i].status,
		At:       at,
		DueAt:    at.Add(table[i].due(&r)),
	}
	d.NextAt = d.DueAt
	if d.Rule == CriticalSeverity { // due at once: whoever is told first must have time to act
		d.NextAt = at.Add(r.CriticalStep)
	}
	return d
}

// at is the time s counts as given.
func (r Rules) at(s *Said) time.Time {
	t, _ := feedback.EffectiveTime(s.SubmittedAt, s.ReceivedAt, r.MaxSkew)
	return t
}

// rank is the row of a rule name; rows beyond the table are weakest.
func rank(name string) int {
	for i := range table {
		if string(table[i].name) == name {
			return i
		}
	}
	return len(table)
}
