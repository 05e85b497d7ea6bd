package letter_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/letter"
)

func TestALetterInPlainText(t *testing.T) {
	w, cfg := writer(t)
	want := `Beispiel GmbH

Wie zufrieden waren Sie?

Sie hatten vor Kurzem mit uns zu tun: Kasse Köln. Bitte sagen Sie uns, wie es war.

1 von 5 Sternen:
` + public + `/r/` + token + `?s=1
2 von 5 Sternen:
` + public + `/r/` + token + `?s=2
3 von 5 Sternen:
` + public + `/r/` + token + `?s=3
4 von 5 Sternen:
` + public + `/r/` + token + `?s=4
5 von 5 Sternen:
` + public + `/r/` + token + `?s=5
1 = sehr unzufrieden, 5 = sehr zufrieden

Tippen Sie auf Ihre Bewertung und bestätigen Sie auf der nächsten Seite. Das dauert etwa 10 Sekunden.
Der Link gilt bis 24. März 2026, 14:00 Uhr.

-- ` + `
Sie erhalten diese Nachricht, weil Sie mit Beispiel GmbH in Kontakt waren (Kasse Köln).
Beispiel GmbH, Musterstraße 1, 50667 Köln
Keine Anfragen mehr erhalten: ` + public + `/u/` + token + `
Datenschutz: https://www.example.com/privacy
`
	c := w.Write(of(t, cfg, "checkout-cologne", "de"))
	if diff := cmp.Diff(want, c.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if c.Subject != "Kasse Köln: Wie zufrieden waren Sie?" || c.Language != "de" {
		t.Errorf("subject %q in %s", c.Subject, c.Language)
	}
}

var (
	tags    = regexp.MustCompile(`<[^>]*>`)
	headOf  = regexp.MustCompile(`(?s)<head>.*</head>`)
	hrefs   = regexp.MustCompile(`href="([^"]*)"`)
	labels  = regexp.MustCompile(`aria-label="([^"]*)"`)
	address = regexp.MustCompile(`https://\S+`)
)

// TestBothFormsSayTheSame: every sentence, every name of a link and every
// address of one form is in the other.
func TestBothFormsSayTheSame(t *testing.T) {
	w, cfg := writer(t)
	for _, l := range letter.Languages() {
		for _, tp := range []feedback.Touchpoint{"hotline", "checkout-cologne", "repair"} {
			for _, kind := range []string{"first", "reminder", "card"} {
				x := of(t, cfg, tp, l)
				x.Reminder, x.Invitation.Card = kind == "reminder", kind == "card"
				c := w.Write(x)
				read := html.UnescapeString(c.HTML)
				var links, named []string
				for _, m := range hrefs.FindAllStringSubmatch(read, -1) {
					links = append(links, m[1])
				}
				for _, m := range labels.FindAllStringSubmatch(read, -1) {
					named = append(named, m[1])
				}
				slices.Sort(links)
				inText := address.FindAllString(c.Text, -1)
				slices.Sort(inText)
				if diff := cmp.Diff(links, inText); diff != "" {
					t.Errorf("%s %s %s: links (-HTML +text):\n%s", l, tp, kind, diff)
				}
				visible := tags.ReplaceAllString(headOf.ReplaceAllString(strings.ReplaceAll(read, "<br>", "\n"), ""), "\n")
				for _, said := range append(named, strings.Split(visible, "\n")...) {
					said = strings.Trim(said, " ·★\u202f\n")
					if len(said) > 2 && !strings.Contains(c.Text, said) {
						t.Errorf("%s %s %s: the text lacks %q", l, tp, kind, said)
					}
				}
				for said := range strings.Lines(c.Text) {
					said = strings.TrimRight(said, "\n: ")
					said, _, _ = strings.Cut(said, ": https")
					if said != "--" && !strings.Contains(read, said) {
						t.Errorf("%s %s %s: the HTML lacks %q", l, tp, kind, said)
					}
				}
			}
		}
	}
}

func TestEachStarIsALinkToItsOwnPreselection(t *testing.T) {
	w, cfg := writer(t)
	for tp, want := range map[feedback.Touchpoint]int{"hotline": 5, "repair": 10} {
		c := w.Write(of(t, cfg, tp, "en"))
		if n := strings.Count(c.HTML, "/r/"+token+"?s="); n != want {
			t.Errorf("%s: %d links, want %d", tp, n, want)
		}
		for _, last := range []string{`/r/` + token + `?s=` + map[int]string{5: "5", 10: "10"}[want] + `"`, map[int]string{5: `aria-label="1 of 5 stars"`, 10: `aria-label="10 of 10 points"`}[want]} {
			if !strings.Contains(c.HTML, last) {
				t.Errorf("%s: no %s", tp, last)
			}
		}
	}
	x := of(t, cfg, "checkout-cologne", "en")
	x.Invitation.Card = true
	if c := w.Write(x); strings.Contains(c.HTML, "/r/") || strings.Count(c.HTML, public+"/c/"+token+`"`) != 1 {
		t.Errorf("a card has other links:\n%s", c.HTML)
	}
}

func TestAReminderSaysThatItIsOne(t *testing.T) {
	w, cfg := writer(t)
	for _, l := range letter.Languages() {
		first, second := of(t, cfg, "hotline", l), of(t, cfg, "hotline", l)
		second.Reminder = true
		a, b := w.Write(first), w.Write(second)
		opening := func(c letter.Content) string { return strings.Split(c.Text, "\n\n")[2] }
		if a.Subject == b.Subject || opening(a) == opening(b) || strings.Replace(a.Text, opening(a), opening(b), 1) != b.Text {
			t.Errorf("%s: want another subject and opening, and nothing else:\n%s\n%s", l, a.Text, b.Text)
		}
	}
}

func TestSubjectsAreCalm(t *testing.T) {
	w, cfg := writer(t)
	for _, l := range letter.Languages() {
		for _, reminder := range []bool{false, true} {
			x := of(t, cfg, "checkout-cologne", l)
			x.Reminder = reminder
			s := w.Write(x).Subject
			if strings.ContainsAny(s, "!\r\n") || strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.So, r) }) || len([]rune(s)) > 80 || s == strings.ToUpper(s) {
				t.Errorf("%s: subject %q", l, s)
			}
		}
	}
}

func TestNothingIsFetchedRunOrTracked(t *testing.T) {
	w, cfg := writer(t)
	for _, l := range letter.Languages() {
		c := w.Write(of(t, cfg, "repair", l))
		for _, bad := range []string{"<img", "<script", "<link", "<table", "<iframe", "<form", "src=", "url(", "@import", "onload"} {
			if strings.Contains(c.HTML, bad) {
				t.Errorf("%s: the HTML has %s", l, bad)
			}
		}
		if len(c.HTML) > 8<<10 {
			t.Errorf("%s: %d bytes of HTML; some clients cut long mail", l, len(c.HTML))
		}
	}
}

func TestTheLanguageIsThatOfTheInvitationElseTheOrganisations(t *testing.T) {
	w, cfg := writer(t)
	for l, want := range map[feedback.Language]feedback.Language{"it": "it", "": "de", "pl": "de"} {
		if c := w.Write(of(t, cfg, "hotline", l)); c.Language != want || !strings.Contains(c.HTML, `<html lang="`+string(want)+`">`) {
			t.Errorf("%q: written in %s, want %s", l, c.Language, want)
		}
	}
	english, cfg := writer(t, func(c *config.Config) { c.Organisation.DefaultLanguage = "pl" })
	if c := english.Write(of(t, cfg, "hotline", "nl")); c.Language != "en" {
		t.Errorf("written in %s, want en", c.Language)
	}
}

func TestWhatIsConfiguredIsTextOnly(t *testing.T) {
	const nasty = `<script>alert("x")</script>&amp; {until}`
	w, cfg := writer(t, func(c *config.Config) {
		c.Organisation.Name, c.Organisation.Address, c.Organisation.PrivacyURL = nasty, nasty+"\r\nX: y", `https://example.com/?a="b"&c=<d>`
		c.Touchpoint("hotline").Name["en"] = nasty
	})
	c := w.Write(of(t, cfg, "hotline", "en"))
	if strings.Contains(c.HTML, "<script") || strings.Contains(c.HTML, `="b"`) || !strings.Contains(html.UnescapeString(c.HTML), nasty) {
		t.Errorf("not escaped:\n%s", c.HTML)
	}
	if strings.Contains(c.Text, "\nX: y") || !strings.Contains(c.Text, "{until}") {
		t.Errorf("a configured text became a line, or was filled in:\n%s", c.Text)
	}
}

func TestWithoutAddressAndPrivacyNoticeTheirLinesAreLeftOut(t *testing.T) {
	w, cfg := writer(t, func(c *config.Config) { c.Organisation.Address, c.Organisation.PrivacyURL = "", "" })
	c := w.Write(of(t, cfg, "hotline", "de"))
	if strings.Contains(c.HTML, `href=""`) || strings.Contains(c.HTML, "Datenschutz") || strings.Contains(c.Text, "Datenschutz") || strings.Contains(c.HTML, `"></p>`) {
		t.Errorf("an empty line:\n%s", c.HTML)
	}
}

func TestANewWriterRefusesWhatItCannotUse(t *testing.T) {
	for name, change := range map[string]func(*config.Config){
		"accent": func(c *config.Config) { c.Organisation.Accent = "blue" },
		"sender": func(c *config.Config) { c.Notify.MailFrom = "nobody" },
	} {
		cfg := *mustConfig(t)
		change(&cfg)
		if _, err := letter.New(&cfg, public); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	cfg := *mustConfig(t)
	cfg.Notify.MailFrom = ""
	if _, err := letter.New(&cfg, public); err != nil {
		t.Errorf("without a sender: %v", err)
	}
}

func TestNoLanguageLacksAText(t *testing.T) {
	if missing := letter.Missing(); len(missing) > 0 {
		t.Errorf("missing: %s", strings.Join(missing, ", "))
	}
	if diff := cmp.Diff([]feedback.Language{"de", "en", "fr", "it"}, letter.Languages()); diff != "" {
		t.Errorf("languages (-want +got):\n%s", diff)
	}
}
