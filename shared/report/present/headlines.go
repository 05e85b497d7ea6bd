package present

import (
	"strings"

	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// headlines is section 2, page 1: three figures, what changed, what did not, and
// what to do.
func (w *writer) headlines() {
	h := &w.r.Headlines
	if w.r.Header.Status == report.Preliminary {
		w.warn("headlines.preliminary", w.day(w.r.Header.FreezeAt, w.zone))
	}
	var key []doc.Figure
	for i := range h.Key {
		key = append(key, w.key(&h.Key[i]))
	}
	w.figures(key...)
	w.heading("changed")
	switch {
	case len(h.Changed) > 0:
		w.findings(h.Changed)
	case len(h.Same) > 0:
		w.text("changed.none", w.month(w.r.Change.PreviousPeriod))
	default:
		w.text("changed.unknown", w.month(w.r.Change.PreviousPeriod))
	}
	if len(h.Same) > 0 {
		w.heading("same")
		w.findings(h.Same)
	}
	w.heading("to_do")
	if len(h.ToDo) > 0 {
		var out []string
		for i := range h.ToDo {
			out = append(out, w.finding("do", &h.ToDo[i])+" "+w.see(h.ToDo[i].Section))
		}
		w.list(out...)
	} else {
		w.good("to_do.none")
	}
	w.note("headlines.read")
}

func (w *writer) findings(fs []report.Finding) {
	var out []string
	for i := range fs {
		out = append(out, w.finding("find", &fs[i])+" "+w.see(fs[i].Section))
	}
	w.list(out...)
}

// see points to the section where to read on.
func (w *writer) see(s report.Section) string {
	if s < 1 || int(s) > len(ids) {
		return ""
	}
	return w.say("see", w.count(int64(s)))
}

// Headline is one of the three headlines of page 1 by itself: for a mail.
type Headline struct{ Label, Value, Beside, Change string }

// Headlines are those of page 1.
func Headlines(r *report.Report, o Options) []Headline {
	var out []Headline
	for _, b := range Document(r, o).Sections[report.SecHeadlines-1].Blocks {
		for _, f := range b.Figures {
			plain := func(s string) string { return strings.ReplaceAll(s, joiner, "") } // some mail programs show it
			out = append(out, Headline{plain(f.Label), plain(f.Value), plain(f.Beside), plain(f.Change)})
		}
	}
	return out
}

// kind is how the values of a finding are written.
type kind int

const (
	counted kind = iota // N alone
	percent             // of a whole
	score               // −100 to 100
	rate                // per 1,000
)

// kinds are those of the codes; others are counted.
var kinds = map[string]kind{
	report.FindCSAT: percent, report.FindCSATWeighted: percent, report.FindSLA: percent, report.FindResponseRate: percent, report.FindCoverage: percent,
	report.FindLowSignal: percent, report.FindLowRun: percent, report.FindPlaceSignal: percent, report.FindCSATChange: percent,
	report.FindPlaceChange: percent, report.FindWeakest: percent, report.FindTopProblem: percent, report.FindNoEffect: percent,
	report.FindNPS: score, report.FindNPSChange: score,
	report.FindComplaintRate: rate, report.FindComplaintSignal: rate, report.FindComplaintRun: rate, report.FindComplaintsChange: rate,
}

// valueOf writes a value of a finding.
func (w *writer) valueOf(code string, v *float64) string {
	if v == nil {
		return none
	}
	switch kinds[code] {
	case percent:
		return w.percent(v)
	case score:
		return w.score(v)
	case rate:
		return w.decimal(*v, 2)
	}
	return w.decimal(*v, 0)
}

func (w *writer) intervalOf(code string, i *satisfaction.Interval) string {
	switch kinds[code] {
	case percent:
		return w.span(i, 1, w.sign())
	case rate:
		return w.span(i, 2, "")
	}
	return w.span(i, 1, "")
}

// subject is the name of what a finding is about.
func (w *writer) subject(f *report.Finding) string {
	switch f.Code {
	case report.FindTopProblem:
		return w.category(f.Subject)
	case report.FindUnhandled:
		return w.code("rule.name", f.Subject)
	case report.FindNoEffect:
		for i := range w.r.Actions {
			if w.r.Actions[i].ID == f.Subject {
				return w.r.Actions[i].Title
			}
		}
		return f.Subject
	}
	return w.touchpoint(feedbackTouchpoint(f.Subject))
}

// finding is a sentence: family "find" or "do", with subject, value, n, before,
// the size of the change, the interval of the change, the interval of the value,
// the month before and a number of complaints in its places. A text of none, of
// one, and of few that no share is shown of, has a name of its own.
func (w *writer) finding(family string, f *report.Finding) string {
	name := family + "/" + f.Code
	for _, other := range [...]string{"find/", "do/"} {
		if !w.has(name) {
			name = other + f.Code
		}
	}
	if !w.has(name) {
		return strings.ReplaceAll(f.Code, "_", " ")
	}
	switch {
	case f.N == 0 && w.has(name+".none"):
		name += ".none"
	case f.N == 1 && w.has(name+".one"):
		name += ".one"
	case w.small(f.N) && w.has(name+".few"):
		name += ".few"
	}
	if f.Code == report.FindNoEffect && f.Change != nil && f.Change.Significant() { // a share that fell is no such finding
		name += ".worse"
	}
	if f.Better != nil {
		if *f.Better && w.has(name+".better") {
			name += ".better"
		} else if !*f.Better && w.has(name+".worse") {
			name += ".worse"
		}
	}
	delta, interval := none, none
	if f.Change != nil && f.Change.DeltaPP != nil {
		places := 1
		if kinds[f.Code] == rate {
			places = 2
		}
		delta = w.magnitude(*f.Change.DeltaPP, places)
		if ci := f.Change.CI95PP; ci != nil {
			interval = w.say("points.plain", w.signed(ci.Lo(), places), w.signed(ci.Hi(), places))
		}
	}
	return w.say(name, w.subject(f), w.valueOf(f.Code, f.Value), w.count(f.N), w.valueOf(f.Code, f.Before), delta, interval,
		w.intervalOf(f.Code, f.Interval), w.month(w.r.Change.PreviousPeriod), w.many("complaint", f.N))
}

// key is one of the three figures of page 1.
func (w *writer) key(f *report.Finding) doc.Figure {
	out := doc.Figure{Label: w.say("to_do"), Value: w.valueOf(f.Code, f.Value)}
	name := "label/" + f.Code
	if w.small(f.N) && w.has(name+".few") {
		name += ".few"
	}
	if w.has(name) {
		out.Label = w.say(name)
	}
	if f.Subject != "" {
		out.Label = w.say("label.of", out.Label, w.subject(f))
	}
	if f.Value == nil {
		out.Value = w.count(f.N)
		if f.Code == report.FindOverdue {
			out.Beside = w.say("key.open", w.count(w.r.Complaints.OpenEnd))
		}
		switch {
		case f.Code == report.FindCSATFew:
			out.Value, out.Muted = w.few(), true
		case f.Code == report.FindNoSignal && w.small(f.N):
			out.Value, out.Muted = w.say("key.unknown"), true
		case f.Code == report.FindNoSignal:
			out.Value, out.Beside = w.count(0), w.say("n", out.Value)
		}
	} else if f.Code == report.FindCoverage { // a share of a handful of touchpoints says less than their number
		out.Value = w.say("key.of", w.count(part(f.Value, f.N)), w.count(f.N))
	} else {
		out.Beside = w.beside(f.N, nil, "")
		if noun := "key.n/" + f.Code; w.has(noun) {
			out.Beside = w.say(noun, w.count(f.N), w.many("complaint", f.N))
		}
		if f.Interval != nil {
			out.Beside += " · " + w.say("ci", w.intervalOf(f.Code, f.Interval))
		}
		if w.grade(f.N) == satisfaction.Indicative && kinds[f.Code] != counted {
			out.Beside += " · " + w.say("grade/indicative")
		}
	}
	switch {
	case f.Change != nil && f.Change.DeltaPP != nil && (f.Code == report.FindCSAT || f.Code == report.FindCSATWeighted):
		out.Change, out.Trend = w.verdict(f.Change, satisfaction.Reliable, 1)
		if f.Code == report.FindCSATWeighted {
			out.Change = w.say("verdict.unweighted", out.Change)
		}
	case w.has("key/"+f.Code) || !w.has("label/"+f.Code):
		out.Change = w.finding("key", f)
		out.Trend = trendOf(f)
	}
	return out
}

// trendOf is the arrow of a finding that tells a change.
func trendOf(f *report.Finding) doc.Trend {
	if f.Better == nil || f.Change == nil || f.Change.DeltaPP == nil || f.Change.CI95PP == nil || f.Change.CI95PP.Contains(0) {
		return doc.None
	}
	switch up := *f.Change.DeltaPP > 0; {
	case *f.Better && up:
		return doc.BetterUp
	case *f.Better:
		return doc.BetterDown
	case up:
		return doc.WorseUp
	}
	return doc.WorseDown
}
