package lifecycle_test

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

// model is a small lifecycle of its own, written down without a look at the
// package: what is legal, where it leads, and what the customer is told.
type model struct {
	status     casefile.Status
	severity   int // index of casefile.Severities
	category   string
	root       bool
	notifiable bool
	promised   []promise
	files      map[string]bool
	rated      bool
	accepted   bool
	answered   bool // by a person
	resolvedAt time.Time
	closedAt   time.Time

	escalations []casefile.Escalation // what was raised, as the case has it
}

type promise struct {
	cents int64
	by    string
	state casefile.CompensationState
}

func (m *model) sum() (n int64) {
	for _, p := range m.promised {
		if p.state != casefile.Refused {
			n += p.cents
		}
	}
	return n
}

func (m *model) waiting() bool {
	return slices.ContainsFunc(m.promised, func(p promise) bool { return p.state == casefile.Waiting })
}

func (m *model) is(all ...casefile.Status) bool { return slices.Contains(all, m.status) }

func (m *model) limits() (limit, approve int64) {
	if m.category == "other" {
		return 2000, 500
	}
	return 50000, 10000
}

// runs: the clock of the service level.
func (m *model) runs() bool {
	return m.is(casefile.Received, casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation, casefile.Decided, casefile.Reopened)
}

func (m *model) openComplaint() bool {
	return m.runs() || m.is(casefile.AwaitingCustomer, casefile.Resolved)
}

// said are words with something in them.
func said(c *lifecycle.Command) bool { return c.Words != nil && strings.TrimSpace(c.Words.Text) != "" }

// step is what the model makes of a command: whether it is legal, and whether
// the customer is told though the status stays. It changes the model only when
// the command is legal.
func (m *model) step(by casefile.Actor, c *lifecycle.Command, now time.Time) (legal, told bool) {
	switch by.Kind {
	case casefile.Staff:
		return m.staff(by, c, now)
	case casefile.Customer:
		return m.customer(c, now), false
	default:
		return m.file(c), false
	}
}

func (m *model) file(c *lifecycle.Command) bool {
	switch c.Do {
	case casefile.Attaching:
		if !m.openComplaint() || m.files[c.Attachment.ID] || !slices.Contains([]string{"1", "2", "3"}, c.Attachment.ID) || c.Attachment.Type != "image/png" {
			return false
		}
		m.files[c.Attachment.ID] = true
		return true
	case casefile.Refusing:
		return m.openComplaint() || m.is(casefile.Closed, casefile.Withdrawn, casefile.Duplicate)
	}
	return false
}

func (m *model) customer(c *lifecycle.Command, now time.Time) bool {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	switch c.Do {
	case casefile.Replying:
		if !m.openComplaint() || !said(c) {
			return false
		}
		if m.is(casefile.AwaitingCustomer) {
			m.status = casefile.InInvestigation
		}
	case casefile.Withdrawing:
		if !m.openComplaint() {
			return false
		}
		m.status = casefile.Withdrawn
	case casefile.Accepting:
		if !m.is(casefile.Resolved) || m.accepted {
			return false
		}
		m.accepted = true
		if m.root {
			m.status, m.closedAt = casefile.Closed, now
		}
	case casefile.Reopening:
		if !said(c) || !m.is(casefile.Resolved, casefile.Closed) || m.is(casefile.Closed) && now.Sub(m.closedAt) > days(30) {
			return false
		}
		m.status, m.accepted = casefile.Reopened, false
	case casefile.Rating:
		if !m.is(casefile.Closed) || m.rated || now.Sub(m.closedAt) > days(20) || c.Stars < 1 || c.Stars > 5 {
			return false
		}
		m.rated = true
	default:
		return m.file(c)
	}
	return true
}

func (m *model) staff(by casefile.Actor, c *lifecycle.Command, now time.Time) (legal, told bool) {
	exchange := m.is(casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation, casefile.AwaitingCustomer, casefile.Decided, casefile.Resolved, casefile.Reopened)
	cause := c.RootCause == "" || c.RootCause == "carrier"
	switch c.Do {
	case casefile.Registered:
		if !m.is(casefile.Draft) || c.Category == "" || c.Category == "nonsense" {
			return false, false
		}
		m.category, m.status = c.Category, casefile.Acknowledged
		m.severity = least(c.Category)
	case casefile.Dismissing:
		if !m.is(casefile.Draft) || c.Reason != "no_complaint" {
			return false, false
		}
		m.status = casefile.Dismissed
	case casefile.Duplicating:
		if !exchange && !m.is(casefile.Draft) || c.Duplicate != "2603-0000-0000" {
			return false, false
		}
		if m.is(casefile.Draft) {
			m.status = casefile.Duplicate
		}
	case casefile.Assessing:
		if !exchange || !cause || c.Category == "nonsense" || m.is(casefile.Acknowledged) && c.Severity == "" {
			return false, false
		}
		was, to := m.severity, m.category
		if c.Category != "" && c.Category != m.category {
			to = c.Category
			if to == "other" && m.sum() > 2000 {
				return false, false
			}
			was = max(was, least(to))
		}
		if c.Severity != "" {
			n := slices.Index(casefile.Severities[:], c.Severity)
			if n < was && !said(c) {
				return false, false
			}
			was = n
		}
		m.severity, m.category, m.root = was, to, m.root || c.RootCause != ""
		if m.is(casefile.Acknowledged) {
			m.status = casefile.Assessed
		}
	case casefile.Assigning:
		if !m.openComplaint() && !m.is(casefile.Draft) || c.Team == "" && c.Owner == "" || c.Team == "nonsense" {
			return false, false
		}
	case casefile.Investigating:
		if !m.is(casefile.Assessed, casefile.AwaitingCustomer, casefile.Reopened) || !cause {
			return false, false
		}
		m.status, m.root = casefile.InInvestigation, m.root || c.RootCause != ""
	case casefile.Asking:
		if !m.is(casefile.InInvestigation) || !said(c) {
			return false, false
		}
		m.status, m.answered = casefile.AwaitingCustomer, true
	case casefile.Answering:
		if !exchange || !said(c) {
			return false, false
		}
		m.answered = true
		return true, true
	case casefile.Noting:
		return said(c), false
	case casefile.Deciding:
		if !m.is(casefile.InInvestigation) || !said(c) || !cause || c.Outcome == "nonsense" || c.Outcome == "" ||
			(c.Outcome == casefile.Rejected) != (c.Reason == "expired") || c.Outcome != casefile.Rejected && c.Reason != "" {
			return false, false
		}
		m.status, m.answered, m.root = casefile.Decided, true, m.root || c.RootCause != ""
	case casefile.Compensating:
		limit, approve := m.limits()
		p := c.Compensation
		if !exchange || m.is(casefile.Resolved) || p.Cents < 0 || m.sum()+p.Cents > limit || p.Type == "financial" && p.Cents == 0 || p.Type == "immaterial" && p.Cents > 0 {
			return false, false
		}
		state := casefile.Promised
		if p.Cents > 0 && m.sum()+p.Cents > approve {
			state = casefile.Waiting
		}
		m.promised = append(m.promised, promise{p.Cents, by.ID, state})
	case casefile.Approving, casefile.Declining:
		n, err := strconv.Atoi(c.ID)
		n--
		if !exchange || m.is(casefile.Resolved) || err != nil || n < 0 || n >= len(m.promised) || m.promised[n].state != casefile.Waiting {
			return false, false
		}
		limit, _ := m.limits()
		if c.Do == casefile.Declining {
			m.promised[n].state = casefile.Refused
		} else if m.promised[n].by == by.ID || m.sum() > limit {
			return false, false
		} else {
			m.promised[n].state = casefile.Promised
		}
	case casefile.Apologising:
		return exchange, false
	case casefile.Resolving:
		if !m.is(casefile.Decided) || !said(c) || m.waiting() || !cause {
			return false, false
		}
		m.status, m.answered, m.resolvedAt, m.accepted, m.root = casefile.Resolved, true, now, false, m.root || c.RootCause != ""
	case casefile.Closing:
		if !m.is(casefile.Resolved) || !cause || !m.root && c.RootCause == "" {
			return false, false
		}
		m.status, m.closedAt, m.root = casefile.Closed, now, true
	case casefile.Reopening:
		if !m.is(casefile.Resolved, casefile.Closed) || !said(c) {
			return false, false
		}
		m.status, m.accepted = casefile.Reopened, false
	case casefile.Withdrawing:
		if !m.openComplaint() || !said(c) {
			return false, false
		}
		m.status = casefile.Withdrawn
	case casefile.Seeing, casefile.Handled:
		return slices.ContainsFunc(m.escalations, func(e casefile.Escalation) bool {
			done := e.HandledAt
			if c.Do == casefile.Seeing {
				done = e.SeenAt
			}
			return done.IsZero() && (c.Rule == "" || c.Rule == e.Rule)
		}), false
	case casefile.Linking:
		return m.openComplaint() || m.is(casefile.Closed, casefile.Withdrawn, casefile.Duplicate), false
	default:
		return false, false
	}
	return true, false
}

// least is the severity a category brings.
func least(category string) int {
	if category == "product.safety" {
		return 3
	}
	return 1
}
