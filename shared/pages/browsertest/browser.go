// Package browsertest drives a real Chromium in tests of pages: what customers
// do, what the browser itself complains about, whether a page can be used by
// everyone (axe-core), whether it fits small screens and large text, and what it
// looks like (pictures in build/screens).
package browsertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// timeout bounds all that one test does in its browser; patience bounds what one
// call waits for, such as an element that never shows.
const (
	timeout  = 8 * time.Minute
	patience = 90 * time.Second
)

// Browser is one tab of a Chromium of its own, without cookies or history.
type Browser struct {
	tb  testing.TB
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

// Step is something done to the page.
type Step = chromedp.Action[chromedp.Void]

// Start opens a browser that ends with the test. Whatever the browser finds
// wrong with a page by then, such as a breach of its policy or an exception of
// its script, fails the test, unless it was taken back with Forgive. More options
// are for a test about the browser itself, such as one that finds its profile again.
func Start(tb testing.TB, more ...chromedp.ExecAllocatorOption) *Browser {
	tb.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(tb)), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	options = append(options, more...)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), timeout)
	tb.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	tb.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	tb.Cleanup(cancel)
	return watch(tb, ctx)
}

// Tab opens another tab of the same Chromium, as if it were a browser of its own:
// it shares no cookie and nothing that is kept. It closes with the test tb, which
// may be a part of the one that opened b.
func (b *Browser) Tab(tb testing.TB) *Browser {
	tb.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tb.Cleanup(cancel)
	return watch(tb, ctx)
}

// watch hears what the browser finds wrong in a tab.
func watch(tb testing.TB, ctx context.Context) *Browser {
	tb.Helper()
	b := &Browser{tb: tb, ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		tb.Fatalf("starting Chromium: %v", err)
	}
	tb.Cleanup(func() {
		if c := b.Forgive(); len(c) > 0 {
			tb.Errorf("the browser complains: %q", c)
		}
	})
	return b
}

func chromium(tb testing.TB) string {
	tb.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	tb.Fatal("Chromium is missing: install the package 'chromium' (make browser)")
	return ""
}

// Serve answers at an address of this machine, which it returns, until the test ends.
func Serve(tb testing.TB, h http.Handler) string {
	tb.Helper()
	srv := httptest.NewServer(h)
	tb.Cleanup(srv.Close)
	return srv.URL
}

func (b *Browser) hear(ev any) {
	var text string
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		if strings.Contains(e.Entry.Text, "Failed to load resource: the server responded") {
			return // a status that a test asks for
		}
		text = e.Entry.Text
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError || len(e.Args) == 0 {
			return
		}
		text = "console.error: " + string(e.Args[0].Value) + e.Args[0].Description
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, text)
}

// Forgive takes back what the browser has complained about and returns it.
func (b *Browser) Forgive() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := slices.Clone(b.complaints)
	b.complaints = nil
	return c
}

// Context is for what this package has no word for: chromedp's own actions.
func (b *Browser) Context() context.Context { return b.ctx }

// Run does steps one after the other; one that fails ends the test.
func (b *Browser) Run(steps ...Step) {
	b.tb.Helper()
	for i, step := range steps {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		err := chromedp.Do(ctx, step)
		cancel()
		if err != nil {
			b.tb.Fatalf("step %d of %d: %v", i+1, len(steps), err)
		}
	}
}

// Ask runs one action that answers something.
func Ask[T any](b *Browser, a chromedp.Action[T]) T {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		b.tb.Fatal(err)
	}
	return v
}

// Tell sends one command of the protocol.
func Tell[P, R any](b *Browser, command cdp.Command[P, R], p P) {
	b.tb.Helper()
	if _, err := chromedp.Call(b.ctx, command, p); err != nil {
		b.tb.Fatal(err)
	}
}

// JS evaluates an expression in the page and awaits its promise, if it is one.
func JS[T any](b *Browser, expression string) T {
	b.tb.Helper()
	return Ask(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Script allows or forbids the scripts of pages opened from now on.
func (b *Browser) Script(on bool) {
	b.tb.Helper()
	Tell(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// Open goes to an address and waits until its page is loaded.
func Open(url string) Step { return chromedp.Navigate(url) }

// Click clicks on the first element that css selects, once it can be seen.
func Click(css string) Step { return chromedp.Click(chromedp.CSS(css)) }

// Await waits until an element that css selects can be seen.
func Await(css string) Step { return chromedp.WaitVisible(chromedp.CSS(css)) }

// Type types text into the first element that css selects.
func Type(css, text string) Step { return chromedp.SendKeys(chromedp.CSS(css), text) }

// Press presses keys on whatever has the focus; package kb names special ones.
func Press(keys string) Step { return chromedp.KeyEvent(keys) }

// Text is the visible text of the first element that css selects.
func (b *Browser) Text(css string) string {
	b.tb.Helper()
	return Ask(b, chromedp.Text(chromedp.CSS(css)))
}

// root is the folder of go.mod.
func root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			tb.Fatal("no go.mod above this folder")
		}
		dir = filepath.Dir(dir)
	}
}
