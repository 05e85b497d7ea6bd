package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/openapi/openapitest"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/report/html"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

const configuration = `{
	"organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de", "en"], "default_language": "de", "accent": "#0b5cad"},
	"touchpoints": [{"id": "hotline", "name": {"de": "Service-Hotline", "en": "Service line"}, "scale": "stars_1_5"}, {"id": "repair", "name": {"de": "Reparatur", "en": "Repair"}, "scale": "stars_1_5"}],
	"groups": [{"id": "phone", "name": {"de": "Telefon", "en": "Phone"}, "touchpoints": ["hotline"]}, {"id": "workshop", "name": {"de": "Werkstatt", "en": "Workshop"}, "touchpoints": ["repair"]}],
	"rules": {"edit_window_hours": 48, "kiosk_debounce_seconds": 3, "max_future_skew_minutes": 5, "top_box_10": 2, "minimum_n": 5, "indicative_n": 30},
	"report": {"freeze_day": 6, "attach": true, "link_days": 14, "repeat_days": 7, "action_days": 90}
}`

var (
	march  = mustPeriod("2026-03")
	open   = time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC)    // before the freeze of March
	freeze = time.Date(2026, 4, 5, 22, 0, 0, 0, time.UTC)   // the 6th, 00:00 in Berlin
	after  = time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC)  // the freeze
	during = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)  // March
	later  = time.Date(2026, 4, 20, 12, 30, 0, 0, time.UTC) // than after
)

func mustPeriod(s string) period.Period {
	p, err := period.Parse(s)
	if err != nil {
		panic(err)
	}
	return p
}

// rig is the function on memory, with a clock that the test sets.
type rig struct {
	*handler
	t       *testing.T
	bucket  *bucket.Memory
	table   *store.Memory
	clock   time.Time
	metrics bytes.Buffer
	sent    outgoing
	dead    letters
	log     bytes.Buffer
	ratings int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	cfg, err := config.Parse([]byte(configuration))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, bucket: bucket.NewMemory(), table: store.NewMemory(), clock: open}
	log := slog.New(slog.NewTextHandler(&r.log, nil))
	r.handler = &handler{press: press{
		cfg: cfg, objects: r.bucket, reports: r.table, table: r.table, keys: newKeys(t), public: "https://feedback.example.com",
		code: func() (string, error) { return codeHash, nil }, write: pagesOnly, log: log,
		metrics: observe.NewMetricsTo(&r.metrics, "report", time.Now), now: func() time.Time { return r.clock },
	}, consumer: consume.Consumer{Log: log, Sender: &r.dead, DLQ: "dlq"}, queue: &r.sent, escalation: "escalation", orders: "orders"}
	return r
}

// pagesOnly writes the page of a document, and of the forms that take long only
// that there is one: most tests look at none of them.
func pagesOnly(d *doc.Document, _ time.Time) ([]object, error) {
	in := "." + d.Language
	return []object{
		newObject(formatHTML+in, "report"+in+".html", forms[formatHTML].contentType, html.Render(d)),
		newObject(formatPDF+in, "report"+in+".pdf", forms[formatPDF].contentType, []byte("%PDF-")),
		newObject(formatXLSX+in, "report"+in+".xlsx", forms[formatXLSX].contentType, []byte("PK")),
		newObject(formatCSV+in, "tables"+in+".zip", forms[formatCSV].contentType, []byte("PK")),
	}, nil
}

// keys are a ring that never changes.
type keys struct{ ring link.Keyring }

func newKeys(t *testing.T) keys {
	t.Helper()
	ring, err := link.NewKeyring([]byte("0123456789abcdef0123456789abcdef"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys{ring}
}

func (k keys) Keyring(context.Context, time.Time) (link.Keyring, error) { return k.ring, nil }
func (k keys) Refresh(context.Context, time.Time) (link.Keyring, error) { return k.ring, nil }
func (k keys) Fresh(context.Context, time.Time) (link.Keyring, error)   { return k.ring, nil }

// letters collects what goes to the dead-letter queue.
type letters struct{ reasons []string }

func (l *letters) Send(_ context.Context, _, _ string, attributes map[string]string) error {
	l.reasons = append(l.reasons, attributes["reason"])
	return nil
}

// deliver hands the orders that were sent back to the function, one message at a
// time, at their n-th attempt, and returns those that are to come again.
func (r *rig) deliver(attempt int, bodies ...string) (again []string) {
	r.t.Helper()
	for _, b := range bodies {
		payload, err := json.Marshal(lambdaevents.SQSEvent{Records: []lambdaevents.SQSMessage{{
			MessageId: "m", Body: b, EventSource: "aws:sqs", Attributes: map[string]string{"ApproximateReceiveCount": strconv.Itoa(attempt)},
		}}})
		if err != nil {
			r.t.Fatal(err)
		}
		out, err := r.Handle(r.t.Context(), payload)
		if err != nil {
			r.t.Fatal(err)
		}
		res := out.(lambdaevents.SQSEventResponse)
		if res.BatchItemFailures == nil {
			r.t.Fatal("the list of failures is null")
		}
		if len(res.BatchItemFailures) > 0 {
			again = append(again, b)
		}
	}
	return again
}

// rate stores votes and their facts: votes at the hotline, submitted in March and received at
// the given time.
func (r *rig) rate(received time.Time, stars ...int) {
	r.t.Helper()
	var b responses.Batch
	for _, s := range stars {
		r.ratings++
		submitted := during.Add(time.Duration(r.ratings) * time.Hour)
		if submitted.After(received) {
			r.t.Fatalf("a vote would be received before it is submitted")
		}
		v := &feedback.Rating{
			EventID:     feedback.EventID(fmt.Sprintf("018e4f6a-3c1b-4e2d-9f00-%012d", r.ratings)),
			ResponseKey: feedback.ResponseKey("2026-03-aaaaaaaaaaaaaa" + string(rune('a'+r.ratings/26)) + string(rune('a'+r.ratings%26))),
			Touchpoint:  "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: s,
			SubmittedAt: submitted, ReceivedAt: received, CollectionMode: feedback.Self,
		}
		r.stored(v)
		if err := b.AddRating(v); err != nil {
			r.t.Fatal(err)
		}
	}
	r.store(&b)
}

func (r *rig) store(b *responses.Batch) {
	r.t.Helper()
	content, err := factfile.Write(feedback.KindRating, b)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.bucket.Put(r.t.Context(), factfile.Key(march, feedback.KindRating, b), "", content); err != nil {
		r.t.Fatal(err)
	}
}

// ask sends a request with a token of the right scope.
func (r *rig) ask(method, path, body string, headers ...string) httpapi.Response {
	r.t.Helper()
	return r.send(request(method, path, body, headers...))
}

func request(method, path, body string, headers ...string) *httpapi.Request {
	q := &httpapi.Request{RawPath: path, Body: body, Headers: map[string]string{}, QueryStringParameters: map[string]string{}}
	q.RequestContext.HTTP.Method = method
	q.RequestContext.Stage = "$default"
	q.RequestContext.Authorizer = &httpapi.Authorizer{
		JWT: &httpapi.JWT{Claims: map[string]string{"sub": "sample", "scope": scope}, Scopes: []string{scope}},
	}
	if body != "" {
		q.Headers["content-type"] = "application/json"
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if name, ok := strings.CutPrefix(headers[i], "?"); ok {
			q.QueryStringParameters[name] = headers[i+1]
			continue
		}
		q.Headers[headers[i]] = headers[i+1]
	}
	return q
}

func (r *rig) send(q *httpapi.Request) httpapi.Response {
	r.t.Helper()
	payload, err := json.Marshal(q)
	if err != nil {
		r.t.Fatal(err)
	}
	out, err := r.Handle(r.t.Context(), payload)
	if err != nil {
		r.t.Fatal(err)
	}
	openapitest.Described(r.t, q, out.(httpapi.Response))
	return out.(httpapi.Response)
}

// post makes a report and wants this status.
func (r *rig) post(body string, want int) summary {
	r.t.Helper()
	res := r.ask("POST", "/v1/reports/2026-03", body)
	if res.StatusCode != want {
		r.t.Fatalf("POST %s: %d %s, want %d", body, res.StatusCode, res.Body, want)
	}
	var s summary
	if err := json.Unmarshal([]byte(res.Body), &s); err != nil {
		r.t.Fatal(err)
	}
	return s
}

// figures are what the tests look at in report.json.
type figures struct {
	Header struct {
		Status     string `json:"status"`
		DataHash   string `json:"data_hash"`
		LateEvents []struct {
			EventID string `json:"event_id"`
			Counted bool   `json:"counted"`
		} `json:"late_events"`
	} `json:"header"`
	Total struct {
		N         int `json:"n"`
		Satisfied int `json:"satisfied"`
	} `json:"total"`
	HeadlineBasis string          `json:"headline_basis"`
	Evidence      report.Evidence `json:"evidence"`
}

func (r *rig) get(headers ...string) figures {
	r.t.Helper()
	res := r.ask("GET", "/v1/reports/2026-03.json", "", headers...)
	if res.StatusCode != 200 {
		r.t.Fatalf("GET: %d %s", res.StatusCode, res.Body)
	}
	var f figures
	if err := json.Unmarshal([]byte(res.Body), &f); err != nil {
		r.t.Fatal(err)
	}
	return f
}

func (r *rig) versions() int {
	r.t.Helper()
	all, err := r.table.ReportVersions(r.t.Context(), march, "")
	if err != nil {
		r.t.Fatal(err)
	}
	return len(all)
}

// racing makes another version just before each of the first n manifests.
type racing struct {
	manifests
	left int
}

func (r *racing) PutReport(ctx context.Context, v *store.ReportVersion) error {
	if r.left > 0 {
		r.left--
		other := *v
		if err := r.manifests.PutReport(ctx, &other); err != nil {
			return err
		}
	}
	return r.manifests.PutReport(ctx, v)
}

func unpack(t *testing.T, res httpapi.Response) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// codeHash is that of the program.
var codeHash = "sha256:" + strings.Repeat("c", 64)
