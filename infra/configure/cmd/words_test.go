package main

import (
	"testing"

	"resonanz/shared/feedback"
)

func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	if err := checkWords([]feedback.Language{"de", "en", "fr", "it"}, catalogues()); err != nil {
		t.Error(err)
	}
}

func TestAMissingStringIsNamed(t *testing.T) {
	for _, c := range catalogues() { // a language that nobody speaks lacks something everywhere
		if len(c.missing([]feedback.Language{"de", "es"})) == 0 {
			t.Errorf("%s: lack nothing in Spanish", c.name)
		}
	}
	lacking := func(what ...string) func([]feedback.Language) []string {
		return func(languages []feedback.Language) (all []string) {
			for _, l := range languages {
				for _, w := range what {
					all = append(all, string(l)+": "+w)
				}
			}
			return all
		}
	}
	got := checkWords([]feedback.Language{"de"}, []catalogue{
		{"pages", []feedback.Language{"de", "it"}, lacking("Thanks")},
		{"mail", []feedback.Language{"de"}, within([]feedback.Language{"de"}, func() []string { return []string{"de: Opening"} })},
		{"kiosk", []feedback.Language{"en"}, within([]feedback.Language{"en"}, func() []string { return nil })},
		{"cards", []feedback.Language{"de"}, lacking()},
	})
	want := "every text is needed in every language:\n" +
		"pages: de: Thanks is missing\npages: it: Thanks is missing\nmail: de: Opening is missing\nkiosk: de: everything is missing"
	if got == nil || got.Error() != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}
