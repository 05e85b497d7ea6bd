package lifecycle

import (
	"slices"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/sla"
)

// acted tells staff what the customer did.
func (m *move) acted(action casefile.Action) {
	if m.by.Kind == casefile.Customer && m.alert == nil {
		m.tell(events.CustomerActed, "").Action = string(action)
	}
}

// threatened makes a complaint critical in whose customer's words there is a threat.
// Staff are told of it with the words.
func (m *move) threatened(action casefile.Action) {
	w := m.cmd.Words
	if m.by.Kind != casefile.Customer || w == nil || m.c.Handling.Severity == "" || m.r.Threatens == nil || !m.r.Threatens(w.Text) {
		return
	}
	if m.atLeast(casefile.Critical); m.alert != nil {
		m.alert.Action = string(action)
	}
}

// maxUnasked is how many entries a case has, at least, when its customer can
// write again only once asked. Whoever has the link could write for ever, and
// make of the case one that is too long to be read in one.
const maxUnasked = 300

// hasRoom refuses words that nobody asked for in a case that is very long.
func hasRoom(c *casefile.Case, _ time.Time, _ *Rules) *Refusal {
	if c.Version >= maxUnasked && c.Status != casefile.AwaitingCustomer {
		return refuse(TooLate, "", "This case is too long for further words that nobody asked for.")
	}
	return nil
}

// reply keeps words of the customer. Who was asked has answered by it: the clock
// runs again.
func (m *move) reply() *Refusal {
	if f := m.cmd.needWords(); f != nil {
		return f
	}
	if m.c.Status == casefile.AwaitingCustomer {
		if f := m.to(casefile.InInvestigation); f != nil {
			return f
		}
		m.resume()
	}
	m.threatened(casefile.Replying)
	m.acted(casefile.Replying)
	m.record(casefile.Replying, m.c.Rule)
	return nil
}

// notAccepted refuses to accept twice.
func notAccepted(c *casefile.Case, _ time.Time, _ *Rules) *Refusal {
	if accepted(c) {
		return refuse(AlreadyDone, "", "The customer has accepted already.")
	}
	return nil
}

// accepted reports whether the customer accepts the present resolution.
func accepted(c *casefile.Case) bool {
	return c.Status == casefile.Resolved && !c.Handling.AcceptedAt.IsZero() && !c.Handling.AcceptedAt.Before(c.Handling.LastResolvedAt)
}

// accept closes the case, where its root cause is known. Else staff are told to
// find it: they close.
func (m *move) accept() *Refusal {
	m.change(casefile.Handling{AcceptedAt: m.now})
	m.acted(casefile.Accepting)
	if m.c.Handling.RootCause != "" {
		return m.closed()
	}
	if m.escalate(RootCauseMissing, high) {
		m.alert.Rule = RootCauseMissing
	}
	m.record(casefile.Accepting, m.c.Rule)
	return nil
}

// reopenable says until when the customer may disagree.
func reopenable(c *casefile.Case, now time.Time, r *Rules) *Refusal {
	if f := isComplaint(c, now, r); f != nil {
		return f
	}
	if c.Status == casefile.Closed && now.After(c.Handling.ClosedAt.AddDate(0, 0, r.ReopenDays)) {
		return refuse(TooLate, "", "This case was closed too long ago to be reopened.")
	}
	return nil
}

// reopen begins anew: what was resolved is not. Words say why.
func (m *move) reopen() *Refusal {
	if f := m.cmd.needWords(); f != nil {
		return f
	}
	if f := m.to(casefile.Reopened); f != nil {
		return f
	}
	m.reopened("")
	return nil
}

// reopened starts the clock of the resolution again; a regulatory answer was
// given and stays so. What is said anew may be more severe: at least so much.
func (m *move) reopened(least casefile.Severity) {
	m.c.Status = casefile.Reopened
	m.change(casefile.Handling{ReopenedAt: m.now})
	m.clock(func(p *sla.Policy, k *casefile.Clock) {
		p.Resume(k, m.now)
		if d := sla.Find(k, sla.Resolution); d != nil && d.Level >= 2 {
			d.LevelAt = m.now // late already: the next recipient hears in a while, not at once
		}
	})
	if m.escalate(FollowUpComplaint, high) {
		m.tell(events.CaseEscalated, FollowUpComplaint)
	}
	m.atLeast(least)
	if m.alert != nil {
		m.alert.Action = string(casefile.Reopening)
	}
	m.threatened(casefile.Reopening)
	m.acted(casefile.Reopening)
	m.record(casefile.Reopening, m.c.Rule)
}

// withdraw ends the case on the customer's word. Staff who heard it say so in
// words.
func (m *move) withdraw() *Refusal {
	if m.by.Kind == casefile.Staff {
		if f := m.cmd.needWords(); f != nil {
			return f
		}
	}
	m.acted(casefile.Withdrawing)
	return m.end(casefile.Withdrawn, casefile.Withdrawing)
}

// ratable says when the customer may rate the handling.
func ratable(c *casefile.Case, now time.Time, r *Rules) *Refusal {
	if f := isComplaint(c, now, r); f != nil {
		return f
	}
	if c.Handling.Satisfaction != 0 {
		return refuse(AlreadyDone, "", "The handling was rated already.")
	}
	if now.After(surveyEnds(c, r)) {
		return refuse(TooLate, "", "This case was closed too long ago to be rated.")
	}
	return nil
}

// surveyEnds is until when the customer may rate the handling of a closed case.
func surveyEnds(c *casefile.Case, r *Rules) time.Time {
	return c.Handling.ClosedAt.AddDate(0, 0, r.SurveyDays)
}

// rate keeps how satisfied the customer is with the handling. Who is disappointed
// even then is not left alone.
func (m *move) rate() *Refusal {
	if m.cmd.Stars == 0 {
		return refuse(Missing, "stars", "Choose one of 1 to 5.")
	}
	if m.cmd.Stars < 1 || m.cmd.Stars > 5 {
		return refuse(Invalid, "stars", "Choose one of 1 to 5.")
	}
	m.change(casefile.Handling{Satisfaction: m.cmd.Stars})
	if m.cmd.Stars <= m.r.DisappointedMax && m.escalate(DisappointedAfterClosure, high) {
		m.tell(events.CaseEscalated, DisappointedAfterClosure).Action = string(casefile.Rating)
	}
	m.acted(casefile.Rating)
	m.record(casefile.Rating, m.c.Rule)
	return nil
}

// attachmentTypes are the media types of files that customers may add.
var attachmentTypes = []string{"image/jpeg", "image/png", "image/webp", "application/pdf"}

// maxAttachments is how many there can be, whatever is configured.
const maxAttachments = 3

// attach adds a file that was checked.
func (m *move) attach() *Refusal {
	a := m.cmd.Attachment
	switch {
	case a == nil:
		return refuse(Missing, "attachment", "Name the file.")
	case len(a.ID) != 1 || a.ID[0] < '1' || a.ID[0] > '0'+maxAttachments:
		return refuse(Invalid, "attachment", "The place of a file is 1, 2 or 3.")
	case !slices.Contains(attachmentTypes, a.Type):
		return refuse(Invalid, "attachment", "A file is a JPEG, PNG or WebP image or a PDF.")
	case a.Bytes <= 0:
		return refuse(Invalid, "attachment", "A file is not empty.")
	case slices.ContainsFunc(m.c.Handling.Attachments, func(b casefile.Attachment) bool { return b.ID == a.ID }):
		return refuse(AlreadyDone, "attachment", "There is a file in this place already.")
	}
	file := *a
	file.At = m.now
	m.change(casefile.Handling{Attachments: []casefile.Attachment{file}})
	m.tell(events.CustomerActed, "").Action = string(casefile.Attaching)
	m.record(casefile.Attaching, m.c.Rule)
	return nil
}

// refuseFile records that a file was not taken.
func (m *move) refuseFile() *Refusal {
	if m.cmd.Reason == "" {
		return refuse(Missing, "reason", "Say by a code why the file was refused.")
	}
	m.record(casefile.Refusing, m.c.Rule)
	return nil
}
