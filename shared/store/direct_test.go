package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
)

// said is DynamoDB: it keeps the body of the last call and gives its answer.
type said struct {
	status int
	answer string
	body   []byte
}

func (s *said) Do(r *http.Request) (*http.Response, error) {
	var err error
	s.body, err = io.ReadAll(r.Body)
	return &http.Response{StatusCode: s.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.answer))}, err
}

// both are the store on the client and through calls of its own; both call s.
func both(s *said) map[string]*Table { return calling(s) }

func calling(client aws.HTTPClient) map[string]*Table {
	cfg := aws.Config{Region: "eu-central-1", HTTPClient: client, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b", SessionToken: "c"}, nil
	})}
	table := New(dynamodb.NewFromConfig(cfg), "table")
	return map[string]*Table{"client": table, "direct": table.Direct(cfg)}
}

// The law of the direct way: DynamoDB is asked for the same, whatever an entry holds.
func TestThePutOfTheClientAndTheDirectOneAreTheSame(t *testing.T) {
	words := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z"\\\x00-\x1f<>&é\x{2028}😀]{0,40}`), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	some := rapid.StringMatching(`[a-zA-Z0-9_.:-]{1,40}`)
	s := &said{status: http.StatusOK, answer: "{}"}
	tables := both(s)
	rapid.Check(t, func(rt *rapid.T) {
		e := rated(t, rapid.Bool().Draw(rt, "longest"))
		e.EventID, e.Kind = feedback.EventID(some.Draw(rt, "id")), feedback.Kind(some.Draw(rt, "kind"))
		e.ReceivedAt = e.ReceivedAt.Add(time.Duration(rapid.Int64Range(0, 1e17).Draw(rt, "at")))
		if rapid.Bool().Draw(rt, "words") {
			e.Event = json.RawMessage(words.Draw(rt, "event") + " ")
			e.Personal = json.RawMessage(words.Draw(rt, "personal"))
		}
		if rapid.Bool().Draw(rt, "canary") {
			e.Event = json.RawMessage(`{"touchpoint":"` + feedback.Canary + `"}`)
		}
		e.CustomerKey = rapid.OneOf(rapid.Just(""), words).Draw(rt, "customer")
		copy(e.Digest[:], rapid.SliceOfN(rapid.Byte(), len(e.Digest), len(e.Digest)).Draw(rt, "digest"))
		asked := map[string]any{}
		for name, table := range tables {
			outcome, stored, err := table.Put(t.Context(), e)
			if err != nil || outcome != Accepted || stored != nil {
				rt.Fatalf("%s: %v %v %v", name, outcome, stored, err)
			}
			var in any
			if err := json.Unmarshal(s.body, &in); err != nil {
				rt.Fatalf("%s: %v", name, err)
			}
			asked[name] = in
		}
		if diff := cmp.Diff(asked["client"], asked["direct"]); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestWhatDynamoDBAnswersMeansTheSameBothWays(t *testing.T) {
	e := rated(t, true)
	e.Personal, e.CustomerKey = json.RawMessage(`{"comment":"\"ja\" \u00e4"}`), "K1"
	other := *e
	other.Digest = DigestOf([]byte("another"))
	shows := func(e *Entry) string {
		body := bytes.TrimPrefix((&Table{name: ptr("t")}).appendPut(nil, e), []byte(`{"TableName":"t","ConditionExpression":"attribute_not_exists(PK)","ReturnValuesOnConditionCheckFailure":"ALL_OLD",`))
		return `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no",` + string(body)
	}
	type result struct {
		Outcome Outcome
		Stored  *Entry
	}
	for name, c := range map[string]struct {
		status int
		answer string
		want   result
		fails  error // nil with no outcome: another
	}{
		"stored":        {200, `{}`, result{Accepted, nil}, nil},
		"a replay":      {400, shows(e), result{Duplicate, e}, nil},
		"another body":  {400, shows(&other), result{0, &other}, ErrConflict},
		"not shown":     {400, `{"__type":"ConditionalCheckFailedException","message":"no"}`, result{}, ErrInvalid},
		"refused":       {400, `{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}`, result{}, nil},
		"forbidden":     {400, `{"__type":"AccessDeniedException","Message":"no"}`, result{}, nil},
		"a broken item": {400, `{"__type":"ConditionalCheckFailedException","message":"no","Item":{"PK":{"S":"2026-03#00"},"SK":{"N":"1"}}}`, result{}, ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			for way, table := range both(&said{status: c.status, answer: c.answer}) {
				outcome, stored, err := table.Put(t.Context(), e)
				if diff := cmp.Diff(c.want, result{outcome, stored}); diff != "" {
					t.Errorf("%s: %s", way, diff)
				}
				if (err != nil) != (c.want.Outcome == 0) || c.fails != nil && !errors.Is(err, c.fails) {
					t.Errorf("%s: %v, want %v", way, err, c.fails)
				}
			}
		})
	}
}

// paged is DynamoDB with answers in turn; it keeps the bodies of calls.
type paged struct {
	answers []string
	bodies  []any
}

func (p *paged) Do(r *http.Request) (*http.Response, error) {
	var in any
	err := json.NewDecoder(r.Body).Decode(&in)
	p.bodies = append(p.bodies, in)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(p.answers[len(p.bodies)-1]))}, err
}

func TestAResponseIsReadTheSameBothWays(t *testing.T) {
	e := rated(t, true)
	e.Personal = json.RawMessage(`{"comment":"ja"}`)
	w := jsonWriter{b: []byte("{")}
	e.write(&w)
	entry := string(w.b)
	gone := entry + `,"ttl":{"N":"1"}}`
	pages := []string{`{"Items":[` + entry + `}],"Count":1,"LastEvaluatedKey":{"PK":{"S":"\u0041"},"SK":{"S":"b"}}}`, `{"Items":[],"LastEvaluatedKey":{"PK":{"S":"c"},"SK":{"S":"d"}}}`, `{"Items":[` + gone + `,` + entry + `}],"Count":2}`}
	asked := map[string][]any{}
	for _, way := range []string{"client", "direct"} {
		p := &paged{answers: pages}
		got, err := calling(p)[way].Response(t.Context(), e.ResponseKey)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Entry{*e, *e}, got); diff != "" {
			t.Errorf("%s: %s", way, diff)
		}
		asked[way] = p.bodies
	}
	if diff := cmp.Diff(asked["client"], asked["direct"]); diff != "" || len(asked["direct"]) != 3 {
		t.Errorf("%d calls; %s", len(asked["direct"]), diff)
	}
	for name, answer := range map[string]string{"no JSON": `<html>`, "a broken item": `{"Items":[{"PK":{"S":"x"}}]}`} {
		for way, table := range both(&said{status: http.StatusOK, answer: answer}) {
			if got, err := table.Response(t.Context(), e.ResponseKey); err == nil || got != nil {
				t.Errorf("%s, %s: %v, %v", way, name, got, err)
			}
		}
	}
}

func BenchmarkResponse(b *testing.B) {
	e := rated(b, false)
	for name, table := range both(&said{status: http.StatusOK, answer: `{"Items":[],"Count":0}`}) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := table.Response(b.Context(), e.ResponseKey); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPut(b *testing.B) {
	e := rated(b, false)
	for name, table := range both(&said{status: http.StatusOK, answer: "{}"}) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := table.Put(b.Context(), e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
