package main

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
)

func TestTheDeskIsToldWhatIsConfigured(t *testing.T) {
	r := newRig(t)
	r.cfg.Complaints.Limits = []config.Limit{{Category: "billing", LimitCents: 30000, ApproveCents: 5000}}
	r.cfg.Groups = []config.Group{{ID: "service", Name: config.Text{"de": "Kundendienst", "en": "Service"}, Touchpoints: []feedback.Touchpoint{"hotline", "repair"}}}
	r.cfg.Reasons = []config.Reason{{Code: "waiting_time", Mood: config.Bad, Name: config.Text{"de": "Zu lange gewartet", "fr": "Attente trop longue"}}}
	got := into[settings](t, r.do(get("/v1/desk")), 200)
	want := settings{
		Organisation: r.cfg.Organisation.Name, TimeZone: "Europe/Berlin", Languages: r.cfg.Organisation.Languages, DefaultLanguage: "de",
		Touchpoints: []spot{
			{"hotline", config.Text{"de": "Hotline", "en": "Hotline"}, feedback.Stars5},
			{"checkout-cologne", config.Text{"de": "Kasse Köln", "en": "Checkout Cologne"}, feedback.Stars5},
			{"repair", config.Text{"de": "Reparatur", "en": "Repair"}, feedback.CSAT10},
		},
		Groups: []part{{"service", config.Text{"de": "Kundendienst", "en": "Service"}, []feedback.Touchpoint{"hotline", "repair"}}},
		Teams: []unit{
			{"customer-service", config.Text{"de": "Kundenservice", "en": "Customer Service"}}, {"workshop", config.Text{"de": "Werkstatt", "en": "Workshop"}},
		},
		Reasons:          []named{{"waiting_time", config.Text{"de": "Zu lange gewartet", "en": "Zu lange gewartet"}}},
		RootCauses:       []named{{"process", config.Text{"de": "Ablauf", "en": "Process"}}, {"staffing", config.Text{"de": "Besetzung", "en": "Staffing"}}},
		RejectionReasons: []named{{"not_our_service", config.Text{"de": "Not our service", "en": "Not our service"}}, {"within_terms", config.Text{"de": "Within terms", "en": "Within terms"}}},
		DismissalReasons: []named{{"no_complaint", config.Text{"de": "Keine Beschwerde", "en": "No complaint"}}},
		Policies:         []policy{{"DEFAULT", config.Text{"de": "Allgemein", "en": "General"}, 8, 40, 14, []string{}}},
		Currency:         "EUR",
		Limits:           []limit{{"billing", 30000, 5000}, {"", 50000, 10000}},
		Subject:          subject{ID: clerk, Scopes: []string{"cases"}},
		// Held by the tests below.
		Categories: got.Categories, Rules: got.Rules, Clocks: got.Clocks, Compensations: got.Compensations,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(named{"billing.refund_delay", config.Text{"de": "Erstattung steht aus", "en": "Refund is outstanding"}}, got.Categories[1]); diff != "" || len(got.Categories) != len(r.cfg.Categories) {
		t.Error(diff)
	}
	if diff := cmp.Diff(named{"voucher", config.Text{"de": "Gutschein", "en": "Voucher"}}, got.Compensations[0].Kinds[2]); diff != "" || len(got.Compensations) != 3 {
		t.Error(diff)
	}
}

// What an organisation does not say in a language of the desk, it says in its own.
func TestANameThatIsMissingInALanguageIsThatOfTheOrganisation(t *testing.T) {
	r := newRig(t)
	r.cfg.Organisation.DefaultLanguage = "fr"
	r.cfg.Touchpoints[0].Name = config.Text{"fr": "Accueil"}
	got := into[settings](t, r.do(get("/v1/desk")), 200)
	if diff := cmp.Diff(config.Text{"de": "Accueil", "en": "Accueil"}, got.Touchpoints[0].Name); diff != "" {
		t.Error(diff)
	}
}

func TestTheDeskIsToldWhatItsUserMayDo(t *testing.T) {
	r := newRig(t)
	for name, c := range map[string]struct {
		sub, scopes string
		want        subject
	}{
		"a clerk":              {clerk, "openid resonanz/cases", subject{clerk, []string{"cases"}}},
		"who leads":            {lead, "resonanz/reports resonanz/cases resonanz/approve", subject{lead, []string{"cases", "approve", "reports"}}},
		"management":           {lead, "resonanz/reports", subject{lead, []string{"reports"}}},
		"an address for a sub": {"clerk@example.com", "resonanz/cases", subject{"", []string{"cases"}}},
	} {
		got := into[settings](t, r.do(as(get("/v1/desk"), c.sub, c.scopes)), 200)
		if diff := cmp.Diff(c.want, got.Subject); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, scopes := range []string{"", "resonanz/invite", "openid"} {
		if got, p := refused(t, r.do(as(get("/v1/desk"), clerk, scopes))); p.Status != 403 || got != "scope_missing" {
			t.Errorf("%q: %d %s", scopes, p.Status, got)
		}
	}
	for _, path := range []string{"/v1/cases", "/v1/devices", "/v1/actions"} { // reports open the desk and nothing else
		if got, p := refused(t, r.do(as(get(path), lead, "resonanz/reports"))); p.Status != 403 || got != "scope_missing" {
			t.Errorf("%s: %d %s", path, p.Status, got)
		}
	}
}

// Every rule that can stand in a case has a name, and every deadline.
func TestRulesAndDeadlinesAreCalledByName(t *testing.T) {
	rules := []string{
		string(escalate.LowRatingCallback), string(escalate.CallbackRequested), string(escalate.CriticalSeverity), string(escalate.ComplaintReceived),
		string(escalate.RatingIsComplaint), string(escalate.HighValueLowRating), string(escalate.RepeatComplaint), string(escalate.FollowUpComplaint),
		string(escalate.DataGap), string(escalate.Spike), string(escalate.Crisis), string(escalate.EvidenceGap), string(escalate.SuspiciousVoting),
		lifecycle.ComplaintReceived, lifecycle.CriticalSeverity, lifecycle.FollowUpComplaint, lifecycle.SLAAtRisk, lifecycle.SLABreach,
		lifecycle.DisappointedAfterClosure, lifecycle.RootCauseMissing, lifecycle.StillOpen,
	}
	for _, code := range rules {
		if _, ok := ruleNames[code]; !ok {
			t.Errorf("%s has no name", code)
		}
	}
	for _, names := range []map[string][2]string{rootCauses, rejectionReasons, dismissalReasons, ruleNames, clockNames, policyNames, compensationNames} {
		for code, n := range names {
			if n[0] == "" || n[1] == "" {
				t.Errorf("%s: %q", code, n)
			}
		}
	}
	if !slices.IsSorted(codesOf(ruleNames)) || reflect.DeepEqual(codesOf(ruleNames), codesOf(clockNames)) {
		t.Error("codes out of order")
	}
}
