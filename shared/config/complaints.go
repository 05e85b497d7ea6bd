package config

import (
	"slices"
	"strings"

	"resonanz/shared/feedback"
)

// Covers reports whether category is parent itself or one of its branches, as
// "billing" covers "billing.refund_delay".
func Covers(parent, category string) bool {
	rest, ok := strings.CutPrefix(category, parent)
	return ok && (rest == "" || rest[0] == '.')
}

// CoveredBy reports whether one of parents covers category.
func CoveredBy(parents []string, category string) bool {
	return slices.ContainsFunc(parents, func(p string) bool { return Covers(p, category) })
}

// Team returns the configured team, or nil.
func (c *Config) Team(id string) *Team {
	for i := range c.Teams {
		if c.Teams[i].ID == id {
			return &c.Teams[i]
		}
	}
	return nil
}

// Chain is who hears of the cases of a team: its own chain, else the
// organisation's. An empty or unknown team has the organisation's.
func (c *Config) Chain(team string) []string {
	if t := c.Team(team); t != nil && len(t.Chain) > 0 {
		return t.Chain
	}
	return c.Escalation.Chain
}

// Route says who handles a complaint about category at touchpoint t, and by
// which policy: the first route that fits, with the defaults where it says
// nothing.
func (c *Config) Route(t feedback.Touchpoint, category string) Route {
	found := Route{}
	for i := range c.Routes {
		r := &c.Routes[i]
		if (len(r.Touchpoints) == 0 || slices.Contains(r.Touchpoints, t)) &&
			(len(r.Categories) == 0 || CoveredBy(r.Categories, category)) {
			found = *r
			break
		}
	}
	if found.Team == "" {
		found.Team = c.Complaints.DefaultTeam
	}
	if found.Policy == "" {
		found.Policy = c.Complaints.DefaultPolicy
	}
	return found
}

// Limit bounds the compensations of one case about category, in cents: beyond
// limit nothing is given, beyond approve only what another person approved.
func (c *Config) Limit(category string) (limit, approve int64) {
	for i := range c.Complaints.Limits {
		if l := &c.Complaints.Limits[i]; Covers(l.Category, category) {
			return l.LimitCents, l.ApproveCents
		}
	}
	return c.Complaints.LimitCents, c.Complaints.ApproveCents
}
