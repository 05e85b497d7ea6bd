package configure

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/category"
	"resonanz/shared/config"
	"resonanz/shared/escalate"
)

// checkComplaints lists what is wrong with how complaints are handled: limits,
// teams, routes, and what they refer to.
func checkComplaints(c *config.Config) []finding {
	k := &checker{c: c}
	k.categories()
	k.limits()
	k.teams()
	k.routes()
	if team := c.Complaints.DefaultTeam; team != "" && c.Team(team) == nil {
		k.refuse(fmt.Sprintf("is %q, which is none of teams", team), "complaints", "default_team")
	}
	if id := c.Complaints.DefaultPolicy; !k.policy(id) {
		k.refuse(fmt.Sprintf("is %q, which is none of policies", id), "complaints", "default_policy")
	}
	longest := 0
	for _, p := range c.Policies {
		longest = max(longest, p.CloseDays)
	}
	if least := longest + max(c.Complaints.ReopenDays, c.Complaints.SurveyDays); c.Complaints.LinkDays < least {
		k.refuse(fmt.Sprintf("is %d; want at least %d: close_days of a policy and then reopen_days or survey_days", c.Complaints.LinkDays, least),
			"complaints", "link_days")
	}
	if n := c.Escalation.Crisis.Notice; n != nil {
		k.text(n, "escalation", "crisis", "notice")
	}
	if r := c.Complaints.Redress; r != nil {
		k.text(r, "complaints", "redress")
	}
	return append(k.found, checkClocks(c)...)
}

// checkClocks lists what is wrong with policies and calendars.
func checkClocks(c *config.Config) []finding {
	k := &checker{c: c}
	calendars := map[string]int{}
	for i := range c.Calendars {
		path := []string{"calendars", strconv.Itoa(i)}
		unique(k, calendars, c.Calendars[i].ID, "calendars", i, "id", path...)
		k.calendar(&c.Calendars[i], path)
	}
	policies := map[string]int{}
	for i, p := range c.Policies {
		path := []string{"policies", strconv.Itoa(i)}
		unique(k, policies, p.ID, "policies", i, "id", path...)
		if _, known := calendars[p.Calendar]; !known {
			k.refuse(fmt.Sprintf("is %q, which is none of calendars", p.Calendar), below(path, "calendar")...)
		}
		if p.ResolutionHours < p.FirstResponseHours {
			k.refuse(fmt.Sprintf("is %d, less than first_response_hours (%d)", p.ResolutionHours, p.FirstResponseHours), below(path, "resolution_hours")...)
		}
	}
	return k.found
}

func (k *checker) calendar(c *config.Calendar, path []string) {
	if _, err := time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "Local" {
		k.refuse(fmt.Sprintf("is %q; want an IANA time zone, such as Europe/Berlin, or nothing", c.TimeZone), below(path, "time_zone")...)
	}
	for i, b := range c.Blocks {
		at := below(path, "blocks", strconv.Itoa(i))
		if b.From >= b.To {
			k.refuse(fmt.Sprintf("is %q; want later than from (%q) on the same day", b.To, b.From), below(at, "to")...)
			continue
		}
		for j, other := range c.Blocks[:i] {
			if day := sameDay(b.Days, other.Days); day != "" && b.From < other.To && other.From < b.To {
				k.refuse(fmt.Sprintf("overlaps %s on %s", fieldName(below(path, "blocks", strconv.Itoa(j)), ""), day), at...)
				break
			}
		}
	}
	if _, known := regions[c.Region]; !known && c.Region != "" {
		k.refuse(fmt.Sprintf("is %q; want one of %s, or nothing", c.Region, strings.Join(regionNames(), ", ")), below(path, "region")...)
	}
	for i, s := range c.Closed {
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			k.refuse(fmt.Sprintf("is %q; want a date, such as 2026-12-24", s), below(path, "closed", strconv.Itoa(i))...)
		}
	}
}

// sameDay is a day that both lists name, or "".
func sameDay(a, b []string) string {
	if i := slices.IndexFunc(a, func(day string) bool { return slices.Contains(b, day) }); i >= 0 {
		return a[i]
	}
	return ""
}

// categories checks what names categories of complaints. The usual critical ones
// may be missing from an owner's own tree.
func (k *checker) categories() {
	usual := append([]string{"complaint_handling"}, escalate.CriticalCategories...)
	for _, l := range []struct {
		field string
		codes []string
	}{{"critical_categories", k.c.Escalation.CriticalCategories}, {"follow_up_categories", k.c.Escalation.FollowUpCategories}} {
		for i, code := range l.codes {
			if !slices.Contains(usual, code) {
				k.category(code, "escalation", l.field, strconv.Itoa(i))
			}
		}
	}
	for i, code := range k.c.Categories {
		for _, named := range slices.Compact([]string{category.Root(code), code}) {
			if lacking := category.Unnamed(k.c, named); len(lacking) > 0 {
				k.refuse(fmt.Sprintf("has no name in %q: add %s to category_names", lacking, named), "categories", strconv.Itoa(i))
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(k.c.CategoryNames)) {
		k.category(code, "category_names", code)
		k.text(k.c.CategoryNames[code], "category_names", code)
	}
}

// category refuses a code that is no category and has no branch that is one.
func (k *checker) category(code string, path ...string) {
	if !slices.ContainsFunc(k.c.Categories, func(c string) bool { return config.Covers(code, c) }) {
		k.refuse(fmt.Sprintf("is %q, which is none of categories", code), path...)
	}
}

func (k *checker) limits() {
	l := &k.c.Complaints
	if l.ApproveCents > l.LimitCents {
		k.refuse(fmt.Sprintf("is %d, more than limit_cents (%d)", l.ApproveCents, l.LimitCents), "complaints", "approve_cents")
	}
	for i, limit := range l.Limits {
		path := []string{"complaints", "limits", strconv.Itoa(i)}
		k.category(limit.Category, below(path, "category")...)
		if j := slices.IndexFunc(l.Limits[:i], func(o config.Limit) bool { return config.Covers(o.Category, limit.Category) }); j >= 0 {
			k.refuse(fmt.Sprintf("is %q and never counts: complaints.limits[%d] comes first", limit.Category, j), below(path, "category")...)
		}
		if limit.ApproveCents > limit.LimitCents {
			k.refuse(fmt.Sprintf("is %d, more than limit_cents (%d)", limit.ApproveCents, limit.LimitCents), below(path, "approve_cents")...)
		}
	}
}

func (k *checker) teams() {
	ids := map[string]int{}
	for i, t := range k.c.Teams {
		path := []string{"teams", strconv.Itoa(i)}
		unique(k, ids, t.ID, "teams", i, "id", path...)
		k.text(t.Name, below(path, "name")...)
	}
}

func (k *checker) routes() {
	for i, r := range k.c.Routes {
		path := []string{"routes", strconv.Itoa(i)}
		for j, id := range r.Touchpoints {
			if !slices.ContainsFunc(k.c.Touchpoints, func(t config.Touchpoint) bool { return t.ID == id }) {
				k.refuse(fmt.Sprintf("is %q, which is no touchpoint", id), below(path, "touchpoints", strconv.Itoa(j))...)
			}
		}
		for j, code := range r.Categories {
			k.category(code, below(path, "categories", strconv.Itoa(j))...)
		}
		if r.Team != "" && k.c.Team(r.Team) == nil {
			k.refuse(fmt.Sprintf("is %q, which is none of teams", r.Team), below(path, "team")...)
		}
		if r.Policy != "" && !k.policy(r.Policy) {
			k.refuse(fmt.Sprintf("is %q, which is none of policies", r.Policy), below(path, "policy")...)
		}
		if j := slices.IndexFunc(k.c.Routes[:i], func(o config.Route) bool { return takesAll(o, r) }); j >= 0 {
			k.refuse(fmt.Sprintf("never counts: routes[%d] comes first and fits all that it fits", j), path...)
		}
	}
}

// takesAll reports whether route a fits whatever route b fits.
func takesAll(a, b config.Route) bool {
	for _, t := range b.Touchpoints {
		if len(a.Touchpoints) > 0 && !slices.Contains(a.Touchpoints, t) {
			return false
		}
	}
	for _, c := range b.Categories {
		if len(a.Categories) > 0 && !config.CoveredBy(a.Categories, c) {
			return false
		}
	}
	return (len(a.Touchpoints) == 0 || len(b.Touchpoints) > 0) && (len(a.Categories) == 0 || len(b.Categories) > 0)
}

func (k *checker) policy(id string) bool {
	return slices.ContainsFunc(k.c.Policies, func(p config.Policy) bool { return p.ID == id })
}
