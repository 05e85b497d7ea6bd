package events_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/consume"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/store"
)

// Keys of the samples: the token and the device key in them are genuine under
// these, which no stack uses.
var (
	sampleLinkKey   = bytes.Repeat([]byte("a"), 64)
	sampleDeviceKey = bytes.Repeat([]byte("m"), 64)
	sampleNow       = time.Date(2026, time.March, 15, 12, 34, 56, 789e6, time.UTC)
)

func ring(t *testing.T, key []byte) link.Keyring {
	t.Helper()
	r, err := link.NewKeyring(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// decode reads a sample strictly: a field that the Lambda types do not know is
// one that we invented, or misspelled.
func decode[T any](t *testing.T, name string) (v T) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(read(t, filepath.Join("samples", name))))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// compact is the golden message as it travels.
func compact(t *testing.T, name string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, read(t, filepath.Join("golden", name))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEverySampleIsTested(t *testing.T) {
	var got []string
	for _, f := range files(t, "samples/*.json") {
		got = append(got, filepath.Base(f))
	}
	var want []string
	for name := range requests {
		want = append(want, name)
	}
	for name := range queues {
		want = append(want, name)
	}
	want = append(want, "stream-batch.json", "stream-case.json", "stream-mail.json", "stream-poison.json", "bounce-batch.json", "attachment-batch.json", "poison-batch.json", "clock-schedule.json", "report-schedule.json", "signin-token.json", "watch-schedule.json", "sweep-schedule.json")
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// requests are the HTTP samples: route key, scope, and a look at the body.
var requests = map[string]struct {
	route, scope string
	body         func(t *testing.T, body string)
}{
	"rating-get.json":        {"GET /r/{token}", "", nil},
	"rating-head.json":       {"HEAD /r/{token}", "", nil},
	"rating-post.json":       {"POST /r/{token}", "", isForm},
	"ratings-post.json":      {"POST /v1/ratings", "", isEvent(feedback.KindRating)},
	"cards-post.json":        {"POST /v1/cards", "", isEvent(feedback.KindCard)},
	"complaints-post.json":   {"POST /v1/complaints", "", isEvent(feedback.KindComplaint)},
	"beats-post.json":        {"POST /v1/beats", "", isBeat},
	"batch-post.json":        {"POST /v1/batch", "", isJSON},
	"card-get.json":          {"GET /c/{card}/{touchpoint}", "", nil},
	"card-link-get.json":     {"GET /c/{token}", "", nil},
	"card-post.json":         {"POST /c/{card}/{touchpoint}", "", isForm},
	"kiosk-get.json":         {"GET /kiosk/{device}", "", nil},
	"desk-get.json":          {"GET /desk", "", nil},
	"unsubscribe-post.json":  {"POST /u/{token}", "", isOneClick},
	"complain-get.json":      {"GET /complain/{touchpoint}", "", nil},
	"complain-post.json":     {"POST /complain/{touchpoint}", "", isComplaint},
	"status-get.json":        {"GET /k/{token}", "", nil},
	"status-head.json":       {"HEAD /k/{token}", "", nil},
	"status-post.json":       {"POST /k/{token}", "", isReply},
	"cases-get.json":         {"GET /v1/cases", "resonanz/cases", nil},
	"case-get.json":          {"GET /v1/cases/{number}", "resonanz/cases", nil},
	"customer-get.json":      {"GET /v1/customers/{key}", "resonanz/privacy", nil},
	"customer-delete.json":   {"DELETE /v1/customers/{key}", "resonanz/privacy", nil},
	"case-post.json":         {"POST /v1/cases/{number}/{command}", "resonanz/cases", isCommand},
	"cases-assign-post.json": {"POST /v1/cases/assign", "resonanz/cases", isAssignment},
	"invitation-post.json":   {"POST /v1/invitations", "resonanz/invite", isJSON},
	"report-get.json":        {"GET /v1/reports/{period}", "resonanz/reports", nil},
	"report-post.json":       {"POST /v1/reports/{period}", "resonanz/reports", nil},
	"healthz-get.json":       {"GET /healthz", "", nil},
	"unknown-get.json":       {"$default", "", nil},
}

func isForm(t *testing.T, body string) {
	form, err := url.ParseQuery(body)
	if err != nil || form.Get("stars") != "2" || form.Get("nonce") == "" {
		t.Errorf("got %v, %v", form, err)
	}
}

func isOneClick(t *testing.T, body string) {
	if body != "List-Unsubscribe=One-Click" { // RFC 8058, section 3.2
		t.Errorf("got %q", body)
	}
}

// isEvent says that the sample is taken as an event of kiosk-cologne-1.
func isEvent(kind feedback.Kind) func(*testing.T, string) {
	return func(t *testing.T, body string) {
		cfg := intaketest.Config(t)
		if _, err := intake.ParseEvent(cfg, intake.Source{Device: cfg.Device("kiosk-cologne-1")}, kind, []byte(body), sampleNow); err != nil {
			t.Error(err)
		}
	}
}

func isBeat(t *testing.T, body string) {
	if _, err := intake.ParseBeat([]byte(body)); err != nil {
		t.Error(err)
	}
}

func isComplaint(t *testing.T, body string) {
	f, fields, err := intake.ParseComplaint(intaketest.Config(t), []byte(body))
	if err != nil || len(fields) != 0 || f.Category != "product.safety" {
		t.Errorf("got %+v, %v, %v", f, fields, err)
	}
}

func isReply(t *testing.T, body string) {
	f, fields, err := intake.ParseCase([]byte(body))
	if err != nil || len(fields) != 0 || f.Do != "reply" || f.Text == "" {
		t.Errorf("got %+v, %v, %v", f, fields, err)
	}
}

func isCommand(t *testing.T, body string) {
	if _, err := intake.ParseCommand("assess", []byte(body)); err != nil {
		t.Error(err)
	}
}

func isAssignment(t *testing.T, body string) {
	if a, err := intake.ParseAssignment([]byte(body)); err != nil || len(a.Cases) != 1 {
		t.Errorf("got %+v, %v", a, err)
	}
}

func isJSON(t *testing.T, body string) {
	if !json.Valid([]byte(body)) {
		t.Errorf("no JSON: %s", body)
	}
}

func TestHTTPSamplesAreWhatTheGatewaySends(t *testing.T) {
	for name, c := range requests {
		t.Run(name, func(t *testing.T) {
			r := decode[lambdaevents.APIGatewayV2HTTPRequest](t, name)
			rc := r.RequestContext
			if r.Version != "2.0" || r.RouteKey != c.route || rc.RouteKey != c.route || rc.Stage != "$default" || rc.HTTP.Path != r.RawPath || rc.TimeEpoch == 0 {
				t.Errorf("got %+v", r)
			}
			if method, _, ok := strings.Cut(c.route, " "); ok && rc.HTTP.Method != method {
				t.Errorf("method %s", rc.HTTP.Method)
			}
			for h := range r.Headers {
				if h != strings.ToLower(h) {
					t.Errorf("header %s: the gateway lowers names", h)
				}
			}
			var scopes []string
			if rc.Authorizer != nil && rc.Authorizer.JWT != nil {
				scopes = rc.Authorizer.JWT.Scopes
			}
			if c.scope != strings.Join(scopes, " ") {
				t.Errorf("scopes %v", scopes)
			}
			checkBody(t, r, c.body)
			checkKeys(t, r)
		})
	}
}

func checkBody(t *testing.T, r lambdaevents.APIGatewayV2HTTPRequest, look func(*testing.T, string)) {
	t.Helper()
	body := r.Body
	if r.IsBase64Encoded {
		b, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			t.Fatal(err)
		}
		body = string(b)
	}
	if (look == nil) != (body == "") || (r.RequestContext.HTTP.Method != http.MethodPost && body != "") {
		t.Fatalf("body %q", body)
	}
	if look != nil {
		look(t, body)
	}
}

// checkKeys verifies the token in the path and the device key in the header.
func checkKeys(t *testing.T, r lambdaevents.APIGatewayV2HTTPRequest) {
	t.Helper()
	if token, ok := r.PathParameters["token"]; ok && strings.HasPrefix(r.RawPath, "/k/") {
		got, err := link.VerifyCase(ring(t, sampleLinkKey), token, sampleNow)
		if err != nil || got.Number != "2603-W5DA-3M0T" || !strings.HasSuffix(r.RawPath, "/"+token) {
			t.Errorf("token of a case: %+v, %v", got, err)
		}
	} else if ok {
		got, err := link.Verify(ring(t, sampleLinkKey), token, sampleNow)
		if err != nil || got.Touchpoint != link.CodeOf("hotline") || !strings.HasSuffix(r.RawPath, "/"+token) {
			t.Errorf("token: %+v, %v", got, err)
		}
	}
	if key, ok := strings.CutPrefix(r.Headers["authorization"], "Bearer kiosk"); ok {
		id, _, err := link.VerifyDevice(ring(t, sampleDeviceKey), "kiosk"+key)
		if err != nil || id != "kiosk-cologne-1" {
			t.Errorf("device key: %s, %v", id, err)
		}
	}
}

// queues are the samples of queue batches and the golden messages they carry.
var queues = map[string][]string{
	"courier-batch.json":    {"message-invite.json", "message-invite-reminder.json"},
	"escalation-batch.json": {"message-stored-rating.json", "message-stored-invitation.json", "message-deadline.json"},
	"facts-batch.json":      {"message-stored-rating.json", "message-stored-rating.json", "message-stored-invitation.json"},
	"order-batch.json":      {"message-order.json"},
	"notify-batch.json":     {"message-alert-opened.json", "message-alert-overdue.json", "message-alert-report-ready.json"},
	"signal-batch.json":     {"message-signal-spike.json", "message-signal-category.json", "message-signal-voting.json", "message-deadline-retimed.json"},
	"inform-batch.json":     {"message-inform.json"},
	"steps-batch.json":      {"message-step-opened.json", "message-step-answered.json", "message-step-resolved.json"},
	"hook-batch.json":       {"message-hook.json", "message-alert-alarm.json", "message-alert-breached.json"},
}

func TestQueueSamplesCarryTheGoldenMessages(t *testing.T) {
	for name, golden := range queues {
		ev := decode[lambdaevents.SQSEvent](t, name)
		if len(ev.Records) != len(golden) {
			t.Fatalf("%s: %d records", name, len(ev.Records))
		}
		for i, r := range ev.Records {
			m, err := consume.Decode(r.Body)
			if err != nil {
				t.Errorf("%s, record %d: %v", name, i, err)
			}
			b, err := json.Marshal(m)
			if want := compact(t, golden[i]); err != nil || r.Body != want || string(b) != want {
				t.Errorf("%s, record %d: %v\n%s\nwant %s", name, i, err, r.Body, want)
			}
		}
	}
}

// The pool's own event, as its guide for developers has it.
func TestTheSampleOfASignInIsTheUserPools(t *testing.T) {
	ev := decode[lambdaevents.CognitoEventUserPoolsPreTokenGenV2_0](t, "signin-token.json")
	if ev.Version != "2" || ev.TriggerSource != "TokenGeneration_HostedAuth" || len(ev.Request.Scopes) != 2 || ev.Request.UserAttributes["sub"] != ev.UserName {
		t.Errorf("%+v", ev)
	}
}

func TestThePoisonSampleHoldsOneGoodMessage(t *testing.T) {
	good := 0
	for i, r := range decode[lambdaevents.SQSEvent](t, "poison-batch.json").Records {
		switch _, err := consume.Decode(r.Body); {
		case err == nil:
			good++
		case !consume.IsPoison(err):
			t.Errorf("record %d: %v", i, err)
		}
	}
	if good != 1 {
		t.Errorf("%d good messages", good)
	}
}

func TestTheStreamSampleIsTurnedIntoTheGoldenMessages(t *testing.T) {
	type parcel struct {
		golden string
		to     store.Targets
	}
	want := [][]parcel{
		{{"message-stored-invitation.json", store.ToReporting}},
		{{"message-stored-rating.json", store.ToEscalation | store.ToReporting}},
		{}, // the state of a case
		{{"message-alert-opened.json", store.ToNotify}},
		{}, // a marker
		{{"message-alert-report-ready.json", store.ToNotify}},
	}
	ev := decode[lambdaevents.DynamoDBEvent](t, "stream-batch.json")
	if len(ev.Records) != len(want) {
		t.Fatalf("%d records", len(ev.Records))
	}
	for i, r := range ev.Records {
		if r.Change.StreamViewType != "NEW_IMAGE" || r.Change.SequenceNumber == "" || r.EventName != "INSERT" {
			t.Errorf("record %d: %+v", i, r)
		}
		got, err := store.FromStream(r.Change.NewImage)
		if err != nil || len(got) != len(want[i]) {
			t.Errorf("record %d: %d messages, %v", i, len(got), err)
			continue
		}
		for n, p := range want[i] {
			if b, err := json.Marshal(got[n].Message); err != nil || string(b) != compact(t, p.golden) || got[n].To != p.to {
				t.Errorf("record %d: to %v, %v\n%s\nwant %s", i, got[n].To, err, b, compact(t, p.golden))
			}
		}
	}
}

func TestTheTimelineInTheStreamSampleIsWhole(t *testing.T) {
	image := decode[lambdaevents.DynamoDBEvent](t, "stream-batch.json").Records[3].Change.NewImage
	var e casefile.Entry
	if err := json.Unmarshal([]byte(image["entry"].String()), &e); err != nil {
		t.Fatal(err)
	}
	c := &casefile.Case{Number: e.Case, Version: 1, Head: e.Hash}
	if err := casefile.Check(c, []casefile.Entry{e}); err != nil {
		t.Error(err)
	}
}

func TestThePoisonInTheStreamSampleIsFollowedByAGoodRecord(t *testing.T) {
	records := decode[lambdaevents.DynamoDBEvent](t, "stream-poison.json").Records
	if _, err := store.FromStream(records[0].Change.NewImage); err == nil {
		t.Error("the first is no poison")
	}
	if got, err := store.FromStream(records[1].Change.NewImage); len(got) != 1 || err != nil {
		t.Errorf("the second is: %v, %v", got, err)
	}
}

func TestScheduleSamplesNameTheirSchedule(t *testing.T) {
	for file, want := range map[string]string{"clock-schedule.json": "clock", "report-schedule.json": "report", "watch-schedule.json": "watch", "sweep-schedule.json": "sweep"} {
		got := decode[struct {
			Schedule string `json:"schedule"`
		}](t, file)
		if got.Schedule != want {
			t.Errorf("%s: %q", file, got.Schedule)
		}
	}
}
