package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/link"
	"resonanz/shared/secret"
	"resonanz/shared/site/sitetest"
)

// vault is a Secrets Manager with one secret.
type vault struct{ current, previous string }

func (v *vault) rotate(key string) { v.current, v.previous = strings.Repeat(key, 64), v.current }

func (v *vault) Value(_ context.Context, _, stage string) (string, error) {
	value := v.current
	if stage == "AWSPREVIOUS" {
		value = v.previous
	}
	if value == "" {
		return "", secret.ErrNone
	}
	return value, nil
}

// verified reports whether a function that starts now takes a link.
func (v *vault) verified(t *testing.T, token string, at time.Time) bool {
	t.Helper()
	_, err := secret.Verify(t.Context(), secret.New(v, "link"), token, at)
	if err != nil && !secret.Refused(err) {
		t.Fatal(err)
	}
	return err == nil
}

// anybody asks for a link of its own.
const anybody = `{"touchpoint":"hotline","channel":"qr"}`

func signedWith(t *testing.T, token, key string, at time.Time) bool {
	t.Helper()
	_, err := link.Verify(sitetest.Keyring(t, []byte(strings.Repeat(key, 64)), nil), token, at)
	return err == nil
}

func TestLinksOutliveARotationAndNewOnesUseTheNewKey(t *testing.T) {
	r, v := newRig(t), new(vault)
	v.rotate("a")
	r.links = secret.New(v, "link")
	before := r.issue(anybody).Token
	v.rotate("b")
	r.at = r.at.Add(10 * time.Minute)
	after := r.issue(anybody).Token
	if !signedWith(t, before, "a", r.at) || !signedWith(t, after, "b", r.at) {
		t.Error("signed with another key")
	}
	for name, token := range map[string]string{"before": before, "after": after} {
		if !v.verified(t, token, r.at) {
			t.Errorf("a new function does not take the link issued %s the rotation", name)
		}
		if res := r.do(visit(http.MethodGet, token, "")); res.StatusCode != 200 {
			t.Errorf("the warm function does not take the link issued %s the rotation: %d", name, res.StatusCode)
		}
	}
}

// A function that only unsubscribes holds an old ring until a link names a key
// it does not know.
func TestALinkWithANewKeyIsTakenByAWarmFunction(t *testing.T) {
	r, v := newRig(t), new(vault)
	v.rotate("a")
	warm := secret.New(v, "link")
	if _, err := warm.Keyring(t.Context(), r.at); err != nil {
		t.Fatal(err)
	}
	v.rotate("b")
	r.links = secret.New(v, "link")
	token := r.issue(anybody).Token
	r.links, r.at = warm, r.at.Add(time.Minute)
	if res := r.do(visit(http.MethodPost, token, "")); res.StatusCode != 200 {
		t.Errorf("%d", res.StatusCode)
	}
}

// Warm for a day, with the key rotated every quarter of an hour and requests at
// all times: every link is good for whoever starts then.
func TestAWarmFunctionDoesNotSignWithAKeyTwoRotationsOld(t *testing.T) {
	r, v := newRig(t), new(vault)
	key := byte('a')
	v.rotate(string(key))
	r.links = secret.New(v, "link")
	for minute := range 24 * 60 {
		if minute%15 == 14 {
			key = 'a' + (key-'a'+1)%26
			v.rotate(string(key))
		}
		r.at = start.Add(time.Duration(minute) * time.Minute)
		token := r.issue(anybody).Token
		several := r.results(request(`{"invitations":[{"event_id":"` + uuid(minute) + `","touchpoint":"hotline","channel":"qr"}]}`))[0].Token
		if !v.verified(t, token, r.at) || !v.verified(t, several, r.at) {
			t.Fatalf("minute %d: signed with a key that nobody knows", minute)
		}
	}
}
