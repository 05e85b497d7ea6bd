// Package fcr computes first-contact resolution: whether a matter was solved at
// the first contact about it. It imports the standard library and the domain
// only; everything is a pure function of its inputs.
//
// The rules are those of worked case 10.
package fcr

import (
	"time"

	"resonanz/shared/satisfaction"
)

// Window is the time in which another contact of the same customer about the
// same topic says that the one before did not solve it, inclusive.
const Window = 7 * 24 * time.Hour

// Contact is one contact of a customer about a topic, with those of the same
// customer and topic beside it.
type Contact struct {
	At       time.Time
	Known    bool      // the customer is, so that contacts can be linked
	Previous time.Time // the contact before; zero: none
	Next     time.Time // the contact after; zero: none
	Told     bool      // the outcome is known
	Resolved bool      // the outcome, as who had the contact told it
	Beyond   bool      // beyond what the first level could resolve
}

// Standing is how a contact counts.
type Standing int

// The standings. Only Counted enters the rate.
const (
	Counted   Standing = iota // an initial contact whose window is over
	Repeat                    // another contact stands before it in the window: no initial one
	Immature                  // an initial contact whose window is not over
	Anonymous                 // no customer known
	Unknown                   // an initial contact whose outcome nobody told
)

// Of says how c counts at the instant asOf, and whether it was resolved at the
// first contact; resolved means nothing unless c is Counted.
func (c *Contact) Of(asOf time.Time, window time.Duration) (s Standing, resolved bool) {
	switch {
	case !c.Known:
		return Anonymous, false
	case !c.Previous.IsZero() && !c.Previous.After(c.At) && c.At.Sub(c.Previous) <= window:
		return Repeat, false
	case c.At.Add(window).After(asOf):
		return Immature, false
	case !c.Told:
		return Unknown, false
	}
	again := c.Next.After(c.At) && c.Next.Sub(c.At) <= window
	return Counted, c.Resolved && !again
}

// Tally counts contacts. The zero value is empty; two tallies add up.
type Tally struct {
	N           int64 // counted ones
	Resolved    int64 // of N
	NetN        int64 // of N, without those beyond the first level
	NetResolved int64 // of NetN
	Immature    int64
	Anonymous   int64
	Unknown     int64
}

// Add counts c.
func (t *Tally) Add(c *Contact, asOf time.Time, window time.Duration) {
	standing, resolved := c.Of(asOf, window)
	switch standing {
	case Immature:
		t.Immature++
	case Anonymous:
		t.Anonymous++
	case Unknown:
		t.Unknown++
	case Counted:
		t.N++
		one := int64(0)
		if resolved {
			one = 1
		}
		t.Resolved += one
		if !c.Beyond {
			t.NetN++
			t.NetResolved += one
		}
	}
}

// Rate is a share with its Wilson interval, in percent; nil of nothing.
type Rate struct {
	Pct  *float64
	CI95 *satisfaction.Interval
}

// Gross is the share of the initial contacts that were resolved at once.
func (t *Tally) Gross() Rate { return rate(t.Resolved, t.N) }

// Net is the same without the contacts that the first level could not resolve.
func (t *Tally) Net() Rate { return rate(t.NetResolved, t.NetN) }

// Surveyed is the share of those who answered that their matter was solved.
func Surveyed(yes, no int64) Rate { return rate(yes, yes+no) }

func rate(k, n int64) Rate {
	return Rate{Pct: satisfaction.Percent(k, n), CI95: satisfaction.Wilson(k, n)}
}
