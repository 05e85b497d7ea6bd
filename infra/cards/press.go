package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// size is a sheet of paper as it is cut, in millimetres.
type size struct{ width, height float64 }

// The sizes (ISO 216).
var (
	a5 = size{148, 210}
	a6 = size{105, 148}
)

// margin is the room around a sheet for bleed and crop marks, in millimetres.
const margin = 10

// inch is one inch in millimetres.
const inch = 25.4

// patience bounds the printing of one file.
const patience = 5 * time.Minute

// press is a Chromium that prints.
type press struct {
	ctx   context.Context
	close func()
}

func start(ctx context.Context) (*press, error) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		return nil, errors.New("Chromium prints the cards and is missing: install the package 'chromium'") //nolint:staticcheck // a name
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, end := chromedp.NewExecAllocator(ctx, options...)
	ctx, cancel := chromedp.NewContext(ctx)
	p := &press{ctx, func() { cancel(); end() }}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		p.close()
		return nil, fmt.Errorf("starting Chromium: %w", err)
	}
	return p, nil
}

// fit chooses for every kind of side the largest type, down to six tenths, at
// which everything stands on it, and names the kinds that are too full even
// then. The cards of a file differ in their numbers only, and the last has the
// longest: it speaks for all.
const fit = `(async () => {
	await document.fonts.ready;
	const sides = [...document.querySelectorAll(".side")], kinds = new Map(sides.map(s => [s.dataset.side, s])), bad = [];
	const full = s => [...s.querySelectorAll(".in,.in *")].some(e => e.clientHeight > 0 && (
		e.matches(".in,main,.items,.item,.end") && e.scrollHeight > e.clientHeight + 1 ||
		(e.matches(".in") || getComputedStyle(e).overflow === "visible") && e.scrollWidth > e.clientWidth + 1));
	const tight = e => [...e.children].reduce((sum, c) => sum + c.offsetHeight, 0) > e.clientHeight - 16 || e.scrollWidth > e.clientWidth;
	for (const s of sides) s.hidden = kinds.get(s.dataset.side) !== s;
	for (const [kind, s] of kinds) {
		let h = 1, k = Number(s.dataset.most);
		const head = s.querySelector(".head"), set = () => { s.style.setProperty("--h", h); s.style.setProperty("--k", k); };
		for (set(); head && h > 0.5 && tight(head); set()) h -= 0.05;
		for (; k > 0.6 && full(s); set()) k = Math.round((k - 0.05) * 100) / 100;
		if (full(s)) bad.push(kind);
	}
	for (const s of sides) {
		s.style.cssText = kinds.get(s.dataset.side).style.cssText;
		s.hidden = false;
	}
	return bad;
})()`

// print makes the PDF of a job.
func (p *press) print(j job) ([]byte, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := p.lay(ctx, j); err != nil {
		return nil, err
	}
	width, height := j.paper()
	yes, none := true, 0.0
	out, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{
		PrintBackground: &yes, PreferCSSPageSize: &yes, PaperWidth: width / inch, PaperHeight: height / inch,
		MarginTop: &none, MarginBottom: &none, MarginLeft: &none, MarginRight: &none,
	})
	if err != nil {
		return nil, err
	}
	return out.Data, nil
}

// paper is the size of the pages of a job, in millimetres.
func (j *job) paper() (width, height float64) {
	if j.marked {
		return j.page.width + 2*margin, j.page.height + 2*margin
	}
	return j.page.width, j.page.height
}

// lay opens the page of a job as it is printed.
func (p *press) lay(ctx context.Context, j job) error {
	html, err := j.sheet.html()
	if err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		return err
	}
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: tree.FrameTree.Frame.ID, HTML: html}); err != nil {
		return err
	}
	full, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fit, chromedp.EvalAwaitPromise))
	if err != nil {
		return err
	}
	if len(full) > 0 {
		return fmt.Errorf("too much for %s: shorten the texts or ask less", strings.Join(full, ", "))
	}
	return nil
}
