package main

import (
	"strings"
	"testing"

	"resonanz/shared/config"
	"resonanz/shared/notice"
)

// What staff read is called as the configuration, or the language, calls it.
func TestStaffReadNamesAndTheAddressOfTheCase(t *testing.T) {
	cfg, err := config.Parse([]byte(`{
 "organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de"], "default_language": "de"},
 "touchpoints": [{"id": "checkout-cologne", "name": {"de": "Kasse Köln"}, "scale": "stars_1_5"}],
 "teams": [{"id": "service", "name": {"de": "Kundenservice"}}],
 "notify": {"language": "de"}
}`))
	if err != nil {
		t.Fatal(err)
	}
	a := alertOf(1)
	a.Touchpoint, a.Team, a.Category = "checkout-cologne", "service", "billing.refund_delay"
	m := writer(cfg, "https://feedback.example.com").Mail(a, notice.Customer{})
	for _, want := range []string{"Kasse Köln", "Kundenservice", "Erstattung", "https://feedback.example.com/desk#/cases/" + a.Case} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("%q is not in:\n%s", want, m.Text)
		}
	}
	if strings.Contains(m.Text, a.Category) {
		t.Errorf("a code is in:\n%s", m.Text)
	}
}
