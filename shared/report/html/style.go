package html

import (
	_ "embed"
	"strings"

	"resonanz/shared/colour"
)

//go:embed style.css
var sheet string

// style is the style sheet in a brand colour, which is made readable on every
// background that text in it stands on; what is no colour gives blue.
func style(accent string) string {
	a, err := colour.Parse(accent)
	if err != nil {
		a = colour.Must("#0b5cad")
	}
	light := a.Readable(colour.Black, colour.White, colour.Must("#f4f5f7"))
	dark := a.Readable(colour.White, colour.Must("#0f1318"), colour.Must("#181d25"))
	return strings.NewReplacer("$ACCENT", light.String(), "$DARK", dark.String(), "$ON", light.Ink().String()).Replace(sheet)
}
