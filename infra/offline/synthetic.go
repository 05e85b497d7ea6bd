package main

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
	"resonanz/shared/rulebook"
)

// What the synthetic customers do. The shares are plausible, not measured.
const (
	shareOfPrevious = 0.2   // of the facts, the month before's: a change needs both
	shareOfEarlier  = 0.04  // of the facts, complaints of the eleven months before that
	shareTopic      = 0.4   // of the invitations, with the topic of the contact …
	shareAgain      = 0.14  // … about which the customer comes again
	shareAnswered   = 0.27  // of the invitations
	shareChanged    = 0.06  // of the answers, voted again within the window …
	shareTooLate    = 0.01  // … or after it
	shareDoubleTap  = 0.03  // of the taps
	shareDuplicated = 0.02  // of the facts, delivered again in another file
	shareSkewed     = 0.005 // of the taps, from a device whose clock runs ahead
	shareBuffered   = 0.01  // of the taps, uploaded days later
	shareAssisted   = 0.02  // of the answers, keyed in by staff
	shareTaps       = 0.35  // of the stories, at a touchpoint with devices
)

// linkChannels are the channels of invitations, with their weights.
var linkChannels = []struct {
	channel feedback.Channel
	weight  float64
}{{feedback.EmailLink, 0.55}, {feedback.SMSLink, 0.25}, {feedback.ChatLink, 0.1}, {feedback.QR, 0.1}}

// earlierMonths are those before the month before: with it, a year.
const earlierMonths = 11

// topics are what contacts are about.
var topics = []string{"billing", "delivery", "product", "contract", "website"}

// synthesis makes up the feedback of a month and of those around it.
type synthesis struct {
	*rand.Rand
	cfg        *config.Config
	rules      lifecycle.Rules
	thresholds escalate.Rules
	period     period.Period
	horizon    time.Time // until when cases are played
	actions    []report.Action
	out        *folder
	left       int
	mood       map[feedback.Touchpoint]float64 // mean satisfaction, 0..1
	replays    map[partition][]fact            // facts that will be delivered again
	emitted    map[partition]int64             // facts of different events
	contacts   map[feedback.Touchpoint]int64   // of the period
	complaints int64                           // of the period
	failed     error
}

// synthesise hands n facts to out: of the period most, of the month before a
// fifth, and a few of the year before and the days after. The same arguments make
// the same facts in the same order. It tells what a report is given beside them.
func synthesise(cfg *config.Config, p period.Period, n int, seed uint64, out *folder) (*report.Given, error) {
	if len(cfg.Touchpoints) == 0 {
		return nil, fmt.Errorf("making facts: the configuration has no touchpoint")
	}
	book, err := rulebook.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("making facts: %w", err)
	}
	s := &synthesis{
		Rand: rand.New(rand.NewPCG(seed, 0x5e50_4a2)), cfg: cfg, rules: book.Lifecycle, thresholds: book.Escalate, period: p, out: out,
		horizon: p.Freeze(cfg.Report.FreezeDay, cfg.Zone()).AddDate(0, 0, 5),
		mood:    make(map[feedback.Touchpoint]float64), replays: make(map[partition][]fact),
		emitted: make(map[partition]int64), contacts: make(map[feedback.Touchpoint]int64),
	}
	s.actions = s.takeActions()
	for _, t := range cfg.Touchpoints {
		s.mood[t.ID] = 0.62 + 0.25*s.Float64()
	}
	earlier, previous := int(float64(n)*shareOfEarlier), int(float64(n)*shareOfPrevious)
	for m := range earlierMonths {
		s.left = earlier*(m+1)/earlierMonths - earlier*m/earlierMonths
		for s.left > 0 {
			if err := s.grievance(p.Add(m - earlierMonths - 1)); err != nil {
				return nil, err
			}
		}
	}
	for _, part := range []struct {
		month period.Period
		facts int
		shift float64 // of the mood
	}{{p.Add(-1), previous, -0.03}, {p, n - previous - earlier, 0}} {
		s.left = part.facts
		for s.left > 0 {
			if err := s.story(part.month, part.shift); err != nil {
				return nil, err
			}
		}
	}
	if err := s.deliverAgain(); err != nil {
		return nil, err
	}
	return s.given(), nil
}

// grievance is a complaint of an earlier month.
func (s *synthesis) grievance(month period.Period) error {
	start, end := month.Bounds(s.cfg.Zone())
	return s.complaint(&s.cfg.Touchpoints[s.touchpoint()], s.moment(start, end))
}

// story is one contact of one customer.
func (s *synthesis) story(month period.Period, shift float64) error {
	start, end := month.Bounds(s.cfg.Zone())
	at := s.moment(start, end)
	device := s.device()
	if device != nil && s.Float64() < shareTaps {
		if month == s.period {
			s.contacts[device.Touchpoint]++
		}
		return s.tap(device, at, shift)
	}
	t := &s.cfg.Touchpoints[s.touchpoint()]
	if month == s.period {
		s.contacts[t.ID]++
	}
	if s.Float64() < shareComplaints {
		return s.complaint(t, at)
	}
	if c := s.cardAt(t); c != nil && s.Float64() < shareCards {
		return s.card(c, t, at, shift)
	}
	return s.link(t, at, shift)
}

// moment is an instant of the month, in opening hours more often than not.
func (s *synthesis) moment(start, end time.Time) int64 {
	day := start.Add(time.Duration(s.Int64N(int64(end.Sub(start)/time.Hour))) * time.Hour).In(s.cfg.Zone())
	hour := min(max(13+4*s.NormFloat64(), 0), 23)
	at := time.Date(day.Year(), day.Month(), day.Day(), int(hour), s.IntN(60), s.IntN(60), s.IntN(1000)*1e6, s.cfg.Zone())
	if at.Before(start) || !at.Before(end) {
		at = start
	}
	return at.UnixMilli()
}

// touchpoint draws one; the first configured are the busier ones.
func (s *synthesis) touchpoint() int {
	total := 0.0
	for i := range s.cfg.Touchpoints {
		total += 1 / float64(i+1)
	}
	x := s.Float64() * total
	for i := range s.cfg.Touchpoints {
		if x -= 1 / float64(i+1); x < 0 {
			return i
		}
	}
	return 0
}

func (s *synthesis) device() *config.Device {
	if len(s.cfg.Devices) == 0 {
		return nil
	}
	d := &s.cfg.Devices[s.IntN(len(s.cfg.Devices))]
	if d.Revoked || s.cfg.Touchpoint(d.Touchpoint) == nil {
		return nil
	}
	return d
}

// tap is a vote on a kiosk or terminal, sometimes tapped twice.
func (s *synthesis) tap(d *config.Device, at int64, shift float64) error {
	t := s.cfg.Touchpoint(d.Touchpoint)
	v := s.vote(t, at, shift)
	v.Channel = channelIndex(d.Channel)
	v.Received = at + 200 + s.Int64N(4000)
	switch x := s.Float64(); {
	case x < shareSkewed:
		v.Submitted += int64(10+s.IntN(170)) * 60_000
	case x < shareSkewed+shareBuffered:
		v.Received += s.Int64N(10 * 24 * 3_600_000)
	}
	taps := []responses.Vote{v}
	if s.Float64() < shareDoubleTap {
		again := v
		again.Event = s.id()
		again.Submitted += 300 + s.Int64N(2600)
		again.Received += s.Int64N(2000)
		taps = append(taps, again)
	}
	for _, v := range taps {
		effective := v.Submitted
		if v.Submitted > v.Received+int64(s.cfg.Rules.MaxFutureSkewMinutes)*60_000 {
			effective = v.Received
		}
		month := period.Of(responses.At(effective), s.cfg.Zone())
		v.Key = s.derived(month, v.Event)
		if err := s.emitVote(month, v, texts{touchpoint: string(t.ID), device: string(d.ID)}); err != nil {
			return err
		}
	}
	return nil
}

// link is an invitation, and perhaps an answer that may change.
func (s *synthesis) link(t *config.Touchpoint, at int64, shift float64) error {
	month := period.Of(responses.At(at), s.cfg.Zone())
	valid := int64(max(s.cfg.Links.ValidDays, 1)) * 24 * 3_600_000
	inv := responses.Invitation{Event: s.id(), Issued: at, Received: at, Expires: at + valid, Channel: s.linkChannel(), Segment: s.segment(), Language: s.language()}
	inv.Key = s.derived(month, inv.Event)
	if err := s.told(month, inv, t); err != nil {
		return err
	}
	if feedback.Channels[inv.Channel] == feedback.EmailLink {
		if arrived, err := s.mail(month, &inv); err != nil || !arrived {
			return err
		}
	}
	if s.Float64() >= shareAnswered {
		return nil
	}
	delay := int64(s.ExpFloat64() * 18 * 3_600_000)
	v := s.vote(t, at+min(delay, valid-1), shift)
	v.Key, v.Channel, v.Segment, v.Language = inv.Key, inv.Channel, inv.Segment, inv.Language
	v.Received = v.Submitted
	reason := ""
	if offered := t.Reasons; s.Float64() < 0.3 && len(offered) > 0 {
		reason = offered[s.IntN(len(offered))]
	}
	if s.Float64() < shareAssisted {
		v.Flags |= responses.Assisted
		v.Channel = channelIndex(feedback.Phone)
	}
	if err := s.emitVote(month, v, texts{touchpoint: string(t.ID), reason: reason}); err != nil {
		return err
	}
	if err := s.escalated(&v, t); err != nil {
		return err
	}
	again := v
	switch x := s.Float64(); {
	case x < shareChanged:
		again.Submitted += s.Int64N(int64(max(s.cfg.Rules.EditWindowHours, 1)) * 3_600_000)
	case x < shareChanged+shareTooLate:
		again.Submitted += int64(s.cfg.Rules.EditWindowHours+1+s.IntN(100)) * 3_600_000
	default:
		return nil
	}
	again.Event, again.Received = s.id(), again.Submitted
	again.Rating = s.rating(t, shift)
	return s.emitVote(month, again, texts{touchpoint: string(t.ID), reason: reason})
}

// told delivers an invitation with what the caller tells of the contact; of some
// the customer comes again about the same, and is not asked again so soon.
func (s *synthesis) told(month period.Period, inv responses.Invitation, t *config.Touchpoint) error {
	if s.Float64() >= shareTopic {
		return s.emitInvitation(month, inv, string(t.ID), responses.Contact{}, "")
	}
	topic := topics[s.IntN(len(topics))]
	c := responses.Contact{At: inv.Issued, Known: s.Float64() < 0.85, Beyond: s.Float64() < 0.08}
	again := s.Float64() < shareAgain
	if s.Float64() < 0.9 {
		c.Resolved = responses.Some(1)
		if again && s.Float64() < 0.6 || s.Float64() < 0.07 {
			c.Resolved = responses.Some(0)
		}
	}
	if err := s.emitInvitation(month, inv, string(t.ID), c, topic); err != nil || !again || !c.Known {
		return err
	}
	next := inv
	next.Event = s.id()
	next.Issued += s.Int64N(12*24*3_600_000) + 600_000
	next.Received, next.Expires, next.Skipped = next.Issued, next.Issued, true
	later := period.Of(responses.At(next.Issued), s.cfg.Zone())
	next.Key = s.derived(later, next.Event)
	return s.emitInvitation(later, next, string(t.ID), responses.Contact{
		At: next.Issued, Known: true, Resolved: responses.Some(1), Previous: inv.Issued, PreviousKey: inv.Key,
	}, topic)
}

// escalated opens what a bad answer opens, where customers wish to be called back
// or are those of the most valued segment.
func (s *synthesis) escalated(v *responses.Vote, t *config.Touchpoint) error {
	low := float64(v.Rating) <= 0.4*float64(top(t.Scale))
	switch {
	case low && v.Flags&responses.CallbackRequested != 0:
		return s.callback(t, v.Received, escalate.LowRatingCallback)
	case low && v.Segment == 'A':
		return s.callback(t, v.Received, escalate.HighValueLowRating)
	}
	return nil
}

// vote is a vote at a touchpoint, with the answers to further questions that
// some give.
func (s *synthesis) vote(t *config.Touchpoint, at int64, shift float64) responses.Vote {
	v := responses.Vote{Event: s.id(), Submitted: at, Rating: s.rating(t, shift), Scale: uint8(slices.Index(responses.Scales[:], t.Scale))}
	share := float64(v.Rating) / float64(top(t.Scale))
	if s.Float64() < 0.2 {
		v.NPS = responses.Some(int(min(max(math.Round(10*share+1.5*s.NormFloat64()), 0), 10)))
	}
	if s.Float64() < 0.1 {
		v.CES = responses.Some(int(min(max(math.Round(1+6*share+s.NormFloat64()), 1), 7)))
	}
	if s.Float64() < 0.15 {
		v.Flags |= responses.FCRAsked
		if s.Float64() < share {
			v.Flags |= responses.FCRYes
		}
	}
	if t.Scale == feedback.Stars5 && s.Float64() < 0.12 {
		v.Expect = responses.Some(min(max(int(v.Rating)+s.IntN(4)-1, 1), 5))
	}
	if s.Float64() < 0.12 {
		v.Flags |= responses.HasText
	}
	if share <= 0.4 && s.Float64() < 0.25 {
		v.Flags |= responses.CallbackRequested
	}
	return v
}

func top(scale feedback.Scale) int {
	if scale == feedback.CSAT10 {
		return 10
	}
	return 5
}

// rating is mostly good, sometimes very bad and seldom in between.
func (s *synthesis) rating(t *config.Touchpoint, shift float64) int8 {
	mood := s.mood[t.ID] + shift
	x := mood + 0.18*s.NormFloat64()
	if s.Float64() < 0.35*(1-mood) {
		x = 0.2 * s.Float64()
	}
	n := top(t.Scale)
	return int8(min(max(int(math.Ceil(x*float64(n)+0.35)), 1), n))
}

func (s *synthesis) linkChannel() uint8 {
	x := s.Float64()
	for _, c := range linkChannels {
		if x -= c.weight; x < 0 {
			return channelIndex(c.channel)
		}
	}
	return channelIndex(feedback.EmailLink)
}

func channelIndex(c feedback.Channel) uint8 {
	return uint8(max(slices.Index(feedback.Channels[:], c), 0))
}

func (s *synthesis) segment() uint8 { return "\x00\x00\x00\x00ABC"[s.IntN(7)] }

func (s *synthesis) language() [2]byte {
	l := s.cfg.Organisation.DefaultLanguage
	if n := len(s.cfg.Organisation.Languages); n > 0 && s.Float64() < 0.15 {
		l = s.cfg.Organisation.Languages[s.IntN(n)]
	}
	if len(l) != 2 {
		return [2]byte{}
	}
	return [2]byte{l[0], l[1]}
}

func languageText(l [2]byte) feedback.Language {
	if l[0] == 0 {
		return ""
	}
	return feedback.Language(l[:])
}

func eventText(id [16]byte) feedback.EventID { return responses.EventID(id) }

// id is a random event id (UUID version 4) from the seed.
func (s *synthesis) id() (id [16]byte) {
	a, b := s.Uint64(), s.Uint64()
	for i := range 8 {
		id[i], id[8+i] = byte(a>>(8*i)), byte(b>>(8*i))
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// derived is the response key that intake gives an event without one.
func (s *synthesis) derived(month period.Period, event [16]byte) responses.Key {
	sum := sha256.Sum256(append([]byte("response\x00"), responses.EventID(event)...))
	return responses.Key{Month: uint16(month.Index()), ID: [10]byte(sum[:10])}
}
