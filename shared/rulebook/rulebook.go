// Package rulebook maps the configuration to the rules of the domain, in one
// place for every function that decides about cases.
package rulebook

import (
	"fmt"
	"slices"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/sla"
)

// Book is what the configuration says about cases. It is read by many at once.
type Book struct {
	Lifecycle lifecycle.Rules
	Escalate  escalate.Rules
	// Print is the fingerprint of policies, calendars and routes, of the steps and of
	// how long chains are: while it stays, so does when the clock acts on open cases.
	Print string
}

// New reads a configuration that was checked at build. It refuses one that names
// a policy or a calendar that is not there.
func New(c *config.Config) (*Book, error) {
	policies, err := Policies(c)
	if err != nil {
		return nil, fmt.Errorf("reading the rules: %w", err)
	}
	fallback := policies[c.Complaints.DefaultPolicy]
	if fallback == nil {
		return nil, fmt.Errorf("reading the rules: complaints.default_policy %q is no policy", c.Complaints.DefaultPolicy)
	}
	b := &Book{Escalate: thresholds(c)}
	b.Print = config.Print(c.Organisation.TimeZone, c.Policies, c.Calendars, c.Routes, c.Complaints.DefaultPolicy, c.Complaints.DefaultTeam,
		b.Escalate.StepAfter, b.Escalate.CriticalStep, chains(c))
	b.Lifecycle = lifecycle.Rules{
		Policy: func(id string) *sla.Policy {
			if p := policies[id]; p != nil {
				return p
			}
			return fallback
		},
		Route: func(t feedback.Touchpoint, category string) lifecycle.Route {
			r := c.Route(t, category)
			return lifecycle.Route{Team: r.Team, Owner: r.Owner, Policy: r.Policy}
		},
		Severity: func(category string) casefile.Severity {
			if config.CoveredBy(c.Escalation.CriticalCategories, category) {
				return casefile.Critical
			}
			return casefile.Medium
		},
		FollowUp:        func(category string) bool { return config.CoveredBy(c.Escalation.FollowUpCategories, category) },
		Threatens:       b.Escalate.Threatens,
		Limit:           c.Limit,
		Knows:           knows(c),
		ReopenDays:      c.Complaints.ReopenDays,
		SurveyDays:      c.Complaints.SurveyDays,
		DisappointedMax: c.Escalation.DisappointedMax,
		Recipients:      b.Escalate.Recipients,
		StepAfter:       b.Escalate.StepAfter,
		CriticalStep:    b.Escalate.CriticalStep,
		Print:           b.Print,
	}
	return b, nil
}

// chains are how many recipients hear of a case, by team; "": of no team.
func chains(c *config.Config) map[string]int {
	all := map[string]int{"": len(c.Chain(""))}
	for i := range c.Teams {
		all[c.Teams[i].ID] = len(c.Chain(c.Teams[i].ID))
	}
	return all
}

// thresholds are those of the escalation rules.
func thresholds(c *config.Config) escalate.Rules {
	e := &c.Escalation
	step := time.Duration(e.StepHours) * time.Hour
	return escalate.Rules{
		LowRatingMax:      e.LowRatingMax,
		CallbackDue:       time.Duration(e.CallbackDueHours) * time.Hour,
		TriageDue:         time.Duration(e.TriageDueHours) * time.Hour,
		StepAfter:         step,
		CriticalStep:      min(time.Duration(e.CriticalStepMinutes)*time.Minute, step),
		Recipients:        func(team string) int { return len(c.Chain(team)) },
		MaxSkew:           time.Duration(c.Rules.MaxFutureSkewMinutes) * time.Minute,
		Critical:          e.CriticalCategories,
		CriticalWords:     e.CriticalWords,
		HighValueMax:      e.HighValueMax,
		FollowUp:          e.FollowUpCategories,
		RepeatWindow:      time.Duration(e.RepeatDays) * 24 * time.Hour,
		RepeatCount:       e.RepeatCount,
		CrisisWindow:      time.Duration(e.Crisis.WindowHours) * time.Hour,
		CrisisTouchpoints: e.Crisis.Touchpoints,
	}
}

// knows says which codes are configured.
func knows(c *config.Config) func(lifecycle.List, string) bool {
	return func(list lifecycle.List, code string) bool {
		switch list {
		case lifecycle.Categories:
			return slices.Contains(c.Categories, code)
		case lifecycle.RootCauses:
			return slices.Contains(c.Complaints.RootCauses, code)
		case lifecycle.RejectionReasons:
			return slices.Contains(c.Complaints.RejectionReasons, code)
		case lifecycle.DismissalReasons:
			return slices.Contains(c.Complaints.DismissalReasons, code)
		case lifecycle.Teams:
			return c.Team(code) != nil
		}
		return false
	}
}

// Policies are the service levels by id; errors as those of New.
func Policies(c *config.Config) (map[string]*sla.Policy, error) {
	calendars := make(map[string]*sla.Calendar, len(c.Calendars))
	prints := make(map[string]string, len(c.Calendars))
	for i := range c.Calendars {
		k := &c.Calendars[i]
		made, err := calendar(c, k)
		if err != nil {
			return nil, fmt.Errorf("calendar %s: %w", k.ID, err)
		}
		calendars[k.ID], prints[k.ID] = made, config.Print(made.Zone().String(), k)
	}
	out := make(map[string]*sla.Policy, len(c.Policies))
	for i := range c.Policies {
		p := &c.Policies[i]
		k := calendars[p.Calendar]
		if k == nil {
			return nil, fmt.Errorf("policy %s: calendar %q is not configured", p.ID, p.Calendar)
		}
		out[p.ID] = &sla.Policy{
			ID: p.ID, Calendar: k,
			FirstResponse: time.Duration(p.FirstResponseHours) * time.Hour,
			Resolution:    time.Duration(p.ResolutionHours) * time.Hour,
			AtRiskPercent: p.AtRiskPercent, CloseDays: p.CloseDays, Presets: p.Presets,
			Print: config.Print(p, prints[p.Calendar]),
		}
	}
	return out, nil
}

func calendar(c *config.Config, k *config.Calendar) (*sla.Calendar, error) {
	zone := c.ZoneOf(k)
	if zone == nil {
		return nil, fmt.Errorf("time zone %q is not known", k.TimeZone)
	}
	blocks := make([]sla.Block, len(k.Blocks))
	for i, b := range k.Blocks {
		blocks[i] = sla.Block{Days: b.Days, From: b.From, To: b.To}
	}
	return sla.NewCalendar(zone, blocks, append(k.Holidays.All(), k.Closed...)...)
}
