package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

// Whatever link is opened, and however it is sent: nobody is opted out but by a
// genuine link, by POST; what comes after the dot is what was sealed for it.
func FuzzUnsubscribe(f *testing.F) {
	f.Add("POST", "TOKEN", "List-Unsubscribe=One-Click", sitetest.FormType)
	f.Add("POST", "TOKEN.SEALED", "List-Unsubscribe=One-Click", sitetest.FormType)
	f.Add("GET", "TOKEN.SEALED", "", "")
	f.Add("POST", "TOKEN.AAAA", "", sitetest.FormType)
	f.Add("POST", "TOKEN.", "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n", "multipart/form-data; boundary=x")
	f.Add("HEAD", "AAAA", "", "")
	f.Add("DELETE", "TOKEN", "%zz", "text/plain")
	f.Fuzz(func(t *testing.T, method, path, body, media string) {
		r := newRig(t)
		const who = store.ContactID("contact")
		token := r.ring.Token(t, "hotline", start)
		sealed := link.Seal(sitetest.Keyring(t, r.ring.Secret, nil), feedback.ResponseKey("2026-03-abcdefghijklmnop"), string(who))
		path = strings.NewReplacer("TOKEN", token, "SEALED", sealed).Replace(path)
		q := sitetest.Request(method, "/u/", body, "content-type", media)
		q.RawPath = "/u/" + path
		res := r.do(q)
		if res.StatusCode >= 500 {
			t.Fatalf("%s %q: %d\n%s", method, path, res.StatusCode, r.log)
		}
		if h := res.Headers; h["X-Content-Type-Options"] != "nosniff" || h["Content-Security-Policy"] == "" || h["Cache-Control"] != "no-store" {
			t.Errorf("%d with %v", res.StatusCode, h)
		}
		genuine := path == token || path == token+"." || path == token+"."+sealed
		if plain, err := url.PathUnescape(path); err == nil && plain != path {
			genuine = genuine || plain == token || plain == token+"." || plain == token+"."+sealed
		}
		if (res.StatusCode == http.StatusOK || r.shelf.calls > 0) && !genuine {
			t.Errorf("%s %q: %d, %d calls", method, path, res.StatusCode, r.shelf.calls)
		}
		out, err := r.shelf.OptedOut(t.Context(), who)
		if err != nil || out && (method != http.MethodPost || !strings.Contains(path, sealed)) {
			t.Errorf("%s %q opted out: %v, %v", method, path, out, err)
		}
	})
}
