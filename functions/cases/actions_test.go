package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/store"
)

const planned = `{"id":"faster-refunds","category":"billing.refund_delay","title":"Erstattungen täglich anweisen","owner":"lead-1","starts_at":"2026-04-01T00:00:00+02:00"}`

type actionList struct{ Actions []casefile.CorrectiveAction }

func TestACorrectiveActionIsPlannedAndDone(t *testing.T) {
	r := newRig(t)
	if got := into[actionList](t, r.do(get("/v1/actions")), 200); got.Actions == nil || len(got.Actions) != 0 {
		t.Errorf("%+v", got)
	}
	starts := time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC)
	want := casefile.CorrectiveAction{
		ID: "faster-refunds", Category: "billing.refund_delay", Title: "Erstattungen täglich anweisen", Owner: lead, StartsAt: starts, CreatedAt: start, CreatedBy: clerk,
	}
	if diff := cmp.Diff(want, into[casefile.CorrectiveAction](t, r.do(post("/v1/actions", planned)), 201)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, into[casefile.CorrectiveAction](t, r.do(post("/v1/actions", planned)), 200)); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	if got, _ := refused(t, r.do(post("/v1/actions", strings.Replace(planned, "04-01", "04-03", 1)))); got != "already_exists" {
		t.Errorf("with another start: %s", got)
	}
	if got := into[casefile.CorrectiveAction](t, r.do(post("/v1/actions", `{"id":"b","category":"other","title":"b"}`)), 201); !got.StartsAt.Equal(start) {
		t.Errorf("starts at %s", got.StartsAt)
	}
	if got, p := refused(t, r.do(as(post("/v1/actions", planned), lead, scope))); got != "already_exists" || p.Status != 409 {
		t.Errorf("of somebody else: %d %s", p.Status, got)
	}
	if got, _ := refused(t, r.do(post("/v1/actions/faster-refunds/done", `{}`))); got != "out_of_range done_at" {
		t.Errorf("done before it starts: %s", got)
	}
	r.at = starts.Add(48 * time.Hour)
	for body, code := range map[string]string{
		`{"done_at":"2026-03-31T00:00:00Z"}`: "out_of_range done_at", // before its start
		`{"done_at":"2026-04-09T00:00:00Z"}`: "out_of_range done_at", // ahead
		`{"done_at":"2026-04-01T10:00:00"}`:  "missing_offset done_at",
		`{"done_at":1}`:                      "wrong_type done_at",
		`{"at":"2026-04-01T10:00:00Z"}`:      "unknown_field at",
	} {
		if got, _ := refused(t, r.do(post("/v1/actions/faster-refunds/done", body))); got != code {
			t.Errorf("%s: %s, want %s", body, got, code)
		}
	}
	want.DoneAt, want.DoneBy = starts.Add(24*time.Hour), lead
	done := `{"done_at":"2026-04-02T00:00:00+02:00"}`
	for range 2 {
		got := into[casefile.CorrectiveAction](t, r.do(as(post("/v1/actions/faster-refunds/done", done), lead, scope)), 200)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if got, _ := refused(t, r.do(post("/v1/actions/faster-refunds/done", done))); got != "already_done" {
		t.Errorf("by somebody else: %s", got)
	}
	if res := r.do(post("/v1/actions/none/done", `{}`)); res.StatusCode != 404 {
		t.Errorf("%d", res.StatusCode)
	}
	if got := into[actionList](t, r.do(get("/v1/actions")), 200); len(got.Actions) != 2 || got.Actions[1].DoneBy != lead {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsNoCorrectiveActionIsRefusedByName(t *testing.T) {
	r := newRig(t)
	for body, want := range map[string]string{
		`{}`: "missing_field id",
		`{"id":"a","category":"other","title":" "}`:                                    "missing_field title",
		`{"id":"a","category":"other","title":"a\nb"}`:                                 "control_character title",
		`{"id":"A b","category":"other","title":"a"}`:                                  "invalid_value id",
		`{"id":"a","category":"weather","title":"a"}`:                                  "unknown_category category",
		`{"id":"a","category":"other","title":"a","owner":"Frau Beispiel"}`:            "invalid_value owner",
		`{"id":"a","category":"other","title":"a","starts_at":"2025-03-01T00:00:00Z"}`: "out_of_range starts_at",
		`{"id":"a","category":"other","title":"a","starts_at":"2028-03-01T00:00:00Z"}`: "out_of_range starts_at",
		`{"id":"a","category":"other","title":"a","starts_at":"1526-03-01T00:00:00Z"}`: "invalid_time starts_at",
		`{"id":"a","category":"other","title":"a","done_at":"2026-03-01T00:00:00Z"}`:   "unknown_field done_at",
		`{"id":"a","category":"other","title":"a","title":"b"}`:                        "duplicate_field title",
		`{"id":["a"],"category":"other","title":"a"}`:                                  "wrong_type id",
	} {
		if got, _ := refused(t, r.do(post("/v1/actions", body))); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	if got := into[actionList](t, r.do(get("/v1/actions")), 200); len(got.Actions) != 0 {
		t.Errorf("%+v", got)
	}
	r.shelf.write = errors.New("throttled")
	if res := r.do(post("/v1/actions", planned)); res.StatusCode != 503 {
		t.Errorf("%d", res.StatusCode)
	}
	r.shelf.write = nil
	if res := r.do(post("/v1/actions", planned)); res.StatusCode != 503 { // whether it was kept is not known yet
		t.Errorf("%d", res.StatusCode)
	}
	r.at = r.at.Add(leased)
	if res := r.do(post("/v1/actions", planned)); res.StatusCode != 201 {
		t.Errorf("%d", res.StatusCode)
	}
}

// behind is a store that has not seen what another worker keeps.
type behind struct{ *shelf }

func (behind) Actions(context.Context) ([]casefile.CorrectiveAction, error) { return nil, nil }

func TestOfTwoWhoPlanAtOnceNoneIsOverwritten(t *testing.T) {
	r := newRig(t)
	into[any](t, r.do(post("/v1/actions", planned)), 201)
	r.ledger = behind{r.shelf}
	if res := r.do(as(post("/v1/actions", planned), lead, scope)); res.StatusCode != 503 || res.Headers["Retry-After"] == "" {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	r.ledger = r.shelf
	if got, _ := refused(t, r.do(as(post("/v1/actions", planned), lead, scope))); got != "already_exists" {
		t.Error(got)
	}
}

func TestTheDeliveriesOfAWebhookAreListed(t *testing.T) {
	r := newRig(t)
	for i, id := range []string{"2603-7K2M-Q4XA#1", "2603-7K2M-Q4XA#2", "2603-QNVN-D8HV#1"} {
		h := store.Hook{
			Endpoint: "crm", Alert: events.Alert{ID: id, Reason: events.CaseOpened, Case: id[:14], Rule: "COMPLAINT_RECEIVED", At: start},
			Status: store.HookDelivered, Attempt: 1, Now: start, Log: []store.HookTry{{At: start, Status: 200, Millis: 12}},
		}
		if i == 1 {
			h.Status, h.Attempt, h.NextAt, h.Log = store.HookWaiting, 2, start.Add(time.Minute), []store.HookTry{{At: start, Error: "timeout", Millis: 5000}}
		}
		if err := r.shelf.PutHook(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	type page struct {
		Deliveries []delivery
		Cursor     string
	}
	first := into[page](t, r.do(get("/v1/webhooks/crm/deliveries?limit=2")), 200)
	second := into[page](t, r.do(get("/v1/webhooks/crm/deliveries?limit=2&cursor="+first.Cursor)), 200)
	all := append(first.Deliveries, second.Deliveries...)
	if len(first.Deliveries) != 2 || len(all) != 3 || all[0].Alert != "2603-QNVN-D8HV#1" {
		t.Fatalf("%+v", all)
	}
	if got := all[1]; got.Status != store.HookWaiting || got.Attempts != 1 || got.Log[0].Error != "timeout" || got.NextAt.IsZero() {
		t.Errorf("%+v", got)
	}
	for query, want := range map[string]string{
		"?limit=0": "out_of_range limit", "?limit=101": "out_of_range limit", "?cursor=%21": "invalid_cursor cursor", "?status=failed": "unknown_field status",
	} {
		if got, _ := refused(t, r.do(get("/v1/webhooks/crm/deliveries"+query))); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
	if res := r.do(get("/v1/webhooks/default/deliveries")); res.StatusCode != 404 {
		t.Errorf("%d", res.StatusCode)
	}
	r.cfg.Notify.WebhookURL = "https://hooks.example.com/x"
	if got := into[page](t, r.do(get("/v1/webhooks/default/deliveries")), 200); len(got.Deliveries) != 0 {
		t.Errorf("%+v", got)
	}
}
