package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/pages"
)

const configuration = "../feedback.yaml"

func TestPaperSpeaksEveryLanguageOfThePages(t *testing.T) {
	if gaps := missing(pages.Languages()); len(gaps) > 0 {
		t.Errorf("missing: %q", gaps)
	}
	if got := missing([]feedback.Language{"nl"}); len(got) != 1 {
		t.Errorf("Dutch: %q", got)
	}
}

// decode reads the QR code in a picture.
func decode(t *testing.T, img image.Image) string {
	t.Helper()
	b, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(b, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("reading the QR code: %v", err)
	}
	return got.GetText()
}

func TestTheCodeIsExactlyTheAddress(t *testing.T) {
	for _, url := range []string{
		"https://a.example/c/v/k",
		"https://feedback.example.com/c/visit/checkout-cologne",
		"http://localhost:4567/c/commissioning/repair",
		"https://feedback.example.com/" + strings.Repeat("long/", 60),
		"https://bücher.example/c/größe/straße",
	} {
		m, err := matrix(url)
		if err != nil {
			t.Fatal(err)
		}
		const zoom = 4
		n := (len(m) + 2*quiet) * zoom
		img := image.NewGray(image.Rect(0, 0, n, n))
		for y := range n {
			for x := range n {
				img.SetGray(x, y, color.Gray{255})
				if my, mx := y/zoom-quiet, x/zoom-quiet; my >= 0 && mx >= 0 && my < len(m) && mx < len(m) && m[my][mx] {
					img.SetGray(x, y, color.Gray{0})
				}
			}
		}
		if got := decode(t, img); got != url {
			t.Errorf("reads %q, want %q", got, url)
		}
	}
	if _, err := matrix(strings.Repeat("x", 5000)); err == nil {
		t.Error("what fits no code is drawn")
	}
}

func TestTheDrawingIsTheCode(t *testing.T) {
	m := [][]bool{{true, true, false}, {false, false, true}, {true, false, true}}
	got := string(vector(m))
	want := "M4 4h2v1h-2zM6 5h1v1h-1zM4 6h1v1h-1zM6 6h1v1h-1z"
	if !strings.Contains(got, `d="`+want+`"`) || !strings.Contains(got, `viewBox="0 0 11 11"`) {
		t.Errorf("got %s", got)
	}
}

func TestWhatIsPrintedIsWhatWasOrdered(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.json")
	base := []string{"--config", configuration, "--outputs", none}
	names := func(args ...string) (all []string) {
		o, err := parse(append(slices.Clone(base), args...))
		if err != nil {
			t.Fatal(err)
		}
		jobs, err := o.jobs()
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range jobs {
			all = append(all, j.name)
		}
		return all
	}
	if got := names("--url", "https://a.example/"); len(got) != 16 {
		t.Errorf("two cards, four languages, a card and a sign each are %q", got)
	}
	want := []string{"visit-checkout-cologne-fr-sign", "visit-checkout-cologne-fr-card-98-297", "visit-checkout-cologne-fr-card-298-302"}
	if diff := cmp.Diff(want, names("--url", "https://a.example", "--card", "visit", "--language", "fr", "--count", "205", "--first", "98")); diff != "" {
		t.Error(diff)
	}
	seen := map[string]string{}
	for _, name := range names("--url", "https://a.example", "--card", "visit", "--count", "3") {
		from, numbered := strings.CutPrefix(name[len("visit-checkout-cologne-de"):], "-card-")
		if other, ok := seen[from]; numbered && ok {
			t.Errorf("%s has the numbers of %s: only one of two cards would count", name, other)
		}
		seen[from] = name
	}
	for say, args := range map[string][]string{
		"domain.name or public": nil,
		"none of the organisat": {"--url", "https://a.example", "--language", "nl"},
		"which is not config":   {"--url", "https://a.example", "--card", "none"},
		"no card is laid out":   {"--url", "https://a.example", "--touchpoint", "hotline"},
		"want 0 to 10000":       {"--url", "https://a.example", "--count", "10001"},
		"want a number from 1":  {"--url", "https://a.example", "--first", "0"},
		"is no flag":            {"--url", "https://a.example", "all"},
		"the address of the":    {"--url", "ftp://a.example"},
	} {
		o, err := parse(append(slices.Clone(base), args...))
		if err == nil {
			_, err = o.jobs()
		}
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestTheAddressIsTheLocalStacksThenTheConfigurations(t *testing.T) {
	outputs := filepath.Join(t.TempDir(), "outputs.json")
	write := func(s string) {
		t.Helper()
		if err := os.WriteFile(outputs, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"public_url": "http://localhost:4711/", "api_url": "x"}`)
	o, err := parse([]string{"--config", configuration, "--outputs", outputs})
	if err != nil || o.url != "http://localhost:4711" {
		t.Errorf("%+v, %v", o, err)
	}
	write("{")
	if _, err := parse([]string{"--config", configuration, "--outputs", outputs}); err == nil {
		t.Error("what cannot be read is passed over")
	}
}

var (
	mediaBox = regexp.MustCompile(`/MediaBox \[\s*([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)\s*\]`)
	fontType = regexp.MustCompile(`/Type /FontDescriptor`)
	fontFile = regexp.MustCompile(`/FontFile2? `)
)

// inspect checks the number and size of pages, in millimetres, and that every
// font travels with the file.
func inspect(t *testing.T, name string, pdf []byte, sides int, want size) {
	t.Helper()
	boxes := mediaBox.FindAllSubmatch(pdf, -1)
	if len(boxes) != sides {
		t.Errorf("%s: %d pages, want %d", name, len(boxes), sides)
	}
	for _, b := range boxes {
		var v [4]float64
		for i := range v {
			v[i], _ = strconv.ParseFloat(string(b[i+1]), 64)
		}
		width, height := v[2]*inch/72, v[3]*inch/72
		if v[0] != 0 || v[1] != 0 || math.Abs(width-want.width) > 0.25 || math.Abs(height-want.height) > 0.25 {
			t.Errorf("%s: a page of %.2f × %.2f mm, want %.0f × %.0f", name, width, height, want.width, want.height)
		}
	}
	if fonts, files := len(fontType.FindAll(pdf, -1)), len(fontFile.FindAll(pdf, -1)); fonts != 2 || files != 2 || !bytes.Contains(pdf, []byte("LiberationSans")) {
		t.Errorf("%s: %d fonts, %d of them embedded; want the two of the house", name, fonts, files)
	}
}

// picture is the page of a job as it is printed, twelve dots a millimetre.
func (p *press) picture(t *testing.T, j job) image.Image {
	t.Helper()
	if err := p.lay(p.ctx, j); err != nil {
		t.Fatal(err)
	}
	w, h := j.paper()
	_, err := chromedp.Call(p.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(w / inch * 96), Height: int64(h / inch * 96 * float64(j.sides)), DeviceScaleFactor: 3})
	if err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Call(p.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: new(true)})
	if err != nil {
		t.Fatal(err)
	}
	return picture(t, got.Data)
}

func picture(t *testing.T, b []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// lower is the lower half of a picture: there the back of a card has its code.
func lower(img image.Image) image.Image {
	b := img.Bounds()
	b.Min.Y += b.Dy() / 2
	out := image.NewRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			out.Set(x, y, img.At(x, y))
		}
	}
	return out
}

func TestEveryCardAndSignPrints(t *testing.T) {
	out := t.TempDir()
	args := []string{"--config", configuration, "--url", "https://feedback.example.com", "--out", out, "--card", "visit"}
	var said bytes.Buffer
	if err := run(t.Context(), append(slices.Clone(args), "--count", "2", "--first", "41"), &said); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(said.String(), "no number") {
		t.Errorf("said of cards with a number: %s", &said)
	}
	if err := run(t.Context(), append(slices.Clone(args), "--marks", "--language", "de"), &said); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "COUNT=50") {
		t.Errorf("does not say that cards without a number cannot be keyed in: %s", &said)
	}
	for i, l := range pages.Languages() {
		name, first := "visit-checkout-cologne-"+string(l), 41+2*i
		for file, want := range map[string]struct {
			sides int
			size  size
		}{fmt.Sprintf("%s-card-%d-%d", name, first, first+1): {4, a6}, name + "-sign": {1, a5}, name + "-card": {2, size{a6.width + 20, a6.height + 20}}} {
			marked := strings.HasSuffix(file, "-card")
			if marked && l != "de" {
				continue
			}
			pdf, err := os.ReadFile(filepath.Join(out, file+".pdf"))
			if err != nil {
				t.Error(err)
				continue
			}
			if l == "de" && strings.HasSuffix(file, "-sign") { // printed again, with marks
				want.size = size{a5.width + 20, a5.height + 20}
			}
			inspect(t, file, pdf, want.sides, want.size)
			readPrinted(t, filepath.Join(out, file+".pdf"), want.sides)
		}
	}
	if !strings.Contains(said.String(), "visit-checkout-cologne-it-sign.pdf  https://feedback.example.com/c/visit/checkout-cologne") {
		t.Errorf("said %s", &said)
	}
}

// readPrinted reads the code off the last page of a PDF, where poppler is there
// to draw it: TestTheCodeCanBeReadOffThePage reads it everywhere.
func readPrinted(t *testing.T, path string, sides int) {
	t.Helper()
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		return
	}
	last := strconv.Itoa(sides)
	b, err := exec.CommandContext(t.Context(), tool, "-r", "300", "-f", last, "-l", last, "-png", path).Output()
	if err != nil {
		t.Fatalf("drawing %s: %v", path, err)
	}
	if got := decode(t, lower(picture(t, b))); got != "https://feedback.example.com/c/visit/checkout-cologne" {
		t.Errorf("%s: reads %q", filepath.Base(path), got)
	}
}

func TestTheCodeCanBeReadOffThePage(t *testing.T) {
	p, err := start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	o, err := parse([]string{"--config", configuration, "--url", "https://feedback.example.com", "--language", "de"})
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := o.jobs()
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if got := decode(t, lower(p.picture(t, j))); got != j.url {
			t.Errorf("%s: reads %q, want %q", j.name, got, j.url)
		}
	}
}

func TestACardThatCannotHoldItsQuestionsIsRefused(t *testing.T) {
	p, err := start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	cfg := intaketest.Config(t)
	questions := func(n int) *config.Card {
		c := *cfg.Card("visit")
		c.Sections = []config.CardSection{{}}
		for i := range n {
			c.Sections[0].Items = append(c.Sections[0].Items, config.CardItem{
				ID: "q" + strconv.Itoa(i), Kind: config.ItemRating, Label: config.Text{"de": "Wie gut war das, wonach wir hier fragen?"},
			})
		}
		return &c
	}
	o := &order{cfg: cfg, url: "https://feedback.example.com"}
	for n, want := range map[int]bool{0: true, 8: true, 40: false} {
		j := o.of(questions(n), cfg.Touchpoint("checkout-cologne"), "de", 1)[1]
		_, err := p.print(j)
		if ok := err == nil; ok != want || !ok && !strings.Contains(err.Error(), "too much for the front") {
			t.Errorf("%d questions: %v", n, err)
		}
	}
}

func TestTextsAreEscaped(t *testing.T) {
	cfg := intaketest.Config(t)
	cfg.Organisation.Name = `<script>alert(1)</script>`
	card := *cfg.Card("visit")
	card.Title = config.Text{"de": `</style><img src=x>`}
	s := &sheet{cfg: cfg, card: &card, tp: cfg.Touchpoint("repair"), l: "de", url: `https://a.example/"><b>`, numbers: []string{""}}
	got, err := s.html()
	if err != nil || strings.Contains(got, "<script") || strings.Contains(got, "<img") || strings.Contains(got, "<b>\"") {
		t.Errorf("markup came through: %v", err)
	}
}
