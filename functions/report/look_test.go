package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/pages/browsertest"
)

// The pages that are no report, as those who open them see them.
func TestPagesLookRightAndSuitEveryone(t *testing.T) {
	r := newRig(t)
	r.wrote(2, "repair", during, feedback.Personal{Comment: "Sehr freundlich.\nDie Waschmaschine läuft wieder."})
	r.wrote(1, "hotline", during.Add(time.Hour), feedback.Personal{Suggestion: "Längere Zeiten am Abend", Answers: map[string]string{"wish": "Mehr Personal"}})
	r.post("", 201)
	links := map[string]string{}
	for _, l := range []string{"de", "en"} {
		links[l] = strings.TrimPrefix(r.mailed("", l).Link, r.public)
	}
	r.clock = r.mailed("", "de").LinkUntil
	url := browsertest.Serve(t, loopback.Handler(func(ctx context.Context, q *httpapi.Request) (httpapi.Response, error) {
		q.RequestContext.Authorizer = request("GET", "/", "").RequestContext.Authorizer
		return r.request(ctx, q), nil
	}))
	b := browsertest.Start(t)
	for _, l := range []string{"de", "en"} {
		for _, look := range browsertest.Looks(l) {
			if l != "de" && look.Size != browsertest.Phone {
				continue // the words differ, the layout hardly does
			}
			b.Set(look)
			for name, path := range map[string]string{
				"words": "/v1/reports/2026-03/words.html", "no-words": "/v1/reports/2025-03/words.html", "expired": links[l], "notfound": tokenPrefix + "x",
			} {
				if look.Size != browsertest.Phone && name != "words" {
					continue // a page with hardly anything on it
				}
				b.Run(browsertest.Open(url + path))
				b.Inspect(look, "report", name+"-"+l)
			}
		}
	}
	b.Forgive() // the browser notes each answer that is an error
}
