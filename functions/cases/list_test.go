package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// numbers are those of a page of the work list.
func (r *rig) numbers(query string) []casefile.Number {
	r.tb.Helper()
	out := []casefile.Number{}
	for _, it := range into[listed](r.tb, r.do(get("/v1/cases"+query)), 200).Cases {
		out = append(out, it.Number)
	}
	return out
}

func TestTheWorkListIsFilteredAsAsked(t *testing.T) {
	r := newRig(t)
	refund := r.complain()
	safety := r.complain(func(w *feedback.Complaint, _ *store.Entry) { w.Category = "product.safety" })
	workshop := r.complain(func(w *feedback.Complaint, _ *store.Entry) { w.Touchpoint = "repair" })
	r.must(workshop.Number, "assign", `{"owner":"clerk-9"}`)
	r.must(workshop.Number, "assess", `{"severity":"low","text":"Nur eine Frage."}`)
	callback := r.open(casefile.Callback, casefile.Open)
	draft := r.open(casefile.Complaint, casefile.Draft)
	gone := r.complain()
	r.must(gone.Number, "withdraw", `{"text":"Am Telefon zurückgezogen."}`)
	r.at = time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
	dismissed := r.open(casefile.Complaint, casefile.Draft)
	r.must(dismissed.Number, "dismiss", `{"reason":"no_complaint"}`)

	for query, want := range map[string][]casefile.Number{
		"":                                          {refund.Number, safety.Number, workshop.Number, callback.Number, draft.Number},
		"?format=json":                              {refund.Number, safety.Number, workshop.Number, callback.Number, draft.Number},
		"?status=acknowledged":                      {refund.Number, safety.Number},
		"?status=acknowledged,draft":                {refund.Number, safety.Number, draft.Number},
		"?status=draft%2Cassessed":                  {draft.Number, workshop.Number},
		"?family=callback":                          {callback.Number},
		"?family=callback,complaint":                {refund.Number, safety.Number, workshop.Number, callback.Number, draft.Number},
		"?touchpoint=repair":                        {workshop.Number},
		"?team=workshop":                            {workshop.Number},
		"?team=nobody":                              {},
		"?owner=clerk-9":                            {workshop.Number},
		"?category=product.safety":                  {safety.Number},
		"?category=product":                         {safety.Number},
		"?category=prod":                            {},
		"?severity=low":                             {workshop.Number},
		"?severity=critical&status=acknowledged":    {safety.Number},
		"?due_before=2026-03-11T09:00:02.000Z":      {refund.Number, safety.Number, workshop.Number, callback.Number, draft.Number},
		"?due_before=2026-03-11T10:00:02%2B01:00":   {refund.Number, safety.Number, workshop.Number, callback.Number, draft.Number},
		"?due_before=2026-03-11T10:00:01%2B01:00":   {},
		"?closed=2026-03":                           {gone.Number},
		"?closed=2026-04":                           {dismissed.Number},
		"?closed=2026-04&status=dismissed":          {dismissed.Number},
		"?closed=2026-04&status=withdrawn":          {},
		"?closed=2026-05":                           {},
		"?opened=2026-03":                           {refund.Number, safety.Number, workshop.Number, callback.Number, draft.Number, gone.Number},
		"?opened=2026-03&status=withdrawn,draft":    {draft.Number, gone.Number},
		"?opened=2026-03&closed=2026-03":            {gone.Number},
		"?opened=2026-03&closed=2026-04":            {},
		"?opened=2026-04":                           {dismissed.Number},
		"?opened=2026-05":                           {},
		"?rule=LOW_RATING_CALLBACK":                 {callback.Number, draft.Number},
		"?rule=SLA_BREACH":                          {},
		"?sla=breached":                             {refund.Number, safety.Number, workshop.Number, callback.Number, draft.Number},
		"?sla=breached,met&rule=COMPLAINT_RECEIVED": {refund.Number, workshop.Number},
		"?sla=running,at_risk,paused":               {},
		"?opened=2026-03&sla=none":                  {gone.Number},
	} {
		got := r.numbers(query)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestAQuestionThatCannotBeAnsweredIsRefusedByName(t *testing.T) {
	r := newRig(t)
	r.complain()
	for query, want := range map[string]string{
		"?stauts=draft":               "unknown_field stauts",
		"?%0a=1":                      "unknown_field ?",
		"?status=none":                "invalid_value status",
		"?status=":                    "invalid_value status",
		"?status=draft,,open":         "invalid_value status",
		"?status=draft&status=open":   "duplicate_field status",
		"?status=closed":              "invalid_value status",
		"?status=open&closed=2026-03": "invalid_value status",
		"?closed=2026-13":             "invalid_value closed",
		"?closed=":                    "invalid_value closed",
		"?closed=2026-03&due_before=2026-03-10T00:00:00Z": "invalid_value due_before",
		"?family=complaints":                              "invalid_value family",
		"?touchpoint=Kasse%20K%C3%B6ln":                   "invalid_value touchpoint",
		"?team=":                                          "invalid_value team",
		"?team=0.5":                                       "invalid_value team",
		"?category=0.5":                                   "invalid_value category",
		"?owner=kundin@example.com":                       "invalid_value owner",
		"?category=%3Cscript%3E":                          "invalid_value category",
		"?severity=worst":                                 "invalid_value severity",
		"?rule=sla_breach":                                "invalid_value rule",
		"?rule=":                                          "invalid_value rule",
		"?rule=_A":                                        "invalid_value rule",
		"?sla=late":                                       "invalid_value sla",
		"?sla=":                                           "invalid_value sla",
		"?opened=2026-13":                                 "invalid_value opened",
		"?opened=2026-03&closed=2026-03&status=open": "invalid_value status",
		"?due_before=2026-03-10":                     "invalid_time due_before",
		"?due_before=2026-03-10T10:00:00":            "missing_offset due_before",
		"?limit=0":                                   "out_of_range limit",
		"?limit=101":                                 "out_of_range limit",
		"?limit=9223372036854775808":                 "out_of_range limit",
		"?limit=ten":                                 "out_of_range limit",
		"?limit=10001&format=csv":                    "out_of_range limit",
		"?cursor=":                                   "invalid_value cursor",
		"?cursor=none":                               "invalid_cursor cursor",
		"?cursor=" + strings.Repeat("a", 1001):       "invalid_value cursor",
		"?format=xml":                                "invalid_value format",
		"?touchpoint=%zz":                            "invalid_encoding query",
		"?status=none&family=none&limit=0&due_before=tomorrow": "invalid_time due_before",
	} {
		res := r.do(get("/v1/cases" + query))
		if got, p := refused(t, res); got != want || p.Status != 422 && p.Status != 400 {
			t.Errorf("%s: %d %s, want %s", query, res.StatusCode, got, want)
		}
	}
}

func TestPagesSkipNoCaseAndRepeatNone(t *testing.T) {
	r := newRig(t)
	want := make(map[casefile.Number]bool)
	for i := range 130 {
		r.at = start.Add(time.Duration(i/10) * time.Minute) // ten at a time are due at once
		k := r.open(casefile.Callback, casefile.Open)
		want[k.Number] = true
	}
	for _, limit := range []int{7, 50, 100} {
		seen := make(map[casefile.Number]bool)
		query, pages := fmt.Sprint("?limit=", limit), 0
		for query != "" {
			res := r.do(get("/v1/cases" + query))
			page := into[listed](t, res, 200)
			for _, it := range page.Cases {
				if seen[it.Number] {
					t.Errorf("limit %d: %s comes twice", limit, it.Number)
				}
				seen[it.Number] = true
			}
			pages++
			query = ""
			if page.Cursor != "" {
				link := res.Headers["Link"]
				next, _, ok := strings.Cut(strings.TrimPrefix(link, "</v1/cases"), `>; rel="next"`)
				if v, err := url.ParseQuery(strings.TrimPrefix(next, "?")); !ok || err != nil || v.Get("cursor") != page.Cursor {
					t.Fatalf("Link %q for cursor %q", link, page.Cursor)
				}
				query = next
			} else if res.Headers["Link"] != "" {
				t.Errorf("the last page has a next one: %s", res.Headers["Link"])
			}
			// One that moves and one that comes in disturb no other.
			if pages == 2 {
				r.complain()
			}
		}
		for n := range want {
			if !seen[n] {
				t.Errorf("limit %d: %s was skipped", limit, n)
			}
		}
		if pages < 130/limit {
			t.Errorf("limit %d: %d pages", limit, pages)
		}
	}
}

func TestAnExportHoldsEveryCaseAndNothingPersonal(t *testing.T) {
	r := newRig(t)
	var want []string
	for range 230 {
		want = append(want, string(r.complain().Number))
	}
	for name, res := range map[string]func() (string, map[string]string){
		"format": func() (string, map[string]string) {
			x := r.do(get("/v1/cases?format=csv"))
			return x.Body, x.Headers
		},
		"Accept": func() (string, map[string]string) {
			x := r.do(get("/v1/cases", "accept", "text/csv"))
			return x.Body, x.Headers
		},
	} {
		body, headers := res()
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || len(rows) != 231 || headers["Link"] != "" || !strings.HasPrefix(headers["Content-Type"], "text/csv; charset=utf-8") {
			t.Fatalf("%s: %v, %d rows, %v", name, err, len(rows), headers)
		}
		if headers["Content-Disposition"] != `attachment; filename="cases-2026-03-10.csv"` || !strings.Contains(body, "\r\n") {
			t.Errorf("%s: %v", name, headers)
		}
		if diff := cmp.Diff(columns, rows[0]); diff != "" {
			t.Error(diff)
		}
		var got []string
		for _, row := range rows[1:] {
			got = append(got, row[0])
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		for _, word := range []string{comment, customer, "Karla", "K-1"} {
			if strings.Contains(body, word) {
				t.Errorf("%s in the export", word)
			}
		}
	}
	if res := r.do(get("/v1/cases", "accept", "application/json, text/csv")); res.Headers["Content-Type"] != "application/json" {
		t.Errorf("JSON is named: %v", res.Headers)
	}
}

func TestAnExportThatDoesNotFitLeadsToTheRest(t *testing.T) {
	r := newRig(t)
	for range 130 {
		r.complain()
	}
	seen := make(map[string]bool)
	query, answers := "?format=csv&limit=60", 0
	for query != "" {
		res := r.do(get("/v1/cases" + query))
		rows, err := csv.NewReader(strings.NewReader(res.Body)).ReadAll()
		if err != nil || len(rows) > 61 {
			t.Fatalf("%v, %d rows", err, len(rows))
		}
		for _, row := range rows[1:] {
			if seen[row[0]] {
				t.Errorf("%s comes twice", row[0])
			}
			seen[row[0]] = true
		}
		answers++
		query, _, _ = strings.Cut(strings.TrimPrefix(res.Headers["Link"], "</v1/cases"), ">")
	}
	if len(seen) != 130 || answers != 3 {
		t.Errorf("%d cases in %d answers", len(seen), answers)
	}
	// The time is up after the first page: what was read is answered.
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Hour))
	defer cancel()
	r.ledger = &slow{r.shelf, 1}
	res, err := r.Handle(ctx, get("/v1/cases?format=csv"))
	if err != nil || res.StatusCode != 503 { // the store fails while there is time: that is told
		t.Errorf("%v %d", err, res.StatusCode)
	}
	expired, cancel := context.WithDeadline(t.Context(), time.Now().Add(margin))
	defer cancel()
	r.ledger = &slow{r.shelf, 1}
	res, err = r.Handle(expired, get("/v1/cases?format=csv"))
	rows, _ := csv.NewReader(strings.NewReader(res.Body)).ReadAll()
	if err != nil || res.StatusCode != 200 || len(rows) != 101 || res.Headers["Link"] == "" {
		t.Errorf("%v %d, %d rows, %v", err, res.StatusCode, len(rows), res.Headers)
	}
}

// slow is a store that answers a few times only.
type slow struct {
	*shelf
	times int
}

func (s *slow) Cases(ctx context.Context, q store.CaseQuery) (store.CasePage, error) {
	if s.times--; s.times < 0 {
		return store.CasePage{}, context.DeadlineExceeded
	}
	return s.shelf.Cases(context.WithoutCancel(ctx), q)
}

func TestNoCellOfAnExportIsAFormula(t *testing.T) {
	for s, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\r=x": "'\r=x", "\n=x": "'\n=x", "＝x": "'＝x", "＠x": "'＠x",
		"": "", "a=1": "a=1", "'=1": "'=1", "2603-7K2M-Q4XA": "2603-7K2M-Q4XA",
	} {
		if got := harmless(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
	r := newRig(t)
	k := r.complain()
	r.must(k.Number, "assign", `{"owner":"-2.3|cmd:x"}`) // a code may begin with a minus
	res := r.do(get("/v1/cases?format=csv"))
	rows, err := csv.NewReader(strings.NewReader(res.Body)).ReadAll()
	if err != nil || rows[1][slices.Index(columns, "owner")] != "'-2.3|cmd:x" {
		t.Errorf("%v %v", err, rows)
	}
}
