// Package scheme is the colours of every page that customers see, light and dark,
// in the organisation's brand.
package scheme

import (
	"fmt"

	"resonanz/shared/colour"
	"resonanz/shared/config"
)

// Colours are what a stylesheet begins with.
type Colours struct {
	Style      string // rules that set --bg, --card, --ink, --soft, --line, --field, --a, --on, --tint, --bad and --badbg, light and dark
	Accent     string // of the light scheme: readable on white, #rrggbb
	OnAccent   string // readable on Accent
	Background string // of the light scheme
}

// New are the colours in the organisation's brand, adjusted until they are
// readable. It fails when the accent is no colour.
func New(cfg *config.Config) (Colours, error) {
	accent, err := colour.Parse(cfg.Organisation.Accent)
	if err != nil {
		return Colours{}, fmt.Errorf("preparing colours: organisation.accent %w", err)
	}
	return of(accent), nil
}

func of(accent colour.Colour) Colours {
	bright, a, on := light.with(accent, black)
	dim, _, _ := dark.with(accent, colour.White)
	return Colours{
		Style: ":root{color-scheme:light dark;" + bright + "}" +
			"@media (prefers-color-scheme:dark){:root{" + dim + "}}",
		Accent: a.String(), OnAccent: on.String(), Background: light.bg,
	}
}

// palette holds the neutral colours of one scheme.
type palette struct{ bg, card, ink, soft, line, field, bad, badBG string }

var (
	light = palette{"#f4f5f7", "#ffffff", "#17191c", "#565c64", "#dfe2e6", "#767d86", "#a8201a", "#fdeeed"}
	dark  = palette{"#0f1114", "#181b20", "#eceef0", "#a9b0b8", "#2b3037", "#7d8690", "#ff9c94", "#3a1f1e"}
	black = colour.Must("#0b0d10")
)

// with is what sets the colours of p, with the accent moved towards another colour
// until it is readable; a and on are the accent and what is readable on it.
func (p palette) with(accent, towards colour.Colour) (style string, a, on colour.Colour) {
	card, bg := colour.Must(p.card), colour.Must(p.bg)
	tint := card.Mix(accent, 0.07)
	a, on = accent.Readable(towards, card, bg, tint), colour.White
	if colour.Contrast(a, on) < colour.Enough {
		on = black
	}
	return "--bg:" + p.bg + ";--card:" + p.card + ";--ink:" + p.ink + ";--soft:" + p.soft + ";--line:" + p.line + ";--field:" + p.field +
		";--a:" + a.String() + ";--on:" + on.String() + ";--tint:" + tint.String() + ";--bad:" + p.bad + ";--badbg:" + p.badBG, a, on
}
