package present

import (
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
)

// causes is section 8.
func (w *writer) causes() {
	c := &w.r.Causes
	w.heading("frap")
	if !w.absent(report.SecFRAP, "") && !w.absent(report.SecFRAP, "frap") && len(c.FRAP.Problems) > 0 {
		w.text("frap.intro")
		if len(c.FRAP.Problems) >= fewest { // of one or two there is nothing to compare
			w.pareto()
			w.quadrants()
		}
		w.problems()
		if c.Unrated > 0 {
			w.note("frap.unrated", w.many("complaint", c.Unrated))
		}
	}
	w.heading("root_causes")
	if !w.absent(report.SecFRAP, "root_causes") {
		w.counted("root_causes", "root_cause", c.RootCauses, func(s string) string { return w.code("root_cause", s) })
	}
	if c.NoRootCause > 0 {
		w.note("root_causes.without", w.many("complaint", c.NoRootCause))
	}
	w.heading("suggestions")
	if c.Suggestions == 0 {
		w.text("suggestions.none")
	} else {
		w.text("suggestions.count", w.many("texts", c.Suggestions))
	}
	w.rest(report.SecFRAP, "", "frap", "root_causes")
}

// pareto shows which few problems make up most of the annoyance.
func (w *writer) pareto() {
	problems := w.r.Causes.FRAP.Problems
	chart := &doc.Chart{
		ID: "chart_pareto", Kind: doc.Pareto, Title: w.say("chart.pareto"), Table: "frap", XLabel: w.say("col/category"), YLabel: w.say("col/problem_value"),
		Series: []doc.Series{{Name: w.say("col/problem_value"), Tone: doc.Brand}, {Name: w.say("col/cumulative_pct"), Tone: doc.Bad}},
	}
	few := 0
	for i := range problems {
		p := &problems[i]
		if i < maxBars {
			chart.Labels = append(chart.Labels, w.category(p.Category))
			chart.Series[0].Values = append(chart.Series[0].Values, float64(p.Value))
			chart.Series[1].Values = append(chart.Series[1].Values, p.CumulativePct)
		}
		if few == 0 && p.CumulativePct >= 80 {
			few = i + 1
		}
	}
	if few == 0 {
		few = len(problems)
	}
	chart.Alt = w.say("alt.pareto", w.category(problems[0].Category), w.decimal(problems[0].IndexPct, 1)+w.sign(), w.many("problems", int64(few)), w.count(int64(len(problems))))
	w.first(chart, len(problems))
}

// quadrants shows how often against how annoying.
func (w *writer) quadrants() {
	f := &w.r.Causes.FRAP
	chart := &doc.Chart{
		ID: "chart_quadrants", Kind: doc.Quadrants, Title: w.say("chart.quadrants"), Table: "frap", XLabel: w.say("col/frequency"), YLabel: w.say("col/mean_relevance"),
		Min: 1, Max: 5, Fixed: true, Series: []doc.Series{{Name: w.say("col/category"), Tone: doc.Brand}},
	}
	s := &chart.Series[0]
	urgent := 0
	for i := range f.Problems {
		p := &f.Problems[i]
		chart.Labels = append(chart.Labels, w.category(p.Category))
		s.X, s.Values = append(s.X, float64(p.Frequency)), append(s.Values, p.MeanRelevance)
		if p.Quadrant == "high_frequency_high_relevance" {
			urgent++
		}
	}
	if f.MeanFrequency != nil {
		chart.Lines = append(chart.Lines, doc.Line{Name: w.say("mean.frequency"), At: *f.MeanFrequency, Vertical: true})
	}
	if f.MeanRelevance != nil {
		chart.Lines = append(chart.Lines, doc.Line{Name: w.say("mean.relevance"), At: *f.MeanRelevance})
	}
	chart.Alt = w.say("alt.quadrants", w.many("problems", int64(urgent)))
	w.chart(chart)
}

func (w *writer) problems() {
	t := w.newTable("frap").num("rank").name("category").num("frequency", "mean_relevance", "problem_value", "index_pct", "cumulative_pct").col("quadrant")
	for i := range w.r.Causes.FRAP.Problems {
		p := &w.r.Causes.FRAP.Problems[i]
		t.count(int64(p.Rank)).word(w.category(p.Category), p.Category).count(p.Frequency).float(p.MeanRelevance, 2).count(p.Value)
		t.float(p.IndexPct, 1).float(p.CumulativePct, 1).word(w.code("quadrant", string(p.Quadrant)), string(p.Quadrant)).end()
	}
	t.add()
	w.note("frap.read")
}
