package present

import (
	"cmp"
	"slices"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
)

// complaints is section 7. A number of complaints never stands alone: the
// satisfaction and what it rests on stand beside it.
func (w *writer) complaints() {
	c := &w.r.Complaints
	if c.Received == 0 {
		w.absent(report.SecComplaints, "")
	}
	open := with(w.number("complaints.open", c.OpenEnd), w.say("complaints.open.hint", w.count(c.Overdue), w.count(c.OpenStart)))
	received := with(w.number("complaints.received", c.Received), w.say("complaints.csat", w.csatBeside(c.CSATPct, c.CSATN)))
	w.figures(received, w.complaintRate(), with(w.number("complaints.closed", c.Closed), w.say("complaints.resolved", w.count(c.Resolved))), open)
	w.note("complaints.read")
	t := w.newTable("complaints").name("item").num("count").col("meaning")
	row := func(id string, n int64) {
		t.put(w.say("complaints/"+id), id).count(n).put(w.say("complaints.means/"+id), nil).end()
	}
	row("received", c.Received)
	row("with_contact", c.Named)
	row("anonymous", c.Anonymous)
	row("without_case", c.WithoutCase)
	row("imported", c.Imported)
	row("without_fact", c.WithoutFact)
	row("from_ratings", c.FromRatings)
	row("drafts", c.Drafts)
	row("excluded", c.Excluded)
	row("resolved", c.Resolved)
	row("closed", c.Closed)
	row("open_start", c.OpenStart)
	row("open_end", c.OpenEnd)
	row("overdue", c.Overdue)
	t.add()
	w.matrix()
	w.complaintPlaces()
	w.counted("complaints_by_channel", "channel", c.Channels, w.channel)
	w.counted("complaints_by_severity", "severity", c.Severity, func(s string) string { return w.code("severity", s) })
	w.rest(report.SecComplaints, "")
}

// csatBeside is the satisfaction that stands beside a number of complaints.
func (w *writer) csatBeside(pct *float64, n int64) string {
	if pct == nil || w.small(n) {
		return w.say("csat.beside.none")
	}
	return w.say("csat.beside", w.percent(pct), w.count(n))
}

func (w *writer) complaintRate() doc.Figure {
	c := &w.r.Complaints
	f := doc.Figure{Label: w.say("complaints.rate"), Value: w.figure(c.Rate, 2)}
	if c.Rate == nil || c.Contacts == nil {
		f.Value, f.Beside, f.Muted = none, w.say("complaints.no_contacts"), true
		return f
	}
	if w.small(*c.Contacts) {
		f.Value, f.Beside, f.Muted = w.say("withheld"), w.say("withheld.why", w.few()), true
		return f
	}
	f.Beside = w.say("complaints.contacts", w.count(c.AtContacts), w.count(*c.Contacts))
	if c.RateCI != nil {
		f.Beside += " · " + w.say("ci", w.span(c.RateCI, 2, ""))
	}
	f.Beside += " · " + w.csatBeside(c.CSATPct, c.CSATN)
	return f
}

// matrix is category × touchpoint.
func (w *writer) matrix() {
	c := &w.r.Complaints
	if len(c.Matrix) == 0 {
		return
	}
	places, others := w.busiest()
	chart := &doc.Chart{
		ID: "chart_complaints", Kind: doc.Bars, Title: w.say("chart.categories"), Table: "complaints_by_category", XLabel: w.say("complaints.axis"),
		Series: []doc.Series{{Name: w.month(w.r.Header.Period), Tone: doc.Brand}, {Name: w.month(w.r.Change.PreviousPeriod), Tone: doc.Neutral}},
	}
	t := w.newTable("complaints_by_category").name("category").num("n", "previous")
	for _, p := range places {
		t.columnOf("at_"+string(p), w.touchpoint(p), true, false)
	}
	if others {
		t.num("others")
	}
	for i := range c.Matrix {
		r := &c.Matrix[i]
		t.word(w.category(r.Category), r.Category).count(r.N).count(r.Previous)
		rest := r.N
		for _, p := range places {
			t.count(r.Places[p])
			rest -= r.Places[p]
		}
		if others {
			t.count(rest)
		}
		t.end()
		if i >= maxBars {
			continue
		}
		chart.Labels = append(chart.Labels, w.category(r.Category))
		chart.Series[0].Values = append(chart.Series[0].Values, float64(r.N))
		chart.Series[1].Values = append(chart.Series[1].Values, float64(r.Previous))
	}
	top := &c.Matrix[0]
	for i := range c.Matrix {
		if c.Matrix[i].N > top.N {
			top = &c.Matrix[i]
		}
	}
	chart.Alt = w.say("alt.categories", w.category(top.Category), w.count(top.N), w.count(c.Received))
	if len(chart.Labels) >= fewest {
		w.first(chart, len(c.Matrix))
	}
	t.add()
}

// maxBars bounds the bars of a chart of categories: the most important come
// first, and the table beside it has all.
const maxBars = 12

// fewest is how many categories make a chart of them worth its room.
const fewest = 3

// first adds a chart of the first of so many categories, and says so.
func (w *writer) first(c *doc.Chart, of int) {
	if of > len(c.Labels) {
		c.Title = w.say("chart.first", c.Title, w.count(int64(len(c.Labels))), w.count(int64(of)))
	}
	w.chart(c)
}

// maxColumns bounds the touchpoints that have a column of their own: those with
// the most complaints. The others share one; report.json has each.
const maxColumns = 10

// busiest are the touchpoints with a column, in order of the name, and whether
// there are others with complaints.
func (w *writer) busiest() (places []feedback.Touchpoint, others bool) {
	var rows []*report.ComplaintRow
	for i := range w.r.Complaints.Places {
		if r := &w.r.Complaints.Places[i]; r.N > 0 {
			rows = append(rows, r)
		}
	}
	if others = len(rows) > maxColumns; others {
		slices.SortStableFunc(rows, func(a, b *report.ComplaintRow) int { return cmp.Compare(b.N, a.N) })
		rows = rows[:maxColumns]
	}
	for _, r := range rows {
		places = append(places, r.Touchpoint)
	}
	slices.Sort(places)
	return places, others
}

func (w *writer) complaintPlaces() {
	t := w.newTable("complaints_by_touchpoint").name("touchpoint").num("complaints", "contacts", "rate_per_1000", "csat_n", "csat_pct")
	for i := range w.r.Complaints.Places {
		r := &w.r.Complaints.Places[i]
		hidden := r.Withheld || r.CSATN > 0 && w.small(r.CSATN)
		t.word(w.touchpoint(r.Touchpoint), string(r.Touchpoint)).count(r.N).known(r.Contacts).rate(r.Rate, r.RateCI).n(r.CSATN, hidden)
		if hidden {
			t.hold(1).end()
			continue
		}
		t.within(r.CSATPct, r.CSATN).end()
	}
	t.add()
}

// counted is a plain list of numbers under names.
func (w *writer) counted(id, first string, rows []report.Count, name func(string) string) {
	t := w.newTable(id).name(first).num("count")
	for _, r := range rows {
		t.word(name(r.Name), r.Name).count(r.N).end()
	}
	t.add()
}
