package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
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
func writeGiven(dir string, cfg *config.Config, p period.Period, seed uint64, g *report.Given) error {
	past, err := history(dir, cfg, p, seed, g.Contacts)
	if err != nil {
		return fmt.Errorf("writing what a report is given: %w", err)
	}
	g.History = past
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

// history are the twelve months before p; none where there are no facts.
func history(dir string, cfg *config.Config, p period.Period, seed uint64, contacts map[feedback.Touchpoint]int64) ([]report.Past, error) {
	if _, err := os.Stat(filepath.Join(dir, "facts")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	src, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	of := p.Add(-1)
	asked := monthly.Asked{Cutoff: of.Freeze(cfg.Report.FreezeDay, cfg.Zone()), Given: report.Given{Contacts: make(map[feedback.Touchpoint]int64, len(contacts))}}
	for id, n := range contacts {
		asked.Contacts[id] = int64(float64(n) * shareOfPrevious / (1 - shareOfPrevious - shareOfEarlier))
	}
	before, err := monthly.Build(context.Background(), src, cfg, of, asked)
	if err != nil {
		return nil, err
	}
	last := report.PastOf(before)
	s := swings{rand.New(rand.NewPCG(seed, 0x1157_0e1))}
	var months []report.Past
	for i := -12; i < -1; i++ {
		months = append(months, s.like(last, p.Add(i)))
	}
	return append(months, last), nil
}

// swings make up months that are like another and yet differ.
type swings struct{ *rand.Rand }

func (s swings) like(last report.Past, p period.Period) report.Past {
	busy, better := 1+0.05*s.NormFloat64(), 0.015*s.NormFloat64()
	m := report.Past{
		Period: p, Status: report.Final, Touchpoints: make(map[feedback.Touchpoint]report.PastCounts), Categories: make(map[string]int64),
		NPS: report.NPSCounts{
			Promoters: s.around(last.NPS.Promoters, busy), Passives: s.around(last.NPS.Passives, busy), Detractors: s.around(last.NPS.Detractors, busy),
		},
	}
	for _, id := range slices.Sorted(maps.Keys(last.Touchpoints)) {
		c := last.Touchpoints[id]
		n := s.around(c.N, busy)
		c = report.PastCounts{
			N: n, Satisfied: min(s.around(c.Satisfied, float64(n)/float64(max(c.N, 1))*(1+better)), n), Low: min(s.around(c.Low, busy*(1-2*better)), n),
			Complaints: s.around(c.Complaints, busy), Contacts: int64(float64(c.Contacts) * busy),
		}
		if c.Contacts > 0 {
			c.AtContacts = c.Complaints
		}
		m.Touchpoints[id] = c
		m.Counts.N += c.N
		m.Counts.Satisfied += c.Satisfied
		m.Counts.Low += c.Low
		m.Counts.Complaints += c.Complaints
		m.Counts.Contacts += c.Contacts
		m.Counts.AtContacts += c.AtContacts
	}
	for _, category := range slices.Sorted(maps.Keys(last.Categories)) {
		if n := s.around(last.Categories[category], busy); n > 0 {
			m.Categories[category] = n
		}
	}
	return m
}

// around is n times of, give or take what chance does to a count.
func (s swings) around(n int64, of float64) int64 {
	mean := float64(n) * of
	return max(int64(math.Round(mean+0.5*math.Sqrt(max(mean, 0))*s.NormFloat64())), 0)
}
