package report

import (
	"cmp"
	"slices"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/handling"
	"resonanz/shared/responses"
)

// ages are where the age groups of the backlog begin, in days.
var ages = [...]int{0, 3, 8, 15, 31}

// tasks is section 9. It counts the complaints resolved in the period, once or
// again, and the open ones that are late by then; open ones in time are counted
// when they are resolved. The steps told to customers are those of the period, of
// every complaint.
func (w *casework) tasks(r *Report) {
	t := &r.Tasks
	*t = Tasks{Decisions: []Count{}, Policies: []PolicyCompliance{}}
	t.Backlog = backlog()
	var all []handling.Times
	var done checks
	policies := make(map[string]*policyTimes)
	for _, s := range w.stories {
		if s.standing(w.known) != counted {
			continue
		}
		done.told(s)
		resolved := s.in(casefile.Resolved)
		if !resolved && !s.open(w.asOf) {
			continue
		}
		times, ok := s.times()
		if !ok {
			continue
		}
		if times.Open {
			t.Backlog = w.grow(t.Backlog, s, times)
		}
		overdue := times.Open && late(times)
		if !resolved && !overdue {
			continue
		}
		t.Complaints++
		if resolved {
			t.Resolved++
		}
		if overdue {
			t.Overdue++
		}
		steps, state := s.seen(w.asOf)
		if !whole(s.steps[:max(1, len(steps))]) {
			t.Incomplete++
		}
		done.count(s, state, resolved)
		all = append(all, *times)
		id, _, configured := s.policy(state)
		p := policies[id]
		if p == nil {
			p = &policyTimes{configured: configured}
			policies[id] = p
		}
		p.times = append(p.times, *times)
	}
	done.write(w, t)
	t.Times = handling.Sum(all)
	if t.Times.Open == nil {
		t.Times.Open = []string{}
	}
	for id, p := range policies {
		sum := handling.Sum(p.times)
		t.Policies = append(t.Policies, PolicyCompliance{
			Policy: id, Complaints: int64(len(p.times)), Configured: p.configured,
			FirstResponse: sum.FirstResponse, Resolution: sum.Resolution,
		})
	}
	slices.SortFunc(t.Policies, func(a, b PolicyCompliance) int { return cmp.Compare(a.Policy, b.Policy) })
	t.Compensations, t.CalledBack = w.promised(), w.calledBack()

	steps := t.Informed.N + t.NotNotified
	switch {
	case t.Complaints+steps+r.Complaints.OpenEnd+t.CalledBack.N == 0:
		r.absent(SecTasks, "", ReasonNothingCounted)
		return
	case t.Complaints == 0:
		r.absent(SecTasks, "sla", ReasonNothingCounted)
	case len(w.m.in.Policies) == 0:
		r.absent(SecTasks, "sla", ReasonNoPolicies)
	}
	if steps == 0 {
		r.absent(SecTasks, "informed", ReasonNoSteps)
	}
}

// policyTimes are the complaints that are held to one policy.
type policyTimes struct {
	configured bool
	times      []handling.Times
}

// checks count what was done of what is to be done.
type checks struct {
	complaints, acknowledged, responded int64
	visible, informed, anonymous        int64
	rejected, reasoned                  int64
	decided, apologies, owned           int64
	resolved, active                    int64
	decisions                           tally
}

// count counts one complaint, as it stood after its last step by the end of the
// period.
func (c *checks) count(s *story, last *responses.Transition, resolved bool) {
	asOf := s.w.asOf
	by := func(at int64) bool { return at != 0 && at < asOf }
	add := func(n *int64, on bool) {
		if on {
			*n++
		}
	}
	c.complaints++
	add(&c.acknowledged, by(last.AcknowledgedAt))
	add(&c.responded, by(last.FirstResponseAt))
	apologised := by(last.ApologyAt)
	if decision := s.w.text(last.Decision); decision != "" {
		if c.decisions == nil {
			c.decisions = tally{}
		}
		c.decisions[decision]++
		c.decided++
		add(&c.apologies, apologised)
		add(&c.owned, last.DecidedByName)
		if decision == string(casefile.Rejected) {
			c.rejected++
			add(&c.reasoned, last.DecisionReason != 0)
		}
	}
	if resolved {
		c.resolved++
		add(&c.active, apologised || last.Compensations != 0)
	}
}

// told counts the steps of the period that a customer is to be told of: changes
// of the status, but for the receipt itself, which the acknowledgement tells, and
// for drafts, of which no customer knows.
func (c *checks) told(s *story) {
	for _, step := range s.steps {
		if !s.w.during(step.At) || step.From == 0 || !visible(casefile.Status(s.w.text(step.Status))) {
			continue
		}
		switch {
		case !step.Notifiable:
			c.anonymous++
		case step.Informed:
			c.visible++
			c.informed++
		default:
			c.visible++
		}
	}
}

// visible reports whether a customer is told that a case came to be so.
func visible(status casefile.Status) bool {
	return status != casefile.Received && status != casefile.Draft && status != casefile.Dismissed && status != casefile.Open
}

func (c *checks) write(w *casework, t *Tasks) {
	t.Acknowledged, t.Responded = w.share(c.acknowledged, c.complaints), w.share(c.responded, c.complaints)
	t.Informed, t.NotNotified = w.share(c.informed, c.visible), c.anonymous
	t.Reasoned = w.share(c.reasoned, c.rejected)
	t.Apologies, t.Owned = w.share(c.apologies, c.decided), w.share(c.owned, c.decided)
	t.Active = w.share(c.active, c.resolved)
	t.Decisions = c.decisions.byCount()
}

// calledBack says how many calls back were made in time: before the clock noted
// that their time was over. Those made in the period count, and those that are
// overdue at its end.
func (w *casework) calledBack() Share {
	var made, all int64
	for _, steps := range w.callbacks {
		overdue, closed := false, false
		for _, step := range before(steps, w.asOf) {
			overdue = overdue || w.text(step.Action) == string(casefile.Overdue)
			closed = w.text(step.Status) == string(casefile.Closed)
			if !closed || step.From == 0 {
				continue
			}
			if w.during(step.At) {
				all++
				if !overdue {
					made++
				}
			}
		}
		if overdue && !closed {
			all++
		}
	}
	return w.share(made, all)
}

// backlog are the age groups, empty.
func backlog() []Age {
	out := make([]Age, len(ages))
	for i, from := range ages {
		out[i].From = from
		if i+1 < len(ages) {
			to := ages[i+1]
			out[i].To = &to
		}
	}
	return out
}

// grow counts an open complaint by its age at the end of the period.
func (w *casework) grow(groups []Age, s *story, times *handling.Times) []Age {
	days := int((w.asOf - s.history(w.asOf)[0].At.UnixMilli()) / (24 * time.Hour).Milliseconds())
	for i := len(groups) - 1; i >= 0; i-- {
		if days >= groups[i].From {
			groups[i].N++
			if late(times) {
				groups[i].Late++
			}
			break
		}
	}
	return groups
}
