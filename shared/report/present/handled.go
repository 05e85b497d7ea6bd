package present

import (
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// handled is section 11: how customers rate the handling of their complaint.
func (w *writer) handled() {
	h := &w.r.Handled
	if w.absent(report.SecComplaintSatisfaction, "") {
		return
	}
	n, hidden := h.Figures.N, h.Withheld
	convinced, disappointed := part(h.ConvincedPct, h.Figures.N), part(h.DisappointedPct, h.Figures.N)
	w.figures(
		w.held(hidden, w.share("handled.csat", h.Figures.Satisfied, n, h.Figures.CSATPct, h.Figures.CSATCI95Pct)),
		w.held(hidden, w.share("handled.convinced", convinced, n, h.ConvincedPct, satisfaction.Wilson(convinced, n))),
		w.held(hidden, w.share("handled.disappointed", disappointed, n, h.DisappointedPct, satisfaction.Wilson(disappointed, n))),
		w.share("handled.response_rate", h.Answered, h.Asked, h.ResponseRatePct, satisfaction.Wilson(h.Answered, h.Asked)),
	)
	w.note("handled.read")
	if n >= w.minimum() && !hidden {
		w.handledSpread()
	}
	w.rest(report.SecComplaintSatisfaction, "")
}

func (w *writer) handledSpread() {
	f := &w.r.Handled.Figures
	chart := &doc.Chart{
		ID: "chart_handled", Kind: doc.Stacked, Title: w.say("chart.handled"), Table: "handling_ratings", XLabel: w.say("share.axis"), Unit: "%", Max: 100, Fixed: true,
		Labels: []string{w.say("handled.all")},
		Alt:    w.say("alt.handled", w.percent(w.r.Handled.ConvincedPct), w.percent(w.r.Handled.DisappointedPct), w.count(f.N)),
	}
	t := w.newTable("handling_ratings").name("rating").num("count", "pct")
	for i, s := range f.Distribution.Shares(1) {
		step := w.count(int64(i + 1))
		pct := s.Percent(1)
		t.put(w.many("stars", int64(s.Rating)), int64(s.Rating)).count(f.Distribution[i].N).percent(&pct).end()
		chart.Series = append(chart.Series, doc.Series{Name: w.many("stars", int64(s.Rating)), Tone: doc.Tone(step), Values: []float64{pct}})
	}
	w.chart(chart)
	t.twin()
	w.text("handled.spread", w.figure(f.Mean, 2), w.figure(f.Median, 1), w.figure(f.Stdev, 2), w.count(f.N))
}
