// Package escalate holds the escalation rules: which rating makes a case of
// which kind, until when it is due, and how a case moves when further votes
// come or a deadline passes. Everything is a pure function of its inputs and of
// a clock that is passed in; whoever calls keeps the result.
//
// The escalation rules and their defaults are those of worked case 18.
package escalate

import (
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Rule names an escalation rule. Together with a subject it is the idempotency
// key: a rule escalates a subject once.
type Rule string

// The rules about ratings.
const (
	LowRatingCallback Rule = "LOW_RATING_CALLBACK" // a low rating and the wish to be called back
	CallbackRequested Rule = "CALLBACK_REQUESTED"  // any rating and the wish to be called back
	RatingIsComplaint Rule = "RATING_IS_COMPLAINT" // a low rating with text: a draft case for triage
)

// Priority orders work.
type Priority string

// The priorities.
const (
	Normal Priority = "normal"
	High   Priority = "high"
)

// Rules are the thresholds, as configured.
type Rules struct {
	LowRatingMax int           // stars, 1 to 5: the highest rating that is low; other scales compare by index
	CallbackDue  time.Duration // from the vote to the call that was promised
	TriageDue    time.Duration // from the vote to the triage of a draft
	StepAfter    time.Duration // from telling one recipient to telling the next
	Recipients   int           // length of the chain of recipients
	MaxSkew      time.Duration // a device clock further ahead is not believed
}

// Decision is what one rule says about one rating.
type Decision struct {
	Rule     Rule
	Family   casefile.Family
	Subject  string // the response key
	Priority Priority
	Status   casefile.Status // of the case it opens
	At       time.Time       // when the vote counts as given
	DueAt    time.Time
}

// rule is one row of the rule table.
type rule struct {
	name     Rule
	family   casefile.Family
	priority Priority
	status   casefile.Status
	holds    func(v *feedback.Rating, low bool) bool
	due      func(*Rules) time.Duration
}

// table lists the rules about ratings. Rules of one family share one case;
// within a family the strongest comes first and is the one that counts. A new
// rule is a new row.
var table = [...]rule{
	{
		name: LowRatingCallback, family: casefile.Callback, priority: High, status: casefile.Open,
		holds: func(v *feedback.Rating, low bool) bool { return low && v.CallbackRequested },
		due:   func(r *Rules) time.Duration { return r.CallbackDue },
	},
	{
		name: CallbackRequested, family: casefile.Callback, priority: Normal, status: casefile.Open,
		holds: func(v *feedback.Rating, _ bool) bool { return v.CallbackRequested },
		due:   func(r *Rules) time.Duration { return r.CallbackDue },
	},
	{
		name: RatingIsComplaint, family: casefile.Complaint, priority: Normal, status: casefile.Draft,
		holds: func(v *feedback.Rating, low bool) bool { return low && v.HasText },
		due:   func(r *Rules) time.Duration { return r.TriageDue },
	},
}

// Families lists the families a rating can open a case of.
var Families = [...]casefile.Family{casefile.Callback, casefile.Complaint}

// Decide returns what the rules say about one rating, at most one decision for
// each family.
func Decide(v *feedback.Rating, r Rules) []Decision {
	var out []Decision
	for _, f := range Families {
		if i := r.strongest(v, f); i >= 0 {
			out = append(out, r.decision(i, v))
		}
	}
	return out
}

// IsLow reports whether a rating is low. The threshold is given in stars;
// another scale is compared by its index 100·(x−min)/(max−min), so that 2 of 5
// stars (index 25) stands for 3 of 10 on csat_1_10 (22.2; 4 would be 33.3), 2 of
// 10 on nps_0_10 and 2 of 7 on ces_1_7. A rating outside its scale is not low.
func (r Rules) IsLow(scale feedback.Scale, rating int) bool {
	least, greatest := scale.Bounds()
	starLeast, starGreatest := feedback.Stars5.Bounds()
	return scale.Valid(rating) &&
		(rating-least)*(starGreatest-starLeast) <= (r.LowRatingMax-starLeast)*(greatest-least)
}

// strongest is the row of the strongest rule of family f that holds for v, or −1.
func (r Rules) strongest(v *feedback.Rating, f casefile.Family) int {
	low := r.IsLow(v.Scale, v.Rating)
	for i := range table {
		if table[i].family == f && table[i].holds(v, low) {
			return i
		}
	}
	return -1
}

// decision is row i applied to v. The time allowed runs from when the customer
// spoke, not from when a kiosk that was offline told us: who waited longer is
// called first.
func (r Rules) decision(i int, v *feedback.Rating) Decision {
	at := r.at(v)
	return Decision{
		Rule:     table[i].name,
		Family:   table[i].family,
		Subject:  string(v.ResponseKey),
		Priority: table[i].priority,
		Status:   table[i].status,
		At:       at,
		DueAt:    at.Add(table[i].due(&r)),
	}
}

// at is the time v counts as given.
func (r Rules) at(v *feedback.Rating) time.Time {
	t, _ := feedback.EffectiveTime(v.SubmittedAt, v.ReceivedAt, r.MaxSkew)
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
