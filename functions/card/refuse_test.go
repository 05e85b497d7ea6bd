package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
)

func TestWhatIsNoCardIsAPageNotFound(t *testing.T) {
	r := newRig(t)
	good := r.token()
	for name, path := range map[string]string{
		"not laid out there":         "/c/visit/hotline",
		"unknown card":               "/c/nothing/checkout-cologne",
		"unknown touchpoint":         "/c/visit/nowhere",
		"too deep":                   visit + "/more",
		"touchpoint without card":    "/c/" + r.token(func(t *link.Token) { t.Touchpoint = link.CodeOf("hotline") }),
		"touchpoint of another firm": "/c/" + r.token(func(t *link.Token) { t.Touchpoint = link.CodeOf("gone") }),
		"forged":                     "/c/" + good[:len(good)-1] + "_",
		"truncated":                  "/c/" + good[:30],
		"nothing":                    "/c/",
		"card alone":                 "/c/visit",
		"other":                      "/d/visit",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead} {
			res := r.do(sitetest.Request(method, path, "stars=5", "accept", "text/html", "content-type", sitetest.FormType))
			if res.StatusCode != 404 || method != http.MethodHead && !strings.Contains(res.Body, "Diese Karte gibt es hier nicht") {
				t.Errorf("%s, %s: %d", name, method, res.StatusCode)
			}
		}
	}
	if len(r.cards()) != 0 {
		t.Error("something was stored")
	}
}

func TestAnExpiredLinkSaysSo(t *testing.T) {
	r := newRig(t)
	path := "/c/" + r.token(func(t *link.Token) { t.Language = "fr" })
	n := r.open(path)
	r.at = start.AddDate(0, 0, 15)
	for _, res := range []struct {
		status int
		body   string
	}{{r.get(path).StatusCode, r.get(path).Body}, {r.post(path, "stars", "5", "nonce", n).StatusCode, r.post(path, "stars", "5", "nonce", n).Body}} {
		if res.status != http.StatusGone || !strings.Contains(res.body, "Ce lien a expiré") {
			t.Errorf("%d", res.status)
		}
	}
	if len(r.cards()) != 0 {
		t.Error("stored")
	}
}

func TestAMistakeIsNamedAndNothingTypedIsLost(t *testing.T) {
	const typed = "Bitte nicht verlieren"
	for name, c := range map[string]struct {
		fields []string
		say    string
		status int
	}{
		"no stars":           {nil, "Bitte wählen Sie eine Bewertung aus.", 422},
		"stars off scale":    {[]string{"stars", "6"}, "Bitte wählen Sie eine Bewertung aus.", 422},
		"grade off scale":    {[]string{"stars", "4", "q-friendliness", "6"}, "eine der angebotenen Antworten", 422},
		"grade with a sign":  {[]string{"stars", "4", "q-friendliness", "+4"}, "eine der angebotenen Antworten", 422},
		"neither yes nor no": {[]string{"stars", "4", "q-found", "maybe"}, "eine der angebotenen Antworten", 422},
		"unknown option":     {[]string{"stars", "4", "q-how_often", "never"}, "eine der angebotenen Antworten", 422},
		"control character":  {[]string{"stars", "4", "q-suggestion", "a\x00b\x1b[31m"}, "Zeichen, die wir nicht lesen können", 422},
		"too long":           {[]string{"stars", "4", "q-suggestion", strings.Repeat("ä", 2001)}, "höchstens 2000 Zeichen", 422},
		"unknown question":   {[]string{"stars", "4", "q-salary", "1"}, "Noch nicht abgeschickt", 422},
		"unknown field":      {[]string{"stars", "4", "price", "1"}, "Noch nicht abgeschickt", 422},
		"call without way":   {[]string{"stars", "4", "callback", "1"}, "Wie erreichen wir Sie?", 422},
		"way without call":   {[]string{"stars", "4", "contact", "0221 000000"}, "Bitte ankreuzen", 422},
		"stale page":         {[]string{"stars", "4", "nonce", "old"}, "nicht mehr aktuell", 422},
	} {
		r := newRig(t)
		res := r.post(visit, append([]string{"nonce", r.open(visit), "q-remark", typed}, c.fields...)...)
		if res.StatusCode != c.status || !strings.Contains(res.Body, c.say) || !strings.Contains(res.Body, typed+"</textarea>") || !strings.Contains(res.Body, `role="alert"`) {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		if sitetest.NonceIn(res.Body) == "" {
			t.Errorf("%s: the form cannot be sent again", name)
		}
		if len(r.cards()) != 0 || !strings.Contains(r.metrics.String(), `"CardRejected":1`) {
			t.Errorf("%s: stored", name)
		}
	}
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		q      []string // body, content type
		status int
		say    string
	}{
		"JSON":          {[]string{`{"stars":5}`, "application/json"}, 415, "Das können wir nicht lesen"},
		"no type":       {[]string{"stars=5", ""}, 415, "Das können wir nicht lesen"},
		"broken escape": {[]string{"stars=%zz", sitetest.FormType}, 400, "Das können wir nicht lesen"},
		"too large":     {[]string{"q-remark=" + strings.Repeat("x", 256<<10), sitetest.FormType}, 413, "zu viel auf einmal"},
	} {
		r := newRig(t)
		res := r.do(sitetest.Request(http.MethodPost, visit, c.q[0], "content-type", c.q[1]))
		if res.StatusCode != c.status || !strings.Contains(res.Body, c.say) || len(r.cards()) != 0 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	r := newRig(t)
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if res := r.do(sitetest.Request(method, visit, "")); res.StatusCode != 405 || res.Headers["Allow"] != "GET, HEAD, POST" {
			t.Errorf("%s: %d, Allow %q", method, res.StatusCode, res.Headers["Allow"])
		}
	}
}

func TestABusyTableKeepsWhatWasTyped(t *testing.T) {
	r := newRig(t)
	n := r.open(visit)
	r.table.writeErr = errors.New("secret arn:aws:table throttled")
	res := r.post(visit, "stars", "2", "q-remark", "Zu lange gewartet", "nonce", n)
	if res.StatusCode != 503 || res.Headers["Retry-After"] == "" || !strings.Contains(res.Body, "Zu lange gewartet</textarea>") ||
		!strings.Contains(res.Body, "nicht speichern") || strings.Contains(res.Body, "arn:") {
		t.Errorf("%d %v", res.StatusCode, res.Headers)
	}
	if !strings.Contains(r.log.String(), "arn:aws:table") {
		t.Error("the log lacks the cause")
	}
	r.table.writeErr = nil
	if res := r.post(visit, "stars", "2", "q-remark", "Zu lange gewartet", "nonce", n); res.StatusCode != 303 || len(r.cards()) != 1 {
		t.Errorf("sent again: %d", res.StatusCode)
	}
}

func TestAnUnreadableTableShowsTheCardAsNew(t *testing.T) {
	r := newRig(t)
	r.table.readErr = context.DeadlineExceeded
	path := "/c/" + r.token()
	r.open(path)
	if !strings.Contains(r.log.String(), "deadline") {
		t.Error("the log lacks the cause")
	}
	if res := r.get(path + "?done=1"); !strings.Contains(res.Body, "Vielen Dank") {
		t.Error("a stored card is not thanked for")
	}
}

func TestWithoutKeysACardBehindALinkFailsPlainly(t *testing.T) {
	r := newRig(t)
	r.links.Err = errors.New("secret arn:aws:unreachable")
	res := r.get("/c/" + r.token())
	if res.StatusCode != 500 || strings.Contains(res.Body, "arn:") || !strings.Contains(res.Body, "Der Fehler liegt bei uns") || !strings.Contains(r.log.String(), "arn:aws") {
		t.Errorf("%d", res.StatusCode)
	}
	if res := r.get(visit); res.StatusCode != 200 {
		t.Errorf("a card without a link needs no key: %d", res.StatusCode)
	}
}

func TestAPanicIsAPageThatSaysNothing(t *testing.T) {
	r := newRig(t)
	r.handler.cfg = nil
	res, err := r.Handle(t.Context(), sitetest.Request(http.MethodGet, visit, ""))
	if err != nil || res.StatusCode != 500 || strings.Contains(res.Body, "nil pointer") {
		t.Errorf("%d, %v", res.StatusCode, err)
	}
}
