package escalate

import (
	"cmp"
	"slices"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// maxChangeAlerts bounds how often staff are told that one customer changed one
// response. Later changes are still recorded.
const maxChangeAlerts = 5

// Number is the number of a response's case of family f at the given attempt;
// see casefile.NumberOf.
func Number(f casefile.Family, k feedback.ResponseKey, attempt int) casefile.Number {
	return casefile.NumberOf(f, string(k), k.Month(), attempt)
}

// Next is the next move of the response's case of family f: said are all votes
// and complaints stored for the response, in any order and with any repetition;
// current and timeline are what is kept of the case, nil where there is none
// yet. It returns the case after the move and the timeline entry that records
// it, or false when nothing is left to do.
//
// One word is one move: the first that a rule of the family holds for opens the
// case, every other word after it is recorded, and one that arrives late takes
// its place all the same. Rule, deadline and texts named depend on which words
// there are, never on the order in which they came: the strongest rule holds,
// the earliest deadline counts, and a better vote changes neither. The window in
// which a vote may change the figures is of no matter here: a wish to be called
// is a wish whenever it comes. Called until it returns false, Next is idempotent.
//
// A complaint makes or changes the complaint case of its response by the rules of
// package lifecycle, before Next is asked; Next leaves it to them. Votes beside a
// complaint are recorded in its case and change no duty of it.
func Next(f casefile.Family, current *casefile.Case, timeline []casefile.Entry, said []Said, now time.Time, r Rules) (casefile.Case, casefile.Entry, bool) {
	order := r.concerning(f, said)
	var known []*Said // the words recorded, and the one to record now
	var word, before *Said
	for i := range order {
		s := &order[i]
		switch {
		case casefile.CausedBy(timeline, s.EventID):
			known = append(known, s)
			if word == nil {
				before = s
			}
		case word == nil && (f != casefile.Complaint || !s.Complaint):
			word = s
			known = append(known, s)
		}
	}
	if word == nil {
		return casefile.Case{}, casefile.Entry{}, false
	}
	want := r.fold(f, known)
	e := casefile.Entry{At: now, Cause: word.EventID, Rating: word.Rating, Scale: word.Scale}
	var c casefile.Case
	reason := events.CaseOpened
	if current == nil {
		if r.strongest(word, f) < 0 { // it only concerns a case that a complaint is still to make
			return casefile.Case{}, casefile.Entry{}, false
		}
		c, e.Action = want, casefile.Opened
	} else {
		c, e.Action = merge(*current, want)
		reason = events.CaseChanged
	}
	if e.Action != casefile.Annotated {
		raise(&c, &e, c.Rule, now)
		e.Priority = c.Priority
	}
	e.Rule, e.Category, e.Status, e.DueAt, e.Step = c.Rule, c.Category, c.Status, c.DueAt, c.Step
	if reason == events.CaseOpened || e.Action == casefile.Upgraded || worthTelling(word, before, timeline) {
		e.Alert = alert(&c, reason, now)
		e.Alert.EventID, e.Alert.Rating, e.Alert.Scale = word.EventID, word.Rating, word.Scale
		e.Alert.Category = cmp.Or(word.Category, c.Category)
	}
	return c, e, true
}

// Missed is the move of a case without an SLA clock whose deadline passed, or
// false when the message is out of date: the case has ended, has moved on to
// another step, or its deadline has been put off. The next recipient of the
// chain is told, and the last of it again and again as long as the case is open
// (casefile.Reminder).
func Missed(current casefile.Case, d events.Deadline, now time.Time, r Rules) (casefile.Case, casefile.Entry, bool) {
	c := current
	if c.Status.Ended() || d.Step != c.Step || c.NextAt.IsZero() || now.Before(c.NextAt) {
		return casefile.Case{}, casefile.Entry{}, false
	}
	c.Step++
	c.NextAt = now.Add(casefile.Reminder)
	if c.Step < r.Recipients(c.Handling.Team)-1 {
		c.NextAt = now.Add(r.StepAfter)
		if c.Priority == string(Critical) {
			c.NextAt = now.Add(r.CriticalStep)
		}
	}
	return c, casefile.Entry{
		At: now, Action: casefile.Overdue,
		Rule: c.Rule, Rating: c.Rating, Scale: c.Scale, Category: c.Category, Status: c.Status, DueAt: c.DueAt, Step: c.Step,
		Alert: alert(&c, events.CaseOverdue, now),
	}, true
}

// concerning returns the words that concern a case of family f, in the order of
// the domain (submitted, received, event id): the first that a rule of the family
// holds for, and all after it.
func (r Rules) concerning(f casefile.Family, said []Said) []Said {
	order := r.inOrder(said)
	for i := range order {
		if r.strongest(&order[i], f) >= 0 {
			return order[i:]
		}
	}
	return nil
}

// inOrder is what was said in the order of the domain, each word once.
func (r Rules) inOrder(said []Said) []Said {
	order := slices.Clone(said)
	slices.SortFunc(order, func(a, b Said) int {
		return cmp.Or(r.at(&a).Compare(r.at(&b)), a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.EventID, b.EventID))
	})
	return slices.CompactFunc(order, func(a, b Said) bool { return a.EventID == b.EventID })
}

// Complaint is the first complaint of what was said that the timeline of its case
// does not know yet; nil: it knows them all. Package lifecycle says what becomes
// of it.
func (r Rules) Complaint(timeline []casefile.Entry, said []Said) *Said {
	order := r.inOrder(said)
	for i := range order {
		if order[i].Complaint && !casefile.CausedBy(timeline, order[i].EventID) {
			return &order[i]
		}
	}
	return nil
}

// fold is the case the words ask for, as it stands when no deadline has passed.
// At least one of them is one a rule of f holds for.
func (r Rules) fold(f casefile.Family, said []*Said) casefile.Case {
	var c casefile.Case
	best, rated := len(table), len(table)
	for _, s := range said {
		i := r.strongest(s, f)
		if i < 0 {
			continue
		}
		d := r.decision(i, s)
		if best == len(table) {
			c = casefile.Case{
				Number: Number(f, s.ResponseKey, 0), Family: f, Subject: d.Subject,
				Touchpoint: s.Touchpoint, Channel: s.Channel, ResponseKey: s.ResponseKey,
				OpenedAt: d.At, DueAt: d.DueAt, NextAt: d.NextAt,
			}
		}
		if i < best {
			best = i
			c.Rule, c.Priority, c.Status = string(d.Rule), string(d.Priority), d.Status
		}
		if !s.Complaint && i < rated { // the rating shown is the first that made a rule about ratings hold
			rated = i
			c.Rating, c.Scale = s.Rating, s.Scale
		}
		c.Category = cmp.Or(c.Category, s.Category)
		c.Segment = cmp.Or(c.Segment, s.Segment)
		c.Language = cmp.Or(c.Language, s.Language)
		c.CustomerKey = cmp.Or(c.CustomerKey, s.CustomerKey)
		if d.DueAt.Before(c.DueAt) {
			c.DueAt = d.DueAt
		}
		if d.NextAt.Before(c.NextAt) {
			c.NextAt = d.NextAt
		}
		// The last who asked to be called left the contact that counts; else the
		// last text that made the case what it is.
		if f == casefile.Callback || i == best {
			c.EventID = s.EventID
		}
	}
	return c
}

// merge brings what the words ask for into a case that exists. Nothing gets
// weaker and no deadline later. A case that has ended stays so: it is recorded,
// and staff are told. Of a complaint only the rating beside it is shown: all else
// is up to whoever handles it.
func merge(c, want casefile.Case) (casefile.Case, casefile.Action) {
	if c.Status.Ended() {
		return c, casefile.Annotated
	}
	if c.Family == casefile.Complaint && c.Status != casefile.Draft {
		if want.Scale != "" {
			c.Rating, c.Scale = want.Rating, want.Scale
		}
		return c, casefile.Annotated
	}
	action := casefile.Annotated
	if rank(want.Rule) < rank(c.Rule) {
		action = casefile.Upgraded
		c.Rule, c.Priority = want.Rule, want.Priority
	}
	if rank(want.Rule) <= rank(c.Rule) && want.Scale != "" {
		c.Rating, c.Scale = want.Rating, want.Scale
	}
	c.EventID, c.Touchpoint, c.Channel = want.EventID, want.Touchpoint, want.Channel
	c.Category, c.Segment, c.Language = cmp.Or(want.Category, c.Category), cmp.Or(want.Segment, c.Segment), cmp.Or(want.Language, c.Language)
	c.CustomerKey = cmp.Or(c.CustomerKey, want.CustomerKey)
	if want.OpenedAt.Before(c.OpenedAt) {
		c.OpenedAt = want.OpenedAt
	}
	if want.DueAt.Before(c.DueAt) {
		c.DueAt = want.DueAt
	}
	if c.Step == 0 && want.NextAt.Before(c.NextAt) {
		c.NextAt = want.NextAt
	}
	return c, action
}

// raise notes in the case, and in the entry that tells of it, that a rule
// escalated it.
func raise(c *casefile.Case, e *casefile.Entry, rule string, now time.Time) {
	note(c, e, casefile.Handling{Escalations: []casefile.Escalation{{Rule: rule, RaisedAt: now}}})
}

// note brings a change of the handling into the case and the entry that tells of
// it.
func note(c *casefile.Case, e *casefile.Entry, change casefile.Handling) {
	c.Handling.Merge(change)
	e.Set = &change
}

// worthTelling reports whether a word that changes no duty tells staff something
// new: another rating, another wish, a complaint or a text, and not more often
// than maxChangeAlerts.
func worthTelling(s, before *Said, timeline []casefile.Entry) bool {
	told := 0
	for i := range timeline {
		if a := timeline[i].Alert; a != nil && a.Reason == events.CaseChanged {
			told++
		}
	}
	return told < maxChangeAlerts &&
		(before == nil || s.HasText || s.Rating != before.Rating || s.Scale != before.Scale || s.CallbackRequested != before.CallbackRequested)
}

// alert tells the recipient of the case's present step.
func alert(c *casefile.Case, reason events.AlertReason, now time.Time) *events.Alert {
	a := &events.Alert{
		Reason: reason, At: now,
		Rule: c.Rule, Priority: c.Priority, Touchpoint: c.Touchpoint, Device: c.Device,
		ResponseKey: c.ResponseKey, EventID: c.EventID, Rating: c.Rating, Scale: c.Scale, Category: c.Category,
		Step: c.Step, Team: c.Handling.Team,
	}
	if !c.DueAt.IsZero() {
		due := c.DueAt
		a.DueAt = &due
	}
	if c.Family == casefile.Complaint {
		a.Status, a.Severity = string(c.Status), string(c.Handling.Severity)
	}
	return a
}
