package pages

import (
	"fmt"
	"strings"

	"resonanz/shared/colour"
	"resonanz/shared/config"
)

// Colours are those of every page, for what has a stylesheet of its own.
type Colours struct {
	Style      string // rules that set --bg, --card, --ink, --soft, --line, --field, --a, --on, --tint, --bad and --badbg, light and dark
	Accent     string // of the light scheme: readable on white, #rrggbb
	OnAccent   string // readable on Accent
	Background string // of the light scheme
}

// NewColours are the colours in the organisation's brand, adjusted until they
// are readable. It fails when the accent is no colour.
func NewColours(cfg *config.Config) (Colours, error) {
	accent, err := colour.Parse(cfg.Organisation.Accent)
	if err != nil {
		return Colours{}, fmt.Errorf("preparing colours: organisation.accent %w", err)
	}
	style, _, _ := strings.Cut(stylesheet(accent), "*{") // they stand before the first rule
	value := func(name string) string {
		_, rest, _ := strings.Cut(style, "--"+name+":")
		return rest[:min(len(rest), len("#rrggbb"))]
	}
	return Colours{Style: style, Accent: value("a"), OnAccent: value("on"), Background: value("bg")}, nil
}
