package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"resonanz/infra/caller"
	"resonanz/infra/configure"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// server is the invitation interface with a store in memory. Fault is asked
// before each answer and may spoil it.
type server struct {
	tb     testing.TB
	cfg    *config.Config
	memory *store.Memory
	fault  func(call int, rows []*intake.Invitation) fault
	calls  int
	tokens []string
}

// fault is what goes wrong with one request.
type fault struct {
	status int          // instead of an answer; nothing is stored
	header http.Header  // of it
	body   string       // of it
	lost   bool         // stored, and the answer never arrives
	retry  map[int]bool // rows that are not stored
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.calls++
	s.tokens = append(s.tokens, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.Method != http.MethodPost || r.URL.Path != "/v1/invitations" || len(body) > intake.MaxInvitations {
		s.tb.Fatalf("%s %s of %d bytes", r.Method, r.URL, len(body))
	}
	all, err := intake.ParseInvitationsCSV(s.cfg, body, noon)
	if err != nil {
		return answer(422, nil, string(problem.Of(err).JSON())), nil
	}
	var f fault
	if s.fault != nil {
		f = s.fault(s.calls, all)
	}
	if f.status != 0 {
		return answer(f.status, f.header, f.body), nil
	}
	type row = map[string]any
	results := make([]row, len(all))
	for i, in := range all {
		if f.retry[i] {
			results[i] = row{"event_id": in.EventID, "status": "retry", "problem": problem.New(503, problem.Unavailable, "busy")}
			continue
		}
		r := intake.IssueAll(context.Background(), s.cfg, s.memory, all[i:i+1])[0]
		results[i] = row{"event_id": in.EventID, "status": r.Status}
		if r.Problem != nil {
			results[i]["problem"] = r.Problem
		} else {
			results[i]["url"], results[i]["response_key"], results[i]["expires_at"] = "https://feedback.example.com/r/"+string(in.ResponseKey), in.ResponseKey, in.ExpiresAt
		}
	}
	if f.lost {
		return nil, io.ErrUnexpectedEOF
	}
	b, err := json.Marshal(row{"results": results})
	return answer(200, nil, string(b)), err
}

func answer(status int, h http.Header, body string) *http.Response {
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: status, Status: fmt.Sprint(status), Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func (s *server) stored() (n int) {
	p := period.Of(noon, s.cfg.Zone())
	if err := s.memory.Month(context.Background(), p, func(store.Entry) error { n++; return nil }); err != nil {
		s.tb.Fatal(err)
	}
	return n
}

// rig is a server and a post that speaks to it, whose waits take no time.
type rig struct {
	*server
	caller *caller.Caller
	waits  []time.Duration
	dir    string
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	cfg, err := configure.Load(filepath.Join("..", "feedback.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	r := &rig{server: &server{tb: tb, cfg: cfg, memory: store.NewMemory()}, dir: tb.TempDir()}
	at := noon
	r.caller = &caller.Caller{
		Client: &http.Client{Transport: r.server}, Base: "https://feedback.example.com", Jitter: func() float64 { return 1 },
		Token: func(context.Context) (string, error) { return fmt.Sprint("token-", r.calls), nil },
		Wait: func(ctx context.Context, d time.Duration) error {
			r.waits = append(r.waits, d)
			at = at.Add(d)
			return ctx.Err()
		},
		Now: func() time.Time { at = at.Add(10 * time.Millisecond); return at },
	}
	return r
}

func (r *rig) connect() (*caller.Caller, error) { return r.caller, nil }

// invite runs a file and returns what was said and the rows of the links.
func (r *rig) invite(content string) (said string, links [][]string, err error) {
	file, result := filepath.Join(r.dir, "contacts.csv"), filepath.Join(r.dir, "contacts.links.csv")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		r.tb.Fatal(err)
	}
	var out bytes.Buffer
	err = invite(context.Background(), r.cfg, r.connect, file, result, noon, &out)
	if f, openErr := os.Open(result); openErr == nil {
		defer f.Close()
		all, readErr := csv.NewReader(f).ReadAll()
		if readErr != nil {
			r.tb.Fatal(readErr)
		}
		links = all[1:]
	}
	return out.String(), links, err
}

// customers is a file of n customers, each invited once.
func customers(n int) string {
	var b strings.Builder
	b.WriteString("touchpoint,channel,customer_key\n")
	for i := range n {
		fmt.Fprintf(&b, "hotline,sms_link,K-%d\n", i)
	}
	return b.String()
}

func TestAFileOfAnyLengthIsSentInChunks(t *testing.T) {
	r := newRig(t)
	said, links, err := r.invite(customers(1201))
	if err != nil || r.calls != 3 || r.stored() != 1201 || len(links) != 1201 {
		t.Fatalf("%v, %d calls, %d stored, %d links\n%s", err, r.calls, r.stored(), len(links), said)
	}
	seen := make(map[string]bool)
	for i, l := range links {
		if l[0] != fmt.Sprint(i+2) || l[2] != fmt.Sprint("K-", i) || l[3] != "hotline" || l[4] != "sms_link" || l[5] != "accepted" || l[6] != "" || seen[l[7]] {
			t.Fatalf("%q", l)
		}
		seen[l[7]] = true
	}
	if !strings.Contains(said, "1,201 rows: 1,201 links issued, 0 issued before; see ") || strings.Contains(said, "K-") {
		t.Error(said)
	}
	if info, err := os.Stat(filepath.Join(r.dir, "contacts.links.csv")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	said, again, err := r.invite(customers(1201))
	if err != nil || r.stored() != 1201 || !strings.Contains(said, "0 links issued, 1,201 issued before") {
		t.Errorf("again: %v %s", err, said)
	}
	for i := range links {
		if links[i][7] != again[i][7] || again[i][5] != "duplicate" {
			t.Fatalf("%q, then %q", links[i], again[i])
		}
	}
}

// The same file in the month after is no new invitation, and that is said.
func TestRowsOfAnEarlierCampaignAreNamed(t *testing.T) {
	r := newRig(t)
	if said, _, err := r.invite(customers(3)); err != nil || strings.Contains(said, "expired") {
		t.Fatal(err, said)
	}
	file, result := filepath.Join(r.dir, "contacts.csv"), filepath.Join(r.dir, "later.csv")
	var out bytes.Buffer
	if err := invite(t.Context(), r.cfg, r.connect, file, result, noon.AddDate(0, 0, 35), &out); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(result)
	if err != nil || strings.Count(string(b), ",duplicate,link_expired,") != 3 || !strings.Contains(out.String(), "3 rows issued so long ago") {
		t.Errorf("%v %s\n%s", err, b, out.String())
	}
}

func TestNothingIsSentWhenAnythingIsWrong(t *testing.T) {
	bad := customers(700) + "nowhere,sms_link,K-800\nhotline,fax,K-801\nhotline,sms_link,K-3\n"
	for name, c := range map[string]struct{ file, want string }{
		"rows":             {bad, "contacts.csv:702: touchpoint: is not configured (unknown_touchpoint)\ncontacts.csv:703: channel: "},
		"a customer twice": {bad, "contacts.csv:704: event_id: is the same as in line 5 (event_conflict)"},
		"semicolons":       {"touchpoint;channel\nhotline;qr\n", "contacts.csv:1: csv: separates its columns with semicolons"},
		"Latin 1":          {customers(3) + "hotline,qr,M\xfcller\n" + customers(3), "contacts.csv:5: csv: is not UTF-8"},
		"empty":            {"", "contacts.csv:1: csv: is empty"},
		"header only":      {customers(0), "has a header and no row"},
		"too long ago": {
			"touchpoint,channel,topic,contact_at\n" + strings.Repeat("hotline,qr,refund,2026-03-01T09:00:00Z\n", 600) + "hotline,qr,refund,2026-01-01T09:00:00Z\n",
			"contacts.csv:602: contact_at: lies more than 28 days back (event_too_old)",
		},
		"missing column": {"touchpoint\nhotline\n", "contacts.csv:1: channel: is required as a column (missing_column)"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			said, links, err := r.invite(c.file)
			if !errors.Is(err, errInvalid) || !strings.Contains(said, c.want) || r.calls != 0 || links != nil {
				t.Errorf("%v, %d calls\n%s", err, r.calls, said)
			}
		})
	}
	r := newRig(t)
	said, _, err := r.invite("touchpoint,channel\n" + strings.Repeat("nowhere,qr\n", 250))
	if n := strings.Count(said, "contacts.csv:"); n != 100 || !strings.Contains(said, "… 250 errors in all") || !strings.Contains(err.Error(), "250 rows") {
		t.Errorf("%d listed, %v\n%s", n, err, said)
	}
}

func TestRowsThatNameNobodyAreLinksOfTheirOwn(t *testing.T) {
	r := newRig(t)
	file := "touchpoint,channel,card\n" + strings.Repeat("hotline,qr,\nhotline,qr,false\n", 20)
	if _, links, err := r.invite(file); err != nil || r.stored() != 40 || len(links) != 40 {
		t.Errorf("%v %d", err, r.stored())
	}
	if _, _, err := r.invite(file); err != nil || r.stored() != 40 {
		t.Errorf("again: %v %d", err, r.stored())
	}
}

func TestABusyInterfaceIsGivenTime(t *testing.T) {
	r := newRig(t)
	faults := []fault{
		{status: 503, header: http.Header{"Retry-After": {"7"}}}, {status: 429}, {lost: true},
		{status: 503, header: http.Header{"Retry-After": {noon.Add(2 * time.Minute).Format(http.TimeFormat)}}},
		{status: 502, body: "<html>"}, {retry: map[int]bool{1: true, 2: true}}, {retry: map[int]bool{0: true}},
	}
	r.fault = func(call int, _ []*intake.Invitation) fault {
		if call <= len(faults) {
			return faults[call-1]
		}
		return fault{}
	}
	said, links, err := r.invite(customers(5))
	if err != nil || r.stored() != 5 || r.calls != 8 {
		t.Fatalf("%v, %d stored in %d calls\n%s", err, r.stored(), r.calls, said)
	}
	statuses := ""
	for _, l := range links {
		statuses += l[5] + " "
	}
	if statuses != strings.Repeat("duplicate ", 5) { // stored by the request whose answer was lost
		t.Error(statuses)
	}
	var got []string
	for _, w := range r.waits {
		got = append(got, w.Truncate(time.Second/2).String())
	}
	if want := "7s 1s 2s 1m49.5s 8s 500ms 1s"; strings.Join(got, " ") != want {
		t.Errorf("waited %q, want %s", got, want)
	}
}

func TestAnInterfaceThatStaysAwayEndsTheRun(t *testing.T) {
	r := newRig(t)
	r.fault = func(call int, _ []*intake.Invitation) fault {
		if call > 1 {
			return fault{status: 503, header: http.Header{"Retry-After": {"86400"}}}
		}
		return fault{}
	}
	said, links, err := r.invite(customers(1200))
	if !errors.Is(err, errPartial) || r.calls != 1+caller.Attempts || len(links) != 500 || !strings.Contains(said, "500 links issued, 0 issued before, 700 not sent") {
		t.Errorf("%v after %d calls\n%s", err, r.calls, said)
	}
	for _, w := range r.waits {
		if w > caller.Patience {
			t.Errorf("waits %s", w)
		}
	}
	r.fault = nil
	if said, links, err := r.invite(customers(1200)); err != nil || r.stored() != 1200 || len(links) != 1200 || !strings.Contains(said, "700 links issued, 500 issued before") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestRowsThatAreNeverStoredAreListed(t *testing.T) {
	r := newRig(t)
	stubborn := feedback.EventID("")
	r.fault = func(_ int, rows []*intake.Invitation) fault {
		f := fault{retry: make(map[int]bool)}
		for i, in := range rows {
			if in.CustomerKey == "K-3" {
				stubborn, f.retry[i] = in.EventID, true
			}
		}
		return f
	}
	said, links, err := r.invite(customers(600))
	if !errors.Is(err, errPartial) || r.stored() != 599 || len(links) != 600 || !strings.Contains(said, "599 links issued, 0 issued before, 1 to send again (1 unavailable)") {
		t.Errorf("%v\n%s", err, said)
	}
	if l := links[3]; l[1] != string(stubborn) || l[5] != "retry" || l[6] != "unavailable" || l[7] != "" {
		t.Errorf("%q", l)
	}
}

func TestWhoMayNotBeAskedIsSkippedWithTheReason(t *testing.T) {
	r := newRig(t)
	if err := r.memory.OptOut(t.Context(), store.KeyContact("K-1"), store.Unsubscribed, noon); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.invite("touchpoint,channel,customer_key\nrepair,sms_link,K-0\n"); err != nil {
		t.Fatal(err)
	}
	said, links, err := r.invite(customers(4))
	if err != nil || !strings.Contains(said, "2 links issued, 0 issued before, 2 skipped (1 fatigue_limit, 1 opted_out)") || links[0][6] != "fatigue_limit" || links[1][6] != "opted_out" {
		t.Errorf("%v\n%s%q", err, said, links)
	}
}

func TestWhatTheInterfaceRefusesIsSaidWithTheLineOfTheFile(t *testing.T) {
	r := newRig(t)
	mine := *r.cfg // the interface knows fewer languages
	mine.Organisation.Languages = []feedback.Language{"de"}
	r.cfg = &mine
	file := "touchpoint,channel,language\n" + strings.Repeat("hotline,qr,de\n", 503) + "hotline,qr,it\n"
	local, err := configure.Load(filepath.Join("..", "feedback.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.dir, "c.csv")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = invite(t.Context(), local, r.connect, path, filepath.Join(r.dir, "l.csv"), noon, &out)
	if err == nil || !strings.Contains(err.Error(), "422") || !strings.Contains(out.String(), "line 505: language: is not configured") || r.stored() != 500 {
		t.Errorf("%v\n%s", err, out.String())
	}
	for status, want := range map[int]string{403: "403", 301: "301", 404: "404"} {
		r := newRig(t)
		r.fault = func(int, []*intake.Invitation) fault { return fault{status: status, body: "{}"} }
		if _, _, err := r.invite(customers(1)); err == nil || !strings.Contains(err.Error(), want) || r.calls != 1 {
			t.Errorf("%d: %v after %d calls", status, err, r.calls)
		}
	}
}

func TestARunThatSendsNothingLeavesTheLinksOfTheLast(t *testing.T) {
	r := newRig(t)
	if _, _, err := r.invite(customers(3)); err != nil {
		t.Fatal(err)
	}
	r.fault = func(int, []*intake.Invitation) fault { return fault{status: 403} }
	said, links, err := r.invite(customers(3))
	if err == nil || len(links) != 3 || strings.Contains(said, "see") || !strings.Contains(said, "3 not sent") {
		t.Errorf("%v, %q\n%s", err, links, said)
	}
	if left, err := filepath.Glob(filepath.Join(r.dir, "*.part")); err != nil || left != nil {
		t.Errorf("left behind: %q %v", left, err)
	}
}

func TestATokenThatExpiresIsRenewedOnce(t *testing.T) {
	r := newRig(t)
	r.fault = func(call int, _ []*intake.Invitation) fault {
		if call == 2 {
			return fault{status: 401, body: `{"code":"unauthenticated"}`}
		}
		return fault{}
	}
	if _, _, err := r.invite(customers(700)); err != nil || strings.Join(r.tokens, " ") != "token-0 token-0 token-2" {
		t.Errorf("%v, tokens %q", err, r.tokens)
	}
	r.fault = func(int, []*intake.Invitation) fault { return fault{status: 401} }
	r.calls = 0
	if _, _, err := r.invite(customers(1)); err == nil || r.calls != 2 {
		t.Errorf("%v after %d calls", err, r.calls)
	}
}

func TestCommandLines(t *testing.T) {
	for _, c := range []struct {
		args, token string
		want        order
	}{
		{"--file a/contacts.csv", "", order{file: "a/contacts.csv", out: "a/contacts.links.csv"}},
		{"--file contacts --out b", "", order{file: "contacts", out: "b"}},
		{"--file c.csv --api https://feedback.example.com/x", "t", order{file: "c.csv", out: "c.links.csv", api: "https://feedback.example.com/x"}},
		{"--file c.csv --api http://127.0.0.1:8080", "t", order{file: "c.csv", out: "c.links.csv", api: "http://127.0.0.1:8080"}},
		{"--file c.csv --stage prod", "t", order{file: "c.csv", out: "c.links.csv", stage: "prod"}},
		{"--file c.csv --api http://x.localhost", "t", order{file: "c.csv", out: "c.links.csv", api: "http://x.localhost"}},
	} {
		if got, err := read(strings.Fields(c.args), c.token); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.args, got, err)
		}
	}
	for args, token := range map[string]string{
		"": "", "contacts.csv": "", "--file a.csv b.csv": "", "--file a.csv --out ./a.csv": "", "--phone 1": "",
		"--file a.csv --stage prod": "", "--file a.csv --api https://x.example.com": "", "--file a.csv --api http://x.example.com": "t",
		"--file a.csv --api x.example.com": "t", "--file a.csv --api https://u:p@x.example.com": "t", "--file a.csv --api https://localhost.example.com?x": "t",
		"--file a.csv --api http://localhost.example.com": "t",
	} {
		if o, err := read(strings.Fields(args), token); !errors.Is(err, errUsage) {
			t.Errorf("%s: %+v, %v", args, o, err)
		}
	}
	if _, err := check(nil, t.TempDir(), noon, io.Discard); !errors.Is(err, errUsage) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := check(nil, "missing.csv", noon, io.Discard); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
