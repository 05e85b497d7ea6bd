package present

import (
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

// quality is section 3: how the responses came in, and what is missing.
func (w *writer) quality() {
	q := &w.r.Quality
	w.text("quality.intro")
	for _, u := range q.Unread {
		w.warn("quality.unread", u.Object, w.code("unread", u.Reason))
	}
	for _, u := range q.Unknown {
		w.warn("quality.unknown", w.touchpoint(feedbackTouchpoint(u.Name)), w.many("answers", u.N))
	}
	if q.Invalid > 0 {
		w.warn("quality.invalid", w.many("facts", q.Invalid))
	}
	w.absent(report.SecQuality, "")
	rate := w.share("response_rate", q.Answered, q.Delivered, q.ResponseRatePct, satisfaction.Wilson(q.Answered, q.Delivered))
	w.figures(
		with(w.number("responses", q.Responses), w.say("responses.hint")),
		with(w.number("invitations", q.Invitations), w.say("invitations.hint", w.count(q.Delivered))),
		rate,
		w.share("assisted.share", q.Assisted, q.Responses, q.AssistedSharePct, satisfaction.Wilson(q.Assisted, q.Responses)),
	)
	w.note("quality.read")
	w.counts()
	w.collection("collection_by_touchpoint", "touchpoint", q.ByTouchpoint, func(s string) string { return w.touchpoint(feedbackTouchpoint(s)) })
	w.collection("collection_by_channel", "channel", q.ByChannel, w.channel)
	w.gaps()
	w.rest(report.SecQuality, "")
}

// counts are what did and did not enter the figures.
func (w *writer) counts() {
	q := &w.r.Quality
	t := w.newTable("collection").name("item").num("count").col("meaning")
	row := func(id string, n *int64) {
		t.put(w.say("quality/"+id), id).known(n).put(w.say("quality.means/"+id), nil).end()
	}
	row("invitations", &q.Invitations)
	row("bounced", &q.Bounced)
	row("delivered", &q.Delivered)
	row("reported", &q.Reported)
	row("answered", &q.Answered)
	row("responses", &q.Responses)
	row("votes_changed", &q.VotesChanged)
	row("after_window", &q.AfterWindow)
	row("debounced", &q.KioskDebounced)
	row("skewed", &q.ClockSkewed)
	row("assisted", &q.Assisted)
	row("overruled", &q.AssistedOverruled)
	row("imported", &q.Imported)
	row("callbacks", &q.CallbacksRequested)
	row("late", &q.Late)
	row("invalid", &q.Invalid)
	if o := q.Observed; o != nil {
		row("accepted", o.Accepted)
		row("rejected", o.Rejected)
		row("opened", o.LinksOpened)
		row("reopened", o.AlreadyRated)
	}
	t.add()
	w.note("quality.opened")
}

func (w *writer) collection(id, first string, rows report.CollectionRows, name func(string) string) {
	t := w.newTable(id).name(first).num("responses", "invitations", "delivered", "answered", "response_rate_pct", "lo", "hi")
	for i := range rows {
		r := &rows[i]
		t.word(name(r.Name), r.Name).n(r.Responses, true).count(r.Invitations).count(r.Delivered)
		switch {
		case r.ResponseRatePct == nil:
			t.count(r.Answered).void(3)
		case r.Withheld || w.small(r.Delivered):
			t.muted(none, nil).hold(3)
		default:
			t.n(r.Answered, true).percent(r.ResponseRatePct).ci(satisfaction.Wilson(r.Answered, r.Delivered), w.sign())
		}
		t.end()
	}
	t.add()
}

// gaps are silences: silence is not satisfaction.
func (w *writer) gaps() {
	w.heading("gaps")
	if len(w.r.Quality.Gaps) == 0 {
		w.good("gaps.none")
		return
	}
	w.text("gaps.some")
	t := w.newTable("data_gaps").name("touchpoint").num("silent_days", "alarms")
	for _, g := range w.r.Quality.Gaps {
		t.word(w.touchpoint(g.Touchpoint), string(g.Touchpoint)).count(g.Days).count(g.Alarms).end()
	}
	t.add()
}
