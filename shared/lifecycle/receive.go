package lifecycle

import (
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Receive makes the case of a complaint: registered and acknowledged in one, and
// in the hands of whom its route names. The two entries are to be sealed in
// their order; the first has the complaint's event as its cause.
func Receive(w *feedback.Complaint, o Opening, now time.Time, r Rules) (casefile.Case, []casefile.Entry) {
	c := casefile.Case{
		Number: casefile.NumberOf(casefile.Complaint, string(w.ResponseKey), w.ResponseKey.Month(), o.Attempt),
		Family: casefile.Complaint, Subject: string(w.ResponseKey), OpenedAt: w.ReceivedAt.UTC(),
	}
	m := begin(c, system, now, r)
	m.cmd.Cause = w.EventID
	m.complain(w, o)
	m.receive(w.ReceivedAt)
	m.c.Status = casefile.Received
	m.tell(events.CaseOpened, "")
	m.record(casefile.Opened, m.c.Rule)
	m.acknowledged()
	return m.c, m.entries
}

// Register brings a complaint into the case that its response has already; the
// caller has made sure that it is not in the timeline yet. A draft, or one that
// was dismissed, becomes a complaint, registered and acknowledged; what was
// resolved, or closed not too long ago, is reopened; else the word is recorded
// and staff are told.
func Register(c casefile.Case, w *feedback.Complaint, o Opening, now time.Time, r Rules) (casefile.Case, []casefile.Entry) {
	m := begin(c, casefile.Actor{Kind: casefile.Customer}, now, r)
	m.cmd.Cause = w.EventID
	switch {
	case c.Status == casefile.Draft || c.Status == casefile.Dismissed:
		m.complain(w, o)
		m.receive(w.ReceivedAt)
		m.c.Status = casefile.Received
		m.tell(events.CaseOpened, "")
		m.record(casefile.Registered, m.c.Rule)
		m.by = system
		m.acknowledged()
	case reopenable(&c, m.now, &r) == nil && (c.Status == casefile.Resolved || c.Status == casefile.Closed):
		m.follow(w, o)
		m.reopened(r.Severity(w.Category))
	default:
		if !c.Status.Ended() {
			m.follow(w, o)
			m.atLeast(r.Severity(w.Category))
		}
		if m.alert == nil {
			m.tell(events.CaseChanged, "")
		}
		m.record(casefile.Annotated, m.c.Rule)
	}
	return m.c, m.entries
}

// complain takes over what a complaint says.
func (m *move) complain(w *feedback.Complaint, o Opening) {
	c := &m.c
	c.Touchpoint, c.Channel, c.Device = w.Touchpoint, w.Channel, w.Device
	c.ResponseKey, c.EventID, c.Category = w.ResponseKey, w.EventID, w.Category
	if w.Language != "" {
		c.Language = w.Language
	}
	c.Notifiable = o.Notifiable
	if o.CustomerKey != "" {
		c.CustomerKey = o.CustomerKey
	}
}

// follow takes over a later complaint of the same response, unless staff and
// mail would lose the address that the earlier one gave.
func (m *move) follow(w *feedback.Complaint, o Opening) {
	if o.Notifiable || !m.c.Notifiable {
		m.c.EventID, m.c.Notifiable = w.EventID, o.Notifiable
	}
	if m.c.CustomerKey == "" {
		m.c.CustomerKey = o.CustomerKey
	}
}

// receive makes the case a complaint received at that time: severity, hands,
// clock and the rules that escalate it from the start.
func (m *move) receive(received time.Time) {
	c := &m.c
	route := m.r.Route(c.Touchpoint, c.Category)
	h := casefile.Handling{
		Severity: m.cmd.Severity, Urgency: m.cmd.Urgency, Team: route.Team, Owner: route.Owner,
		Clock: m.r.Policy(route.Policy).Start(received.UTC()),
	}
	if c.Handling.Team != "" || c.Handling.Owner != "" { // of a draft that somebody has in hand
		h.Team, h.Owner = "", ""
	}
	if h.Severity == "" {
		h.Severity = m.r.Severity(c.Category)
	}
	if h.Severity == "" {
		h.Severity = casefile.Medium
	}
	if h.Urgency == "" {
		h.Urgency = casefile.Normal
		if h.Severity == casefile.Critical {
			h.Urgency = casefile.Immediate
		}
	}
	m.change(h)
	c.Rule, c.Priority = ComplaintReceived, string(normal)
	if m.r.FollowUp(c.Category) {
		c.Rule = FollowUpComplaint
		m.escalate(FollowUpComplaint, high)
	}
	if h.Severity == casefile.Critical {
		c.Rule = CriticalSeverity
		m.escalate(CriticalSeverity, critical)
	}
}

// acknowledged is the entry by which the customer is told that the complaint was
// received.
func (m *move) acknowledged() {
	m.change(casefile.Handling{AcknowledgedAt: m.now})
	m.c.Status = casefile.Acknowledged
	m.record(casefile.Acknowledging, m.c.Rule)
}
