package present

import (
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// maxPlaceCharts bounds the control charts of single touchpoints: those with a
// signal, the first ones in order of the name.
const maxPlaceCharts = 4

// trends is section 14.
func (w *writer) trends() {
	t := &w.r.Trends
	w.text("trends.intro")
	w.absent(report.SecTrends, "")
	w.absent(report.SecTrends, "history")
	w.csatTrend()
	w.npsTrend()
	w.heading("control")
	w.text("control.intro")
	if t.Low != nil {
		w.control("control_low_ratings", t.Low, w.say("chart.low"))
	}
	if t.Complaint != nil {
		w.control("control_complaints", t.Complaint, w.say("chart.complaints/"+t.Complaint.Per))
	}
	w.placeControls()
	w.monthTable()
	w.placeTable()
	w.rest(report.SecTrends, "", "history")
}

func (w *writer) csatTrend() {
	name := w.say("csat.short")
	w.trend(&doc.Chart{ID: "chart_csat_trend", Title: w.say("chart.csat_trend"), YLabel: name, Unit: "%", Max: 100}, 1, w.percent,
		func(m *report.TrendMonth) (*float64, *satisfaction.Interval, bool) {
			return m.CSATPct, m.CI95, m.Withheld
		})
}

func (w *writer) npsTrend() {
	w.trend(&doc.Chart{ID: "chart_nps_trend", Title: w.say("chart.nps_trend"), YLabel: "NPS", Min: -100, Max: 100}, 2, w.score,
		func(m *report.TrendMonth) (*float64, *satisfaction.Interval, bool) { return m.NPS, m.NPSCI, m.NPSHeld })
}

// trend draws a figure over the months, where at least so many show it. What is
// withheld is a gap.
func (w *writer) trend(chart *doc.Chart, least int, write func(*float64) string, of func(*report.TrendMonth) (*float64, *satisfaction.Interval, bool)) {
	chart.Kind, chart.Table, chart.Fixed = doc.LineChart, "months", true
	s := doc.Series{Name: chart.YLabel, Tone: doc.Brand}
	known, last := 0, ""
	for i := range w.r.Trends.Months {
		m := &w.r.Trends.Months[i]
		v, ci, withheld := of(m)
		last = write(v)
		if withheld {
			v, ci, last = nil, nil, w.say("withheld")
		}
		lo, hi := ends(ci)
		chart.Labels = append(chart.Labels, w.brief(m.Period))
		s.Values, s.Low, s.High = append(s.Values, at(v)), append(s.Low, lo), append(s.High, hi)
		if v != nil {
			known++
		}
	}
	if known < least {
		return
	}
	chart.Series = []doc.Series{s}
	chart.Alt = w.say("alt.trend", chart.YLabel, w.count(int64(known)), last)
	w.chart(chart)
}

// unit is how the values of a control chart are written: shares in percent,
// rates per 1,000.
func (w *writer) unit(c *report.Control) (factor float64, places int, unit string) {
	if c.Per == "rating" {
		return 100, 1, w.sign()
	}
	return 1000, 2, ""
}

// control draws a control chart and says what it means for the present month.
func (w *writer) control(id string, c *report.Control, title string) {
	factor, places, unit := w.unit(c)
	chart := &doc.Chart{
		ID: "chart_" + id, Kind: doc.Control, Title: title, Table: id, Decimals: places,
		Series: []doc.Series{{Name: w.say("control.value"), Tone: doc.Brand, Band: w.say("control.limits"), Mark: w.say("signal")}},
		Lines:  []doc.Line{{Name: w.say("control.centre"), At: c.Centre * factor}},
	}
	if c.Per == "rating" {
		chart.Unit = "%"
	}
	s := &chart.Series[0]
	t := w.tableOf(id, title).name("month").num("k", "n", "value", "lower", "upper").col("signal")
	scaled := func(v *float64) *float64 {
		if v == nil {
			return nil
		}
		x := *v * factor
		return &x
	}
	put := func(v *float64) {
		if v == nil {
			t.void(1)
			return
		}
		t.put(w.decimal(*v, places)+unit, *v)
	}
	for i := range c.Points {
		p := &c.Points[i]
		v, lo, hi := scaled(p.Value), scaled(p.Lower), scaled(p.Upper)
		t.word(w.month(p.Period), p.Period.String())
		if p.Withheld {
			v = nil
			t.muted(none, nil).n(p.N, true).hold(1)
		} else {
			t.count(p.K).count(p.N)
			put(v)
		}
		put(lo)
		put(hi)
		t.yes(p.Signal).end()
		chart.Labels = append(chart.Labels, w.brief(p.Period))
		s.Values, s.Low, s.High, s.Marks = append(s.Values, at(v)), append(s.Low, at(lo)), append(s.High, at(hi)), append(s.Marks, p.Signal)
	}
	chart.Alt = w.say("alt.control", title, w.decimal(c.Centre*factor, places)+unit, w.controlVerdict(c))
	w.chart(chart)
	w.add(doc.Block{Text: w.controlVerdict(c)})
	t.twin()
}

// tableOf begins a table with a caption of its own.
func (w *writer) tableOf(id, caption string) *table {
	return &table{Table: &doc.Table{ID: id, Caption: caption}, w: w}
}

func (w *writer) controlVerdict(c *report.Control) string {
	switch {
	case c.Signal:
		return w.say("control.signal")
	case c.Run:
		return w.say("control.run")
	case below(c):
		return w.say("control.below")
	}
	return w.say("control.calm")
}

// below reports whether the present month lies under the lower limit: fewer than
// chance explains, which is good news.
func below(c *report.Control) bool {
	if len(c.Points) == 0 {
		return false
	}
	p := &c.Points[len(c.Points)-1]
	return !p.Withheld && p.Value != nil && p.Lower != nil && *p.Value < *p.Lower
}

// placeControls draws the charts of touchpoints that ask for attention.
func (w *writer) placeControls() {
	drawn := 0
	for i := range w.r.Trends.Places {
		p := &w.r.Trends.Places[i]
		if p.Low == nil || !p.Low.Signal && !p.Low.Run || drawn == maxPlaceCharts {
			continue
		}
		drawn++
		w.control("control_at_"+string(p.Touchpoint), p.Low, w.say("chart.place_low", w.touchpoint(p.Touchpoint)))
	}
}

// monthTable holds the figures of the months.
func (w *writer) monthTable() {
	t := w.newTable("months").name("month").num("n", "csat_pct", "lo", "hi", "nps_n", "nps", "nps_lo", "nps_hi", "complaints", "contacts")
	for i := range w.r.Trends.Months {
		m := &w.r.Trends.Months[i]
		t.word(w.month(m.Period), m.Period.String())
		if !m.Known {
			t.muted(w.say("month.unknown"), nil).void(9).end()
			continue
		}
		t.n(m.N, m.Withheld)
		if m.Withheld {
			t.hold(3)
		} else {
			t.percent(m.CSATPct).ci(m.CI95, w.sign())
		}
		t.n(m.NPSN, m.NPSHeld)
		if m.NPSHeld {
			t.hold(3)
		} else {
			t.put(w.score(m.NPS), value(m.NPS)).ci(m.NPSCI, "")
		}
		t.count(m.Complaints)
		if m.Contacts == 0 {
			t.void(1).end()
			continue
		}
		t.count(m.Contacts).end()
	}
	t.add()
	w.note("months.read")
}

// placeTable says for every touchpoint where it stands.
func (w *writer) placeTable() {
	t := w.newTable("touchpoint_control").name("touchpoint").num("n", "csat_pct", "low_pct", "centre_pct", "upper_pct").col("judged")
	for i := range w.r.Trends.Places {
		p := &w.r.Trends.Places[i]
		if len(p.Months) == 0 {
			continue
		}
		m := &p.Months[len(p.Months)-1]
		t.word(w.touchpoint(p.Touchpoint), string(p.Touchpoint)).n(m.N, m.Withheld)
		if m.Withheld {
			t.hold(1)
		} else {
			t.within(m.CSATPct, m.N)
		}
		if p.Low == nil || len(p.Low.Points) == 0 {
			t.void(3).muted(w.say("control.short"), nil).end()
			continue
		}
		point := &p.Low.Points[len(p.Low.Points)-1]
		centre := p.Low.Centre * 100
		if point.Withheld || point.Value == nil {
			t.void(1)
		} else {
			low := *point.Value * 100
			t.within(&low, point.N)
		}
		t.percent(&centre)
		if point.Upper == nil {
			t.void(1)
		} else {
			upper := *point.Upper * 100
			t.percent(&upper)
		}
		t.put(w.judged(p.Low), w.judgedCode(p.Low)).end()
	}
	t.add()
}

func (w *writer) judgedCode(c *report.Control) string {
	switch {
	case c.Signal:
		return "signal"
	case c.Run:
		return "run_of_8"
	case below(c):
		return "below"
	}
	return "none"
}

func (w *writer) judged(c *report.Control) string { return w.say("judged/" + w.judgedCode(c)) }
