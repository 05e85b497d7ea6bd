package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
	"resonanz/shared/store"
)

const body = `{"event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f","touchpoint":"hotline","channel":"sms_link","language":"en","segment":"A","customer_key":"K-17"}`

const mailed = `{"event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e10","touchpoint":"repair","channel":"email_link","card":true,"send":true,"email":"kundin@example.com","consent":"contract","customer_key":"K-18"}`

func uuid(n int) string { return string(feedback.DeriveEventID("invitation", fmt.Sprint(n))) }

func TestAnInvitationIsALinkThatTheRatingPageUnderstands(t *testing.T) {
	r := newRig(t)
	got := r.issue(body)
	token, err := link.Verify(sitetest.Keyring(t, r.ring.Secret, nil), got.Token, start)
	want := link.Token{
		ResponseKey: got.ResponseKey, Touchpoint: link.CodeOf("hotline"), Channel: "sms_link", Language: "en", Segment: "A", ExpiresAt: got.ExpiresAt,
	}
	if diff := cmp.Diff(want, token); diff != "" || err != nil {
		t.Errorf("token: %v (-want +got):\n%s", err, diff)
	}
	expires := time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC)
	if got.URL != "https://feedback.example.com/r/"+got.Token || !got.ExpiresAt.Equal(expires) || got.EventID != "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f" {
		t.Errorf("answer %+v", got)
	}
}

func TestAnInvitationToACardOpensTheCard(t *testing.T) {
	r := newRig(t)
	got := r.issue(mailed)
	if got.URL != "https://feedback.example.com/c/"+got.Token || len(got.URL) > 100 {
		t.Errorf("%+v", got)
	}
	all := r.stored()
	if len(all) != 1 || !strings.Contains(string(all[0].Event), `"mailed":true`) || strings.Contains(string(all[0].Event), "kundin") {
		t.Errorf("stored %s", all[0].Event)
	}
}

func TestNothingPersonalAndNoTokenIsLogged(t *testing.T) {
	r := newRig(t)
	got := r.issue(mailed)
	r.do(request(mailed))
	r.do(request(strings.Replace(mailed, "9e10", "9e11", 1)))
	r.do(request(strings.Replace(mailed, "kundin@", "kundin@@", 1)))
	r.do(table("event_id,touchpoint,channel,kundin@example.com\n"))
	r.do(table("event_id,touchpoint,channel,send,consent,email\n" + uuid(1) + ",repair,email_link,true,contract,kundin@example.com\n"))
	r.do(visit("GET", got.Token, ""))
	r.do(visit("POST", got.Token, ""))
	r.shelf.write, r.shelf.read = errors.New("throttled"), errors.New("throttled")
	r.do(request(mailed))
	r.do(visit("POST", got.Token, ""))
	for _, secret := range []string{got.Token, "K-18", "kundin"} {
		if strings.Contains(strings.ToLower(r.log.String()), strings.ToLower(secret)) {
			t.Errorf("the log tells %s: %s", secret, r.log)
		}
	}
	if n := strings.Count(r.log.String(), `"msg":"request"`); n != 10 {
		t.Errorf("%d lines for 10 requests", n)
	}
}

func TestTheSameRequestGetsTheSameLinkWheneverItComes(t *testing.T) {
	r := newRig(t)
	first := r.do(request(body))
	for _, later := range []time.Duration{0, 3 * time.Hour, 25 * 24 * time.Hour} {
		r.at = start.Add(later)
		if again := r.do(request(body)); again.StatusCode != 200 || again.Body != first.Body {
			t.Errorf("after %s: %d %s, want %s", later, again.StatusCode, again.Body, first.Body)
		}
	}
	r.at = start
	if res := r.do(request(strings.Replace(body, "hotline", "repair", 1))); res.StatusCode != 409 || !strings.Contains(res.Body, "event_conflict") {
		t.Errorf("other body: %d %s", res.StatusCode, res.Body)
	}
	all := r.stored()
	if len(all) != 1 || all[0].Kind != feedback.KindInvitation || all[0].CustomerKey != "K-17" || strings.Contains(string(all[0].Event), "K-17") {
		t.Errorf("stored %+v", all)
	}
}

func TestWhoWasAskedOrOptedOutIsNotInvited(t *testing.T) {
	r := newRig(t)
	first := r.issue(body)
	other := strings.Replace(body, "9e0f", "9eff", 1)
	if res := r.do(request(other)); res.StatusCode != 409 || !strings.Contains(res.Body, "fatigue_limit") {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if res := r.do(visit("POST", first.Token, "")); res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	r.at = start.AddDate(0, 0, 40)
	if res := r.do(request(other)); res.StatusCode != 409 || !strings.Contains(res.Body, "opted_out") {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	r.at = start.AddDate(0, 0, 1)
	if again := r.issue(body); again != first {
		t.Errorf("the same request: %+v, want %+v", again, first)
	}
	if strings.Count(r.log.String(), `"InvitationSkipped":1`) != 2 {
		t.Errorf("metrics: %s", r.log)
	}
}

func TestSeveralAreAnsweredInTheirOrder(t *testing.T) {
	r := newRig(t)
	rows := []string{"event_id,touchpoint,channel,customer_key,card"}
	for i := range 500 {
		rows = append(rows, fmt.Sprintf("%s,repair,sms_link,K-%d,%t", uuid(i), i%499, i%2 == 0))
	}
	file := strings.Join(rows, "\n")
	all := r.results(table(file))
	links := make(map[string]bool)
	for i, got := range all[:499] {
		path := map[bool]string{true: "/c/", false: "/r/"}[i%2 == 0]
		if string(got.EventID) != uuid(i) || got.Status != "accepted" || got.Problem != nil || got.URL != "https://feedback.example.com"+path+got.Token || got.ExpiresAt.IsZero() {
			t.Fatalf("%d: %+v", i, got)
		}
		links[got.URL] = true
	}
	if got := all[499]; got.Status != "skipped" || got.Problem.Code != "fatigue_limit" || got.URL != "" || got.ExpiresAt != nil || len(links) != 499 {
		t.Errorf("%+v", got)
	}
	again := r.results(table(file))
	for i := range again[:499] {
		if again[i].Status != "duplicate" || again[i].URL != all[i].URL {
			t.Fatalf("%d: %+v", i, again[i])
		}
	}
	if n := len(r.stored()); n != 499 {
		t.Errorf("%d stored", n)
	}
	for _, want := range []string{`"InvitationIssued":499`, `"InvitationDuplicate":499`, `"InvitationSkipped":1`} {
		if !strings.Contains(r.log.String(), want) {
			t.Errorf("no metric %s", want)
		}
	}
}

func TestOneInAListIsWhatItIsAlone(t *testing.T) {
	r := newRig(t)
	got := r.results(request(`{"invitations":[` + mailed + `,` + body + `]}`))
	for i, alone := range []string{mailed, body} {
		if one := r.issue(alone); one.URL != got[i].URL || one.ExpiresAt != *got[i].ExpiresAt || one.ResponseKey != got[i].ResponseKey {
			t.Errorf("%+v, in the list %+v", one, got[i])
		}
	}
}

func TestAnErrorInAListStoresNothing(t *testing.T) {
	r := newRig(t)
	for name, q := range map[string]*httpapi.Request{
		"JSON": request(`{"invitations":[` + body + `,{}]}`),
		"CSV":  table("event_id,touchpoint,channel\n" + uuid(1) + ",hotline,qr\n" + uuid(2) + ",nowhere,qr\n"),
	} {
		res := r.do(q)
		if res.StatusCode != 422 || res.Headers["Content-Type"] != "application/problem+json" {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Body)
		}
	}
	if all := r.stored(); len(all) != 0 {
		t.Errorf("stored %+v", all)
	}
}

func TestWhatCannotBeStoredNowIsSaid(t *testing.T) {
	r := newRig(t)
	rows := "event_id,touchpoint,channel,customer_key\n" + uuid(1) + ",hotline,qr,K-1\n" + uuid(2) + ",hotline,qr,\n"
	r.shelf.write = errors.New("throttled")
	for _, q := range []*httpapi.Request{request(body), table(rows)} {
		if res := r.do(q); res.StatusCode != 503 || res.Headers["Retry-After"] != "2" || strings.Contains(res.Body, "throttled") {
			t.Errorf("%d %v %s", res.StatusCode, res.Headers, res.Body)
		}
	}
	// The time is up when the first rows are stored.
	r.shelf.write = nil
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(margin/2))
	defer cancel()
	if res, err := r.Handle(ctx, table(rows)); err != nil || res.StatusCode != 503 || res.Headers["Retry-After"] == "" {
		t.Errorf("%v %d %s", err, res.StatusCode, res.Body)
	}
	for _, got := range r.results(table(rows)) {
		if got.Status != "accepted" {
			t.Errorf("%+v", got)
		}
	}
}

func TestEveryBadRequestHasANamedProblem(t *testing.T) {
	change := func(f func(*httpapi.Request)) *httpapi.Request {
		q := request(body)
		f(q)
		return q
	}
	typed := func(media string) *httpapi.Request {
		return change(func(q *httpapi.Request) { q.Headers["content-type"] = media })
	}
	for _, c := range []struct {
		name   string
		q      *httpapi.Request
		status int
		code   string
	}{
		{"no token", change(func(q *httpapi.Request) { q.RequestContext.Authorizer = nil }), 401, "unauthenticated"},
		{"other scope", change(func(q *httpapi.Request) {
			q.RequestContext.Authorizer.JWT.Claims["scope"] = "resonanz/reports"
		}), 403, "scope_missing"},
		{"other method", change(func(q *httpapi.Request) { q.RequestContext.HTTP.Method = "GET" }), 405, "method_not_allowed"},
		{"other path", change(func(q *httpapi.Request) { q.RawPath = "/v1/invitations/1" }), 404, "not_found"},
		{"form", typed("application/x-www-form-urlencoded"), 415, "unsupported_media_type"},
		{"no type", typed(""), 415, "unsupported_media_type"},
		{"CSV in Latin 1", typed("text/csv; charset=iso-8859-1"), 415, "unsupported_media_type"},
		{"too large", request(`{"x":"` + strings.Repeat("x", 1<<20) + `"}`), 413, "body_too_large"},
		{"too large a CSV", table(strings.Repeat("x", 1<<20+1)), 413, "body_too_large"},
		{"no JSON", request(`{`), 400, "malformed_json"},
		{"JSON as CSV", table(body), 422, "malformed_csv"},
		{"CSV as JSON", request("event_id,touchpoint\n"), 400, "malformed_json"},
		{"channel that carries no link", request(`{"touchpoint":"hotline","channel":"letter"}`), 422, "channel_mismatch"},
		{"unknown field", request(`{"touchpoint":"hotline","channel":"qr","phone":"+49 30 000000"}`), 422, "unknown_field"},
		{"empty list", request(`{"invitations":[]}`), 422, "no_events"},
		{"too long a list", request(`{"invitations":[` + strings.Repeat("0,", 500) + `0]}`), 422, "too_many_rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			res := r.do(c.q)
			var p struct{ Code string }
			if err := json.Unmarshal([]byte(res.Body), &p); err != nil || res.StatusCode != c.status || p.Code != c.code ||
				res.Headers["Content-Type"] != "application/problem+json" {
				t.Errorf("%d %s, want %d %s", res.StatusCode, res.Body, c.status, c.code)
			}
		})
	}
}

func TestWithoutKeysNothingIsStoredAndNothingTold(t *testing.T) {
	r := newRig(t)
	r.ring.Err = errors.New("secret arn:aws:unreachable")
	for _, q := range []*httpapi.Request{request(body), request(`{"invitations":[` + body + `]}`), visit("GET", strings.Repeat("a", link.Len), "")} {
		if res := r.do(q); res.StatusCode != 500 || strings.Contains(res.Body, "arn:") || !strings.Contains(r.log.String(), "arn:") {
			t.Errorf("%d %s", res.StatusCode, res.Body)
		}
	}
	if all := r.stored(); len(all) != 0 {
		t.Errorf("stored %+v", all)
	}
	r.handler.cfg = nil
	if res := r.do(request(body)); res.StatusCode != 500 || strings.Contains(res.Body, "nil pointer") {
		t.Errorf("panic: %d %s", res.StatusCode, res.Body)
	}
}

var _ ledger = (*store.Table)(nil)
