package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/openapi/openapitest"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

const configuration = `{
 "organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de", "en", "fr", "it"], "default_language": "de", "accent": "#0b5cad"},
 "links": {"valid_days": 14},
 "reasons": [
  {"code": "waiting_time", "mood": "bad", "name": {"de": "Zu lange gewartet", "en": "Waited too long", "fr": "Attente trop longue", "it": "Attesa troppo lunga"}},
  {"code": "unfriendly", "mood": "bad", "name": {"de": "Unfreundlich", "en": "Unfriendly", "fr": "Peu aimable", "it": "Poco cortese"}},
  {"code": "price_unclear", "mood": "bad", "name": {"de": "Preis unklar", "en": "Price unclear", "fr": "Prix peu clair", "it": "Prezzo poco chiaro"}},
  {"code": "friendly", "mood": "good", "name": {"de": "Freundlich", "en": "Friendly", "fr": "Aimable", "it": "Cortese"}},
  {"code": "something_else", "mood": "any", "name": {"de": "Etwas anderes", "en": "Something else", "fr": "Autre chose", "it": "Altro"}}
 ],
 "touchpoints": [
  {"id": "hotline", "name": {"de": "Hotline", "en": "Hotline", "fr": "Hotline", "it": "Hotline"}, "scale": "stars_1_5", "reasons": ["waiting_time", "friendly"], "ask": ["fcr", "nps"]},
  {"id": "checkout-cologne", "name": {"de": "Kasse Köln", "en": "Checkout Cologne", "fr": "Caisse Cologne", "it": "Cassa Colonia"}, "scale": "stars_1_5",
   "reasons": ["waiting_time", "unfriendly", "price_unclear", "friendly", "something_else"]},
  {"id": "repair", "name": {"de": "Reparatur <&> Ersatz", "en": "Repair", "fr": "Réparation", "it": "Riparazione"}, "scale": "csat_1_10", "reasons": ["waiting_time"], "ask": ["ces"]}
 ],
 "devices": [
  {"id": "kiosk-1", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 1, "look": "faces"},
  {"id": "kiosk-2", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 1, "look": "faces"},
  {"id": "kiosk-stars", "touchpoint": "hotline", "channel": "kiosk", "generation": 1, "look": "stars"},
  {"id": "kiosk-ten", "touchpoint": "repair", "channel": "kiosk", "generation": 1, "look": "stars"},
  {"id": "kiosk-old", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 1, "look": "faces", "revoked": true},
  {"id": "terminal-1", "touchpoint": "repair", "channel": "terminal", "generation": 1}
 ],
 "rules": {"edit_window_hours": 48, "kiosk_debounce_seconds": 3, "max_future_skew_minutes": 5, "max_age_days": 400, "top_box_10": 2, "minimum_n": 5, "indicative_n": 30},
 "escalation": {"low_rating_max": 2, "callback_due_hours": 24, "triage_due_hours": 24, "step_hours": 24, "chain": ["service@example.com"]},
 "report": {"freeze_day": 6}
}`

func parse(tb testing.TB, change ...string) *config.Config {
	tb.Helper()
	c, err := config.Parse([]byte(strings.NewReplacer(change...).Replace(configuration)))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// world is the kiosk function, and the interface that its app talks to, over a
// ledger in memory. The interface reads and stores with the code of the real one.
type world struct {
	tb     testing.TB
	secret []byte
	ring   link.Keyring
	ledger *store.Memory
	url    string

	mu      sync.Mutex
	cfg     *config.Config
	handler *handler
	log     bytes.Buffer
	down    bool // nothing answers
	fault   *fault
	after   string      // Retry-After of a throttled interface; empty: it is not
	asked   []time.Time // when a network that works brought requests to the interface
	slow    time.Duration
	now     int // batches being answered
	atOnce  int // the most of them at one time
	beats   []beat
	batches int
}

type beat struct {
	Device feedback.Device
	Queued int
	Oldest time.Time
	App    string
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{tb: tb, secret: []byte(strings.Repeat("d", 64)), ledger: store.NewMemory()}
	ring, err := link.NewKeyring(w.secret, nil)
	if err != nil {
		tb.Fatal(err)
	}
	w.ring = ring
	w.deploy(parse(tb))
	srv := httptest.NewServer(http.HandlerFunc(w.serve))
	tb.Cleanup(srv.Close)
	w.url = srv.URL
	return w
}

// deploy puts another configuration into force.
func (w *world) deploy(cfg *config.Config) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cfg = cfg
	w.handler = newHandler(cfg, observe.LoggerTo(&w.log, "kiosk", slog.LevelInfo), time.Now)
}

func (w *world) set(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *world) key(device string, generation int) string {
	return link.DeviceKey(w.secret, feedback.Device(device), generation)
}

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	down, fault, kiosk, after := w.down, w.fault, w.handler, w.after
	if !down && strings.HasPrefix(r.URL.Path, "/v1/") {
		w.asked = append(w.asked, time.Now())
	}
	w.mu.Unlock()
	switch {
	case down:
		cut(rw)
	case !strings.HasPrefix(r.URL.Path, "/v1/"):
		loopback.Handler(kiosk.Handle).ServeHTTP(rw, r)
	case after != "":
		rw.Header().Set("Retry-After", after)
		rw.WriteHeader(http.StatusTooManyRequests)
	case fault != nil:
		fault.strike(rw, r, loopback.Handler(w.api))
	default:
		loopback.Handler(w.api).ServeHTTP(rw, r)
	}
}

// cut ends the connection without an answer.
func cut(rw http.ResponseWriter) {
	if c, _, err := http.NewResponseController(rw).Hijack(); err == nil {
		_ = c.Close()
	}
}

// dawdle takes as long as w is slow, and counts who waits.
func (w *world) dawdle() {
	var slow time.Duration
	w.set(func() {
		slow = w.slow
		w.now++
		w.atOnce = max(w.atOnce, w.now)
	})
	if slow > 0 {
		<-time.After(slow)
	}
	w.set(func() { w.now-- })
}

// device is who sends a request.
func (w *world) device(r *httpapi.Request) (*config.Device, error) {
	id, generation, err := link.VerifyDevice(w.ring, httpapi.Bearer(r))
	if err != nil {
		return nil, problem.New(http.StatusUnauthorized, problem.DeviceKeyInvalid, "no")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch d := w.cfg.Device(id); {
	case d == nil:
		return nil, problem.New(http.StatusForbidden, problem.DeviceUnknown, "no")
	case d.Revoked:
		return nil, problem.New(http.StatusForbidden, problem.DeviceRevoked, "no")
	case d.Generation != generation:
		return nil, problem.New(http.StatusForbidden, problem.DeviceKeyStale, "no")
	default:
		return d, nil
	}
}

// votes are what is stored, of this month and the ones around it.
func (w *world) votes() []feedback.Rating {
	w.tb.Helper()
	var all []feedback.Rating
	now := period.Of(time.Now(), parse(w.tb).Zone())
	for month := range 3 {
		err := w.ledger.Month(w.tb.Context(), now.Add(month-1), func(e store.Entry) error {
			var v feedback.Rating
			err := json.Unmarshal(e.Event, &v)
			all = append(all, v)
			return err
		})
		if err != nil {
			w.tb.Fatal(err)
		}
	}
	return all
}

// comments are the texts stored with votes.
func (w *world) comments() []string {
	w.tb.Helper()
	var all []string
	now := period.Of(time.Now(), parse(w.tb).Zone())
	err := w.ledger.Month(w.tb.Context(), now, func(e store.Entry) error {
		var p feedback.Personal
		if len(e.Personal) == 0 {
			return nil
		}
		err := json.Unmarshal(e.Personal, &p)
		all = append(all, p.Comment)
		return err
	})
	if err != nil {
		w.tb.Fatal(err)
	}
	return all
}

// request is a request as API Gateway sends it; headers alternate name, value.
func request(method, path string, headers ...string) *httpapi.Request {
	r := httptest.NewRequest(method, path, http.NoBody)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	q, err := loopback.Request(r)
	if err != nil {
		panic(err)
	}
	return q
}

func (w *world) get(path string, headers ...string) httpapi.Response {
	w.tb.Helper()
	return w.do(request(http.MethodGet, path, headers...))
}

func (w *world) do(r *httpapi.Request) httpapi.Response {
	w.tb.Helper()
	res, err := w.handler.Handle(w.tb.Context(), r)
	if err != nil {
		w.tb.Fatal(err)
	}
	if strings.Count(r.RawPath, "/") < 3 { // the files of the app are not described
		openapitest.Described(w.tb, r, res)
	}
	return res
}
