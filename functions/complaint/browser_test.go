package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/pages/browsertest"
)

func browse(t *testing.T, r *rig) (b *browsertest.Browser, url string) {
	t.Helper()
	url = browsertest.Serve(t, loopback.Handler(r.Handle))
	r.public = url
	return browsertest.Start(t), url
}

// TestACustomerComplainsAndDoesAllThatThePageOffers: replies, accepts, rates,
// reopens and withdraws by the forms as they are on the page.
func TestACustomerComplainsAndDoesAllThatThePageOffers(t *testing.T) {
	r := newRig(t)
	b, url := browse(t, r)
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			before := len(r.complaints())
			b.Script(script)
			b.Run(
				browsertest.Open(url+where+"?l=de"),
				browsertest.Type("#comment", "Die Erstattung fehlt. "+name),
				browsertest.Type("#email", "kundin@beispiel"), // a browser takes it, no mail server does
				browsertest.Click(`input[name=annoyance][value="4"]`),
				browsertest.Click(`input[name=annoyance][value=""]`), // taken back
				browsertest.Click("button[type=submit]"),
				browsertest.Await(".sum"),
			)
			if n := len(r.complaints()); n != before || !strings.Contains(b.Text(".sum a"), "können wir nicht erreichen") || b.Text("#email-error") == "" {
				t.Fatalf("with a mistake: %d complaints, %q, %q", n, b.Text(".sum"), b.Text("#email-error"))
			}
			b.Run(
				browsertest.Click(".sum a"), // leads to the field
				browsertest.Press(kb.End+".com"),
				browsertest.Click("button[type=submit]"),
				browsertest.Await(".mark"),
			)
			got := r.complaints()
			if len(got) != before+1 {
				t.Fatalf("stored %+v", got)
			}
			var last stored
			for _, c := range got {
				if strings.HasSuffix(c.Personal.Comment, name) {
					last = c
				}
			}
			if last.Personal.Email != "kundin@beispiel.com" || last.Annoyance != nil {
				t.Errorf("stored %+v", last)
			}
			path := strings.TrimPrefix(b.Text("p>a.link"), url)
			if r.state(path).Status != casefile.Acknowledged {
				t.Errorf("the link on the page leads to %s", path)
			}
			b.Run(
				browsertest.Click("summary"),
				browsertest.Type("textarea", "Die Nummer ist 4711."),
				browsertest.Click("details button"),
				browsertest.Await(".note[role=status]"),
			)
			if script && browsertest.JS[string](b, `document.activeElement.getAttribute("role")`) != "status" {
				t.Error("who hears the page is not told that the message arrived")
			}
			r.staff(path, assess, investigate, decide, resolve)
			send := func(do string, want casefile.Status, fill ...browsertest.Step) {
				t.Helper()
				b.Run(browsertest.Open(url + path + "?l=de"))
				b.Run(fill...)
				b.Run(browsertest.Click("form:has([name=do][value="+do+"]) button"), browsertest.Await(".note[role=status]"))
				if c := r.state(path); c.Status != want {
					t.Errorf("after %s: %s", do, c.Status)
				}
			}
			send("accept", casefile.Closed)
			send("rate", casefile.Closed, browsertest.Click(`input[name=stars][value="2"]`), browsertest.Type("#text-rate", "Es hat gedauert."))
			send("reopen", casefile.Reopened, browsertest.Click("summary"), browsertest.Type("#text-reopen", "Das Geld ist nicht da."))
			if n := r.state(path).Handling.Satisfaction; n != 2 {
				t.Errorf("the handling was rated %d", n)
			}
			b.Run(
				browsertest.Click(".end a"),
				browsertest.Await(".btn"),
				browsertest.Click("button[type=submit]"),
				browsertest.Await(".note[role=status]"),
			)
			if s := r.state(path).Status; s != casefile.Withdrawn {
				t.Errorf("status %s", s)
			}
		})
	}
	b.Script(true)
}

func TestWhoComesBackToTheFormFindsWhatWasTyped(t *testing.T) {
	r := newRig(t)
	url := browsertest.Serve(t, loopback.Handler(r.Handle))
	// Without the pages that a browser keeps alive: it has to ask again.
	b := browsertest.Start(t, chromedp.Flag("disable-features", "BackForwardCache"))
	b.Run(
		browsertest.Open(url+where),
		browsertest.Type("#comment", "Nicht verlieren"),
		browsertest.Type("#name", "Erika"),
		browsertest.Open(url+"/complain/nowhere"),
		browsertest.Await("h1"),
	)
	back := func() { b.Run(chromedp.NavigateBack(), browsertest.Await("#comment")) }
	back()
	if got := browsertest.JS[string](b, `document.getElementById("comment").value + document.getElementById("name").value`); got != "Nicht verlierenErika" {
		t.Errorf("found %q", got)
	}
	b.Run(browsertest.Click("button[type=submit]"), browsertest.Await(".mark"))
	back()
	b.Run(browsertest.Click("button[type=submit]"), browsertest.Await(".mark")) // once more, from the page before
	if n := len(r.complaints()); n != 1 {
		t.Errorf("%d complaints", n)
	}
}

func TestTheKeyboardIsEnough(t *testing.T) {
	r := newRig(t)
	b, url := browse(t, r)
	b.Run(browsertest.Open(url + where))
	press := func(keys, want string) {
		t.Helper()
		b.Run(browsertest.Press(keys))
		type place struct {
			Where   string `json:"where"`
			Visible bool   `json:"visible"`
		}
		got := browsertest.JS[place](b, `(() => {
			const e = document.activeElement, ring = e.closest(".row label") || e;
			return {where: (e.name || e.id || e.tagName.toLowerCase()) + (e.checked ? "=" + e.value : ""), visible: getComputedStyle(ring).outlineStyle !== "none"};
		})()`)
		if got.Where != want || !got.Visible {
			t.Errorf("%q leads to %s (ring: %v), want %s with a ring", keys, got.Where, got.Visible, want)
		}
	}
	press(kb.Tab, "comment")
	b.Run(browsertest.Press("Mit der Tastatur"))
	press(kb.Tab, "category")
	b.Run(browsertest.Press("p"))
	press(kb.Tab, "remedy")
	press(kb.Tab, "annoyance")
	press(" ", "annoyance=1")
	press(kb.ArrowRight+kb.ArrowRight, "annoyance=3")
	press(kb.Tab, "email")
	press(kb.Tab, "name")
	press(kb.Tab, "phone")
	press(kb.Tab, "button")
	b.Run(browsertest.Press(kb.Enter), browsertest.Await(".mark"))
	got := r.complaints()
	if len(got) != 1 || got[0].Annoyance == nil || *got[0].Annoyance != 3 || got[0].Personal.Comment != "Mit der Tastatur" {
		t.Errorf("stored %+v", got)
	}
}

// store is a bucket that takes what browsers post to it and sends them back.
type storage struct {
	mu  sync.Mutex
	got map[string]int // length of a file by its key
}

func (s *storage) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	parts, err := q.MultipartReader()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fields := map[string]string{}
	for {
		p, err := parts.NextPart()
		if err != nil {
			return
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return
		}
		if p.FormName() != "file" {
			fields[p.FormName()] = string(b)
			continue
		}
		s.mu.Lock()
		s.got[fields["key"]] = len(b)
		s.mu.Unlock()
		http.Redirect(w, q, fields["success_action_redirect"]+"&"+url.Values{"bucket": {"attachments"}, "key": {fields["key"]}}.Encode(), http.StatusSeeOther)
		return
	}
}

func TestAFileIsAddedFromThePage(t *testing.T) {
	r := newRig(t)
	b, address := browse(t, r)
	bucket := &storage{got: map[string]int{}}
	r.files = files{browsertest.Serve(t, bucket)}
	r.cfg.Complaints.AttachmentMB = 1
	file := func(name string, n int) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, bytes.Repeat([]byte("x"), n), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	small, large := file("small.png", 1000), file("large.png", 1<<20+1)
	for slot, script := range []bool{true, false} {
		path := r.complain("comment", fmt.Sprint("Fotos ", slot))
		b.Script(script)
		b.Run(browsertest.Open(address + path))
		if script { // refused before it is sent
			b.Run(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{large}), browsertest.Click("#up button"), browsertest.Await("#up .bad"))
			if len(bucket.got) != 0 || !strings.Contains(b.Text("#up .bad"), "höchstens 1 MB") {
				t.Error("a file that is too large was sent")
			}
		}
		b.Run(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{small}), browsertest.Click("#up button"), browsertest.Await(".note[role=status]"))
		key := fmt.Sprintf("quarantine/%s/1/%s", r.number(path), strings.Repeat("A", 26))
		bucket.mu.Lock()
		if bucket.got[key] != 1000 || !strings.Contains(b.Text(".note[role=status]"), "wird gerade geprüft") {
			t.Errorf("script %v: the bucket has %v", script, bucket.got)
		}
		bucket.mu.Unlock()
	}
	b.Script(true)
}

func TestPaperSaysWhatIsNeededToComeBack(t *testing.T) {
	r := newRig(t)
	b, url := browse(t, r)
	path := r.complain()
	b.Run(browsertest.Open(url + path + "?new=1"))
	b.Print(true)
	got := b.Text("main")
	b.Print(false)
	for _, say := range []string{string(r.number(path)), url + path, "Die Erstattung fehlt", "bis zum 11. März 2026"} {
		if !strings.Contains(got, say) {
			t.Errorf("paper lacks %q", say)
		}
	}
	for _, not := range []string{"absenden", "zurückziehen", "Uns noch etwas sagen"} {
		if strings.Contains(got, not) {
			t.Errorf("paper says %q", not)
		}
	}
}
