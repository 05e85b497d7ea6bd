package pages_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"resonanz/shared/pages"
	. "resonanz/shared/pages/browsertest"
)

// The pages that no rating link leads to; those of links are looked at where
// they are answered.
func TestPagesThatSaySomethingSuitEveryone(t *testing.T) {
	p, _ := newPages(t)
	type say func(l string) string
	shots := map[string]say{}
	for m, name := range map[pages.Message]string{
		pages.TooLarge: "too-large", pages.WrongType: "wrong-type", pages.MethodNotAllowed: "wrong-method", pages.Failed: "failed",
		pages.Expired: "expired", pages.NotFound: "not-found", pages.TooOften: "too-often", pages.Foreign: "foreign",
	} {
		shots[name] = func(l string) string { return p.Message(lang(l), m) }
	}
	shots["unsubscribe"] = func(l string) string { return p.Unsubscribe(lang(l), false, false) }
	shots["unsubscribed"] = func(l string) string { return p.Unsubscribe(lang(l), true, false) }
	shots["unsubscribed-before"] = func(l string) string { return p.Unsubscribe(lang(l), true, true) }

	b := Start(t)
	url := Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, l, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", p.Policy())
		if shot := shots[name]; shot != nil {
			_, _ = io.WriteString(w, shot(l))
		}
	}))
	for _, l := range pages.Languages() {
		for name := range shots {
			for _, look := range []Look{
				{Size: Phone, Scheme: "light"}, {Size: Phone, Scheme: "dark"}, {Size: Small, Scheme: "light"}, {Size: Large, Scheme: "light"},
			} {
				b.Set(look)
				b.Run(Open(url+"/"+name+"/"+string(l)), Await("h1"))
				if look.Size == Phone {
					b.Inspect(look, "pages", name+"-"+string(l))
				} else {
					b.Fits(look, "pages", name+"-"+string(l))
				}
			}
		}
	}
}
