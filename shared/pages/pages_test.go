package pages_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
)

func newPages(tb testing.TB) (*pages.Pages, *config.Config) {
	tb.Helper()
	cfg := intaketest.Config(tb)
	p, err := pages.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return p, cfg
}

var start = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

// rated is what is shown of a link that was used at start.
func rated(cfg *config.Config, tp feedback.Touchpoint, l feedback.Language, stars int) *pages.Rating {
	v := view(cfg, tp, l)
	v.Form.Stars = stars
	v.Earlier = &intake.Earlier{First: start, Until: start.Add(48 * time.Hour), Vote: feedback.Card{Rating: feedback.Rating{
		Scale: v.Touchpoint.Scale, Rating: stars, SubmittedAt: start, ReceivedAt: start}}}
	return v
}

func lang(l string) feedback.Language { return feedback.Language(l) }

func view(cfg *config.Config, tp feedback.Touchpoint, l feedback.Language) *pages.Rating {
	return &pages.Rating{
		Language: l, Touchpoint: cfg.Touchpoint(tp), ExpiresAt: time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC),
		Form: intake.Form{Nonce: strings.Repeat("n", link.NonceLen)},
	}
}

func TestTheRatingPageAsksOneThingAndSendsItToNobodyElse(t *testing.T) {
	p, cfg := newPages(t)
	v := view(cfg, "checkout-cologne", "de")
	v.Form.Stars = 4
	got := p.Rating(v)
	for _, want := range []string{
		`<html lang="de">`, `<form method="post" action="?"`, "Kasse Köln", "etwa 10 Sekunden", "Bewertung absenden", "24. März 2026", "48 Stunden",
		`<input type="radio" name="stars" required checked value="4">`, `name="nonce" value="nnnnnnnn`, `<button type="submit">`,
		` von 5 Sternen`, `name="viewport"`, `<a class="link" href="https://www.example.com/privacy">Datenschutz</a>`,
		`<a href="?s=4&amp;l=fr" hreflang="fr" lang="fr">Français</a>`, `<b aria-current="true">Deutsch</b>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if n := strings.Count(got, " checked"); n != 1 {
		t.Errorf("%d choices are checked, want 1", n)
	}
	for _, not := range []string{"<script", "http:", "javascript", "<img", "<link", "@import", "url(", "<textarea", `type="text"`} {
		if strings.Contains(got, not) {
			t.Errorf("contains %s", not)
		}
	}
	if regexp.MustCompile(`<[^>]* on[a-z]+=`).MatchString(got) {
		t.Error("has an event handler")
	}
}

func TestTheScaleDecidesTheChoices(t *testing.T) {
	p, cfg := newPages(t)
	for tp, n := range map[feedback.Touchpoint]int{"hotline": 5, "repair": 10} {
		if got := strings.Count(p.Rating(view(cfg, tp, "en")), `type="radio"`); got != n {
			t.Errorf("%s: %d choices, want %d", tp, got, n)
		}
	}
}

func TestEveryControlHasALabel(t *testing.T) {
	p, cfg := newPages(t)
	v := rated(cfg, "hotline", "en", 1)
	got := p.FollowUp(v, true)
	for _, m := range regexp.MustCompile(`<(?:textarea|input type="text")[^>]* id="([a-z]+)"`).FindAllStringSubmatch(got, -1) {
		if !strings.Contains(got, `<label for="`+m[1]+`">`) {
			t.Errorf("%s has no label", m[1])
		}
	}
	if n, m := strings.Count(got, `type="radio"`)+strings.Count(got, `type="checkbox"`), len(regexp.MustCompile(`<label[^>]*><input type="(radio|checkbox)"`).FindAllString(got, -1)); n != m {
		t.Errorf("%d of %d choices stand in a label", m, n)
	}
}

func TestWhatIsAskedAfterTheVoteFitsTheScore(t *testing.T) {
	p, cfg := newPages(t)
	for _, c := range []struct {
		touchpoint  feedback.Touchpoint
		stars       int
		asked, not  []string
		callbackNow bool
	}{
		{"hotline", 1, []string{"Zu lange gewartet", "Anliegen nicht gelöst", "Etwas anderes", `name="fcr"`, `name="nps"`, "besser machen", "wichtigste Grund"},
			[]string{">Freundlich<", `name="ces"`}, true},
		{"hotline", 5, []string{">Freundlich<", "Etwas anderes", `name="nps" value="0"`, `name="nps" value="10"`, "am besten gefallen"},
			[]string{"Zu lange gewartet", `name="ces"`, "besser machen"}, false},
		{"checkout-cologne", 3, []string{"Zu lange gewartet", "Etwas anderes"}, []string{`name="fcr"`, `name="nps"`, ">Freundlich<"}, false},
		{"repair", 10, []string{`name="ces" value="7"`, `name="fcr"`}, []string{`name="reason"`, `name="nps"`, `name="ces" value="0"`, `name="ces" value="8"`}, false},
		{"repair", 3, []string{"besser machen"}, nil, true},
	} {
		got := p.FollowUp(rated(cfg, c.touchpoint, "de", c.stars), true)
		for _, want := range append(c.asked, "Danke, Ihre Bewertung zählt!", "Freiwillig", `name="comment"`, `name="suggestion"`, `name="callback"`, `name="contact"`,
			fmt.Sprintf(`<input type="hidden" name="stars" value="%d">`, c.stars), `action="?done=1"`) {
			if !strings.Contains(got, want) {
				t.Errorf("%s after %d: lacks %s", c.touchpoint, c.stars, want)
			}
		}
		for _, not := range append(c.not, " checked", " required") {
			if strings.Contains(got, not) {
				t.Errorf("%s after %d: has %s", c.touchpoint, c.stars, not)
			}
		}
		if now := strings.Contains(got, "<details open><summary>Rückruf wünschen"); now != c.callbackNow {
			t.Errorf("%s after %d: the call back is open: %v", c.touchpoint, c.stars, now)
		}
	}
}

func TestALinkUsedBeforeSaysWhatAndWhenAndUntilWhen(t *testing.T) {
	p, cfg := newPages(t)
	v := rated(cfg, "hotline", "de", 4)
	v.Form.Reason, v.Form.NPS, v.Form.FCR = "friendly", "9", "yes"
	got := p.Rating(v)
	for _, want := range []string{
		"Sie haben schon bewertet", "4 von 5 Sternen", "Abgegeben am 10. März 2026 um 10:00 Uhr.", "bis zum 12. März 2026 um 10:00 Uhr.",
		"Bewertung ändern", ` checked value="4"`, `<input type="hidden" name="reason" value="friendly">`,
		`<input type="hidden" name="nps" value="9">`, `<input type="hidden" name="fcr" value="yes">`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	v.ExpiresAt = start.Add(time.Hour) // before the time to change it ends
	if got := p.Rating(v); !strings.Contains(got, "bis zum 10. März 2026 um 11:00 Uhr.") {
		t.Error("promises a change after the link has expired")
	}
	closed := p.Closed(v)
	if !strings.Contains(closed, "steht fest") || !strings.Contains(closed, "4 von 5 Sternen") || !strings.Contains(closed, "48 Stunden") || strings.Contains(closed, "<form") {
		t.Error("the page of a vote that is final is not right")
	}
}

func TestAVoteOnAFormerScaleIsShownAsItWasGiven(t *testing.T) {
	p, cfg := newPages(t)
	v := rated(cfg, "repair", "de", 4) // now rated on ten
	v.Earlier.Vote.Scale = feedback.Stars5
	v.Form.Stars = 0
	if got := p.Rating(v); !strings.Contains(got, "4 von 5 Sternen") || !strings.Contains(got, `<symbol id="s"`) || strings.Count(got, `type="radio"`) != 10 {
		t.Error("is not shown with its stars, or the form is not that of the scale now")
	}
}

func TestMistakesAreToldAtTheTopAndAtTheField(t *testing.T) {
	p, cfg := newPages(t)
	v := rated(cfg, "hotline", "en", 4)
	v.Form.Comment = "typed before"
	v.Form.Callback = true
	v.Errors = []problem.Field{{Field: "contact", Code: problem.ContactMissing}, {Field: "odd", Code: problem.UnknownField}}
	got := p.FollowUp(v, true)
	for _, want := range []string{
		`role="alert"`, `<a href="#contact">How can we reach you?`, `id="contact-error"`, `aria-describedby="contact-error contact-hint"`,
		`aria-invalid="true"`, ">\ntyped before</textarea>", `name="callback" value="1" checked`, "We cannot read this.", "<title>Please check: ",
		`<input type="hidden" name="stars" value="4">`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if strings.Count(got, "<details open>") != 1 {
		t.Error("the section with the mistake is not open, or another is")
	}
	if strings.Contains(got, "<nav") || strings.Contains(got, ">Change</a>") {
		t.Error("offers links that would lose what was typed")
	}
	v.Errors = []problem.Field{{Field: "stars", Code: problem.MissingField}}
	v.Form.Stars = 0
	for name, got := range map[string]string{"first": p.Rating(v), "all at once": p.FollowUp(v, false), "follow-up": p.FollowUp(v, true)} {
		if !strings.Contains(got, `<a href="#stars">Please choose a rating.</a>`) || !strings.Contains(got, `id="stars-error"`) || strings.Contains(got, "your rating counts") {
			t.Errorf("%s: does not ask for the rating", name)
		}
	}
}

// Own words may be in any script and may try anything: they stay text.
func TestWhatIsTypedIsText(t *testing.T) {
	p, cfg := newPages(t)
	for _, typed := range []string{
		`"><script>alert('1')</script>&amp;` + "\x00</textarea>", "<b>fett</b>", "\u202eشكرا جزيلا", "תודה רבה", "👍🏽 prima 👨‍👩‍👧", "a\u0000b\u0007c",
	} {
		v := rated(cfg, "hotline", "de", 1)
		v.Form = intake.Form{Stars: 1, Comment: typed, Suggestion: typed, Contact: typed, Nonce: typed}
		v.Errors = []problem.Field{{Field: typed, Code: problem.UnknownField}}
		got := p.FollowUp(v, true)
		if strings.Contains(got, "<script") || strings.Contains(got, "<b>fett") || strings.Count(got, "</textarea>") != 2 {
			t.Errorf("%q: markup came through", typed)
		}
		want := html.EscapeString(strings.ReplaceAll(typed, "\x00", "\uFFFD"))
		if n := strings.Count(got, want); n != 4 {
			t.Errorf("%q: found %d times, want 4", typed, n)
		}
		if n := strings.Count(got, ` dir="auto"`); n != 3 {
			t.Errorf("%d fields find out the direction of what is typed, want 3", n)
		}
	}
}

func TestALanguageThatWasChosenStays(t *testing.T) {
	p, cfg := newPages(t)
	v := rated(cfg, "hotline", "fr", 4)
	v.Chosen = true
	for name, got := range map[string]string{"rating": p.Rating(v), "follow-up": p.FollowUp(v, true)} {
		if !strings.Contains(got, `<input type="hidden" name="l" value="fr">`) {
			t.Errorf("%s: the form forgets the language", name)
		}
	}
	if got := p.Thanks(v); !strings.Contains(got, `href="?l=fr"`) {
		t.Error("the link to change the vote forgets the language")
	}
	cfg.Organisation.Languages = []feedback.Language{"fr"}
	one, err := pages.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(one.Rating(v), "<nav") {
		t.Error("offers a choice of one language")
	}
}

func TestThePolicyAllowsExactlyTheStylesheet(t *testing.T) {
	p, cfg := newPages(t)
	got := p.Rating(view(cfg, "hotline", "de"))
	style := got[strings.Index(got, "<style>")+7 : strings.Index(got, "</style>")]
	sum := sha256.Sum256([]byte(style))
	if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(p.Policy(), want) {
		t.Errorf("policy %s lacks %s", p.Policy(), want)
	}
	for _, want := range []string{"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(p.Policy(), want) {
			t.Errorf("policy lacks %s", want)
		}
	}
	if strings.Contains(style, "$") || strings.Contains(got, " style=") {
		t.Error("a colour was not filled in, or a style stands outside the stylesheet")
	}
}

// everyPage is each page in each state that a customer may meet, by name.
func everyPage(p *pages.Pages, cfg *config.Config, l feedback.Language) map[string]string {
	all := map[string]string{}
	for _, tp := range []feedback.Touchpoint{"hotline", "checkout-cologne", "repair"} {
		name := func(s string) string { return string(tp) + " " + s }
		all[name("first")] = p.Rating(view(cfg, tp, l))
		for _, stars := range []int{1, 3, 5} {
			v := rated(cfg, tp, l, stars)
			v.Earlier.Vote.CallbackRequested = true
			v.Form.NPS, v.Form.FCR, v.Form.CES, v.Form.Reason = "10", "yes", "7", "something_else"
			v.Chosen = true
			all[name(fmt.Sprint("again ", stars))] = p.Rating(v)
			all[name(fmt.Sprint("follow-up ", stars))] = p.FollowUp(v, true)
			all[name("thanks")], all[name("closed")] = p.Thanks(v), p.Closed(v)
			v.Form.Callback = true
			v.Errors = []problem.Field{
				{Field: "stars", Code: problem.MissingField}, {Field: "comment", Code: problem.ControlCharacter},
				{Field: "suggestion", Code: problem.ControlCharacter}, {Field: "contact", Code: problem.ContactMissing}, {Field: "form", Code: problem.Unavailable},
			}
			all[name(fmt.Sprint("follow-up with mistakes ", stars))] = p.FollowUp(v, true)
			all[name(fmt.Sprint("all at once with mistakes ", stars))] = p.FollowUp(v, false)
		}
	}
	for m := pages.Expired; m <= pages.Foreign; m++ {
		all[fmt.Sprint("message ", m)] = p.Message(l, m)
	}
	all["unsubscribe"], all["unsubscribed"], all["again"] = p.Unsubscribe(l, false, false), p.Unsubscribe(l, true, false), p.Unsubscribe(l, true, true)
	return all
}

func TestEveryPageFitsFourteenKilobytes(t *testing.T) {
	p, cfg := newPages(t)
	cfg.Touchpoint("hotline").Ask = []string{"fcr", "nps", "ces"} // as much as can be asked
	most, of := 0, ""
	for _, l := range pages.Languages() {
		for name, got := range everyPage(p, cfg, l) {
			if len(got) > most {
				most, of = len(got), name+" in "+string(l)
			}
			if len(got) > 14<<10 {
				t.Errorf("%s in %s: %d bytes", name, l, len(got))
			}
			if !utf8.ValidString(got) || strings.Contains(got, "%!") {
				t.Errorf("%s in %s is garbled", name, l)
			}
		}
	}
	t.Logf("the largest: %s, %d bytes of %d", of, most, 14<<10)
}

func TestNoPageSpeaksTwoLanguages(t *testing.T) {
	p, cfg := newPages(t)
	seen := map[string]string{}
	for _, l := range pages.Languages() {
		for name, got := range everyPage(p, cfg, l) {
			if !strings.Contains(got, fmt.Sprintf(`<html lang="%s">`, l)) {
				t.Errorf("%s is not in %s", name, l)
			}
			for _, m := range regexp.MustCompile(`<(?:h1|legend|button type="submit")>([^<]+)<`).FindAllStringSubmatch(got, -1) {
				if before := seen[m[1]]; before != "" && before != string(l) {
					t.Errorf("%q is said in %s and in %s", m[1], before, l)
				}
				seen[m[1]] = string(l)
			}
		}
	}
}

func TestTheWayOutOfInvitationsIsOneButton(t *testing.T) {
	p, _ := newPages(t)
	asks, done, again := p.Unsubscribe("it", false, false), p.Unsubscribe("it", true, false), p.Unsubscribe("it", true, true)
	if strings.Count(asks, "<button") != 1 || !strings.Contains(asks, `<form method="post" action="?l=it">`) || !strings.Contains(asks, "Annulla gli inviti") {
		t.Error("does not ask with one button")
	}
	if strings.Contains(done, "<form") || !strings.Contains(done, "Inviti annullati") || !strings.Contains(again, "già annullati") {
		t.Error("does not say that it is done")
	}
}

func TestEveryMessageExistsInEveryLanguage(t *testing.T) {
	p, _ := newPages(t)
	seen := map[string]string{}
	for _, l := range pages.Languages() {
		for m := pages.Expired; m <= pages.Foreign; m++ {
			got := p.Message(l, m)
			if strings.Contains(got, "<h1></h1>") || !strings.Contains(got, fmt.Sprintf(`<html lang="%s">`, l)) {
				t.Errorf("message %d in %s is incomplete", m, l)
			}
			if before, ok := seen[got]; ok {
				t.Errorf("message %d in %s is the same as %s", m, l, before)
			}
			seen[got] = fmt.Sprint(m, l)
		}
	}
}

func TestThanksOffersAChangeAndPromisesACallOnlyWhenAsked(t *testing.T) {
	p, cfg := newPages(t)
	v := rated(cfg, "hotline", "de", 4)
	plain := p.Thanks(v)
	v.Earlier.Vote.CallbackRequested = true
	asked := p.Thanks(v)
	if !strings.Contains(plain, `<a class="btn" href="?">Bewertung ändern</a>`) || !strings.Contains(plain, "12. März 2026 um 10:00 Uhr") {
		t.Error("offers no change")
	}
	if promise := "innerhalb von 24 Stunden"; strings.Contains(plain, promise) || !strings.Contains(asked, promise) {
		t.Error("the call back is promised to the wrong customer")
	}
}

func TestAnUnknownLanguageFallsBackToTheOrganisations(t *testing.T) {
	p, cfg := newPages(t)
	if got := p.Rating(view(cfg, "hotline", "es")); !strings.Contains(got, `<html lang="de">`) {
		t.Error("is not German")
	}
}

func BenchmarkPages(b *testing.B) {
	p, cfg := newPages(b)
	first, again := view(cfg, "hotline", "de"), rated(cfg, "hotline", "de", 2)
	for name, write := range map[string]func() string{
		"rating":    func() string { return p.Rating(first) },
		"again":     func() string { return p.Rating(again) },
		"follow-up": func() string { return p.FollowUp(again, true) },
		"thanks":    func() string { return p.Thanks(again) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var page string
			for b.Loop() {
				page = write()
			}
			b.ReportMetric(float64(len(page)), "page-bytes") // all of it: nothing else is requested
		})
	}
}
