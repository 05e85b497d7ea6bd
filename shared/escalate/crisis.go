package escalate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/period"
)

// Spot brings a spike, or a critical complaint, into what is known of spikes, and
// begins a crisis when the rule CRISIS now holds: spikes at
// CrisisTouchpoints touchpoints within CrisisWindow, or a spike of a category and
// a critical complaint of it: then it has Next, the number of the case to be made.
// False: k knows it already. Last is the case that k.Case names, nil where it
// names none; while it is open, no other crisis begins, and what was spotted up to
// its end counts no more.
//
// Of each touchpoint and category only the latest is kept, so that what is kept
// stays small. Whatever order spikes come in, and however often, one crisis is
// one case: the number stands in k before the case is made.
func Spot(k casefile.Crisis, s casefile.Spike, last *casefile.Case, r Rules) (casefile.Crisis, bool) {
	if last != nil && last.Status.Ended() && !s.At.After(last.EndedAt) {
		return k, false
	}
	next := k
	next.Spikes = slices.Clone(k.Spikes)
	if at := slices.IndexFunc(next.Spikes, func(o casefile.Spike) bool { return sameSource(&o, &s) }); at < 0 {
		next.Spikes = append(next.Spikes, s)
	} else if s.At.After(next.Spikes[at].At) {
		next.Spikes[at] = s
	} else {
		return k, false
	}
	var latest time.Time
	for i := range next.Spikes {
		if at := next.Spikes[i].At; at.After(latest) {
			latest = at
		}
	}
	next.Spikes = slices.DeleteFunc(next.Spikes, func(o casefile.Spike) bool {
		return latest.Sub(o.At) > r.CrisisWindow || last != nil && last.Status.Ended() && !o.At.After(last.EndedAt)
	})
	slices.SortFunc(next.Spikes, compareSpikes)
	if slices.EqualFunc(k.Spikes, next.Spikes, func(a, b casefile.Spike) bool { return compareSpikes(a, b) == 0 }) {
		return k, false // it is older than what counts
	}
	if on := k.Next != "" || last != nil && !last.Status.Ended(); !on && r.crisis(next.Spikes) {
		next.Since = latest
		next.Next = CrisisNumber(&next, 0)
	}
	return next, true
}

// compareSpikes orders spikes by time, then by what they are of: whatever order
// they came in, they are kept in one.
func compareSpikes(a, b casefile.Spike) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject),
		cmp.Compare(a.Touchpoint, b.Touchpoint), cmp.Compare(a.Category, b.Category))
}

// sameSource reports whether two spikes are of one touchpoint or category, and of
// one kind.
func sameSource(a, b *casefile.Spike) bool {
	return a.Critical == b.Critical && a.Touchpoint == b.Touchpoint && a.Category == b.Category
}

// crisis reports whether spikes within one window are a crisis.
func (r Rules) crisis(spikes []casefile.Spike) bool {
	touchpoints := touchpointsOf(spikes)
	if r.CrisisTouchpoints > 0 && len(touchpoints) >= r.CrisisTouchpoints {
		return true
	}
	for i := range spikes {
		for j := range spikes {
			if a, b := &spikes[i], &spikes[j]; !a.Critical && b.Critical && Related(a.Category, b.Category) {
				return true
			}
		}
	}
	return false
}

// Related reports whether one of two categories is the other or a branch of it;
// none is related to nothing.
func Related(a, b string) bool { return a != "" && b != "" && (branch(a, b) || branch(b, a)) }

// touchpointsOf are the touchpoints at which ratings spike, in order.
func touchpointsOf(spikes []casefile.Spike) []string {
	at := map[string]bool{}
	for i := range spikes {
		if s := &spikes[i]; !s.Critical && s.Category == "" && s.Touchpoint != "" {
			at[string(s.Touchpoint)] = true
		}
	}
	return slices.Sorted(maps.Keys(at))
}

// crisisSubject names a crisis by when it began.
func crisisSubject(k *casefile.Crisis) string {
	return "crisis@" + k.Since.UTC().Format("2006-01-02T15:04:05.000Z")
}

// CrisisNumber is the number of the case of a crisis at the given attempt (see
// casefile.NumberOf), of the month in UTC in which it began.
func CrisisNumber(k *casefile.Crisis, attempt int) casefile.Number {
	return casefile.NumberOf(casefile.Alarm, string(Crisis)+" "+crisisSubject(k), period.Of(k.Since, time.UTC), attempt)
}

// IsCrisis reports whether c is the case of the crisis that began last.
func IsCrisis(c *casefile.Case, k *casefile.Crisis) bool {
	return c.Family == casefile.Alarm && c.Rule == string(Crisis) && c.Subject == crisisSubject(k)
}

// CrisisCase opens the case that k.Next names: critical and due at once, the
// next of the chain hears of it after CriticalStep. Its alert names what spikes.
func CrisisCase(k *casefile.Crisis, now time.Time, r Rules) (casefile.Case, casefile.Entry) {
	c := casefile.Case{
		Number: k.Next, Family: casefile.Alarm, Subject: crisisSubject(k),
		Rule: string(Crisis), Priority: string(Critical), Status: casefile.Open,
		OpenedAt: k.Since, DueAt: k.Since, NextAt: now.Add(r.CriticalStep),
	}
	what := touchpointsOf(k.Spikes)
	for i := range k.Spikes {
		if s := &k.Spikes[i]; !s.Critical && s.Category != "" && !slices.Contains(what, s.Category) {
			what = append(what, s.Category)
			c.Category = cmp.Or(c.Category, s.Category)
		}
		c.Touchpoint = cmp.Or(c.Touchpoint, k.Spikes[i].Touchpoint)
	}
	e := opened(&c, now)
	e.Alert.Signal = &events.Signal{
		Rule: c.Rule, Subject: strings.Join(what, ", "), Touchpoint: c.Touchpoint, Category: c.Category, At: k.Since, Observed: len(what),
	}
	return c, e
}
