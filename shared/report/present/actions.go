package present

import (
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// actions is section 15: corrective actions, before and after.
func (w *writer) actions() {
	if w.absent(report.SecActions, "") {
		return
	}
	w.text("actions.intro")
	chart := &doc.Chart{
		ID: "chart_actions", Kind: doc.Bars, Title: w.say("chart.actions"), Table: "corrective_actions", XLabel: w.say("actions.axis"), Unit: "%",
		Series: []doc.Series{{Name: w.say("before"), Tone: doc.Neutral}, {Name: w.say("after"), Tone: doc.Brand}},
	}
	t := w.newTable("corrective_actions").name("action").col("category", "starts_at", "done_at").num("cases_linked").col("effect")
	e := w.newTable("action_effects").name("action").num("stretch_days", "before_k", "before_n", "before_pct", "after_k", "after_n", "after_pct", "delta_pp", "lo", "hi")
	for i := range w.r.Actions {
		a := &w.r.Actions[i]
		t.word(a.Title, a.ID).word(w.category(a.Category), a.Category).put(w.day(a.StartsAt, w.zone), a.StartsAt.UTC().Format("2006-01-02"))
		if a.DoneAt.IsZero() {
			t.muted(w.say("not_yet"), nil)
		} else {
			t.put(w.day(a.DoneAt, w.zone), a.DoneAt.UTC().Format("2006-01-02"))
		}
		t.count(a.Linked)
		if a.Days == 0 || a.BeforePct == nil || a.AfterPct == nil {
			t.put(w.actionVerdict(a), a.Reason).end()
			continue
		}
		t.put(w.actionVerdict(a), string(a.Change.Verdict)).end()
		w.effect(e, a, chart)
	}
	if len(chart.Labels) > 0 {
		chart.Alt = w.say("alt.actions", w.count(int64(len(chart.Labels))))
		w.chart(chart)
	}
	t.add()
	e.add()
	w.note("actions.read")
	w.rest(report.SecActions, "")
}

// effect puts the row of an action that can be judged, and its bars.
func (w *writer) effect(t *table, a *report.ActionEffect, chart *doc.Chart) {
	side := func(x satisfaction.Proportion, pct *float64) {
		t.count(x.Satisfied).count(x.N)
		if w.small(x.N) {
			t.hold(1)
		} else {
			t.percent(pct)
		}
	}
	t.word(a.Title, a.ID).count(int64(a.Days))
	side(a.Before, a.BeforePct)
	side(a.After, a.AfterPct)
	if w.small(a.Before.N) || w.small(a.After.N) || a.Change.DeltaPP == nil {
		t.hold(3).end()
		return
	}
	t.put(w.signed(*a.Change.DeltaPP, 1), *a.Change.DeltaPP).points(a.Change.CI95PP).end()
	chart.Labels = append(chart.Labels, a.Title)
	for j, x := range []satisfaction.Proportion{a.Before, a.After} {
		lo, hi := ends(satisfaction.Wilson(x.Satisfied, x.N))
		s := &chart.Series[j]
		s.Values, s.Low, s.High = append(s.Values, 100*float64(x.Satisfied)/float64(x.N)), append(s.Low, lo), append(s.High, hi)
	}
}

// points puts an interval of differences, in percentage points.
func (t *table) points(i *satisfaction.Interval) *table {
	if i == nil {
		return t.void(2)
	}
	return t.put(t.w.signed(i.Lo(), 1), i.Lo()).put(t.w.signed(i.Hi(), 1), i.Hi())
}

// actionVerdict says whether the complaints of the category became fewer: less
// is better here, the other way round than for satisfaction.
func (w *writer) actionVerdict(a *report.ActionEffect) string {
	if a.Days == 0 || a.BeforePct == nil || a.AfterPct == nil {
		return w.code("action", a.Reason)
	}
	if w.small(a.Before.N) || w.small(a.After.N) {
		return w.say("action.small")
	}
	switch c := &a.Change; {
	case c.DeltaPP == nil || c.CI95PP == nil || c.CI95PP.Contains(0):
		return w.say("action.same")
	case *c.DeltaPP < 0:
		return w.say("action.less")
	}
	return w.say("action.more")
}
