package present

import (
	"resonanz/shared/handling"
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// tasks is section 9: what was done of what is to be done.
func (w *writer) tasks() {
	t := &w.r.Tasks
	if w.absent(report.SecTasks, "") {
		w.rest(report.SecTasks, "")
		return
	}
	w.text("tasks.intro", w.many("complaint", t.Complaints), w.count(t.Resolved), w.count(t.Overdue))
	w.figures(
		w.compliance("sla.first_response", &t.Times.FirstResponse),
		w.compliance("sla.resolution", &t.Times.Resolution),
		w.length("time.first_response", &t.Times.FirstResponseBusiness, true),
		w.length("time.resolution", &t.Times.FinalResolutionWall, false),
	)
	if t.Incomplete > 0 {
		w.note("tasks.incomplete", w.many("complaint", t.Incomplete))
	}
	w.steps()
	w.times()
	w.policies()
	w.backlog()
	w.counted("decisions", "decision", t.Decisions, func(s string) string { return w.code("decision", s) })
	w.rest(report.SecTasks, "")
}

// compliance is a key figure about a service level.
func (w *writer) compliance(name string, c *handling.Compliance) doc.Figure {
	f := w.share(name, c.Met, c.Met+c.Breached, c.Pct, c.CI95Pct)
	if c.Pending > 0 {
		f = with(f, w.say("sla.pending", w.count(c.Pending)))
	}
	return f
}

// length is a key figure about a time: the median, and what 90 % do not exceed.
func (w *writer) length(name string, d *handling.Durations, working bool) doc.Figure {
	f := doc.Figure{Label: w.say(name), Value: w.lasting(d.Median, working)}
	switch {
	case d.N == 0:
		f.Beside, f.Muted = w.say("nothing"), true
	case w.small(d.N):
		f.Value, f.Beside, f.Muted = w.say("withheld"), w.say("withheld.why", w.few()), true
	default:
		f.Beside = w.say("n", w.count(d.N)) + " · " + w.say("p90", w.lasting(d.P90, working))
	}
	return f
}

// steps shows which duties were kept.
func (w *writer) steps() {
	k := &w.r.Tasks
	t := w.newTable("task_steps").name("duty").num("k", "n", "pct", "lo", "hi").col("meaning")
	chart := &doc.Chart{
		ID: "chart_tasks", Kind: doc.Bars, Title: w.say("table/task_steps"), Table: "task_steps", XLabel: w.say("tasks.axis"), Unit: "%", Max: 100, Fixed: true,
		Series: []doc.Series{{Name: w.say("col/pct"), Tone: doc.Brand}},
	}
	s := &chart.Series[0]
	least, name := 101.0, ""
	row := func(id string, x *report.Share) {
		label := w.say("duty/" + id)
		t.word(label, id).share(x.K, x.N, x.Pct, x.CI95).put(w.say("duty.means/"+id), nil).end()
		if x.Pct == nil || w.small(x.N) {
			return
		}
		lo, hi := ends(x.CI95)
		chart.Labels = append(chart.Labels, label)
		s.Values, s.Low, s.High = append(s.Values, *x.Pct), append(s.Low, lo), append(s.High, hi)
		if *x.Pct < least {
			least, name = *x.Pct, label
		}
	}
	row("acknowledged", &k.Acknowledged)
	row("responded", &k.Responded)
	row("informed", &k.Informed)
	row("reasoned", &k.Reasoned)
	row("apologies", &k.Apologies)
	row("owned", &k.Owned)
	row("active", &k.Active)
	row("called_back", &k.CalledBack)
	if len(chart.Labels) > 1 {
		chart.Alt = w.say("alt.tasks", name, w.decimal(least, 1)+w.sign())
		w.chart(chart)
	}
	t.add()
	if k.NotNotified > 0 {
		w.note("tasks.not_notifiable", w.many("steps", k.NotNotified))
	}
	w.note("tasks.read")
}

func (w *writer) times() {
	f := &w.r.Tasks.Times
	t := w.newTable("handling_times").name("time").num("n", "median_s", "mean_s", "p90_s", "max_s")
	row := func(id string, d *handling.Durations, working bool) {
		t.word(w.say("time/"+id), id)
		if d.N > 0 && w.small(d.N) {
			t.n(d.N, true).hold(4).end()
			return
		}
		t.count(d.N).lasting(d.Median, working).lasting(d.Mean, working).lasting(d.P90, working).lasting(d.Max, working).end()
	}
	row("first_response_business", &f.FirstResponseBusiness, true)
	row("first_response_wall", &f.FirstResponseWall, false)
	row("first_resolution_wall", &f.FirstResolutionWall, false)
	row("final_resolution_wall", &f.FinalResolutionWall, false)
	t.add()
	if f.ReopenRatePct != nil && !w.small(f.FirstResolutionWall.N) {
		n := f.FirstResolutionWall.N
		k := part(f.ReopenRatePct, n)
		w.text("reopened", w.count(k), w.count(n), w.percent(f.ReopenRatePct), w.span(satisfaction.Wilson(k, n), 1, w.sign()))
	}
	w.note("times.read")
}

func (w *writer) policies() {
	t := w.newTable("sla_by_policy").name("policy").col("sla").num("met", "breached", "pending", "pct", "lo", "hi")
	for i := range w.r.Tasks.Policies {
		p := &w.r.Tasks.Policies[i]
		for _, x := range []struct {
			id string
			c  *handling.Compliance
		}{{"sla.first_response", &p.FirstResponse}, {"sla.resolution", &p.Resolution}} {
			t.word(w.policy(p.Policy), p.Policy).put(w.say(x.id), x.id)
			t.count(x.c.Met).count(x.c.Breached).count(x.c.Pending)
			if n := x.c.Met + x.c.Breached; n > 0 && w.small(n) {
				t.hold(3).end()
				continue
			}
			t.percent(x.c.Pct).ci(x.c.CI95Pct, w.sign()).end()
		}
	}
	t.add()
	if len(t.Rows) > 0 {
		w.note("sla.read")
	}
}

// policy names a service level; those of the law have names of their own.
func (w *writer) policy(id string) string { return w.code("policy", id) }

func (w *writer) backlog() {
	t := w.newTable("backlog").name("age").num("open", "overdue")
	for _, a := range w.r.Tasks.Backlog {
		label := w.say("age.from", w.count(int64(a.From)))
		if a.To != nil {
			label = w.say("age.span", w.count(int64(a.From)), w.count(int64(*a.To)))
		}
		t.put(label, int64(a.From)).count(a.N).count(a.Late).end()
	}
	t.add()
}
