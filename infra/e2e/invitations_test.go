package e2e

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// A scanner follows every link of a mail, by GET and HEAD, as a preview and
// ahead of time. Nothing comes of it.
func TestAScannerOfTheWholeMailChangesNothing(t *testing.T) {
	for _, card := range []bool{false, true} {
		c := newCustomer()
		i := inviteByMail(t, c, map[string]any{"touchpoint": "repair", "card": card})
		m := mailed(t, c.address, 1)
		links := regexp.MustCompile(`href="(http[^"]+)"`).FindAllStringSubmatch(m.HTML, -1)
		if len(links) < 2 {
			t.Fatalf("%d links in the mail", len(links))
		}
		for _, l := range links {
			address := html.UnescapeString(l[1])
			if u, err := url.Parse(address); err != nil || u.Scheme+"://"+u.Host != deployed.PublicURL {
				t.Fatalf("the mail leads to %v (%v)", u, err)
			}
			for _, as := range [][]string{
				{"User-Agent", "Mozilla/5.0 (compatible; SafeLinks)"},
				{"User-Agent", "facebookexternalhit/1.1", "Accept", "*/*"},
				{"Sec-Purpose", "prefetch;prerender", "Accept", "text/html"},
				{"Range", "bytes=0-1023"},
			} {
				for _, method := range []string{http.MethodHead, http.MethodGet} {
					if a := do(t, method, address, "", as...); a.Status != http.StatusOK {
						t.Errorf("%s: %d", method, a.Status)
					}
				}
			}
		}
		if kinds := kindsOf(t, i.ResponseKey); len(kinds) != 1 || kinds[feedback.KindInvitation] != 1 {
			t.Errorf("stored: %v, want the invitation alone", kinds)
		}
		if out, err := table().OptedOut(t.Context(), store.AddressContact(c.address), store.KeyContact(c.key)); err != nil || out {
			t.Errorf("opted out: %t, %v", out, err)
		}
	}
}

// Five hundred invitations in one request are one transaction each: well within
// the time of a request, and once however often they are sent.
func TestFiveHundredInvitationsAreOneRequest(t *testing.T) {
	all := make([]any, 500)
	for i := range all {
		all[i] = map[string]any{
			"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "sms_link", "language": "en", "customer_key": newCustomer().key,
		}
	}
	body := marshal(t, map[string]any{"invitations": all})
	writes := func() int { return functionsToAWS.made()[seen{"invitation", "dynamodb", "TransactWriteItems"}] }
	before, began := writes(), time.Now()
	send := func() map[string]int {
		a := do(t, http.MethodPost, "/v1/invitations", body, "Authorization", token(t, "invite"), "Content-Type", "application/json")
		return statuses(t, a)
	}
	if n := send(); n["accepted"] != 500 {
		t.Fatalf("results %v", n)
	}
	took := time.Since(began)
	t.Logf("500 invitations in %s", took.Round(time.Millisecond))
	if took > 20*time.Second {
		t.Errorf("500 invitations took %s; the API gives up after 30", took)
	}
	if n := writes() - before; n != 500 {
		t.Errorf("%d transactions for 500 invitations", n)
	}
	if n := send(); n["duplicate"] != 500 {
		t.Errorf("sent again: %v", n)
	}
}
