package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"resonanz/shared/casefile"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/store"
)

// table is what is read of the table besides the versions of reports.
type table interface {
	ledger
	Actions(context.Context) ([]casefile.CorrectiveAction, error)
}

// past is how many months before trends look at.
const past = 12

// given gathers what a report is built from besides its facts and the
// configuration. A final report that is only looked at again keeps what it had.
func (p *press) given(ctx context.Context, o order, latest *earlier, cutoff, now time.Time) (g report.Given, err error) {
	if latest.final() && !o.restate {
		g = latest.given
		g.Seen = time.Time{} // how much came late since is what is asked
		return g, nil
	}
	if g, err = p.known(ctx, o, latest); err != nil {
		return g, err
	}
	// Of months without a report, such as imported ones, what their facts say.
	asked := monthly.Asked{Cutoff: cutoff, Group: o.group, Given: report.Given{History: g.History}}
	if g.History, g.Unread, err = monthly.Past(ctx, p.objects, p.cfg, o.period, asked); err != nil {
		return g, err
	}
	if o.restate {
		g.Restates = &report.Restates{
			Version: latest.Version, Cutoff: latest.Cutoff.UTC(), Hash: latest.InputHash, Figures: report.Figures(latest.report),
		}
	}
	if o.restate || cutoff.Before(now) {
		g.Seen = now
	}
	g.Observed = p.measured(ctx, o, latest, cutoff)
	return g, nil
}

// known is what was told of the month, the corrective actions, and what published
// reports say of the months before.
func (p *press) known(ctx context.Context, o order, latest *earlier) (g report.Given, err error) {
	t := o.told
	if latest != nil {
		before := toldOf(&latest.given)
		if latest.given.Inherited { // the whole may have been told others since
			before.Contacts = nil
		}
		t = t.over(before)
	}
	if t, g.Inherited, err = p.inherited(ctx, o, t); err != nil {
		return g, err
	}
	g.Contacts, g.Survey, g.Costs = t.Contacts, t.Survey, t.Costs
	if g.Actions, err = p.actions(ctx); err != nil {
		return g, err
	}
	g.History, err = p.history(ctx, o.period, o.group)
	return g, err
}

// inherited gives a group of which no contacts were told those that the whole was
// told of its touchpoints, and says whether it did.
func (p *press) inherited(ctx context.Context, o order, t told) (told, bool, error) {
	g, err := groupOf(p.cfg, o.group)
	if g == nil || err != nil || t.Contacts != nil {
		return t, false, err
	}
	whole, err := p.latest(ctx, o.period, "")
	if whole == nil || err != nil {
		return t, false, err
	}
	t = t.over(toldOf(&whole.given).within(g.Touchpoints))
	return t, t.Contacts != nil, nil
}

// actions are the corrective actions that staff recorded.
func (p *press) actions(ctx context.Context) ([]report.Action, error) {
	all, err := p.table.Actions(ctx)
	if err != nil {
		return nil, err
	}
	var out []report.Action
	for _, a := range all {
		out = append(out, report.Action{ID: a.ID, Category: a.Category, Title: a.Title, StartsAt: a.StartsAt, DoneAt: a.DoneAt})
	}
	return out, nil
}

// history is what trends need of the months before: of the latest version of each
// that is not preliminary. A month without one is left out: package monthly folds it.
func (p *press) history(ctx context.Context, month period.Period, group string) ([]report.Past, error) {
	var found [past]*report.Past
	reading, ctx := errgroup.WithContext(ctx)
	for i := range found {
		reading.Go(func() error {
			v, err := p.reports.LatestReport(ctx, month.Add(i-past), group)
			if errors.Is(err, store.ErrNotFound) || err == nil && v.Status == store.Preliminary {
				return nil
			}
			if err != nil {
				return err
			}
			b, err := p.objects.Get(ctx, v.Objects[formatJSON])
			if err != nil {
				return err
			}
			r, err := report.Parse(b)
			if err != nil {
				return fmt.Errorf("reading version %d of report %s: %w", v.Version, v.Period, err)
			}
			of := report.PastOf(r)
			found[i] = &of
			return nil
		})
	}
	if err := reading.Wait(); err != nil {
		return nil, err
	}
	var out []report.Past
	for _, f := range found {
		if f != nil {
			out = append(out, *f)
		}
	}
	return out, nil
}

// contactsOf are the contacts that a report was given.
func contactsOf(r *report.Report) map[feedback.Touchpoint]int64 {
	var contacts map[feedback.Touchpoint]int64
	for i := range r.ByTouchpoint {
		if n := r.ByTouchpoint[i].Contacts; n != nil {
			if contacts == nil {
				contacts = make(map[feedback.Touchpoint]int64)
			}
			contacts[feedback.Touchpoint(r.ByTouchpoint[i].Name)] = *n
		}
	}
	return contacts
}

// settled reports whether a report would be given the same as before, but for
// what moves all the time and says nothing new: until when table and facts were
// compared and how many events that were, what the metrics counted, until when late
// events were seen, and, of a restatement, which version it replaces.
func settled(now, before *report.Given) (bool, error) {
	a, b := now.Evidence, before.Evidence
	if (a == nil) != (b == nil) || (now.Observed == nil) != (before.Observed == nil) {
		return false, nil
	}
	if a != nil && (a.Missing != b.Missing || a.Unknown != b.Unknown || a.StepsStored-a.StepsDelivered != b.StepsStored-b.StepsDelivered) {
		return false, nil
	}
	alike := *now
	alike.Evidence, alike.Observed, alike.Restates, alike.Seen = before.Evidence, before.Observed, before.Restates, before.Seen
	x, err := alike.Hash()
	if err != nil {
		return false, err
	}
	y, err := before.Hash()
	return x == y, err
}

// counted counts the files of facts that were read.
type counted struct {
	monthly.Source
	n atomic.Int64
}

// Get is that of the source.
func (c *counted) Get(ctx context.Context, key string) ([]byte, error) {
	b, err := c.Source.Get(ctx, key)
	if _, _, ok := factfile.ParseKey(key); ok && err == nil {
		c.n.Add(1)
	}
	return b, err
}

func (c *counted) files() int { return int(c.n.Load()) }
