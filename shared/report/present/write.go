package present

import (
	"math"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// writer is a document being written.
type writer struct {
	tongue
	r    *report.Report
	o    Options
	zone *time.Location
	doc  *doc.Document
	sec  *doc.Section // the present one
}

func (w *writer) add(b doc.Block) { w.sec.Blocks = append(w.sec.Blocks, b) }

func (w *writer) heading(name string)                { w.add(doc.Block{Heading: w.say(name)}) }
func (w *writer) text(name string, values ...string) { w.add(doc.Block{Text: w.say(name, values...)}) }
func (w *writer) note(name string, values ...string) { w.add(doc.Block{Note: w.say(name, values...)}) }

func (w *writer) figures(f ...doc.Figure) {
	if len(f) > 0 {
		w.add(doc.Block{Figures: f})
	}
}

func (w *writer) list(items ...string) {
	if len(items) > 0 {
		w.add(doc.Block{List: items})
	}
}

func (w *writer) warn(name string, values ...string) {
	w.add(doc.Block{Notice: &doc.Notice{Kind: "warning", Text: w.say(name, values...)}})
}

func (w *writer) good(name string, values ...string) {
	w.add(doc.Block{Notice: &doc.Notice{Kind: "good", Text: w.say(name, values...)}})
}

// absent says why the section, or a part of it, has no data; false: it has.
func (w *writer) absent(s report.Section, part string) bool {
	a, ok := w.r.AbsenceOf(s, part)
	if !ok {
		return false
	}
	text := w.because(a.Reason)
	if part != "" && w.has("part/"+part) {
		text = w.say("absent.part", w.say("part/"+part), text)
	}
	w.add(doc.Block{Notice: &doc.Notice{Kind: "absent", Text: text}})
	return true
}

// rest says every absence of the section that was not asked for by absent.
func (w *writer) rest(s report.Section, said ...string) {
	for _, a := range w.r.Absent {
		if a.Section != s {
			continue
		}
		known := false
		for _, p := range said {
			known = known || p == a.Part
		}
		if !known {
			w.absent(s, a.Part)
		}
	}
}

func (w *writer) because(reason string) string {
	if name := "reason/" + reason; w.has(name) {
		return w.say(name)
	}
	return w.say("reason.unknown", reason)
}

// Names of what the report knows by its code.

func (w *writer) touchpoint(id feedback.Touchpoint) string { return named(w.o.Names, id) }
func (w *writer) channel(c string) string                  { return w.code("channel", c) }
func (w *writer) scale(s string) string                    { return w.code("scale", s) }

func (w *writer) category(code string) string {
	if w.o.Category != nil {
		if n := w.o.Category(code); n != "" {
			return n
		}
	}
	return code
}

func named[K ~string](names map[K]string, id K) string {
	if n := names[id]; n != "" {
		return n
	}
	return string(id)
}

// minimum is the smallest number of answers of which a share is shown.
func (w *writer) minimum() int64 { return int64(w.r.Header.Rules.MinimumN) }

// grade is how much weight a share of n answers bears.
func (w *writer) grade(n int64) satisfaction.Reliability {
	return satisfaction.ReliabilityOf(n, w.r.Header.Rules.MinimumN, w.r.Header.Rules.IndicativeN)
}

// small reports whether n answers are too few to show a share of.
func (w *writer) small(n int64) bool { return n < w.minimum() }

// few writes a number of answers that is not shown to the digit: "< 5".
func (w *writer) few() string { return "<" + nbsp + w.count(w.minimum()) }

// beside is what stands beside a share: the number it rests on, and its interval.
func (w *writer) beside(n int64, i *satisfaction.Interval, unit string) string {
	s := w.say("n", w.count(n))
	if i != nil {
		s += " · " + w.say("ci", w.span(i, 1, unit))
	}
	return s
}

// share is a key figure in percent. Of too few it is withheld, and says so.
func (w *writer) share(name string, k, n int64, pct *float64, ci *satisfaction.Interval) doc.Figure {
	return w.shareOf(w.say(name), k, n, pct, ci)
}

func (w *writer) shareOf(label string, k, n int64, pct *float64, ci *satisfaction.Interval) doc.Figure {
	f := doc.Figure{Label: label, Value: w.percent(pct)}
	switch {
	case pct == nil || n == 0:
		f.Value, f.Beside, f.Muted = none, w.say("nothing"), true
	case w.small(n):
		f.Value, f.Beside, f.Muted = w.say("withheld"), w.say("withheld.why", w.few()), true
	default:
		f.Beside = w.say("of", w.count(k), w.count(n))
		if ci != nil {
			f.Beside += " · " + w.say("ci", w.span(ci, 1, w.sign()))
		}
		if w.grade(n) == satisfaction.Indicative {
			f.Beside += " · " + w.say("grade/indicative")
			f.Muted = true
		}
	}
	return f
}

func (w *writer) number(name string, n int64) doc.Figure {
	return doc.Figure{Label: w.say(name), Value: w.count(n)}
}

// with adds a remark to a figure.
func with(f doc.Figure, remark string) doc.Figure {
	if f.Beside != "" {
		remark = f.Beside + " · " + remark
	}
	f.Beside = remark
	return f
}

// part is the number behind a share of n, exact for every n below 2^46.
func part(pct *float64, n int64) int64 {
	if pct == nil {
		return 0
	}
	return int64(math.Round(*pct * float64(n) / 100))
}

// held withholds a figure where that is so.
func (w *writer) held(withheld bool, f doc.Figure) doc.Figure {
	if !withheld {
		return f
	}
	return doc.Figure{Label: f.Label, Value: w.say("withheld"), Beside: w.say("withheld.why", w.few()), Muted: true}
}
