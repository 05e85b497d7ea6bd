package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/lifecycle"
	"resonanz/shared/observe"
	"resonanz/shared/rulebook"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

// start is a Tuesday morning in business hours.
var start = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

// shelf is a store in memory that can be made to fail, and counts.
type shelf struct {
	*store.Memory
	read, write error
	lists       int
	between     func() // runs before a write, once
}

func (s *shelf) GetCase(ctx context.Context, n casefile.Number) (*casefile.Case, error) {
	if s.read != nil {
		return nil, s.read
	}
	return s.Memory.GetCase(ctx, n)
}

func (s *shelf) Cases(ctx context.Context, q store.CaseQuery) (store.CasePage, error) {
	if s.read != nil {
		return store.CasePage{}, s.read
	}
	s.lists++
	return s.Memory.Cases(ctx, q)
}

func (s *shelf) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	if f := s.between; f != nil {
		s.between = nil
		f()
	}
	if s.write != nil {
		return s.write
	}
	return s.Memory.UpdateCase(ctx, c, es...)
}

func (s *shelf) Actions(ctx context.Context) ([]casefile.CorrectiveAction, error) {
	if s.read != nil {
		return nil, s.read
	}
	return s.Memory.Actions(ctx)
}

func (s *shelf) PutAction(ctx context.Context, a casefile.CorrectiveAction) error {
	if s.write != nil {
		return s.write
	}
	return s.Memory.PutAction(ctx, a)
}

func (s *shelf) Hooks(ctx context.Context, endpoint, cursor string, limit int) (store.HookPage, error) {
	if s.read != nil {
		return store.HookPage{}, s.read
	}
	return s.Memory.Hooks(ctx, endpoint, cursor, limit)
}

// cabinet signs nothing.
type cabinet struct{}

func (cabinet) Download(_ context.Context, n casefile.Number, a casefile.Attachment) (string, error) {
	return "https://bucket.example.com/clean/" + string(n) + "/" + a.Object + "?signature=x", nil
}

type rig struct {
	tb    testing.TB
	cfg   *config.Config
	shelf *shelf
	log   *bytes.Buffer
	at    time.Time
	made  int
	*handler
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	r := &rig{tb: tb, cfg: intaketest.Config(tb), shelf: &shelf{Memory: store.NewMemory()}, log: new(bytes.Buffer), at: start}
	r.cfg.Notify.Webhooks = []config.Webhook{{ID: "crm", Format: "standard"}}
	book, err := rulebook.New(r.cfg)
	if err != nil {
		tb.Fatal(err)
	}
	clock := func() time.Time { return r.at }
	r.handler = newHandler(r.cfg, book.Lifecycle, r.shelf, cabinet{},
		observe.NewMetricsTo(r.log, "cases", clock), observe.LoggerTo(r.log, "cases", slog.LevelInfo), clock)
	return r
}

// said by customers of the tests.
const (
	comment  = "Die Erstattung fehlt seit drei Wochen."
	customer = "kundin@example.com"
)

// complain stores a complaint with its case, as a submission does.
func (r *rig) complain(change ...func(*feedback.Complaint, *store.Entry)) *casefile.Case {
	r.tb.Helper()
	r.made++
	id := feedback.DeriveEventID("complaint", fmt.Sprint(r.made))
	annoyed := 4
	w := &feedback.Complaint{
		EventID: id, ResponseKey: feedback.KeyFor(id, r.at, r.cfg.Zone()), Touchpoint: "hotline", Channel: feedback.WebForm,
		Category: "billing.refund_delay", Annoyance: &annoyed, SubmittedAt: r.at, ReceivedAt: r.at, Language: "de", CollectionMode: feedback.Self,
	}
	e := &store.Entry{Kind: feedback.KindComplaint, ReceivedAt: r.at, CustomerKey: fmt.Sprint("K-", r.made), Digest: store.Digest{1}}
	for _, f := range change {
		f(w, e)
	}
	e.ResponseKey, e.EventID = w.ResponseKey, w.EventID
	e.Event = mustJSON(r.tb, w)
	if e.Personal == nil {
		e.Personal = mustJSON(r.tb, feedback.Personal{Comment: comment, Name: "Karla Beispiel", Email: customer, Remedy: "Bitte erstatten."})
	}
	c, entries := lifecycle.Receive(w, lifecycle.Opening{Notifiable: true, CustomerKey: e.CustomerKey}, r.at, r.rules)
	if _, _, err := r.shelf.Submit(r.tb.Context(), e, &c, pointers(entries)...); err != nil {
		r.tb.Fatal(err)
	}
	return &c
}

func pointers(entries []casefile.Entry) []*casefile.Entry {
	out := make([]*casefile.Entry, len(entries))
	for i := range entries {
		out[i] = &entries[i]
	}
	return out
}

func mustJSON(tb testing.TB, v any) []byte {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// open stores a case that is no complaint, or a draft.
func (r *rig) open(f casefile.Family, s casefile.Status, change ...func(*casefile.Case)) *casefile.Case {
	r.tb.Helper()
	r.made++
	id := feedback.DeriveEventID("rating", fmt.Sprint(r.made))
	c := &casefile.Case{
		Family: f, Rule: "LOW_RATING_CALLBACK", Priority: "high", Status: s, Touchpoint: "hotline", Channel: feedback.EmailLink,
		ResponseKey: feedback.KeyFor(id, r.at, r.cfg.Zone()), EventID: id, Scale: feedback.Stars5, Rating: 1,
		OpenedAt: r.at, DueAt: r.at.Add(24 * time.Hour), NextAt: r.at.Add(24 * time.Hour),
	}
	for _, g := range change {
		g(c)
	}
	c.Subject = string(c.ResponseKey)
	c.Number = casefile.NumberOf(f, c.Subject, c.ResponseKey.Month(), 0)
	e := &casefile.Entry{At: r.at, Action: casefile.Opened, Cause: id, Rule: c.Rule, Priority: c.Priority, Status: s, DueAt: c.DueAt}
	if err := r.shelf.CreateCase(r.tb.Context(), c, e); err != nil {
		r.tb.Fatal(err)
	}
	return c
}

// The people of the tests.
const (
	clerk = "clerk-7"
	lead  = "lead-1"
)

// as puts an access token into a request.
func as(q *httpapi.Request, sub, scopes string) *httpapi.Request {
	q.RequestContext.Authorizer = &httpapi.Authorizer{
		JWT: &httpapi.JWT{Claims: map[string]string{"sub": sub, "scope": scopes}},
	}
	return q
}

func get(path string, headers ...string) *httpapi.Request {
	return as(sitetest.Request("GET", path, "", headers...), clerk, "resonanz/cases")
}

func post(path, body string, headers ...string) *httpapi.Request {
	return as(sitetest.Request("POST", path, body, append(headers, "content-type", "application/json")...), clerk, "resonanz/cases")
}

// do is the response, which must be one that is described.
func (r *rig) do(q *httpapi.Request) httpapi.Response {
	r.tb.Helper()
	res := sitetest.Do(r.tb, r, q)
	if res.Headers["Cache-Control"] != "no-store" {
		r.tb.Errorf("%s: may be kept: %v", q.RawPath, res.Headers)
	}
	return res
}

// command sends a command at a version.
func command(n casefile.Number, name string, version int, body string) *httpapi.Request {
	return post("/v1/cases/"+string(n)+"/"+name, body, "if-match", etag(version))
}

// must carries a command out and returns the case as it is then. Sent again, as
// whoever heard no answer does, it is the same one.
func (r *rig) must(n casefile.Number, name, body string) changed {
	r.tb.Helper()
	k, err := r.shelf.Memory.GetCase(r.tb.Context(), n)
	if err != nil {
		r.tb.Fatal(err)
	}
	if !strings.Contains(body, `"event_id"`) {
		body = strings.Replace(strings.TrimSuffix(cmp.Or(body, "{}"), "}")+`,"event_id":"`+string(feedback.NewEventID())+`"}`, "{,", "{", 1)
	}
	q := command(n, name, k.Version, body)
	if name == "approve" || name == "decline" {
		as(q, lead, "resonanz/cases resonanz/approve")
	}
	done := into[changed](r.tb, r.do(q), 200)
	if again := into[changed](r.tb, r.do(q), 200); again.Status != intake.Duplicate || again.Case.Version != done.Case.Version {
		r.tb.Errorf("%s %s sent again: %s, version %d after %d", name, body, again.Status, again.Case.Version, done.Case.Version)
	}
	return done
}

// into reads an answer of a status.
func into[T any](tb testing.TB, res httpapi.Response, status int) (v T) {
	tb.Helper()
	if res.StatusCode != status {
		tb.Fatalf("%d %s, want %d", res.StatusCode, res.Body, status)
	}
	if err := json.Unmarshal([]byte(res.Body), &v); err != nil {
		tb.Fatalf("%v: %s", err, res.Body)
	}
	return v
}

// trouble is a problem as a caller sees it.
type trouble struct {
	Status  int
	Code    string
	Detail  string
	Errors  []struct{ Field, Code, Detail string }
	Allowed []string
}

// refused reads a problem: its code and, after a space, the first field.
func refused(tb testing.TB, res httpapi.Response) (string, trouble) {
	tb.Helper()
	p := into[trouble](tb, res, res.StatusCode)
	if res.Headers["Content-Type"] != "application/problem+json" || p.Status != res.StatusCode {
		tb.Fatalf("no problem: %d %v %s", res.StatusCode, res.Headers, res.Body)
	}
	if len(p.Errors) > 0 {
		return p.Code + " " + p.Errors[0].Field, p
	}
	return p.Code, p
}

// present is a case with its timeline as it is stored.
func (r *rig) present(n casefile.Number) (*casefile.Case, []casefile.Entry) {
	r.tb.Helper()
	k, err := r.shelf.Memory.GetCase(r.tb.Context(), n)
	if err != nil {
		r.tb.Fatal(err)
	}
	timeline, err := r.shelf.Timeline(r.tb.Context(), n)
	if err != nil {
		r.tb.Fatal(err)
	}
	if err := casefile.Check(k, timeline); err != nil {
		r.tb.Error(err)
	}
	return k, timeline
}

// lines of the log about requests.
func (r *rig) lines() int { return strings.Count(r.log.String(), `"msg":"request"`) }
