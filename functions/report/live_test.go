package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"resonanz/events"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/openapi"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/report/schema"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// seen is what the tests look at of a view.
type seen struct {
	Live    bool
	Reason  unfolded
	Version *version
	Open    []casesInStatus `json:"open_cases"`
	figures
	Change struct {
		Previous struct{ N int } `json:"previous"`
	} `json:"change_vs_previous"`
	Rates        []answered `json:"response_rates"`
	ByTouchpoint map[string]struct {
		N        int
		Contacts *int64
	} `json:"by_touchpoint"`
}

func (r *rig) look(headers ...string) seen {
	r.t.Helper()
	res := r.ask("GET", "/v1/reports/2026-03/live", "", headers...)
	if res.StatusCode != 200 {
		r.t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	var s seen
	if err := json.Unmarshal([]byte(res.Body), &s); err != nil {
		r.t.Fatal(err)
	}
	return s
}

func TestTheRunningMonthIsSeenAsItStandsAndNothingIsKept(t *testing.T) {
	r := newRig(t)
	r.clock = during.AddDate(0, 0, 10)
	r.rate(during.AddDate(0, 0, 2), 5, 4, 5, 3, 2)
	got := r.look()
	if !got.Live || got.Header.Status != "preliminary" || got.Total.N != 5 || got.Total.Satisfied != 3 || got.Version != nil {
		t.Errorf("%+v", got)
	}
	if n := r.versions(); n != 0 {
		t.Errorf("%d versions were made", n)
	}
	for _, key := range r.bucket.Keys() {
		if _, _, ok := factfile.ParseKey(key); !ok {
			t.Errorf("%s was kept", key)
		}
	}
	if f := r.look("?group", "workshop"); f.Total.N != 0 || !f.Live {
		t.Errorf("a group without responses: %+v", f)
	}
	if f := r.look("?group", "phone"); f.Total.N != 5 {
		t.Errorf("its own group: %+v", f)
	}
}

func TestAnEmptyMonthIsSeenAsEmpty(t *testing.T) {
	r := newRig(t)
	r.clock = during
	if got := r.look(); !got.Live || got.Total.N != 0 || len(got.Open) != 0 || len(got.ByTouchpoint) != 2 {
		t.Errorf("%+v", got)
	}
}

// A view is made from what a report of the same time would be made from.
func TestAViewSaysWhatTheReportWouldSay(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2, 1)
	before := r.look()
	r.post(`{"contacts":{"hotline":400,"repair":20}}`, 201)
	if got := r.get(); got.Header.DataHash != before.Header.DataHash || got.Total != before.Total {
		t.Errorf("view %+v, report %+v", before.figures, got)
	}
	after := r.look()
	if c := after.ByTouchpoint["hotline"].Contacts; c == nil || *c != 400 || !after.Live {
		t.Errorf("what the report was told counts in the view: %v", c)
	}
	if after.Version == nil || after.Version.Number != 1 || after.Version.Status != "preliminary" {
		t.Errorf("version %+v", after.Version)
	}
}

func TestAViewOfAFinalMonthIsTheFinalReport(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2)
	r.clock = after
	unmade := r.look()
	if !unmade.Live || unmade.Header.Status != "preliminary" {
		t.Errorf("nobody made a report, and yet: %+v", unmade)
	}
	r.post("", 201)
	r.rate(after, 1) // late
	got := r.look()
	if got.Live || got.Reason != published || got.Header.Status != "final" || got.Total.N != 5 || got.Version == nil || got.Open != nil {
		t.Errorf("%+v", got)
	}
}

func TestTheSameFactsAreNotCountedAgainWithinAMinute(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	reads := &reading{objects: r.objects}
	r.objects = reads
	r.look()
	first := reads.n.Load()
	r.clock = open.Add(liveFor - time.Millisecond)
	r.look()
	if n := reads.n.Load(); n != first {
		t.Errorf("%d files were read again", n-first)
	}
	r.rate(r.clock.Add(-time.Minute), 1)
	if got := r.look(); got.Total.N != 3 {
		t.Errorf("what came meanwhile is missing: %+v", got)
	}
	more := reads.n.Load()
	r.clock = r.clock.Add(liveFor)
	r.look()
	if reads.n.Load() == more {
		t.Error("a view is kept for more than a minute")
	}
}

// reading counts what is fetched.
type reading struct {
	objects
	n atomic.Int64
}

func (r *reading) Get(ctx context.Context, key string) ([]byte, error) {
	r.n.Add(1)
	return r.objects.Get(ctx, key)
}

func TestAMonthThatIsTooLargeShowsItsLatestVersionOrSaysSo(t *testing.T) {
	r := newRig(t)
	r.mostBytes = 100
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2)
	res := r.ask("GET", "/v1/reports/2026-03/live", "")
	var p struct{ Code string }
	if err := json.Unmarshal([]byte(res.Body), &p); err != nil || res.StatusCode != 409 || p.Code != string(codeNoView) {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	r.post("", 201)
	if got := r.look(); got.Live || got.Reason != tooLarge || got.Total.N != 5 || got.Version == nil {
		t.Errorf("%+v", got)
	}
}

// slow takes until the time is up.
type slow struct{ objects }

func (slow) List(ctx context.Context, _ string, _ func(string) error) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestWhoeverAsksIsNotKeptWaitingByAMonthThatTakesTooLong(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2)
	r.post("", 201)
	r.objects = slow{r.objects}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if res := r.request(ctx, request("GET", "/v1/reports/2026-03/live", "")); res.StatusCode != 500 {
		t.Errorf("the invocation is over: %d %s", res.StatusCode, res.Body)
	}
}

func TestAFolderGivesNoMoreThanItMay(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	key := r.bucket.Keys()[0]
	b, err := r.bucket.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	f := &folder{Source: r.bucket, left: int64(len(b))}
	if _, err := f.Get(t.Context(), key); err != nil {
		t.Errorf("the last byte: %v", err)
	}
	if _, err := f.Get(t.Context(), key); !errors.Is(err, errTooMuch) {
		t.Errorf("more: %v", err)
	}
	// Whether they were listed first or met on the way: the same files, the same sum.
	one, other := &folder{Source: r.bucket}, &folder{Source: r.bucket, left: liveBytes}
	if err := one.list(t.Context(), march, time.UTC); err != nil {
		t.Fatal(err)
	}
	if _, _, err := monthly.Collect(t.Context(), other, monthly.Parts(responses.WindowOf(march, time.UTC)), nil); err != nil {
		t.Fatal(err)
	}
	if one.sum() != other.sum() {
		t.Error("two sums of the same files")
	}
}

// step stores one step of a case as a fact.
func (r *rig) step(s *events.Step) {
	r.t.Helper()
	var b responses.Batch
	if err := b.AddTransition(s); err != nil {
		r.t.Fatal(err)
	}
	content, err := factfile.Write(factfile.KindTransition, &b)
	if err == nil {
		err = r.bucket.Put(r.t.Context(), factfile.Key(period.Of(s.At, time.UTC), factfile.KindTransition, &b), "", content)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func TestOpenCasesAreCountedByFamilyAndStatus(t *testing.T) {
	r := newRig(t)
	for i, c := range []struct {
		family   string
		statuses []string
	}{
		{"complaint", []string{"received", "acknowledged", "assessed"}},
		{"complaint", []string{"received", "acknowledged"}},
		{"complaint", []string{"received", "acknowledged"}},
		{"complaint", []string{"received", "withdrawn"}},
		{"callback", []string{"open"}},
		{"callback", []string{"open", "closed"}},
	} {
		for seq, status := range c.statuses {
			at := during.Add(time.Duration(seq) * time.Hour)
			r.step(&events.Step{
				Case: fmt.Sprintf("2603-AAAA-AAA%d", i), Seq: seq + 1, At: at, Action: "note", Status: status, Family: c.family,
				Touchpoint: "hotline", Category: "other", ReceivedAt: during,
			})
		}
	}
	want := []casesInStatus{{"complaint", "acknowledged", 2}, {"complaint", "assessed", 1}, {"callback", "open", 1}}
	if diff := cmp.Diff(want, r.look().Open); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := r.look("?group", "workshop").Open; len(got) != 0 {
		t.Errorf("of another touchpoint: %+v", got)
	}
	r.clock = during.Add(30 * time.Minute)
	want = []casesInStatus{{"complaint", "received", 4}, {"callback", "open", 2}}
	if diff := cmp.Diff(want, r.look().Open); diff != "" {
		t.Errorf("before the second steps (-want +got):\n%s", diff)
	}
}

func TestLinksIssuedDeliveredAndAnsweredAreCountedByTouchpoint(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	var b responses.Batch
	for i := range 2 {
		inv := &feedback.Invitation{
			EventID: feedback.EventID(fmt.Sprintf("018e4f6a-3c1b-4e2d-9f01-%012d", i)), Touchpoint: "hotline", Channel: feedback.EmailLink,
			ResponseKey: feedback.ResponseKey("2026-03-aaaaaaaaaaaaaaa" + string(rune('b'+i))),
			IssuedAt:    during, ReceivedAt: during, ExpiresAt: during.AddDate(0, 0, 14),
		}
		if err := b.AddInvitation(inv); err != nil {
			t.Fatal(err)
		}
	}
	content, err := factfile.Write(feedback.KindInvitation, &b)
	if err == nil {
		err = r.bucket.Put(t.Context(), factfile.Key(march, feedback.KindInvitation, &b), "", content)
	}
	if err != nil {
		t.Fatal(err)
	}
	half := 50.0
	want := []answered{
		{Touchpoint: "hotline", CollectionCounts: report.CollectionCounts{Responses: 1, Invitations: 2, Delivered: 2, Answered: 1, ResponseRatePct: &half},
			CI95: satisfaction.Wilson(1, 2), Grade: satisfaction.Suppressed, Withheld: true},
		{Touchpoint: "repair", Grade: satisfaction.Suppressed},
	}
	if diff := cmp.Diff(want, r.look().Rates); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBadRequestsForAViewAreNamed(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		name, method, path string
		want               int
		code               string
		headers            []string
	}{
		{"a month that has not begun", "GET", "2026-05/live", 422, "out_of_range", nil},
		{"no month", "GET", "march/live", 422, "invalid_value", nil},
		{"another form", "GET", "2026-03/live.pdf", 422, "unknown_format", nil},
		{"no such group", "GET", "2026-03/live", 422, "unknown_group", []string{"?group", "moon"}},
		{"a group of no name", "GET", "2026-03/live", 422, "invalid_value", []string{"?group", ""}},
		{"another method", "POST", "2026-03/live", 405, "method_not_allowed", nil},
	} {
		res := r.send(request(c.method, "/v1/reports/"+c.path, "", c.headers...))
		var p struct{ Code, Errors any }
		if err := json.Unmarshal([]byte(res.Body), &p); err != nil || res.StatusCode != c.want {
			t.Errorf("%s: %d %s, want %d %s", c.name, res.StatusCode, res.Body, c.want, c.code)
		}
	}
	q := request("GET", "/v1/reports/2026-03/live", "")
	j := q.RequestContext.Authorizer.JWT
	j.Scopes, j.Claims["scope"] = []string{"resonanz/cases"}, "resonanz/cases"
	if res := r.send(q); res.StatusCode != 403 {
		t.Errorf("another scope: %d", res.StatusCode)
	}
	if res := r.ask("HEAD", "/v1/reports/2026-03/live", ""); res.StatusCode != 200 || res.Body != "" {
		t.Errorf("HEAD: %d %q", res.StatusCode, res.Body)
	}
}

// What a view says is described: its own fields in the interface, those of the
// report in the schema of reports.
func TestAViewIsAsDescribed(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 5, 3, 2, 1)
	r.step(&events.Step{
		Case: "2603-AAAA-AAAA", Seq: 1, At: during, Action: "opened", Status: "received", Family: "complaint", Touchpoint: "hotline", Category: "other", ReceivedAt: during,
	})
	described := schemaAt(t, "openapi.json", openapi.Document,
		"#/paths/~1v1~1reports~1%7Bperiod%7D~1live/get/responses/200/content/application~1json/schema")
	of := schemaAt(t, "report.schema.json", string(schema.JSON()), "")
	check := func(name string) {
		t.Helper()
		res := r.ask("GET", "/v1/reports/2026-03/live", "")
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(res.Body))
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("%s: %d %v", name, res.StatusCode, err)
		}
		if err := described.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		all := v.(map[string]any)
		for _, own := range []string{"live", "reason", "version", "open_cases", "response_rates", "response_rate_ci95_pct"} {
			delete(all, own)
		}
		if err := of.Validate(all); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	check("before there is a version")
	r.post("", 201)
	check("beside a preliminary version")
	r.clock = after
	r.post("", 201)
	check("of a final version")
}

func schemaAt(t *testing.T, name, document, at string) *jsonschema.Schema {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, v); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name + at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
