package present

import (
	"strings"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

func feedbackTouchpoint(s string) feedback.Touchpoint { return feedback.Touchpoint(s) }

// csat is section 4.
func (w *writer) csat() {
	r := w.r
	if r.Total.N == 0 {
		if !w.absent(report.SecCSAT, "") {
			w.warn("csat.silence")
		}
		w.rest(report.SecCSAT, "")
		return
	}
	w.figures(w.csatFigures()...)
	w.text("csat.top_box", w.topBox(r.Total.TopBox))
	w.note("csat.read")
	w.csatTable("csat_by_touchpoint", "touchpoint", r.ByTouchpoint, func(s string) string { return w.touchpoint(feedbackTouchpoint(s)) }, true)
	w.distributions()
	w.csatTable("csat_by_channel", "channel", r.ByChannel, w.channel, false)
	if len(r.ByScale) > 1 {
		w.csatTable("csat_by_scale", "scale", r.ByScale, w.scale, false)
	}
	if !w.absent(report.SecCSAT, "by_segment") && len(r.BySegment) > 0 {
		w.csatTable("csat_by_segment", "segment", r.BySegment, w.segment, false)
	}
	w.note("grades", w.few(), w.count(int64(r.Header.Rules.MinimumN)), w.count(int64(r.Header.Rules.IndicativeN-1)), w.count(int64(r.Header.Rules.IndicativeN)))
	w.rest(report.SecCSAT, "", "by_segment")
}

func (w *writer) segment(s string) string {
	if s == report.NoSegment {
		return w.say("segment.none")
	}
	return w.say("segment", s)
}

func (w *writer) csatFigures() []doc.Figure {
	r := w.r
	pooled := w.share("csat.pooled", r.Total.Satisfied, r.Total.N, r.Total.CSATPct, r.Total.CSATCI95Pct)
	pooled.Change, pooled.Trend = w.verdict(&r.Change.Change, r.Change.PreviousGrade, r.Change.Previous.N)
	out := []doc.Figure{pooled}
	if r.Reliability == satisfaction.Suppressed {
		return out
	}
	if v := r.ContactWeightedCSATPct; v != nil {
		f := doc.Figure{Label: w.say("csat.weighted"), Value: w.percent(v)}
		if se := r.ContactWeightedSEPP; se != nil {
			f.Beside = w.say("standard_error", w.decimal(*se, 1))
		}
		out = append(out, f)
	}
	low := part(r.Total.Bottom2Pct, r.Total.N)
	out = append(out, w.share("csat.low", low, r.Total.N, r.Total.Bottom2Pct, satisfaction.Wilson(low, r.Total.N)),
		doc.Figure{Label: w.say("csat.index"), Value: w.figure(r.Total.Index0100, 1), Beside: w.say("csat.index.hint")})
	if !r.Total.Mixed {
		out = append(out, doc.Figure{Label: w.say("csat.mean"), Value: w.figure(r.Total.Mean, 2),
			Beside: w.say("csat.spread", w.figure(r.Total.Median, 1), w.figure(r.Total.Stdev, 2))})
	}
	return out
}

// verdict says in words whether a share changed; an arrow only where 0 lies
// outside the interval.
func (w *writer) verdict(c *satisfaction.Change, before satisfaction.Reliability, n int64) (string, doc.Trend) {
	month := w.month(w.r.Change.PreviousPeriod)
	if c.DeltaPP == nil || c.CI95PP == nil {
		return w.say("verdict/no data", month), doc.None
	}
	if before == satisfaction.Suppressed && n > 0 {
		return w.say("verdict.withheld", month), doc.None
	}
	interval := w.say("points.span", w.signed(c.CI95PP.Lo(), 1), w.signed(c.CI95PP.Hi(), 1))
	switch c.Verdict {
	case satisfaction.Improved:
		return w.say("verdict/improved", w.magnitude(*c.DeltaPP, 1), month, interval), doc.BetterUp
	case satisfaction.Declined:
		return w.say("verdict/declined", w.magnitude(*c.DeltaPP, 1), month, interval), doc.WorseDown
	}
	return w.say("verdict/same", month, interval), doc.None
}

// topBox says which ratings count as satisfied.
func (w *writer) topBox(label string) string {
	if w.german {
		label = strings.ReplaceAll(label, " of ", " von ")
	}
	return strings.ReplaceAll(strings.ReplaceAll(label, "-", "–"), " + ", w.say("and"))
}

func (w *writer) csatTable(id, first string, rows report.Breakdown, name func(string) string, contacts bool) {
	known := false
	for i := range rows {
		known = known || rows[i].Contacts != nil
	}
	contacts = contacts && known
	chart := &doc.Chart{
		ID: "chart_" + id, Kind: doc.Bars, Title: w.say("table/" + id), Table: id, XLabel: w.say("csat.axis"), Unit: "%", Max: 100, Fixed: true,
		Series: []doc.Series{{Name: w.say("csat.short"), Tone: doc.Brand}},
	}
	s := &chart.Series[0]
	t := w.newTable(id).name(first)
	if contacts {
		t.num("contacts")
	}
	t.num("n", "csat_pct", "lo", "hi", "mean", "median", "stdev", "bottom2_pct").col("reliability")
	best, worst := -1, -1
	for i := range rows {
		r := &rows[i]
		t.word(name(r.Name), r.Name)
		if contacts {
			t.known(r.Contacts)
		}
		hidden := r.Withheld || r.N > 0 && r.Reliability == satisfaction.Suppressed
		t.n(r.N, hidden)
		switch {
		case r.N == 0 || r.CSATPct == nil:
			t.void(7)
		case hidden:
			t.hold(7)
		default:
			t.percent(r.CSATPct).ci(r.CSATCI95Pct, w.sign()).figure(r.Mean, 2).figure(r.Median, 1).figure(r.Stdev, 2).within(r.Bottom2Pct, r.N)
			lo, hi := ends(r.CSATCI95Pct)
			chart.Labels = append(chart.Labels, name(r.Name))
			s.Values, s.Low, s.High = append(s.Values, at(r.CSATPct)), append(s.Low, lo), append(s.High, hi)
			if best < 0 || *r.CSATPct > *rows[best].CSATPct {
				best = i
			}
			if worst < 0 || *r.CSATPct < *rows[worst].CSATPct {
				worst = i
			}
		}
		t.mark(r.N, hidden).end()
	}
	if best >= 0 && best != worst {
		chart.Alt = w.say("alt.range", w.say("table/"+id), name(rows[best].Name), w.percent(rows[best].CSATPct), name(rows[worst].Name), w.percent(rows[worst].CSATPct))
		w.chart(chart)
	}
	t.add()
}

// distributions shows how the ratings spread, for the whole and each touchpoint,
// in five steps from worst to best.
func (w *writer) distributions() {
	r := w.r
	if r.Reliability == satisfaction.Suppressed {
		return
	}
	chart := &doc.Chart{
		ID: "chart_distribution", Kind: doc.Stacked, Title: w.say("table/csat_distribution"), Table: "csat_distribution",
		XLabel: w.say("share.axis"), Unit: "%", Max: 100, Fixed: true,
	}
	for i := range 5 {
		step := w.count(int64(i + 1))
		chart.Series = append(chart.Series, doc.Series{Name: w.say("step/" + step), Tone: doc.Tone(step)})
	}
	t := w.newTable("csat_distribution").name("of").col("scale").num("n", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10").col()
	lowest := 0.0
	add := func(name, code string, scale feedback.Scale, d satisfaction.Distribution) {
		steps := [5]float64{}
		n := int64(0)
		t.word(name, code).word(w.scale(string(scale)), string(scale))
		for _, c := range d {
			n += c.N
		}
		t.count(n)
		for i, c := range d {
			t.count(c.N)
			if n > 0 {
				steps[min(5*i/len(d), 4)] += 100 * float64(c.N) / float64(n)
			}
		}
		t.void(10 - len(d)).end()
		chart.Labels = append(chart.Labels, name)
		for i, v := range steps {
			chart.Series[i].Values = append(chart.Series[i].Values, v)
		}
		lowest = max(lowest, steps[0])
	}
	each := func(name, code string, f *satisfaction.Figures, hidden bool) {
		if hidden || f.N == 0 {
			return
		}
		if !f.Mixed {
			add(name, code, scaleOf(f.Distribution), f.Distribution)
			return
		}
		for _, d := range f.ByScale {
			if row := r.ByScale.Row(string(d.Scale)); row == nil || !row.Withheld {
				add(name+", "+w.scale(string(d.Scale)), code, d.Scale, d.Distribution)
			}
		}
	}
	each(w.say("total"), "total", &r.Total, false)
	for i := range r.ByTouchpoint {
		row := &r.ByTouchpoint[i]
		each(w.touchpoint(feedbackTouchpoint(row.Name)), row.Name, &row.Figures, row.Withheld || row.Reliability == satisfaction.Suppressed)
	}
	chart.Alt = w.say("alt.distribution", w.count(int64(len(chart.Labels))), w.decimal(lowest, 1)+w.sign())
	w.chart(chart)
	w.note("distribution.read")
	t.twin()
}

// scaleOf is the scale of a distribution: those of ratings differ in length.
func scaleOf(d satisfaction.Distribution) feedback.Scale {
	if len(d) > 5 {
		return feedback.CSAT10
	}
	return feedback.Stars5
}
