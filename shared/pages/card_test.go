package pages_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
)

func newCards(tb testing.TB) (*pages.Cards, *config.Config) {
	tb.Helper()
	cfg := intaketest.Config(tb)
	p, err := pages.NewCards(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return p, cfg
}

func cardView(cfg *config.Config, l feedback.Language) *pages.Card {
	v := &pages.Card{Language: l, Touchpoint: cfg.Touchpoint("checkout-cologne"), Card: cfg.Card("visit")}
	v.Form.Nonce = strings.Repeat("n", link.NonceLen)
	return v
}

func TestCardsSpeakEveryLanguageOfThePages(t *testing.T) {
	if missing := pages.MissingCard(pages.Languages()); len(missing) > 0 {
		t.Errorf("missing: %q", missing)
	}
	if got := pages.MissingCard([]feedback.Language{"de", "nl"}); len(got) != 1 || !strings.HasPrefix(got[0], "nl: ") {
		t.Errorf("Dutch: %q", got)
	}
	p, cfg := newCards(t)
	before := map[string]feedback.Language{}
	for _, l := range pages.Languages() {
		v := cardView(cfg, l)
		v.ExpiresAt = time.Date(2026, 3, 24, 0, 0, 0, 0, time.UTC)
		v.Earlier = &intake.Earlier{Vote: feedback.Card{Rating: feedback.Rating{Scale: feedback.Stars5, Rating: 4, HasText: true}}, Late: 1}
		for name, page := range map[string]string{"card": p.Card(v), "thanks": p.Thanks(v), "closed": p.Closed(v), "not found": p.Message(l, pages.NotFound)} {
			main := page[strings.Index(page, "<main>"):strings.Index(page, "</main>")]
			if other, ok := before[main]; ok || !strings.Contains(page, `<html lang="`+string(l)+`">`) {
				t.Errorf("%s in %s is that in %s", name, l, other)
			}
			before[main] = l
		}
		words := pages.WordsOf(l, 2)
		for _, w := range []string{words.Question, words.Worst, words.Best, words.Grades, words.Yes, words.No, words.Voluntary, words.Minutes, words.Anonymous, words.Callback, words.Contact} {
			if w == "" {
				t.Errorf("%s: paper lacks words: %+v", l, words)
			}
		}
	}
}

func TestACardEscapesWhatCameFromOutside(t *testing.T) {
	p, cfg := newCards(t)
	const evil = `"><script>alert('1')</script>&amp;</textarea>`
	v := cardView(cfg, "de")
	card := *v.Card
	card.Title = config.Text{"de": evil}
	card.Sections = []config.CardSection{{Title: config.Text{"de": evil}, Items: []config.CardItem{
		{ID: `x" onfocus="alert(1)`, Kind: config.ItemRating, Label: config.Text{"de": evil}},
		{ID: "y", Kind: config.ItemChoice, Label: config.Text{"de": evil}, Options: []config.CardOption{{Code: evil, Name: config.Text{"de": evil}}}},
		{ID: "z", Kind: config.ItemText, Label: config.Text{"de": evil}},
	}}}
	v.Card = &card
	v.Form = intake.CardForm{Answers: map[string]string{"z": evil}, Contact: evil, Nonce: evil}
	v.Errors = []problem.Field{{Field: evil, Code: problem.UnknownField}, {Field: `q-x" onfocus="alert(1)`, Code: problem.OutOfRange}}
	got := p.Card(v)
	if strings.Contains(got, "<script") || strings.Contains(got, `onfocus="`) || strings.Count(got, "</textarea>") != 1 {
		t.Error("markup came through")
	}
	// Window and page title, section, three labels, an option and its code, the
	// text, the contact, the nonce.
	if n := strings.Count(got, html.EscapeString(evil)); n < 11 {
		t.Errorf("found the text %d times", n)
	}
}

func TestTheCardsPolicyAllowsExactlyItsStylesheet(t *testing.T) {
	p, cfg := newCards(t)
	got := p.Card(cardView(cfg, "de"))
	style := got[strings.Index(got, "<style>")+7 : strings.Index(got, "</style>")]
	sum := sha256.Sum256([]byte(style))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	if diff := cmp.Diff(want, p.Policy()); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(got, " style=") || strings.Contains(got, "<script") {
		t.Error("a style or a script stands in the page")
	}
}

func TestACardTellsHowLongItTakes(t *testing.T) {
	_, cfg := newCards(t)
	if n := pages.Minutes(cfg.Card("visit")); n != 1 {
		t.Errorf("five questions take %d minutes", n)
	}
	long := &config.Card{Sections: []config.CardSection{{Items: make([]config.CardItem, 12)}}}
	if n := pages.Minutes(long); n != 2 {
		t.Errorf("twelve questions take %d minutes", n)
	}
}

func TestTheBrandIsReadableOnPaper(t *testing.T) {
	for accent, want := range map[string]string{"#0b5cad": "#0b5cad", "#ffdd00": ""} {
		got, err := pages.OnPaper(accent)
		if err != nil || want != "" && got != want || want == "" && got == accent {
			t.Errorf("%s is printed as %s, %v", accent, got, err)
		}
	}
	if _, err := pages.OnPaper("blue"); err == nil {
		t.Error("what is no colour is printed")
	}
}

func BenchmarkCardPage(b *testing.B) {
	p, cfg := newCards(b)
	v := cardView(cfg, "de")
	b.ReportAllocs()
	var page string
	for b.Loop() {
		page = p.Card(v)
	}
	b.ReportMetric(float64(len(page)), "page-bytes")
}

func TestTheFootOfACardSaysWhatHoldsOfItsLink(t *testing.T) {
	p, cfg := newCards(t)
	v := cardView(cfg, "en")
	const anonymous, valid, check = "We do not learn who you are", "This link is valid until 24 March 2026", "<title>Please check: "
	says := func(name string, want map[string]bool) {
		t.Helper()
		page := p.Card(v)
		for words, is := range want {
			if strings.Contains(page, words) != is {
				t.Errorf("%s: %q: %v, want %v", name, words, !is, is)
			}
		}
	}
	says("for everybody", map[string]bool{anonymous: true, valid: false, check: false})
	v.ExpiresAt = time.Date(2026, 3, 24, 0, 0, 0, 0, time.UTC)
	says("behind a link", map[string]bool{anonymous: false, valid: true, check: false})
	v.Earlier = &intake.Earlier{Vote: feedback.Card{Rating: feedback.Rating{Scale: feedback.Stars5, Rating: 4}}}
	says("answered", map[string]bool{anonymous: false, valid: false, check: false})
	v.Errors = []problem.Field{{Field: "stars", Code: problem.MissingField}}
	says("with a mistake", map[string]bool{check: true})
}

func TestACardKeepsTheLanguageThatWasChosenAndWhatItKnows(t *testing.T) {
	p, cfg := newCards(t)
	for _, chosen := range []bool{true, false} {
		v := cardView(cfg, "en")
		v.ExpiresAt, v.Chosen, v.Callback = time.Date(2026, 3, 24, 0, 0, 0, 0, time.UTC), chosen, chosen
		v.Earlier = &intake.Earlier{Vote: feedback.Card{Rating: feedback.Rating{Scale: feedback.Stars5, Rating: 4, HasText: chosen}}}
		card, thanks := p.Card(v), p.Thanks(v)
		for what, is := range map[string]bool{
			"the form keeps the language":        strings.Contains(card, `<input type="hidden" name="l" value="en">`),
			"the way back keeps the language":    strings.Contains(thanks, `<a class="btn" href="?l=en">`),
			"another language keeps the promise": strings.Contains(thanks, `href="?done=1&amp;callback=1&amp;l=de"`),
			"own words are there":                strings.Contains(card, "We have what you wrote"),
		} {
			if is != chosen {
				t.Errorf("%s: %v, want %v", what, is, chosen)
			}
		}
		v.Form.Nonce = "" // no form, nothing to write again
		if strings.Contains(p.Closed(v), "We have what you wrote") {
			t.Error("speaks of own words where none are asked")
		}
	}
}

func TestACardSaysOnceWhatGradesMeanAndWhereAMistakeIs(t *testing.T) {
	p, cfg := newCards(t)
	v := cardView(cfg, "en")
	card := *v.Card
	card.Sections = []config.CardSection{{Items: []config.CardItem{
		{ID: "a", Kind: config.ItemText, Label: config.Text{"en": "A"}},
		{ID: "b", Kind: config.ItemRating, Label: config.Text{"en": "B"}},
		{ID: "c", Kind: config.ItemRating, Label: config.Text{"en": "C"}},
		{ID: "d", Kind: config.ItemYesNo, Label: config.Text{"en": "D"}},
	}}}
	v.Card = &card
	v.Errors = []problem.Field{{Field: "q-a", Code: problem.TooLong}, {Field: "q-c", Code: problem.OutOfRange}, {Field: "q-salary", Code: problem.UnknownField}}
	got := p.Card(v)
	if n := strings.Count(got, "1 = very poor"); n != 1 || strings.Index(got, "1 = very poor") > strings.Index(got, "<legend>B") || strings.Index(got, "1 = very poor") < strings.Index(got, `for="q-a"`) {
		t.Errorf("says %d times what grades mean, or at another place than before the first", n)
	}
	for id, wrong := range map[string]bool{"a": true, "b": false, "c": true, "d": false} {
		if is := strings.Contains(got, `aria-describedby="q-`+id+`-error"`); is != wrong || strings.Contains(got, `<p class="bad" id="q-`+id+`-error">`) != wrong {
			t.Errorf("%s: leads to a mistake: %v, want %v", id, is, wrong)
		}
		if is := strings.Contains(got, `<a href="#q-`+id+`">`); is != wrong {
			t.Errorf("%s: the summary leads there: %v, want %v", id, is, wrong)
		}
	}
	if strings.Contains(got, `href="#q-salary"`) {
		t.Error("leads to a question that is not on the page")
	}
}
