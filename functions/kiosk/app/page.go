package app

import (
	"crypto/sha256"
	_ "embed" // the page's source
	"encoding/base64"
	"html"
	"strconv"
	"strings"

	"resonanz/shared/feedback"
)

//go:embed src/page.html
var pageSource string

// mouths are the faces from sad to glad: mouth, and for the outermost brows.
var mouths = [...]string{
	"M20 47q12-12 24 0M15 15l11 5M49 15l-11 5", "M21 45q11-7 22 0", "M21 43h22", "M21 41q11 8 22 0", "M19 39q13 15 26 0z",
}

const star = `<svg viewBox="0 0 64 64" aria-hidden="true"><path d="M32 5l8.2 17.6 19.3 2.4-14.2 13.2 3.7 19L32 47.8 15 57.2l3.7-19L4.5 25l19.3-2.4z"/></svg>`

// Policy allows the page what is its own and nothing else.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; " +
	"worker-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

// Page is the app's page: the start as customers find it, in the organisation's
// language, before any script has run.
func (k *Kiosk) Page() string { return k.page }

func (k *Kiosk) write() string {
	o := &k.app.cfg.Organisation
	l := k.language()
	said := speech(l)
	pairs := []string{
		"$LANGUAGES", k.switches(), "$LANG", string(l), "$ACCENT", k.app.colours.Accent, "$TITLE", html.EscapeString(said["title"]),
		"$ORG", html.EscapeString(o.Name), "$AT", html.EscapeString(k.app.cfg.In(k.tp.Name, l)), "$BASE", string(k.device.ID),
		"$V\"", "?v=" + k.Version + `"`, "$SCALE", k.scale(said),
		"$CONFIG", `{"version":"` + k.Version + `",` + k.baked[1:],
	}
	for _, w := range words {
		pairs = append(pairs,
			`data-t="`+w.key+`">`, `data-t="`+w.key+`">`+html.EscapeString(said[w.key]),
			`data-t="`+w.key+`" hidden>`, `data-t="`+w.key+`" hidden>`+html.EscapeString(said[w.key]),
			`data-label="`+w.key+`"`, `data-label="`+w.key+`" aria-label="`+html.EscapeString(said[w.key])+`"`)
	}
	return strings.NewReplacer(pairs...).Replace(pageSource)
}

// switches are the buttons that change the language; none where there is but one.
func (k *Kiosk) switches() string {
	spoken := k.spoken()
	if len(spoken) < 2 {
		return ""
	}
	var b strings.Builder
	for _, l := range spoken {
		b.WriteString(`<button type="button" data-lang="` + string(l) + `" lang="` + string(l) + `" aria-pressed="` +
			strconv.FormatBool(l == k.language()) + `">` + html.EscapeString(speech(l)["self"]) + `</button>`)
	}
	return b.String()
}

// scale are the buttons of the vote: numbers for ten, else faces or stars.
func (k *Kiosk) scale(said map[string]string) string {
	least, most := k.tp.Scale.Bounds()
	look, label := "stars", "ofFive"
	switch {
	case most == 10:
		look, label = "ten", "ofTen"
	case k.device.Look == "faces":
		look = "faces"
	}
	var b strings.Builder
	b.WriteString(`<div id="scale" class="` + look + `" role="group" aria-labelledby="q">`)
	for n := least; n <= most; n++ {
		key := label
		if look == "faces" {
			key = "face" + strconv.Itoa(n)
		}
		name := strings.ReplaceAll(said[key], "{n}", strconv.Itoa(n))
		b.WriteString(`<button type="button" value="` + strconv.Itoa(n) + `" data-label="` + key + `" aria-label="` + html.EscapeString(name) + `">`)
		switch look {
		case "faces":
			b.WriteString(`<svg viewBox="0 0 64 64" aria-hidden="true"><circle class="d" cx="32" cy="32" r="30"/><circle class="e" cx="22" cy="27" r="3.4"/>` +
				`<circle class="e" cx="42" cy="27" r="3.4"/><path d="` + mouths[n-1] + `"/></svg><span data-t="` + key + `">` + html.EscapeString(said[key]) + `</span>`)
		case "stars":
			b.WriteString(star)
		default:
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteString(`</button>`)
	}
	b.WriteString(`</div>`)
	return b.String()
}

// NotFound is the page for a device that is none, in language l, and the policy
// that goes with it.
func (a *App) NotFound(l feedback.Language) (page, policy string) {
	said := speech(l)
	if said == nil {
		l, said = "en", speech("en")
	}
	sum := sha256.Sum256([]byte(a.style))
	page = `<!doctype html><html lang="` + string(l) + `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
		`<meta name="robots" content="noindex, nofollow"><title>` + html.EscapeString(said["notFound"]) + `</title><style>` + a.style + `</style></head>` +
		`<body><header><span>` + html.EscapeString(a.cfg.Organisation.Name) + `</span></header><main><section id="stage"><div class="sign" aria-hidden="true"></div><h1>` +
		html.EscapeString(said["notFound"]) + `</h1><p class="lead">` + html.EscapeString(said["notFoundText"]) + `</p></section></main></body></html>` + "\n"
	return page, "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
}
