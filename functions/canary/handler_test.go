package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/observe"
)

// stack answers the canary as the deployed one does, with what a test breaks.
type stack struct {
	*httptest.Server
	t       *testing.T
	mu      sync.Mutex
	links   map[string]string // event id → token of the link
	voted   map[string]int    // token → distinct nonces
	calls   []string
	nonces  map[string]bool
	average float64
	broken  func(w http.ResponseWriter, r *http.Request) bool
	facts   func(votes int) int
}

func newStack(t *testing.T) *stack {
	t.Helper()
	s := &stack{t: t, links: map[string]string{}, voted: map[string]int{}, nonces: map[string]bool{}, average: 5, facts: func(n int) int { return n }}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.Close)
	return s
}

// made are the calls since it was last asked.
func (s *stack) made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.calls
	s.calls = nil
	return all
}

// breaks makes calls fail.
func (s *stack) breaks(broken func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = broken
}

func (s *stack) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := r.URL.Path
	s.calls = append(s.calls, r.Method+" "+strings.TrimRight(path, "0123456789"))
	if s.broken != nil && s.broken(w, r) {
		return
	}
	switch token, isLink := strings.CutPrefix(path, "/r/"); {
	case path == "/oauth2/token":
		id, secret, _ := r.BasicAuth()
		if id != "client" || secret != "s3cret" || r.FormValue("scope") != scope {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprint(w, `{"access_token":"permit","expires_in":86400}`)
	case path == "/v1/invitations":
		var in map[string]string
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("Authorization") != "Bearer permit" || in["touchpoint"] != "canary" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if s.links[in["event_id"]] == "" {
			s.links[in["event_id"]] = fmt.Sprint(len(s.links) + 1)
			w.WriteHeader(http.StatusCreated)
		}
		token := s.links[in["event_id"]]
		fmt.Fprintf(w, `{"url":"%s/r/%s","response_key":"key%s"}`, s.URL, token, token)
	case isLink && r.Method == http.MethodGet:
		checked := ""
		if s.voted[token] > 0 || r.FormValue("s") == "5" {
			checked = " checked"
		}
		fmt.Fprintf(w, `<form method="post"><input type="radio" name="stars"%s value="5"><input type="hidden" name="nonce" value="n%d"></form>`, checked, len(s.calls))
	case isLink:
		if !s.nonces[r.FormValue("nonce")] {
			s.voted[token]++
		}
		s.nonces[r.FormValue("nonce")] = true
		w.Header().Set("Location", path+"?done=1")
		w.WriteHeader(http.StatusSeeOther)
	case strings.HasPrefix(path, "/v1/canary/key"):
		fmt.Fprintf(w, `{"votes":%d,"report":{"n":3,"average":%v}}`, s.facts(s.voted[strings.TrimPrefix(path, "/v1/canary/key")]), s.average)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// flier is the function beside the stack.
type flier struct {
	*handler
	clock time.Time
	log   bytes.Buffer
	out   bytes.Buffer
}

func (s *stack) flier() *flier {
	f := &flier{clock: time.Date(2026, time.March, 10, 9, 0, 1, 0, time.UTC)}
	now := func() time.Time { return f.clock }
	f.handler = &handler{
		public: s.URL, client: visitor(), log: observe.LoggerTo(&f.log, "canary", nil), metrics: observe.NewMetricsTo(&f.out, "canary", now), now: now,
		tokens: &tokens{client: visitor(), url: s.URL + "/oauth2/token", id: "client", now: now, secret: func(context.Context) (string, error) { return "s3cret", nil }},
	}
	return f
}

// fly counts what a flight at a time wrote.
func (f *flier) at(t *testing.T, minutes int) map[string]int {
	t.Helper()
	f.clock = time.Date(2026, time.March, 10, 9, minutes, 1, 0, time.UTC)
	f.out.Reset()
	if err := f.Handle(t.Context(), Tick{"canary"}); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for d := json.NewDecoder(&f.out); ; {
		var line map[string]any
		if err := d.Decode(&line); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for name, n := range line {
			if n, ok := n.(float64); ok && strings.HasPrefix(name, "Canary") && name != "CanaryMillis" {
				got[name] = int(n)
			}
		}
	}
	return got
}

func TestTheCanaryGoesACustomersWayAndFindsItsVoteAnHourLater(t *testing.T) {
	s := newStack(t)
	f := s.flier()
	if d := cmp.Diff(map[string]int{"CanarySucceeded": 1, "CanaryFailed": 0}, f.at(t, 0)); d != "" {
		t.Error(d, f.log.String())
	}
	want := []string{
		"POST /oauth2/token", "POST /v1/invitations", "GET /r/", "POST /r/", "POST /r/", "GET /r/", // its own
		"POST /v1/invitations", // none of an hour ago
	}
	if d := cmp.Diff(want, s.made()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int{"CanarySucceeded": 1, "CanaryFailed": 0, "CanaryArrived": 1, "CanaryLate": 0}, f.at(t, 60)); d != "" {
		t.Error(d, f.log.String())
	}
	calls := s.made()
	if d := cmp.Diff([]string{"POST /v1/invitations", "GET /r/", "GET /v1/canary/key"}, calls[len(calls)-3:]); d != "" {
		t.Error(d)
	}
}

func TestEveryStepThatFailsIsCountedAndNamed(t *testing.T) {
	status := func(path, method string, code int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, path) && r.Method == method {
				w.WriteHeader(code)
				return true
			}
			return false
		}
	}
	write := func(path, method, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, path) && r.Method == method {
				fmt.Fprint(w, body)
				return true
			}
			return false
		}
	}
	for name, c := range map[string]struct {
		broken     func(http.ResponseWriter, *http.Request) bool
		step       string
		fail, late int
	}{
		"no token":             {status("/oauth2", "POST", 400), "token", 1, -1},
		"an empty token":       {write("/oauth2", "POST", "{}"), "token", 1, -1},
		"no link":              {status("/v1/invitations", "POST", 503), "issue", 1, -1},
		"a foreign link":       {write("/v1/invitations", "POST", `{"url":"https://example.com/r/x","response_key":"k"}`), "issue", 1, -1},
		"no page":              {status("/r/", "GET", 500), "open", 1, 1},
		"a page without form":  {write("/r/", "GET", "<p>Closed</p>"), "open", 1, -1},
		"a refused vote":       {status("/r/", "POST", 422), "vote", 1, 0},
		"a vote sent back":     {write("/r/", "POST", "<form>"), "vote", 1, 0},
		"no facts":             {status("/v1/canary/", "GET", 500), "facts", 0, 1},
		"facts that are other": {write("/v1/canary/", "GET", `{"votes":1,"report":{"n":2,"average":3.5}}`), "facts", 0, 1},
		"facts lost":           {write("/v1/canary/", "GET", `{"votes":0,"report":{"n":2,"average":5}}`), "facts", 0, 1},
		"a double counted":     {write("/v1/canary/", "GET", `{"votes":2,"report":{"n":2,"average":5}}`), "facts", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			f := s.flier()
			f.at(t, 0)
			f.log.Reset()
			f.tokens.forget()
			s.breaks(c.broken)
			got := f.at(t, 60)
			if got["CanaryFailed"] != c.fail || got["CanarySucceeded"] != 1-c.fail {
				t.Errorf("%v", got)
			}
			if n, counted := got["CanaryLate"]; counted != (c.late >= 0) || counted && n != c.late {
				t.Errorf("late: %v, want %d", got, c.late)
			}
			if log := f.log.String(); !strings.Contains(log, `"step":"`+c.step+`"`) || strings.Contains(log, s.URL) || strings.Contains(log, "permit") || strings.Contains(log, "s3cret") {
				t.Errorf("log: %s", log)
			}
		})
	}
}

func TestAVoteThatIsAcceptedAndNotThereIsAFailure(t *testing.T) {
	s := newStack(t)
	s.breaks(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || !strings.HasPrefix(r.URL.Path, "/r/") {
			return false
		}
		w.Header().Set("Location", r.URL.Path+"?done=1")
		w.WriteHeader(http.StatusSeeOther)
		return true
	})
	f := s.flier()
	if got := f.at(t, 0); got["CanaryFailed"] != 1 || !strings.Contains(f.log.String(), `"step":"stored"`) {
		t.Errorf("%v %s", got, f.log.String())
	}
}

func TestAnAddressThatDoesNotAnswerIsNotWrittenDown(t *testing.T) {
	s := newStack(t)
	f := s.flier()
	f.at(t, 0)
	s.breaks(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/r/") {
			panic(http.ErrAbortHandler)
		}
		return false
	})
	got := f.at(t, 15)
	if log := f.log.String(); got["CanaryFailed"] != 1 || strings.Contains(log, "/r/") || strings.Contains(log, "127.0.0.1:") {
		t.Errorf("%v %s", got, log)
	}
}

func TestATokenIsAskedForOnceWhileItIsValid(t *testing.T) {
	s := newStack(t)
	f := s.flier()
	for _, minutes := range []int{0, 15, 30, 45} {
		f.at(t, minutes)
	}
	n := 0
	asked := func() int {
		for _, c := range s.made() {
			if c == "POST /oauth2/token" {
				n++
			}
		}
		return n
	}
	if got := asked(); got != 1 {
		t.Errorf("asked %d times", got)
	}
	f.at(t, 24*60)
	if got := asked(); got != 2 {
		t.Errorf("after a day: asked %d times", got)
	}
	refused := true
	s.breaks(func(w http.ResponseWriter, r *http.Request) bool {
		if refused && r.URL.Path == "/v1/invitations" {
			refused = false
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		return false
	})
	f.at(t, 24*60+15)
	if got := asked(); got != 3 {
		t.Errorf("a token that is refused is not asked for anew: %d", got)
	}
}
