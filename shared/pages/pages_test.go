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

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
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

func view(cfg *config.Config, tp feedback.Touchpoint, l feedback.Language) *pages.Rating {
	return &pages.Rating{
		Language: l, Touchpoint: cfg.Touchpoint(tp), ExpiresAt: time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC),
		Form: intake.Form{Nonce: "abcdefghijklmnop"},
	}
}

func TestTheRatingPageIsAFormThatSendsItselfToNobodyElse(t *testing.T) {
	p, cfg := newPages(t)
	v := view(cfg, "checkout-cologne", "de")
	v.Form.Stars = 4
	got := p.Rating(v)
	for _, want := range []string{
		`<html lang="de">`, `<form method="post" action="?"`, "Kasse Köln", "etwa 10 Sekunden", "Bewertung absenden", "24. März 2026", "48 Stunden",
		`<input type="radio" name="stars" required checked value="4">`, `name="comment"`, `name="suggestion"`, `name="callback"`, `name="contact"`,
		`name="nonce" value="abcdefghijklmnop"`, `<button type="submit">`, ` von 5 Sternen`, `name="viewport"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if n := strings.Count(got, " checked"); n != 1 {
		t.Errorf("%d choices are checked, want 1", n)
	}
	for _, not := range []string{"<script", "http:", "https:", "//", "javascript", "<img", "<link", "@import", "url("} {
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
	got := p.Rating(view(cfg, "hotline", "en"))
	for _, m := range regexp.MustCompile(`<(?:textarea|input type="text")[^>]* id="([a-z]+)"`).FindAllStringSubmatch(got, -1) {
		if !strings.Contains(got, `<label for="`+m[1]+`">`) {
			t.Errorf("%s has no label", m[1])
		}
	}
	if n, m := strings.Count(got, `type="radio"`)+strings.Count(got, `type="checkbox"`), len(regexp.MustCompile(`<label[^>]*><input type="(radio|checkbox)"`).FindAllString(got, -1)); n != m {
		t.Errorf("%d of %d choices stand in a label", m, n)
	}
}

func TestMistakesAreToldAtTheTopAndAtTheField(t *testing.T) {
	p, cfg := newPages(t)
	v := view(cfg, "hotline", "en")
	v.Form.Comment = "typed before"
	v.Form.Callback = true
	v.Errors = []problem.Field{{Field: "stars", Code: problem.MissingField}, {Field: "contact", Code: problem.ContactMissing}, {Field: "odd", Code: problem.UnknownField}}
	got := p.Rating(v)
	for _, want := range []string{
		`role="alert"`, `<a href="#stars">Please choose a rating.</a>`, `id="stars-error"`, `aria-describedby="contact-error contact-hint"`,
		`aria-invalid="true"`, ">\ntyped before</textarea>", `name="callback" value="1" checked`, "We cannot read this.", "<title>Please check: ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if strings.Count(got, "<details open>") != 1 {
		t.Error("the section with the mistake is not open, or another is")
	}
}

func TestWhatIsTypedIsEscaped(t *testing.T) {
	p, cfg := newPages(t)
	const evil = `"><script>alert('1')</script>&amp;` + "\x00</textarea>"
	v := view(cfg, "hotline", "de")
	v.Form = intake.Form{Reason: evil, Comment: evil, Suggestion: evil, Contact: evil, Nonce: evil}
	v.Errors = []problem.Field{{Field: evil, Code: problem.UnknownField}}
	got := p.Rating(v)
	if strings.Contains(got, "<script") || strings.Count(got, "</textarea>") != 2 {
		t.Error("markup came through")
	}
	want := html.EscapeString(strings.ReplaceAll(evil, "\x00", "\uFFFD"))
	if n := strings.Count(got, want); n != 5 {
		t.Errorf("found the text %d times, want 5", n)
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

func TestAPageFitsFourteenKilobytes(t *testing.T) {
	p, cfg := newPages(t)
	for _, tp := range []feedback.Touchpoint{"hotline", "repair"} {
		for _, l := range pages.Languages() {
			if n := len(p.Rating(view(cfg, tp, l))); n > 14<<10 {
				t.Errorf("%s in %s: %d bytes", tp, l, n)
			}
		}
	}
}

func TestEveryMessageExistsInEveryLanguage(t *testing.T) {
	p, _ := newPages(t)
	seen := map[string]string{}
	for _, l := range pages.Languages() {
		for _, m := range []pages.Message{pages.Expired, pages.NotFound, pages.TooLarge, pages.WrongType, pages.MethodNotAllowed, pages.Failed} {
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
	plain, asked := p.Thanks("de", cfg.Touchpoint("hotline"), false), p.Thanks("de", cfg.Touchpoint("hotline"), true)
	if !strings.Contains(plain, `<a class="btn" href="?">Bewertung ändern</a>`) {
		t.Error("offers no change")
	}
	if promise := "innerhalb von 24 Stunden"; strings.Contains(plain, promise) || !strings.Contains(asked, promise) {
		t.Error("the call back is promised to the wrong customer")
	}
}

func TestAnUnknownLanguageFallsBackToTheOrganisations(t *testing.T) {
	p, cfg := newPages(t)
	if got := p.Rating(view(cfg, "hotline", "fr")); !strings.Contains(got, `<html lang="de">`) {
		t.Error("is not German")
	}
}

func BenchmarkRatingPage(b *testing.B) {
	p, cfg := newPages(b)
	v := view(cfg, "hotline", "de")
	b.ReportAllocs()
	var page string
	for b.Loop() {
		page = p.Rating(v)
	}
	b.ReportMetric(float64(len(page)), "page-bytes") // all of it: nothing else is requested
}
