package intake

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/problem"
)

func TestACommandIsReadAsItWasMeant(t *testing.T) {
	const id = "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f"
	for name, c := range map[string]struct {
		body string
		want Command
	}{
		"assess":      {`{"severity":"low","urgency":"immediate","category":"a.b","root_cause":"c","text":" x\r\ny "}`, Command{Do: casefile.Assessing, Severity: casefile.Low, Urgency: casefile.Immediate, Category: "a.b", RootCause: "c", Text: "x\ny"}},
		"assign":      {`{"team":"a-1","owner":"auth0|5f.7_c:9-A"}`, Command{Do: casefile.Assigning, Team: "a-1", Owner: "auth0|5f.7_c:9-A"}},
		"decide":      {`{"outcome":"rejected","reason":"within_terms","text":"x","owner":"b"}`, Command{Do: casefile.Deciding, Outcome: casefile.Rejected, Reason: "within_terms", Text: "x", Owner: "b"}},
		"compensate":  {`{"type":"financial","kind":"refund","cents":1000000000,"event_id":"` + strings.ToUpper(id) + `"}`, Command{Do: casefile.Compensating, Type: "financial", Kind: "refund", Cents: 1e9, EventID: id}},
		"handle":      {`{"rule":"SLA_BREACH","clock":"first_response"}`, Command{Do: casefile.Handled, Rule: "SLA_BREACH", Clock: "first_response"}},
		"duplicate":   {`{"of":"2603-7K2M-Q4XA"}`, Command{Do: casefile.Duplicating, Of: "2603-7K2M-Q4XA"}},
		"link":        {`{"corrective_action":"a"}`, Command{Do: casefile.Linking, CorrectiveAction: "a"}},
		"approve":     {`{"id":"12"}`, Command{Do: casefile.Approving, ID: "12"}},
		"answer":      {`{"text":"x","clock":"PSD2_101"}`, Command{Do: casefile.Answering, Text: "x", Clock: "PSD2_101"}},
		"resume":      {``, Command{Do: casefile.Investigating}},
		"investigate": {` { } `, Command{Do: casefile.Investigating}},
	} {
		got, err := ParseCommand(name, []byte(c.body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, *got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestEveryThingWrongWithACommandIsNamed(t *testing.T) {
	_, err := ParseCommand("decide", []byte(`{"outcome":"maybe","text":7,"owner":"a b","stars":5,"reason":"Not now"}`))
	p := problem.Of(err)
	var got []string
	for _, f := range p.Errors {
		got = append(got, string(f.Code)+" "+f.Field)
	}
	want := []string{"invalid_value outcome", "wrong_type text", "invalid_value owner", "unknown_field stars", "invalid_value reason"}
	if diff := cmp.Diff(want, got); diff != "" || p.Status != 422 {
		t.Errorf("%d (-want +got):\n%s", p.Status, diff)
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = `"x` + strings.Repeat("y", i) + `":1`
	}
	_, err = ParseCommand("note", []byte("{"+strings.Join(many, ",")+"}"))
	if p := problem.Of(err); len(p.Errors) != maxErrors+1 || p.Errors[maxErrors].Code != problem.TooManyErrors {
		t.Errorf("%d errors are listed", len(p.Errors))
	}
}

func TestNothingThatWasSentIsRepeated(t *testing.T) {
	for _, body := range []string{
		`{"owner":"Frau Beispiel"}`, `{"team":"Frau Beispiel"}`, `{"text":"Frau Beispiel\u0000"}`, `{"event_id":"Frau Beispiel"}`, `{"team":"Frau Beispiel`, `{"owner":"kundin@example.com"}`,
	} {
		_, err := ParseCommand("assign", []byte(body))
		if err == nil || strings.Contains(string(problem.Of(err).JSON()), "Beispiel") || strings.Contains(err.Error(), "kundin") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestACodeOfAPersonIsNoAddressAndNoName(t *testing.T) {
	for s, want := range map[string]bool{
		"3f1c2d9e-0000-4000-8000-000000000000": true, "auth0|5f7c": true, "a": true, strings.Repeat("x", 128): true,
		"": false, "a@b": false, "a b": false, "ä": false, "a\n": false, "a,b": false, `a"`: false, strings.Repeat("x", 129): false,
	} {
		if got := Person(s); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
}

func TestCommandsAreListedOnceEach(t *testing.T) {
	all := Commands()
	if len(all) != 23 || !slices.IsSorted(all) || !KnowsCommand("close") || KnowsCommand("attachments") || KnowsCommand("") {
		t.Errorf("%d: %v", len(all), all)
	}
}

func FuzzCommandsAreReadOrRefused(f *testing.F) {
	for _, name := range Commands() {
		f.Add(name, `{"text":"x","event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f"}`)
	}
	f.Add("assign", `{"team":"a","owner":"b"}`)
	f.Add("compensate", `{"type":"financial","kind":"refund","cents":1}`)
	f.Fuzz(func(t *testing.T, name, body string) {
		if !KnowsCommand(name) {
			return
		}
		c, err := ParseCommand(name, []byte(body))
		var p *problem.Problem
		if err != nil && (!errors.As(err, &p) || p.Status != 400 && p.Status != 422) {
			t.Fatalf("%v", err)
		}
		if err == nil && c.Do == "" {
			t.Fatalf("%s does nothing", name)
		}
	})
}
