package present

import (
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
)

// fcr is section 6.
func (w *writer) fcr() {
	f := &w.r.FCR
	if w.absent(report.SecFCR, "") {
		return
	}
	var figures []doc.Figure
	if f.N > 0 {
		figures = append(figures,
			w.held(f.Withheld, w.share("fcr.gross", f.Resolved, f.N, f.GrossPct, f.GrossCI)),
			w.held(f.Withheld, w.share("fcr.net", part(f.NetPct, f.NetN), f.NetN, f.NetPct, f.NetCI)))
	}
	if f.Yes+f.No > 0 {
		figures = append(figures, w.held(f.SurveyWithheld, w.share("fcr.survey", f.Yes, f.Yes+f.No, f.SurveyPct, f.SurveyCI)))
	}
	w.absent(report.SecFCR, "contacts")
	w.absent(report.SecFCR, "survey")
	w.figures(figures...)
	if f.N+f.Immature+f.Anonymous+f.Unknown+f.Yes+f.No+f.NoAnswer == 0 {
		w.rest(report.SecFCR, "", "contacts", "survey")
		return
	}
	w.note("fcr.read", w.day(f.AsOf, w.zone))
	t := w.newTable("fcr").name("item").num("count").col("meaning")
	row := func(id string, n int64) {
		t.put(w.say("fcr/"+id), id).count(n).put(w.say("fcr.means/"+id), nil).end()
	}
	row("n", f.N)
	row("resolved", f.Resolved)
	row("net_n", f.NetN)
	row("immature", f.Immature)
	row("anonymous", f.Anonymous)
	row("unknown", f.Unknown)
	row("yes", f.Yes)
	row("no", f.No)
	row("no_answer", f.NoAnswer)
	t.add()
	w.topics()
	w.rest(report.SecFCR, "", "contacts", "survey")
}

func (w *writer) topics() {
	rows := w.r.FCR.Topics
	chart := &doc.Chart{
		ID: "chart_fcr", Kind: doc.Bars, Title: w.say("table/fcr_by_topic"), Table: "fcr_by_topic", XLabel: w.say("fcr.axis"), Unit: "%", Max: 100, Fixed: true,
		Series: []doc.Series{{Name: w.say("fcr.gross"), Tone: doc.Brand}},
	}
	s := &chart.Series[0]
	t := w.newTable("fcr_by_topic").name("topic").num("resolved", "n", "fcr_pct", "lo", "hi").col("reliability")
	for i := range rows {
		r := &rows[i]
		hidden := r.Withheld || r.N > 0 && w.small(r.N)
		t.word(w.topic(r.Topic), r.Topic)
		if hidden {
			t.muted(none, nil).n(r.N, true).hold(3)
		} else {
			t.count(r.Resolved).count(r.N).percent(r.Pct).ci(r.CI, w.sign())
			if r.Pct != nil {
				lo, hi := ends(r.CI)
				chart.Labels = append(chart.Labels, w.topic(r.Topic))
				s.Values, s.Low, s.High = append(s.Values, *r.Pct), append(s.Low, lo), append(s.High, hi)
			}
		}
		t.mark(r.N, hidden).end()
	}
	if len(chart.Labels) > 1 {
		chart.Alt = w.say("alt.fcr", w.percent(w.r.FCR.GrossPct), w.count(int64(len(chart.Labels))))
		w.chart(chart)
	}
	t.add()
}

// topic is what a contact was about: a code of the owner, often a category.
func (w *writer) topic(code string) string {
	if n := w.category(code); n != code {
		return n
	}
	return w.code("topic", code)
}
