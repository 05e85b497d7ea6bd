package present

import (
	"strings"

	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// evidence is section 10: how much of the dissatisfaction is seen at all, and
// whether what was accepted has arrived.
func (w *writer) evidence() {
	e := &w.r.Evidence
	w.heading("evidence.survey")
	if !w.absent(report.SecEvidence, "") && !w.absent(report.SecEvidence, "survey") && e.Survey != nil {
		w.survey()
	}
	w.heading("evidence.technical")
	if !w.absent(report.SecEvidence, "technical") && e.Technical != nil {
		w.technical()
	}
	w.rest(report.SecEvidence, "", "survey", "technical")
}

func (w *writer) survey() {
	e, s := &w.r.Evidence, w.r.Evidence.Survey
	w.text("survey.intro", w.count(s.Respondents), w.count(s.Dissatisfied))
	figures := []doc.Figure{
		w.share("evidence.articulation", s.Complained, s.Dissatisfied, e.ArticulationPct, e.ArticulationCI),
		w.share("evidence.registration", s.Registered, s.Complained, e.RegistrationPct, e.RegistrationCI),
		w.share("evidence.rate", s.Registered, s.Dissatisfied, e.EvidencePct, e.EvidenceCI),
	}
	small := w.small(s.Complained) || w.small(s.Dissatisfied)
	if e.Estimated != nil && !small && e.Registered > 0 { // of none registered nothing can be estimated
		f := doc.Figure{Label: w.say("evidence.estimated"), Value: w.figure(e.Estimated, 0), Beside: w.say("evidence.estimated.hint", w.count(e.Registered))}
		if e.EstimatedRange != nil {
			f.Beside += " · " + w.say("ci", w.span(e.EstimatedRange, 0, ""))
		}
		figures = append(figures, f)
	}
	w.figures(figures...)
	chart := &doc.Chart{
		ID: "chart_evidence", Kind: doc.Bars, Title: w.say("chart.evidence"), Table: "evidence", XLabel: w.say("evidence.axis"), Unit: "%", Max: 100, Fixed: true,
		Series: []doc.Series{{Name: w.say("col/pct"), Tone: doc.Brand}},
	}
	t := w.newTable("evidence").name("item").num("k", "n", "pct", "lo", "hi").col("meaning")
	row := func(id string, k, n int64, pct *float64, ci *satisfaction.Interval) {
		t.word(w.say("evidence."+id), id).share(k, n, pct, ci).put(w.say("evidence.means/"+id), nil).end()
		if pct == nil || w.small(n) || strings.HasPrefix(id, "non_") {
			return
		}
		lo, hi := ends(ci)
		c := &chart.Series[0]
		chart.Labels = append(chart.Labels, w.say("evidence."+id))
		c.Values, c.Low, c.High = append(c.Values, *pct), append(c.Low, lo), append(c.High, hi)
	}
	row("annoyance", s.Dissatisfied, s.Respondents, e.AnnoyancePct, satisfaction.Wilson(s.Dissatisfied, s.Respondents))
	row("articulation", s.Complained, s.Dissatisfied, e.ArticulationPct, e.ArticulationCI)
	row("non_articulation", s.Dissatisfied-s.Complained, s.Dissatisfied, e.NonArticulation, satisfaction.Wilson(s.Dissatisfied-s.Complained, s.Dissatisfied))
	row("registration", s.Registered, s.Complained, e.RegistrationPct, e.RegistrationCI)
	row("non_registration", s.Complained-s.Registered, s.Complained, e.NonRegistration, satisfaction.Wilson(s.Complained-s.Registered, s.Complained))
	row("rate", s.Registered, s.Dissatisfied, e.EvidencePct, e.EvidenceCI)
	chart.Alt = w.say("alt.evidence", w.percent(e.EvidencePct))
	if len(chart.Labels) > 1 {
		w.chart(chart)
	}
	t.add()
	w.note("evidence.read")
}

func (w *writer) technical() {
	e, r := &w.r.Evidence, w.r.Evidence.Technical
	if r.Whole() {
		w.good("reconciled.whole", w.moment(r.At, w.zone))
	} else {
		w.warn("reconciled.gap", w.count(r.Missing), w.count(r.Unknown), w.count(r.StepsStored), w.count(r.StepsDelivered))
	}
	t := w.newTable("reconciliation").name("item").num("count").col("meaning")
	row := func(id string, n *int64) {
		t.put(w.say("reconciled/"+id), id).known(n).put(w.say("reconciled.means/"+id), nil).end()
	}
	row("accepted", e.Accepted)
	row("stored", &r.Stored)
	row("delivered", &r.Delivered)
	row("missing", &r.Missing)
	row("unknown", &r.Unknown)
	row("steps_stored", &r.StepsStored)
	row("steps_delivered", &r.StepsDelivered)
	t.add()
	w.note("reconciled.read", w.moment(r.At, w.zone))
}
