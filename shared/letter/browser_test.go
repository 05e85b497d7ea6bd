package letter_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/letter"
	"resonanz/shared/pages/browsertest"
)

// TestLettersCanBeReadByEveryone shows every kind of letter, as a mail client
// without its own ideas does, on small and large screens, in light and in dark.
func TestLettersCanBeReadByEveryone(t *testing.T) {
	w, cfg := writer(t)
	yellow, _ := writer(t, func(c *config.Config) { c.Organisation.Accent = "#ffcc00" })
	type picture struct {
		name string
		html string
		lang feedback.Language
		all  bool // every size; else the phone's
	}
	var shown []picture
	for _, l := range letter.Languages() {
		stars, reminder, card := of(t, cfg, "checkout-cologne", l), of(t, cfg, "hotline", l), of(t, cfg, "checkout-cologne", l)
		reminder.Reminder, card.Invitation.Card = true, true
		for name, x := range map[string]letter.Letter{"stars": stars, "reminder": reminder, "card": card, "points": of(t, cfg, "repair", l)} {
			shown = append(shown, picture{name + "-" + string(l), w.Write(x).HTML, l, name == "points" && l == "fr"})
		}
		for _, name := range []string{"acknowledged", "rejected", "accepted"} {
			f := step(t, name)(complained(t, l))
			m := f.mail()
			m.Crisis = true
			shown = append(shown, picture{"case-" + name + "-" + string(l), f.w.Case(m, f.now).HTML, l, false})
		}
	}
	shown = append(shown, picture{"yellow-de", yellow.Write(of(t, cfg, "hotline", "de")).HTML, "de", false})
	for _, name := range []string{"asked", "resolved", "withdrawn-by-you"} {
		shown = append(shown, picture{"case-" + name + "-de", step(t, name)(complained(t, "de")).content().HTML, "de", false})
	}
	shown = append(shown, picture{"case-long-de", long(t), "de", true})
	b := browsertest.Start(t)
	var page string
	url := browsertest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/letter" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	}))
	for _, p := range shown {
		page = p.html
		for _, look := range browsertest.Looks(string(p.lang)) {
			if !p.all && (look.Size != browsertest.Phone || look.Scheme == "dark" && p.lang != "de") { // words change no colour
				continue
			}
			b.Set(look)
			b.Run(browsertest.Open(url + "/letter"))
			b.Inspect(look, "letter", p.name)
			if look.Scheme == "dark" {
				if dark := browsertest.JS[string](b, `getComputedStyle(document.body).color`); dark == "rgb(0, 0, 0)" {
					t.Errorf("%s: black on the client's dark background", p.name)
				}
			}
		}
	}
	if n := strings.Count(shown[0].html, "src=") + strings.Count(shown[0].html, "<script"); n != 0 {
		t.Errorf("%d things are fetched or run", n)
	}
}

// long is a mail of words that no line has room for, in a colour that white does
// not stand out from.
func long(tb testing.TB) string {
	tb.Helper()
	f := complained(tb, "de", func(c *config.Config) {
		c.Organisation.Accent = "#ffcc00"
		c.Teams[0].Name["de"] = strings.Repeat("Kundenservice", 9)
	})
	f.said.Name = strings.Repeat("Erika", 20)
	f.said.Comment = strings.Repeat("Erstattungsverzögerung", 12) + "\n\n" + strings.Repeat("Wort ", 60)
	f.said.Assisted, f.said.Callback = true, true
	m := f.mail()
	m.Crisis = true
	return f.w.Case(m, f.now).HTML
}
