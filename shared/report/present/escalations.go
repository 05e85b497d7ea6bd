package present

import (
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
)

// escalations is section 13.
func (w *writer) escalations() {
	e := &w.r.Escalations
	if w.absent(report.SecEscalations, "") {
		return
	}
	seen, handled := int64(0), int64(0)
	for i := range e.Rules {
		seen += e.Rules[i].Seen
		handled += e.Rules[i].Handled
	}
	share := report.ShareOf
	s, h := share(seen, e.Total), share(handled, e.Total)
	w.figures(
		w.number("escalations.total", e.Total),
		w.share("escalations.seen", s.K, s.N, s.Pct, s.CI95),
		w.share("escalations.handled", h.K, h.N, h.Pct, h.CI95),
	)
	chart := &doc.Chart{
		ID: "chart_escalations", Kind: doc.Bars, Title: w.say("chart.escalations"), Table: "escalations", XLabel: w.say("escalations.axis"),
		Series: []doc.Series{{Name: w.say("col/raised"), Tone: doc.Brand}, {Name: w.say("col/handled"), Tone: doc.Good}},
	}
	t := w.newTable("escalations").name("rule").num("raised", "seen", "handled", "seen_median_s", "seen_p90_s", "handled_median_s", "handled_p90_s")
	most, top := int64(-1), ""
	for i := range e.Rules {
		r := &e.Rules[i]
		name := w.code("rule.name", r.Rule)
		t.word(name, r.Rule).count(r.Raised).count(r.Seen).count(r.Handled)
		t.lasting(r.Seeing.Median, false).lasting(r.Seeing.P90, false).lasting(r.Solving.Median, false).lasting(r.Solving.P90, false).end()
		chart.Labels = append(chart.Labels, name)
		chart.Series[0].Values = append(chart.Series[0].Values, float64(r.Raised))
		chart.Series[1].Values = append(chart.Series[1].Values, float64(r.Handled))
		if r.Raised > most {
			most, top = r.Raised, name
		}
	}
	chart.Alt = w.say("alt.escalations", w.count(e.Total), top, w.count(most))
	w.chart(chart)
	t.add()
	w.note("escalations.read")
	w.rest(report.SecEscalations, "")
}
