package html_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"resonanz/shared/pages/browsertest"
	"resonanz/shared/report"
	"resonanz/shared/report/html"
	"resonanz/shared/report/present"
	"resonanz/shared/report/present/presenttest"
)

func TestQuick(t *testing.T) {
	pages := map[string][]byte{}
	for name, r := range map[string]*report.Report{"rich": presenttest.Rich(), "empty": presenttest.Empty()} {
		for _, l := range present.Languages() {
			pages["/"+name+"-"+string(l)] = html.Render(present.Document(r, presenttest.Options(l)))
		}
	}
	url := browsertest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", html.Policy(pages[r.URL.Path]))
		w.Write(pages[r.URL.Path])
	}))
	b := browsertest.Start(t)
	os.MkdirAll("/tmp/doc", 0o755)
	for path := range pages {
		os.WriteFile("/tmp/doc"+path+".html", pages[path], 0o644)
		for width, device := range map[int64]string{320: "320", 1400: "wide"} {
			for _, scheme := range []string{"light", "dark"} {
				browsertest.Tell(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 500})
				browsertest.Tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				b.Run(browsertest.Open(url + path))
				for _, v := range b.Axe() {
					t.Errorf("%s %s %s: %s", path, device, scheme, v)
				}
				png := browsertest.Ask(b, chromedp.FullScreenshot(100))
				os.WriteFile(strings.Join([]string{"/tmp/doc", path, "-", device, "-", scheme, ".png"}, ""), png, 0o644)
			}
		}
		res, err := chromedp.Call(b.Context(), page.PrintToPDF, page.PrintToPDFParams{PrintBackground: yes(), PreferCSSPageSize: yes()})
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile("/tmp/doc"+path+".pdf", res.Data, 0o644)
	}
}
func yes() *bool { b := true; return &b }
