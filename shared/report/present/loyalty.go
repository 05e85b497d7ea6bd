package present

import (
	"strconv"
	"strings"

	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// loyalty is section 16: indicators of loyalty, other questions of cards, and
// the gap between what was expected and what was found.
func (w *writer) loyalty() {
	l := &w.r.Loyalty
	whole := w.absent(report.SecLoyalty, "")
	if !w.absent(report.SecLoyalty, "indicators") && !whole {
		w.indicators("loyalty_indicators", l.Indicators, true)
	}
	if !w.absent(report.SecLoyalty, "card_items") && !whole {
		w.indicators("card_items", l.Items, false)
	}
	if len(l.Indicators)+len(l.Items) > 0 {
		w.note("indicators.read")
	}
	w.heading("gap")
	if !w.absent(report.SecLoyalty, "expectation_gap") && !whole {
		w.gap()
	}
	w.rest(report.SecLoyalty, "", "indicators", "card_items", "expectation_gap")
}

func (w *writer) indicators(id string, rows []report.Indicator, measures bool) {
	if len(rows) == 0 {
		return
	}
	chart := &doc.Chart{
		ID: "chart_" + id, Kind: doc.Bars, Title: w.say("table/" + id), Table: id, XLabel: w.say("loyalty.axis"), Unit: "%", Max: 100, Fixed: true,
		Series: []doc.Series{{Name: w.say("col/top_pct"), Tone: doc.Brand}},
	}
	s := &chart.Series[0]
	t := w.newTable(id).name("question").col("card")
	if measures {
		t.col("measures")
	}
	t.num("n", "mean", "top_pct", "lo", "hi").col("answers", "reliability")
	for i := range rows {
		r := &rows[i]
		name := named(w.o.Items, r.Card+"/"+r.Item)
		if name == r.Card+"/"+r.Item {
			name = r.Item
		}
		t.word(name, r.Item).word(named(w.o.Cards, r.Card), r.Card)
		if measures {
			t.word(w.code("measures", r.Measures), r.Measures)
		}
		hidden := r.Withheld || r.N > 0 && w.small(r.N)
		t.n(r.N, hidden)
		switch {
		case r.N == 0:
			t.void(5)
		case hidden:
			t.hold(5)
		default:
			t.figure(r.Mean, 2).percent(r.TopPct).ci(r.TopCI, w.sign()).put(w.answered(r), answers(r))
			if r.TopPct != nil {
				lo, hi := ends(r.TopCI)
				chart.Labels = append(chart.Labels, name)
				s.Values, s.Low, s.High = append(s.Values, *r.TopPct), append(s.Low, lo), append(s.High, hi)
			}
		}
		t.mark(r.N, hidden).end()
	}
	if len(chart.Labels) > 1 {
		chart.Alt = w.say("alt.indicators", w.count(int64(len(chart.Labels))))
		w.chart(chart)
	}
	t.add()
}

// answered lists the answers with their numbers: "ja 31, nein 4".
func (w *writer) answered(r *report.Indicator) string {
	s := ""
	for i, c := range r.Counts {
		if i > 0 {
			s += ", "
		}
		name := w.o.Answers[r.Card+"/"+r.Item+"/"+c.Name]
		if name == "" {
			name = w.code("answer", c.Name)
		}
		s += name + ":" + nbsp + w.count(c.N)
	}
	return s
}

// answers are the answers by their codes, for a file: "no=4;yes=31".
func answers(r *report.Indicator) any {
	var all []string
	for _, c := range r.Counts {
		all = append(all, c.Name+"="+strconv.FormatInt(c.N, 10))
	}
	if all == nil {
		return nil
	}
	return strings.Join(all, ";")
}

func (w *writer) gap() {
	l := &w.r.Loyalty
	g := &l.Gap
	if l.Withheld || w.small(g.N) {
		w.figures(doc.Figure{Label: w.say("gap.mean"), Value: w.say("withheld"), Beside: w.say("withheld.why", w.few()), Muted: true})
	} else {
		mean := none
		if g.MeanGap != nil {
			mean = w.signed(*g.MeanGap, 2)
		}
		share := func(name string, k int64) doc.Figure {
			return w.share(name, k, g.N, satisfaction.Percent(k, g.N), satisfaction.Wilson(k, g.N))
		}
		w.figures(doc.Figure{Label: w.say("gap.mean"), Value: mean, Beside: w.say("n", w.count(g.N))},
			share("gap.positive", g.Positive), share("gap.confirmed", g.Confirmed), share("gap.negative", g.Negative))
	}
	w.note("gap.read")
	t := w.newTable("expectation_gap").name("touchpoint").num("n", "mean_gap", "better", "as_expected", "worse")
	for i := range l.GapPlaces {
		p := &l.GapPlaces[i]
		hidden := p.Withheld || p.N > 0 && w.small(p.N)
		t.word(w.touchpoint(p.Touchpoint), string(p.Touchpoint)).n(p.N, hidden)
		switch {
		case hidden:
			t.hold(4).end()
			continue
		case p.MeanGap == nil:
			t.void(1)
		default:
			t.put(w.signed(*p.MeanGap, 2), *p.MeanGap)
		}
		t.count(p.Positive).count(p.Confirmed).count(p.Negative).end()
	}
	t.add()
}
