package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func unsubscribeLink(t *testing.T, address string) string {
	t.Helper()
	h := headers(t, address)
	for _, part := range strings.Split(h.Get("List-Unsubscribe"), ",") {
		if l := strings.Trim(strings.TrimSpace(part), "<>"); strings.HasPrefix(l, deployed.PublicURL+"/u/") {
			return l
		}
	}
	t.Fatalf("List-Unsubscribe %q names no page of ours", h.Get("List-Unsubscribe"))
	return ""
}

func TestAnAddressThatOptedOutMeanwhileGetsNoMail(t *testing.T) {
	meanwhile(t)
	c := newCustomer()
	// SES is not to be had until the customer has opted out.
	f := &fault{what: refuse, times: 1000, status: http.StatusServiceUnavailable,
		match: func(call call) bool { return call.Service == "ses" && strings.Contains(rawOf(call), c.address) },
		body:  `<ErrorResponse><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code><Message>injected</Message></Error></ErrorResponse>`}
	functionsToAWS.inject(t, f)
	i := inviteByMail(t, c, nil)
	eventually(t, "a try to send", 30*time.Second, func() (bool, string) { return f.struck() > 0, "none" })
	if err := table().OptOut(t.Context(), store.AddressContact(c.address), store.Unsubscribed, time.Now()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the mail suppressed", 120*time.Second, func() (bool, string) {
		kinds := kindsOf(t, i.ResponseKey)
		return kinds[feedback.KindDelivery] == 1, fmt.Sprint(kinds)
	})
	drained(t, string(i.ResponseKey))
	if n := len(mailsTo(t, c.address)); n != 0 {
		t.Errorf("%d mails to who had opted out", n)
	}
}

func TestOneClickUnsubscribes(t *testing.T) {
	c := newCustomer()
	i := inviteByMail(t, c, nil)
	mailed(t, c.address, 1)
	page := unsubscribeLink(t, c.address)
	for _, method := range []string{http.MethodHead, http.MethodGet} { // scanners
		if a := do(t, method, page, "", "Accept", "text/html"); a.Status != http.StatusOK {
			t.Errorf("%s: %d", method, a.Status)
		}
	}
	if out, err := table().OptedOut(t.Context(), store.AddressContact(c.address)); err != nil || out {
		t.Fatalf("opening the page has unsubscribed (%v)", err)
	}
	for range 2 { // the second time says the same
		a := do(t, http.MethodPost, page, "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded")
		if a.Status != http.StatusOK { // RFC 8058 forbids a redirect
			t.Fatalf("one click: %d %.300s", a.Status, a.Body)
		}
	}
	if out, err := table().OptedOut(t.Context(), store.AddressContact(c.address), store.KeyContact(c.key)); err != nil || !out {
		t.Fatalf("one click has not unsubscribed (%v)", err)
	}
	// In bulk, the others are invited all the same.
	other := newCustomer()
	body := marshal(t, map[string]any{"invitations": []any{
		map[string]any{"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "email_link", "consent": "contract", "send": true, "customer_key": c.key, "email": c.address},
		map[string]any{"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "email_link", "consent": "contract", "send": true, "customer_key": other.key, "email": other.address},
	}})
	a := do(t, http.MethodPost, "/v1/invitations", body, "Authorization", token(t, "invite"), "Content-Type", "application/json")
	var got struct {
		Results []struct {
			Status  string
			Problem struct{ Code string }
		}
	}
	a.json(t, &got)
	if a.Status != http.StatusOK || len(got.Results) != 2 || got.Results[0].Status != "skipped" || got.Results[0].Problem.Code != "opted_out" || got.Results[1].Status != "accepted" {
		t.Errorf("in bulk: %d %s", a.Status, a.Body)
	}
	m := mailed(t, other.address, 1)
	for _, address := range starLinks(t, m) { // nobody said the customer's language: the browser does
		if a := do(t, http.MethodGet, address, "", "Accept", "text/html", "Accept-Language", "it-CH,it;q=0.9"); !strings.Contains(a.Body, `<html lang="it">`) {
			t.Errorf("the link's page is not in Italian: %d", a.Status)
		}
		break
	}
	drained(t, "")
	if n := len(mailsTo(t, c.address)); n != 1 {
		t.Errorf("%d mails to who has unsubscribed, want the first alone", n)
	}
	if kinds := kindsOf(t, i.ResponseKey); kinds[feedback.KindInvitation] != 1 {
		t.Errorf("stored: %v", kinds)
	}
}
