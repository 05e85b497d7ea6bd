package pages

import (
	"slices"
	"strings"
	"testing"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
)

func TestNothingIsMissingInAnyLanguage(t *testing.T) {
	if got := Missing(Languages()); len(got) > 0 {
		t.Errorf("missing: %q", got)
	}
	for _, l := range Languages() {
		if c := catalogue[l](); c.Lang != l || len(c.errors) != len(german().errors) {
			t.Errorf("%s is %s, and explains %d mistakes where German explains %d", l, c.Lang, len(c.errors), len(german().errors))
		}
	}
	if len(Languages()) != len(catalogue) {
		t.Error("a catalogue is not listed")
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	broken := *french()
	broken.Question = ""
	broken.messages = map[Message][2]string{}
	for m, said := range french().messages {
		broken.messages[m] = said
	}
	broken.messages[Expired] = [2]string{"Ce lien a expiré", ""}
	broken.errors = map[string]string{}
	for k, s := range french().errors {
		broken.errors[k] = s
	}
	delete(broken.errors, "comment/too_long")
	broken.errors["odd/only_here"] = "…"
	catalogue["xx"] = func() *text { return &broken }
	defer delete(catalogue, "xx")
	want := []string{"de: error odd/only_here", "es: every text", "xx: Question", "xx: error comment/too_long", "xx: message 0"}
	if got := Missing([]feedback.Language{"xx", "de", "es"}); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDatesAreWrittenAsPeopleWriteThem(t *testing.T) {
	first, other := time.Date(2026, 3, 1, 9, 5, 0, 0, time.UTC), time.Date(2026, 8, 12, 18, 30, 0, 0, time.UTC)
	for l, want := range map[feedback.Language][2]string{
		"de": {"1. März 2026 um 09:05 Uhr", "12. August 2026 um 18:30 Uhr"},
		"en": {"1 March 2026 at 09:05", "12 August 2026 at 18:30"},
		"fr": {"1er mars 2026 à 09:05", "12 août 2026 à 18:30"},
		"it": {"1º marzo 2026 alle 09:05", "12 agosto 2026 alle 18:30"},
	} {
		for i, at := range []time.Time{first, other} {
			if got := catalogue[l]().RatedAt(at); !strings.Contains(got, want[i]) {
				t.Errorf("%s: %q lacks %q", l, got, want[i])
			}
		}
	}
}

func TestReasonsFitTheScore(t *testing.T) {
	cfg := intaketest.Config(t)
	for _, c := range []struct {
		touchpoint feedback.Touchpoint
		stars      int
		code       string
		want       bool
	}{
		{"hotline", 1, "waiting_time", true}, {"hotline", 3, "waiting_time", true}, {"hotline", 4, "waiting_time", false},
		{"hotline", 4, "friendly", true}, {"hotline", 3, "friendly", false},
		{"hotline", 1, "something_else", true}, {"hotline", 5, "something_else", true},
		{"checkout-cologne", 1, "not_solved", false}, {"hotline", 1, "never_heard_of", false}, {"hotline", 1, "", false},
	} {
		if got := Offers(cfg, cfg.Touchpoint(c.touchpoint), c.stars, c.code); got != c.want {
			t.Errorf("%s after %d at %s: %v", c.code, c.stars, c.touchpoint, got)
		}
	}
	repair := cfg.Touchpoint("repair")
	for stars, want := range map[int]config.Mood{1: config.Bad, 8: config.Bad, 9: config.Good, 10: config.Good} {
		if got := Mood(cfg, repair, stars); got != want {
			t.Errorf("%d of 10 is %s, want %s", stars, got, want)
		}
	}
}
