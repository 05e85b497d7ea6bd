package main

import (
	"strings"
	"testing"

	"resonanz/infra/configure"
	"resonanz/shared/link"
	"resonanz/shared/pages"
)

// The pages of the sample cards.
func TestThePagesOfTheSampleCardsAreLight(t *testing.T) {
	cfg, err := configure.Load("../feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := pages.NewCards(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range cfg.Cards {
		c := &cfg.Cards[i]
		for _, l := range cfg.Organisation.Languages {
			v := &pages.Card{Language: l, Touchpoint: cfg.Touchpoint(c.Touchpoints[0]), Card: c}
			v.Form.Nonce = strings.Repeat("n", link.NonceLen)
			if n := len(p.Card(v)); n > 14<<10 {
				t.Errorf("%s in %s: %d bytes, want at most %d", c.ID, l, n, 14<<10)
			}
		}
	}
}
