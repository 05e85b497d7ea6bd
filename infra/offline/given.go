package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"resonanz/shared/config"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/report"
)

// givenName is the file beside the facts that holds what a report is given
// besides.
const givenName = "given.json"

// takeActions are two corrective actions: one that took effect in the month
// before last, one that is not done yet.
func (s *synthesis) takeActions() []report.Action {
	start, _ := s.period.Bounds(s.cfg.Zone())
	var actions []report.Action
	for i, category := range []string{"delivery.late", "service.waiting_time"} {
		if !slices.Contains(s.cfg.Categories, category) {
			continue
		}
		a := report.Action{ID: fmt.Sprintf("CA-%d", i+1), Category: category, Title: []string{"Second carrier", "More staff at noon"}[i]}
		a.StartsAt = start.AddDate(0, -1-i, -10+30*i)
		if i == 0 {
			a.DoneAt = start.AddDate(0, 0, -10)
		}
		actions = append(actions, a)
	}
	return actions
}

// action is the corrective action of a category, or nil.
func (s *synthesis) action(category string) *report.Action {
	for i := range s.actions {
		if s.actions[i].Category == category {
			return &s.actions[i]
		}
	}
	return nil
}

// given is what the owner and the functions would tell of the period. Events
// that were accepted are those of the ledger, and every one has its fact.
func (s *synthesis) given() *report.Given {
	var events int64
	for _, kind := range []feedback.Kind{feedback.KindRating, feedback.KindInvitation, feedback.KindComplaint, feedback.KindDelivery} {
		events += s.emitted[partition{s.period, kind}]
	}
	steps := s.emitted[partition{s.period, factfile.KindTransition}]
	number := func(n int64) *int64 { return &n }
	g := &report.Given{
		Contacts: make(map[feedback.Touchpoint]int64, len(s.contacts)),
		Survey:   &report.Survey{Respondents: 400, Dissatisfied: 96, Complained: 41, Registered: 34},
		Observed: &report.Observed{Accepted: number(events), Rejected: number(events / 900), LinksOpened: number(s.emitted[partition{s.period, feedback.KindRating}] / 12), AlreadyRated: number(events / 150)},
		Evidence: &report.Reconciliation{At: s.horizon, Stored: events, Delivered: events, StepsStored: steps, StepsDelivered: steps},
		Actions:  s.actions,
	}
	for id, n := range s.contacts {
		g.Contacts[id] = n * 5 / 3 // not everybody is asked
	}
	return g
}

// writeGiven writes what a report of p is given, with the months before: the last
// one as its own report has it, the others made up after it.
func writeGiven(dir string, cfg *config.Config, p period.Period, g *report.Given) error {
	src, err := openFolder(dir)
	if err == nil {
		var before *report.Report
		before, err = monthly.Build(context.Background(), src, cfg, p.Add(-1), monthly.Asked{Cutoff: p.Add(-1).Freeze(cfg.Report.FreezeDay, cfg.Zone())})
		if err == nil {
			g.History = history(p, report.PastOf(before), g.Contacts)
		}
	} else if _, missing := os.Stat(filepath.Join(dir, "facts")); os.IsNotExist(missing) {
		err = nil // no facts were asked for
	}
	if err != nil {
		return fmt.Errorf("writing what a report is given: %w", err)
	}
	b, err := g.JSON()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing what a report is given: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, givenName), b, 0o644); err != nil {
		return fmt.Errorf("writing what a report is given: %w", err)
	}
	return nil
}

// history are the twelve months before p. They swing around the last one by a few
// percent, the same for the same months.
func history(p period.Period, last report.Past, contacts map[feedback.Touchpoint]int64) []report.Past {
	var all int64
	for _, n := range contacts {
		all += n
	}
	last.Period, last.Status = p.Add(-1), report.Final
	last.Counts.Contacts = all / 4
	for id, c := range last.Touchpoints {
		c.Contacts = contacts[id] / 4
		last.Touchpoints[id] = c
	}
	var months []report.Past
	for i := -12; i < -1; i++ {
		swing := float64((i*i*7+i*5)%11-5) / 100 // −5 to 5 %
		m := report.Past{
			Period: p.Add(i), Status: report.Final, Counts: scaled(last.Counts, 1+swing, swing/3),
			Touchpoints: make(map[feedback.Touchpoint]report.PastCounts, len(last.Touchpoints)), Categories: make(map[string]int64, len(last.Categories)),
			NPS: report.NPSCounts{Promoters: share(last.NPS.Promoters, 1+swing), Passives: share(last.NPS.Passives, 1+swing/2), Detractors: share(last.NPS.Detractors, 1-swing)},
		}
		for id, c := range last.Touchpoints {
			m.Touchpoints[id] = scaled(c, 1+swing, swing/4)
		}
		for category, n := range last.Categories {
			m.Categories[category] = share(n, 1-swing)
		}
		months = append(months, m)
	}
	return append(months, last)
}

// scaled is c of a month that was busier or calmer, and better or worse.
func scaled(c report.PastCounts, busy, better float64) report.PastCounts {
	n := share(c.N, busy)
	return report.PastCounts{
		N: n, Satisfied: min(share(c.Satisfied, busy*(1+better)), n), Low: min(share(c.Low, busy*(1-2*better)), n),
		Complaints: share(c.Complaints, busy*(1-better)), Contacts: share(c.Contacts, busy),
	}
}

func share(n int64, of float64) int64 { return int64(float64(n)*of + 0.5) }
