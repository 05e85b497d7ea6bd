// Package handling measures how complaints are handled: times to the first
// response and to the resolution, by the clock on the wall and in business time,
// and the compliance with service levels. It imports the standard library and the
// domain only. The rules are those of worked case 09.
package handling

import (
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/sla"
)

// Complaint is what is known of one complaint.
type Complaint struct {
	ID string
	// FirstResponseAt is when a person first replied; an automatic acknowledgement
	// is no reply. Zero: nobody has.
	FirstResponseAt time.Time
	History         []Step // in order; the first is the receipt
}

// Step is a status and when it began.
type Step struct {
	Status casefile.Status
	At     time.Time
}

// Excluded is the state of a service level of a complaint that counts nowhere.
const Excluded sla.State = "excluded"

// Times are the times of one complaint in seconds; nil: not reached. Wall times
// are real time, so that changes of the clocks do not matter.
type Times struct {
	ID       string `json:"id"`
	Excluded bool   `json:"excluded"` // withdrawn, a duplicate, or no complaint: it counts nowhere
	Open     bool   `json:"open"`     // something is owed
	Reopened bool   `json:"reopened"`

	FirstResponseWall     *float64 `json:"first_response_wall_s"`
	FirstResponseBusiness *float64 `json:"first_response_business_s"`
	FirstResolutionWall   *float64 `json:"first_resolution_wall_s"`
	FinalResolutionWall   *float64 `json:"final_resolution_wall_s"` // nil while a reopened one is open
	Clock                 *float64 `json:"sla_clock_business_s"`    // business time in which something was owed

	FirstResponse sla.State `json:"sla_first_response"`
	Resolution    sla.State `json:"sla_resolution"`
}

// Measure measures one complaint by the policy it is held to, as things stood at
// asOf: what happened later is not looked at.
func Measure(c *Complaint, p *sla.Policy, asOf time.Time) Times {
	t := Times{ID: c.ID}
	history := until(c.History, asOf)
	if len(history) == 0 {
		t.Excluded, t.FirstResponse, t.Resolution = true, Excluded, Excluded
		return t
	}
	switch history[len(history)-1].Status {
	case casefile.Withdrawn, casefile.Duplicate, casefile.Dismissed:
		t.Excluded, t.FirstResponse, t.Resolution = true, Excluded, Excluded
		return t
	}
	received := history[0].At
	clock := p.Start(received)
	answered := c.FirstResponseAt
	if !answered.IsZero() && !answered.After(asOf) {
		t.FirstResponseWall = seconds(answered.Sub(received))
		t.FirstResponseBusiness = seconds(p.Calendar.Between(received, answered))
		sla.Meet(clock, sla.FirstResponse, answered)
	}
	t.Open = true
	for _, s := range history {
		switch s.Status {
		case casefile.Resolved:
			after := seconds(s.At.Sub(received))
			if t.FirstResolutionWall == nil {
				t.FirstResolutionWall = after
			}
			t.FinalResolutionWall, t.Open = after, false
			sla.MeetAll(clock, s.At)
			p.Stop(clock, s.At)
		case casefile.Closed:
			t.Open = false
			p.Stop(clock, s.At)
		case casefile.Reopened:
			t.Reopened, t.Open, t.FinalResolutionWall = true, true, nil
			p.Resume(clock, s.At)
		case casefile.AwaitingCustomer:
			p.Stop(clock, s.At)
		default:
			p.Resume(clock, s.At)
		}
	}
	t.Clock = seconds(p.Used(clock, asOf))
	t.FirstResponse = p.State(clock, sla.FirstResponse, asOf)
	t.Resolution = p.State(clock, sla.Resolution, asOf)
	return t
}

// until is the part of a history that had happened at asOf.
func until(history []Step, asOf time.Time) []Step {
	for i, s := range history {
		if s.At.After(asOf) {
			return history[:i]
		}
	}
	return history
}

func seconds(d time.Duration) *float64 {
	s := float64(d.Milliseconds()) / 1000
	return &s
}
