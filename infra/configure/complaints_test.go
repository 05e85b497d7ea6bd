package configure

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
	"resonanz/shared/rulebook"
)

// answering is a configuration of who answers complaints, and by when; its line
// numbers are those in the tests below.
const answering = `organisation: {name: Beispiel GmbH, time_zone: Europe/Berlin, languages: [de, en]}
touchpoints:
  - {id: hotline, name: {de: Hotline, en: Hotline}}
  - {id: repair, name: {de: Reparatur, en: Repair}}
categories: [delivery.late, billing.refund_delay, privacy, other]
category_names:
  other: {de: Sonstiges, en: Other}
escalation:
  critical_categories: [privacy]
  crisis: {notice: {de: Wir arbeiten daran., en: We are working on it.}}
complaints:
  default_team: service
  default_policy: DEFAULT
  limits:
    - {category: billing, limit_cents: 5000, approve_cents: 1000}
    - {category: other, limit_cents: 100, approve_cents: 100}
  link_days: 400
teams:
  - {id: service, name: {de: Service, en: Service}}
  - {id: workshop, name: {de: Werkstatt, en: Workshop}, chain: [workshop@example.com]}
routes:
  - {touchpoints: [repair], categories: [delivery], team: workshop, policy: SLOW}
  - {categories: [privacy], owner: data-protection}
  - {touchpoints: [repair], team: workshop}
policies:
  - {id: DEFAULT, calendar: office}
  - {id: SLOW, calendar: shop, first_response_hours: 16, resolution_hours: 80, presets: [PSD2_101]}
calendars:
  - id: office
    region: DE-NW
    blocks:
      - {days: [mon, tue, wed, thu, fri], from: "09:00", to: "12:00"}
      - {days: [mon, tue, wed, thu], from: "13:00", to: "17:00"}
    closed: ["2026-12-24"]
  - {id: shop, time_zone: Europe/Vienna, region: AT, blocks: [{days: [sat, sun], from: "00:00", to: "24:00"}]}
`

func TestWhatIsWrongWithAnsweringComplaintsIsNamed(t *testing.T) {
	if _, err := Check("f.yaml", []byte(answering)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name     string
		old, new string
		want     string
	}{
		{"name of no category", "  other: {de: Sonstiges", "  others: {de: Sonstiges",
			`f.yaml:7: category_names.others: is "others", which is none of categories`},
		{"category without a name", "[delivery.late, ", "[delivery.late, delivery.drone, ",
			`f.yaml:5: categories[1]: has no name in ["de" "en"]: add delivery.drone to category_names`},
		{"branch without a name", "[delivery.late, ", "[delivery.late, roof.leak, ",
			`f.yaml:5: categories[1]: has no name in ["de" "en"]: add roof to category_names` + "\n" +
				`f.yaml:5: categories[1]: has no name in ["de" "en"]: add roof.leak to category_names`},
		{"name missing in a language", "{de: Sonstiges, en: Other}", "{de: Sonstiges}",
			"f.yaml:7: category_names.other.en: is missing: a text for each of organisation.languages"},
		{"critical category that is none", "critical_categories: [privacy]", "critical_categories: [privacy, safety]",
			`f.yaml:9: escalation.critical_categories[1]: is "safety", which is none of categories`},
		{"notice missing in a language", ", en: We are working on it.", "",
			"f.yaml:10: escalation.crisis.notice.en: is missing: a text for each of organisation.languages"},
		{"default team that is none", "default_team: service", "default_team: servce",
			`f.yaml:12: complaints.default_team: is "servce", which is none of teams`},
		{"default policy that is none", "default_policy: DEFAULT", "default_policy: STANDARD",
			`f.yaml:13: complaints.default_policy: is "STANDARD", which is none of policies`},
		{"approval above the limit", "approve_cents: 1000", "approve_cents: 5001",
			"f.yaml:15: complaints.limits[0].approve_cents: is 5001, more than limit_cents (5000)"},
		{"redress missing in a language", "  link_days: 400", "  link_days: 400\n  redress: {de: Schlichtungsstelle Beispiel}",
			"f.yaml:18: complaints.redress.en: is missing: a text for each of organisation.languages"},
		{"approval above the limit of all", "  link_days: 400", "  link_days: 400\n  limit_cents: 9999",
			"f.yaml:11: complaints.approve_cents: is 10000, more than limit_cents (9999)"},
		{"half a cent", "approve_cents: 1000", "approve_cents: 10.5",
			"f.yaml:15: complaints.limits[0].approve_cents: is a number; want an integer"},
		{"money owed to us", "limit_cents: 5000", "limit_cents: -1",
			"f.yaml:15: complaints.limits[0].limit_cents: is -1; want at least 0"},
		{"limit that never counts", "category: other,", "category: billing.refund_delay,",
			`f.yaml:16: complaints.limits[1].category: is "billing.refund_delay" and never counts: complaints.limits[0] comes first`},
		{"limit of no category", "category: other,", "category: pricing,",
			`f.yaml:16: complaints.limits[1].category: is "pricing", which is none of categories`},
		{"links that end before the survey", "link_days: 400", "link_days: 43",
			"f.yaml:17: complaints.link_days: is 43; want at least 44: close_days of a policy and then reopen_days or survey_days"},
		{"same team twice", "id: workshop, name", "id: service, name",
			`f.yaml:20: teams[1].id: is "service", like teams[0].id` + "\n" +
				`f.yaml:22: routes[0].team: is "workshop", which is none of teams` + "\n" +
				`f.yaml:24: routes[2].team: is "workshop", which is none of teams`},
		{"team without a name", "{de: Service, en: Service}", "{de: Service}",
			"f.yaml:19: teams[0].name.en: is missing: a text for each of organisation.languages"},
		{"address that is none", "workshop@example.com", "workshop",
			`f.yaml:20: teams[1].chain[0]: is "workshop"; want a mail address, such as service@example.com`},
		{"route to an unknown touchpoint", "touchpoints: [repair], categories", "touchpoints: [repairs], categories",
			`f.yaml:22: routes[0].touchpoints[0]: is "repairs", which is no touchpoint`},
		{"route of no category", "categories: [delivery]", "categories: [deliver]",
			`f.yaml:22: routes[0].categories[0]: is "deliver", which is none of categories`},
		{"route by an unknown policy", "policy: SLOW", "policy: SLOWER",
			`f.yaml:22: routes[0].policy: is "SLOWER", which is none of policies`},
		{"owner with a space", "owner: data-protection", "owner: Max Muster",
			`f.yaml:23: routes[1].owner: is "Max Muster"; want a code without spaces`},
		{"route that never counts", "categories: [privacy], owner", "touchpoints: [repair], categories: [delivery.late], owner",
			"f.yaml:23: routes[1]: never counts: routes[0] comes first and fits all that it fits"},
		{"route after one for everything", "categories: [privacy], owner", "owner",
			"f.yaml:24: routes[2]: never counts: routes[1] comes first and fits all that it fits"},
		{"same policy twice", "id: SLOW, calendar", "id: DEFAULT, calendar",
			`f.yaml:22: routes[0].policy: is "SLOW", which is none of policies` + "\n" +
				`f.yaml:27: policies[1].id: is "DEFAULT", like policies[0].id`},
		{"policy by an unknown calendar", "calendar: office", "calendar: ofice",
			`f.yaml:26: policies[0].calendar: is "ofice", which is none of calendars`},
		{"resolved before answered", "resolution_hours: 80", "resolution_hours: 15",
			"f.yaml:27: policies[1].resolution_hours: is 15, less than first_response_hours (16)"},
		{"unknown preset", "PSD2_101", "PSD3_101",
			`f.yaml:27: policies[1].presets[0]: is "PSD3_101"; want one of ENWG_111A, FCA_DISP, PSD2_101, GDPR_12_3`},
		{"at risk when due", "resolution_hours: 80", "at_risk_percent: 100",
			"f.yaml:27: policies[1].at_risk_percent: is 100; want at most 99"},
		{"block that ends before it begins", `from: "13:00", to: "17:00"`, `from: "17:00", to: "13:00"`,
			`f.yaml:33: calendars[0].blocks[1].to: is "13:00"; want later than from ("17:00") on the same day`},
		{"blocks that overlap", `from: "13:00"`, `from: "11:59"`,
			"f.yaml:33: calendars[0].blocks[1]: overlaps calendars[0].blocks[0] on mon"},
		{"time that is none", `to: "12:00"`, `to: "25:00"`,
			`f.yaml:32: calendars[0].blocks[0].to: is "25:00"; want a time of day, such as 08:30`},
		{"no business time", "blocks: [{days: [sat, sun], from: \"00:00\", to: \"24:00\"}]", "blocks: []",
			"f.yaml:35: calendars[1].blocks: has 0 entries; want at least 1"},
		{"date that is none", "2026-12-24", "2026-02-30",
			`f.yaml:34: calendars[0].closed[0]: is "2026-02-30"; want a date, such as 2026-12-24`},
		{"date in another order", "2026-12-24", "24.12.2026",
			`f.yaml:34: calendars[0].closed[0]: is "24.12.2026"; want a date, such as 2026-12-24`},
		{"calendar in no zone", "Europe/Vienna", "Europe/Wien",
			`f.yaml:35: calendars[1].time_zone: is "Europe/Wien"; want an IANA time zone, such as Europe/Berlin, or nothing`},
		{"holidays by hand", `closed: ["2026-12-24"]`, `holidays: "2026-12-24"`,
			"f.yaml:34: calendars[0].holidays: has 10 characters; want at most 0"},
		{"same calendar twice", "id: shop, time_zone", "id: office, time_zone",
			`f.yaml:27: policies[1].calendar: is "shop", which is none of calendars` + "\n" +
				`f.yaml:35: calendars[1].id: is "office", like calendars[0].id`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := strings.Replace(answering, tc.old, tc.new, 1)
			if text == answering {
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

func TestAnUnknownRegionIsRefusedWithThoseThereAre(t *testing.T) {
	_, err := Check("f.yaml", []byte(strings.Replace(answering, "DE-NW", "DE-NRW", 1)))
	if err == nil {
		t.Fatal("was accepted")
	}
	for _, want := range []string{`f.yaml:30: calendars[0].region: is "DE-NRW"; want one of AT, `, "CH-ZH", "DE-TH", "US", ", or nothing"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not mention %q", err, want)
		}
	}
}

func TestHolidaysOfTheRegionAreWorkedOutAtBuild(t *testing.T) {
	cfg, err := Check("f.yaml", []byte(answering))
	if err != nil {
		t.Fatal(err)
	}
	year := func(k config.Calendar, year string) (dates []string) {
		for _, d := range k.Holidays.All() {
			if strings.HasPrefix(d, year) {
				dates = append(dates, d)
			}
		}
		return dates
	}
	want := []string{
		"2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-06-04",
		"2026-10-03", "2026-11-01", "2026-12-25", "2026-12-26",
	}
	if diff := cmp.Diff(want, year(cfg.Calendars[0], "2026")); diff != "" {
		t.Errorf("North Rhine-Westphalia in 2026 (-want +got):\n%s", diff)
	}
	if d := cfg.Calendars[0].Holidays.All(); len(d) != 11*30 || !slices.IsSorted(d) || d[0] != "2020-01-01" {
		t.Errorf("%d holidays from %s on, want those of 30 years in order", len(d), d[0])
	}
	if austria := cfg.Calendars[1]; !austria.Holidays.Has("2026-10-26") || austria.Holidays.Has("2026-10-03") {
		t.Error("the second calendar does not have Austria's holidays")
	}
	for region, date := range map[string]string{"GB": "2026-12-28", "US": "2026-07-03"} { // kept on another day
		if !slices.Contains(holidays(region), date) {
			t.Errorf("%s: %s is missing", region, date)
		}
	}
	for _, region := range regionNames() {
		if n := len(holidays(region)); n < 30*5 {
			t.Errorf("%s: %d holidays in 30 years", region, n)
		}
	}
}

// What is accepted at build must start in the functions.
func TestAnAcceptedConfigurationMakesTheRulesOfCases(t *testing.T) {
	shipped, err := Load(filepath.Join("..", "feedback.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	small, err := Check("f.yaml", []byte(valid))
	if err != nil {
		t.Fatal(err)
	}
	large, err := Check("f.yaml", []byte(answering))
	if err != nil {
		t.Fatal(err)
	}
	for _, cfg := range []*config.Config{shipped, small, large} {
		if _, err := rulebook.New(cfg); err != nil {
			t.Error(err)
		}
	}
}
