package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/intake"
)

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
		{"a category that is more severe, without words", "acknowledged", "assess", `{"severity":"medium","category":"product.safety"}`, "reason_required text", 422},
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
