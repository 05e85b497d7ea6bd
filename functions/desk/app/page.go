package app

import (
	"html"
	"net/url"
	"strings"

	"resonanz/shared/feedback"
)

// languages are those that the desk speaks.
var languages = [...]feedback.Language{"de", "en"}

// inOurs is l where the desk speaks it, else English.
func inOurs(l feedback.Language) feedback.Language {
	for _, ours := range languages {
		if l == ours {
			return l
		}
	}
	return "en"
}

// Languages are those that the desk speaks.
func Languages() []feedback.Language { return languages[:] }

// words are what a page says before any script runs.
var words = map[feedback.Language]struct{ title, unconfigured, tell string }{
	"de": {
		"Arbeitsplatz", "Der Arbeitsplatz ist noch nicht eingerichtet",
		"Bitte ergänzen Sie in infra/feedback.yaml unter oidc.desk und stellen Sie danach neu bereit:",
	},
	"en": {
		"Desk", "The desk is not set up yet",
		"Please add to infra/feedback.yaml, under oidc.desk, and deploy again:",
	},
}

// unconfigured is the page of a desk at which nobody can sign in.
func (a *App) unconfigured(l feedback.Language) string {
	w := words[l]
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="` + string(l) + `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
		`<title>` + html.EscapeString(w.title+" · "+a.organisation.Name) + `</title><link rel="stylesheet" href="/desk/desk.css?v=` + a.Version + `"></head>` +
		`<body><main><h1>` + html.EscapeString(w.unconfigured) + `</h1><p>` + html.EscapeString(w.tell) + `</p><ul>`)
	for _, m := range a.missing {
		b.WriteString(`<li><code>` + m + `</code></li>`)
	}
	b.WriteString(`</ul></main></body></html>` + "\n")
	return b.String()
}

// policy allows the page what is its own, and to ask the issuer for tokens.
func policy(tokenURL string) string {
	connect := "'self'"
	if u, err := url.Parse(tokenURL); err == nil && u.Host != "" {
		connect += " " + u.Scheme + "://" + u.Host
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src " + connect +
		"; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
}
