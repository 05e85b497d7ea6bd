package present

import (
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// recommend is section 5: NPS with its reasons, and CES.
func (w *writer) recommend() {
	r := &w.r.Recommend
	w.heading("nps")
	if !w.absent(report.SecNPS, "nps") && !w.absent(report.SecNPS, "") {
		w.figures(w.npsFigures()...)
		w.note("nps.read")
		w.npsTable()
	}
	w.reasons()
	w.heading("ces")
	if !w.absent(report.SecNPS, "ces") && r.CES.N > 0 {
		w.figures(w.cesFigures()...)
		w.note("ces.read")
		w.cesTable()
	}
	w.rest(report.SecNPS, "", "nps", "reasons", "ces")
}

func (w *writer) npsFigures() []doc.Figure {
	n := &w.r.Recommend.NPS
	f := doc.Figure{Label: w.say("nps.score"), Value: w.score(n.NPS)}
	if n.Withheld || w.small(n.N) {
		f.Value, f.Beside, f.Muted = w.say("withheld"), w.say("withheld.why", w.few()), true
		return []doc.Figure{f}
	}
	f.Beside = w.beside(n.N, n.CI95, "")
	f.Change = w.npsChange()
	pct := func(name string, k int64) doc.Figure {
		return w.share(name, k, n.N, satisfaction.Percent(k, n.N), satisfaction.Wilson(k, n.N))
	}
	return []doc.Figure{f, pct("nps.promoters", n.Promoters), pct("nps.passives", n.Passives), pct("nps.detractors", n.Detractors)}
}

// npsChange tells the month before; whether the two differ, its interval shows.
func (w *writer) npsChange() string {
	p := &w.r.Recommend.Previous
	if p.NPS == nil || p.Withheld || w.small(p.N) {
		return ""
	}
	return w.say("nps.before", w.month(w.r.Change.PreviousPeriod), w.score(p.NPS), w.span(p.CI95, 1, ""))
}

// score writes a score from −100 to 100 with its sign.
func (w *writer) score(v *float64) string {
	if v == nil {
		return none
	}
	return w.signed(*v, 1)
}

func (w *writer) npsTable() {
	rows := w.r.Recommend.ByTouchpoint
	chart := &doc.Chart{
		ID: "chart_nps", Kind: doc.Stacked, Title: w.say("chart.nps"), Table: "nps_by_touchpoint", XLabel: w.say("share.axis"), Unit: "%", Max: 100, Fixed: true,
		Series: []doc.Series{{Name: w.say("nps.detractors"), Tone: doc.Bad}, {Name: w.say("nps.passives"), Tone: doc.Neutral}, {Name: w.say("nps.promoters"), Tone: doc.Good}},
	}
	t := w.newTable("nps_by_touchpoint").name("touchpoint").num("n", "promoters", "passives", "detractors", "nps", "lo", "hi").col("reliability")
	add := func(name, code string, n *report.NPS) {
		hidden := n.Withheld || n.N > 0 && w.small(n.N)
		t.word(name, code).n(n.N, hidden)
		switch {
		case n.N == 0:
			t.void(6)
		case hidden:
			t.hold(6)
		default:
			t.count(n.Promoters).count(n.Passives).count(n.Detractors).put(w.score(n.NPS), value(n.NPS)).ci(n.CI95, "")
			chart.Labels = append(chart.Labels, name)
			for i, k := range []int64{n.Detractors, n.Passives, n.Promoters} {
				chart.Series[i].Values = append(chart.Series[i].Values, 100*float64(k)/float64(n.N))
			}
		}
		t.mark(n.N, hidden).end()
	}
	add(w.say("total"), "total", &w.r.Recommend.NPS)
	for i := range rows {
		add(w.touchpoint(rows[i].Touchpoint), string(rows[i].Touchpoint), &rows[i].NPS)
	}
	chart.Alt = w.say("alt.nps", w.score(w.r.Recommend.NPS.NPS), w.count(w.r.Recommend.NPS.N))
	w.chart(chart)
	t.add()
}

// value is what a figure's cell holds for programs.
func value(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// reasons tells why: a score never stands without them.
func (w *writer) reasons() {
	w.heading("reasons")
	if w.absent(report.SecNPS, "reasons") || len(w.r.Recommend.Reasons) == 0 {
		return
	}
	t := w.newTable("reasons").name("reason").num("mentions", "satisfied", "low", "promoters", "passives", "detractors")
	for _, x := range w.r.Recommend.Reasons {
		t.word(w.reason(x.Reason), x.Reason)
		if x.Withheld || w.small(x.N) {
			t.n(x.N, true).hold(5).end()
			continue
		}
		t.count(x.N).count(x.Satisfied).count(x.Low).count(x.Promoters).count(x.Passives).count(x.Detractors).end()
	}
	t.add()
	w.note("reasons.read")
}

func (w *writer) reason(code string) string {
	if n := w.o.Reasons[code]; n != "" {
		return n
	}
	return w.code("reason.other", code)
}

func (w *writer) cesFigures() []doc.Figure {
	c := &w.r.Recommend.CES
	agree := int64(0)
	for _, n := range c.Counts[4:] {
		agree += n
	}
	f := w.share("ces.agree", agree, c.N, c.AgreePct, c.AgreeCI)
	if c.Withheld || w.small(c.N) {
		return []doc.Figure{f}
	}
	return []doc.Figure{f,
		{Label: w.say("ces.mean"), Value: w.figure(c.Mean, 2), Beside: w.say("n", w.count(c.N))},
		{Label: w.say("ces.index100"), Value: w.figure(c.Index100, 1), Beside: w.say("csat.index.hint")},
	}
}

func (w *writer) cesTable() {
	t := w.newTable("ces_by_touchpoint").name("touchpoint").num("n", "ces_agree_pct", "lo", "hi", "mean", "index_0_100", "ces_index").col("reliability")
	add := func(name, code string, c *report.CES) {
		hidden := c.Withheld || c.N > 0 && w.small(c.N)
		t.word(name, code).n(c.N, hidden)
		switch {
		case c.N == 0:
			t.void(6)
		case hidden:
			t.hold(6)
		default:
			t.percent(c.AgreePct).ci(c.AgreeCI, w.sign()).figure(c.Mean, 2).figure(c.Index100, 1).figure(c.Index, 1)
		}
		t.mark(c.N, hidden).end()
	}
	add(w.say("total"), "total", &w.r.Recommend.CES)
	for i := range w.r.Recommend.CESByPlace {
		row := &w.r.Recommend.CESByPlace[i]
		add(w.touchpoint(row.Touchpoint), string(row.Touchpoint), &row.CES)
	}
	t.add()
}
