package configure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// staged is a configuration with stages; its line numbers are those in the tests
// below.
const staged = `organisation: {name: Beispiel GmbH, time_zone: Europe/Berlin, languages: [de]}
touchpoints:
  - {id: hotline, name: {de: Hotline}}
rules: {minimum_n: 5, indicative_n: 30}
retention: {log_days: 30}
report: {assumptions: &guess {would_have_left_share: 0.2, retained_share_of_those: 1, margin_per_customer_year_cents: 1, years: 1, positive_word_of_mouth_contacts: 1, conversion: 1, negative_word_of_mouth_contacts: 1, loss_conversion: 1, cost_per_hour_cents: 1, hours_per_complaint: 1, it_admin_cents: 1, cost_per_message_cents: 1}}
stages:
  prod:
    retention: {log_days: 365}
    touchpoints:
      - {id: hotline, name: {de: Hotline}}
      - {id: repair, name: {de: Reparatur}}
  trial:
    keep: true
    organisation: {name: Beispiel Trial}
    report: {assumptions: null}
`

func TestAStageIsTheFileWithItsSectionLaidOverIt(t *testing.T) {
	type seen struct {
		Name        string
		Zone        string
		Touchpoints int
		LogDays     int
		Assumptions bool
		Keep        bool
	}
	for stage, want := range map[string]seen{
		"dev":   {"Beispiel GmbH", "Europe/Berlin", 1, 30, true, false},
		"prod":  {"Beispiel GmbH", "Europe/Berlin", 2, 365, true, true},
		"trial": {"Beispiel Trial", "Europe/Berlin", 1, 30, false, true},
	} {
		c, err := CheckStage("f.yaml", []byte(staged), stage)
		if err != nil {
			t.Fatal(err)
		}
		got := seen{c.Organisation.Name, c.Organisation.TimeZone, len(c.Touchpoints), c.Retention.LogDays, c.Report.Assumptions != nil, c.Keep}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stage, diff)
		}
	}
}

func TestProductionKeepsItsDataUnlessItIsTold(t *testing.T) {
	for keep, want := range map[string]bool{"": true, "keep: true\n": true, "keep: false\n": false} {
		c, err := CheckStage("f.yaml", []byte(keep+valid), Prod)
		if err != nil {
			t.Fatal(err)
		}
		if c.Keep != want {
			t.Errorf("%q: keeps %v", keep, c.Keep)
		}
	}
}

func TestAStageThatNobodyNamedIsRefused(t *testing.T) {
	_, err := CheckStage("f.yaml", []byte(staged), "prdo")
	if want := `stage "prdo" is none of dev, prod, trial: name it under stages in f.yaml`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWhatIsWrongWithAStageIsNamedWhicheverIsDeployed(t *testing.T) {
	for _, tc := range []struct {
		name     string
		old, new string
		want     string
	}{
		{"value of the stage", "log_days: 365", "log_days: 366",
			"f.yaml:9: stages.prod.retention.log_days: is 366; want one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"},
		{"value of the file, once", "log_days: 30}", "log_days: 31}",
			"f.yaml:5: retention.log_days: is 31; want one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"},
		{"field of the stage that is none", "    keep: true", "    kept: true",
			"f.yaml:14: stages.trial.kept: is no field; fields are documented in feedback.schema.json"},
		{"what only shows together", "    keep: true", "    rules: {minimum_n: 40}",
			"f.yaml:4: rules.indicative_n: is 30, less than rules.minimum_n (40), in stage trial"},
		{"field missing in a list of the stage", "      - {id: repair, name: {de: Reparatur}}", "      - {id: repair}",
			"f.yaml:12: stages.prod.touchpoints[1].name: is missing"},
		{"field that the stage takes out", "    organisation: {name: Beispiel Trial}", "    organisation: {name: null}",
			"f.yaml:15: stages.trial.organisation.name: is missing"},
		{"name of a stage", "  trial:", "  Trial:",
			"f.yaml:13: stages.Trial: is no name of a stage: a lower-case letter, then up to 15 of a-z, 0-9 and '-'"},
		{"name that Cognito refuses", "  trial:", "  aws-trial:",
			"f.yaml:13: stages.aws-trial: holds the word aws, which Cognito takes in no sign-in address"},
		{"stage that says nothing", "  trial:", "  empty:\n  trial:",
			"f.yaml:13: stages.empty: is a null; want an object"},
		{"stage of a stage", "    keep: true", "    stages: {trial: {}}",
			"f.yaml:14: stages.trial.stages: is for the whole file; a stage has none of its own"},
	} {
		t.Run(tc.name, func(t *testing.T) { refused(t, staged, tc.old, tc.new, tc.want) })
	}
}
