package main

import (
	"encoding/base64"
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
	first, second := r.complain(), r.complain()
	if got := r.must(second.Number, "duplicate", `{"of":"`+string(first.Number)+`"}`); got.Case.Status != casefile.Duplicate || got.Case.Handling.DuplicateOf != first.Number {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsRefusedIsRefusedByNameAndChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name, status, command, body string
		want                        string
		code                        int
	}{
		{"closing what is not resolved", "acknowledged", "close", `{"root_cause":"process"}`, "illegal_transition", 409},
		{"deciding before finding out", "assessed", "decide", `{"outcome":"accepted","text":"x"}`, "illegal_transition", 409},
		{"resolving what is not decided", "in_investigation", "resolve", `{"text":"x"}`, "illegal_transition", 409},
		{"resuming what did not wait", "assessed", "resume", ``, "illegal_transition", 409},
		{"investigating while the customer is asked", "awaiting_customer", "investigate", ``, "illegal_transition", 409},
		{"registering a complaint", "acknowledged", "register", `{"category":"other"}`, "illegal_transition", 409},
		{"acknowledging twice", "acknowledged", "acknowledge", ``, "illegal_transition", 409},
		{"withdrawing what is closed", "closed", "withdraw", `{"text":"x"}`, "illegal_transition", 409},
		{"answering what is closed", "closed", "answer", `{"text":"x"}`, "illegal_transition", 409},
		{"nothing to see", "acknowledged", "see", ``, "nothing_open", 409},
		{"nothing to approve", "in_investigation", "approve", `{"id":"1"}`, "", 409},

		{"closing without a root cause", "resolved, unexplained", "close", ``, "root_cause_needed root_cause", 422},
		{"closing with an unknown root cause", "resolved", "close", `{"root_cause":"bad_luck"}`, "unknown_root_cause root_cause", 422},
		{"rejecting without a reason", "in_investigation", "decide", `{"outcome":"rejected","text":"Nein."}`, "reason_required reason", 422},
		{"rejecting without words", "in_investigation", "decide", `{"outcome":"rejected","reason":"within_terms"}`, "missing_field text", 422},
		{"rejecting for an unknown reason", "in_investigation", "decide", `{"outcome":"rejected","reason":"no_fun","text":"Nein."}`, "unknown_reason reason", 422},
		{"lowering a severity without words", "acknowledged", "assess", `{"severity":"low"}`, "reason_required text", 422},
		{"assessing without a severity", "acknowledged", "assess", `{"urgency":"urgent"}`, "missing_field severity", 422},
		{"an unknown category", "acknowledged", "assess", `{"severity":"high","category":"weather"}`, "unknown_category category", 422},
		{"an unknown team", "acknowledged", "assign", `{"team":"nobody"}`, "unknown_team team", 422},
		{"an owner that is an address", "acknowledged", "assign", `{"owner":"kundin@example.com"}`, "invalid_value owner", 422},
		{"an owner with a name", "acknowledged", "assign", `{"owner":"Frau Beispiel"}`, "invalid_value owner", 422},
		{"assigning to nobody", "acknowledged", "assign", `{}`, "missing_field team", 422},
		{"over the limit", "in_investigation", "compensate", `{"type":"financial","kind":"refund","cents":50001}`, "over_limit cents", 422},
		{"a negative amount", "in_investigation", "compensate", `{"type":"financial","kind":"refund","cents":-1}`, "out_of_range cents", 422},
		{"no amount", "in_investigation", "compensate", `{"type":"financial","kind":"refund","cents":0}`, "out_of_range cents", 422},
		{"an amount in euros", "in_investigation", "compensate", `{"type":"financial","kind":"refund","cents":12.50}`, "wrong_type cents", 422},
		{"a kind of another type", "in_investigation", "compensate", `{"type":"material","kind":"refund"}`, "invalid_value kind", 422},
		{"an amount for an apology", "in_investigation", "compensate", `{"type":"immaterial","kind":"apology","cents":1}`, "invalid_value cents", 422},
		{"an unknown deadline", "acknowledged", "answer", `{"text":"x","clock":"PSD2_101"}`, "unknown_clock clock", 422},
		{"a duplicate of no case", "acknowledged", "duplicate", `{"of":"2603-0000-0000"}`, "unknown_case of", 422},
		{"a duplicate of nonsense", "acknowledged", "duplicate", `{"of":"none"}`, "invalid_case_number of", 422},
		{"an unknown corrective action", "acknowledged", "link", `{"corrective_action":"none"}`, "unknown_corrective_action corrective_action", 422},
		{"an unknown reason to dismiss", "acknowledged", "dismiss", `{"reason":"no_complaint"}`, "illegal_transition", 409},

		{"an empty answer", "acknowledged", "answer", `{"text":" \n "}`, "missing_field text", 422},
		{"no answer", "acknowledged", "answer", ``, "missing_field text", 422},
		{"an unknown field", "acknowledged", "answer", `{"text":"x","severity":"low"}`, "unknown_field severity", 422},
		{"a wrong type", "acknowledged", "answer", `{"text":["x"]}`, "wrong_type text", 422},
		{"null", "acknowledged", "answer", `{"text":null}`, "wrong_type text", 422},
		{"a control character", "acknowledged", "answer", `{"text":"\u0000"}`, "control_character text", 422},
		{"too long a text", "acknowledged", "answer", `{"text":"` + strings.Repeat("ä", 5001) + `"}`, "too_long text", 422},
		{"a field twice", "acknowledged", "answer", `{"text":"x","text":"y"}`, "duplicate_field text", 400},
		{"an escaped field twice", "acknowledged", "answer", `{"text":"x","te\u0078t":"y"}`, "duplicate_field text", 400},
		{"an array", "acknowledged", "answer", `[]`, "malformed_json", 400},
		{"broken JSON", "acknowledged", "answer", `{"text":"x"`, "malformed_json", 400},
		{"two objects", "acknowledged", "answer", `{"text":"x"}{}`, "malformed_json", 400},
		{"not UTF-8", "acknowledged", "answer", "{\"text\":\"\xff\"}", "invalid_utf8", 400},
		{"deep JSON", "acknowledged", "answer", `{"text":` + strings.Repeat("[", 30_000), "malformed_json", 400},
		{"deep JSON that is closed", "acknowledged", "answer", `{"text":` + strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000) + `}`, "malformed_json", 400},
		{"10 MB", "acknowledged", "answer", `{"text":"` + strings.Repeat("x", 10<<20) + `"}`, "body_too_large", 413},
		{"an event id that is none", "acknowledged", "answer", `{"text":"x","event_id":"1"}`, "invalid_event_id event_id", 422},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			k := r.reach(c.status)
			before, timeline := r.present(k.Number)
			q := command(k.Number, c.command, k.Version, c.body)
			if c.command == "approve" {
				as(q, lead, "resonanz/cases resonanz/approve")
			}
			res := r.do(q)
			got, p := refused(t, res)
			if res.StatusCode != c.code || c.want != "" && got != c.want {
				t.Errorf("%d %s, want %d %s: %.300s", res.StatusCode, got, c.code, c.want, res.Body)
			}
			if got == "illegal_transition" && c.status != "closed" && len(p.Allowed) == 0 {
				t.Errorf("says nothing about what is allowed: %s", res.Body)
			}
			after, same := r.present(k.Number)
			if diff := cmp.Diff(before, after) + cmp.Diff(timeline, same); diff != "" {
				t.Errorf("something changed:\n%s", diff)
			}
		})
	}
}

func TestEveryCommandThatIsAllowedIsNotRefusedForWhereTheCaseStands(t *testing.T) {
	for _, status := range []string{"acknowledged", "assessed", "in_investigation", "awaiting_customer", "decided", "resolved", "closed"} {
		r := newRig(t)
		k := r.reach(status)
		q := as(get("/v1/cases/"+string(k.Number)), lead, "resonanz/cases resonanz/approve")
		allowed := map[string]bool{}
		for _, name := range into[whole](t, r.do(q), 200).Case.Allowed {
			allowed[name] = true
		}
		for _, name := range intake.Commands() {
			res := r.do(as(command(k.Number, name, k.Version, bodies[name]), lead, "resonanz/cases resonanz/approve"))
			if conflict := res.StatusCode == 409; conflict == allowed[name] {
				t.Errorf("%s where the case is %s: %d, allowed %t: %s", name, status, res.StatusCode, allowed[name], res.Body)
			}
			if res.StatusCode == 200 { // it went through: begin again
				r = newRig(t)
				k = r.reach(status)
			}
		}
	}
}

// bodies that fit their commands.
var bodies = map[string]string{
	"register": `{"category":"other"}`, "dismiss": `{"reason":"no_complaint"}`, "assess": `{"severity":"critical"}`, "assign": `{"team":"workshop"}`,
	"ask": `{"text":"x"}`, "answer": `{"text":"x"}`, "note": `{"text":"x"}`, "decide": `{"outcome":"accepted","text":"x"}`,
	"compensate": `{"type":"immaterial","kind":"apology"}`, "approve": `{"id":"1"}`, "decline": `{"id":"1"}`, "resolve": `{"text":"x"}`,
	"close": `{"root_cause":"process"}`, "reopen": `{"text":"x"}`, "withdraw": `{"text":"x"}`, "duplicate": `{"of":"2603-0000-0000"}`,
	"link": `{"corrective_action":"none"}`,
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
	k, other, dup := r.complain(), r.complain(), r.complain()
	r.must(dup.Number, "duplicate", `{"of":"`+string(other.Number)+`"}`)
	for name, n := range map[string]casefile.Number{
		"itself": k.Number, "a duplicate": dup.Number, "a callback": r.open(casefile.Callback, casefile.Open).Number, "a draft": r.open(casefile.Complaint, casefile.Draft).Number,
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

func TestOnlyStaffWithATokenGetIn(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	path := "/v1/cases/" + string(k.Number)
	nobody := command(k.Number, "note", 2, `{"text":"x"}`)
	nobody.RequestContext.Authorizer = nil
	for name, c := range map[string]struct {
		q      *httpapi.Request
		status int
		code   string
	}{
		"no token":               {nobody, 401, "unauthenticated"},
		"another scope":          {as(get(path), clerk, "resonanz/reports"), 403, "scope_missing"},
		"another scope, to read": {as(get("/v1/cases"), clerk, "resonanz/approve"), 403, "scope_missing"},
		"an address as subject":  {as(command(k.Number, "note", 2, `{"text":"x"}`), "clerk@example.com", "resonanz/cases"), 403, "subject_invalid"},
		"a name as subject":      {as(command(k.Number, "note", 2, `{"text":"x"}`), "Frau Beispiel", "resonanz/cases"), 403, "subject_invalid"},
		"no subject":             {as(command(k.Number, "note", 2, `{"text":"x"}`), "", "resonanz/cases"), 403, "subject_invalid"},
		"a long subject":         {as(command(k.Number, "note", 2, `{"text":"x"}`), strings.Repeat("x", 129), "resonanz/cases"), 403, "subject_invalid"},
	} {
		res := r.do(c.q)
		if got, _ := refused(t, res); res.StatusCode != c.status || got != c.code {
			t.Errorf("%s: %d %s", name, res.StatusCode, got)
		}
	}
	q := as(command(k.Number, "note", 2, `{"text":"x"}`), "", "resonanz/cases")
	q.RequestContext.Authorizer.JWT.Claims["client_id"] = "3ab9crm"
	if got := into[changed](t, r.do(q), 200); got.Entries[0].By.ID != "3ab9crm" {
		t.Errorf("%+v", got.Entries[0].By)
	}
	for path, allow := range map[string]string{
		"/v1/cases": "GET", "/v1/cases/assign": "POST", path: "GET", path + "/note": "POST", path + "/attachments/1": "GET",
		"/v1/actions": "GET, POST", "/v1/actions/x/done": "POST", "/v1/webhooks/crm/deliveries": "GET",
	} {
		q := get(path)
		q.RequestContext.HTTP.Method = "DELETE"
		if res := r.do(q); res.StatusCode != 405 || res.Headers["Allow"] != allow {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Headers)
		}
	}
}

func TestABodyIsJSONAndNothingElse(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	for media, want := range map[string]int{
		"": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415, "application/json; charset=latin1": 415,
	} {
		q := command(k.Number, "note", 2, `{"text":"x"}`)
		q.Headers["content-type"] = media
		if res := r.do(q); res.StatusCode != want {
			t.Errorf("%q: %d", media, res.StatusCode)
		}
	}
	q := command(k.Number, "apologise", 2, "")
	delete(q.Headers, "content-type")
	if res := r.do(q); res.StatusCode != 200 {
		t.Errorf("no body needs no type: %d %s", res.StatusCode, res.Body)
	}
	q = command(k.Number, "note", 3, base64.StdEncoding.EncodeToString([]byte(`{"text":"x"}`)))
	q.IsBase64Encoded = true
	if res := r.do(q); res.StatusCode != 200 {
		t.Errorf("base64: %d %s", res.StatusCode, res.Body)
	}
	q.Body = "%%%"
	if got, _ := refused(t, r.do(q)); got != "invalid_encoding" {
		t.Errorf("broken base64: %s", got)
	}
}

func TestAPanicIsAnInternalErrorThatSaysNothing(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	r.shelf.between = func() { panic("secret of the inside") }
	res := r.do(command(k.Number, "note", 2, `{"text":"x"}`))
	if res.StatusCode != 500 || strings.Contains(res.Body, "secret") || r.lines() != 1 {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}
