package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"resonanz/shared/store"
)

func TestAPreliminaryReportFollowsTheFacts(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 2)
	first := r.post("", 201)
	if first.Version != "0001" || first.Status != "preliminary" || first.Responses != 3 {
		t.Errorf("first version: %+v", first)
	}
	r.clock = open.Add(time.Minute)
	if again := r.post("", 200); again.Created || again.Version != "0001" || !again.CreatedAt.Equal(first.CreatedAt) {
		t.Errorf("the same facts made another version: %+v", again)
	}
	r.rate(open, 1)
	if second := r.post("", 201); second.Version != "0002" || second.Responses != 4 {
		t.Errorf("second version: %+v", second)
	}
	if n := r.get("?version", "1").Total.N; n != 3 {
		t.Errorf("the first version now counts %d responses, want 3 as it did", n)
	}
	if n := r.get().Total.N; n != 4 {
		t.Errorf("the latest version counts %d responses, want 4", n)
	}
}

func TestAFinalReportStays(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	r.post("", 201)
	r.clock = after
	r.rate(freeze.Add(-time.Millisecond), 1) // the last that counts
	r.rate(freeze, 1)                        // the first that is late
	final := r.post("", 201)
	if final.Status != "final" || final.Version != "0002" || final.Responses != 3 || final.LateEvents != 1 || !final.Cutoff.Equal(freeze) {
		t.Fatalf("final version: %+v", final)
	}
	r.rate(after.Add(-time.Hour), 1, 1)
	if same := r.post("", 200); same.Version != "0002" || same.Status != "final" || same.Responses != 3 || same.LateEvents != 3 {
		t.Errorf("after late events: %+v, want the final version and 3 late events", same)
	}
	if f := r.get(); f.Total.N != 3 || f.Header.Status != "final" {
		t.Errorf("the stored final report changed: %+v", f)
	}
}

func TestARestatementListsLateEventsOneByOne(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	r.clock = after
	r.post("", 201)
	if s := r.post(`{"restate": true}`, 200); s.Created || s.Status != "final" {
		t.Errorf("nothing came late, and yet: %+v", s)
	}
	r.rate(after.Add(-time.Hour), 1, 2)
	restated := r.post(`{"restate": true}`, 201)
	if restated.Status != "restated" || restated.Responses != 4 || restated.LateEvents != 2 {
		t.Errorf("restatement: %+v", restated)
	}
	f := r.get()
	if len(f.Header.LateEvents) != 2 || !f.Header.LateEvents[0].Counted || f.Header.LateEvents[0].EventID == "" {
		t.Errorf("late events: %+v", f.Header.LateEvents)
	}
	r.clock = later
	if s := r.post(`{"restate":true}`, 200); s.Created {
		t.Errorf("a second restatement of the same facts: %+v", s)
	}
	if n := r.versions(); n != 2 {
		t.Errorf("%d versions, want 2", n)
	}
}

func TestNothingIsRestatedBeforeItIsFinal(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	for _, clock := range []time.Time{open, after} {
		r.clock = clock
		if res := r.ask("POST", "/v1/reports/2026-03", `{"restate":true}`); res.StatusCode != 409 || !strings.Contains(res.Body, string(codeNotFinal)) {
			t.Errorf("%v: %d %s", clock, res.StatusCode, res.Body)
		}
	}
}

func TestContactsWeighAndAreRemembered(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 1, 5, 5, 3)
	r.post(`{"contacts": {"hotline": 300, "repair": 0}}`, 201)
	if basis := r.get().HeadlineBasis; basis != "contact_weighted" {
		t.Errorf("basis = %q", basis)
	}
	r.clock = after
	if s := r.post("", 201); s.Status != "final" {
		t.Errorf("final: %+v", s)
	}
	if basis := r.get().HeadlineBasis; basis != "contact_weighted" {
		t.Errorf("the final report forgot the contacts: basis = %q", basis)
	}
	if res := r.ask("POST", "/v1/reports/2026-03", `{"contacts":{"hotline":1}}`); res.StatusCode != 409 || !strings.Contains(res.Body, string(codeFinal)) {
		t.Errorf("other contacts in a final report: %d %s", res.StatusCode, res.Body)
	}
}

func TestTheScheduleMakesTheMonthBefore(t *testing.T) {
	payload, err := os.ReadFile("../../events/samples/report-schedule.json")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	for _, c := range []struct {
		clock time.Time
		want  store.ReportStatus
		n     int
	}{{open, store.Preliminary, 1}, {freeze.Add(30 * time.Minute), store.Final, 2}, {after, store.Final, 2}} {
		r.clock, r.sent.bodies = c.clock, nil
		if _, err := r.Handle(t.Context(), payload); err != nil {
			t.Fatal(err)
		}
		if again := r.deliver(1, r.sent.orders(t)...); again != nil {
			t.Fatalf("to come again: %q, %s", again, r.log.String())
		}
		for _, group := range []string{"phone", "workshop"} {
			if v, err := r.table.LatestReport(t.Context(), march, group); err != nil || v.Status != c.want || v.Version != c.n {
				t.Errorf("%v, group %s: %+v, %v; want version %d, %s", c.clock, group, v, err, c.n, c.want)
			}
		}
		v, err := r.table.LatestReport(t.Context(), march, "")
		if err != nil || v.Status != c.want || v.Version != c.n {
			t.Errorf("%v: %+v, %v; want version %d, %s", c.clock, v, err, c.n, c.want)
		}
	}
	if _, err := r.Handle(t.Context(), []byte(`{"schedule":"clock"}`)); err == nil {
		t.Error("another schedule was taken")
	}
}

// broken fails to store the manifest, or the files of a report.
type broken struct {
	manifests
	objects
	manifest, files, reading error
}

func (b *broken) Get(ctx context.Context, key string) ([]byte, error) {
	if b.reading != nil {
		return nil, b.reading
	}
	return b.objects.Get(ctx, key)
}

func (b *broken) PutReport(ctx context.Context, v *store.ReportVersion) error {
	if b.manifest != nil {
		return b.manifest
	}
	return b.manifests.PutReport(ctx, v)
}

func (b *broken) Put(ctx context.Context, key, contentType string, content []byte) error {
	if b.files != nil && strings.HasSuffix(key, "report.json") {
		return b.files
	}
	return b.objects.Put(ctx, key, contentType, content)
}

func TestACrashInBetweenLeavesNoHalfVersion(t *testing.T) {
	gone := errors.New("the function ended here")
	for name, b := range map[string]*broken{"before the last file": {files: gone}, "before the manifest": {manifest: gone}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.rate(open.Add(-time.Hour), 5, 4)
			b.manifests, b.objects = r.table, r.bucket
			r.reports, r.objects = b, b
			if res := r.ask("POST", "/v1/reports/2026-03", ""); res.StatusCode != 500 || strings.Contains(res.Body, "ended here") {
				t.Errorf("%d %s, want an internal error that says nothing", res.StatusCode, res.Body)
			}
			if res := r.ask("GET", "/v1/reports/2026-03.json", ""); res.StatusCode != 404 {
				t.Errorf("a half version is there: %d", res.StatusCode)
			}
			b.manifest, b.files = nil, nil
			if s := r.post("", 201); s.Version != "0001" {
				t.Errorf("after the crash: %+v", s)
			}
			if n := r.get().Total.N; n != 2 {
				t.Errorf("%d responses, want 2", n)
			}
		})
	}
}

func TestARestatementOrderedTwiceAtOnceIsOne(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	r.clock = after
	r.post("", 201)
	r.rate(after.Add(-time.Hour), 1, 2)
	r.reports = &racing{manifests: r.table, left: 1}
	if s := r.post(`{"restate":true}`, 200); s.Version != "0002" || s.Status != "restated" || r.versions() != 2 {
		t.Errorf("%+v, %d versions: want the one that the other made", s, r.versions())
	}
}

func TestTwoInvocationsAtOnceMakeOneVersion(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	r.reports = &racing{manifests: r.table, left: 1}
	if s := r.post("", 200); s.Version != "0001" {
		t.Errorf("%+v, want the version that the other made", s)
	}
	if n := r.versions(); n != 1 {
		t.Errorf("%d versions, want 1", n)
	}
}
