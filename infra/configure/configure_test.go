package configure

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/shared/config"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
)

// valid is a small configuration; its line numbers are those in the tests below.
const valid = `organisation:
  name: Beispiel GmbH
  time_zone: Europe/Berlin
  languages: [de, en]
  address: Musterstraße 1, 50667 Köln
links:
  valid_days: 14
touchpoints:
  - id: hotline
    name: {de: Hotline, en: Hotline}
    scale: stars_1_5
  - id: repair
    name:
      de: Reparatur
      en: Repair
devices:
  - id: kiosk-1
    touchpoint: hotline
    channel: kiosk
rules:
  minimum_n: 5
notify:
  mail_from: feedback@example.com
oidc:
  issuer: ""
retention:
  log_days: 30
`

func TestWhatIsWrongIsNamedWithFileLineAndField(t *testing.T) {
	for _, tc := range []struct {
		name     string
		old, new string
		want     string
	}{
		{"wrong type", "valid_days: 14", "valid_days: fourteen",
			"f.yaml:7: links.valid_days: is a string; want an integer"},
		{"a number in quotes", "valid_days: 14", `valid_days: "14"`,
			"f.yaml:7: links.valid_days: is a string; want an integer"},
		{"half a day", "valid_days: 14", "valid_days: 14.5",
			"f.yaml:7: links.valid_days: is a number; want an integer"},
		{"links outlive the month after their issue", "valid_days: 14", "valid_days: 29",
			"f.yaml:7: links.valid_days: is 29; want at most 28"},
		{"links that are never valid", "valid_days: 14", "valid_days: 0",
			"f.yaml:7: links.valid_days: is 0; want at least 1"},
		{"unknown field", "  minimum_n: 5", "  minimum: 5",
			"f.yaml:21: rules.minimum: is no field; fields are documented in feedback.schema.json"},
		{"unknown section", "oidc:", "sso:",
			"f.yaml:24: sso: is no field; fields are documented in feedback.schema.json"},
		{"unknown field in a list", "    channel: kiosk", "    channel: kiosk\n    colour: red",
			"f.yaml:20: devices[0].colour: is no field; fields are documented in feedback.schema.json"},
		{"missing field", "  time_zone: Europe/Berlin\n", "",
			"f.yaml:1: organisation.time_zone: is missing"},
		{"missing field in a list", "    touchpoint: hotline\n", "",
			"f.yaml:17: devices[0].touchpoint: is missing"},
		{"no such time zone", "Europe/Berlin", "Europe/Koeln",
			`f.yaml:3: organisation.time_zone: is "Europe/Koeln"; want an IANA time zone, such as Europe/Berlin`},
		{"the machine's own time zone", "Europe/Berlin", "Local",
			`f.yaml:3: organisation.time_zone: is "Local"; want an IANA time zone, such as Europe/Berlin`},
		{"language without texts", "languages: [de, en]", "languages: [de, es]",
			`f.yaml:4: organisation.languages[1]: is "es"; want one of de, en, fr, it`},
		{"language without a name", "languages: [de, en]", "languages: [de, fr]",
			"f.yaml:10: touchpoints[0].name.fr: is missing: a text for each of organisation.languages\n" +
				"f.yaml:13: touchpoints[1].name.fr: is missing: a text for each of organisation.languages"},
		{"language twice", "languages: [de, en]", "languages: [de, de]",
			"f.yaml:4: organisation.languages: entries 1 and 2 are the same"},
		{"default language not offered", "languages: [de, en]", "languages: [en]",
			`f.yaml:1: organisation.default_language: is "de", which is not among organisation.languages`},
		{"touchpoint without a name in one language", "      en: Repair\n", "",
			"f.yaml:13: touchpoints[1].name.en: is missing: a text for each of organisation.languages"},
		{"name in an unknown language", "      en: Repair", "      en: Repair\n      es: Taller",
			"f.yaml:16: touchpoints[1].name.es: is no field; fields are documented in feedback.schema.json"},
		{"same touchpoint twice", "id: repair", "id: hotline",
			`f.yaml:12: touchpoints[1].id: is "hotline", like touchpoints[0].id`},
		{"touchpoint id with spaces", "id: repair", "id: Repair Shop",
			`f.yaml:12: touchpoints[1].id: is "Repair Shop"; want 1 to 40 of a-z, 0-9 and inner hyphens`},
		{"scale of another question", "scale: stars_1_5", "scale: nps_0_10",
			`f.yaml:11: touchpoints[0].scale: is "nps_0_10"; want one of stars_1_5, csat_1_10`},
		{"device at an unknown touchpoint", "touchpoint: hotline", "touchpoint: hotlne",
			`f.yaml:18: devices[0].touchpoint: is "hotlne", which is no touchpoint`},
		{"same device twice", "    channel: kiosk\n", "    channel: kiosk\n  - {id: kiosk-1, touchpoint: repair, channel: terminal}\n",
			`f.yaml:20: devices[1].id: is "kiosk-1", like devices[0].id`},
		{"device of an unknown kind", "channel: kiosk", "channel: email_link",
			`f.yaml:19: devices[0].channel: is "email_link"; want one of kiosk, terminal`},
		{"indicative before shown", "minimum_n: 5", "minimum_n: 50",
			"f.yaml:20: rules.indicative_n: is 30, less than rules.minimum_n (50)"},
		{"no mail address", "feedback@example.com", "feedback",
			"f.yaml:23: notify.mail_from: want a mail address, such as service@example.com, or nothing"},
		{"issuer without audience", `issuer: ""`, "issuer: https://id.example.com",
			"f.yaml:24: oidc.audience: is needed with oidc.issuer: a token for somebody else must not be taken"},
		{"issuer in the clear", `issuer: ""`, "issuer: http://id.example.com\n  audience: [crm]",
			`f.yaml:25: oidc.issuer: is "http://id.example.com"; want https (http only on this machine)`},
		{"days that CloudWatch does not know", "log_days: 30", "log_days: 31",
			"f.yaml:27: retention.log_days: is 31; want one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"},
		{"links with two slashes", "links:", "public_url: https://feedback.example.com/\nlinks:",
			"f.yaml:6: public_url: is the base of links; want neither a trailing slash nor ? or #"},
		{"links that grow too long", "links:", "public_url: https://feedback.a-name-of-43-chars.example\nlinks:",
			"f.yaml:6: public_url: is 43 characters long; at most 42, so that a link fits into 100"},
		{"no address", "links:", "public_url: feedback.example.com\nlinks:",
			`f.yaml:6: public_url: is "feedback.example.com"; want an address such as https://feedback.example.com`},
		{"password in an address", "links:", "public_url: https://a:b@feedback.example.com\nlinks:",
			`f.yaml:6: public_url: is "https://a:b@feedback.example.com"; want an address such as https://feedback.example.com`},
		{"colour by name", "links:", "  accent: blue\nlinks:",
			`f.yaml:6: organisation.accent: is "blue"; want a colour, such as #0b5cad`},
		{"empty list", "languages: [de, en]", "languages: []",
			"f.yaml:4: organisation.languages: has 0 entries; want at least 1"},
		{"nothing where a section is expected", "links:\n  valid_days: 14", "links:",
			"f.yaml:6: links: is a null; want an object"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := strings.Replace(valid, tc.old, tc.new, 1)
			if text == valid {
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

func TestTextThatIsNoYAMLIsNamedWithItsLine(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"empty":         {"", "f.yaml:1: want one YAML document, found 0"},
		"only comments": {"# nothing\n", "f.yaml:1: want one YAML document, found 0"},
		"two documents": {valid + "---\n" + valid, "f.yaml:1: want one YAML document, found 2"},
		"key twice":     {valid + "links:\n  valid_days: 7\n", `f.yaml:28: mapping key "links" already defined at [6:1]`},
		"open bracket":  {"organisation: [\n", "f.yaml:1: sequence end token ']' not found"},
		"a scalar":      {"feedback\n", "f.yaml:1: is a string; want an object"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Check("f.yaml", []byte(tc.text))
			if err == nil {
				t.Fatal("was accepted")
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryProblemIsReportedInTheOrderOfTheFile(t *testing.T) {
	text := strings.NewReplacer("log_days: 30", "log_days: 31", "valid_days: 14", "valid_days: 40", "channel: kiosk", "channel: fax").Replace(valid)
	_, err := Check("f.yaml", []byte(text))
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	var fields []string
	for _, p := range e.Problems {
		fields = append(fields, p.Field)
	}
	if diff := cmp.Diff([]string{"links.valid_days", "devices[0].channel", "retention.log_days"}, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

// Both ids begin with the same four bytes of SHA-256, found by trying.
func TestTouchpointsThatLinksCannotTellApartAreRefused(t *testing.T) {
	const one, two = "counter-15312", "counter-54448"
	if link.CodeOf(one) != link.CodeOf(two) {
		t.Fatalf("%s and %s no longer share a code", one, two)
	}
	text := strings.NewReplacer("id: hotline", "id: "+one, "touchpoint: hotline", "touchpoint: "+one, "id: repair", "id: "+two).Replace(valid)
	_, err := Check("f.yaml", []byte(text))
	want := `f.yaml:12: touchpoints[1].id: is "counter-54448", whose short code in links equals that of "counter-15312"; choose another id`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestAddressesOnThisMachineMayBePlain(t *testing.T) {
	for _, address := range []string{"http://localhost:8080", "http://127.0.0.1:9", "http://[::1]:9", "http://abc.execute-api.localhost:4566", "https://example.com"} {
		if text := checkURL(address); text != "" {
			t.Errorf("%s: %s", address, text)
		}
	}
	for _, address := range []string{"http://10.0.0.1", "http://localhost.example.com", "ftp://example.com", "//example.com", "https://"} {
		if checkURL(address) == "" {
			t.Errorf("%s was accepted", address)
		}
	}
}

func TestAbsentFieldsGetTheDefaultsOfTheSchema(t *testing.T) {
	got, err := Check("f.yaml", []byte("organisation: {name: Beispiel GmbH, time_zone: Europe/Berlin}\n"+
		"touchpoints:\n  - {id: hotline, name: {de: Hotline, en: Hotline}}\n"+
		"devices:\n  - {id: kiosk-1, touchpoint: hotline, channel: kiosk}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		Organisation: config.Organisation{
			Name: "Beispiel GmbH", TimeZone: "Europe/Berlin",
			Languages: []feedback.Language{"de", "en"}, DefaultLanguage: "de", Accent: "#0b5cad",
		},
		Links:       config.Links{ValidDays: 14},
		Invitations: config.Invitations{FatigueDays: 30},
		Categories: []string{
			"product.defect", "product.safety", "product.documentation",
			"delivery.late", "delivery.damaged", "delivery.lost", "delivery.wrong_item",
			"billing.incorrect_invoice", "billing.refund_delay",
			"service.waiting_time", "service.unreachable", "service.competence", "service.unfriendly",
			"contract.terms", "contract.cancellation", "website.usability", "website.outage",
			"complaint_handling.no_reply", "complaint_handling.delay", "complaint_handling.outcome",
			"privacy", "discrimination", "pricing.transparency", "other",
		},
		Touchpoints: []config.Touchpoint{{ID: "hotline", Name: map[feedback.Language]string{"de": "Hotline", "en": "Hotline"}, Scale: feedback.Stars5}},
		Devices:     []config.Device{{ID: "kiosk-1", Touchpoint: "hotline", Channel: feedback.Kiosk, Generation: 1, Look: "stars"}},
		Rules: config.Rules{
			EditWindowHours: 48, KioskDebounceSeconds: 3, MaxFutureSkewMinutes: 5, MaxAgeDays: 400,
			TopBox10: 2, MinimumN: 5, IndicativeN: 30,
		},
		Escalation: config.Escalation{
			LowRatingMax: 2, CallbackDueHours: 24, TriageDueHours: 24, StepHours: 24, CriticalStepMinutes: 60,
			CriticalCategories: []string{"product.safety", "privacy", "discrimination"},
			HighValueMax:       3, RepeatDays: 90, RepeatCount: 2,
			FollowUpCategories: []string{"complaint_handling"}, DisappointedMax: 2,
			Signals: config.Signals{MinimumLow: 5, Alpha: 0.001, BaselineDays: 28, BurstTaps: 20, BurstSeconds: 60, RunLength: 25},
			Crisis:  config.Crisis{WindowHours: 24, Touchpoints: 2},
		},
		Complaints: config.Complaints{
			Attachments: 3, AttachmentMB: 10, ReopenDays: 30, SurveyDays: 30, LinkDays: 400,
			RootCauses: []string{
				"product", "process", "communication", "staffing", "system", "supplier", "delivery", "documentation",
				"customer_use", "expectation", "unknown",
			},
			RejectionReasons: []string{"no_defect_found", "outside_warranty", "wear", "handled_as_agreed", "not_responsible", "not_verifiable", "other"},
			DismissalReasons: []string{"no_complaint", "praise", "question", "unintelligible", "already_handled", "spam"},
			Currency:         "EUR", LimitCents: 50000, ApproveCents: 10000, DefaultPolicy: "DEFAULT",
		},
		Policies:  []config.Policy{{ID: "DEFAULT", Calendar: "default", FirstResponseHours: 8, ResolutionHours: 40, AtRiskPercent: 80, CloseDays: 14}},
		Calendars: []config.Calendar{{ID: "default", Blocks: []config.Block{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}}}},
		Notify:    config.Notify{Language: "de"},
		Report:    config.Report{FreezeDay: 6, Attach: true, LinkDays: 14, RepeatDays: 7, ActionDays: 90},
		Retention: config.Retention{LogDays: 30, OwnWordsDays: 400, CasesDays: 1095, InvitationsDays: 90},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(config.Config{}), cmpopts.IgnoreFields(config.Escalation{}, "CriticalWords"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

// A threat is found as customers write it, and what only looks like one is none.
func TestTheUsualWordsAreThreatsAndNoOthers(t *testing.T) {
	cfg, err := Check("f.yaml", []byte(valid))
	if err != nil {
		t.Fatal(err)
	}
	rules := escalate.Rules{CriticalWords: cfg.Escalation.CriticalWords}
	for text, want := range map[string]bool{
		"Sonst schalte ich meinen Anwalt ein.":                       true,
		"Sie hören von meiner ANWÄLTIN!":                             true,
		"Mein Rechtsanwalt meldet sich":                              true,
		"Ich behalte mir rechtliche\n Schritte vor.":                 true,
		"Damit gehe ich an die Presse!!!":                            true,
		"My lawyer will write to you":                                true,
		"I'll take this to the media, and then I will sue\tyou":      true,
		"See you in court? I will take you to court.":                true,
		"Je vais en parler à mon avocat.":                            true,
		"Je raconterai tout à la presse":                             true,
		"Mi rivolgerò all'avvocato":                                  true,
		"Andremo per vie legali.":                                    true,
		"Das Gericht war kalt, der Saft aus der Presse sauer.":       false,
		"Die Klage meiner Frau: zu lange gewartet.":                  false,
		"The issue you mention, a pursuit of happiness":              false,
		"Une salade avec un avocat trop mûr":                         false,
		"The leak is due to the pressure, thanks to courteous staff": false,
		"Collegato alla stampante":                                   false,
		"Il pane era secco":                                          false,
		"":                                                           false,
	} {
		if got := rules.Threatens(text); got != want {
			t.Errorf("%q threatens: %t", text, got)
		}
	}
}

func TestFunctionsReadWhatWasChecked(t *testing.T) {
	cfg, err := Load(filepath.Join("..", "feedback.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	first, err := JSON(cfg)
	if err != nil {
		t.Fatal(err)
	}
	read, err := config.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cfg, read, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Errorf("configuration (-checked +read):\n%s", diff)
	}
	second, err := JSON(read)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		t.Errorf("the same configuration gave other bytes:\n%s", diff)
	}
	if read.Touchpoint("hotline") == nil || read.Device("kiosk-cologne-1") == nil || read.Zone().String() != "Europe/Berlin" {
		t.Error("the configuration cannot be asked")
	}
}

func TestAMissingFileIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feedback.yaml")
	if _, err := Load(path); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

// What the page for owners shows is taken as it stands there.
func TestTheExamplesOfTheReadmeAreAccepted(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := os.ReadFile("../feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```yaml\n")[1:]
	if len(blocks) < 6 {
		t.Errorf("%d examples", len(blocks))
	}
	for _, block := range blocks {
		example, _, _ := strings.Cut(block, "```")
		_, base, err := parse("feedback.yaml", shipped)
		if err != nil {
			t.Fatal(err)
		}
		_, more, err := parse("README.md", []byte(example))
		if err != nil {
			t.Errorf("%s%v", example, err)
			continue
		}
		text, err := json.Marshal(laidOver(base, more))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Check("README.md", text); err != nil {
			t.Errorf("%s%v", example, err)
		}
	}
}
