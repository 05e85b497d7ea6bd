package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/lifecycle"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

// start is a Tuesday, 10:00 in Berlin.
var start = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

// where is where the tests complain.
const where = "/complain/checkout-cologne"

// table is a store in memory that can fail, that counts, and that somebody else
// may write to in between.
type table struct {
	*store.Memory
	readErr, writeErr error
	reads, writes     int
	before            func() // a change of a case
}

func (t *table) GetCase(ctx context.Context, n casefile.Number) (*casefile.Case, error) {
	t.reads++
	if t.readErr != nil {
		return nil, t.readErr
	}
	return t.Memory.GetCase(ctx, n)
}

func (t *table) Submit(ctx context.Context, e *store.Entry, c *casefile.Case, es ...*casefile.Entry) (store.Outcome, *store.Entry, error) {
	t.writes++
	if t.writeErr != nil {
		return 0, nil, t.writeErr
	}
	return t.Memory.Submit(ctx, e, c, es...)
}

func (t *table) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	t.writes++
	if t.writeErr != nil {
		return t.writeErr
	}
	if before := t.before; before != nil {
		t.before = nil
		before()
	}
	return t.Memory.UpdateCase(ctx, c, es...)
}

// files signs uploads as the bucket would take them.
type files struct{ origin string }

func (f files) Form(_ context.Context, n casefile.Number, slot int, redirect string) (attach.Upload, error) {
	return attach.Upload{URL: f.origin + "/attachments/", Fields: map[string]string{
		"key": attach.Key{Case: n, Slot: slot, Random: strings.Repeat("A", 26)}.String(), "success_action_redirect": redirect,
		"policy": strings.Repeat("cG9saWN5", 80), "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-signature": strings.Repeat("0f", 32),
		"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20260310/eu-central-1/s3/aws4_request", "x-amz-date": "20260310T090001Z",
		"Content-Type": "application/octet-stream",
	}}, nil
}

func (f files) Origin() string { return f.origin }

// rig is the real handler over a store in memory, with a clock that stands.
type rig struct {
	tb      testing.TB
	cfg     *config.Config
	table   *table
	links   *sitetest.Ring
	log     *bytes.Buffer
	metrics *bytes.Buffer
	at      time.Time
	begin   time.Time // when the next complaint of a way is made
	*handler
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	r := &rig{
		tb: tb, cfg: intaketest.Config(tb), table: &table{Memory: store.NewMemory()},
		links: sitetest.NewRing(tb, "l"), log: new(bytes.Buffer), metrics: new(bytes.Buffer), at: start, begin: start,
	}
	clock := func() time.Time { return r.at }
	r.handler = newHandler(r.cfg, r.table, r.links, "https://feedback.example.com",
		observe.NewMetricsTo(r.metrics, "complaint", clock), observe.LoggerTo(r.log, "complaint", slog.LevelInfo), clock)
	return r
}

func (r *rig) do(q *httpapi.Request) httpapi.Response {
	r.tb.Helper()
	return sitetest.Do(r.tb, r, q)
}

func (r *rig) get(path string, headers ...string) httpapi.Response {
	r.tb.Helper()
	return r.do(sitetest.Request(http.MethodGet, path, "", headers...))
}

// open gets the page and returns the nonce in it.
func (r *rig) open(path string) string {
	r.tb.Helper()
	return sitetest.Nonce(r.tb, r.get(path))
}

// post sends a form; fields alternate name, value.
func (r *rig) post(path string, fields ...string) httpapi.Response {
	r.tb.Helper()
	return r.do(sitetest.Form(path, fields...))
}

// complain sends a complaint and returns the path of its page, without a query.
func (r *rig) complain(fields ...string) string {
	r.tb.Helper()
	fields = append([]string{"comment", "Die Erstattung fehlt seit drei Wochen.", "nonce", r.open(where)}, fields...)
	res := r.post(where, fields...)
	path, _, _ := strings.Cut(res.Headers["Location"], "?")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(path, "/k/") {
		r.tb.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	return path
}

// number is the case of a page.
func (r *rig) number(path string) casefile.Number {
	r.tb.Helper()
	t, err := link.VerifyCase(sitetest.Keyring(r.tb, r.links.Secret, nil), strings.TrimPrefix(path, "/k/"), start)
	if err != nil {
		r.tb.Fatal(err)
	}
	return casefile.Number(t.Number)
}

// state is the case of a page as it is kept.
func (r *rig) state(path string) *casefile.Case {
	r.tb.Helper()
	c, err := r.table.Memory.GetCase(r.tb.Context(), r.number(path))
	if err != nil {
		r.tb.Fatal(err)
	}
	return c
}

// apply is what somebody does to the case of a page.
func (r *rig) apply(path string, by casefile.ActorKind, cmd lifecycle.Command) {
	r.tb.Helper()
	book, err := r.book()
	if err != nil {
		r.tb.Fatal(err)
	}
	next, lines, err := lifecycle.Apply(*r.state(path), cmd, casefile.Actor{Kind: by, ID: "agent-7"}, r.at, book.Lifecycle)
	if err != nil {
		r.tb.Fatalf("%s: %v", cmd.Do, err)
	}
	entries := make([]*casefile.Entry, len(lines))
	for i := range lines {
		entries[i] = &lines[i]
	}
	if err := r.table.Memory.UpdateCase(r.tb.Context(), &next, entries...); err != nil {
		r.tb.Fatal(err)
	}
}

func words(s string) *casefile.Words { return casefile.NewWords(s) }

// the way of a complaint through the hands of staff.
var (
	assess      = lifecycle.Command{Do: casefile.Assessing, Severity: casefile.High, Words: words("intern: Lager fragen")}
	investigate = lifecycle.Command{Do: casefile.Investigating}
	ask         = lifecycle.Command{Do: casefile.Asking, Words: words("Welche Bestellnummer hatte die Ware?")}
	answer      = lifecycle.Command{Do: casefile.Answering, Words: words("Wir haben die Bank gefragt, wo die Zahlung ist.")}
	note        = lifecycle.Command{Do: casefile.Noting, Words: words("intern: Kundin zum dritten Mal")}
	apologise   = lifecycle.Command{Do: casefile.Apologising}
	compensate  = lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "financial", Kind: "refund", Cents: 4990}}
	decide      = lifecycle.Command{Do: casefile.Deciding, Outcome: casefile.Accepted, RootCause: "process", Words: words("Die Rückzahlung wurde bei uns nicht ausgelöst.")}
	reject      = lifecycle.Command{Do: casefile.Deciding, Outcome: casefile.Rejected, Reason: "within_terms", Words: words("Die Frist von 14 Tagen war abgelaufen.")}
	resolve     = lifecycle.Command{Do: casefile.Resolving, Words: words("49,90 € sind heute an Sie überwiesen worden.")}
	closing     = lifecycle.Command{Do: casefile.Closing, RootCause: "process", Words: words("intern: erledigt")}
)

func (r *rig) staff(path string, commands ...lifecycle.Command) {
	r.tb.Helper()
	for _, cmd := range commands {
		r.at = r.at.Add(time.Minute)
		r.apply(path, casefile.Staff, cmd)
	}
}

// stored is one entry of the ledger, read back.
type stored struct {
	feedback.Complaint
	Key      string
	Personal feedback.Personal
}

// complaints are the stored events of February to April 2026 in order of arrival.
func (r *rig) complaints() []stored {
	r.tb.Helper()
	var all []stored
	for _, s := range []string{"2026-02", "2026-03", "2026-04"} {
		p, err := period.Parse(s)
		if err != nil {
			r.tb.Fatal(err)
		}
		err = r.table.Month(r.tb.Context(), p, func(e store.Entry) error {
			s := stored{Key: e.CustomerKey}
			if e.Personal != nil {
				if err := json.Unmarshal(e.Personal, &s.Personal); err != nil {
					return err
				}
			}
			err := json.Unmarshal(e.Event, &s.Complaint)
			all = append(all, s)
			return err
		})
		if err != nil {
			r.tb.Fatal(err)
		}
	}
	return all
}

var _ cases = (*store.Table)(nil)

// erased is a store from which the personal part of an event is gone.
type erased struct {
	*table
	event feedback.EventID
}

func (e *erased) Get(ctx context.Context, k feedback.ResponseKey, id feedback.EventID) (*store.Entry, error) {
	got, err := e.table.Get(ctx, k, id)
	if err == nil && id == e.event {
		got.Personal = nil
	}
	return got, err
}
