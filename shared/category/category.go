// Package category says what the categories of complaints are called, in the
// words of customers. The usual ones have names here; an owner names further
// ones, or the usual ones otherwise, in the configuration.
package category

import (
	"cmp"
	"slices"
	"strings"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// Name is what the category code is called in language l, else in the
// organisation's default language. What has no name is called by its code.
func Name(cfg *config.Config, code string, l feedback.Language) string {
	if s := cfg.In(cfg.CategoryNames[code], l); s != "" {
		return s
	}
	if s := cmp.Or(usualName(code, l), usualName(code, cfg.Organisation.DefaultLanguage)); s != "" {
		return s
	}
	return code
}

// Root is the branch of the tree that a category hangs on: "billing" of
// "billing.refund_delay", and of "billing" itself.
func Root(code string) string {
	root, _, _ := strings.Cut(code, ".")
	return root
}

// Group is a branch of the tree with what can be chosen of it.
type Group struct {
	Root  string
	Codes []string
}

// Groups are the configured categories by their branches, both in the order of
// the configuration.
func Groups(cfg *config.Config) []Group {
	var all []Group
	for _, code := range cfg.Categories {
		root := Root(code)
		i := slices.IndexFunc(all, func(g Group) bool { return g.Root == root })
		if i < 0 {
			i, all = len(all), append(all, Group{Root: root})
		}
		all[i].Codes = append(all[i].Codes, code)
	}
	return all
}

// Single reports whether the group is one category that is its own branch:
// there is nothing to choose within it.
func (g *Group) Single() bool { return len(g.Codes) == 1 && g.Codes[0] == g.Root }

// Unnamed are the languages of the organisation in which a category, or a
// branch, has no name. The build refuses such a configuration.
func Unnamed(cfg *config.Config, code string) []feedback.Language {
	var lacking []feedback.Language
	for _, l := range cfg.Organisation.Languages {
		if cfg.CategoryNames[code][l] == "" && usualName(code, l) == "" {
			lacking = append(lacking, l)
		}
	}
	return lacking
}
