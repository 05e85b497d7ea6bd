package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

var start = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

// rig is the real handler over a store in memory, with a clock that stands.
type rig struct {
	tb      testing.TB
	cfg     *config.Config
	memory  *store.Memory
	links   *sitetest.Ring
	devices *sitetest.Ring
	log     *bytes.Buffer
	metrics *bytes.Buffer
	at      time.Time
	*handler
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	r := &rig{
		tb: tb, cfg: intaketest.Config(tb), memory: store.NewMemory(), links: sitetest.NewRing(tb, "l"), devices: sitetest.NewRing(tb, "d"),
		log: new(bytes.Buffer), metrics: new(bytes.Buffer), at: start,
	}
	clock := func() time.Time { return r.at }
	r.handler = newHandler(r.cfg, r.memory, r.links, r.devices,
		observe.NewMetricsTo(r.metrics, "rating", clock), observe.LoggerTo(r.log, "rating", slog.LevelInfo), clock)
	return r
}

func (r *rig) do(q *httpapi.Request) httpapi.Response {
	r.tb.Helper()
	return sitetest.Do(r.tb, r, q)
}

func (r *rig) token(change ...func(*link.Token)) string {
	r.tb.Helper()
	return r.links.Token(r.tb, "hotline", start, change...)
}

// open gets the page and returns the nonce in it.
func (r *rig) open(path string) string {
	r.tb.Helper()
	return sitetest.Nonce(r.tb, r.do(sitetest.Request(http.MethodGet, path, "")))
}

// post sends a form; fields alternate name, value.
func (r *rig) post(path string, fields ...string) httpapi.Response {
	r.tb.Helper()
	return r.do(sitetest.Form(path, fields...))
}

func (r *rig) key() string { return link.DeviceKey(r.devices.Secret, "kiosk-cologne-1", 2) }

// send posts JSON as kiosk-cologne-1.
func (r *rig) send(path string, body []byte) httpapi.Response {
	r.tb.Helper()
	return r.do(sitetest.Request(http.MethodPost, path, string(body), "content-type", "application/json", "authorization", "Bearer "+r.key()))
}

// votes are the stored votes of March and April 2026.
func (r *rig) votes() []feedback.Rating {
	r.tb.Helper()
	var all []feedback.Rating
	for _, s := range []string{"2026-03", "2026-04"} {
		p, err := period.Parse(s)
		if err != nil {
			r.tb.Fatal(err)
		}
		err = r.memory.Month(r.tb.Context(), p, func(e store.Entry) error {
			var v feedback.Rating
			all = append(all, v)
			return json.Unmarshal(e.Event, &all[len(all)-1])
		})
		if err != nil {
			r.tb.Fatal(err)
		}
	}
	return all
}

// code is the code of a problem document.
func code(tb testing.TB, res httpapi.Response) string {
	tb.Helper()
	var p struct {
		Code   string
		Detail string
		Status int
	}
	if err := json.Unmarshal([]byte(res.Body), &p); err != nil || p.Status != res.StatusCode || p.Detail == "" ||
		res.Headers["Content-Type"] != "application/problem+json" {
		tb.Fatalf("no problem document: %d %s %q, %v", res.StatusCode, res.Headers["Content-Type"], res.Body, err)
	}
	return p.Code
}

// dynamo is a DynamoDB of one table behind its real HTTP protocol, as far as
// votes and complaints need it: PutItem with "absent" as the only condition,
// transactions whose conditions hold, GetItem, and Query by partition and beginning.
type dynamo struct {
	mu    sync.Mutex
	items map[string]map[string]map[string]any
	calls []string
	sizes []int // of the items written, as DynamoDB counts
	fail  func(n int) bool
}

func (d *dynamo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Item, Key                 map[string]map[string]any
		ExpressionAttributeValues map[string]map[string]any
		ConditionExpression       string
		RequestItems              map[string]struct{ Keys []map[string]map[string]any }
		TransactItems             []struct {
			Put struct{ Item map[string]map[string]any }
		}
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	answer := func(status int, v any) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, action)
	at := func(k map[string]map[string]any) string { return k["PK"]["S"].(string) + "|" + k["SK"]["S"].(string) }
	switch {
	case err != nil:
		answer(400, map[string]string{"__type": "ValidationException", "message": err.Error()})
	case d.fail != nil && d.fail(len(d.calls)):
		answer(400, map[string]string{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "message": "slow down"})
	case action == "GetItem":
		answer(200, map[string]any{"Item": d.items[at(in.Key)]})
	case action == "Query":
		begin := at(map[string]map[string]any{"PK": in.ExpressionAttributeValues[":pk"], "SK": in.ExpressionAttributeValues[":sk"]})
		found := []any{}
		for _, key := range slices.Sorted(maps.Keys(d.items)) {
			if strings.HasPrefix(key, begin) {
				found = append(found, d.items[key])
			}
		}
		answer(200, map[string]any{"Items": found, "Count": len(found)})
	case action == "BatchGetItem":
		found := []any{}
		for _, key := range in.RequestItems["table"].Keys {
			if it := d.items[at(key)]; it != nil {
				found = append(found, it)
			}
		}
		answer(200, map[string]any{"Responses": map[string]any{"table": found}})
	case action == "PutItem" && in.ConditionExpression != "" && d.items[at(in.Item)] != nil:
		answer(400, map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no", "Item": d.items[at(in.Item)]})
	case action == "PutItem":
		d.items[at(in.Item)] = in.Item
		n := 0
		for name, v := range in.Item {
			n += len(name)
			for kind, x := range v {
				n += len(x.(string))
				if kind == "B" {
					n -= len(x.(string)) / 4
				}
			}
		}
		d.sizes = append(d.sizes, n)
		answer(200, struct{}{})
	case action == "TransactWriteItems":
		for _, it := range in.TransactItems {
			d.items[at(it.Put.Item)] = it.Put.Item
		}
		answer(200, struct{}{})
	default:
		answer(400, map[string]string{"__type": "UnknownOperationException"})
	}
}

// onTable puts the handler on store.Table as the function does.
func (r *rig) onTable() *dynamo {
	r.tb.Helper()
	d := &dynamo{items: map[string]map[string]map[string]any{}}
	srv := httptest.NewServer(d)
	r.tb.Cleanup(srv.Close)
	cfg := aws.Config{
		Region: "eu-central-1", BaseEndpoint: &srv.URL, HTTPClient: srv.Client(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
	r.ledger = store.New(dynamodb.NewFromConfig(cfg), "table").Direct(cfg)
	return d
}

var _ intake.Ledger = (*store.Table)(nil)
