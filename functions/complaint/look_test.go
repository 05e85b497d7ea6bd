package main

import (
	"strings"
	"testing"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/pages/browsertest"
)

// scene is a page as customers meet it.
type scene struct {
	name string
	path string // without the language
	do   []browsertest.Step
	all  bool // at every size; the others on a phone only, since their layout is the same
}

// scenes brings complaints of a language to where their customers find them.
func scenes(t *testing.T, r *rig, l string) []scene {
	t.Helper()
	to := func(state string) string {
		n := stateOf(t, state)
		r.begin = start.AddDate(0, 0, -ways[n].after)
		return r.lead(n, "l", l, "remedy", "Bitte überweisen Sie mir das Geld bis Freitag.", "email", "kundin@example.com", "comment",
			"Am 2. Februar habe ich die Jacke zurückgeschickt.\nDie Erstattung fehlt seit drei Wochen, und am Telefon war niemand zu erreichen.")
	}
	anonymous := func() string { r.at = start; return r.complain("l", l) }
	filed := to("resolved")
	r.apply(filed, casefile.System, attached("1"))
	r.at = start
	return []scene{
		{"form", where, nil, true},
		{"mistakes", where, []browsertest.Step{
			browsertest.Type("#comment", "Drei Wochen gewartet."), browsertest.Type("#email", "kundin@beispiel"), browsertest.Type("#phone", "abends"),
			browsertest.Click(`input[name=annoyance][value="4"]`), browsertest.Click("button[type=submit]"), browsertest.Await(".sum"),
		}, true},
		{"acknowledged", to("acknowledged") + "?new=1", nil, true},
		{"anonymous", anonymous() + "?new=1", nil, false},
		{"overdue", to("overdue"), nil, false},
		{"asked", to("asked"), nil, false},
		{"resolved", filed, []browsertest.Step{browsertest.Click("summary")}, true},
		{"rejected", to("rejected"), nil, false},
		{"closed", to("closed"), []browsertest.Step{browsertest.Click(`input[name=stars][value="2"]`)}, true},
		{"reopened", to("reopened") + "?done=reopen", nil, false},
		{"withdraw", to("investigated") + "?do=withdraw", nil, false},
		{"withdrawn", to("withdrawn"), nil, false},
		{"joined", to("joined"), nil, false},
		{"notfound", "/k/none", nil, false},
	}
}

func TestThePagesLookRightAndSuitEveryone(t *testing.T) {
	r := newRig(t)
	usual(r)
	r.files = files{"https://attachments.s3.eu-central-1.amazonaws.com"}
	url := browsertest.Serve(t, loopback.Handler(r.Handle))
	r.public = "https://feedback.example.com"
	b := browsertest.Start(t)
	for _, l := range []string{"de", "en", "fr", "it"} {
		all := scenes(t, r, l)
		for _, look := range browsertest.Looks(l) {
			phone := look.Size == browsertest.Phone
			if l != "de" && !phone && look.Size != browsertest.Large {
				continue // the words differ, the layout hardly does
			}
			b.Set(look)
			for _, s := range all {
				if !phone && !s.all || phone && look.Scheme == "dark" && (!s.all || l != "de") {
					continue
				}
				mark := "?"
				if strings.Contains(s.path, "?") {
					mark = "&"
				}
				b.Run(browsertest.Open(url + s.path + mark + "l=" + l))
				b.Run(s.do...)
				name := s.name + "-" + l
				if phone && (s.all || l == "de") || l == "de" && look.Size == browsertest.Desktop {
					b.Inspect(look, "complaint", name)
					continue
				}
				b.Fits(look, "complaint", name)
				if phone || l == "de" {
					b.Picture("complaint", name+"-"+look.Size.Name+"-"+look.Scheme)
				}
			}
		}
	}
}
