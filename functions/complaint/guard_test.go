package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
)

func TestWhatIsDoneToACaseIsBounded(t *testing.T) {
	r := newRig(t)
	path := r.complain()
	reply := func(i int) int {
		r.at = r.at.Add(5 * time.Second)
		res := r.post(path, "do", "reply", "text", "Satz "+strconv.Itoa(i), "nonce", r.links.Nonce(t, path, r.at))
		if res.StatusCode != 303 && (!strings.Contains(res.Body, "Satz "+strconv.Itoa(i)) || res.Headers["Retry-After"] == "") {
			t.Errorf("reply %d: %d, what was typed is lost", i, res.StatusCode)
		}
		return res.StatusCode
	}
	for i := range maxDone {
		if got := reply(i); got != 303 && got != 429 {
			t.Fatalf("reply %d: %d", i, got)
		}
	}
	if got := reply(maxDone); got != 429 {
		t.Errorf("one more: %d", got)
	}
	timeline, err := r.table.Timeline(t.Context(), r.number(path))
	if err != nil {
		t.Fatal(err)
	}
	if n := doneBy(timeline); n == 0 || n > maxDone {
		t.Errorf("%d entries of the customer", n)
	}
}

func TestAFormOnAnotherSiteDoesNothing(t *testing.T) {
	r := newRig(t)
	path := r.complain()
	for _, to := range []string{path, where} {
		q := sitetest.Form(to, "do", "withdraw", "nonce", r.links.Nonce(t, to, r.at))
		if to == where {
			q = sitetest.Form(to, "comment", "x", "nonce", r.links.Nonce(t, to, r.at))
		}
		q.Headers["sec-fetch-site"] = "cross-site"
		if res := r.do(q); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", to, res.StatusCode)
		}
	}
	if got := r.state(path).Status; got != casefile.Acknowledged || len(r.complaints()) != 1 {
		t.Errorf("%s, %d complaints", got, len(r.complaints()))
	}
}

// What a link to a case is refused for is not told, but that it was good once.
func TestLinksToCasesAreRefusedAlike(t *testing.T) {
	r := newRig(t)
	mine := r.complain()
	token := strings.TrimPrefix(mine, "/k/")
	number := string(r.state(mine).Number)
	nobody := number[:5] + "0000-0000"
	sign := func(secret []byte, n string) string {
		return link.SignCase(sitetest.Keyring(t, secret, nil), link.Case{Number: n, Language: "de", ExpiresAt: start.Add(time.Hour)})
	}
	flipped := "A"
	if token[20] == 'A' {
		flipped = "B"
	}
	var first string
	for name, tok := range map[string]string{
		"of nobody":     sign(r.links.Secret, nobody),
		"forged":        sign([]byte(strings.Repeat("f", 64)), number),
		"forged nobody": sign([]byte(strings.Repeat("f", 64)), nobody),
		"changed":       token[:20] + flipped + token[21:],
		"cut":           token[1:],
	} {
		res := r.get("/k/"+tok, "accept-language", "de")
		if res.StatusCode != 404 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		if first == "" {
			first = res.Body
		}
		if res.Body != first {
			t.Errorf("%s: answered in other words", name)
		}
	}
}
