package config

import (
	"strings"
	"testing"

	"resonanz/shared/feedback"
)

const text = `{
	"organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de", "en"], "default_language": "de"},
	"touchpoints": [{"id": "hotline", "name": {"de": "Hotline"}, "scale": "stars_1_5"}, {"id": "repair", "name": {"de": "Reparatur"}, "scale": "csat_1_10"}],
	"devices": [{"id": "kiosk-1", "touchpoint": "repair", "channel": "kiosk", "generation": 3}]
}`

func TestWhatIsConfiguredIsFoundByItsID(t *testing.T) {
	c, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if tp := c.Touchpoint("repair"); tp == nil || tp.Scale != "csat_1_10" {
		t.Errorf("touchpoint repair: %+v", tp)
	}
	if d := c.Device("kiosk-1"); d == nil || d.Generation != 3 {
		t.Errorf("device kiosk-1: %+v", d)
	}
	if c.Touchpoint("shop") != nil || c.Device("kiosk-2") != nil {
		t.Error("something was found that is not configured")
	}
}

func TestAConfigurationThatCannotBeUsedIsRefused(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"no JSON":                    {"organisation:", "reading configuration"},
		"unknown zone":               {strings.Replace(text, "Europe/Berlin", "Europe/Koeln", 1), `organisation.time_zone "Europe/Koeln"`},
		"no zone":                    {"{}", `organisation.time_zone ""`},
		"unknown zone of a calendar": {strings.Replace(text, `"touchpoints"`, `"calendars": [{"id": "vienna", "time_zone": "Europe/Wien"}], "touchpoints"`, 1), `calendars[0].time_zone "Europe/Wien"`},
		"wrong type":                 {strings.Replace(text, `"generation": 3`, `"generation": "3"`, 1), "generation"},
	} {
		if _, err := Parse([]byte(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want it to mention %s", name, err, tc.want)
		}
	}
}

func TestAMissingFileBesideTheBinaryIsNamed(t *testing.T) {
	if _, err := Load(); err == nil || !strings.Contains(err.Error(), File) {
		t.Errorf("got %v", err)
	}
}

const asking = `{
	"organisation": {"name": "Beispiel GmbH", "time_zone": "UTC", "languages": ["de", "fr"], "default_language": "de"},
	"reasons": [{"code": "friendly", "name": {"de": "Freundlich", "fr": "Aimable"}, "mood": "good"}],
	"cards": [
		{"id": "visit", "title": {"de": "Besuch"}, "touchpoints": ["shop"], "sections": [
			{"items": [{"id": "found", "kind": "yes_no", "label": {"de": "Gefunden?"}}]},
			{"items": [{"id": "remark", "kind": "text", "label": {"de": "Sonst?"}}]}]},
		{"id": "plant", "title": {"de": "Anlage"}, "touchpoints": []}
	],
	"touchpoints": [
		{"id": "shop", "name": {"de": "Laden"}, "scale": "stars_1_5", "ask": ["nps"]},
		{"id": "repair", "name": {"de": "Reparatur"}, "scale": "csat_1_10", "card": "plant"}
	],
	"devices": []
}`

func TestWhatCanBeAskedIsFound(t *testing.T) {
	c, err := Parse([]byte(asking))
	if err != nil {
		t.Fatal(err)
	}
	shop, repair, visit, plant := c.Touchpoint("shop"), c.Touchpoint("repair"), c.Card("visit"), c.Card("plant")
	if visit == nil || plant == nil || c.Card("shop") != nil || c.Reason("friendly") == nil || c.Reason("sad") != nil {
		t.Fatal("cards and reasons are not found by what names them")
	}
	for _, x := range []struct {
		card *Card
		tp   *Touchpoint
		want bool
	}{{visit, shop, true}, {visit, repair, false}, {plant, repair, true}, {plant, shop, false}} {
		if got := x.card.At(x.tp); got != x.want {
			t.Errorf("%s at %s: got %v", x.card.ID, x.tp.ID, got)
		}
	}
	if it := visit.Item("remark"); it == nil || it.Kind != ItemText || visit.Item("none") != nil {
		t.Errorf("question of the second section: %+v", it)
	}
	if !shop.Asks("nps") || shop.Asks("ces") || repair.Asks("nps") {
		t.Error("a touchpoint asks what it is not told to, or not what it is")
	}
}

func TestATextIsSaidInTheLanguageOrElseInTheDefaultOne(t *testing.T) {
	c, err := Parse([]byte(asking))
	if err != nil {
		t.Fatal(err)
	}
	name := c.Reason("friendly").Name
	for l, want := range map[feedback.Language]string{"fr": "Aimable", "de": "Freundlich", "it": "Freundlich", "": "Freundlich"} {
		if got := c.In(name, l); got != want {
			t.Errorf("%s: got %s, want %s", l, got, want)
		}
	}
	if got := c.In(nil, "de"); got != "" {
		t.Errorf("nothing: got %q", got)
	}
}

func TestAGroupIsFoundByItsID(t *testing.T) {
	c, err := Parse([]byte(strings.Replace(text, `"devices"`, `"groups": [{"id": "service", "touchpoints": ["hotline", "repair"]}], "devices"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if g := c.Group("service"); g == nil || len(g.Touchpoints) != 2 {
		t.Errorf("group service: %+v", g)
	}
	if c.Group("") != nil || c.Group("all") != nil {
		t.Error("a group was found that is not configured")
	}
}
