package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/intake"
)

// assignments is the answer to an assignment.
type assignments struct{ Results []assigned }

func TestSeveralCasesAreAssignedEachOnItsOwn(t *testing.T) {
	r := newRig(t)
	first, second, changed := r.complain(), r.complain(), r.complain()
	r.must(changed.Number, "note", `{"text":"x"}`)
	ended := r.complain()
	r.must(ended.Number, "withdraw", `{"text":"x"}`)
	body := fmt.Sprintf(`{"team":"workshop","owner":"clerk-9","text":"Urlaub","cases":[
		{"number":%q,"version":2},{"number":%q,"version":2},{"number":"2603-0000-0000","version":1},{"number":%q,"version":3},{"number":%q,"version":2}]}`,
		first.Number, changed.Number, ended.Number, second.Number)
	got := into[assignments](t, r.do(post("/v1/cases/assign", body)), 200).Results
	type line struct {
		Number  casefile.Number
		Status  intake.Status
		Version int
		Code    string
	}
	var lines []line
	for _, a := range got {
		l := line{a.Number, a.Status, a.Version, ""}
		if a.Problem != nil {
			l.Code = string(a.Problem.Code)
		}
		lines = append(lines, l)
	}
	want := []line{
		{first.Number, intake.Accepted, 3, ""},
		{changed.Number, intake.Skipped, 3, "stale_version"},
		{"2603-0000-0000", intake.Skipped, 0, "not_found"},
		{ended.Number, intake.Skipped, 3, "illegal_transition"},
		{second.Number, intake.Accepted, 3, ""},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for n, owner := range map[casefile.Number]string{first.Number: "clerk-9", second.Number: "clerk-9", changed.Number: "", ended.Number: ""} {
		k, timeline := r.present(n)
		if k.Handling.Owner != owner {
			t.Errorf("%s belongs to %q", n, k.Handling.Owner)
		}
		if last := timeline[len(timeline)-1]; owner != "" && (last.By.ID != clerk || last.Words == nil || last.Words.Text != "Urlaub") {
			t.Errorf("%+v", last)
		}
	}
}

func TestAHundredCasesAreAssignedAtATime(t *testing.T) {
	r := newRig(t)
	var cases []string
	for range intake.MaxAssigned {
		cases = append(cases, fmt.Sprintf(`{"number":%q,"version":2}`, r.complain().Number))
	}
	body := `{"owner":"clerk-9","cases":[` + strings.Join(cases, ",") + `]}`
	for _, a := range into[assignments](t, r.do(post("/v1/cases/assign", body)), 200).Results {
		if a.Status != intake.Accepted {
			t.Errorf("%+v", a)
		}
	}
	again := into[assignments](t, r.do(post("/v1/cases/assign", body)), 200).Results
	for _, a := range again { // sent again because the answer was lost: nothing happens twice
		if a.Status != intake.Skipped || a.Problem.Code != "stale_version" || a.Version != 3 {
			t.Errorf("%+v", a)
		}
	}
}

func TestWhatIsNoAssignmentIsRefusedByName(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	one := fmt.Sprintf(`{"number":%q,"version":2}`, k.Number)
	for body, want := range map[string]string{
		`{"team":"workshop"}`:                                                                       "missing_field cases",
		`{"team":"workshop","cases":[]}`:                                                            "no_events cases",
		`{"team":"workshop","cases":{}}`:                                                            "wrong_type cases",
		`{"team":"workshop","cases":["` + string(k.Number) + `"]}`:                                  "wrong_type cases[0]",
		`{"team":"workshop","cases":[{"number":"x","version":1}]}`:                                  "invalid_case_number cases[0].number",
		`{"team":"workshop","cases":[` + strings.Replace(one, "2}", "0}", 1) + `]}`:                 "out_of_range cases[0].version",
		`{"team":"workshop","cases":[` + strings.Replace(one, "2}", `"2"}`, 1) + `]}`:               "wrong_type cases[0].version",
		`{"team":"workshop","cases":[{"number":"` + string(k.Number) + `"}]}`:                       "missing_field cases[0].version",
		`{"team":"workshop","cases":[` + strings.Replace(one, "}", `,"x":1}`, 1) + `]}`:             "unknown_field cases[0].x",
		`{"team":"workshop","cases":[` + one + `,` + one + `]}`:                                     "duplicate_field cases[1].number",
		`{"cases":[` + one + `]}`:                                                                   "missing_field team",
		`{"owner":"a b","cases":[` + one + `]}`:                                                     "invalid_value owner",
		`{"severity":"low","owner":"a","cases":[` + one + `]}`:                                      "unknown_field severity",
		`{"owner":"a","cases":[` + strings.Repeat(one+",", 100) + one + `]}`:                        "too_many_rows cases",
		`{"owner":"a","cases":[` + strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000) + `]}`: "malformed_json",
		`[]`: "malformed_json",
		``:   "malformed_json",
	} {
		if got, p := refused(t, r.do(post("/v1/cases/assign", body))); got != want {
			t.Errorf("%.80s: %d %s, want %s", body, p.Status, got, want)
		}
	}
	if now, _ := r.present(k.Number); now.Version != 2 {
		t.Errorf("version %d", now.Version)
	}
	// A team that is not known is told of each case: what a team is, the rules know.
	got := into[assignments](t, r.do(post("/v1/cases/assign", `{"team":"nobody","cases":[`+one+`]}`)), 200).Results
	if got[0].Status != intake.Skipped || got[0].Problem.Code != "unknown_team" {
		t.Errorf("%+v", got)
	}
}

func TestWhatCannotBeAssignedNowIsToBeSentAgain(t *testing.T) {
	r := newRig(t)
	one := fmt.Sprintf(`{"number":%q,"version":2}`, r.complain().Number)
	body := `{"owner":"clerk-9","cases":[` + one + `]}`
	r.shelf.write = errors.New("throttled")
	got := into[assignments](t, r.do(post("/v1/cases/assign", body)), 200).Results
	if got[0].Status != intake.Retry || got[0].Problem.Status != 503 || !strings.Contains(r.log.String(), "throttled") {
		t.Errorf("%+v", got)
	}
	r.shelf.write = nil
	r.shelf.between = func() { panic("x") }
	if got := into[assignments](t, r.do(post("/v1/cases/assign", body)), 200).Results; got[0].Status != intake.Retry || got[0].Problem.Status != 500 {
		t.Errorf("%+v", got)
	}
	if got := into[assignments](t, r.do(post("/v1/cases/assign", body)), 200).Results; got[0].Status != intake.Accepted {
		t.Errorf("%+v", got)
	}
}
