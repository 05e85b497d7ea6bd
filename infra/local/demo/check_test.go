package demo

import (
	"bytes"
	"strings"
	"testing"

	"resonanz/shared/feedback"
)

// right is a result in which everything fits.
func right() *Result {
	r := &Result{
		Sent: Sent{
			Invitations: 2, Votes: 2, VotesChanged: 1, DeviceEvents: 3, Accepted: 7, DuplicatesSent: 2, Scanned: 1,
			expected: expectation{responses: 3, debounced: 1, skewed: 1, cases: map[string]bool{"a callback": true}},
		},
		Arrived: Arrived{Stored: 7, Facts: 7, FactRows: 8, Cases: 1, Mails: 2, Steps: 3, Informed: 3},
	}
	r.Report.Total.N = 3
	whole := true
	r.Report.Evidence.Reconciled, r.Report.Evidence.Technical = &whole, &evidence{}
	r.Report.Header.InputEvents = 7
	r.Report.Quality.Delivered = 2
	r.Report.Quality.VotesChanged, r.Report.Quality.KioskDebounced, r.Report.Quality.ClockSkewed = 1, 1, 1
	return r
}

func TestWhatDoesNotFitIsNamed(t *testing.T) {
	if err := right().check(true); err != nil {
		t.Fatalf("all fits: %v", err)
	}
	for want, spoil := range map[string]func(*Result){
		"steps of cases as facts: 1, want 2":     func(r *Result) { r.StepFacts, r.Entries = 1, 2 },
		"events of earlier months as facts: 1":   func(r *Result) { r.PastFacts = 1 },
		"table and facts agree":                  func(r *Result) { r.Report.Evidence.Reconciled = nil },
		"section 6 of the report has nothing":    func(r *Result) { r.Report.Absent = []absence{{Section: 6, Reason: "no_contacts_told"}} },
		"stored events: 6, want 7":               func(r *Result) { r.Stored = 6 },
		"distinct facts: 8, want 7":              func(r *Result) { r.Facts = 8 },
		"cases: 2, want 1":                       func(r *Result) { r.Cases = 2 },
		"dead letters: 1, want 0":                func(r *Result) { r.DeadLetters = 1 },
		"no duplicate":                           func(r *Result) { r.DuplicatesSent = 0 },
		"0 mails for 1 cases":                    func(r *Result) { r.Mails = 0 },
		"responses in the report: 4, want 3":     func(r *Result) { r.Report.Total.N = 4 },
		"debounced taps in the report: 0":        func(r *Result) { r.Report.Quality.KioskDebounced = 0 },
		"events behind the report: 6, want 7 at": func(r *Result) { r.Report.Header.InputEvents = 6 },
		"mails to customers: 1, want 0":          func(r *Result) { r.Asked = 1 },
		"mails about complaints: 4, want 3":      func(r *Result) { r.Informed = 4 },
		"delivered invitations in the report":    func(r *Result) { r.Bounced = 1 },
		"skewed clocks in the report: 2":         func(r *Result) { r.Report.Quality.ClockSkewed = 2 },
		"changed votes in the report: 0, want":   func(r *Result) { r.Report.Quality.VotesChanged = 0 },
	} {
		r := right()
		spoil(r)
		if err := r.check(true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	r := right()
	r.Report.Total.N = 400
	if err := r.check(false); err != nil {
		t.Errorf("earlier runs are in the report as well: %v", err)
	}
}

func TestBatchAnswersAreHeldAgainstThePlan(t *testing.T) {
	batch := Batch{Again: 1, Bad: 1, Events: []Event{
		{EventID: "a", Scale: feedback.Stars5, Rating: 1, Comment: "x", CallbackRequested: true},
		{EventID: "a", Scale: feedback.Stars5, Rating: 1},
		{EventID: "b", Scale: feedback.Stars5, Rating: 5, expect: debounced},
		{EventID: "c", Rating: "4", expect: bad},
	}}
	answers := func() []result {
		return []result{{"a", "k1", "accepted"}, {"a", "k1", "duplicate"}, {"b", "k2", "accepted"}, {"c", "", "rejected"}}
	}
	newPlayer := func() *player {
		return &player{sent: Sent{keys: map[feedback.ResponseKey]int{}, expected: expectation{cases: map[string]bool{}}}}
	}
	p := newPlayer()
	if err := p.settle(batch, answers()); err != nil {
		t.Fatal(err)
	}
	if s := p.sent; s.Accepted != 2 || s.DuplicatesSent != 1 || s.Rejected != 1 || s.expected.responses != 1 || s.expected.debounced != 1 || len(s.expected.cases) != 2 {
		t.Errorf("got %+v", s)
	}
	p = newPlayer()
	twice := answers()
	twice[0].Status, twice[2].Status = "duplicate", "duplicate"
	if err := p.settle(batch, twice); err != nil || p.sent.Accepted != 2 || p.sent.DuplicatesSent != 1 {
		t.Errorf("a batch that arrived twice: %v, %+v", err, p.sent)
	}
	for what, spoil := range map[string]func([]result){
		"another event's result": func(r []result) { r[2].EventID = "z" },
		"a good event refused":   func(r []result) { r[0].Status = "rejected" },
		"a bad event accepted":   func(r []result) { r[3].Status = "accepted" },
		"a duplicate accepted":   func(r []result) { r[1].Status = "accepted" },
		"an unknown status":      func(r []result) { r[0].Status = "retry" },
	} {
		r := answers()
		spoil(r)
		if newPlayer().settle(batch, r) == nil {
			t.Errorf("%s: want an error", what)
		}
	}
}

func TestThePrintedSummaryNamesWhatToOpen(t *testing.T) {
	r := right()
	r.Links.RatingPages = map[feedback.Language]string{"de": "http://localhost:1/r/x", "en": "http://localhost:1/r/y"}
	r.Links.ComplaintForm, r.Links.StatusPage = "http://localhost:1/complain/a", "http://localhost:1/k/z"
	r.Links.ReportHTML, r.Links.CardPage, r.Links.Kiosk = "/somewhere/report.html", "http://localhost:1/c/a/b", "http://localhost:1/kiosk/k-1"
	r.Links.Desk = Desk{"http://localhost:1/desk", "desk@example.com", "geheim-2"}
	var out bytes.Buffer
	r.Print(&out)
	for _, want := range []string{"7 accepted = 7 stored = 7 distinct facts", "http://localhost:1/r/x", "http://localhost:1/r/y", "http://localhost:1/c/a/b", "http://localhost:1/complain/a", "http://localhost:1/k/z", "http://localhost:1/desk (sign in as desk@example.com, password geheim-2)", "make device-key DEVICE=k-1", "/somewhere/report.html"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("want %q in:\n%s", want, out.String())
		}
	}
}
