package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/infra/credential"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// canaryToken is a token as the canary has it.
func canaryToken(t *testing.T) string {
	t.Helper()
	f, err := deployed.Function(t.Context(), "canary")
	if err != nil {
		t.Fatal(err)
	}
	got, err := credential.Token(t.Context(), deployed.AWS(), credential.Pool{ID: f.Env["USER_POOL_ID"], Client: f.Env["CLIENT_ID"], TokenURL: f.Env["TOKEN_URL"]}, "canary")
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + got
}

// The canary goes the whole way of a customer, and what it says is nowhere that
// customers' words are.
func TestTheCanaryGoesTheWholeWayAndIsInNoFigure(t *testing.T) {
	meanwhile(t)
	slot := time.Time{}
	for now := time.Now; !slot.Equal(now().UTC().Truncate(15 * time.Minute)); { // once more at the turn of a quarter
		slot = now().UTC().Truncate(15 * time.Minute)
		if _, err := deployed.Invoke(t.Context(), "canary", []byte(`{"schedule":"canary"}`)); err != nil {
			t.Fatal(err)
		}
	}
	permit := canaryToken(t)
	var link struct {
		URL         string               `json:"url"`
		ResponseKey feedback.ResponseKey `json:"response_key"`
	}
	event := feedback.DeriveEventID("canary", deployed.PublicURL, slot.Format(time.RFC3339))
	a := do(t, http.MethodPost, "/v1/invitations", marshal(t, map[string]string{"event_id": string(event), "touchpoint": "canary", "channel": "chat_link"}),
		"Authorization", permit, "Content-Type", "application/json")
	if a.Status != http.StatusOK {
		t.Fatalf("the link of the canary, asked for again: %d %s", a.Status, a.Body)
	}
	a.json(t, &link)

	said, err := table().Response(t.Context(), link.ResponseKey)
	if err != nil || len(said) != 2 { // the invitation, and one vote of two clicks
		t.Fatalf("%d entries, %v", len(said), err)
	}
	eventually(t, "the canary's vote is counted by a report of its own", 60*time.Second, func() (bool, string) {
		a := do(t, http.MethodGet, "/v1/canary/"+string(link.ResponseKey), "", "Authorization", permit)
		return a.Status == http.StatusOK && strings.Contains(a.Body, `"votes":1`) && strings.Contains(a.Body, `"average":5`), a.Body
	})

	for _, kind := range factfile.Kinds {
		b := factsOf(t, month(), kind)
		for i := range b.Votes {
			if b.Text(b.Votes[i].Touchpoint) == string(feedback.Canary) {
				t.Errorf("a customer's fact of kind %s is the canary's", kind)
			}
		}
	}
	if err := table().Month(t.Context(), link.ResponseKey.Month(), func(e store.Entry) error {
		if e.ResponseKey == link.ResponseKey {
			t.Error("a month holds what the canary said")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	live := do(t, http.MethodGet, "/v1/reports/"+month().String()+"/live", "", "Authorization", token(t, "reports"))
	if live.Status != http.StatusOK || strings.Contains(live.Body, "canary") {
		t.Errorf("the month as it stands: %d, canary in it: %t", live.Status, strings.Contains(live.Body, "canary"))
	}
}

// Its token opens its own touchpoint, and nobody else's opens that.
func TestNobodyIsTakenForTheCanaryNorTheCanaryForSomebody(t *testing.T) {
	meanwhile(t)
	permit := canaryToken(t)
	for _, path := range []string{"/v1/cases", "/v1/reports/" + month().String(), "/v1/customers/c-1", "/v1/desk"} {
		if a := do(t, http.MethodGet, path, "", "Authorization", permit); a.Status != http.StatusForbidden {
			t.Errorf("the canary at %s: %d", path, a.Status)
		}
	}
	json := []string{"Content-Type", "application/json"}
	for what, c := range map[string]struct {
		path, body, authorization string
		want                      int
	}{
		"the canary asks for another touchpoint": {"/v1/invitations", `{"touchpoint":"hotline","channel":"chat_link"}`, permit, 422},
		"the canary asks for a mail":             {"/v1/invitations", `{"touchpoint":"canary","channel":"email_link","send":true,"email":"customer@example.com","consent":"contract"}`, permit, 422},
		"a system asks for the canary's":         {"/v1/invitations", `{"touchpoint":"canary","channel":"chat_link"}`, token(t, "invite"), 422},
		"a system rates as the canary":           {"/v1/ratings", marshal(t, rating("canary", "phone", "stars_1_5", 1, time.Now())), token(t, "intake"), 422},
		"the canary rates as a system":           {"/v1/ratings", marshal(t, rating("hotline", "phone", "stars_1_5", 1, time.Now())), permit, 401},
	} {
		if a := do(t, http.MethodPost, c.path, c.body, append(json, "Authorization", c.authorization)...); a.Status != c.want {
			t.Errorf("%s: %d %s, want %d", what, a.Status, a.Body, c.want)
		}
	}
	if a := do(t, http.MethodGet, "/complain/canary", ""); a.Status != http.StatusNotFound {
		t.Errorf("a complaint at the canary: %d", a.Status)
	}
}
