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
	next, before := m.neighbours(window)
	told := false
	for c := range m.set.Contacts(m.cutoff) {
		contact := fcr.Contact{At: responses.At(c.At), Known: c.Known, Beyond: c.Beyond}
		if c.Previous != 0 {
			contact.Previous = responses.At(c.Previous)
		}
		if at, ok := next.of(c.Key); ok {
			contact.Next = responses.At(at)
		}
		if at, ok := before.of(c.Key); ok {
			contact.Previous = responses.At(at)
		}
		if !m.holds(c.At) || !m.ours(c.Touchpoint) {
			continue
		}
		told = true
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

// neighbour is a contact next to another of the same customer and topic.
type neighbour struct {
	key responses.Key // of the other
	at  int64
}

// neighbours are in order of the key of the other, and so are those they are
// asked for.
type neighbours []neighbour

func (n *neighbours) of(key responses.Key) (at int64, ok bool) {
	for len(*n) > 0 && (*n)[0].key.Compare(key) < 0 {
		*n = (*n)[1:]
	}
	if len(*n) == 0 || (*n)[0].key != key {
		return 0, false
	}
	return (*n)[0].at, true
}

// neighbours finds for each contact the first that followed it within the window.
// Contacts are linked in the order that they were told of: before are those that
// were told of after a later contact, for which they are the contact before.
// Most contacts have no neighbour: both lists are short.
func (m *month) neighbours(window time.Duration) (next, before neighbours) {
	within := window.Milliseconds()
	for c := range m.set.Contacts(m.cutoff) {
		if !c.Known || c.Previous == 0 {
			continue
		}
		switch since := c.At - c.Previous; {
		case 0 < since && since <= within:
			next = append(next, neighbour{c.PreviousKey, c.At})
		case -within <= since && since < 0:
			next = append(next, neighbour{c.Key, c.Previous})
			before = append(before, neighbour{c.PreviousKey, c.At})
		}
	}
	for _, list := range []*neighbours{&next, &before} {
		slices.SortFunc(*list, func(a, b neighbour) int { return cmp.Or(a.key.Compare(b.key), cmp.Compare(a.at, b.at)) })
		*list = slices.CompactFunc(*list, func(a, b neighbour) bool { return a.key == b.key })
	}
	return next, before
}
