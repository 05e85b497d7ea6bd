package rulebook

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/lifecycle"
)

const configuration = `{
	"organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de"], "default_language": "de"},
	"categories": ["billing", "privacy", "complaint_handling.delay"],
	"rules": {"max_future_skew_minutes": 5},
	"escalation": {"low_rating_max": 2, "callback_due_hours": 24, "triage_due_hours": 12, "step_hours": 6, "critical_step_minutes": 30,
		"chain": ["a@example.com", "b@example.com"], "critical_categories": ["privacy"], "high_value_max": 3, "repeat_days": 90,
		"repeat_count": 2, "follow_up_categories": ["complaint_handling"], "disappointed_max": 2, "crisis": {"window_hours": 24, "touchpoints": 2}},
	"complaints": {"reopen_days": 30, "survey_days": 20, "root_causes": ["process"], "rejection_reasons": ["wear"], "dismissal_reasons": ["praise"],
		"limit_cents": 500, "approve_cents": 100, "default_team": "service", "default_policy": "DEFAULT"},
	"teams": [{"id": "service", "name": {"de": "Service"}}, {"id": "workshop", "name": {"de": "Werkstatt"}, "chain": ["w@example.com"]}],
	"routes": [{"categories": ["privacy"], "owner": "data-protection", "policy": "PRIVACY"}],
	"policies": [
		{"id": "DEFAULT", "calendar": "office", "first_response_hours": 8, "resolution_hours": 40, "at_risk_percent": 80, "close_days": 14},
		{"id": "PRIVACY", "calendar": "vienna", "first_response_hours": 8, "resolution_hours": 80, "at_risk_percent": 50, "close_days": 7, "presets": ["GDPR_12_3"]}],
	"calendars": [
		{"id": "office", "blocks": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}], "holidays": "2026-03-10", "closed": ["2026-03-11"]},
		{"id": "vienna", "time_zone": "Europe/Vienna", "blocks": [{"days": ["mon"], "from": "09:00", "to": "17:00"}]}]
}`

func read(t *testing.T, change ...string) *config.Config {
	t.Helper()
	text := strings.NewReplacer(change...).Replace(configuration)
	if len(change) > 0 && text == configuration {
		t.Fatalf("%q is not in the configuration", change[0])
	}
	c, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheBookSaysWhatIsConfigured(t *testing.T) {
	b, err := New(read(t))
	if err != nil {
		t.Fatal(err)
	}
	r := &b.Lifecycle
	p := r.Policy("DEFAULT")
	if p.ID != "DEFAULT" || p.FirstResponse != 8*time.Hour || p.Resolution != 40*time.Hour || p.AtRiskPercent != 80 || p.CloseDays != 14 || p.Print == "" {
		t.Errorf("policy %+v", p)
	}
	// Monday at four, then a holiday and a closed date: eight hours are over on Thursday at four.
	if got := p.Calendar.Add(time.Date(2026, 3, 9, 15, 0, 0, 0, time.UTC), 8*time.Hour); !got.Equal(time.Date(2026, 3, 12, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("eight business hours are over on %s", got)
	}
	if got := r.Policy("PRIVACY"); got.Calendar.Zone().String() != "Europe/Vienna" || len(got.Presets) != 1 {
		t.Errorf("policy %+v, want a calendar and presets of its own", got)
	}
	for _, id := range []string{"", "GONE"} {
		if r.Policy(id) != p {
			t.Errorf("policy %q is not the default one", id)
		}
	}
	if got := r.Route("hotline", "privacy"); got != (lifecycle.Route{Team: "service", Owner: "data-protection", Policy: "PRIVACY"}) {
		t.Errorf("route %+v", got)
	}
	if r.Severity("privacy") != casefile.Critical || r.Severity("billing") != casefile.Medium {
		t.Error("severities do not follow the critical categories")
	}
	if !r.FollowUp("complaint_handling.delay") || r.FollowUp("billing") {
		t.Error("follow-up categories are not those configured")
	}
	if limit, approve := r.Limit("billing"); limit != 500 || approve != 100 {
		t.Errorf("limit %d, %d", limit, approve)
	}
	if r.Recipients("workshop") != 1 || r.Recipients("service") != 2 || r.ReopenDays != 30 || r.SurveyDays != 20 || r.DisappointedMax != 2 ||
		r.StepAfter != 6*time.Hour || r.CriticalStep != 30*time.Minute || r.Print != b.Print {
		t.Errorf("lifecycle %+v", r)
	}
	for list, code := range map[lifecycle.List]string{
		lifecycle.Categories: "billing", lifecycle.RootCauses: "process", lifecycle.RejectionReasons: "wear",
		lifecycle.DismissalReasons: "praise", lifecycle.Teams: "workshop",
	} {
		if !r.Knows(list, code) || r.Knows(list, "nonsense") || r.Knows("nonsense", code) {
			t.Errorf("%s: %s is not known, or something else is", list, code)
		}
	}
	e := b.Escalate
	if e.LowRatingMax != 2 || e.CallbackDue != 24*time.Hour || e.TriageDue != 12*time.Hour || e.Recipients("") != 2 || e.Recipients("workshop") != 1 || e.MaxSkew != 5*time.Minute ||
		e.HighValueMax != 3 || e.RepeatWindow != 90*24*time.Hour || e.RepeatCount != 2 || e.CrisisWindow != 24*time.Hour || e.CrisisTouchpoints != 2 {
		t.Errorf("thresholds %+v", e)
	}
}

func TestACriticalStepIsNeverLongerThanAStep(t *testing.T) {
	b, err := New(read(t, `"critical_step_minutes": 30`, `"critical_step_minutes": 1440`))
	if err != nil || b.Escalate.CriticalStep != 6*time.Hour {
		t.Errorf("critical step %s, %v", b.Escalate.CriticalStep, err)
	}
}

func TestTheFingerprintChangesWithWhatMovesDeadlinesOnly(t *testing.T) {
	first, err := New(read(t))
	if err != nil {
		t.Fatal(err)
	}
	again, err := New(read(t))
	if err != nil || again.Print != first.Print || again.Lifecycle.Policy("").Print != first.Lifecycle.Policy("").Print {
		t.Fatal("the same configuration has another fingerprint")
	}
	for name, tc := range map[string]struct {
		change                []string
		book, fallback, extra bool // whose fingerprint changes
	}{
		"holiday":       {[]string{`"2026-03-10"`, `"2026-03-12"`}, true, true, false},
		"closed date":   {[]string{`"2026-03-11"`, `"2026-03-13"`}, true, true, false},
		"hours":         {[]string{`"resolution_hours": 80`, `"resolution_hours": 60`}, true, false, true},
		"zone":          {[]string{"Europe/Vienna", "UTC"}, true, false, true},
		"of all":        {[]string{"Europe/Berlin", "UTC"}, true, true, false},
		"route":         {[]string{`"owner": "data-protection", `, ""}, true, false, false},
		"name":          {[]string{"Beispiel GmbH", "Muster AG"}, false, false, false},
		"step":          {[]string{`"step_hours": 6`, `"step_hours": 7`}, true, false, false},
		"critical step": {[]string{`"critical_step_minutes": 30`, `"critical_step_minutes": 20`}, true, false, false},
		"longer chain":  {[]string{`"chain": ["`, `"chain": ["further@example.com", "`}, true, false, false},
		"a threshold":   {[]string{`"repeat_days": 90`, `"repeat_days": 60`}, false, false, false},
		"other default": {[]string{`"default_policy": "DEFAULT"`, `"default_policy": "PRIVACY"`}, true, true, false},
	} {
		other, err := New(read(t, tc.change...))
		if err != nil {
			t.Fatal(err)
		}
		if got := other.Print != first.Print; got != tc.book {
			t.Errorf("%s: fingerprint of the book changed %t", name, got)
		}
		if got := other.Lifecycle.Policy("").Print != first.Lifecycle.Policy("").Print; got != tc.fallback {
			t.Errorf("%s: fingerprint of the default policy changed %t", name, got)
		}
		if got := other.Lifecycle.Policy("PRIVACY").Print != first.Lifecycle.Policy("PRIVACY").Print; got != tc.extra {
			t.Errorf("%s: fingerprint of the other policy changed %t", name, got)
		}
	}
}

func TestABrokenConfigurationIsNamed(t *testing.T) {
	for want, change := range map[string][]string{
		`default_policy "GONE"`: {`"default_policy": "DEFAULT"`, `"default_policy": "GONE"`},
		`calendar "gone"`:       {`"calendar": "office"`, `"calendar": "gone"`},
		"calendar office":       {`"to": "17:00"}], "holidays"`, `"to": "08:00"}], "holidays"`},
	} {
		if _, err := New(read(t, change...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to mention %s", err, want)
		}
	}
	moved := read(t)
	moved.Calendars[1].TimeZone = "Europe/Wien" // after it was read
	if _, err := New(moved); err == nil || !strings.Contains(err.Error(), "calendar vienna") {
		t.Errorf("got %v, want it to mention calendar vienna", err)
	}
	if !json.Valid([]byte(configuration)) {
		t.Error("the configuration of the test is no JSON")
	}
}
