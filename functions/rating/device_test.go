package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

func TestADeviceRatingIsStoredAndAReplayAnswersTheSame(t *testing.T) {
	r := newRig(t)
	body := intaketest.Event().JSON(t)
	first, again := r.send("/v1/ratings", body), r.send("/v1/ratings", body)
	id := feedback.EventID(intaketest.Event()["event_id"].(string))
	key := feedback.KeyFor(id, start, r.cfg.Zone())
	want := fmt.Sprintf(`{"event_id":%q,"response_key":%q,"status":%%q}`, id, key)
	if first.StatusCode != 201 || first.Body != fmt.Sprintf(want, "accepted") || again.StatusCode != 200 || again.Body != fmt.Sprintf(want, "duplicate") {
		t.Errorf("%d %s, then %d %s", first.StatusCode, first.Body, again.StatusCode, again.Body)
	}
	if v := r.votes(); len(v) != 1 || v[0].Device != "kiosk-cologne-1" || v[0].Segment != "" {
		t.Errorf("stored %+v", v)
	}
}

func TestOnlyAnEnrolledDeviceGetsIn(t *testing.T) {
	r := newRig(t)
	master := r.devices.Secret
	for _, c := range []struct {
		name, authorization string
		status              int
		code                string
	}{
		{"no key", "", 401, "unauthenticated"},
		{"basic", "Basic eDp5", 401, "unauthenticated"},
		{"no device key at all", "Bearer abc", 401, "device_key_invalid"},
		{"forged", "Bearer " + link.DeviceKey([]byte(strings.Repeat("f", 64)), "kiosk-cologne-1", 2), 401, "device_key_invalid"},
		{"older generation", "Bearer " + link.DeviceKey(master, "kiosk-cologne-1", 1), 403, "device_key_stale"},
		{"newer generation", "Bearer " + link.DeviceKey(master, "kiosk-cologne-1", 3), 403, "device_key_stale"},
		{"revoked", "Bearer " + link.DeviceKey(master, "kiosk-cologne-2", 1), 403, "device_revoked"},
		{"no longer configured", "Bearer " + link.DeviceKey(master, "kiosk-bonn", 1), 403, "device_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/v1/ratings", "/v1/batch"} {
				res := r.do(sitetest.Request(http.MethodPost, path, string(intaketest.Event().JSON(t)), "content-type", "application/json", "authorization", c.authorization))
				if got := code(t, res); res.StatusCode != c.status || got != c.code || (res.StatusCode == 401) != (res.Headers["WWW-Authenticate"] == "Bearer") {
					t.Errorf("%s: %d %s, want %d %s", path, res.StatusCode, got, c.status, c.code)
				}
			}
		})
	}
	if n := len(r.votes()); n != 0 {
		t.Errorf("stored %d", n)
	}
}

func TestAKeyOfANewerMasterIsFoundAfterAFreshLook(t *testing.T) {
	r := newRig(t)
	key := link.DeviceKey(r.devices.Newer, "kiosk-cologne-1", 2)
	res := r.do(sitetest.Request(http.MethodPost, "/v1/ratings", string(intaketest.Event().JSON(t)), "content-type", "application/json", "authorization", "Bearer "+key))
	if res.StatusCode != 201 {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}

func TestEveryBadDeviceRequestHasANamedProblemAndStoresNothing(t *testing.T) {
	r := newRig(t)
	e := intaketest.Event()
	for _, c := range []struct {
		name, path, contentType string
		body                    []byte
		status                  int
		code                    string
	}{
		{"quoted rating", "/v1/ratings", "application/json", e.With("rating", "4").JSON(t), 422, "wrong_type"},
		{"missing offset", "/v1/ratings", "application/json", e.With("submitted_at", "2026-03-10T10:00:00").JSON(t), 422, "missing_offset"},
		{"unknown touchpoint", "/v1/ratings", "application/json", e.With("touchpoint", "nowhere").JSON(t), 422, "unknown_touchpoint"},
		{"touchpoint of another device", "/v1/ratings", "application/json", e.With("touchpoint", "hotline").JSON(t), 422, "touchpoint_mismatch"},
		{"invalid UTF-8", "/v1/ratings", "application/json", []byte("{\"comment\":\"\xff\"}"), 400, "invalid_utf8"},
		{"wrong type", "/v1/ratings", "text/plain", e.JSON(t), 415, "unsupported_media_type"},
		{"form", "/v1/ratings", sitetest.FormType, []byte("rating=4"), 415, "unsupported_media_type"},
		{"over the limit", "/v1/ratings", "application/json", e.With("comment", strings.Repeat("x", intake.MaxEvent)).JSON(t), 413, "body_too_large"},
		{"batch over the limit", "/v1/batch", "application/json", []byte(`{"events":["` + strings.Repeat("x", intake.MaxBatch) + `"]}`), 413, "body_too_large"},
		{"batch of 501", "/v1/batch", "application/json", []byte(`{"events":[` + strings.Repeat("{},", 500) + `{}]}`), 422, "too_many_events"},
		{"batch that is an event", "/v1/batch", "application/json", e.JSON(t), 422, "unknown_field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := sitetest.Request(http.MethodPost, c.path, string(c.body), "content-type", c.contentType, "authorization", "Bearer "+r.key())
			if res := r.do(q); res.StatusCode != c.status || code(t, res) != c.code {
				t.Errorf("%d %s, want %d %s", res.StatusCode, res.Body, c.status, c.code)
			}
		})
	}
	for _, path := range []string{"/v1/ratings", "/v1/batch"} {
		if res := r.do(sitetest.Request(http.MethodGet, path, "")); res.StatusCode != 405 || res.Headers["Allow"] != "POST" || code(t, res) != "method_not_allowed" {
			t.Errorf("GET %s: %d", path, res.StatusCode)
		}
	}
	if res := r.do(sitetest.Request(http.MethodGet, "/v1/nothing", "", "accept", "application/json")); code(t, res) != "not_found" || res.StatusCode != 404 {
		t.Errorf("nothing: %d", res.StatusCode)
	}
	if n := len(r.votes()); n != 0 {
		t.Errorf("stored %d", n)
	}
}

func TestTheSameIDWithAnotherBodyIsRefused(t *testing.T) {
	r := newRig(t)
	r.send("/v1/ratings", intaketest.Event().JSON(t))
	if res := r.send("/v1/ratings", intaketest.Event().With("rating", 1).JSON(t)); res.StatusCode != 409 || code(t, res) != "event_conflict" {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if v := r.votes(); len(v) != 1 || v[0].Rating != 4 {
		t.Errorf("stored %+v", v)
	}
}

// events are n valid events with ids of their own.
func events(n int) []json.RawMessage {
	all := make([]json.RawMessage, n)
	for i := range all {
		all[i], _ = json.Marshal(intaketest.Event().With("event_id", string(feedback.DeriveEventID("test", fmt.Sprint(i)))))
	}
	return all
}

func batch(tb testing.TB, events []json.RawMessage) []byte {
	tb.Helper()
	b, err := json.Marshal(map[string]any{"events": events})
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func results(tb testing.TB, body string) []result {
	tb.Helper()
	var v struct{ Results []result }
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		tb.Fatalf("%v in %s", err, body)
	}
	return v.Results
}

func TestOneBadEventOfABatchHoldsUpNoOther(t *testing.T) {
	r := newRig(t)
	all := events(6)
	all[1] = json.RawMessage(intaketest.Event().With("rating", 9).JSON(t))
	all[2] = all[0]
	all[3] = json.RawMessage(`{"event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f","rating":1,"rating":2}`)
	all[4] = json.RawMessage(`"nonsense"`)
	res := r.send("/v1/batch", batch(t, all))
	if res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	got := results(t, res.Body)
	accepted, duplicates := 0, 0
	for _, i := range []int{0, 2} { // either of the two may be first
		switch got[i].Status {
		case intake.Accepted:
			accepted++
		case intake.Duplicate:
			duplicates++
		}
	}
	if len(got) != 6 || accepted != 1 || duplicates != 1 || got[0].EventID != got[2].EventID || got[5].Status != intake.Accepted || got[5].ResponseKey == "" {
		t.Errorf("got %s", res.Body)
	}
	for i, want := range map[int]string{1: "out_of_range", 3: "duplicate_field", 4: "malformed_json"} {
		if got[i].Status != intake.Rejected || got[i].Problem == nil || string(got[i].Problem.Code) != want {
			t.Errorf("event %d: %+v, want %s", i, got[i], want)
		}
	}
	if got[1].EventID != "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f" || len(r.votes()) != 2 {
		t.Errorf("event 1 is called %q; %d stored", got[1].EventID, len(r.votes()))
	}
	if m := r.metrics.String(); !strings.Contains(m, `"RatingAccepted":2,"RatingDuplicate":1,"RatingRejected":3`) {
		t.Errorf("metrics %s", m)
	}
}

func TestAThrottledWriteOfABatchIsNeverLost(t *testing.T) {
	r := newRig(t)
	d := r.onTable()
	d.fail = func(n int) bool { return n%3 == 0 }
	all := events(60)
	stored := map[feedback.EventID]bool{}
	for round := 0; len(all) > 0 && round < 50; round++ {
		res := r.send("/v1/batch", batch(t, all))
		if res.StatusCode == 503 { // every one of them failed
			continue
		}
		var again []json.RawMessage
		for i, one := range results(t, res.Body) {
			switch one.Status {
			case intake.Retry:
				if one.Problem == nil || one.Problem.Code != "unavailable" {
					t.Errorf("event %d: %+v", i, one)
				}
				again = append(again, all[i])
			case intake.Accepted:
				stored[one.EventID] = true
			default:
				t.Errorf("event %d: %+v", i, one)
			}
		}
		all = again
	}
	if len(stored) != 60 || len(d.items) != 60 {
		t.Errorf("%d accepted, %d stored, want 60", len(stored), len(d.items))
	}
}

func TestABatchOfWhichNothingCouldBeStoredIsA503(t *testing.T) {
	r := newRig(t)
	r.onTable().fail = func(int) bool { return true }
	res := r.send("/v1/batch", batch(t, events(20)))
	if res.StatusCode != 503 || res.Headers["Retry-After"] == "" || code(t, res) != "unavailable" || strings.Contains(res.Body, "Throughput") {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}

// stuck stores nothing more after a number of writes, until its caller gives up.
type stuck struct {
	*store.Memory
	left atomic.Int32
}

func (s *stuck) Put(ctx context.Context, e *store.Entry) (store.Outcome, *store.Entry, error) {
	if s.left.Add(-1) < 0 {
		<-ctx.Done()
		return 0, nil, ctx.Err()
	}
	return s.Memory.Put(ctx, e)
}

func TestABatchThatRunsOutOfTimeAnswersWhatIsStored(t *testing.T) {
	r := newRig(t)
	slow := &stuck{Memory: r.memory}
	slow.left.Store(30)
	r.ledger = slow
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(margin+100*time.Millisecond))
	defer cancel()
	res, err := r.Handle(ctx, sitetest.Request(http.MethodPost, "/v1/batch", string(batch(t, events(50))),
		"content-type", "application/json", "authorization", "Bearer "+r.key()))
	if err != nil || res.StatusCode != 200 || ctx.Err() != nil {
		t.Fatalf("%v, %d %s, %v", err, res.StatusCode, res.Body, ctx.Err())
	}
	n := map[intake.Status]int{}
	for _, one := range results(t, res.Body) {
		n[one.Status]++
	}
	if diff := cmp.Diff(map[intake.Status]int{intake.Accepted: 30, intake.Retry: 20}, n); diff != "" || len(r.votes()) != 30 {
		t.Errorf("%d stored (-want +got):\n%s", len(r.votes()), diff)
	}
}

func TestABatchOfFiveHundredIsStored(t *testing.T) {
	r := newRig(t)
	d := r.onTable()
	got := results(t, r.send("/v1/batch", batch(t, events(500))).Body)
	for i, one := range got {
		if one.Status != intake.Accepted {
			t.Fatalf("event %d: %+v", i, one)
		}
	}
	if len(got) != 500 || len(d.items) != 500 || len(d.calls) != 500 {
		t.Errorf("%d results, %d stored, %d calls", len(got), len(d.items), len(d.calls))
	}
}

func TestHealth(t *testing.T) {
	r := newRig(t)
	if res := r.do(sitetest.Request(http.MethodGet, "/healthz", "")); res.StatusCode != 200 || res.Body != `{"status":"ok"}` {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if diff := cmp.Diff(405, r.do(sitetest.Request(http.MethodPost, "/healthz", "")).StatusCode); diff != "" {
		t.Error(diff)
	}
}
