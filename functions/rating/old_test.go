package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/httpapi/loopback"
	. "resonanz/shared/pages/browsertest"
)

// parents are the rules that ask what an element holds: browsers from before 2022,
// and Firefox from before 2024, pass over each as a whole.
var parents = regexp.MustCompile(`[^{}]*:has\([^{}]*\{[^{}]*\}`)

// An old phone shows what is chosen and where the focus is, and takes answers back.
func TestABrowserOfYearsAgoShowsWhatIsChosen(t *testing.T) {
	r := answered(t)
	handler := loopback.Handler(r.Handle)
	b := &browser{rig: r, Browser: Start(t), url: Serve(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		kept := httptest.NewRecorder()
		handler.ServeHTTP(kept, q)
		w.Header().Set("Content-Type", kept.Header().Get("Content-Type")) // the policy knows the whole stylesheet
		_, _ = io.WriteString(w, parents.ReplaceAllString(strings.ReplaceAll(kept.Body.String(), "@supports not selector(:has(a))", "@media all"), ""))
	}))}
	shows := func(what, expression string) {
		t.Helper()
		if !JS[bool](b.Browser, `(() => { const input = document.querySelector("input:checked"), label = input.parentElement, style = e => getComputedStyle(e); return `+expression+`; })()`) {
			t.Error(what)
		}
	}
	b.Run(Open(b.url + b.address("de", "hotline", "") + "?s=4"))
	shows("the star that was chosen is empty", `style(label.querySelector("svg")).fill !== "none"`)
	b.Run(Press(kb.Tab))
	shows("the focus is not seen", `document.activeElement === input && style(label).outlineStyle === "solid"`)

	const seen = `(text => style(text).textDecorationLine === "underline" && style(text).color === style(document.body).color)`
	b.Run(Open(b.url + b.address("de", "repair", "") + "?s=8"))
	shows("the number that was chosen is not seen", seen+`(label.querySelector(".n"))`)
	b.Run(Open(b.url+b.address("de", "hotline", "good")+"?done=1"), Click(`input[name="nps"][value="9"]`))
	shows("the step that was chosen is not seen", seen+`(label.querySelector("b"))`)
	shows("an answer cannot be taken back", `style(document.querySelector('input[name="nps"][value=""]')).visibility === "visible"`)
	b.Picture("rating", "old-de")
}
