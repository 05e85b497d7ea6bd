package render

import (
	"slices"
	"strings"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

// distributions shows how the ratings spread, scale by scale.
func (d *document) distributions() {
	t := &d.r.Total
	if d.r.Reliability == satisfaction.Suppressed {
		return
	}
	parts := t.ByScale
	if !t.Mixed {
		scale := feedback.Stars5
		if len(t.Distribution) > 5 {
			scale = feedback.CSAT10
		}
		parts = []satisfaction.ScaleDistribution{{Scale: scale, Distribution: t.Distribution}}
	}
	d.raw("<section class=card>")
	d.el("h2", "h2", d.Distribution)
	d.el("p class=soft", "p", d.DistributionHint)
	d.raw("<div class=sides>")
	for _, p := range parts {
		if row := d.r.ByScale.Row(string(p.Scale)); row != nil && row.Withheld {
			d.raw("<div>")
			d.el("p class=soft", "p", d.scale(string(p.Scale))+": "+d.Withheld)
			d.raw("</div>")
			continue
		}
		rating := d.RatingOf[p.Scale]
		if rating == nil {
			rating = integer
		}
		d.raw("<div>")
		d.bars(d.scale(string(p.Scale)), p.Distribution, rating)
		d.raw("</div>")
	}
	d.raw("</div></section>\n")
}

func (d *document) topBox(label string) string {
	if d.Lang == "de" {
		label = strings.ReplaceAll(label, " of ", " von ")
	}
	return d.TopBox(strings.ReplaceAll(label, "-", "–"))
}

// breakdown is a table of the figures by touchpoint, channel or scale.
func (d *document) breakdown(title, first string, rows report.Breakdown, name func(string) string, contacts bool) {
	if len(rows) == 0 {
		return
	}
	known := false
	for i := range rows {
		known = known || rows[i].Contacts != nil
	}
	contacts = contacts && known
	d.raw("<section class=card>")
	d.el("h2", "h2", title)
	d.raw("<div class=scroll><table class=\"rows figures\"><thead><tr><th scope=col>")
	d.text(first)
	d.raw("</th>")
	if contacts {
		d.el("th scope=col class=num", "th", d.Contacts)
	}
	for _, h := range [...]struct {
		class raw
		text  string
	}{{"num", d.N}, {"num", d.CSAT}, {"num", d.IntervalName}, {"pic", "0 – 100" + d.PercentSign}, {"num", d.Mean}, {"pic", d.Spread}, {"last", d.Marks}} {
		d.el("th scope=col class="+h.class, "th", h.text)
	}
	d.raw("</tr></thead><tbody>")
	for i := range rows {
		d.row(&rows[i], name(rows[i].Name), contacts)
	}
	d.raw("</tbody></table></div>")
	for i := range rows {
		if rows[i].Mixed {
			d.el("p class=\"soft\"", "p", d.SeveralBars(d.scales(rows[i].ByScale)))
			break
		}
	}
	d.key(slices.ContainsFunc(rows, func(r report.Row) bool { return r.Withheld && r.Reliability != satisfaction.Suppressed }))
	d.raw("</section>\n")
}

// scales lists the scales of distributions as they are drawn.
func (d *document) scales(of []satisfaction.ScaleDistribution) string {
	var names []string
	for _, s := range of {
		names = append(names, d.scale(string(s.Scale)))
	}
	return strings.Join(names, ", ")
}

func (d *document) row(r *report.Row, name string, contacts bool) {
	d.raw("<tr><th scope=row>")
	d.text(name)
	d.raw("</th>")
	if contacts {
		known := d.NotAvailable
		if r.Contacts != nil {
			known = d.count(*r.Contacts)
		}
		d.cell("num", d.Contacts, known)
	}
	d.cell("num", d.N, d.count(r.N))
	switch {
	case r.N == 0:
		d.raw("<td colspan=5 class=void></td><td class=grade>")
		d.el("span class=\"mark m0\"", "span", d.Silent)
	case r.Withheld || r.Reliability == satisfaction.Suppressed:
		d.el("td colspan=5 class=\"soft withheld\"", "td", d.Withheld)
		d.raw("<td class=grade>")
		if r.Reliability == satisfaction.Suppressed {
			d.mark(r.Reliability)
		} else {
			d.el("span class=\"mark m0\"", "span", d.Protects)
		}
	default:
		d.cell("\"num strong\"", d.CSAT, d.percent(r.CSATPct))
		d.cell("num", d.IntervalName, d.interval(r.CSATCI95Pct))
		d.raw("<td class=pic>")
		d.whisker(&r.Figures, "row")
		d.raw("</td>")
		d.cell("num", d.Mean, d.mean(&r.Figures))
		d.raw("<td class=pic>")
		d.spread(&r.Figures)
		d.raw("</td><td class=grade>")
		d.mark(r.Reliability)
	}
	d.raw("</td></tr>")
}

// cell writes one cell of a table with the head of its column, which a phone
// shows beside it.
func (d *document) cell(class raw, head, s string) {
	d.raw("<td class=", class, " data-head=\"")
	d.text(head)
	d.raw("\">")
	d.text(s)
	d.raw("</td>")
}

// key explains the marks of a table; protects, whether a row is withheld for
// the sake of another.
func (d *document) key(protects bool) {
	rules := &d.r.Header.Rules
	means := d.GradeMeans(rules.MinimumN, rules.IndicativeN)
	d.raw("<ul class=key>")
	for _, g := range [...]satisfaction.Reliability{satisfaction.Reliable, satisfaction.Indicative, satisfaction.Suppressed} {
		d.raw("<li>")
		d.mark(g)
		d.text(" " + means[g])
		d.raw("</li>")
	}
	if protects {
		d.raw("<li>")
		d.el("span class=\"mark m0\"", "span", d.Protects)
		d.text(" " + d.ProtectsMeans)
		d.raw("</li>")
	}
	d.raw("</ul>")
}

// quality tells how the responses came in.
func (d *document) quality() {
	q := &d.r.Quality
	d.raw("<section class=card>")
	d.el("h2", "h2", d.Quality)
	d.el("p class=soft", "p", d.QualityHint)
	d.raw("<dl class=\"keys grid\">")
	d.fact(d.Invitations, d.count(q.Invitations), "")
	d.fact(d.Bounced, d.count(q.Bounced), d.BouncedHint)
	d.fact(d.Delivered, d.count(q.Delivered), "")
	d.fact(d.Reported, d.count(q.Reported), d.ReportedHint)
	rate := d.RateHint
	if q.ResponseRatePct != nil {
		rate = d.AnsweredOf(d.count(q.Answered), d.count(q.Delivered)) + "; " + d.IntervalOf(d.interval(satisfaction.Wilson(q.Answered, q.Delivered)))
	}
	d.fact(d.ResponseRate, d.rate(&q.CollectionCounts), rate)
	d.fact(d.Responses, d.count(q.Responses), d.ResponsesHint)
	d.fact(d.Changed, d.count(q.VotesChanged), d.ChangedHint)
	d.fact(d.AfterWindow, d.count(q.AfterWindow), d.AfterWindowHint)
	d.fact(d.Debounced, d.count(q.KioskDebounced), d.DebouncedHint)
	d.fact(d.Skewed, d.count(q.ClockSkewed), d.SkewedHint)
	assisted := d.AssistedHint
	if q.AssistedSharePct != nil {
		assisted = d.ShareOfAll(d.percent(q.AssistedSharePct)) + "; " + assisted
	}
	d.fact(d.Assisted, d.count(q.Assisted), assisted)
	d.fact(d.Overruled, d.count(q.AssistedOverruled), d.OverruledHint)
	d.fact(d.Callbacks, d.count(q.CallbacksRequested), d.CallbacksHint)
	d.fact(d.LateCount, d.count(q.Late), d.LateHint)
	d.raw("</dl>")
	d.collection(d.CollectionByTouchpoint, d.Touchpoint, q.ByTouchpoint, d.touchpoint)
	d.collection(d.CollectionByChannel, d.Channel, q.ByChannel, d.channel)
	d.raw("</section>\n")
}

func (d *document) collection(caption, first string, rows report.CollectionRows, name func(string) string) {
	if len(rows) == 0 {
		return
	}
	d.raw("<div class=scroll><table class=\"rows counts\"><caption>")
	d.text(caption)
	d.raw("</caption><thead><tr>")
	d.el("th scope=col", "th", first)
	heads := [...]string{d.Responses, d.Invitations, d.Delivered, d.Answered, d.ResponseRate}
	for _, h := range heads {
		d.el("th scope=col class=num", "th", h)
	}
	d.raw("</tr></thead><tbody>")
	for i := range rows {
		r := &rows[i]
		d.raw("<tr>")
		d.el("th scope=row", "th", name(r.Name))
		for i, n := range [...]int64{r.Responses, r.Invitations, r.Delivered, r.Answered} {
			d.cell("num", heads[i], d.count(n))
		}
		d.cell("num", d.ResponseRate, d.rate(&r.CollectionCounts))
		d.raw("</tr>")
	}
	d.raw("</tbody></table></div>")
}

// rate is a response rate, withheld where it says too little.
func (d *document) rate(c *report.CollectionCounts) string {
	if c.ResponseRatePct != nil && satisfaction.ReliabilityOf(c.Delivered, d.r.Header.Rules.MinimumN, d.r.Header.Rules.IndicativeN) == satisfaction.Suppressed {
		return d.Withheld
	}
	return d.percent(c.ResponseRatePct)
}

// late lists what came after the close.
func (d *document) late() {
	h := &d.r.Header
	d.raw("<section class=card>")
	d.el("h2", "h2", d.Late)
	defer d.raw("</section>\n")
	n := len(h.LateEvents)
	switch {
	case n == 0 && h.Status == report.Preliminary:
		d.el("p", "p", d.LatePending)
		return
	case n == 0:
		d.el("p", "p", d.LateNone)
		return
	}
	d.el("p", "p", d.LateSome(d.count(int64(n)), h.Status == report.Restated, n == 1))
	d.raw("<div class=scroll><table class=\"rows counts\"><thead><tr>")
	heads := [...]string{d.Event, d.Touchpoint, d.SubmittedAt, d.ReceivedAt, d.Counted}
	for _, t := range heads {
		d.el("th scope=col", "th", t)
	}
	d.raw("</tr></thead><tbody>")
	for i := range h.LateEvents[:min(n, maxLate)] {
		e := &h.LateEvents[i]
		counted := d.No
		if e.Counted {
			counted = d.Yes
		}
		d.raw("<tr><th scope=row>")
		d.el("code", "code", string(e.EventID))
		d.raw("</th>")
		for i, t := range [...]string{d.touchpoint(string(e.Touchpoint)), short(e.SubmittedAt, d.zone), short(e.ReceivedAt, d.zone), counted} {
			d.cell("cell", heads[i+1], t)
		}
		d.raw("</tr>")
	}
	d.raw("</tbody></table></div>")
	if n > maxLate {
		d.el("p class=soft", "p", d.LateMore(d.count(int64(n-maxLate))))
	}
}

// method says how the figures were made and from what.
func (d *document) method() {
	h := &d.r.Header
	d.raw("<section class=\"card method\">")
	d.el("h2", "h2", d.Method)
	d.raw("<ul>")
	for _, n := range h.MethodNotes {
		sentence := d.Notes[n]
		if sentence == "" {
			sentence = string(n)
		}
		d.el("li", "li", sentence)
	}
	d.raw("</ul><div class=sides><div>")
	d.el("h3", "h3", d.Rules)
	d.raw("<dl class=list>")
	rules := &h.Rules
	d.fact(d.EditWindow, d.Hours(d.decimal(rules.EditWindowHours, 0)), "")
	d.fact(d.DebounceRule, d.Seconds(d.decimal(rules.KioskDebounceSeconds, 0)), "")
	d.fact(d.SkewRule, d.Minutes(d.decimal(rules.MaxFutureSkewMinutes, 0)), "")
	d.fact(d.TopBoxRule, integer(rules.TopBox10), "")
	d.fact(d.MinimumRule, d.Answers(integer(rules.MinimumN), rules.MinimumN == 1), "")
	d.fact(d.IndicativeRule, d.Answers(integer(rules.IndicativeN), rules.IndicativeN == 1), "")
	d.fact(d.FreezeRule, integer(rules.FreezeDay)+".", "")
	d.raw("</dl></div><div>")
	d.el("h3", "h3", d.Data)
	d.raw("<dl class=list>")
	d.fact(d.PeriodRow, d.FromTo(d.moment(h.Start, d.zone), d.moment(h.End, d.zone)), "")
	d.fact(d.ZoneRow, h.TimeZone, "")
	d.fact(d.FreezeRow, d.moment(h.FreezeAt, d.zone), "")
	d.fact(d.CutoffRow, d.moment(h.Cutoff, d.zone), "")
	d.fact(d.InputEvents, d.count(h.InputEvents), "")
	d.raw("<div><dt>")
	d.text(d.DataHash)
	d.raw("</dt><dd>")
	d.el("code", "code", h.DataHash)
	d.raw("</dd>")
	d.el("dd class=hint", "dd", d.HashHint)
	d.raw("</div></dl></div></div></section>\n")
}
