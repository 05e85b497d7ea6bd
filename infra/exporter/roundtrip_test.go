package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/intake"
	"resonanz/shared/store"
)

// interfaceOf is the JSON interface of a stack, as far as an import needs it.
func interfaceOf(r *rig) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			r.t.Error(err)
		}
		events, err := intake.ParseBatch(body)
		if err != nil {
			r.t.Error(err)
		}
		var results []map[string]any
		for _, e := range events {
			s, err := intake.ParseEvent(r.place.cfg, intake.Source{}, intake.Mixed, e, noon.AddDate(1, 0, 0))
			if err != nil {
				r.t.Error(err)
				continue
			}
			got, err := intake.Accept(req.Context(), &ledger{store.New(r.table, "t")}, s)
			if err != nil {
				r.t.Error(err)
			}
			results = append(results, map[string]any{"event_id": got.EventID, "status": got.Status})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"results": results})
	}))
}

// anew is what an import makes anew or cannot know.
var anew = []string{"received_at", "collection_mode", "card_number", "keyed_by"}

// said is what the ratings and complaints of an export say, in order.
func (r *rig) said() (all []string) {
	for _, name := range []string{"ratings.csv", "complaints.csv"} {
		for _, row := range r.rows(name) {
			maps.DeleteFunc(row, func(column, _ string) bool { return slices.Contains(anew, column) })
			all = append(all, fmt.Sprint(row)) // in order of the columns
		}
	}
	slices.Sort(all)
	return all
}

// What one stack gives back another takes in: the same events under the same ids,
// with all that they say.
func TestAnotherStackTakesInWhatIsExported(t *testing.T) {
	from, to := newRig(t), newRig(t)
	for i, e := range []string{
		`"touchpoint":"hotline","channel":"web_form","scale":"stars_1_5","rating":2,"reason":"waiting_time","comment":"=1+1, \"so\"\nund so","suggestion":"'-","nps":0,"fcr":"no","expectation":4,"callback_requested":true,"callback_contact":"+49 221 0000","customer_key":"K-1","language":"de","topic":"billing"`,
		`"touchpoint":"repair","channel":"phone","scale":"csat_1_10","rating":10,"ces":7,"fcr":"yes"`,
		`"kind":"card","touchpoint":"checkout-cologne","channel":"response_card","card":"visit","scale":"stars_1_5","rating":5,"answers":{"friendliness":4,"found":"yes","how_often":"weekly","remark":"Gut","suggestion":"Mehr Kassen"},"card_number":"A-17","keyed_by":"desk-7"`,
		`"kind":"complaint","touchpoint":"hotline","channel":"letter","category":"billing.refund_delay","comment":"Zu spät","remedy":"@sofort","annoyance":5,"name":"Karla Beispiel","email":"kundin@example.com"`,
	} {
		from.accept(fmt.Sprintf(`{"event_id":"018e4f6a-3c1b-7e2d-9f00-%012d","submitted_at":"2026-03-0%dT10:00:00.125+01:00",%s}`, i, 1+i, e))
	}
	if err := from.export(); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "importer")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, "../importer").CombinedOutput(); err != nil {
		t.Fatalf("building the importer: %v\n%s", err, out)
	}
	server := interfaceOf(to)
	defer server.Close()
	for _, name := range []string{"ratings.csv", "complaints.csv"} {
		run := exec.CommandContext(t.Context(), program, "file", "--file", filepath.Join(from.to, name), "--api", server.URL)
		run.Dir = filepath.Join("..", "..")
		run.Env = append(os.Environ(), "TOKEN=jwt")
		if out, err := run.CombinedOutput(); err != nil || !strings.Contains(string(out), " stored, 0 here before") {
			t.Fatalf("importing %s: %v\n%s", name, err, out)
		}
	}
	if err := to.export(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(from.said(), to.said()); diff != "" || len(to.said()) != 4 {
		t.Errorf("%d events; %s", len(to.said()), diff)
	}
	for _, row := range to.rows("ratings.csv") {
		if row["collection_mode"] != "imported" {
			t.Errorf("%s is %s", row["event_id"], row["collection_mode"])
		}
	}
}
