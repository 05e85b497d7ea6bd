package lifecycle

import (
	"slices"
	"strconv"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
)

// Owed is the sum of what a case promises or may promise once it is approved, in
// cents.
func Owed(h *casefile.Handling) int64 {
	var sum int64
	for _, p := range h.Compensations {
		if p.State != casefile.Refused {
			sum += p.Cents
		}
	}
	return sum
}

// waits reports whether a compensation still waits for approval.
func waits(c *casefile.Case) bool {
	return slices.ContainsFunc(c.Handling.Compensations, func(p casefile.Compensation) bool { return p.State == casefile.Waiting })
}

// settled refuses to resolve a case that owes somebody an approval.
func settled(c *casefile.Case, _ time.Time, _ *Rules) *Refusal {
	if waits(c) {
		return refuse(WaitingApproval, "", "A compensation still waits for approval.")
	}
	return nil
}

// hasWaiting: there is something to approve.
func hasWaiting(c *casefile.Case, _ time.Time, _ *Rules) *Refusal {
	if !waits(c) {
		return refuse(NothingOpen, "", "No compensation waits for approval.")
	}
	return nil
}

// compensate promises the customer something. A sum above what staff may promise
// waits for the approval of another person; one above the limit is refused.
func (m *move) compensate() *Refusal {
	p := m.cmd.Compensation
	if p == nil || p.Type == "" {
		return refuse(Missing, "type", "Say what kind of compensation it is.")
	}
	kinds, ok := casefile.CompensationKinds[p.Type]
	switch {
	case !ok:
		return refuse(Invalid, "type", "Want financial, material or immaterial.")
	case p.Kind == "":
		return refuse(Missing, "kind", "Say what is given.")
	case !slices.Contains(kinds, p.Kind):
		return refuse(Invalid, "kind", "This kind is not of that type.")
	case p.Cents < 0:
		return refuse(Invalid, "cents", "An amount is not negative.")
	case p.Cents > 0 && p.Type == "immaterial":
		return refuse(Invalid, "cents", "What is immaterial has no amount.")
	case p.Cents == 0 && p.Type == "financial":
		return refuse(Missing, "cents", "Say how much.")
	case m.by.ID == "":
		return refuse(Forbidden, "", "Nobody answers for this.")
	}
	owed := Owed(&m.c.Handling)
	limit, approve := m.r.Limit(m.c.Category)
	if p.Cents > 0 && p.Cents > limit-owed { // a difference of what is at most the limit: no overflow
		return refuse(OverLimit, "cents", "The sum would be above the limit of "+strconv.FormatInt(limit, 10)+" cents.")
	}
	given := casefile.Compensation{
		ID: strconv.Itoa(len(m.c.Handling.Compensations) + 1), Type: p.Type, Kind: p.Kind, Cents: p.Cents,
		State: casefile.Promised, At: m.now, By: m.by.ID,
	}
	if p.Cents > 0 && owed+p.Cents > approve {
		given.State = casefile.Waiting
		m.tell(events.CaseChanged, "").Action = string(casefile.Compensating)
	}
	m.change(casefile.Handling{Compensations: []casefile.Compensation{given}})
	if p.Kind == "apology" {
		m.change(casefile.Handling{ApologyAt: m.now})
	}
	m.record(casefile.Compensating, m.c.Rule)
	return nil
}

// waiting finds the compensation that the command names.
func (m *move) waiting() (casefile.Compensation, *Refusal) {
	if m.cmd.ID == "" {
		return casefile.Compensation{}, refuse(Missing, "id", "Name the compensation.")
	}
	for _, p := range m.c.Handling.Compensations {
		if p.ID == m.cmd.ID {
			if p.State != casefile.Waiting {
				return p, refuse(AlreadyDone, "id", "This compensation does not wait for approval.")
			}
			return p, nil
		}
	}
	return casefile.Compensation{}, refuse(Unknown, "id", "There is no such compensation.")
}

// approve lets a compensation hold. Whoever promised it is not who approves it.
func (m *move) approve() *Refusal {
	p, f := m.waiting()
	if f != nil {
		return f
	}
	if m.by.ID == "" || m.by.ID == p.By {
		return refuse(Forbidden, "", "Another person approves what one person promised.")
	}
	if limit, _ := m.r.Limit(m.c.Category); Owed(&m.c.Handling) > limit {
		return refuse(OverLimit, "id", "The sum is above the limit of "+strconv.FormatInt(limit, 10)+" cents.")
	}
	p.State = casefile.Promised
	m.change(casefile.Handling{Compensations: []casefile.Compensation{p}})
	m.record(casefile.Approving, m.c.Rule)
	return nil
}

// decline lets a compensation go that waited for approval.
func (m *move) decline() *Refusal {
	p, f := m.waiting()
	if f != nil {
		return f
	}
	p.State = casefile.Refused
	m.change(casefile.Handling{Compensations: []casefile.Compensation{p}})
	m.record(casefile.Declining, m.c.Rule)
	return nil
}
