// Package retention lets nothing personal be kept for longer than the
// configuration says: it goes over the months whose time is up, over the cases that
// ended long ago with their files, and over what an erasure came too early for. What
// is counted, and every chain of hashes, stays.
package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// Store is the part of package store that is used. Both stores are one.
type Store interface {
	Cases(context.Context, store.CaseQuery) (store.CasePage, error)
	Expire(context.Context, period.Period, store.Expiry) (store.Expired, error)
	ExpireCases(ctx context.Context, month string, before time.Time, held func(feedback.ResponseKey) bool, each func(casefile.Number) error) (store.Expired, error)
	ForgetAgain(ctx context.Context, api store.ScanAPI, known func(customerKey string) bool, covers store.Covers, each func(casefile.Number) error) (store.Expired, error)
	Swept(context.Context, string) (store.Swept, error)
	PutSwept(context.Context, string, store.Swept) error
}

// Files are what customers added to complaints: customer.Bucket.
type Files interface {
	// Erase deletes every file of a case, in every version, and says how many.
	Erase(context.Context, casefile.Number) (int, error)
}

// Sweeper takes out what has expired.
type Sweeper struct {
	Store Store
	Index store.ScanAPI // reads the index of customers as a whole
	Files Files
	Log   erasure.Reader // of erasures
	Keep  config.Retention
	// Links is for how long a link works: so long the mail of an anonymous invitation
	// may be tried.
	Links     time.Duration
	Anonymous func(feedback.Touchpoint) bool
	Zone      *time.Location
}

// Done is what one sweep did.
type Done struct {
	store.Expired
	Months int // of the ledger that were read
	Ended  int // months of ended cases that were read
	Files  int // that were deleted
	Again  int // items of customers erased before
	Left   int // months that there was no time for: the next sweep goes on there
}

const (
	// late is how long after the end of a month its last entry by a link may come:
	// links work for 28 days.
	late = 31 * 24 * time.Hour
	// every is how often all months are gone over again: what came from a kiosk that
	// was without a network for months, and what was imported, lies in old months.
	every = 30 * 24 * time.Hour
	// earliest is how many months back there can be anything: imports go back ten
	// years.
	earliest = 12*10 + 2
	// again is for how long an erasure is applied again: far longer than an index
	// lags, or a message is on its way.
	again = 3 * 24 * time.Hour
)

// Names of the sweeps whose progress is kept.
const (
	ofLedger = "ledger"
	ofCases  = "cases"
)

// Sweep takes out what has expired at a time, for as long as more says that there is
// time for another month. Months in which something expires these days are read
// each time; all others once in thirty days, or when the limits have changed. What
// fails in one part holds up no other: the error says all that did.
func (s *Sweeper) Sweep(ctx context.Context, now time.Time, more func() bool) (Done, error) {
	var done Done
	// First what somebody has asked for.
	errErased := s.erasedAgain(ctx, now, &done)
	held, err := s.open(ctx)
	if err != nil {
		return done, errors.Join(errErased, err)
	}
	errLedger := s.ledger(ctx, now, held, more, &done)
	errCases := s.cases(ctx, now, held, more, &done)
	return done, errors.Join(errErased, errLedger, errCases)
}

// open are the responses that open cases are about.
func (s *Sweeper) open(ctx context.Context) (func(feedback.ResponseKey) bool, error) {
	held := map[feedback.ResponseKey]bool{}
	q := store.CaseQuery{Limit: store.MaxCases}
	for {
		page, err := s.Store.Cases(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page.Cases {
			held[page.Cases[i].ResponseKey] = true
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return func(k feedback.ResponseKey) bool { return held[k] }, nil
		}
	}
}

// ledger goes over the months of the ledger.
func (s *Sweeper) ledger(ctx context.Context, now time.Time, held func(feedback.ResponseKey) bool, more func() bool, done *Done) error {
	x := store.Expiry{
		Words:     config.Before(now, s.Keep.OwnWordsDays),
		Imported:  config.Before(now, s.Keep.CasesDays),
		Addresses: config.Before(now, s.Keep.InvitationsDays),
		Severed:   now.Add(-s.Links - 24*time.Hour),
		Anonymous: s.Anonymous,
		Held:      held,
	}
	limits := fmt.Sprintf("%d/%d/%d", s.Keep.OwnWordsDays, s.Keep.CasesDays, s.Keep.InvitationsDays)
	return s.over(ctx, ofLedger, limits, now, s.Zone, []time.Time{x.Words, x.Imported, x.Addresses, x.Severed}, more, &done.Months, &done.Left,
		func(p period.Period) error {
			some, err := s.Store.Expire(ctx, p, x)
			done.Add(some)
			return err
		})
}

// cases goes over the months in which cases ended. Those lists are by UTC.
func (s *Sweeper) cases(ctx context.Context, now time.Time, held func(feedback.ResponseKey) bool, more func() bool, done *Done) error {
	before := config.Before(now, s.Keep.CasesDays)
	return s.over(ctx, ofCases, fmt.Sprint(s.Keep.CasesDays), now, time.UTC, []time.Time{before}, more, &done.Ended, &done.Left,
		func(p period.Period) error {
			some, err := s.Store.ExpireCases(ctx, p.String(), before, held, s.files(ctx, done))
			done.Add(some)
			return err
		})
}

// files erases the files of a case.
func (s *Sweeper) files(ctx context.Context, done *Done) func(casefile.Number) error {
	return func(n casefile.Number) error {
		files, err := s.Files.Erase(ctx, n)
		done.Files += files
		return err
	}
}

// over calls month for the months in which something lies before one of the limits:
// those of these days, and all when it is time to. A month that fails is left for
// the next sweep, and others are gone over.
func (s *Sweeper) over(ctx context.Context, name, by string, now time.Time, zone *time.Location, limits []time.Time, more func() bool,
	read, left *int, month func(period.Period) error,
) error {
	var last time.Time // the latest limit: nothing after it expires
	for _, l := range limits {
		if l.After(last) {
			last = l
		}
	}
	if last.IsZero() { // all is kept for ever
		return nil
	}
	var failed error
	visited := map[period.Period]bool{}
	broken := map[period.Period]bool{}
	visit := func(p period.Period) (goOn bool) {
		if visited[p] {
			return true
		}
		if ctx.Err() != nil || !more() {
			*left++
			return false
		}
		visited[p] = true
		*read++
		if err := month(p); err != nil {
			failed = errors.Join(failed, err)
			broken[p] = true
		}
		return true
	}
	for _, l := range limits {
		if l.IsZero() {
			continue
		}
		for p := period.Of(l, zone); ; p = p.Add(-1) {
			if _, end := p.Bounds(zone); end.Add(late).Before(l) {
				break
			}
			visit(p)
		}
	}
	state, err := s.Store.Swept(ctx, name)
	if err != nil {
		return errors.Join(failed, err)
	}
	switch {
	case state.Limits != by, state.Next == "" && now.Sub(state.StartedAt) >= every:
		first := period.Of(now, zone).Add(-earliest)
		state = store.Swept{Limits: by, StartedAt: now.UTC().Truncate(time.Millisecond), Next: first.String()}
	case state.Next == "":
		return failed
	}
	p, err := period.Parse(state.Next)
	if err != nil {
		return errors.Join(failed, fmt.Errorf("reading how far the sweep of %s got: %w", name, err))
	}
	behind := false // a month that failed: the next sweep goes on there
	for end := period.Of(last, zone); !end.Before(p); p = p.Add(1) {
		if !visit(p) {
			break
		}
		if behind = behind || broken[p]; behind {
			continue
		}
		state.Next = p.Add(1).String()
		if err := s.Store.PutSwept(ctx, name, state); err != nil {
			return errors.Join(failed, err)
		}
	}
	if period.Of(last, zone).Before(p) && behind {
		return errors.Join(failed, s.Store.PutSwept(ctx, name, state))
	}
	if period.Of(last, zone).Before(p) {
		state.Next = ""
		return errors.Join(failed, s.Store.PutSwept(ctx, name, state))
	}
	for end := period.Of(last, zone); !end.Before(p); p = p.Add(1) {
		if !visited[p] {
			*left++
		}
	}
	return failed
}

// erasedAgain applies the erasures of the last days again.
func (s *Sweeper) erasedAgain(ctx context.Context, now time.Time, done *Done) error {
	log, err := erasure.Load(ctx, s.Log, now.Add(-again))
	if err != nil || len(log) == 0 {
		return err
	}
	some, err := s.Store.ForgetAgain(ctx, s.Index,
		func(key string) bool { _, ok := log[erasure.Customer(key)]; return ok },
		func(key string, accepted time.Time) bool { return log.Covers(erasure.Customer(key), accepted) },
		s.files(ctx, done))
	done.Again = some.Events + some.Cases
	done.Add(some)
	return err
}
