package pages_test

import (
	"strings"
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

func TestAVoteIsDrawnAsItWasGiven(t *testing.T) {
	p, cfg := newPages(t)
	for tp, greatest := range map[feedback.Touchpoint]int{"hotline": 5, "repair": 10} {
		for stars := 1; stars <= greatest; stars++ {
			v := rated(cfg, tp, "en", stars)
			full, all, symbols := stars, 5, 1
			if greatest == 10 { // numbers are not drawn
				full, all, symbols = 0, 0, 0
			}
			for name, page := range map[string]string{"again": p.Rating(v), "follow-up": p.FollowUp(v, true), "closed": p.Closed(v)} {
				mine := page[strings.Index(page, `<p class="mine">`):]
				mine = mine[:strings.Index(mine, "</p>")]
				if n, m := strings.Count(mine, `<svg class="on">`), strings.Count(mine, "<use "); n != full || m != all {
					t.Errorf("%s, %s after %d: %d of %d stars are full", name, tp, stars, n, m)
				}
				if n := strings.Count(page, `<symbol id="s"`); n != symbols {
					t.Errorf("%s, %s: %d shapes of a star", name, tp, n)
				}
			}
			again := p.Rating(v) // where the question has words of its own to be heard under
			choices := again[strings.Index(again, "<form"):]
			if n := strings.Count(choices, "<use "); n != all || strings.Contains(choices, `<div class="row ten">`) != (greatest == 10) ||
				strings.Contains(choices, "10 = very satisfied") != (greatest == 10) || !strings.Contains(choices, "<legend>How satisfied were you?") {
				t.Errorf("%s: %d stars to choose from", tp, n)
			}
		}
	}
}

func TestAVoteThatIsMissingIsNamedWhereItIsChosen(t *testing.T) {
	p, cfg := newPages(t)
	v := view(cfg, "hotline", "en")
	if got := p.Rating(v); strings.Contains(got, "<title>Please check") || strings.Contains(got, "stars-error") {
		t.Error("speaks of a mistake where there is none")
	}
	v.Errors = []problem.Field{{Field: "stars", Code: problem.MissingField}}
	if got := p.Rating(v); !strings.Contains(got, "<title>Please check: ") || !strings.Contains(got, `<fieldset aria-describedby="stars-error">`) {
		t.Error("the choice does not lead to what is wrong with it")
	}
}

// Whoever has voted may stop here; whoever has not yet is told no such thing.
func TestOnlyAfterTheVoteThereMayBeNothingToAdd(t *testing.T) {
	p, cfg := newPages(t)
	counted, open := p.FollowUp(rated(cfg, "hotline", "en", 4), true), p.FollowUp(view(cfg, "hotline", "en"), false)
	if !strings.Contains(counted, "<title>Thank you – ") || !strings.Contains(counted, "Nothing to add?") {
		t.Error("after the vote: does not say that this may be all")
	}
	if !strings.Contains(open, "<title>Your rating – ") || strings.Contains(open, "Nothing to add?") {
		t.Error("before the vote: says that this may be all")
	}
}
