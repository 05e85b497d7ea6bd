package pages_test

import (
	"strings"
	"testing"

	"resonanz/shared/feedback"
)

func TestAPageSaysWhereNobodyLearnsWhoAnswers(t *testing.T) {
	for l, want := range map[feedback.Language]string{
		"de": "Wir erfahren nicht, wer Sie sind", "en": "We do not learn who you are", "fr": "Nous ne saurons pas qui vous êtes", "it": "Non sapremo chi è Lei",
	} {
		p, cfg := newPages(t)
		if got := p.Rating(view(cfg, "hotline", l)); strings.Contains(got, want) {
			t.Errorf("%s: says so where it is not so", l)
		}
		anonymous := true
		cfg.Touchpoint("hotline").Anonymous = &anonymous
		if got := p.Rating(view(cfg, "hotline", l)); !strings.Contains(got, want) {
			t.Errorf("%s: does not say so", l)
		}
	}
}
