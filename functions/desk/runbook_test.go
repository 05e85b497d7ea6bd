package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/functions/desk/app"
	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
)

func TestTheRunbookIsShownToEverybodyEvenWhereNobodyCanSignIn(t *testing.T) {
	var log strings.Builder
	h := newHandler(&config.Config{}, app.SignIn{}, observe.LoggerTo(&log, "desk", nil), time.Now)
	ask := func(headers map[string]string) httpapi.Response {
		t.Helper()
		r := &httpapi.Request{RawPath: "/desk/runbook", Headers: headers}
		r.RequestContext.HTTP.Method = http.MethodGet
		res, err := h.Handle(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	res := ask(nil)
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Body, `<h3 id="ApiErrorAlarm">`) || !strings.HasPrefix(res.Headers["Content-Type"], "text/html") {
		t.Errorf("%d %v %.200s", res.StatusCode, res.Headers, res.Body)
	}
	if policy := res.Headers["Content-Security-Policy"]; !strings.HasPrefix(policy, "default-src 'none'; style-src 'self' 'sha256-") || strings.Contains(policy, "script-src") {
		t.Errorf("policy %q", policy)
	}
	if again := ask(map[string]string{"if-none-match": res.Headers["ETag"]}); again.StatusCode != http.StatusNotModified || again.Body != "" {
		t.Errorf("asked again: %d", again.StatusCode)
	}
}
