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

// Next is the next move of the response's case of family f: votes are all votes
// stored for the response, in any order and with any repetition; current and
// timeline are what is kept of the case, nil where there is none yet. It returns
// the case after the move and the timeline entry that records it, or false when
// nothing is left to do.
//
// One vote is one move: the first vote that a rule of the family holds for opens
// the case, every other vote submitted after it is recorded, and a vote that
// arrives late takes its place all the same. Rule, deadline and texts named
// depend on which votes there are, never on the order in which they came: the
// strongest rule holds, the earliest deadline counts, and a better vote changes
// neither. The window in which a vote may change the figures is of no matter
// here: a wish to be called is a wish whenever it comes. Called until it returns false, Next is idempotent.
func Next(f casefile.Family, current *casefile.Case, timeline []casefile.Entry, votes []feedback.Rating, now time.Time, r Rules) (casefile.Case, casefile.Entry, bool) {
	order := r.concerning(f, votes)
	var known []*feedback.Rating // the votes recorded, and the one to record now
	var vote, before *feedback.Rating
	for i := range order {
		v := &order[i]
		if casefile.CausedBy(timeline, v.EventID) {
			known = append(known, v)
			if vote == nil {
				before = v
			}
		} else if vote == nil {
			vote = v
			known = append(known, v)
		}
	}
	if vote == nil {
		return casefile.Case{}, casefile.Entry{}, false
	}
	want := r.fold(f, known)
	e := casefile.Entry{At: now, Cause: vote.EventID, Rating: vote.Rating, Scale: vote.Scale}
	var c casefile.Case
	reason := events.CaseOpened
	if current == nil {
		c, e.Action = want, casefile.Opened
	} else {
		c, e.Action = merge(*current, want)
		reason = events.CaseChanged
	}
	e.Rule, e.Status, e.DueAt, e.Step = c.Rule, c.Status, c.DueAt, c.Step
	if reason == events.CaseOpened || e.Action == casefile.Upgraded || worthTelling(vote, before, timeline) {
		e.Alert = alert(&c, reason, now)
		e.Alert.EventID, e.Alert.Rating, e.Alert.Scale = vote.EventID, vote.Rating, vote.Scale
	}
	return c, e, true
}

// Missed is the move of a case whose deadline passed, or false when the message
// is out of date: the case is closed, has moved on to another step, or its
// deadline has been put off. The next recipient of the chain is told; a chain of
// one is reminded once. When nobody is left to tell, the clock leaves the case
// alone and it stays on the work list.
func Missed(current casefile.Case, d events.Deadline, now time.Time, r Rules) (casefile.Case, casefile.Entry, bool) {
	c := current
	if c.Status == casefile.Closed || d.Step != c.Step || c.NextAt.IsZero() || now.Before(c.NextAt) {
		return casefile.Case{}, casefile.Entry{}, false
	}
	c.Step++
	c.NextAt = casefile.NoAction
	if c.Step < r.Recipients-1 {
		c.NextAt = now.Add(r.StepAfter)
	}
	return c, casefile.Entry{
		At: now, Action: casefile.Overdue,
		Rule: c.Rule, Rating: c.Rating, Scale: c.Scale, Status: c.Status, DueAt: c.DueAt, Step: c.Step,
		Alert: alert(&c, events.CaseOverdue, now),
	}, true
}

// concerning returns the votes that concern a case of family f, in the order of
// the domain (submitted, received, event id): the first vote a rule of the
// family holds for, and all after it.
func (r Rules) concerning(f casefile.Family, votes []feedback.Rating) []feedback.Rating {
	order := slices.Clone(votes)
	slices.SortFunc(order, func(a, b feedback.Rating) int {
		return cmp.Or(r.at(&a).Compare(r.at(&b)), a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.EventID, b.EventID))
	})
	order = slices.CompactFunc(order, func(a, b feedback.Rating) bool { return a.EventID == b.EventID })
	for i := range order {
		if r.strongest(&order[i], f) >= 0 {
			return order[i:]
		}
	}
	return nil
}

// fold is the case the votes ask for, as it stands when no deadline has passed.
// At least one of them is one a rule of f holds for.
func (r Rules) fold(f casefile.Family, votes []*feedback.Rating) casefile.Case {
	var c casefile.Case
	best := len(table)
	for _, v := range votes {
		i := r.strongest(v, f)
		if i < 0 {
			continue
		}
		d := r.decision(i, v)
		if best == len(table) {
			c = casefile.Case{
				Number: Number(f, v.ResponseKey, 0), Family: f, Subject: d.Subject, Status: d.Status,
				Touchpoint: v.Touchpoint, Channel: v.Channel, ResponseKey: v.ResponseKey,
				OpenedAt: d.At, DueAt: d.DueAt,
			}
		}
		if i < best { // the rating shown is the first that made the rule hold
			best = i
			c.Rule, c.Priority = string(d.Rule), string(d.Priority)
			c.Rating, c.Scale = v.Rating, v.Scale
		}
		if d.DueAt.Before(c.DueAt) {
			c.DueAt = d.DueAt
		}
		c.EventID = v.EventID // the last who asked left the contact that counts
	}
	c.NextAt = c.DueAt
	return c
}

// merge brings what the votes ask for into a case that exists. Nothing gets
// weaker and no deadline later. A closed case stays closed: it is recorded, and
// staff are told.
func merge(c, want casefile.Case) (casefile.Case, casefile.Action) {
	if c.Status == casefile.Closed {
		return c, casefile.Annotated
	}
	action := casefile.Annotated
	if rank(want.Rule) < rank(c.Rule) {
		action = casefile.Upgraded
		c.Rule, c.Priority = want.Rule, want.Priority
	}
	if rank(want.Rule) <= rank(c.Rule) {
		c.Rating, c.Scale = want.Rating, want.Scale
	}
	c.EventID, c.Touchpoint, c.Channel = want.EventID, want.Touchpoint, want.Channel
	if want.OpenedAt.Before(c.OpenedAt) {
		c.OpenedAt = want.OpenedAt
	}
	if want.DueAt.Before(c.DueAt) {
		c.DueAt = want.DueAt
		if c.Step == 0 {
			c.NextAt = c.DueAt
		}
	}
	return c, action
}

// worthTelling reports whether a vote that changes no duty tells staff something
// new: another rating, another wish or a text, and not more often than
// maxChangeAlerts.
func worthTelling(v, before *feedback.Rating, timeline []casefile.Entry) bool {
	told := 0
	for i := range timeline {
		if a := timeline[i].Alert; a != nil && a.Reason == events.CaseChanged {
			told++
		}
	}
	return told < maxChangeAlerts &&
		(before == nil || v.HasText || v.Rating != before.Rating || v.Scale != before.Scale || v.CallbackRequested != before.CallbackRequested)
}

// alert tells the recipient of the case's present step.
func alert(c *casefile.Case, reason events.AlertReason, now time.Time) *events.Alert {
	due := c.DueAt
	return &events.Alert{
		Reason: reason, At: now,
		Rule: c.Rule, Priority: c.Priority, Touchpoint: c.Touchpoint,
		ResponseKey: c.ResponseKey, EventID: c.EventID, Rating: c.Rating, Scale: c.Scale,
		DueAt: &due, Step: c.Step,
	}
}
