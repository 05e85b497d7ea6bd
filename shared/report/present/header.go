package present

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"resonanz/shared/report"
)

// maxRows bounds the rows of a long list in a document; its file has them all.
const maxRows = 25

// header is section 1: what the report is of and from, and how it was made.
func (w *writer) header() {
	h := &w.r.Header
	w.text("header.status/" + string(h.Status))
	if h.Group != "" {
		w.text("header.group", named(w.o.Groups, h.Group))
	}
	w.proof()
	w.differences()
	w.late()
	w.heading("method")
	var notes []string
	for _, n := range h.MethodNotes {
		notes = append(notes, w.code("note", string(n)))
	}
	w.list(notes...)
	w.rules()
}

// proof is what identifies the report.
func (w *writer) proof() {
	h := &w.r.Header
	t := w.newTable("about").name("item").col("value")
	row := func(item, text string, value any) { t.put(w.say("about/"+item), item).put(text, value).end() }
	row("period", w.say("period.span", w.moment(h.Start, w.zone), w.moment(h.End, w.zone)), h.Period.String())
	row("time_zone", h.TimeZone, h.TimeZone)
	row("status", w.say("status/"+string(h.Status)), string(h.Status))
	if h.Restates > 0 {
		row("restates", w.count(int64(h.Restates)), int64(h.Restates))
	}
	row("freeze_at", w.moment(h.FreezeAt, w.zone), h.FreezeAt.UTC().Format(time.RFC3339))
	row("cutoff", w.moment(h.Cutoff, w.zone), h.Cutoff.UTC().Format(time.RFC3339))
	row("late_events", w.count(int64(len(h.LateEvents))), int64(len(h.LateEvents)))
	row("input_events", w.count(h.InputEvents), h.InputEvents)
	row("data_hash", h.DataHash, h.DataHash)
	if h.GivenHash != "" {
		row("given_hash", h.GivenHash, h.GivenHash)
	}
	t.add()
	w.note("hash.means")
}

// rules are the thresholds the report was built with.
func (w *writer) rules() {
	r := &w.r.Header.Rules
	t := w.newTable("rules").name("rule").col("value")
	row := func(id, text string, value any) { t.put(w.say("rule/"+id), id).put(text, value).end() }
	row("edit_window", w.say("hours", w.decimal(r.EditWindowHours, 0)), r.EditWindowHours)
	row("debounce", w.say("seconds", w.decimal(r.KioskDebounceSeconds, 0)), r.KioskDebounceSeconds)
	row("skew", w.say("minutes", w.decimal(r.MaxFutureSkewMinutes, 0)), r.MaxFutureSkewMinutes)
	row("top_box", w.say("top_box.rule/"+w.count(int64(r.TopBox10))), int64(r.TopBox10))
	row("minimum", w.many("answers", int64(r.MinimumN)), int64(r.MinimumN))
	row("indicative", w.many("answers", int64(r.IndicativeN)), int64(r.IndicativeN))
	row("freeze", w.say("freeze.day", w.count(int64(r.FreezeDay))), int64(r.FreezeDay))
	t.add()
}

// late lists what came after the close.
func (w *writer) late() {
	h := &w.r.Header
	w.heading("late")
	n := len(h.LateEvents)
	switch {
	case n == 0 && h.Status == report.Preliminary:
		w.text("late.pending")
		return
	case n == 0:
		w.text("late.none")
		return
	case h.Status == report.Restated:
		w.text("late.counted", w.many("events", int64(n)))
	default:
		w.text("late.left_out", w.many("events", int64(n)))
	}
	t := w.newTable("late_events").name("event_id").col("touchpoint", "submitted_at", "received_at", "counted")
	for i := range h.LateEvents {
		e := &h.LateEvents[i]
		t.word(string(e.EventID), string(e.EventID)).word(w.touchpoint(e.Touchpoint), string(e.Touchpoint))
		t.moment(e.SubmittedAt).moment(e.ReceivedAt).yes(e.Counted).end()
	}
	t.Hidden = max(0, n-maxRows)
	t.add()
}

// differences are the figures that a restatement changed.
func (w *writer) differences() {
	h := &w.r.Header
	if h.Status != report.Restated {
		return
	}
	w.heading("differences")
	if w.absent(report.SecHeader, "differences") {
		return
	}
	if len(h.Differences) == 0 {
		w.text("differences.none")
		return
	}
	w.text("differences.some", w.many("figures", int64(len(h.Differences))), w.count(int64(h.Restates)))
	t := w.newTable("differences").name("figure").num("before", "after", "difference")
	all := slices.Clone(h.Differences)
	slices.SortStableFunc(all, func(a, b report.Difference) int { return cmp.Compare(weight(a.Path), weight(b.Path)) })
	for _, d := range all {
		t.word(w.path(d.Path), d.Path).figure(d.Before, w.places(d.Before)).figure(d.After, w.places(d.After))
		if d.Before == nil || d.After == nil {
			t.void(1).end()
			continue
		}
		delta := *d.After - *d.Before
		places := max(w.places(d.Before), w.places(d.After))
		if delta != 0 && math.Abs(delta) < 0.005 { // it would be told as none
			places = 4
		}
		t.put(w.signed(delta, places), delta).end()
	}
	t.Hidden = max(0, len(h.Differences)-maxRows)
	t.add()
}

// weight puts figures of the whole before those of a part of it.
func weight(path string) int {
	switch {
	case strings.HasPrefix(path, "total"):
		return 0
	case strings.Contains(path, "by_") || strings.Contains(path, "ranking") || strings.Contains(path, "counts") || strings.Contains(path, "card_items"):
		return 2
	}
	return 1
}

// places are the decimals a figure is shown with: none for a whole number.
func (w *writer) places(v *float64) int {
	if v == nil || *v == float64(int64(*v)) {
		return 0
	}
	return 2
}
