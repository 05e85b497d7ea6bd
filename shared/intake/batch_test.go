package intake_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

func TestABatchIsSplitWithoutJudgingItsEvents(t *testing.T) {
	body := []byte("{\"events\": [ {\"a\":1,\"a\":2} , \"no object\", {\"b\":\"\xff\"}, null ]}\n")
	got, err := intake.ParseBatch(body)
	want := [][]byte{[]byte(`{"a":1,"a":2}`), []byte(`"no object"`), []byte("{\"b\":\"\xff\"}"), []byte("null")}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestEveryUnreadableBatchHasANamedError(t *testing.T) {
	events := func(n int) string { return `{"events":[` + strings.Repeat("{},", n-1) + `{}]}` }
	for _, c := range []struct {
		name, body string
		code       problem.Code
	}{
		{"501 events", events(501), problem.TooManyEvents},
		{"no event", `{"events":[]}`, problem.NoEvents},
		{"no events", `{}`, problem.MissingField},
		{"events twice", `{"events":[{}],"events":[{}]}`, problem.DuplicateField},
		{"events of another type", `{"events":{"a":[]}}`, problem.WrongType},
		{"null events", `{"events":null}`, problem.WrongType},
		{"unknown field", `{"events":[{}],"more":1}`, problem.UnknownField},
		{"an array", `[{}]`, problem.MalformedJSON},
		{"broken inside", `{"events":[{"a":}]}`, problem.MalformedJSON},
		{"half", `{"events":[{}`, problem.MalformedJSON},
		{"nothing", ``, problem.MalformedJSON},
		{"two batches", events(1) + events(1), problem.MalformedJSON},
		{"something behind", events(1) + "x", problem.MalformedJSON},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := intake.ParseBatch([]byte(c.body))
			if err == nil || problem.Of(err).Code != c.code {
				t.Errorf("got %d events, %v; want %s", len(got), err, c.code)
			}
		})
	}
	if got, err := intake.ParseBatch([]byte(events(500))); len(got) != 500 || err != nil {
		t.Errorf("500 events: got %d, %v", len(got), err)
	}
}

func FuzzBatch(f *testing.F) {
	f.Add([]byte(`{"events":[{"a":1},{}]}`))
	f.Add([]byte("{\"events\":[\"\xff\"]} "))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := intake.ParseBatch(body)
		if err != nil {
			if p := problem.Of(err); p.Status >= 500 {
				t.Errorf("not a named error: %v", err)
			}
			return
		}
		for _, e := range got {
			if !bytes.Contains(body, e) {
				t.Errorf("%q is not in %q", e, body)
			}
		}
	})
}
