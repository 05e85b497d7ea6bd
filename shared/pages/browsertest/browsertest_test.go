package browsertest

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Good</title></head>
<body style="margin:0"><main><h1>Good</h1><p>A sentence with a <a href="/">link</a> in it.</p><button style="min-width:44px;min-height:44px">Go</button></main></body></html>`

// spoilt has one fault of each kind that Layout looks for.
var spoilt = strings.NewReplacer(
	"min-height:44px", "min-height:0;height:20px;padding:0",
	"<h1>", `<p style="width:700px">wide</p><p style="width:3rem;overflow:hidden;white-space:nowrap">cut off by far too little room</p><h1>`).Replace(good)

func serve(t *testing.T, page string) string {
	t.Helper()
	return Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, page)
	}))
}

func TestAGoodPageIsFoundGoodAndKept(t *testing.T) {
	b := Start(t)
	url := serve(t, good)
	picture := filepath.Join(root(t), "build", "screens", "browsertest", "good-small-dark.png")
	_ = os.Remove(picture)
	for _, l := range Looks("en") {
		b.Set(l)
		b.Run(Open(url), Await("button"))
		b.Inspect(l, "browsertest", "good")
	}
	small := Look{Small, "dark", "de"}
	b.Set(small)
	b.Run(Open(url))
	b.Inspect(small, "browsertest", "good")
	if info, err := os.Stat(picture); err != nil || info.Size() < 1000 {
		t.Errorf("no picture: %v", err)
	}
}

func TestEveryFaultOfTheLayoutIsFound(t *testing.T) {
	b := Start(t)
	b.Set(Look{Phone, "light", ""})
	b.Run(Open(serve(t, spoilt)))
	got := strings.Join(b.Layout(), "\n")
	for _, want := range []string{"the page is 700 px wide", "x20.0", "is cut off", "sticks out of the screen"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not found in\n%s", want, got)
		}
	}
}

func TestFaultsOfAccessAreFound(t *testing.T) {
	b := Start(t)
	b.Run(Open(serve(t, strings.NewReplacer(` lang="en"`, "", "<p>", `<p style="color:#aaa;background:#fff">`, "<main>", `<main><input type="text">`).Replace(good))))
	got := strings.Join(b.Axe(), "\n")
	for _, want := range []string{"html-has-lang: ", "color-contrast: ", "label: "} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not found in\n%s", want, got)
		}
	}
}

func TestTheBrowsersComplaintsAreHeard(t *testing.T) {
	b := Start(t)
	b.Run(Open(serve(t, strings.Replace(good, "<main>", `<script>console.error("odd"); throw new Error("broken")</script><main>`, 1))), Await("h1"))
	got := strings.Join(b.Forgive(), "\n")
	for _, want := range []string{"odd", "broken"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not found in\n%s", want, got)
		}
	}
	b.Script(false)
	b.Run(Open(serve(t, strings.Replace(good, "<main>", `<script>throw new Error("broken")</script><main>`, 1))), Await("h1"))
	if c := b.Forgive(); len(c) != 0 {
		t.Errorf("without script: %q", c)
	}
}
