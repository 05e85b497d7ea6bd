package main

import (
	"fmt"
	"slices"
	"strings"

	kiosk "resonanz/functions/kiosk/app"
	"resonanz/shared/feedback"
	"resonanz/shared/letter"
	"resonanz/shared/pages"
)

// catalogue is what customers read in one place, in several languages.
type catalogue struct {
	name      string
	languages []feedback.Language
	// missing names what one of the languages lacks, as "fr: Thanks".
	missing func([]feedback.Language) []string
}

// catalogues are all of them.
func catalogues() []catalogue {
	return []catalogue{
		{"pages", pages.Languages(), pages.Missing},
		{"pages of response cards", pages.Languages(), pages.MissingCard},
		{"pages of complaints", pages.Languages(), pages.MissingComplaint},
		{"mail to customers", letter.Languages(), within(letter.Languages(), letter.Missing)},
		{"kiosk", kiosk.Languages(), within(kiosk.Languages(), kiosk.Missing)},
	}
}

// within asks a catalogue that judges its own languages only: any other is
// missing as a whole.
func within(known []feedback.Language, missing func() []string) func([]feedback.Language) []string {
	return func(languages []feedback.Language) []string {
		all := missing()
		for _, l := range languages {
			if !slices.Contains(known, l) {
				all = append(all, string(l)+": everything")
			}
		}
		return all
	}
}

// checkWords says which strings are missing: in a language that the owner
// offers, or that a catalogue began.
func checkWords(offered []feedback.Language, all []catalogue) error {
	var lines []string
	for _, c := range all {
		languages := slices.Clone(offered)
		for _, l := range c.languages {
			if !slices.Contains(languages, l) {
				languages = append(languages, l)
			}
		}
		for _, m := range c.missing(languages) {
			lines = append(lines, c.name+": "+m+" is missing")
		}
	}
	if lines == nil {
		return nil
	}
	return fmt.Errorf("every text is needed in every language:\n%s", strings.Join(lines, "\n"))
}
