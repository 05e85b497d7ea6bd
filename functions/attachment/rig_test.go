package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/jpeg"
	"image/png"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

const bucketName = "attachments"

var noon = time.Date(2026, time.March, 16, 12, 0, 0, 0, time.UTC)

// shelf is a bucket in memory. Fail, when set, is asked before each call and its
// error is the answer.
type shelf struct {
	mu      sync.Mutex
	objects map[string][]byte
	fail    func(call, key string) error
}

func newShelf() *shelf { return &shelf{objects: make(map[string][]byte)} }

func etagOf(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

func (s *shelf) call(call, key string) error {
	if s.fail == nil {
		return nil
	}
	return s.fail(call, key)
}

func (s *shelf) get(ctx context.Context, key, etag string, most int64) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("get", key); err != nil {
		return nil, err
	}
	b, ok := s.objects[key]
	if !ok || etagOf(b) != etag {
		return nil, errGone
	}
	return bytes.Clone(b[:min(int64(len(b)), most+1)]), ctx.Err()
}

func (s *shelf) put(ctx context.Context, key string, body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("put", key); err != nil {
		return err
	}
	s.objects[key] = bytes.Clone(body)
	return ctx.Err()
}

func (s *shelf) remove(ctx context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("remove", key); err != nil {
		return err
	}
	delete(s.objects, key)
	return ctx.Err()
}

func (s *shelf) keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.objects))
}

// letters collects what goes to the dead-letter queue.
type letters struct{ reasons []string }

func (l *letters) Send(_ context.Context, _, _ string, attributes map[string]string) error {
	l.reasons = append(l.reasons, attributes["reason"])
	return nil
}

type rig struct {
	*handler
	t      *testing.T
	memory *store.Memory
	shelf  *shelf
	dead   *letters
	out    bytes.Buffer // log and metrics
	number casefile.Number
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, memory: store.NewMemory(), shelf: newShelf(), dead: new(letters)}
	now := func() time.Time { return noon }
	r.handler = &handler{
		consumer: consume.Consumer{Log: observe.LoggerTo(&r.out, "attachment", slog.LevelDebug), Sender: r.dead, DLQ: "dlq"},
		bucket:   bucketName, objects: r.shelf, cases: r.memory, rules: rules(t), limit: 3, maxBytes: 1 << 20,
		metrics: observe.NewMetricsTo(&r.out, "attachment", now), now: now,
	}
	r.number = r.open()
	return r
}

func rules(t *testing.T) lifecycle.Rules {
	t.Helper()
	cfg, err := config.Parse([]byte(`{
		"organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de"], "default_language": "de"},
		"categories": ["billing"], "escalation": {"chain": ["a@example.com"], "step_hours": 4},
		"complaints": {"attachments": 3, "attachment_mb": 1, "root_causes": ["process"], "default_policy": "DEFAULT"},
		"policies": [{"id": "DEFAULT", "calendar": "office", "first_response_hours": 8, "resolution_hours": 40, "at_risk_percent": 80, "close_days": 14}],
		"calendars": [{"id": "office", "blocks": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}]}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	book, err := rulebook.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return book.Lifecycle
}

// open opens a complaint, and gives its number.
func (r *rig) open() casefile.Number {
	r.t.Helper()
	march, err := period.Parse("2026-03")
	if err != nil {
		r.t.Fatal(err)
	}
	id := feedback.DeriveEventID("attachment test")
	w := &feedback.Complaint{
		EventID: id, ResponseKey: feedback.NewResponseKey(march, feedback.ResponseIDOf(id)), Touchpoint: "hotline", Category: "billing",
		SubmittedAt: noon.Add(-time.Hour), ReceivedAt: noon.Add(-time.Hour),
	}
	c, lines := lifecycle.Receive(w, lifecycle.Opening{}, noon.Add(-time.Hour), r.rules)
	if err := r.memory.CreateCase(r.t.Context(), &c, pointers(lines)...); err != nil {
		r.t.Fatal(err)
	}
	return c.Number
}

// withdraw ends the case.
func (r *rig) withdraw() {
	r.t.Helper()
	c, lines, err := lifecycle.Apply(*r.state(), lifecycle.Command{Do: casefile.Withdrawing}, casefile.Actor{Kind: casefile.Customer}, noon, r.rules)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.memory.UpdateCase(r.t.Context(), &c, pointers(lines)...); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) state() *casefile.Case {
	r.t.Helper()
	c, err := r.memory.GetCase(r.t.Context(), r.number)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// since are the entries after the two that opened the case; the whole timeline
// is checked.
func (r *rig) since() []casefile.Entry {
	r.t.Helper()
	all, err := r.memory.Timeline(r.t.Context(), r.number)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := casefile.Check(r.state(), all); err != nil {
		r.t.Error(err)
	}
	return all[2:]
}

// upload puts a file into quarantine, as a browser does; n tells keys apart.
func (r *rig) upload(slot, n int, body []byte) upload {
	random := []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	random[0] += byte(n)
	u := upload{attach.Key{Case: r.number, Slot: slot, Random: string(random)}, etagOf(body)}
	r.shelf.objects[u.key.String()] = body
	return u
}

// message is what the bucket tells of uploads.
func message(uploads ...upload) string {
	var ev lambdaevents.S3Event
	for _, u := range uploads {
		ev.Records = append(ev.Records, record(u.key.String(), u.etag))
	}
	b, err := json.Marshal(ev)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func record(key, etag string) (r lambdaevents.S3EventRecord) {
	r.EventName = "ObjectCreated:Post"
	r.S3.Bucket.Name = bucketName
	r.S3.Object.Key, r.S3.Object.ETag = key, etag
	return r
}

// deliver delivers messages, and says how many come again.
func (r *rig) deliver(bodies ...string) int {
	r.t.Helper()
	var ev lambdaevents.SQSEvent
	for i, b := range bodies {
		ev.Records = append(ev.Records, lambdaevents.SQSMessage{MessageId: string(rune('a' + i)), Body: b})
	}
	out, err := r.Handle(r.t.Context(), ev)
	if err != nil || out.BatchItemFailures == nil {
		r.t.Fatalf("got %v, %v", out, err)
	}
	return len(out.BatchItemFailures)
}

func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 20)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func screenshot(t *testing.T, width int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, 20))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
