package configure

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/escalate"
)

// asking is a small configuration that asks for everything; its line numbers are
// those in the tests below.
const asking = `organisation:
  name: Beispiel GmbH
  time_zone: Europe/Berlin
  languages: [de, en]
  address: Musterstraße 1, 50667 Köln
  privacy_url: https://www.example.com/privacy
links: {valid_days: 14}
invitations:
  fatigue_days: 30
  reminder_days: 5
reasons:
  - code: waiting_time
    mood: bad
    name: {de: Zu lange gewartet, en: Waited too long}
  - code: friendly
    name:
      de: Freundlich
      en: Friendly
cards:
  - id: visit
    title: {de: Ihr Besuch, en: Your visit}
    phase: offer
    touchpoints: [checkout]
    sections:
      - title: {de: Bei uns, en: With us}
        items:
          - {id: found, kind: yes_no, label: {de: Gefunden?, en: Found?}}
          - id: how_often
            kind: choice
            label: {de: Wie oft?, en: How often?}
            options:
              - {code: weekly, name: {de: Wöchentlich, en: Weekly}}
              - {code: monthly, name: {de: Monatlich, en: Monthly}}
          - {id: remark, kind: text, label: {de: Sonst noch?, en: Anything else?}}
          - {id: idea, kind: suggestion, label: {de: Ihr Vorschlag, en: Your suggestion}}
touchpoints:
  - id: checkout
    name: {de: Kasse, en: Checkout}
    reasons: [waiting_time, friendly]
    ask: [fcr, nps, ces]
    card: visit
  - id: repair
    name: {de: Reparatur, en: Repair}
    scale: csat_1_10
devices:
  - id: kiosk-1
    touchpoint: checkout
    channel: kiosk
    look: faces
    silent_minutes: 30
    hours:
      days: [mon, fri]
      from: "08:00"
      to: "20:00"
notify: {mail_from: feedback@example.com}
`

func TestWhatCanBeAskedIsAccepted(t *testing.T) {
	cfg, err := Check("f.yaml", []byte(asking))
	if err != nil {
		t.Fatal(err)
	}
	tp := cfg.Touchpoint("checkout")
	if card := cfg.Card("visit"); card == nil || !card.At(tp) || card.Item("how_often") == nil || cfg.Reason("friendly") == nil || !tp.Asks("ces") {
		t.Error("the configuration cannot be asked")
	}
	if mood := cfg.Reason("friendly").Mood; mood != "any" {
		t.Errorf("a reason without a mood is offered after %q votes, want any", mood)
	}
}

func TestWhatCannotBeAskedIsNamedWithFileLineAndField(t *testing.T) {
	for _, tc := range []struct {
		name     string
		old, new string
		want     string
	}{
		{"reason without a name in one language", "      en: Friendly\n", "",
			"f.yaml:16: reasons[1].name.en: is missing: a text for each of organisation.languages"},
		{"reason with a blank name", "en: Friendly", `en: "  "`,
			"f.yaml:18: reasons[1].name.en: is missing: a text for each of organisation.languages"},
		{"same reason twice", "code: friendly", "code: waiting_time",
			"f.yaml:15: reasons[1].code: is \"waiting_time\", like reasons[0].code\n" +
				`f.yaml:39: touchpoints[0].reasons[1]: is "friendly", which is none of reasons`},
		{"reason in own words", "code: friendly", "code: Very friendly",
			`f.yaml:15: reasons[1].code: is "Very friendly"; want a code: a lower-case letter, then up to 39 of a-z, 0-9, '.', '_' and '-'`},
		{"reason of another mood", "mood: bad", "mood: sad",
			`f.yaml:13: reasons[0].mood: is "sad"; want one of bad, good, any`},
		{"touchpoint with an unknown reason", "[waiting_time, friendly]", "[waiting_time, frendly]",
			`f.yaml:39: touchpoints[0].reasons[1]: is "frendly", which is none of reasons`},
		{"touchpoint that asks something else", "ask: [fcr, nps, ces]", "ask: [fcr, csat]",
			`f.yaml:40: touchpoints[0].ask[1]: is "csat"; want one of fcr, nps, ces`},
		{"touchpoint with an unknown card", "card: visit", "card: visits",
			`f.yaml:41: touchpoints[0].card: is "visits", which is none of cards`},
		{"touchpoint with a card that cannot be", "card: visit", "card: The Visit",
			"f.yaml:41: touchpoints[0].card: want 1 to 40 of a-z, 0-9 and inner hyphens, or nothing"},
		{"card at an unknown touchpoint", "touchpoints: [checkout]", "touchpoints: [checkout, counter]",
			`f.yaml:23: cards[0].touchpoints[1]: is "counter", which is no touchpoint`},
		{"card without a title in one language", "{de: Ihr Besuch, en: Your visit}", "{de: Ihr Besuch}",
			"f.yaml:21: cards[0].title.en: is missing: a text for each of organisation.languages"},
		{"phase in own words", "phase: offer", "phase: Das Angebot",
			"f.yaml:22: cards[0].phase: want a code: a lower-case letter, then up to 39 of a-z, 0-9, '.', '_' and '-', or nothing"},
		{"same card twice", "touchpoints:\n  - id: checkout", "  - {id: visit, title: {de: Besuch, en: Visit}}\ntouchpoints:\n  - id: checkout",
			`f.yaml:36: cards[1].id: is "visit", like cards[0].id`},
		{"section without a title in one language", "{de: Bei uns, en: With us}", "{en: With us}",
			"f.yaml:25: cards[0].sections[0].title.de: is missing: a text for each of organisation.languages"},
		{"section without questions", "        items:\n", "        items: []\n        unused:\n",
			"f.yaml:26: cards[0].sections[0].items: has 0 entries; want at least 1\n" +
				"f.yaml:27: cards[0].sections[0].unused: is no field; fields are documented in feedback.schema.json"},
		{"question without a label in one language", "{de: Gefunden?, en: Found?}", "{de: Gefunden?}",
			"f.yaml:27: cards[0].sections[0].items[0].label.en: is missing: a text for each of organisation.languages"},
		{"question of another kind", "kind: yes_no", "kind: matrix",
			`f.yaml:27: cards[0].sections[0].items[0].kind: is "matrix"; want one of rating, choice, yes_no, text, suggestion`},
		{"same question twice", "id: remark", "id: found",
			`f.yaml:34: cards[0].sections[0].items[2].id: is "found", like cards[0].sections[0].items[0].id`},
		{"second suggestion", "kind: text", "kind: suggestion",
			"f.yaml:35: cards[0].sections[0].items[3].kind: is a second suggestion: at most one on a card; make it a text"},
		{"choice without options", "kind: yes_no", "kind: choice",
			"f.yaml:27: cards[0].sections[0].items[0].options: is missing: a choice has two or more"},
		{"choice of one", "              - {code: monthly, name: {de: Monatlich, en: Monthly}}\n", "",
			"f.yaml:31: cards[0].sections[0].items[1].options: has 1 entries; want at least 2"},
		{"options where nothing is chosen", "kind: choice", "kind: rating",
			"f.yaml:31: cards[0].sections[0].items[1].options: is for a choice; this question is of kind rating"},
		{"same option twice", "code: monthly", "code: weekly",
			`f.yaml:33: cards[0].sections[0].items[1].options[1].code: is "weekly", like options[0].code`},
		{"option without a name in one language", "{de: Monatlich, en: Monthly}", "{de: Monatlich}",
			"f.yaml:33: cards[0].sections[0].items[1].options[1].name.en: is missing: a text for each of organisation.languages"},
		{"reminder after the end of the link", "reminder_days: 5", "reminder_days: 14",
			"f.yaml:10: invitations.reminder_days: is 14; want fewer than links.valid_days (14): the link would have expired"},
		{"mail to customers that does not say who sends it", "  address: Musterstraße 1, 50667 Köln\n", "",
			"f.yaml:1: organisation.address: is missing: mail to customers (notify.mail_from) must say who sends it"},
		{"privacy notice in the clear", "https://www.example.com/privacy", "http://www.example.com/privacy",
			`f.yaml:6: organisation.privacy_url: is "http://www.example.com/privacy"; want https (http only on this machine)`},
		{"faces on a scale of ten", "touchpoint: checkout", "touchpoint: repair",
			"f.yaml:49: devices[0].look: is faces; there are five, and this touchpoint is rated on csat_1_10"},
		{"faces on a terminal", "channel: kiosk", "channel: terminal",
			"f.yaml:49: devices[0].look: is faces; only a kiosk shows them"},
		{"watched more closely than it speaks", "silent_minutes: 30", "silent_minutes: 10",
			"f.yaml:50: devices[0].silent_minutes: is 10; want more than 10, or 0: a kiosk gives a sign of life every 5 minutes, and one may get lost"},
		{"closed before it opens", `to: "20:00"`, `to: "07:30"`,
			`f.yaml:54: devices[0].hours.to: is "07:30"; want later than from ("08:00") on the same day`},
		{"a time that is none", `from: "08:00"`, `from: "8:00"`,
			`f.yaml:53: devices[0].hours.from: is "8:00"; want a time of day, such as 08:30`},
		{"after the end of the day", `to: "20:00"`, `to: "24:30"`,
			`f.yaml:54: devices[0].hours.to: is "24:30"; want a time of day, such as 08:30`},
		{"a day that is none", "days: [mon, fri]", "days: [mon, sab]",
			`f.yaml:52: devices[0].hours.days[1]: is "sab"; want one of mon, tue, wed, thu, fri, sat, sun`},
		{"mail address that is none", "feedback@example.com", "feedback",
			"f.yaml:55: notify.mail_from: want a mail address, such as service@example.com, or nothing"},
		{"mail address that is a number", "feedback@example.com", "7",
			"f.yaml:55: notify.mail_from: is a number; want a string"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := strings.Replace(asking, tc.old, tc.new, 1)
			if text == asking {
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

func TestADeviceMayBeOnUntilMidnight(t *testing.T) {
	cfg, err := Check("f.yaml", []byte(strings.Replace(asking, `to: "20:00"`, `to: "24:00"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	h := cfg.Device("kiosk-1").Hours
	if _, err := escalate.ParseHours(h.Days, h.From, h.To); err != nil {
		t.Error(err)
	}
}

func TestACardIsShort(t *testing.T) {
	card := func(questions int) string {
		var b strings.Builder
		b.WriteString("organisation: {name: Beispiel GmbH, time_zone: UTC, languages: [de]}\ntouchpoints: [{id: hotline, name: {de: Hotline}}]\n" +
			"cards:\n- id: long\n  title: {de: Lang}\n  sections:\n")
		for i := range questions {
			if i%8 == 0 {
				b.WriteString("  - items:\n")
			}
			fmt.Fprintf(&b, "    - {id: q%d, kind: yes_no, label: {de: Ja?}}\n", i)
		}
		return b.String()
	}
	if _, err := Check("f.yaml", []byte(card(maxQuestions))); err != nil {
		t.Error(err)
	}
	_, err := Check("f.yaml", []byte(card(maxQuestions+2)))
	if err == nil || !strings.HasSuffix(err.Error(), "cards[0].sections[3].items[0]: is one question too many: at most 24 on a card") {
		t.Errorf("got %v", err)
	}
}
