package configure

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
)

// reporting is a configuration of groups and of who gets reports; its line
// numbers are those in the tests below.
const reporting = `organisation: {name: Beispiel GmbH, time_zone: Europe/Berlin, languages: [de, en], address: "Musterstraße 1, 50667 Köln"}
touchpoints:
  - {id: hotline, name: {de: Hotline, en: Hotline}}
  - {id: checkout, name: {de: Kasse, en: Checkout}, card: visit}
cards:
  - id: visit
    title: {de: Besuch, en: Visit}
    sections:
      - items:
          - {id: again, kind: rating, measures: repurchase, label: {de: Kämen Sie wieder?, en: Would you come again?}}
          - {id: tell, kind: yes_no, measures: recommend, label: {de: Empfehlen Sie uns?, en: Do you recommend us?}}
          - {id: remark, kind: text, label: {de: Sonst?, en: Else?}}
groups:
  - {id: cologne, name: {de: Köln, en: Cologne}, touchpoints: [checkout]}
  - {id: service, name: {de: Service, en: Service}, touchpoints: [hotline, checkout]}
notify: {mail_from: feedback@example.com}
report:
  recipients:
    - {role: management, emails: [management@example.com], statuses: [final, restated]}
    - {role: site, emails: [site@example.com], groups: [cologne], language: en}
  assumptions:
    would_have_left_share: 0.25
    retained_share_of_those: 0.7
    margin_per_customer_year_cents: 9000
    years: 2
    positive_word_of_mouth_contacts: 3
    conversion: 0.01
    negative_word_of_mouth_contacts: 10
    loss_conversion: 0.005
    cost_per_hour_cents: 4500
    hours_per_complaint: 1.5
    it_admin_cents: 400000
    cost_per_message_cents: 10
`

func TestReportsAreConfiguredByGroupAndRole(t *testing.T) {
	c, err := Check("f.yaml", []byte(reporting))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Report{
		FreezeDay: 6, Attach: true, LinkDays: 14, RepeatDays: 7, ActionDays: 90,
		Recipients: []config.Recipient{
			{Role: "management", Emails: []string{"management@example.com"}, Statuses: []string{"final", "restated"}},
			{Role: "site", Emails: []string{"site@example.com"}, Groups: []string{"cologne"}, Language: "en"},
		},
		Assumptions: &config.Assumptions{
			WouldHaveLeft: 0.25, Retained: 0.7, MarginCents: 9000, Years: 2, Positive: 3, Conversion: 0.01, Negative: 10, LossConversion: 0.005,
			PerHourCents: 4500, HoursPerCase: 1.5, ITAdminCents: 400000, PerMessageCents: 10,
		},
	}
	if diff := cmp.Diff(want, c.Report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if g := c.Group("service"); g == nil || len(g.Touchpoints) != 2 || c.Group("all") != nil {
		t.Errorf("group service: %+v", g)
	}
	if it := c.Card("visit").Item("again"); it.Measures != "repurchase" {
		t.Errorf("an indicator of loyalty measures %q", it.Measures)
	}
	none, err := Check("f.yaml", []byte(valid))
	if err != nil {
		t.Fatal(err)
	}
	if none.Report.Assumptions != nil {
		t.Error("assumptions were made up")
	}
}

func TestWhatIsWrongWithReportsIsNamed(t *testing.T) {
	for _, tc := range []struct {
		name     string
		old, new string
		want     string
	}{
		{"group of an unknown touchpoint", "[hotline, checkout]", "[hotline, checkuot]",
			`f.yaml:15: groups[1].touchpoints[1]: is "checkuot", which is no touchpoint`},
		{"group of no touchpoint", "[hotline, checkout]", "[]",
			"f.yaml:15: groups[1].touchpoints: has 0 entries; want at least 1"},
		{"group that says nothing of touchpoints", ", touchpoints: [hotline, checkout]", "",
			"f.yaml:15: groups[1].touchpoints: is missing"},
		{"touchpoint twice in a group", "[hotline, checkout]", "[hotline, hotline]",
			"f.yaml:15: groups[1].touchpoints: entries 1 and 2 are the same"},
		{"same group twice", "id: service", "id: cologne",
			`f.yaml:15: groups[1].id: is "cologne", like groups[0].id`},
		{"group of the whole", "id: service", "id: all",
			`f.yaml:15: groups[1].id: is "all", which stands for the report of the whole; choose another id`},
		{"group in own words", "id: service", "id: Unser Service",
			`f.yaml:15: groups[1].id: is "Unser Service"; want 1 to 40 of a-z, 0-9 and inner hyphens`},
		{"group without a name in one language", "{de: Köln, en: Cologne}", "{de: Köln}",
			"f.yaml:14: groups[0].name.en: is missing: a text for each of organisation.languages"},
		{"recipient of an unknown group", "groups: [cologne]", "groups: [bonn]",
			`f.yaml:20: report.recipients[1].groups[0]: is "bonn", which is none of groups`},
		{"recipient without an address", "[site@example.com]", "[]",
			"f.yaml:20: report.recipients[1].emails: has 0 entries; want at least 1"},
		{"address that is none", "site@example.com", "site",
			`f.yaml:20: report.recipients[1].emails[0]: is "site"; want a mail address, such as service@example.com`},
		{"unknown status", "[final, restated]", "[final, draft]",
			`f.yaml:19: report.recipients[0].statuses[1]: is "draft"; want one of preliminary, final, restated`},
		{"language no report is in", "language: en", "language: fr",
			`f.yaml:20: report.recipients[1].language: is "fr"; want one of de, en, or nothing`},
		{"same role twice", "role: site", "role: management",
			`f.yaml:20: report.recipients[1].role: is "management", like report.recipients[0].role`},
		{"recipients without a sender", "notify: {mail_from: feedback@example.com}", "notify: {}",
			"f.yaml:18: report.recipients: is for mail, and notify.mail_from names no sender"},
		{"more than all would have left", "would_have_left_share: 0.25", "would_have_left_share: 25",
			"f.yaml:22: report.assumptions.would_have_left_share: is 25; want at most 1"},
		{"fewer than none is converted", "loss_conversion: 0.005", "loss_conversion: -0.005",
			"f.yaml:29: report.assumptions.loss_conversion: is -0.005; want at least 0"},
		{"half a cent", "cost_per_message_cents: 10", "cost_per_message_cents: 10.5",
			"f.yaml:33: report.assumptions.cost_per_message_cents: is a number; want an integer"},
		{"assumption left out", "    years: 2\n", "",
			"f.yaml:21: report.assumptions.years: is missing"},
		{"assumption of another name", "    years: 2\n", "    years: 2\n    months: 24\n",
			"f.yaml:26: report.assumptions.months: is no field; fields are documented in feedback.schema.json"},
		{"contacts of another month than the next", "  assumptions:\n", "  repeat_days: 29\n  assumptions:\n",
			"f.yaml:21: report.repeat_days: is 29; want at most 28"},
		{"actions judged by a day", "  assumptions:\n", "  action_days: 1\n  assumptions:\n",
			"f.yaml:21: report.action_days: is 1; want at least 7"},
		{"link for ever", "  assumptions:\n", "  link_days: 0\n  assumptions:\n",
			"f.yaml:21: report.link_days: is 0; want at least 1"},
		{"attach perhaps", "  assumptions:\n", "  attach: maybe\n  assumptions:\n",
			"f.yaml:21: report.attach: is a string; want a boolean"},
		{"unknown indicator", "measures: repurchase", "measures: loyalty",
			`f.yaml:10: cards[0].sections[0].items[0].measures: is "loyalty"; want one of repurchase, recommend, prefer, stay, or nothing`},
		{"own words measure nothing", "kind: text,", "kind: text, measures: stay,",
			`f.yaml:12: cards[0].sections[0].items[2].measures: is "stay"; only a rating or a yes_no measures loyalty, and this question is of kind text`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := strings.Replace(reporting, tc.old, tc.new, 1)
			if text == reporting {
				t.Fatalf("%q is not in the configuration", tc.old)
			}
			_, err := Check("f.yaml", []byte(text))
			if err == nil {
				t.Fatal("was accepted")
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}
