package config

import (
	"slices"
	"testing"

	"resonanz/shared/feedback"
)

const handling = `{
	"organisation": {"name": "Beispiel GmbH", "time_zone": "UTC", "languages": ["de"], "default_language": "de"},
	"escalation": {"chain": ["lead@example.com"]},
	"complaints": {"default_team": "service", "default_policy": "DEFAULT", "limit_cents": 500, "approve_cents": 100,
		"limits": [{"category": "billing", "limit_cents": 90, "approve_cents": 0}]},
	"teams": [{"id": "service", "name": {"de": "Service"}}, {"id": "workshop", "name": {"de": "Werkstatt"}, "chain": ["workshop@example.com"]}],
	"routes": [
		{"touchpoints": ["repair"], "categories": ["product"], "team": "workshop", "policy": "SLOW"},
		{"categories": ["privacy"], "owner": "data-protection"},
		{"touchpoints": ["repair"], "team": "workshop"}
	]
}`

func TestTheFirstRouteThatFitsCounts(t *testing.T) {
	c, err := Parse([]byte(handling))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ touchpoint, category, team, owner, policy string }{
		{"repair", "product.defect", "workshop", "", "SLOW"},
		{"repair", "privacy", "service", "data-protection", "DEFAULT"},
		{"repair", "delivery.late", "workshop", "", "DEFAULT"},
		{"hotline", "product.defect", "service", "", "DEFAULT"},
		{"hotline", "", "service", "", "DEFAULT"},
	} {
		r := c.Route(feedback.Touchpoint(tc.touchpoint), tc.category)
		if r.Team != tc.team || r.Owner != tc.owner || r.Policy != tc.policy {
			t.Errorf("%s about %s: %+v, want %s, %s, %s", tc.touchpoint, tc.category, r, tc.team, tc.owner, tc.policy)
		}
	}
}

func TestACategoryCoversItsBranchesOnly(t *testing.T) {
	for _, tc := range []struct {
		parent, category string
		want             bool
	}{
		{"billing", "billing", true},
		{"billing", "billing.refund_delay", true},
		{"billing", "billings", false},
		{"billing.refund_delay", "billing", false},
		{"bill", "billing", false},
	} {
		if got := Covers(tc.parent, tc.category); got != tc.want {
			t.Errorf("%s covers %s: %t", tc.parent, tc.category, got)
		}
	}
	if CoveredBy(nil, "billing") || !CoveredBy([]string{"privacy", "billing"}, "billing.refund_delay") {
		t.Error("a list covers what none of it does, or not what one does")
	}
}

func TestLimitsAndChainsHaveAFallback(t *testing.T) {
	c, err := Parse([]byte(handling))
	if err != nil {
		t.Fatal(err)
	}
	if limit, approve := c.Limit("billing.refund_delay"); limit != 90 || approve != 0 {
		t.Errorf("billing: %d, %d", limit, approve)
	}
	if limit, approve := c.Limit("other"); limit != 500 || approve != 100 {
		t.Errorf("other: %d, %d", limit, approve)
	}
	for team, want := range map[string]string{"workshop": "workshop@example.com", "service": "lead@example.com", "": "lead@example.com", "gone": "lead@example.com"} {
		if got := c.Chain(team); !slices.Equal(got, []string{want}) {
			t.Errorf("team %q: chain %s, want %s", team, got, want)
		}
	}
	if c.Team("workshop") == nil || c.Team("gone") != nil {
		t.Error("teams are not found by their id")
	}
}
