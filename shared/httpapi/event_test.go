package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
)

// reflected is the request as reflection reads it.
func reflected(tb testing.TB, payload []byte) *httpapi.Request {
	tb.Helper()
	r := new(httpapi.Request)
	if err := json.Unmarshal(payload, r); err != nil {
		tb.Fatal(err)
	}
	return r
}

// samples are the recorded events of API Gateway.
func samples(tb testing.TB) map[string][]byte {
	tb.Helper()
	names, err := filepath.Glob("../../events/samples/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	all := make(map[string][]byte)
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		if reflected(tb, b).RequestContext.HTTP.Method != "" {
			all[filepath.Base(name)] = b
		}
	}
	if len(all) < 20 {
		tb.Fatalf("%d samples", len(all))
	}
	return all
}

func TestEverySampleIsReadAsReflectionReadsIt(t *testing.T) {
	for name, b := range samples(t) {
		got, err := httpapi.ReadRequest(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(reflected(t, b), got); diff != "" {
			t.Errorf("%s (-reflection +by hand):\n%s", name, diff)
		}
	}
}

func TestAnyRequestIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		pairs := rapid.MapOf(text, text)
		want := &httpapi.Request{
			RawPath: text.Draw(t, "path"), RawQueryString: text.Draw(t, "query"), Headers: pairs.Draw(t, "headers"), QueryStringParameters: pairs.Draw(t, "parameters"),
			Body: text.Draw(t, "body"), IsBase64Encoded: rapid.Bool().Draw(t, "base64"),
			RequestContext: httpapi.Context{
				RequestID: text.Draw(t, "id"), Stage: text.Draw(t, "stage"), DomainName: text.Draw(t, "domain"),
				HTTP: httpapi.HTTP{Method: text.Draw(t, "method"), SourceIP: text.Draw(t, "source")},
			},
		}
		if rapid.Bool().Draw(t, "authorizer") {
			want.RequestContext.Authorizer = new(httpapi.Authorizer)
			if rapid.Bool().Draw(t, "jwt") {
				want.RequestContext.Authorizer.JWT = &httpapi.JWT{Claims: pairs.Draw(t, "claims"), Scopes: rapid.SliceOf(text).Draw(t, "scopes")}
			}
		}
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := httpapi.ReadRequest(b)
		if err != nil {
			t.Fatalf("%v in %s", err, b)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAnEventThatIsNoneIsRefused(t *testing.T) {
	for _, s := range []string{
		``, `7`, `[]`, `{`, `{"rawPath":7}`, `{"headers":{"a":1}}`, `{"headers":[]}`, `{"requestContext":"x"}`, `{"isBase64Encoded":"true"}`,
		`{"requestContext":{"authorizer":{"jwt":{"scopes":{}}}}}`, `{"body":"a`, `{"unknown":{]}`,
	} {
		if r, err := httpapi.ReadRequest([]byte(s)); err == nil {
			t.Errorf("%s: got %+v", s, r)
		}
	}
}

func FuzzReadRequest(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Add([]byte(`{"headers":null,"requestContext":{"authorizer":{"jwt":null}},"body":"\u00e4\ud83d"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := httpapi.ReadRequest(b)
		if (r == nil) == (err == nil) {
			t.Errorf("%v, %v", r, err)
		}
	})
}

func TestAnyAnswerIsWrittenAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		want := httpapi.Response{
			StatusCode: rapid.IntRange(100, 599).Draw(t, "status"), Headers: rapid.MapOf(text, text).Draw(t, "headers"),
			Body: text.Draw(t, "body"), IsBase64Encoded: rapid.Bool().Draw(t, "base64"),
		}
		b, err := httpapi.Function(func(context.Context, *httpapi.Request) (httpapi.Response, error) { return want, nil }).Invoke(t.Context(), []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		var got httpapi.Response
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%v in %s", err, b)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAFunctionKnowsTheNameOfItsRequestAndSaysWhenItFails(t *testing.T) {
	broken := errors.New("broken")
	f := httpapi.Function(func(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
		if id := observe.RequestID(ctx); id != "LV7fzho-liAEJPw=" || id != r.RequestContext.RequestID {
			t.Errorf("request %q", id)
		}
		return httpapi.Response{}, broken
	})
	if b, err := f.Invoke(t.Context(), samples(t)["ratings-post.json"]); !errors.Is(err, broken) || b != nil {
		t.Errorf("%s, %v", b, err)
	}
	if _, err := f.Invoke(t.Context(), []byte(`[]`)); err == nil {
		t.Error("what is no request was answered")
	}
}

func BenchmarkInvoke(b *testing.B) {
	page, err := httpapi.JSON(201, struct{ EventID, ResponseKey, Status string }{"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e02", "2026-03-abcdefghijklmnop", "accepted"})
	if err != nil {
		b.Fatal(err)
	}
	payload := samples(b)["ratings-post.json"]
	f := httpapi.Function(func(context.Context, *httpapi.Request) (httpapi.Response, error) { return page, nil })
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Invoke(b.Context(), payload); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadRequest(b *testing.B) {
	payload := samples(b)["ratings-post.json"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := httpapi.ReadRequest(payload); err != nil {
			b.Fatal(err)
		}
	}
}
