package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
)

func TestAnOrderForLaterIsTakenAndCarriedOutOnce(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	res := r.ask("POST", "/v1/reports/2026-03", `{"group":"phone","contacts":{"hotline":9}}`, "prefer", "respond-async, wait=10")
	fits(t, "/v1/reports/{period}", "post", res)
	if res.StatusCode != 202 || res.Headers["Preference-Applied"] != "respond-async" || res.Headers["Location"] != "/v1/reports/2026-03/versions?group=phone" {
		t.Errorf("%d %v", res.StatusCode, res.Headers)
	}
	if v := r.ask("GET", "/v1/reports/2026-03", "", "?group", "phone"); v.StatusCode != 404 {
		t.Errorf("made at once: %d", v.StatusCode)
	}
	orders := r.sent.orders(t)
	if len(orders) != 1 {
		t.Fatalf("%d orders", len(orders))
	}
	for range 2 { // SQS delivers at least once
		if again := r.deliver(1, orders...); again != nil {
			t.Fatalf("to come again: %s", r.log.String())
		}
		r.clock = r.clock.Add(time.Minute)
	}
	all, err := r.table.ReportVersions(t.Context(), march, "phone")
	if err != nil || len(all) != 1 {
		t.Fatalf("%d versions, %v; want one", len(all), err)
	}
	b, err := r.bucket.Get(t.Context(), all[0].Objects[objectInputs])
	if err != nil {
		t.Fatal(err)
	}
	given, err := report.ParseGiven(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[feedback.Touchpoint]int64{"hotline": 9}, given.Contacts); diff != "" {
		t.Errorf("contacts (-told +kept):\n%s", diff)
	}
}

func TestAnOrderThatCannotBeCarriedOutIsRefusedAtOnce(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	if res := r.ask("POST", "/v1/reports/2026-03", `{"restate":true}`, "prefer", "respond-async"); res.StatusCode != 409 || len(r.sent.bodies) != 0 {
		t.Errorf("%d, sent %q", res.StatusCode, r.sent.bodies)
	}
	r.sent.refuse = "orders"
	if res := r.ask("POST", "/v1/reports/2026-03", "", "prefer", "respond-async"); res.StatusCode != 503 || res.Headers["Retry-After"] == "" {
		t.Errorf("the queue is down: %d %v", res.StatusCode, res.Headers)
	}
	if _, err := r.Handle(t.Context(), json.RawMessage(`{"schedule":"report"}`)); err == nil {
		t.Error("the schedule does not try again")
	}
}

func TestOrdersThatNameWhatThereIsNotArePutAside(t *testing.T) {
	r := newRig(t)
	for body, reason := range map[string]string{
		`{"v":1,"type":"order","order":{"period":"2026-03","group":"moon"}}`:                                      string(codeUnknownGroup),
		`{"v":1,"type":"order","order":{"period":"2026-05"}}`:                                                     "out_of_range",
		`{"v":1,"type":"order","order":{"period":"march"}}`:                                                       "invalid_value",
		`{"v":1,"type":"order","order":{"period":"2026-03","restate":true}}`:                                      string(codeNotFinal),
		`{"v":1,"type":"order","order":{"period":"2026-03","given":{"contacts":{"moon":1}}}}`:                     "unknown_touchpoint",
		`{"v":1,"type":"deadline","deadline":{"case":"2603-7K2M-Q4XA","step":0,"due_at":"2026-03-15T12:00:00Z"}}`: "does not belong",
		`{"v":1,"type":"order"}`: "exactly the part",
	} {
		r.dead.reasons = nil
		if again := r.deliver(1, body); again != nil || len(r.dead.reasons) != 1 || !strings.Contains(r.dead.reasons[0], reason) {
			t.Errorf("%s: again %v, put aside as %q, want %s", body, again, r.dead.reasons, reason)
		}
	}
	if n := r.versions(); n != 0 {
		t.Errorf("%d versions were made", n)
	}
}

func TestTheSampleOrderIsCarriedOut(t *testing.T) {
	payload, err := os.ReadFile("../../events/samples/order-batch.json")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	if _, err := r.Handle(t.Context(), payload); err != nil || r.versions() != 1 {
		t.Errorf("%d versions, %v", r.versions(), err)
	}
}

func TestWhatIsToldIsCheckedAndNamed(t *testing.T) {
	r := newRig(t)
	survey := func(s string) string { return `{"survey":` + s + `}` }
	costs := func(s string) string { return `{"costs":` + s + `}` }
	for name, c := range map[string]struct{ body, code, field string }{
		"more dissatisfied than asked":      {survey(`{"respondents":10,"dissatisfied":11,"of_them_complained":0,"of_complaints_found_in_register":0}`), string(codeContradiction), "survey.dissatisfied"},
		"more complained than dissatisfied": {survey(`{"respondents":10,"dissatisfied":5,"of_them_complained":6,"of_complaints_found_in_register":0}`), string(codeContradiction), "survey.of_them_complained"},
		"more found than complained":        {survey(`{"respondents":10,"dissatisfied":5,"of_them_complained":4,"of_complaints_found_in_register":5}`), string(codeContradiction), "survey.of_complaints_found_in_register"},
		"half a survey":                     {survey(`{"respondents":10}`), "missing_field", "survey.dissatisfied"},
		"persons below 0":                   {survey(`{"respondents":-1,"dissatisfied":0,"of_them_complained":0,"of_complaints_found_in_register":0}`), "out_of_range", "survey.respondents"},
		"a survey as a list":                {survey(`[]`), "wrong_type", "survey"},
		"another number":                    {survey(`{"asked":1}`), "unknown_field", "survey.asked"},
		"costs below 0":                     {costs(`{"personnel_cents":-1,"it_admin_cents":0,"communication_cents":0}`), "out_of_range", "costs.personnel_cents"},
		"costs in euros":                    {costs(`{"personnel_cents":12.5,"it_admin_cents":0,"communication_cents":0}`), "out_of_range", "costs.personnel_cents"},
		"half the costs":                    {costs(`{"personnel_cents":1}`), "missing_field", "costs.it_admin_cents"},
		"costs twice":                       {costs(`{"personnel_cents":1,"personnel_cents":2}`), "malformed_json", ""},
		"a group as a number":               {`{"group":1}`, "wrong_type", "group"},
		"contacts of another group":         {`{"group":"phone","contacts":{"repair":1}}`, "unknown_touchpoint", "contacts.repair"},
	} {
		res := r.ask("POST", "/v1/reports/2026-03", c.body)
		var p struct {
			Code   string
			Errors []struct{ Field string }
		}
		if err := json.Unmarshal([]byte(res.Body), &p); err != nil || p.Code != c.code || c.field != "" && (len(p.Errors) != 1 || p.Errors[0].Field != c.field) {
			t.Errorf("%s: %d %s, want %s of %s", name, res.StatusCode, res.Body, c.code, c.field)
		}
	}
	if res := r.ask("POST", "/v1/reports/2026-03", `{"group":"phone"}`, "?group", "workshop"); res.StatusCode != 422 || !strings.Contains(res.Body, string(codeContradiction)) {
		t.Errorf("two groups: %d %s", res.StatusCode, res.Body)
	}
	if n := r.versions(); n != 0 {
		t.Errorf("%d versions were made", n)
	}
}

func TestWhatWasToldStaysUntilItIsToldAnew(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	r.post(`{"survey":{"respondents":400,"dissatisfied":80,"of_them_complained":32,"of_complaints_found_in_register":24},"costs":{"personnel_cents":100,"it_admin_cents":2,"communication_cents":3,"compensation_cents":4}}`, 201)
	r.post("", 200)
	r.post(`{"contacts":{"hotline":10}}`, 201)
	r.clock = after
	r.post("", 201)
	g := r.given()
	if g.Survey == nil || g.Survey.Registered != 24 || g.Costs == nil || *g.Costs.CompensationCents != 4 || g.Contacts["hotline"] != 10 {
		t.Errorf("given to the final report: %+v", g)
	}
	if e := r.get().Evidence; e.EvidencePct == nil || *e.EvidencePct != 30 {
		t.Errorf("evidence %+v", e)
	}
	for _, body := range []string{`{"costs":{"personnel_cents":1,"it_admin_cents":2,"communication_cents":3}}`, `{"survey":{"respondents":4,"dissatisfied":3,"of_them_complained":2,"of_complaints_found_in_register":1}}`} {
		if res := r.ask("POST", "/v1/reports/2026-03", body); res.StatusCode != 409 || !strings.Contains(res.Body, string(codeFinal)) {
			t.Errorf("%s into a final report: %d %s", body, res.StatusCode, res.Body)
		}
	}
	r.clock = later
	if s := r.post(`{"restate":true,"contacts":{"hotline":11}}`, 201); s.Status != "restated" {
		t.Errorf("%+v", s)
	}
	if g := r.given(); g.Restates == nil || g.Restates.Version != 3 || len(g.Restates.Figures) == 0 {
		t.Errorf("restates %+v", g.Restates)
	}
}

// given is what the latest version of March was given.
func (r *rig) given() report.Given { r.t.Helper(); return r.givenTo(march, "") }

// givenTo is what the latest version of a month's report was given.
func (r *rig) givenTo(month period.Period, group string) report.Given {
	r.t.Helper()
	v, err := r.table.LatestReport(r.t.Context(), month, group)
	if err != nil {
		r.t.Fatal(err)
	}
	b, err := r.bucket.Get(r.t.Context(), v.Objects[objectInputs])
	if err != nil {
		r.t.Fatal(err)
	}
	g, err := report.ParseGiven(b)
	if err != nil {
		r.t.Fatal(err)
	}
	return g
}

func TestAGroupFollowsTheContactsOfTheWholeUnlessItWasToldItsOwn(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	for _, step := range []struct {
		body string
		want int64 // contacts of the group
	}{
		{`{"contacts":{"hotline":300,"repair":7}}`, 300},
		{`{"contacts":{"hotline":400,"repair":7}}`, 400}, // corrected
		{`{"group":"phone","contacts":{"hotline":50}}`, 50},
		{`{"contacts":{"hotline":500}}`, 50},
	} {
		r.clock = r.clock.Add(time.Minute)
		r.post(step.body, 201)
		r.ask("POST", "/v1/reports/2026-03", `{"group":"phone"}`)
		g := r.givenTo(march, "phone")
		if len(g.Contacts) != 1 || g.Contacts["hotline"] != step.want || g.Inherited != (step.want != 50) {
			t.Errorf("after %s: %v, inherited %t; want %d", step.body, g.Contacts, g.Inherited, step.want)
		}
	}
}

func TestMonthsBeforeAreTakenFromTheirFinalReports(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 1)
	r.clock = after
	r.post("", 201) // March is final
	r.clock = time.Date(2026, 5, 1, 4, 0, 0, 0, time.UTC)
	if g := r.april(201); len(g.History) != 1 || g.History[0].Period != march || g.History[0].Counts.N != 3 || g.History[0].Status != report.Final {
		t.Errorf("history %+v", g.History)
	}
	r.rate(after, 2)
	r.post(`{"restate":true}`, 201)
	if g := r.april(201); len(g.History) != 1 || g.History[0].Counts.N != 4 || g.History[0].Status != report.Restated {
		t.Errorf("history after the restatement %+v", g.History)
	}
}

func TestCorrectiveActionsEnterTheReport(t *testing.T) {
	r := newRig(t)
	a := casefile.CorrectiveAction{ID: "ca-1", Category: "delivery.late", Title: "Second carrier", Owner: "somebody", StartsAt: during, CreatedBy: "clerk"}
	if err := r.table.PutAction(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	r.post("", 201)
	want := []report.Action{{ID: "ca-1", Category: "delivery.late", Title: "Second carrier", StartsAt: during}}
	if diff := cmp.Diff(want, r.given().Actions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// watched are metrics that count one more at each look.
type watched struct{ looks int64 }

func (w *watched) Observed(_ context.Context, _, _ time.Time, places []feedback.Touchpoint) (*report.Observed, error) {
	w.looks++
	n, zero := w.looks, int64(len(places))
	return &report.Observed{Accepted: &n, Rejected: &zero, LinksOpened: &n, AlreadyRated: &n}, nil
}

func TestWhatMovesAllTheTimeMakesNoVersion(t *testing.T) {
	r := newRig(t)
	r.observed = new(watched)
	r.rate(open.Add(-30*time.Minute), 5, 4) // on their way for another half hour
	r.post("", 201)
	r.clock = open.Add(2 * time.Hour)
	r.post("", 200)
	if n := r.versions(); n != 1 {
		t.Errorf("%d versions", n)
	}
	if o := r.given().Observed; o == nil || *o.Accepted != 1 || *o.Rejected != 2 {
		t.Errorf("observed %+v", o)
	}
	r.rate(r.clock.Add(-90*time.Minute), 1)
	r.post("", 201)
	if o := r.given().Observed; *o.Accepted != 3 {
		t.Errorf("observed %+v", o)
	}
}

func TestTheProgramIsHashedOnce(t *testing.T) {
	of := program()
	a, err := of()
	if err != nil || !strings.HasPrefix(a, "sha256:") || len(a) != len(codeHash) {
		t.Errorf("%s, %v", a, err)
	}
	if b, _ := of(); a != b {
		t.Error("another hash")
	}
}
