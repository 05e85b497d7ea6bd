package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"resonanz/infra/fault"
)

// result is what a round came to.
type result struct {
	seen     []call
	hits     []strike
	checked  int
	breaches []string
	windows  map[string]int // accidents in which an effect may have happened unmarked, by function
	repeated map[string]int // effects that came again, by function
	took     time.Duration
}

// battery is a stack with all that was ever done to it.
type battery struct {
	rig     *rig
	script  *script
	owed    *owed
	windows map[string]int // of all rounds: what is read back is of all rounds, too
}

// round has everybody use the stack at the same time while calls fail, waits
// until it is at rest, and holds it against what was promised.
func (b *battery) round(ctx context.Context, decide func(call) (fault.Failure, bool)) (*result, error) {
	began := time.Now()
	b.script.begin(decide)
	var wg sync.WaitGroup
	walked := make([]*journey, len(journeys))
	for i, way := range journeys {
		j := &journey{rig: b.rig, ctx: ctx, name: way.name, owed: b.owed}
		walked[i] = j
		wg.Go(func() { way.walk(j) })
	}
	wg.Wait()
	r := &result{windows: b.windows}
	if err := b.rest(ctx, r); err != nil {
		return nil, err
	}
	r.seen, r.hits = b.script.end()
	for _, j := range walked {
		r.checked++
		if j.err != nil {
			r.breaches = append(r.breaches, "never done: "+j.err.Error())
		}
	}
	r.took = time.Since(began)
	return r, ctx.Err()
}

// window reports whether a failure may strike between an effect that nobody can
// take back and the mark that says that it happened: then it is repeated, once.
func window(h strike) bool {
	if h.fn != "notify" && h.fn != "courier" {
		return false
	}
	switch h.what {
	case fault.KillBefore, fault.KillAfter, fault.Hang: // whatever it was at
		return true
	case fault.CutAfter, fault.Half, fault.Twice, fault.Lose: // the effect itself
		return h.looks == "ses.SendEmail" || h.looks == "ses.SendRawEmail" || h.looks == "sns.Publish"
	}
	return false
}

const (
	// restWithin bounds how long a stack may take to come to rest: a message that
	// failed five times in a row waits for two minutes.
	restWithin = 200 * time.Second
	// silence is how long a stack must have been at rest until what is still missing
	// counts as lost: what is between two queues is in none of them.
	silence = 25 * time.Second
)

// rest waits until nothing is on its way any more and every promise is kept, or
// until nothing more can be hoped for, and holds what is there against what was
// promised.
func (b *battery) rest(ctx context.Context, r *result) error {
	end := time.Now().Add(restWithin)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var calm, ticked time.Time
	for {
		f, err := b.rig.look(ctx)
		if err != nil {
			return fmt.Errorf("looking at what is there: %w", err)
		}
		b.account()
		r.breaches, r.checked, r.repeated = f.breaches(b.owed, b.rig.cfg, b.windows)
		if err = f.unsettled(); err != nil {
			calm = time.Time{}
		} else if calm.IsZero() {
			calm = time.Now()
		} else if len(r.breaches) == 0 || time.Since(calm) > silence {
			return nil
		}
		if time.Now().After(end) {
			return nil
		}
		if f.overdue > 0 && time.Since(ticked) > 10*time.Second { // as the next minute would
			ticked = time.Now()
			_, _ = b.rig.Invoke(ctx, "clock", []byte(`{"schedule":"clock"}`)) // it may be killed, too
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// account counts the accidents that were not counted yet.
func (b *battery) account() {
	for _, h := range b.script.fresh() {
		if window(h) {
			b.windows[h.fn]++
		}
	}
}
