package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
)

// from makes a request come from an address.
func from(q *httpapi.Request, source string) *httpapi.Request {
	q.RequestContext.HTTP.SourceIP = source
	return q
}

func TestAFormIsTakenFromItsOwnPageOfTodayOnly(t *testing.T) {
	r := newRig(t)
	mine := "/r/" + r.token()
	other := "/r/" + r.token(func(l *link.Token) { l.ResponseKey = "2026-03-ponmlkjihgfedcba" })
	for name, nonce := range map[string]string{
		"made up":              strings.Repeat("n", link.NonceLen),
		"of another page":      r.links.Nonce(t, other, start),
		"of the day before":    r.links.Nonce(t, mine, start.Add(-link.NonceFor)),
		"of a stranger's key":  sitetest.NewRing(t, "s").Nonce(t, mine, start),
		"of a page before all": "abcdefghijklmnop",
	} {
		res := r.post(mine, "stars", "2", "comment", "Nicht verlieren", "nonce", nonce)
		if res.StatusCode != 422 || !strings.Contains(res.Body, "Nicht verlieren") || !strings.Contains(res.Body, "nicht mehr aktuell") || len(r.votes()) != 0 {
			t.Fatalf("%s: %d, %d stored", name, res.StatusCode, len(r.votes()))
		}
		fresh := sitetest.NonceIn(res.Body)
		if fresh == nonce {
			t.Fatalf("%s: it is given out again", name)
		}
		if res := r.post(mine, "stars", "2", "comment", name, "nonce", fresh); res.StatusCode != 303 {
			t.Errorf("%s: sent once more: %d", name, res.StatusCode)
		}
		r.at = r.at.Add(time.Minute)
		r = newRig(t)
	}
}

// An answer that got lost, a tab that stayed open: what comes again the day after
// is still what came before.
func TestAFormOfYesterdayThatWasStoredIsNotStoredTwice(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	n := r.open(path)
	r.post(path, "stars", "4", "nonce", n)
	r.at = r.at.Add(30 * time.Hour)
	renewed := sitetest.NonceIn(r.post(path, "stars", "4", "nonce", n).Body)
	if res := r.post(path, "stars", "4", "nonce", renewed); res.StatusCode != 303 || len(r.votes()) != 1 {
		t.Errorf("%d, %d stored", res.StatusCode, len(r.votes()))
	}
}

func TestAFormOnAnotherSiteIsRefused(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	for name, c := range map[string]struct {
		header, value string
		want          int
	}{
		"another site":  {"sec-fetch-site", "cross-site", 403},
		"another host":  {"origin", "https://evil.example", 403},
		"our own page":  {"sec-fetch-site", "same-origin", 303},
		"an old phone":  {"origin", "null", 303},
		"no header yet": {"accept", "text/html", 303},
	} {
		q := sitetest.Form(path, "stars", "4", "comment", name, "nonce", r.links.Nonce(t, path, start))
		q.Headers[c.header] = c.value
		before := len(r.votes())
		res := r.do(q)
		if stored := len(r.votes()) - before; res.StatusCode != c.want || (stored == 1) != (c.want == 303) {
			t.Errorf("%s: %d, %d stored", name, res.StatusCode, stored)
		}
		if c.want == 403 && !strings.Contains(res.Body, "kam nicht von unserer Seite") {
			t.Errorf("%s: %s", name, res.Body)
		}
	}
}

func TestWhoSendsTooOftenWaitsAndKeepsWhatWasTyped(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	n := r.open(path)
	held := 0
	for i := range 40 {
		res := r.post(path, "stars", "4", "comment", "Satz "+strconv.Itoa(i), "nonce", n)
		if res.StatusCode == 303 {
			continue
		}
		if held++; res.StatusCode != 429 || res.Headers["Retry-After"] == "" || !strings.Contains(res.Body, "Satz "+strconv.Itoa(i)) || sitetest.NonceIn(res.Body) != n {
			t.Fatalf("%d %v", res.StatusCode, res.Headers)
		}
	}
	if held != 10 {
		t.Errorf("%d of 40 were held back", held)
	}
	other := "/r/" + r.token(func(l *link.Token) { l.ResponseKey = "2026-03-ponmlkjihgfedcba" })
	if res := r.post(other, "stars", "4", "nonce", r.open(other)); res.StatusCode != 303 {
		t.Errorf("another link: %d", res.StatusCode)
	}
	r.at = r.at.Add(2 * time.Second)
	if res := r.post(path, "stars", "5", "nonce", n); res.StatusCode != 303 {
		t.Errorf("after a while: %d", res.StatusCode)
	}
}

func TestLooksAndGuessesOfANetworkAreHeldBack(t *testing.T) {
	r := newRig(t)
	look := func(path, source string) httpapi.Response {
		return r.do(from(sitetest.Request(http.MethodGet, path, "", "accept", "text/html"), source))
	}
	mine := "/r/" + r.token()
	for range 120 {
		if res := look(mine, "203.0.113.1"); res.StatusCode != 200 {
			t.Fatalf("%d", res.StatusCode)
		}
	}
	res := look(mine, "198.51.100.1")
	if res.StatusCode != 429 || res.Headers["Retry-After"] != "1" || !strings.Contains(res.Body, "sehr oft") {
		t.Errorf("the link: %d %v", res.StatusCode, res.Headers)
	}
	for i := range 31 {
		want := 404
		if i == 30 {
			want = 429
		}
		if res := look("/r/guess"+strconv.Itoa(i), "203.0.113."+strconv.Itoa(i)); res.StatusCode != want {
			t.Errorf("guess %d: %d", i, res.StatusCode)
		}
	}
	if log := r.log.String(); strings.Contains(log, "203.0.113") {
		t.Error("the log holds an address")
	}
}

// A campaign reaches customers of whom tens of thousands share the addresses of a
// carrier: none of them waits for another.
func TestACampaignBehindOneNetworkIsNotHeldBack(t *testing.T) {
	r := newRig(t)
	for i := range 1000 {
		if i%30 == 0 { // somebody among them guesses
			r.do(from(sitetest.Request(http.MethodGet, "/r/guess", "", "accept", "text/html"), "203.0.113.9"))
		}
		key := feedback.ResponseKey(strings.Repeat("a", 12) + strconv.Itoa(2222+i%1000))
		key = "2026-03-" + feedback.ResponseKey(strings.NewReplacer("0", "x", "1", "y", "8", "w", "9", "z").Replace(string(key)))
		path := "/r/" + r.token(func(l *link.Token) { l.ResponseKey = key })
		if res := r.do(from(sitetest.Request(http.MethodGet, path, "", "accept", "text/html"), "203.0.113.7")); res.StatusCode != 200 {
			t.Fatalf("look %d: %d", i, res.StatusCode)
		}
		if res := r.do(from(sitetest.Form(path, "stars", "4", "nonce", r.links.Nonce(t, path, r.at)), "203.0.113.8")); res.StatusCode != 303 {
			t.Fatalf("vote %d: %d", i, res.StatusCode)
		}
	}
	if n := len(r.votes()); n != 1000 {
		t.Errorf("%d stored", n)
	}
}

func TestADeviceThatFloodsIsHeldBackAndItsNeighbourIsNot(t *testing.T) {
	r := newRig(t)
	send := func(path, key string, body []byte) int {
		q := sitetest.Request(http.MethodPost, path, string(body), "content-type", "application/json", "authorization", "Bearer "+key)
		return r.do(from(q, "203.0.113.9")).StatusCode
	}
	held := 0
	for range 110 {
		e := intaketest.Event().With("event_id", string(feedback.NewEventID()))
		if send("/v1/ratings", r.key(), e.JSON(t)) == 429 {
			held++
		}
	}
	if held != 10 {
		t.Errorf("%d held back", held)
	}
	batch := []byte(`{"events":[{}]}`)
	for i := range 31 {
		if got := send("/v1/batch", r.key(), batch); (got == 429) != (i == 30) {
			t.Errorf("batch %d: %d", i, got)
		}
	}
	neighbour := link.DeviceKey(r.devices.Secret, r.cfg.Devices[1].ID, r.cfg.Devices[1].Generation)
	if got := send("/v1/batch", neighbour, batch); got == 429 {
		t.Error("a device of the same shop waits for it")
	}
}

// Whatever is sent through a link, and with whichever of its pages, what is stored
// of it is bounded, and each answer is one write as long as its page knew the place.
func TestALinkStoresABoundedNumberOfAnswers(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	n := r.open(path)
	send := func(i int, nonce string) httpapi.Response {
		r.at = r.at.Add(5 * time.Second)
		return r.post(path, "stars", strconv.Itoa(1+i%5), "comment", strconv.Itoa(i), "nonce", nonce)
	}
	for i := range intake.MaxVersions {
		if res := send(i, n); res.StatusCode != 303 || res.Headers["Location"] != path+"?done=2" || len(r.votes()) != i+1 {
			t.Fatalf("answer %d with one page: %d, %d stored", i, res.StatusCode, len(r.votes()))
		}
	}
	for i := range intake.MaxVersions {
		if res := send(i, n); res.StatusCode != 303 || res.Headers["Location"] != path+"?done=2" {
			t.Fatalf("the same once more: %d", res.StatusCode)
		}
	}
	page := r.do(sitetest.Request(http.MethodGet, path, ""))
	if strings.Contains(page.Body, "<form") || page.StatusCode != 200 {
		t.Errorf("%d, asks for one more", page.StatusCode)
	}
	for _, nonce := range []string{n, r.links.Nonce(t, path, r.at)} {
		if res := send(1000, nonce); res.StatusCode != 303 || res.Headers["Location"] != path {
			t.Errorf("one more: %d %v", res.StatusCode, res.Headers)
		}
	}
	if got := len(r.votes()); got != intake.MaxVersions {
		t.Errorf("%d stored", got)
	}
}

func TestAChangedAnswerIsOneWriteWhereItsPageKnewThePlace(t *testing.T) {
	r := newRig(t)
	d := r.onTable()
	path := "/r/" + r.token()
	for i := range 3 {
		n := r.open(path)
		before := len(d.calls)
		if res := r.post(path, "stars", strconv.Itoa(i+1), "nonce", n); res.StatusCode != 303 {
			t.Fatalf("%d", res.StatusCode)
		}
		if calls := d.calls[before:]; len(calls) != 1 || calls[0] != "PutItem" {
			t.Errorf("answer %d: calls %v", i, calls)
		}
	}
}
