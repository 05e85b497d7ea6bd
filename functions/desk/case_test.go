package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/pages/browsertest"
)

const caseNumber = "2611-AB3D-EF4G"

// office is the interface behind the desk, as far as one case needs it, with
// answers that get lost. It keeps what was stored.
type office struct {
	mu      sync.Mutex
	lines   []map[string]any
	allowed []string
	lose    int // answers to commands, of those that come next, that never arrive
}

// note writes a line as somebody else does.
func (o *office) note(by, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.add(by, text, "")
}

func (o *office) add(by, text, id string) map[string]any {
	l := map[string]any{
		"seq": len(o.lines) + 1, "at": "2026-11-22T08:00:00Z", "action": "noted", "by": map[string]any{"kind": "staff", "id": by}, "text": text, "event_id": id, "informed": false, "hash": "0",
	}
	o.lines = append(o.lines, l)
	return l
}

func (o *office) allow(commands ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.allowed = commands
}

func (o *office) loseNext() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lose = 1
}

// stored are the words of the timeline, in order.
func (o *office) stored() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]string, len(o.lines))
	for i, l := range o.lines {
		all[i] = l["text"].(string)
	}
	return all
}

func (o *office) state() map[string]any {
	return map[string]any{
		"number": caseNumber, "version": len(o.lines), "family": "complaint", "rule": "COMPLAINT_RECEIVED", "status": "in_investigation", "severity": "medium", "urgency": "normal",
		"category": "billing", "notifiable": true, "language": "de", "sla": "running", "opened_at": "2026-11-22T08:00:00Z", "due_at": "2026-11-23T08:00:00Z",
		"next": map[string]any{"step": "decision"}, "handling": map[string]any{}, "allowed": o.allowed, "escalations": []string{},
	}
}

func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	w.Header().Set("Connection", "close") // a browser tries again by itself on a connection that it has used before
	answer := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, len(o.lines)))
		w.WriteHeader(status)
		if v != nil {
			_ = json.NewEncoder(w).Encode(v)
		}
	}
	switch {
	case r.URL.Path == "/v1/desk":
		answer(200, map[string]any{"subject": map[string]any{"id": "a.k"}, "time_zone": "UTC", "currency": "EUR"})
	case r.Method == http.MethodGet && r.Header.Get("If-None-Match") == fmt.Sprintf(`"%d"`, len(o.lines)):
		answer(304, nil)
	case r.Method == http.MethodGet:
		answer(200, map[string]any{"case": o.state(), "customer": nil, "also": []any{}, "timeline": o.lines, "chain": "intact", "earlier": []any{}})
	default:
		o.command(r, answer)
	}
}

func (o *office) command(r *http.Request, answer func(int, any)) {
	var body struct {
		ID   string `json:"event_id"`
		Text string `json:"text"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.ID == "" {
		answer(422, map[string]any{"code": "invalid_event_id"})
		return
	}
	var done map[string]any
	if i := slices.IndexFunc(o.lines, func(l map[string]any) bool { return l["event_id"] == body.ID }); i >= 0 {
		done = o.lines[i]
	}
	switch {
	case done != nil && done["text"] != body.Text:
		answer(409, map[string]any{"code": "event_conflict"})
		return
	case done == nil && r.Header.Get("If-Match") != fmt.Sprintf(`"%d"`, len(o.lines)):
		answer(412, map[string]any{"code": "stale_version"})
		return
	case done == nil:
		done = o.add("a.k", body.Text, body.ID)
	}
	if o.lose > 0 {
		o.lose--
		panic(http.ErrAbortHandler)
	}
	answer(200, map[string]any{"status": "accepted", "case": o.state(), "entries": []any{done}})
}

// atTheCase opens the desk at the case, signed in as a.k, and the form of the
// first of the commands that the interface takes.
func atTheCase(t *testing.T, b *browsertest.Browser, commands ...string) *office {
	t.Helper()
	o := &office{allowed: commands}
	o.add("b.l", "begun", "")
	mux := http.NewServeMux()
	mux.Handle("/desk", loopback.Handler(newRig(t).h.Handle))
	mux.Handle("/desk/", loopback.Handler(newRig(t).h.Handle))
	mux.Handle("/v1/", o)
	url := browsertest.Serve(t, mux)
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"staff_code":"a.k","scope":"resonanz/cases"}`))
	b.Run(browsertest.Open(url + "/desk"))
	browsertest.JS[bool](b, `sessionStorage.clear() || localStorage.setItem("desk lang", "en") ||
		sessionStorage.setItem("desk session", JSON.stringify({access: "x.`+claims+`.x", refresh: "", expires: Date.now() + 36e5})) || true`)
	browsertest.JS[bool](b, `(history.replaceState(null, "", "#/cases/`+caseNumber+`"), true)`)
	b.Run(browsertest.Open("about:blank"), browsertest.Open(url+"/desk#/cases/"+caseNumber), browsertest.Click(".commands [name="+commands[0]+"]"), browsertest.Await(".place form"))
	return o
}

// says waits until the element that css selects says text.
func says(t *testing.T, b *browsertest.Browser, css, text string) {
	t.Helper()
	q, _ := json.Marshal(css)
	want, _ := json.Marshal(text)
	got := browsertest.JS[string](b, fmt.Sprintf(`(async () => {
		const seen = () => document.querySelector(%s)?.textContent || "";
		for (let i = 0; i < 600 && !seen().includes(%s); i++) await new Promise(r => requestAnimationFrame(r));
		return seen();
	})()`, q, want))
	if !strings.Contains(got, text) {
		t.Fatalf("%s says %q, want %q", css, got, text)
	}
}

const (
	spoken  = ".sr[role=status]"
	trouble = ".trouble"
	typed   = ".place textarea"
	send    = ".place form [type=submit]"
)

func TestACommandIsCarriedOutOnceWhateverBecomesOfItsAnswer(t *testing.T) {
	b := browsertest.Start(t)
	t.Run("clicked three times", func(t *testing.T) {
		o := atTheCase(t, b, "note")
		b.Run(browsertest.Type(typed, "one"))
		browsertest.JS[bool](b, `(() => { const b = document.querySelector("`+send+`"); b.click(); b.click(); b.click(); return true })()`)
		says(t, b, spoken, "Saved: Note.")
		hold(t, o, "begun", "one")
	})
	t.Run("sent again", func(t *testing.T) {
		o := atTheCase(t, b, "note")
		o.loseNext()
		b.Run(browsertest.Type(typed, "one"), browsertest.Click(send))
		says(t, b, trouble, "Sending again does no harm")
		b.Run(browsertest.Click(trouble + " button"))
		says(t, b, spoken, "Saved: Note.")
		hold(t, o, "begun", "one")
	})
	t.Run("sent again in other words", func(t *testing.T) {
		o := atTheCase(t, b, "note")
		o.loseNext()
		b.Run(browsertest.Type(typed, "one"), browsertest.Click(send))
		says(t, b, trouble, "Sending again does no harm")
		b.Run(browsertest.Type(typed, " more"), browsertest.Click(send))
		says(t, b, trouble, "Your first attempt did arrive")
		says(t, b, ".changed", "one")
		b.Run(browsertest.Click(".changed button"), browsertest.Click(send))
		says(t, b, spoken, "Saved: Note.")
		hold(t, o, "begun", "one", "one more")
	})
	t.Run("found in the case, while other words are typed", func(t *testing.T) {
		o := atTheCase(t, b, "note")
		o.loseNext()
		b.Run(browsertest.Type(typed, "one"), browsertest.Click(send))
		says(t, b, trouble, "Sending again does no harm")
		b.Run(browsertest.Type(typed, " more"))
		browsertest.JS[bool](b, `document.dispatchEvent(new Event("visibilitychange"))`)
		says(t, b, ".changed", "one")
		if got := browsertest.JS[string](b, `document.querySelector("`+typed+`").value`); got != "one more" {
			t.Errorf("the words are %q", got)
		}
		hold(t, o, "begun", "one")
	})
	b.Forgive() // of the answers that were lost
}

func TestWordsOutliveWhatOthersDo(t *testing.T) {
	b := browsertest.Start(t)
	o := atTheCase(t, b, "decide", "note")
	b.Run(browsertest.Type(typed, "because"))
	o.note("b.l", "meanwhile")
	o.allow("note")
	browsertest.JS[bool](b, `(() => { const s = document.querySelector("[name=outcome]"); s.value = "accepted"; s.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	b.Run(browsertest.Click(send))
	says(t, b, trouble, "changed meanwhile")
	says(t, b, ".changed", "meanwhile")
	if got := browsertest.JS[string](b, `document.querySelector("`+typed+`").value`); got != "because" {
		t.Errorf("the words are %q", got)
	}
	b.Run(browsertest.Click(".changed button"))
	says(t, b, ".lost", "because")
	b.Run(browsertest.Click(".lost button"))
	if got := browsertest.JS[string](b, `document.activeElement.value`); got != "because" {
		t.Errorf("the note begins with %q", got)
	}
	b.Run(browsertest.Click(send))
	says(t, b, spoken, "Saved: Note.")
	hold(t, o, "begun", "meanwhile", "because")
	if wrong := b.Axe(); len(wrong) > 0 {
		t.Error(wrong)
	}
}

func TestAmountsAreReadAsPeopleWriteThem(t *testing.T) {
	b := browsertest.Start(t)
	atTheCase(t, b, "note")
	for text, want := range map[string]float64{
		"12": 1200, "12,5": 1250, "12.50": 1250, "1.234,50": 123450, "1,234.50": 123450, "1 234": 123400, "0,01": 1, "7 €": 700, "7 EUR": 700,
		"": -1, "12,345.678,9": -1, "1,2,3": -1, "-5": -1, "12 Euro": -1, "1e3": -1,
	} {
		q, _ := json.Marshal(text)
		version := newRig(t).version()
		got := browsertest.JS[float64](b, fmt.Sprintf(`import("/desk/fields.js?v=%s").then(m => m.cents(%s) ?? -1)`, version, q))
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// hold compares what is stored.
func hold(t *testing.T, o *office, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, o.stored()); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}
