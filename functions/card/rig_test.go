package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

var start = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

// table is a store in memory that can fail and that counts reads.
type table struct {
	*store.Memory
	readErr, writeErr error
	reads, writes     int
}

func (t *table) Response(ctx context.Context, k feedback.ResponseKey) ([]store.Entry, error) {
	t.reads++
	if t.readErr != nil {
		return nil, t.readErr
	}
	return t.Memory.Response(ctx, k)
}

func (t *table) Put(ctx context.Context, e *store.Entry) (store.Outcome, *store.Entry, error) {
	t.writes++
	if t.writeErr != nil {
		return 0, nil, t.writeErr
	}
	return t.Memory.Put(ctx, e)
}

// rig is the real handler over a store in memory, with a clock that stands.
type rig struct {
	tb      testing.TB
	cfg     *config.Config
	table   *table
	links   *sitetest.Ring
	log     *bytes.Buffer
	metrics *bytes.Buffer
	at      time.Time
	*handler
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	r := &rig{
		tb: tb, cfg: intaketest.Config(tb), table: &table{Memory: store.NewMemory()},
		links: sitetest.NewRing(tb, "l"), log: new(bytes.Buffer), metrics: new(bytes.Buffer), at: start,
	}
	clock := func() time.Time { return r.at }
	r.handler = newHandler(r.cfg, r.table, r.links,
		observe.NewMetricsTo(r.metrics, "card", clock), observe.LoggerTo(r.log, "card", slog.LevelInfo), clock)
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

// visit is the card that is laid out at the checkout.
const visit = "/c/visit/checkout-cologne"

func (r *rig) token(change ...func(*link.Token)) string {
	r.tb.Helper()
	return r.links.Token(r.tb, "checkout-cologne", start, change...)
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

// stored is one entry of the ledger, read back.
type stored struct {
	feedback.Card
	Kind     feedback.Kind
	Personal feedback.Personal
}

// cards are the stored events of February to April 2026 in order of arrival.
func (r *rig) cards() []stored {
	r.tb.Helper()
	var all []stored
	for _, s := range []string{"2026-02", "2026-03", "2026-04"} {
		p, err := period.Parse(s)
		if err != nil {
			r.tb.Fatal(err)
		}
		err = r.table.Month(r.tb.Context(), p, func(e store.Entry) error {
			s := stored{Kind: e.Kind}
			if e.Personal != nil {
				if err := json.Unmarshal(e.Personal, &s.Personal); err != nil {
					return err
				}
			}
			err := json.Unmarshal(e.Event, &s.Card)
			all = append(all, s)
			return err
		})
		if err != nil {
			r.tb.Fatal(err)
		}
	}
	return all
}
