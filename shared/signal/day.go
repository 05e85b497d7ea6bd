package signal

import (
	"slices"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// Day is what came in on one day, in counts: all that the days after compare
// with.
type Day struct {
	Date        string                          `json:"date"` // yyyy-mm-dd in the organisation's zone
	Touchpoints map[feedback.Touchpoint]*Counts `json:"touchpoints,omitempty"`
	Complaints  map[string]int                  `json:"complaints,omitempty"` // by category
}

// Counts are the responses of one touchpoint on one day. N and Low leave out
// assisted ones, as the headline figure does.
type Counts struct {
	All  int     `json:"all"`  // responses, assisted ones included
	N    int     `json:"n"`    // of these, customers' own
	Low  int     `json:"low"`  // of N, low ratings
	By   [24]int `json:"by"`   // All by hour of the day
	Lows [24]int `json:"lows"` // Low by hour of the day
}

// Tap is one press at a kiosk.
type Tap struct {
	At     time.Time
	Rating int
}

// Taken are facts, counted by day.
type Taken struct {
	Days map[string]*Day                      // by Day.Date
	Taps map[string]map[feedback.Device][]Tap // by day and kiosk, in order of time
}

// Reading says how facts are counted.
type Reading struct {
	Zone  *time.Location
	Rules responses.Rules
	Low   func(scale feedback.Scale, rating int) bool
}

// Take counts the facts of a set by day. A response counts on the day of its
// first vote, with the vote that counts; every event once. What was imported did
// not come in on that day: it is left out.
func Take(set *responses.Set, r Reading) *Taken {
	t := &Taken{Days: make(map[string]*Day), Taps: make(map[string]map[feedback.Device][]Tap)}
	batch, fold := set.Batch(), set.Fold(r.Rules, time.Time{})
	for x := range fold.Responses() {
		if x.Vote.Flags&responses.Imported != 0 {
			continue
		}
		at := responses.At(x.At).In(r.Zone)
		c := t.day(at).counts(feedback.Touchpoint(batch.Text(x.First.Touchpoint)))
		c.All++
		c.By[at.Hour()]++
		if !x.Assisted {
			c.N++
			if r.Low(responses.Scales[x.Vote.Scale], int(x.Vote.Rating)) {
				c.Low++
				c.Lows[at.Hour()]++
			}
		}
		t.tap(batch, x.First, at)
	}
	for v := range fold.Debounced() { // left out of figures, and all the more of interest here
		t.tap(batch, v, responses.At(r.Rules.Effective(v)).In(r.Zone))
	}
	for _, devices := range t.Taps {
		for _, taps := range devices {
			slices.SortStableFunc(taps, func(a, b Tap) int { return a.At.Compare(b.At) })
		}
	}
	for c := range set.Complaints() {
		if c.Flags&responses.Imported != 0 {
			continue
		}
		at := c.Submitted
		if at > c.Received+r.Rules.MaxSkew.Milliseconds() {
			at = c.Received
		}
		d := t.day(responses.At(at).In(r.Zone))
		if d.Complaints == nil {
			d.Complaints = make(map[string]int)
		}
		d.Complaints[batch.Text(c.Category)]++
	}
	return t
}

// Of is the day with that date; an empty one where nothing came in.
func (t *Taken) Of(date string) Day {
	if d := t.Days[date]; d != nil {
		return *d
	}
	return Day{Date: date}
}

func (t *Taken) day(at time.Time) *Day {
	date := at.Format(time.DateOnly)
	d := t.Days[date]
	if d == nil {
		d = &Day{Date: date, Touchpoints: make(map[feedback.Touchpoint]*Counts)}
		t.Days[date] = d
	}
	return d
}

func (d *Day) counts(t feedback.Touchpoint) *Counts {
	c := d.Touchpoints[t]
	if c == nil {
		c = new(Counts)
		d.Touchpoints[t] = c
	}
	return c
}

func (t *Taken) tap(batch *responses.Batch, v *responses.Vote, at time.Time) {
	if v.Device == 0 || feedback.Channels[v.Channel] != feedback.Kiosk {
		return
	}
	date, device := at.Format(time.DateOnly), feedback.Device(batch.Text(v.Device))
	if t.Taps[date] == nil {
		t.Taps[date] = make(map[feedback.Device][]Tap)
	}
	t.Taps[date][device] = append(t.Taps[date][device], Tap{at, int(v.Rating)})
}
