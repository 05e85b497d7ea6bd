package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"resonanz/shared/fcr"
	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// firstContact writes section 6: what was told of the contacts of the period,
// and what customers answered.
func (m *month) firstContact(r *Report) {
	out := FCR{AsOf: m.cutoff, Topics: []FCRTopic{}}
	window := m.in.FCRWindow
	if window <= 0 {
		window = fcr.Window
	}
	var all fcr.Tally
	topics := make(map[responses.Name]*fcr.Tally)
	next := m.followers(window)
	told := false
	for c := range m.set.Contacts(m.cutoff) {
		// Contacts and those that followed them both come in order of the key.
		for len(next) > 0 && next[0].key.Compare(c.Key) < 0 {
			next = next[1:]
		}
		if !m.holds(c.At) || !m.ours(c.Touchpoint) {
			continue
		}
		told = true
		contact := fcr.Contact{At: responses.At(c.At), Known: c.Known, Beyond: c.Beyond}
		if c.Previous != 0 {
			contact.Previous = responses.At(c.Previous)
		}
		if len(next) > 0 && next[0].key == c.Key {
			contact.Next = responses.At(next[0].at)
		}
		outcome, ok := c.Resolved.Get()
		contact.Told, contact.Resolved = ok, outcome == 1
		topic := topics[c.Topic]
		if topic == nil {
			topic = new(fcr.Tally)
			topics[c.Topic] = topic
		}
		all.Add(&contact, m.cutoff, window)
		topic.Add(&contact, m.cutoff, window)
	}
	gross, net := all.Gross(), all.Net()
	out.N, out.Resolved, out.GrossPct, out.GrossCI = all.N, all.Resolved, gross.Pct, gross.CI95
	out.NetN, out.NetPct, out.NetCI = all.NetN, net.Pct, net.CI95
	out.Immature, out.Anonymous, out.Unknown = all.Immature, all.Anonymous, all.Unknown
	out.Grade, out.Withheld = m.grade(out.N)

	batch := m.set.Batch()
	for n, t := range topics {
		if t.N > 0 {
			rate := t.Gross()
			out.Topics = append(out.Topics, FCRTopic{Topic: batch.Text(n), N: t.N, Resolved: t.Resolved, Pct: rate.Pct, CI: rate.CI95})
		}
	}
	slices.SortFunc(out.Topics, func(a, b FCRTopic) int { return cmp.Compare(a.Topic, b.Topic) })
	hide(out.Topics, m.in.MinimumN,
		func(row *FCRTopic) (string, int64) { return row.Topic, row.N },
		func(row *FCRTopic, hidden bool) { row.Withheld = hidden })

	m.surveyed(&out)
	r.FCR = out
	switch {
	case !told:
		r.absent(SecFCR, "contacts", ReasonNoContactsTold)
	case out.N == 0 && out.Unknown > 0:
		r.absent(SecFCR, "contacts", ReasonNoOutcome)
	case out.N == 0:
		r.absent(SecFCR, "contacts", ReasonImmature)
	}
	if out.Yes+out.No == 0 {
		if slices.Contains(slices.Collect(maps.Values(m.in.Asked)), true) {
			r.absent(SecFCR, "survey", ReasonNoFCRAnswers)
		} else {
			r.absent(SecFCR, "survey", ReasonNotAsked)
		}
	}
}

// ours reports whether a touchpoint belongs to what the report is of.
func (m *month) ours(n responses.Name) bool {
	return m.in.Group == "" && m.in.Only == nil || m.in.Only[feedback.Touchpoint(m.set.Batch().Text(n))]
}

// surveyed counts the answers to whether the matter was solved.
func (m *month) surveyed(out *FCR) {
	for id, p := range m.touchpoints {
		out.Yes += p.solved.yes
		out.No += p.solved.no
		if m.in.Asked[id] {
			out.NoAnswer += p.solved.silent
		}
	}
	rate := fcr.Surveyed(out.Yes, out.No)
	out.SurveyPct, out.SurveyCI = rate.Pct, rate.CI95
	out.SurveyGrade, out.SurveyWithheld = m.grade(out.Yes + out.No)
}

// follower is the first contact that followed another within the window.
type follower struct {
	key responses.Key // of the contact before
	at  int64
}

// followers are in order of the key that they followed, the earliest of each.
// Most contacts follow none: the list is short.
func (m *month) followers(window time.Duration) []follower {
	var all []follower
	for c := range m.set.Contacts(m.cutoff) {
		if since := c.At - c.Previous; c.Known && c.Previous != 0 && 0 < since && since <= window.Milliseconds() {
			all = append(all, follower{c.PreviousKey, c.At})
		}
	}
	slices.SortFunc(all, func(a, b follower) int { return cmp.Or(a.key.Compare(b.key), cmp.Compare(a.at, b.at)) })
	return slices.CompactFunc(all, func(a, b follower) bool { return a.key == b.key })
}
