package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/observe"
)

func newTestHandler(log *bytes.Buffer) *handler {
	return &handler{log: observe.LoggerTo(log, "signin", slog.LevelInfo), now: time.Now}
}

// sample is the event as Cognito documents it, with groups and scopes put in.
func sample(tb testing.TB, groups, scopes []string, attributes map[string]string) event {
	tb.Helper()
	b, err := os.ReadFile("../../events/samples/signin-token.json")
	if err != nil {
		tb.Fatal(err)
	}
	var ev event
	var req map[string]any
	if err := json.Unmarshal(b, &ev); err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(ev["request"], &req); err != nil {
		tb.Fatal(err)
	}
	req["scopes"] = scopes
	req["groupConfiguration"].(map[string]any)["groupsToOverride"] = groups
	for k, v := range attributes {
		req["userAttributes"].(map[string]any)[k] = v
	}
	ev["request"], err = json.Marshal(req)
	if err != nil {
		tb.Fatal(err)
	}
	return ev
}

func TestATokenKeepsTheScopesWhoseGroupItsUserIsIn(t *testing.T) {
	all := []string{"openid", "resonanz/cases", "resonanz/approve", "resonanz/reports"}
	for name, c := range map[string]struct {
		groups, scopes []string
		want           []string // taken
	}{
		"no group":          {nil, all, []string{"resonanz/cases", "resonanz/approve", "resonanz/reports"}},
		"one group":         {[]string{"cases"}, all, []string{"resonanz/approve", "resonanz/reports"}},
		"every group":       {[]string{"reports", "approve", "cases"}, all, []string{}},
		"a group like ours": {[]string{"resonanz/cases", "Cases", "case", "cases "}, all, []string{"resonanz/cases", "resonanz/approve", "resonanz/reports"}},
		"a group of others": {[]string{"openid", "editors"}, all, []string{"resonanz/cases", "resonanz/approve", "resonanz/reports"}},
		// What is not ours is not ours to take.
		"scopes of others": {nil, []string{"openid", "email", "crm/cases", "resonanz"}, []string{}},
		"no scopes":        {[]string{"cases"}, nil, []string{}},
	} {
		var log bytes.Buffer
		out, err := newTestHandler(&log).Handle(t.Context(), sample(t, c.groups, c.scopes, nil))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var res response
		if err := json.Unmarshal(out["response"], &res); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, res.Override.Access.Suppress); diff != "" {
			t.Errorf("%s: taken (-want +got):\n%s", name, diff)
		}
	}
}

// The answer is the event, with the changes where Cognito looks for them.
func TestTheAnswerIsWhatTheUserPoolExpects(t *testing.T) {
	var log bytes.Buffer
	ev := sample(t, []string{"cases"}, []string{"resonanz/cases", "resonanz/privacy"}, map[string]string{"custom:code": "a.k"})
	out, err := newTestHandler(&log).Handle(t.Context(), ev)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"claimsAndScopeOverrideDetails":{"accessTokenGeneration":{"claimsToAddOrOverride":{"staff_code":"a.k"},"scopesToSuppress":["resonanz/privacy"]}}}`
	if got := string(out["response"]); got != want {
		t.Errorf("response\n got %s\nwant %s", got, want)
	}
	for _, k := range []string{"version", "triggerSource", "region", "userPoolId", "userName", "callerContext", "request"} {
		if out[k] == nil {
			t.Errorf("%s does not come back", k)
		}
	}
}

func TestACodeThatIsNoneIsNoClaim(t *testing.T) {
	for code, want := range map[string]bool{"a.k": true, "team-7:b": true, "": false, "anna@example.com": false, "Anna K": false, strings.Repeat("x", 200): false} {
		res, _, err := decide(sample(t, nil, nil, map[string]string{"custom:code": code}))
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(res, []byte("staff_code")); got != want {
			t.Errorf("%q: claim %t", code, got)
		}
	}
}

// Without an answer there is no token: whatever cannot be read is an error.
func TestWhatCannotBeReadIsNoToken(t *testing.T) {
	for name, ev := range map[string]event{
		"nothing":          nil,
		"version 1":        {"version": json.RawMessage(`"1"`), "request": json.RawMessage(`{}`)},
		"a number":         {"version": json.RawMessage(`2`), "request": json.RawMessage(`{}`)},
		"no request":       {"version": json.RawMessage(`"2"`)},
		"another request":  {"version": json.RawMessage(`"2"`), "request": json.RawMessage(`{"scopes": "resonanz/cases"}`)},
		"groups of a kind": {"version": json.RawMessage(`"2"`), "request": json.RawMessage(`{"groupConfiguration": {"groupsToOverride": "cases"}}`)},
	} {
		var log bytes.Buffer
		if out, err := newTestHandler(&log).Handle(t.Context(), ev); err == nil || out != nil {
			t.Errorf("%s: answered with %v", name, out)
		} else if !strings.Contains(log.String(), "no token") {
			t.Errorf("%s: logged %s", name, log.String())
		}
	}
}

func TestNobodyIsNamedInTheLog(t *testing.T) {
	var log bytes.Buffer
	h := newTestHandler(&log)
	ev := sample(t, []string{"cases"}, []string{"resonanz/cases"}, map[string]string{"custom:code": "a.k", "email": "anna@example.com"})
	if _, err := h.Handle(t.Context(), ev); err != nil {
		t.Fatal(err)
	}
	ev = sample(t, nil, nil, map[string]string{"email": "anna@example.com"})
	ev["version"] = json.RawMessage(`"3"`)
	if _, err := h.Handle(t.Context(), ev); err == nil {
		t.Fatal("version 3 is answered")
	}
	for _, personal := range []string{"anna", "a.k", "142cd31f", "userName"} {
		if strings.Contains(log.String(), personal) {
			t.Errorf("the log holds %q: %s", personal, log.String())
		}
	}
}

// Whatever is asked for: nothing is kept without its group, nothing taken with it.
func TestNoScopeWithoutItsGroup(t *testing.T) {
	names := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"cases", "approve", "reports", "invite", "privacy", "intake", "resonanz", ""}), rapid.ID)
	rapid.Check(t, func(rt *rapid.T) {
		groups, asked := names.Draw(rt, "groups"), names.Draw(rt, "asked")
		scopes := make([]string, len(asked))
		for i, a := range asked {
			scopes[i] = ours + a
		}
		b, kept, err := decide(sample(t, groups, scopes, nil))
		if err != nil {
			rt.Fatal(err)
		}
		var res response
		if err := json.Unmarshal(b, &res); err != nil {
			rt.Fatal(err)
		}
		for i, a := range asked {
			taken := slices.Contains(res.Override.Access.Suppress, scopes[i])
			if taken == slices.Contains(groups, a) || taken == slices.Contains(kept, scopes[i]) {
				rt.Fatalf("%s with groups %q: taken %t", scopes[i], groups, taken)
			}
		}
	})
}
