package report

import (
	"slices"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// month gathers the counts of the report's period.
type month struct {
	in         *Input
	set        *responses.Set
	cutoff     time.Time
	start, end int64   // of the period, milliseconds since 1970 UTC
	days       []int64 // when each day of the period begins, and its end; the same unit

	total       cell
	answers     answers
	segments    [27]cell // 0: none, then A to Z
	touchpoints map[feedback.Touchpoint]*part
	channels    [len(feedback.Channels)]part
	reasons     named[ReasonCount]
	cards       map[filled]int64
	texts       int64 // responses with own words, assisted ones included
	quality     Quality
	before      earlier
}

// part is one touchpoint or channel: its headline ratings and how they came in.
type part struct {
	cell
	answers
	collection CollectionCounts
	days       uint32 // days of the period with a response, bit 0 is the first
	solved     solved
}

// named holds something for each name of a batch.
type named[T any] []*T

// of is what there is for n, made where there is nothing yet.
func (t *named[T]) of(n responses.Name) *T {
	if int(n) >= len(*t) {
		*t = append(*t, make([]*T, int(n)+1-len(*t))...)
	}
	if (*t)[n] == nil {
		(*t)[n] = new(T)
	}
	return (*t)[n]
}

func newMonth(in *Input, cutoff time.Time) *month {
	start, end := in.Period.Bounds(in.Zone)
	m := &month{
		in: in, cutoff: cutoff,
		start: start.UnixMilli(), end: end.UnixMilli(),
		touchpoints: make(map[feedback.Touchpoint]*part),
		cards:       make(map[filled]int64),
	}
	for day := start.In(in.Zone); day.Before(end); day = day.AddDate(0, 0, 1) {
		m.days = append(m.days, day.UnixMilli())
	}
	m.days = append(m.days, m.end)
	for id, scale := range in.Touchpoints {
		m.touchpoints[id] = &part{cell: cell{scale: max(0, slices.Index(responses.Scales[:], scale))}}
	}
	return m
}

func (m *month) holds(at int64) bool { return m.start <= at && at < m.end }

// day is the day of the period that at lies in, from 0.
func (m *month) day(at int64) int {
	const longest = 25 * 3600 * 1000 // the day that summer time ends
	d := min(int((at-m.start)/longest), len(m.days)-2)
	for m.days[d+1] <= at {
		d++
	}
	return d
}

func (m *month) touchpoint(id feedback.Touchpoint) *part {
	p := m.touchpoints[id]
	if p == nil {
		p = new(part)
		m.touchpoints[id] = p
	}
	return p
}

// fold counts the responses and invitations of the period.
func (m *month) fold() {
	folding := m.set.Fold(m.in.Rules, m.cutoff)
	batch := m.set.Batch()
	var parts named[*part] // by interned name: one look-up per response
	partOf := func(n responses.Name) *part {
		p := parts.of(n)
		if *p == nil {
			*p = m.touchpoint(feedback.Touchpoint(batch.Text(n)))
		}
		return *p
	}

	// Responses, invitations and deliveries all come in order of their key.
	var invitations []*responses.Invitation
	before := m.cutoff.UnixMilli()
	for inv := range m.set.Invitations() {
		if m.holds(inv.Issued) && inv.Received < before {
			invitations = append(invitations, inv)
		}
	}
	var failed, reported keys
	for d := range m.set.Deliveries() {
		switch {
		case d.Received >= before:
		case d.Failed():
			failed = append(failed, d.Key)
		default:
			reported = append(reported, d.Key)
		}
	}
	settle := func(answered bool) { // the first of the invitations; an answer proves that it arrived
		inv := invitations[0]
		invitations = invitations[1:]
		bounced := failed.has(inv.Key) && !answered
		if !bounced && reported.has(inv.Key) {
			m.quality.Reported++
		}
		for _, c := range m.collections(partOf(inv.Touchpoint), inv.Channel) {
			c.Invitations++
			if bounced {
				c.Bounced++
				continue
			}
			c.Delivered++
			if answered {
				c.Answered++
			}
		}
	}
	for resp := range folding.Responses() {
		for len(invitations) > 0 && invitations[0].Key.Compare(resp.Key) < 0 {
			settle(false)
		}
		for len(invitations) > 0 && invitations[0].Key == resp.Key {
			settle(true)
		}
		if m.holds(resp.At) {
			m.add(&resp, partOf(resp.Vote.Touchpoint))
		}
	}
	for len(invitations) > 0 {
		settle(false)
	}
	for v := range folding.Debounced() {
		if m.holds(m.in.Rules.Effective(v)) {
			m.quality.KioskDebounced++
		}
	}
}

// keys are in order, and so are those they are asked for.
type keys []responses.Key

func (k *keys) has(key responses.Key) bool {
	for len(*k) > 0 && (*k)[0].Compare(key) < 0 {
		*k = (*k)[1:]
	}
	return len(*k) > 0 && (*k)[0] == key
}

// collections are the counts that one touchpoint and channel touch.
func (m *month) collections(p *part, channel uint8) [3]*CollectionCounts {
	return [3]*CollectionCounts{&m.quality.CollectionCounts, &p.collection, &m.channels[channel].collection}
}

func (m *month) add(r *responses.Response, p *part) {
	for _, c := range m.collections(p, r.Vote.Channel) {
		c.Responses++
	}
	q := &m.quality
	q.VotesChanged += int64(r.Changed)
	q.AfterWindow += int64(r.Ignored)
	q.ClockSkewed += int64(r.Skewed)
	q.AssistedOverruled += int64(r.Overruled)
	if r.Vote.Flags&responses.CallbackRequested != 0 {
		q.CallbacksRequested++
	}
	if (r.Vote.Flags|r.First.Flags)&responses.HasText != 0 {
		m.texts++
	}
	if r.Vote.Flags&responses.Imported != 0 {
		q.Imported++
	}
	p.days |= 1 << m.day(r.At)
	if r.Assisted {
		q.Assisted++
		return
	}
	m.total.add(r.Vote)
	p.add(r.Vote)
	m.channels[r.Vote.Channel].add(r.Vote)
	if s := r.Vote.Segment; s != 0 {
		m.segments[s-'A'+1].add(r.Vote)
	} else {
		m.segments[0].add(r.Vote)
	}
	m.said(r.Vote, p)
}

func (m *month) pooled() satisfaction.Figures { return m.total.figures(m.in.TopBox10) }

func touchpoint(set *responses.Set, v *responses.Vote) feedback.Touchpoint {
	return feedback.Touchpoint(set.Batch().Text(v.Touchpoint))
}
