// Package present says a monthly report in words: it makes of the figures a
// document in one language, which the renderings write as HTML, PDF and tables.
// Beside every share stand the number it rests on and the interval; what is too
// small to show is withheld, not hidden; what has no data says so and why.
package present

import (
	"cmp"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"resonanz/shared/report"
	"resonanz/shared/report/doc"
)

// accent is the colour of a document without one: that of the pages.
const accent = "#0b5cad"

// ids are the anchors of the seventeen sections in order; "section/" and the id
// is the heading.
var ids = [...]string{
	"header", "headlines", "quality", "csat", "nps", "fcr", "complaints", "causes", "tasks",
	"evidence", "handling", "costs", "escalations", "trends", "actions", "loyalty", "iso",
}

// sections write them.
func (w *writer) sections() [len(ids)]func() {
	return [...]func(){
		w.header, w.headlines, w.quality, w.csat, w.recommend, w.fcr, w.complaints, w.causes, w.tasks,
		w.evidence, w.handled, w.costs, w.escalations, w.trends, w.actions, w.loyalty, w.iso,
	}
}

// Document is r in the language of the options: a pure function of both. What is
// a matter of the reading and not of the month (Report.Run) is not in it.
func Document(r *report.Report, o Options) *doc.Document {
	zone, err := time.LoadLocation(r.Header.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	w := &writer{tongue: tongueOf(o.Language), r: r, o: o, zone: zone}
	d := &doc.Document{
		Language: "en", Title: w.say("title", w.month(r.Header.Period)), Organisation: r.Header.Organisation,
		Badge: w.say("status/" + string(r.Header.Status)), BadgeKind: string(r.Header.Status),
		AsOf: w.say("as_of", w.moment(r.Header.Cutoff, zone), r.Header.TimeZone), Footer: w.say("footer"),
		Accent: cmp.Or(o.Accent, accent), Hash: r.Header.DataHash, Page: w.say("page"), Contents: w.say("contents"),
		Skip: w.say("skip"), Data: w.say("data"), More: w.say("more"),
	}
	if w.german {
		d.Language = "de"
	}
	if g := r.Header.Group; g != "" {
		d.Group = named(o.Groups, g)
	}
	w.doc = d
	for i, write := range w.sections() {
		w.sec = &doc.Section{ID: ids[i], Number: i + 1, Title: w.say("section/" + ids[i])}
		write()
		d.Sections = append(d.Sections, *w.sec)
	}
	return d
}
