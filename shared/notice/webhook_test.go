package notice

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"resonanz/events"
)

func TestPayload(t *testing.T) {
	for name, tt := range map[string]struct {
		got  func() ([]byte, error)
		want string
	}{
		"a case": {
			func() ([]byte, error) { return Payload(opened()) },
			`{"type":"case.opened","timestamp":"2026-03-10T09:00:02Z","data":{"case":"2603-7K2M-Q4XA","rule":"LOW_RATING_CALLBACK","priority":"high","touchpoint":"checkout-cologne","response_key":"2026-03-aaaaaaaaaaaaaaaa","rating":2,"scale":"stars_1_5","due_at":"2026-03-11T09:00:00Z","step":0}}`,
		},
		"a report": {
			func() ([]byte, error) { return Payload(reportReady()) },
			`{"type":"report.ready","timestamp":"2026-04-01T04:00:00Z","data":{"period":"2026-03","version":"0001",` +
				`"links":{"csv":"/v1/reports/2026-03.csv?version=1","html":"/v1/reports/2026-03.html?version=1","json":"/v1/reports/2026-03.json?version=1",` +
				`"pdf":"/v1/reports/2026-03.pdf?version=1","xlsx":"/v1/reports/2026-03.xlsx?version=1"}}}`,
		},
	} {
		got, err := tt.got()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, string(got)); diff != "" {
			t.Errorf("payload of %s (-want +got):\n%s", name, diff)
		}
	}
}

// TestSignVerifies checks as a receiver would, with the reference library, and
// with either key of a rotation.
func TestSignVerifies(t *testing.T) {
	current, previous := bytes.Repeat([]byte("c"), 64), bytes.Repeat([]byte("p"), 64)
	body := []byte(`{"type":"case.opened"}`)
	h, err := Sign("2603-7K2M-Q4XA#1", time.Now(), body, current, previous)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string][]byte{"current": current, "previous": previous} {
		wh, err := standardwebhooks.NewWebhook("whsec_" + base64.StdEncoding.EncodeToString(key))
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.Verify(body, h); err != nil {
			t.Errorf("with the %s key: %v", name, err)
		}
		if wh.Verify([]byte(`{"type":"case.closed"}`), h) == nil {
			t.Errorf("with the %s key another body passes", name)
		}
	}
	other, err := standardwebhooks.NewWebhookRaw(bytes.Repeat([]byte("o"), 64))
	if err != nil {
		t.Fatal(err)
	}
	if other.Verify(body, h) == nil {
		t.Error("another key passes")
	}
}

// TestSignKnownAnswer fixes the bytes signed: the example of the Standard
// Webhooks libraries' own tests.
func TestSignKnownAnswer(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	h, err := Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`), key)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := h.Get("webhook-signature"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
	if got := h.Get("webhook-timestamp"); got != "1614265330" {
		t.Errorf("timestamp %q, want 1614265330", got)
	}
}

func TestSignNeedsAKey(t *testing.T) {
	if _, err := Sign("id", time.Now(), nil, nil); err == nil {
		t.Error("signed without a key")
	}
}

func TestAWebhookAboutAComplaintSaysWhereItStands(t *testing.T) {
	a := handled(events.CaseAtRisk, "SLA_AT_RISK")
	a.Clock, a.Step, a.Action = "resolution", 1, "replied"
	a.Signal = &events.Signal{Rule: "SPIKE", Subject: "hotline@2026-03-10", Observed: 9}
	b, err := Payload(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"type":"case.at_risk"`, `"team":"service"`, `"status":"in_investigation"`, `"severity":"high"`,
		`"action":"replied"`, `"clock":"resolution"`, `"step":1`, `"signal":{"rule":"SPIKE","subject":"hotline@2026-03-10"`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("lacks %s:\n%s", want, b)
		}
	}
}
