package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// steps of a complaint from its receipt to its closing.
var steps = []struct{ name, body, status string }{
	{"assess", `{"severity":"high","urgency":"urgent","category":"service.waiting_time"}`, "assessed"},
	{"assign", `{"team":"workshop","owner":"clerk-9"}`, "assessed"},
	{"investigate", `{}`, "in_investigation"},
	{"answer", `{"text":"Wir prüfen die Buchung."}`, "in_investigation"},
	{"ask", `{"text":"Wie lautet die Nummer der Rechnung?"}`, "awaiting_customer"},
	{"resume", ``, "in_investigation"},
	{"note", `{"text":"Buchhaltung angefragt."}`, "in_investigation"},
	{"compensate", `{"type":"financial","kind":"voucher","cents":20000}`, "in_investigation"},
	{"approve", `{"id":"1"}`, "in_investigation"},
	{"decide", `{"outcome":"accepted","text":"Die Erstattung kam zu spät.","root_cause":"process"}`, "decided"},
	{"apologise", `{}`, "decided"},
	{"resolve", `{"text":"Die Erstattung ist angewiesen."}`, "resolved"},
	{"link", `{"corrective_action":"faster-refunds"}`, "resolved"},
	{"close", `{}`, "closed"},
}

// reach brings a new complaint to a status on the way of steps; "…, unexplained"
// leaves the root cause out.
func (r *rig) reach(status string) *casefile.Case {
	r.tb.Helper()
	k := r.complain()
	status, unexplained := strings.CutSuffix(status, ", unexplained")
	if status == "acknowledged" {
		return k
	}
	for _, s := range steps {
		if s.name == "link" {
			continue
		}
		if unexplained {
			s.body = strings.Replace(s.body, `,"root_cause":"process"`, "", 1)
		}
		if got := r.must(k.Number, s.name, s.body); string(got.Case.Status) == status {
			k, _ = r.present(k.Number)
			return k
		}
	}
	r.tb.Fatalf("%s is not on the way", status)
	return nil
}

func TestAComplaintIsWorkedFromReceiptToClosureAndBack(t *testing.T) {
	r := newRig(t)
	into[any](t, r.do(post("/v1/actions", `{"id":"faster-refunds","category":"billing.refund_delay","title":"Erstattungen täglich anweisen"}`)), 201)
	k := r.complain()
	version := k.Version
	for _, s := range steps {
		r.at = r.at.Add(time.Minute)
		got := r.must(k.Number, s.name, s.body)
		if string(got.Case.Status) != s.status || got.Status != intake.Accepted || got.Case.Version != version+len(got.Entries) || len(got.Entries) == 0 {
			t.Fatalf("%s: %+v", s.name, got)
		}
		by := casefile.Actor{Kind: casefile.Staff, ID: clerk}
		if s.name == "approve" {
			by.ID = lead
		}
		if e := got.Entries[0]; e.By != by || !e.At.Equal(r.at) {
			t.Errorf("%s: done by %+v at %s", s.name, e.By, e.At)
		}
		version = got.Case.Version
	}
	now, timeline := r.present(k.Number)
	h := now.Handling
	if h.RootCause != "process" || h.Action != "faster-refunds" || h.Owner != "clerk-9" || h.Compensations[0].State != casefile.Promised || h.ApologyAt.IsZero() || h.Decision.By != "clerk-9" {
		t.Errorf("%+v", h)
	}
	if len(timeline) != version {
		t.Errorf("%d entries at version %d", len(timeline), version)
	}
	got := r.must(k.Number, "reopen", `{"text":"Die Erstattung kam nicht an."}`)
	if got.Case.Status != casefile.Reopened || got.Case.Escalations[0] != lifecycle.FollowUpComplaint {
		t.Errorf("%+v", got.Case)
	}
	if got := r.must(k.Number, "handle", `{"rule":"FOLLOW_UP_COMPLAINT"}`); len(got.Case.Escalations) != 0 {
		t.Errorf("%+v", got.Case)
	}
}

func TestADraftBecomesAComplaintOrNot(t *testing.T) {
	r := newRig(t)
	k := r.open(casefile.Complaint, casefile.Draft)
	if got := r.must(k.Number, "register", `{"category":"service.waiting_time"}`); got.Case.Status != casefile.Acknowledged || len(got.Entries) != 2 {
		t.Errorf("%+v", got)
	}
	other := r.open(casefile.Complaint, casefile.Draft)
	if got := r.must(other.Number, "dismiss", `{"reason":"no_complaint"}`); got.Case.Status != casefile.Dismissed || got.Case.EndedAt.IsZero() {
		t.Errorf("%+v", got)
	}
	call := r.open(casefile.Callback, casefile.Open)
	if got := r.must(call.Number, "close", `{"text":"Zurückgerufen."}`); got.Case.Status != casefile.Closed {
		t.Errorf("%+v", got)
	}
	// A draft ends with the case that it is the same as; a complaint goes on beside
	// it, since its customer was promised an answer.
	first, second := r.complain(), r.complain()
	for n, want := range map[casefile.Number]casefile.Status{
		second.Number: casefile.Acknowledged, r.open(casefile.Complaint, casefile.Draft).Number: casefile.Duplicate,
	} {
		got := r.must(n, "duplicate", `{"of":"`+string(first.Number)+`"}`)
		if got.Case.Status != want || got.Case.Handling.DuplicateOf != first.Number {
			t.Errorf("%+v", got)
		}
	}
}

func TestACommandForAnotherVersionIsNotCarriedOut(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	for name, c := range map[string]struct {
		match, code string
		status      int
	}{
		"none":         {"", "precondition_required", 428},
		"any":          {"*", "precondition_required", 428},
		"no quotes":    {"2", "precondition_required", 428},
		"weak":         {`W/"2"`, "precondition_required", 428},
		"two":          {`"1", "2"`, "precondition_required", 428},
		"no number":    {`"x"`, "precondition_required", 428},
		"zeros before": {`"02"`, "precondition_required", 428},
		"negative":     {`"-2"`, "precondition_required", 428},
		"older":        {`"1"`, "stale_version", 412},
		"newer":        {`"3"`, "stale_version", 412},
	} {
		q := command(k.Number, "note", 2, `{"text":"x"}`)
		q.Headers["if-match"] = c.match
		res := r.do(q)
		if got, _ := refused(t, res); got != c.code || res.StatusCode != c.status || (c.status == 412) != (res.Headers["ETag"] == `"2"`) {
			t.Errorf("%s: %d %s %v", name, res.StatusCode, got, res.Headers)
		}
	}
	if now, _ := r.present(k.Number); now.Version != 2 {
		t.Errorf("version %d", now.Version)
	}
}

func TestOfTwoAtOnceOneIsCarriedOut(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	r.shelf.between = func() { r.must(k.Number, "assign", `{"owner":"clerk-9"}`) }
	res := r.do(command(k.Number, "assign", 2, `{"owner":"clerk-8"}`))
	if got, _ := refused(t, res); got != "stale_version" || res.Headers["ETag"] != `"3"` {
		t.Errorf("%s %v", got, res.Headers)
	}
	if now, _ := r.present(k.Number); now.Handling.Owner != "clerk-9" || now.Version != 3 {
		t.Errorf("%+v", now.Handling)
	}
	// Another transaction held the case, and nothing came of it.
	r.shelf.write = fmt.Errorf("writing: %w", store.ErrVersion)
	if res := r.do(command(k.Number, "note", 3, `{"text":"x"}`)); res.StatusCode != 503 || res.Headers["Retry-After"] == "" {
		t.Errorf("%d %v", res.StatusCode, res.Headers)
	}
}

func TestACommandSentAgainIsToldApart(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	const id = "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f"
	plain, named := command(k.Number, "answer", 2, `{"text":"x"}`), command(k.Number, "answer", 3, `{"text":"y","event_id":"`+id+`"}`)
	first := into[changed](t, r.do(plain), 200)
	if res := r.do(plain); res.StatusCode != 412 || res.Headers["ETag"] != `"3"` { // without an id: the version tells
		t.Errorf("%d %v", res.StatusCode, res.Headers)
	}
	second := into[changed](t, r.do(named), 200)
	r.must(k.Number, "note", `{"text":"z"}`)
	again := into[changed](t, r.do(named), 200)
	if first.Status != intake.Accepted || second.Status != intake.Accepted || again.Status != intake.Duplicate || again.Case.Version != 5 {
		t.Errorf("%s %s %s, version %d", first.Status, second.Status, again.Status, again.Case.Version)
	}
	if diff := cmp.Diff(second.Entries, again.Entries); diff != "" {
		t.Errorf("entries (-first +again):\n%s", diff)
	}
	for name, q := range map[string]*httpapi.Request{
		"another command": command(k.Number, "note", 5, `{"text":"y","event_id":"`+id+`"}`),
		"other words":     command(k.Number, "answer", 5, `{"text":"x","event_id":"`+id+`"}`),
		"another person":  as(command(k.Number, "answer", 5, `{"text":"y","event_id":"`+id+`"}`), lead, "resonanz/cases"),
		"the complaint's": command(k.Number, "answer", 5, `{"text":"y","event_id":"`+string(k.EventID)+`"}`),
	} {
		if got, _ := refused(t, r.do(q)); got != "event_conflict" {
			t.Errorf("%s: %s", name, got)
		}
	}
	// Both at once.
	q := command(k.Number, "answer", 5, `{"text":"y","event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e1f"}`)
	r.shelf.between = func() { into[changed](t, r.do(q), 200) }
	if got := into[changed](t, r.do(q), 200); got.Status != intake.Duplicate || got.Case.Version != 6 {
		t.Errorf("%+v", got)
	}
	if now, _ := r.present(k.Number); now.Version != 6 {
		t.Errorf("version %d", now.Version)
	}
}

func TestTheSameIdIsTheSameCommandSayingTheSame(t *testing.T) {
	const id = `"event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f"`
	for _, c := range []struct{ status, name, body, other string }{
		{"acknowledged", "note", `{"text":"x",` + id + `}`, `{"text":"y",` + id + `}`},
		{"acknowledged", "apologise", `{` + id + `}`, `{"text":"y",` + id + `}`},
		{"in_investigation", "compensate", `{"type":"financial","kind":"refund","cents":100,` + id + `}`, `{"type":"financial","kind":"refund","cents":200,` + id + `}`},
		{"in_investigation", "decide", `{"outcome":"accepted","text":"x",` + id + `}`, `{"outcome":"partly","text":"x",` + id + `}`},
		{"in_investigation", "decide", `{"outcome":"rejected","reason":"within_terms","text":"x",` + id + `}`, `{"outcome":"rejected","reason":"deadline_expired","text":"x",` + id + `}`},
		{"in_investigation", "decide", `{"outcome":"accepted","text":"x","owner":"clerk-8",` + id + `}`, `{"outcome":"accepted","text":"x","owner":"clerk-9",` + id + `}`},
		{"in_investigation", "compensate", `{"type":"immaterial","kind":"apology",` + id + `}`, `{"type":"material","kind":"gift",` + id + `}`},
		{"assessed", "assign", `{"owner":"clerk-8",` + id + `}`, `{"owner":"clerk-9",` + id + `}`},
		{"assessed", "assign", `{"team":"workshop",` + id + `}`, `{"team":"workshop","owner":"clerk-9",` + id + `}`},
		{"acknowledged", "assess", `{"severity":"critical","category":"product.safety",` + id + `}`, `{"severity":"high","category":"product.safety",` + id + `}`},
		{"acknowledged", "assess", `{"severity":"high",` + id + `}`, `{"severity":"high","category":"product.safety",` + id + `}`},
		{"acknowledged", "assess", `{"severity":"high",` + id + `}`, `{"severity":"high","urgency":"urgent",` + id + `}`},
		{"assessed, critical", "assess", `{"severity":"critical",` + id + `}`, `{"severity":"high","text":"x",` + id + `}`},
		{"assessed", "investigate", `{"root_cause":"process",` + id + `}`, `{"root_cause":"supplier",` + id + `}`},
		{"closed, reopened", "handle", `{"rule":"FOLLOW_UP_COMPLAINT",` + id + `}`, `{"rule":"SLA_BREACH",` + id + `}`},
		{"closed, reopened", "see", `{` + id + `}`, `{"rule":"SLA_BREACH",` + id + `}`},
	} {
		r := newRig(t)
		status, more, _ := strings.Cut(c.status, ", ")
		k := r.reach(status)
		switch more {
		case "critical":
			r.must(k.Number, "assess", `{"severity":"critical"}`)
		case "reopened":
			into[changed](t, r.do(as(command(k.Number, "reopen", k.Version, `{"text":"x"}`), lead, "resonanz/cases")), 200)
		}
		k, _ = r.present(k.Number)
		into[changed](t, r.do(command(k.Number, c.name, k.Version, c.body)), 200)
		if got := into[changed](t, r.do(command(k.Number, c.name, k.Version, c.body)), 200); got.Status != intake.Duplicate {
			t.Errorf("%s again: %s", c.name, got.Status)
		}
		if got, _ := refused(t, r.do(command(k.Number, c.name, k.Version, c.other))); got != "event_conflict" {
			t.Errorf("%s with other content: %s", c.name, got)
		}
	}
}

func TestACompensationAboveTheBoundIsApprovedByAnotherPerson(t *testing.T) {
	r := newRig(t)
	k := r.reach("in_investigation")
	got := r.must(k.Number, "compensate", `{"type":"financial","kind":"refund","cents":10001}`)
	if got.Case.Handling.Compensations[0].State != casefile.Waiting {
		t.Fatalf("%+v", got.Case.Handling)
	}
	version := got.Case.Version
	both := "resonanz/cases resonanz/approve"
	for name, c := range map[string]struct {
		sub, scopes, want string
		status            int
	}{
		"without the scope":          {lead, "resonanz/cases", "scope_missing", 403},
		"with that scope only":       {lead, "resonanz/approve", "scope_missing", 403},
		"by the person who promised": {clerk, both, "forbidden", 403},
	} {
		res := r.do(as(command(k.Number, "approve", version, `{"id":"1"}`), c.sub, c.scopes))
		if got, _ := refused(t, res); got != c.want || res.StatusCode != c.status {
			t.Errorf("%s: %d %s", name, res.StatusCode, got)
		}
	}
	for sub, want := range map[string]bool{"resonanz/cases": false, both: true} {
		view := into[whole](t, r.do(as(get("/v1/cases/"+string(k.Number)), lead, sub)), 200)
		if got := strings.Contains(strings.Join(view.Case.Allowed, " "), "approve decline"); got != want {
			t.Errorf("%s: allowed %v", sub, view.Case.Allowed)
		}
	}
	r.must(k.Number, "decide", `{"outcome":"accepted","text":"x","root_cause":"process"}`)
	now, _ := r.present(k.Number)
	if got, _ := refused(t, r.do(command(k.Number, "resolve", now.Version, `{"text":"x"}`))); got != "waiting_approval" {
		t.Errorf("resolved while it waits: %s", got)
	}
	if res := r.do(as(command(k.Number, "approve", now.Version, `{"id":"7"}`), lead, both)); res.StatusCode != 422 {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if got := r.must(k.Number, "approve", `{"id":"1"}`); got.Case.Handling.Compensations[0].State != casefile.Promised || got.Entries[0].By.ID != lead {
		t.Errorf("%+v", got.Case.Handling)
	}
}

func TestADuplicateIsOfAComplaintThatGoesOn(t *testing.T) {
	r := newRig(t)
	k, other, joined, dup := r.complain(), r.complain(), r.complain(), r.open(casefile.Complaint, casefile.Draft)
	r.must(dup.Number, "duplicate", `{"of":"`+string(other.Number)+`","text":"x"}`)
	r.must(joined.Number, "duplicate", `{"of":"`+string(k.Number)+`"}`)
	for name, n := range map[string]casefile.Number{
		"itself": k.Number, "a duplicate": dup.Number, "one of this": joined.Number, "a callback": r.open(casefile.Callback, casefile.Open).Number, "a draft": r.open(casefile.Complaint, casefile.Draft).Number,
	} {
		if got, _ := refused(t, r.do(command(k.Number, "duplicate", 2, `{"of":"`+string(n)+`"}`))); got != "invalid_value of" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestWhatCannotBeStoredNowIsNotSaidToBe(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	r.shelf.write = errors.New("no route to 10.0.0.1")
	res := r.do(command(k.Number, "note", 2, `{"text":"x"}`))
	if res.StatusCode != 503 || res.Headers["Retry-After"] != "2" || strings.Contains(res.Body, "10.0.0.1") || !strings.Contains(r.log.String(), "10.0.0.1") {
		t.Errorf("%d %v %s", res.StatusCode, res.Headers, res.Body)
	}
}
