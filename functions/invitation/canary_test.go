package main

import (
	"net/http"
	"testing"

	"resonanz/shared/httpapi"
)

// asCanary is a request with the canary's token.
func asCanary(body string) *httpapi.Request {
	q := request(body)
	q.RequestContext.Authorizer.JWT = &httpapi.JWT{
		Claims: map[string]string{"scope": canaryScope}, Scopes: []string{canaryScope},
	}
	return q
}

func TestTheCanaryIsGivenLinksOfItsOwnTouchpointAndNoOthers(t *testing.T) {
	r := newRig(t)
	if res := r.do(asCanary(`{"touchpoint":"canary","channel":"chat_link"}`)); res.StatusCode != http.StatusForbidden {
		t.Errorf("where there is no canary: %d %s", res.StatusCode, res.Body)
	}
	r.cfg.Canary.Enabled = true
	r.canary = r.cfg.OfCanary()
	for body, want := range map[string]int{
		`{"touchpoint":"canary","channel":"chat_link"}`:                                                                  201,
		`{"touchpoint":"canary","channel":"chat_link","customer_key":"c-1"}`:                                             422,
		`{"touchpoint":"canary","channel":"chat_link","segment":"A"}`:                                                    422,
		`{"touchpoint":"canary","channel":"email_link","send":true,"email":"customer@example.com","consent":"contract"}`: 422,
		`{"touchpoint":"canary","channel":"chat_link","card":true}`:                                                      422,
		`{"touchpoint":"hotline","channel":"chat_link"}`:                                                                 422,
		`[{"touchpoint":"canary","channel":"chat_link"}]`:                                                                400,
		`{"invitations":[{"touchpoint":"canary","channel":"chat_link"}]}`:                                                422,
	} {
		before := len(r.stored())
		res := r.do(asCanary(body))
		if res.StatusCode != want {
			t.Errorf("%s: %d %s, want %d", body, res.StatusCode, res.Body, want)
		}
		if n := len(r.stored()) - before; n != 0 && want != 201 {
			t.Errorf("%s: stored", body)
		}
	}
	if res := r.do(request(`{"touchpoint":"canary","channel":"chat_link"}`)); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("with the scope invite: %d %s", res.StatusCode, res.Body)
	}
}
