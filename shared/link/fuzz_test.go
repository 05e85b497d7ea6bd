package link_test

import (
	"errors"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/link"
)

func refusedByName(err error) bool {
	return errors.Is(err, link.ErrMalformed) || errors.Is(err, link.ErrForged) || errors.Is(err, link.ErrUnknownKey) || errors.Is(err, link.ErrExpired)
}

func FuzzVerifyCase(f *testing.F) {
	r := ring(f, keyOf('a'), keyOf('b'))
	f.Add(link.SignCase(r, aCase()))
	f.Add(link.Sign(r, token()))
	f.Add("AtEKKzzFS5OqAPnkZGUBPEsQZwsfMIQZX5DtVyty")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := link.VerifyCase(r, s, now)
		if err == nil && link.SignCase(r, c) != s && link.SignCase(ring(t, keyOf('b'), nil), c) != s {
			t.Errorf("%q verifies and was never made", s)
		}
		if err != nil && !refusedByName(err) {
			t.Errorf("%q: %v", s, err)
		}
	})
}

func FuzzVerifyReport(f *testing.F) {
	r := ring(f, keyOf('a'), nil)
	f.Add(link.SignCase(r, aCase()))
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := link.VerifyReport(r, s, now)
		if err == nil && link.SignReport(r, v) != s {
			t.Errorf("%q verifies and was never made", s)
		}
		if err != nil && !refusedByName(err) {
			t.Errorf("%q: %v", s, err)
		}
	})
}

// What a form sends back as its nonce is anything; what is taken is taken at its own
// address and with our key only, and renewing anything makes one that is taken.
func FuzzCheckNonce(f *testing.F) {
	r, other := ring(f, keyOf('a'), nil), ring(f, keyOf('c'), nil)
	made := link.NewNonce(r, 3, "/r/x", now)
	f.Add(made, "/r/x")
	f.Add(made, "/r/y")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, s, address string) {
		if err := link.CheckNonce(r, s, address, now); err == nil && (link.CheckNonce(r, s, address+"x", now) == nil || link.CheckNonce(other, s, address, now) == nil) {
			t.Errorf("%q is taken anywhere", s)
		} else if err != nil && !refusedByName(err) {
			t.Errorf("%q: %v", s, err)
		}
		_, _ = link.NonceID(s), link.NoncePlace(s)
		if again := link.RenewNonce(r, s, address, now.Add(time.Hour)); link.CheckNonce(r, again, address, now.Add(time.Hour)) != nil {
			t.Errorf("renewing %q makes %q, which is none", s, again)
		}
	})
}

func FuzzUnseal(f *testing.F) {
	const key = feedback.ResponseKey("2026-03-abcdefghijklmn27")
	r, other := ring(f, keyOf('a'), keyOf('b')), ring(f, keyOf('c'), nil)
	f.Add(link.Seal(r, key, "anna@example.com"))
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := link.Unseal(r, key, s)
		if _, foreign := link.Unseal(other, key, s); err == nil && foreign == nil {
			t.Errorf("%q opens with any key", s)
		}
		if err != nil && got != "" {
			t.Errorf("an error and %q", got)
		}
		if back, err := link.Unseal(r, key, link.Seal(r, key, s)); err != nil || back != s {
			t.Errorf("%q comes back as %q, %v", s, back, err)
		}
	})
}
