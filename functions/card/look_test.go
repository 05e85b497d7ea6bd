package main

import (
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/link"
	"resonanz/shared/pages/browsertest"
)

// scenes are the pages as customers meet them.
var scenes = []struct {
	name string
	path func(r *rig, l feedback.Language) string
	do   []browsertest.Step
}{
	{"visit", func(*rig, feedback.Language) string { return visit }, nil},
	{"visit-filled", func(*rig, feedback.Language) string { return visit }, []browsertest.Step{
		browsertest.Click(`input[name=stars][value="4"]`), browsertest.Click(`input[name=q-friendliness][value="5"]`),
		browsertest.Click(`input[name=q-found][value=no]`), browsertest.Click(`input[name=q-how_often][value=weekly]`),
		browsertest.Type(`[name=q-remark]`, "Die Kasse war nicht besetzt."), browsertest.Click("summary"),
	}},
	{"commissioning", func(*rig, feedback.Language) string { return "/c/commissioning/repair" }, nil},
	{"link", func(r *rig, l feedback.Language) string { return "/c/" + r.of(l, 1) }, nil},
	{"errors", func(*rig, feedback.Language) string { return visit }, []browsertest.Step{
		browsertest.Click(`input[name=stars][value="2"]`), browsertest.Click("summary"), browsertest.Click("#callback"),
		browsertest.Type(`[name=q-remark]`, "Zu lange gewartet, 35 Minuten."),
		browsertest.Click("button[type=submit]"), browsertest.Await(".sum"),
	}},
	{"thanks", func(*rig, feedback.Language) string { return visit + "?done=1&callback=1" }, nil},
	{"answered", func(r *rig, l feedback.Language) string { return "/c/" + r.of(l, 2) }, nil},
	{"thanks-link", func(r *rig, l feedback.Language) string { return "/c/" + r.of(l, 2) + "?done=1" }, nil},
	{"closed", func(r *rig, l feedback.Language) string { return "/c/" + r.of(l, 3) }, nil},
	{"expired", func(r *rig, l feedback.Language) string {
		return "/c/" + r.token(func(t *link.Token) { t.ExpiresAt = start.AddDate(0, 0, -2); t.Language = l })
	}, nil},
	{"notfound", func(*rig, feedback.Language) string { return "/c/visit/hotline" }, nil},
}

// of is the link of the customer n in a language.
func (r *rig) of(l feedback.Language, n byte) string {
	return r.token(func(t *link.Token) {
		t.ResponseKey = feedback.ResponseKey("2026-03-abcdefghijklmno" + string('a'+rune(n)))
		t.Language = l
	})
}

func TestCardsLookRightAndSuitEveryone(t *testing.T) {
	r := newRig(t)
	for n, ago := range map[byte]int{2: 1, 3: 3} { // in days: the second may still change, the third no more
		r.at = start.AddDate(0, 0, -ago)
		path := "/c/" + r.of("de", n)
		if res := r.post(path, "stars", "4", "q-found", "yes", "q-remark", "Gut beraten.", "nonce", r.open(path)); res.StatusCode != 303 {
			t.Fatalf("POST: %d", res.StatusCode)
		}
	}
	r.at = start
	url := browsertest.Serve(t, loopback.Handler(r.Handle))
	b := browsertest.Start(t)
	for _, l := range []feedback.Language{"de", "en", "fr", "it"} {
		for _, look := range browsertest.Looks(string(l)) {
			b.Set(look)
			for _, s := range scenes {
				whole := l == "de" || look.Size == browsertest.Phone // elsewhere the words differ: they must fit
				if !whole && (look.Size == browsertest.Desktop || len(s.do) == 0) {
					continue
				}
				b.Run(browsertest.Open(url + s.path(r, l)))
				b.Run(s.do...)
				if whole {
					b.Inspect(look, "card", s.name+"-"+string(l))
				} else {
					b.Fits(look, "card", s.name+"-"+string(l))
				}
			}
		}
	}
}
