package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"resonanz/events"
	"resonanz/shared/config"
	"resonanz/shared/link"
	"resonanz/shared/store"
)

// keys is a signing secret at hand.
type keys struct{ ring link.Keyring }

func (k keys) Keyring(context.Context, time.Time) (link.Keyring, error) { return k.ring, nil }

var currentKey, previousKey = bytes.Repeat([]byte("k"), 64), bytes.Repeat([]byte("p"), 64)

// newEndpoint is the endpoint "default" at an address.
func newEndpoint(t *testing.T, address string, shelf hooks) *endpoint {
	t.Helper()
	r, err := link.NewKeyring(currentKey, previousKey)
	if err != nil {
		t.Fatal(err)
	}
	like := &endpoint{keys: keys{r}, words: words(), shelf: shelf, now: func() time.Time { return noon }}
	return endpoints(config.Notify{WebhookURL: address}, like, nil)[0]
}

// kept is what the store keeps of the delivery of alert 1.
func kept(t *testing.T, m *store.Memory) *store.Hook {
	t.Helper()
	h, err := m.Hook(t.Context(), "default", alertOf(1).ID)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAWebhookIsSignedAndKept(t *testing.T) {
	var body []byte
	var header http.Header
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		header = r.Header
		w.WriteHeader(http.StatusNoContent)
	}))
	defer receiver.Close()
	m := store.NewMemory()
	e := newEndpoint(t, receiver.URL, m)
	now := time.Now() // receivers refuse old signatures
	e.now = func() time.Time { return now }
	if err := e.Do(t.Context(), alertOf(1)); err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string][]byte{"current": currentKey, "previous": previousKey} {
		wh, err := standardwebhooks.NewWebhook("whsec_" + base64.StdEncoding.EncodeToString(key))
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.Verify(body, header); err != nil {
			t.Errorf("a receiver with the %s key: %v", name, err)
		}
	}
	if got := header.Get("webhook-id"); got != alertOf(1).ID {
		t.Errorf("webhook-id %q, want the alert's id, the same at every delivery", got)
	}
	if got := header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
	h := kept(t, m)
	if h.Status != store.HookDelivered || h.Attempt != 1 || !h.NextAt.IsZero() || len(h.Log) != 1 || h.Log[0].Status != 204 || h.Log[0].Error != "" || h.Alert.ID != alertOf(1).ID {
		t.Errorf("kept %+v", h)
	}
}

func TestChatsAreToldInTheirFormatAndUnsigned(t *testing.T) {
	for format, want := range map[string]string{"slack": `"blocks":`, "teams": `"AdaptiveCard"`} {
		var body []byte
		var header http.Header
		receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ = io.ReadAll(r.Body)
			header = r.Header
		}))
		m := store.NewMemory()
		like := newEndpoint(t, receiver.URL, m)
		e := endpoints(config.Notify{Webhooks: []config.Webhook{{ID: "chat", URL: receiver.URL, Format: format}}}, like, nil)[0]
		if err := e.Do(t.Context(), alertOf(1)); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(body) || !strings.Contains(string(body), want) || header.Get("webhook-signature") != "" || header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %s with %v", format, body, header)
		}
		if h, err := m.Hook(t.Context(), "chat", alertOf(1).ID); err != nil || h.Status != store.HookDelivered {
			t.Errorf("%s: kept %+v, %v", format, h, err)
		}
		receiver.Close()
	}
}

func TestAnythingButSuccessIsTriedAgain(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 307, 400, 429, 500, 503} {
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(status)
		}))
		m := store.NewMemory()
		e := newEndpoint(t, receiver.URL, m)
		if err := e.Do(t.Context(), alertOf(1)); err != nil {
			t.Fatal(err)
		}
		h := kept(t, m)
		if h.Status != store.HookWaiting || h.Attempt != 2 || !h.NextAt.Equal(noon.Add(time.Minute)) || h.Log[0].Status != status {
			t.Errorf("%d: kept %+v", status, h)
		}
		if e.failed.Load() != 1 || e.givenUp.Load() != 0 {
			t.Errorf("%d: counted %d and %d", status, e.failed.Load(), e.givenUp.Load())
		}
		receiver.Close()
	}
}

func TestAnEndlessAnswerIsIgnored(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		for chunk := bytes.Repeat([]byte("x"), 64<<10); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer receiver.Close()
	m := store.NewMemory()
	if err := newEndpoint(t, receiver.URL, m).Do(t.Context(), alertOf(1)); err != nil || kept(t, m).Status != store.HookDelivered {
		t.Errorf("%v, kept %+v", err, kept(t, m))
	}
}

func TestAReceiverThatDoesNotAnswerIsTriedAgain(t *testing.T) {
	release := make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer receiver.Close()
	defer close(release)
	m := store.NewMemory()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := newEndpoint(t, receiver.URL+"/secret-path", m).Do(ctx, alertOf(1)); err != nil {
		t.Fatal(err)
	}
	h := kept(t, m) // though the time was used up
	if h.Status != store.HookWaiting || h.Log[0].Error != "timeout" || h.Log[0].Status != 0 {
		t.Errorf("kept %+v", h)
	}
	if b, err := json.Marshal(h); err != nil || strings.Contains(string(b), "secret-path") {
		t.Errorf("the address is kept: %s, %v", b, err)
	}
}

func TestWhyThereWasNoAnswerIsSaidInAWord(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	plain := httptest.NewTLSServer(nil)
	defer plain.Close()
	for name, tc := range map[string]struct{ address, want string }{
		"nobody listens":   {closed.URL, "refused"},
		"a private host":   {"https://10.0.0.1/hook", "no_address"},
		"no such host":     {"https://nowhere.example.invalid./hook", "no_address"},
		"an empty address": {"", "no_address"},
	} {
		m := store.NewMemory()
		e := newEndpoint(t, "https://crm.example.com", m)
		e.address = func(context.Context, time.Time) (string, error) { return tc.address, nil }
		if err := e.Do(t.Context(), alertOf(1)); err != nil {
			t.Fatal(err)
		}
		if got := kept(t, m).Log[0].Error; got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	if err := get(newWebhookClient(true), plain.URL); codeOf(err) != "tls" {
		t.Errorf("a certificate nobody knows: %v, %s", err, codeOf(err))
	}
}

// get asks for an address and says why it did not answer.
func get(c *http.Client, address string) error {
	res, err := c.Get(address)
	if err == nil {
		_ = res.Body.Close()
	}
	return err
}

// TestANameThatLeadsToAPrivateAddressIsNotCalled: what a name leads to is the
// choice of whoever owns it, and may change after every check.
func TestANameThatLeadsToAPrivateAddressIsNotCalled(t *testing.T) {
	called := false
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer receiver.Close()
	for _, address := range []string{receiver.URL, strings.Replace(receiver.URL, "127.0.0.1", "localhost", 1)} {
		err := get(newWebhookClient(false), address)
		if called || !errors.Is(err, errPrivate) || codeOf(err) != "private_address" {
			t.Errorf("%v", err)
		}
	}
	if err := get(newWebhookClient(true), "http://10.255.255.1/"); !errors.Is(err, errPrivate) {
		t.Errorf("this machine is no way into the network: %v", err)
	}
}

// vault is Secrets Manager.
type vault struct {
	value string
	err   error
	calls int
}

func (v *vault) Value(_ context.Context, id, _ string) (string, error) {
	v.calls++
	if id != "arn" {
		return "", errors.New("another secret")
	}
	return v.value, v.err
}

func TestAnAddressThatIsASecretIsReadFromTheSecret(t *testing.T) {
	v := &vault{value: `{"chat":"https://hooks.example.com/T0/B0","-":"generated"}`}
	a := &addresses{api: v, arn: "arn"}
	read := func(at time.Duration) string {
		t.Helper()
		got, err := a.of(t.Context(), "chat", noon.Add(at))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := []string{read(0), read(9 * time.Minute)}; cmp.Diff([]string{"https://hooks.example.com/T0/B0", "https://hooks.example.com/T0/B0"}, got) != "" || v.calls != 1 {
		t.Errorf("got %v by %d calls", got, v.calls)
	}
	v.value = `{"chat":"https://hooks.example.com/T0/B1"}`
	if got := read(10 * time.Minute); got != "https://hooks.example.com/T0/B1" {
		t.Errorf("a changed address is not used: %s", got)
	}
	v.err = errors.New("not now")
	if got := read(30 * time.Minute); got != "https://hooks.example.com/T0/B1" {
		t.Errorf("the old address is lost: %s", got)
	}
	v.err, v.value = nil, "not JSON"
	if got := read(time.Hour); got != "" {
		t.Errorf("got %s", got)
	}
	if got, err := (&addresses{api: &vault{err: errors.New("no")}, arn: "arn"}).of(t.Context(), "chat", noon); err == nil {
		t.Errorf("got %q", got)
	}
	if got, err := (&addresses{}).of(t.Context(), "chat", noon); got != "" || err != nil {
		t.Errorf("without a secret: %q, %v", got, err)
	}
}

func TestEachEndpointHasAMarkerOfItsOwn(t *testing.T) {
	n := config.Notify{WebhookURL: "https://a.example.com", Webhooks: []config.Webhook{{ID: "crm", URL: "https://b.example.com"}, {ID: "chat", Format: "slack", Reasons: []string{"case_opened"}}}}
	v := &vault{value: `{"chat":"https://c.example.com"}`}
	var names, places []string
	for _, e := range endpoints(n, new(endpoint), &addresses{api: v, arn: "arn"}) {
		address, err := e.address(t.Context(), noon)
		if err != nil {
			t.Fatal(err)
		}
		names, places = append(names, e.Name()), append(places, e.format+" "+address)
	}
	if diff := cmp.Diff([]string{"webhook", "webhook/crm", "webhook/chat"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"standard https://a.example.com", "standard https://b.example.com", "slack https://c.example.com"}, places); diff != "" {
		t.Error(diff)
	}
	chat := endpoints(n, new(endpoint), nil)[2]
	if !chat.wants(&events.Alert{Reason: events.CaseOpened}) || chat.wants(&events.Alert{Reason: events.CaseOverdue}) {
		t.Error("the reasons of an endpoint do not count")
	}
}
