// Package render writes a monthly report for people: one HTML file in one
// language that needs nothing else, no script and no network, on a screen in
// light or dark, on a phone and on paper. Beside every share stand the number of
// responses and the interval; what is too small to show is withheld, not hidden.
package render

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"math"
	"strconv"
	"sync"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

//go:embed style.css
var style string

// Policy is the Content-Security-Policy that a page of HTML needs: its own
// style sheet and nothing else.
var Policy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

// Options is what a page needs besides the report.
type Options struct {
	Language feedback.Language              // an unknown one is written in English
	Names    map[feedback.Touchpoint]string // names in that language; a touchpoint without one shows its id
}

// maxLate bounds the late events listed on the page; report.json has them all.
const maxLate = 200

// HTML writes r. It is a pure function of its arguments.
func HTML(r *report.Report, o Options) []byte {
	w := catalogue[o.Language]
	if w == nil {
		w = &english
	}
	zone, err := time.LoadLocation(r.Header.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	d := &document{page: page{words: w, b: make([]byte, 0, 64<<10)}, r: r, zone: zone, names: o.Names}
	d.head()
	d.headline()
	if r.Total.N > 0 {
		d.distributions()
		d.breakdown(w.ByTouchpoint, w.Touchpoint, r.ByTouchpoint, d.touchpoint, true)
		d.breakdown(w.ByChannel, w.Channel, r.ByChannel, d.channel, false)
		if len(r.ByScale) > 1 {
			d.breakdown(w.ByScale, w.Scale, r.ByScale, d.scale, false)
		}
	}
	d.quality()
	d.method()
	d.late()
	d.foot()
	return d.b
}

// document is a report being written.
type document struct {
	page
	r     *report.Report
	zone  *time.Location
	names map[feedback.Touchpoint]string
}

func (d *document) touchpoint(id string) string {
	if n := d.names[feedback.Touchpoint(id)]; n != "" {
		return n
	}
	return id
}

func (d *document) channel(id string) string {
	if n := d.Channels[feedback.Channel(id)]; n != "" {
		return n
	}
	return id
}

func (d *document) scale(id string) string {
	if n := d.ScaleNames[feedback.Scale(id)]; n != "" {
		return n
	}
	return id
}

func (d *document) head() {
	h := &d.r.Header
	month := d.month(h.Period)
	d.raw("<!DOCTYPE html>\n<html lang=", raw(d.Lang), "><head><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\"><meta name=robots content=noindex><title>")
	d.text(d.Title + " " + month + " · " + h.Organisation)
	d.raw("</title><style>", raw(style), "</style></head>\n<body><header><div>")
	d.el("p class=org", "p", h.Organisation)
	d.raw("<h1>")
	d.text(d.Title)
	d.raw(" <span>")
	d.text(month)
	d.raw("</span></h1></div><div class=stand>")
	d.el(raw("p class=\"badge "+statusClass(h.Status)+"\""), "p", d.Status[h.Status])
	d.el("p", "p", d.AsOf(d.moment(h.Cutoff, d.zone), h.TimeZone))
	d.raw("</div></header>\n<main>\n")
	d.el("p class=lead", "p", d.StatusMeans[h.Status])
}

func statusClass(s report.Status) string {
	switch s {
	case report.Preliminary:
		return "open"
	case report.Restated:
		return "again"
	}
	return "done"
}

func (d *document) foot() {
	d.raw("</main>\n<footer>")
	d.el("p", "p", d.Footer)
	d.raw("</footer></body></html>\n")
}

// headline is the figure of the month with all that belongs beside it.
func (d *document) headline() {
	r := d.r
	if r.Total.N == 0 {
		d.raw("<section class=\"card empty\">")
		d.el("h2", "h2", d.EmptyTitle)
		d.el("p", "p", d.EmptyText)
		d.verdict()
		d.raw("</section>\n")
		return
	}
	answers := d.answers(r.Total.N)
	d.raw("<section class=\"card top\"><div>")
	weighted := d.weighted()
	if weighted {
		d.el("h2", "h2", d.HeadlineWeighted)
	} else {
		d.el("h2", "h2", d.Headline)
	}
	if r.Reliability == satisfaction.Suppressed {
		d.el("p class=\"big none\"", "p", d.Withheld)
		d.el("p class=n", "p", answers)
		d.el("p class=soft", "p", d.WithheldWhy(r.Header.Rules.MinimumN))
		d.raw("</div></section>\n")
		return
	}
	if weighted {
		d.el("p class=big", "p", d.percent(r.ContactWeightedCSATPct))
		d.raw("<p class=n>")
		d.text(answers)
		if se := r.ContactWeightedSEPP; se != nil {
			d.text(" · " + d.StandardError(d.decimal(*se, 1)))
		}
		d.raw("</p>")
		d.el("p class=soft", "p", d.Pooled(d.percent(r.Total.CSATPct), d.interval(r.Total.CSATCI95Pct)))
	} else {
		d.el("p class=big", "p", d.percent(r.Total.CSATPct))
		d.el("p class=n", "p", answers+" · "+d.IntervalOf(d.interval(r.Total.CSATCI95Pct)))
	}
	if !weighted { // its interval is that of the figure above
		d.whisker(&r.Total, "wide")
	}
	d.mark(r.Reliability)
	d.el("p class=soft", "p", d.topBox(r.Total.TopBox))
	d.raw("</div><div>")
	d.verdict()
	d.keyFigures(&r.Total)
	d.raw("</div></section>\n")
}

// weighted reports whether the weighted share leads.
func (d *document) weighted() bool {
	return d.r.HeadlineBasis == report.ContactWeighted && d.r.ContactWeightedCSATPct != nil
}

// verdict says in words whether the month differs from the one before. An arrow
// stands only where 0 lies outside the interval.
func (d *document) verdict() {
	c := &d.r.Change
	month := d.month(c.PreviousPeriod)
	if c.DeltaPP == nil || c.CI95PP == nil {
		d.raw("<div class=change>")
		d.el("p class=verdict", "p", d.Verdict[satisfaction.NoData]("", month))
		d.raw("</div>")
		return
	}
	d.raw("<div class=change>")
	if c.PreviousGrade == satisfaction.Suppressed {
		d.el("p class=verdict", "p", d.PreviousWithheld(month, d.answers(c.Previous.N)))
		d.raw("</div>")
		return
	}
	amount := *c.DeltaPP
	if amount < 0 {
		amount = -amount
	}
	switch c.Verdict {
	case satisfaction.Improved:
		d.raw("<p class=\"verdict up\"><b aria-hidden=true>▲</b> ")
	case satisfaction.Declined:
		d.raw("<p class=\"verdict down\"><b aria-hidden=true>▼</b> ")
	default:
		d.raw("<p class=verdict>")
	}
	say := d.Verdict[c.Verdict]
	if say == nil {
		say = d.Verdict[satisfaction.NoDetectable]
	}
	d.text(say(d.decimal(amount, 1), month))
	d.raw("</p>")
	if d.weighted() {
		d.el("p class=soft", "p", d.ChangeUnweighted)
	}
	d.el("p", "p", d.ChangeInterval(d.points(c.CI95PP.Lo()), d.points(c.CI95PP.Hi())))
	d.el("p class=soft", "p", d.PreviousWas(month, d.percent(c.PreviousCSAT), d.interval(c.PreviousCI95), d.answers(c.Previous.N)))
	d.raw("</div>")
}

func (d *document) keyFigures(f *satisfaction.Figures) {
	d.raw("<dl class=keys>")
	worst := d.WorstHint
	if f.Bottom2Pct != nil {
		k := int64(math.Round(*f.Bottom2Pct * float64(f.N) / 100))
		worst += "; " + d.IntervalOf(d.interval(satisfaction.Wilson(k, f.N)))
	}
	d.fact(d.Worst, d.percent(f.Bottom2Pct), worst)
	d.fact(d.Index, d.figure(f.Index0100, 1), d.IndexHint)
	if !f.Mixed {
		d.fact(d.Mean, d.mean(f), "")
		d.fact(d.Median, d.figure(f.Median, 1), "")
		d.fact(d.Stdev, d.figure(f.Stdev, 1), "")
	}
	d.raw("</dl>")
}

// fact writes one figure with its name and, where there is one, a hint.
func (d *document) fact(name, value, hint string) {
	d.raw("<div><dt>")
	d.text(name)
	d.raw("</dt><dd>")
	d.text(value)
	d.raw("</dd>")
	if hint != "" {
		d.el("dd class=hint", "dd", hint)
	}
	d.raw("</div>")
}

func (d *document) mark(g satisfaction.Reliability) {
	d.el(raw("span class=\"mark "+gradeClass(g)+"\""), "span", d.Grade[g])
}

func gradeClass(g satisfaction.Reliability) string {
	switch g {
	case satisfaction.Suppressed:
		return "m0"
	case satisfaction.Indicative:
		return "m1"
	}
	return "m2"
}

func integer(n int) string { return strconv.Itoa(n) }
