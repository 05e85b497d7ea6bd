package demo

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// device spreads taps over the month so far, the newest five minutes ago, and
// adds what devices do wrong.
func (p *planner) device(d *config.Device, start time.Time) DeviceLoad {
	tp := p.cfg.Touchpoint(d.Touchpoint)
	event := func(i int, at time.Time) Event {
		return Event{
			EventID: p.id(string(d.ID), strconv.Itoa(i)), Touchpoint: tp.ID, Channel: d.Channel, Scale: tp.Scale,
			Rating: p.stars(tp), SubmittedAt: at.In(p.cfg.Zone()).Format(time.RFC3339),
		}
	}
	var events []Event
	for i, at := range p.times(start) {
		e := event(i, at)
		if d.Channel == feedback.Terminal && p.chance(60) {
			e.Expectation = 2 + p.rand.IntN(4)
		}
		if p.chance(5) && isLow(tp.Scale, e.Rating.(int)) {
			e.Comment = pick(p, dissatisfied["de"])
		}
		events = append(events, e)
		if d.Channel == feedback.Kiosk && p.chance(4) { // a second tap a second later
			again := event(i+1000, at.Add(time.Second))
			again.expect = debounced
			events = append(events, again)
		}
	}
	if len(events) > 0 {
		last := &events[len(events)-1]
		least, _ := tp.Scale.Bounds()
		last.Rating, last.CallbackRequested, last.CallbackContact = least, true, "+49 30 5550"+fmt.Sprint(1000+len(events))
	}
	ahead := event(2000, p.now.Add(2*time.Hour)) // its clock is two hours ahead
	ahead.expect = skewed
	events = append(events, ahead)

	load := DeviceLoad{Device: d.ID}
	n := 0
	for chunk := range slices.Chunk(events, batchSize) {
		b := Batch{Events: slices.Clone(chunk), Resend: n%2 == 0}
		b.Events = append(b.Events, chunk[0])
		b.Again = 1
		for i, wrong := range p.wrong(event, n) {
			wrong.EventID = p.id(string(d.ID), "bad", strconv.Itoa(n), strconv.Itoa(i))
			wrong.expect = bad
			b.Events = append(b.Events, wrong)
			b.Bad++
		}
		p.rand.Shuffle(len(b.Events), func(i, j int) { b.Events[i], b.Events[j] = b.Events[j], b.Events[i] })
		load.Batches = append(load.Batches, b)
		n++
	}
	return load
}

// times are instants of the month so far in order, each a slot apart.
func (p *planner) times(start time.Time) []time.Time {
	slots := int(p.now.Add(-5*time.Minute).Sub(start) / slot)
	if slots <= 0 {
		return nil
	}
	n := min(tapsOfDevice, slots/2+1)
	seen := make(map[int]bool, n)
	times := make([]time.Time, 0, n)
	for len(times) < n {
		if s := p.rand.IntN(slots); !seen[s] {
			seen[s] = true
			times = append(times, start.Add(time.Duration(s)*slot))
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// wrong are events that must be refused one by one: as text, out of range,
// a fraction, a touchpoint of nobody, a time without offset.
func (p *planner) wrong(event func(int, time.Time) Event, n int) []Event {
	all := make([]Event, 5)
	for i := range all {
		all[i] = event(3000, p.now.Add(-time.Hour))
	}
	all[0].Rating = "4"
	all[1].Rating = 99
	all[2].Rating = 3.5
	all[3].Touchpoint = "nowhere"
	all[4].SubmittedAt = p.now.Format("2006-01-02T15:04:05")
	return all[n%len(all) : n%len(all)+1]
}
