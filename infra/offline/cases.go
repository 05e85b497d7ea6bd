package main

import (
	"fmt"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/period"
)

// What staff and customers do about complaints. The shares are plausible, not
// measured.
const (
	shareAnonymous   = 0.25 // of the complaints, nobody can be told
	shareWithdrawn   = 0.03 // of the complaints
	shareForgotten   = 0.03 // of the complaints, nobody does anything …
	shareSlow        = 0.12 // … or much later than promised
	shareAsked       = 0.2  // of the complaints, the customer is asked something
	shareRejected    = 0.14 // of the decisions
	shareApologised  = 0.6  // of the decisions that are no rejection
	shareCompensated = 0.35 // of the decisions that are no rejection
	shareReopened    = 0.05 // of the resolved
	shareJudged      = 0.3  // of the closed whose customer is known, rated afterwards
	shareRepeated    = 0.03 // of the complaints, by a customer who complained before
	shareLinked      = 0.5  // of the complaints of a category with a corrective action
	shareTriaged     = 0.04 // of the complaints, a rating that staff found to be one
	shareCausedKnown = 0.85 // of the closed, with a root cause
)

// Staff of the synthetic organisation.
var handlers = []casefile.Actor{{Kind: casefile.Staff, ID: "staff-1"}, {Kind: casefile.Staff, ID: "staff-2"}, {Kind: casefile.Staff, ID: "staff-3"}}

// played is a case that is being played by the rules of the lifecycle.
type played struct {
	s   *synthesis
	c   casefile.Case
	now time.Time
	err error
}

// keep seals the entries and tells them to reporting, as the store does.
func (p *played) keep(c casefile.Case, entries []casefile.Entry) {
	for i := range entries {
		if err := casefile.Seal(&c, &entries[i]); err != nil && p.err == nil {
			p.err = fmt.Errorf("playing case %s: %w", c.Number, err)
		}
	}
	p.c = c
	for i := range entries {
		if p.err == nil {
			p.err = p.s.emitStep(casefile.StepOf(&c, &entries[i]))
		}
	}
}

// until lets time pass; the clock does what is due on its way.
func (p *played) until(at time.Time) {
	for p.err == nil && !p.c.NextAt.IsZero() && !p.c.NextAt.After(at) {
		when := p.c.NextAt
		if when.Before(p.now) { // due before the case came to be so
			when = p.now
		}
		c, entries, more := p.tick(when)
		if !more {
			break
		}
		p.keep(c, entries)
	}
	p.now = at
}

// tick lets the clock do one thing.
func (p *played) tick(at time.Time) (casefile.Case, []casefile.Entry, bool) {
	if p.c.Family == casefile.Complaint {
		return lifecycle.Tick(p.c, at, p.s.rules)
	}
	c, e, ok := escalate.Missed(p.c, events.Deadline{Case: string(p.c.Number), Step: p.c.Step, DueAt: p.c.NextAt}, at, p.s.thresholds)
	return c, []casefile.Entry{e}, ok
}

// do waits and then gives a command; one that the case does not allow any more,
// because the clock was faster, is not given. False: the end of the story.
func (p *played) do(wait time.Duration, by casefile.Actor, cmd lifecycle.Command) bool {
	at := p.now.Add(wait)
	if p.err != nil || !at.Before(p.s.horizon) {
		p.until(p.s.horizon)
		return false
	}
	p.until(at)
	if c, entries, err := lifecycle.Apply(p.c, cmd, by, p.now, p.s.rules); err == nil {
		p.keep(c, entries)
	}
	return p.err == nil
}

// hours is a random wait with that mean.
func (s *synthesis) hours(mean float64) time.Duration {
	return time.Duration(s.ExpFloat64()*mean*3600) * time.Second
}

func said(text string) *casefile.Words { return &casefile.Words{Salt: "SYNTHETIC", Text: text} }

// complaint is one that nobody asked for, with what becomes of it.
func (s *synthesis) complaint(t *config.Touchpoint, at int64) error {
	received := time.UnixMilli(at).UTC()
	month := period.Of(received, s.cfg.Zone())
	event := s.id()
	w := feedback.Complaint{
		EventID: eventText(event), Touchpoint: t.ID, Channel: s.complaintChannel(), Category: s.category(received),
		SubmittedAt: received, ReceivedAt: received, Language: languageText(s.language()), CollectionMode: feedback.Self,
	}
	w.ResponseKey = s.derived(month, event).ResponseKey()
	if s.Float64() < 0.6 {
		annoyance := min(2+s.IntN(4), 5)
		w.Annoyance = &annoyance
	}
	o := lifecycle.Opening{Notifiable: s.Float64() >= shareAnonymous}
	if o.Notifiable {
		o.CustomerKey = "synthetic"
	}
	p := &played{s: s, now: received}
	if s.Float64() < shareTriaged {
		p.draft(t, &w)
	} else {
		if err := s.emitComplaint(month, &w); err != nil {
			return err
		}
		p.keep(lifecycle.Receive(&w, o, received.Add(time.Second), s.rules))
	}
	if month == s.period {
		s.complaints++
	}
	p.handle(&w)
	return p.err
}

// draft begins with a low rating that staff find to be a complaint, or not.
func (p *played) draft(t *config.Touchpoint, w *feedback.Complaint) {
	p.keep(casefile.Case{
		Number: casefile.NumberOf(casefile.Complaint, string(w.ResponseKey), w.ResponseKey.Month(), 0), Family: casefile.Complaint,
		Subject: string(w.ResponseKey), ResponseKey: w.ResponseKey, Rule: string(escalate.RatingIsComplaint), Priority: "normal", Status: casefile.Draft,
		Touchpoint: t.ID, Channel: feedback.EmailLink, EventID: w.EventID, OpenedAt: p.now, Notifiable: true,
	}, []casefile.Entry{{At: p.now, Action: casefile.Opened, Rule: string(escalate.RatingIsComplaint), Priority: "normal", Status: casefile.Draft}})
	if p.s.Float64() < 0.3 {
		reasons := p.s.cfg.Complaints.DismissalReasons
		if len(reasons) > 0 {
			p.do(p.s.hours(6), p.s.handler(), lifecycle.Command{Do: casefile.Dismissing, Reason: reasons[p.s.IntN(len(reasons))]})
		}
		return
	}
	p.do(p.s.hours(6), p.s.handler(), lifecycle.Command{Do: casefile.Registered, Category: w.Category})
}

func (s *synthesis) handler() casefile.Actor { return handlers[s.IntN(len(handlers))] }

// handle goes on from the receipt.
func (p *played) handle(w *feedback.Complaint) {
	s := p.s
	if s.Float64() < shareForgotten {
		p.until(s.horizon)
		return
	}
	pace := 1.0
	if s.Float64() < shareSlow {
		pace = 9
	}
	who := s.handler()
	customer := casefile.Actor{Kind: casefile.Customer}
	if s.Float64() < shareRepeated {
		if c, entries, ok := lifecycle.Raise(p.c, string(escalate.RepeatComplaint), "high", p.now.Add(time.Second), s.rules); ok {
			p.keep(c, entries)
		}
	}
	severity := []casefile.Severity{casefile.Low, casefile.Medium, casefile.Medium, casefile.High}[s.IntN(4)]
	if p.c.Handling.Severity == casefile.Critical {
		severity = casefile.Critical
	}
	if !p.do(s.hours(3*pace), who, lifecycle.Command{Do: casefile.Assessing, Severity: severity}) ||
		!p.do(s.hours(2*pace), who, lifecycle.Command{Do: casefile.Answering, Words: said("We are looking into it.")}) {
		return
	}
	if s.Float64() < shareWithdrawn {
		p.do(s.hours(20), customer, lifecycle.Command{Do: casefile.Withdrawing, Words: said("It is settled.")})
		return
	}
	if !p.do(s.hours(4*pace), who, lifecycle.Command{Do: casefile.Investigating}) {
		return
	}
	if s.Float64() < shareAsked && (!p.do(s.hours(3), who, lifecycle.Command{Do: casefile.Asking, Words: said("Which one was it?")}) ||
		!p.do(s.hours(30), customer, lifecycle.Command{Do: casefile.Replying, Words: said("The second.")}) ||
		!p.do(s.hours(4), who, lifecycle.Command{Do: casefile.Investigating})) {
		return
	}
	if !p.settle(who, pace) {
		return
	}
	if a := s.action(w.Category); a != nil && p.now.After(a.StartsAt) && s.Float64() < shareLinked {
		p.do(time.Minute, who, lifecycle.Command{Do: casefile.Linking, CorrectiveAction: a.ID})
	}
	if s.Float64() < shareReopened && p.do(s.hours(48), customer, lifecycle.Command{Do: casefile.Reopening, Words: said("It happened again.")}) {
		if !p.do(s.hours(8), who, lifecycle.Command{Do: casefile.Investigating}) || !p.settle(who, 1) {
			return
		}
	}
	p.end(who, customer)
}

// settle decides and resolves.
func (p *played) settle(who casefile.Actor, pace float64) bool {
	s := p.s
	decide := lifecycle.Command{Do: casefile.Deciding, Words: said("It was our mistake.")}
	if reasons := s.cfg.Complaints.RejectionReasons; s.Float64() < shareRejected && len(reasons) > 0 {
		decide.Outcome, decide.Reason = casefile.Rejected, reasons[s.IntN(len(reasons))]
	} else {
		decide.Outcome = []casefile.DecisionOutcome{casefile.Accepted, casefile.Accepted, casefile.Partly, casefile.Goodwill}[s.IntN(4)]
		if s.Float64() < shareApologised && !p.do(s.hours(1), who, lifecycle.Command{Do: casefile.Apologising}) {
			return false
		}
		if s.Float64() < shareCompensated {
			promise := casefile.Compensation{Type: "financial", Kind: []string{"refund", "voucher", "discount"}[s.IntN(3)], Cents: int64(5+s.IntN(36)) * 100}
			if s.Float64() < 0.2 {
				promise = casefile.Compensation{Type: "material", Kind: "replacement", Cents: int64(10+s.IntN(60)) * 100}
			}
			if !p.do(time.Minute, who, lifecycle.Command{Do: casefile.Compensating, Compensation: &promise}) {
				return false
			}
		}
	}
	return p.do(s.hours(10*pace), who, decide) && p.do(s.hours(3*pace), who, lifecycle.Command{Do: casefile.Resolving, Words: said("This is what we do.")})
}

// end closes the case, and the customer says what they think of its handling.
func (p *played) end(who, customer casefile.Actor) {
	s := p.s
	closing := lifecycle.Command{Do: casefile.Closing}
	if causes := s.cfg.Complaints.RootCauses; len(causes) > 0 && s.Float64() < shareCausedKnown {
		closing.RootCause = causes[min(int(s.ExpFloat64()*1.5), len(causes)-1)]
	}
	if !p.do(s.hours(60), customer, lifecycle.Command{Do: casefile.Accepting}) || !p.do(s.hours(40), who, closing) {
		return
	}
	if p.c.Notifiable && s.Float64() < shareJudged {
		stars := 1 + s.IntN(5)
		if !p.c.Handling.ApologyAt.IsZero() { // the better of two
			stars = max(stars, 1+s.IntN(5))
		}
		p.do(s.hours(30), customer, lifecycle.Command{Do: casefile.Rating, Stars: stars})
	}
	p.until(s.horizon)
}

// callback is the case of a customer who asked to be called back: seen and done,
// or not.
func (s *synthesis) callback(t *config.Touchpoint, at int64, rule escalate.Rule) error {
	opened := time.UnixMilli(at).UTC()
	event := s.id()
	key := s.derived(period.Of(opened, s.cfg.Zone()), event).ResponseKey()
	family := casefile.Callback
	if rule == escalate.HighValueLowRating {
		family = casefile.Attention
	}
	raised, due := casefile.Escalation{Rule: string(rule), RaisedAt: opened}, opened.Add(s.thresholds.CallbackDue)
	p := &played{s: s, now: opened}
	p.keep(casefile.Case{
		Number: casefile.NumberOf(family, string(key), key.Month(), 0), Family: family, Subject: string(key), ResponseKey: key,
		Rule: string(rule), Priority: "high", Status: casefile.Open, Touchpoint: t.ID, Channel: feedback.EmailLink, EventID: eventText(event),
		OpenedAt: opened, DueAt: due, NextAt: due, Handling: casefile.Handling{Escalations: []casefile.Escalation{raised}},
	}, []casefile.Entry{{At: opened, Action: casefile.Opened, Rule: string(rule), Priority: "high", Status: casefile.Open, DueAt: due,
		Set: &casefile.Handling{Escalations: []casefile.Escalation{raised}}}})
	who := s.handler()
	if s.Float64() < 0.9 && p.do(s.hours(5), who, lifecycle.Command{Do: casefile.Seeing}) && s.Float64() < 0.9 {
		p.do(s.hours(10), who, lifecycle.Command{Do: casefile.Closing, Words: said("Called.")})
	}
	p.until(s.horizon)
	return p.err
}

func (s *synthesis) complaintChannel() feedback.Channel {
	return []feedback.Channel{feedback.WebForm, feedback.WebForm, feedback.WebForm, feedback.Phone, feedback.Letter, feedback.InPerson}[s.IntN(6)]
}

// category draws one: a few are frequent, and that of a corrective action is
// seldom from when it took effect.
func (s *synthesis) category(at time.Time) string {
	if len(s.cfg.Categories) == 0 {
		return "other"
	}
	for {
		n := min(int(s.ExpFloat64()*float64(len(s.cfg.Categories))/4), len(s.cfg.Categories)-1)
		category := s.cfg.Categories[(n*7+3)%len(s.cfg.Categories)]
		if a := s.action(category); a == nil || a.DoneAt.IsZero() || at.Before(a.DoneAt) || s.Float64() < 0.5 {
			return category
		}
	}
}
