// Package pages writes the pages that customers see: semantic HTML with one
// small inline stylesheet, in four languages, light and dark, right without
// script and without a request to anyone else. A page depends on its arguments
// and the configuration only.
package pages

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/scheme"
)

//go:embed style.css
var styleSource string

// Pages writes pages for one organisation. It is safe for concurrent use.
type Pages struct {
	cfg     *config.Config
	offered []feedback.Language
	style   raw
	policy  string
}

// New prepares the pages: the stylesheet in the brand's colour, adjusted until
// it is readable, and the policy that allows nothing else.
func New(cfg *config.Config) (*Pages, error) {
	colours, err := scheme.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("preparing pages: %w", err)
	}
	style := colours.Style + strings.ReplaceAll(styleSource, "\n", "")
	sum := sha256.Sum256([]byte(style))
	return &Pages{
		cfg:     cfg,
		offered: Offered(cfg),
		style:   raw(style),
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	}, nil
}

// Policy is the Content-Security-Policy that goes with every page: this one
// stylesheet, forms to this address, nothing else.
func (p *Pages) Policy() string { return p.policy }

// text is the catalogue of the language l, else of the organisation's default,
// else English.
func (p *Pages) text(l feedback.Language) *text {
	if spoken := catalogue[l]; spoken != nil {
		return spoken()
	}
	if spoken := catalogue[p.cfg.Organisation.DefaultLanguage]; spoken != nil {
		return spoken()
	}
	return english()
}

// write makes a page: title, main part, foot. A page of usual size fits the
// buffer without growing.
func (p *Pages) write(l feedback.Language, title string, body, foot func(*page)) string {
	t := p.text(l)
	w := &page{text: t}
	w.b.Grow(14 << 10)
	w.raw("<!doctype html>\n<html")
	w.attr("lang", string(t.Lang))
	w.raw(`><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="format-detection" content="telephone=no">`)
	w.el("title", "title", title+" – "+p.cfg.Organisation.Name)
	w.raw("<style>", p.style, "</style></head><body>")
	w.el("header", "header", p.cfg.Organisation.Name)
	w.raw("<main>")
	body(w)
	w.raw("</main>")
	if foot != nil {
		w.raw("<footer>")
		foot(w)
		w.raw("</footer>")
	}
	w.raw("</body></html>\n")
	return w.b.String()
}

// touchpoint is the name of tp in the language of t.
func (p *Pages) touchpoint(tp *config.Touchpoint, t *text) string {
	for _, l := range [...]feedback.Language{t.Lang, p.cfg.Organisation.DefaultLanguage} {
		if n := tp.Name[l]; n != "" {
			return n
		}
	}
	return string(tp.ID)
}
