package secret_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"resonanz/shared/link"
	"resonanz/shared/secret"
)

func TestALinkVerifiesAcrossARotation(t *testing.T) {
	m := &manager{stages: map[string]string{"AWSCURRENT": value("a")}}
	s := secret.New(m, "arn:link")
	if _, err := secret.Verify(t.Context(), s, token(t, value("a")), now); err != nil {
		t.Fatal(err)
	}
	m.stages = map[string]string{"AWSCURRENT": value("b"), "AWSPREVIOUS": value("a")}
	later := now.Add(2 * time.Minute)
	for _, key := range []string{"a", "b", "a"} {
		got, err := secret.Verify(t.Context(), s, token(t, value(key)), now.Add(2*time.Minute-time.Second))
		if err != nil || got.ResponseKey == "" {
			t.Errorf("signed with %s: %v", key, err)
		}
	}
	if m.calls != 4 {
		t.Errorf("%d calls, want two fetches", m.calls)
	}
	got, err := secret.Verify(t.Context(), s, token(t, value("b")), later.Add(time.Hour))
	if !errors.Is(err, link.ErrExpired) || got.ResponseKey == "" || secret.Refused(err) {
		t.Errorf("expired: %+v, %v", got, err)
	}
}

func TestWhatIsWrongWithATokenIsToldFromWhatIsWrongWithTheKeys(t *testing.T) {
	m := &manager{stages: map[string]string{"AWSCURRENT": value("a")}}
	s := secret.New(m, "arn:link")
	good := token(t, value("a"))
	for name, tok := range map[string]string{"nothing": "", "short": good[:20], "forged": good[:54] + "A", "foreign": token(t, value("x"))} {
		if _, err := secret.Verify(t.Context(), s, tok, now); !secret.Refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	m.err = errors.New("no answer")
	for name, tok := range map[string]string{"first use": good, "unknown key": token(t, value("y"))} {
		source := s
		if name == "first use" {
			source = secret.New(m, "arn:link")
		}
		if _, err := secret.Verify(t.Context(), source, tok, now.Add(time.Hour-time.Second)); err == nil || secret.Refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The id of a key is one byte: a new key can have that of the key it replaces.
func TestALinkVerifiesAcrossARotationToAKeyOfTheSameID(t *testing.T) {
	old := value("a")
	ring, err := link.NewKeyring([]byte(old), nil)
	if err != nil {
		t.Fatal(err)
	}
	fresh := ""
	for n := 0; fresh == ""; n++ {
		key := fmt.Sprintf("%032d", n)
		if _, err := link.Verify(ring, token(t, key), now); errors.Is(err, link.ErrForged) {
			fresh = key
		}
	}
	m := &manager{stages: map[string]string{"AWSCURRENT": old}}
	s := secret.New(m, "arn:link")
	if _, err := secret.Verify(t.Context(), s, token(t, old), now); err != nil {
		t.Fatal(err)
	}
	m.stages = map[string]string{"AWSCURRENT": fresh, "AWSPREVIOUS": old}
	for _, key := range []string{fresh, old} {
		if _, err := secret.Verify(t.Context(), s, token(t, key), now.Add(2*time.Minute)); err != nil {
			t.Errorf("after the rotation: %v", err)
		}
	}
	m.err = errors.New("no answer")
	calls := m.calls
	for range 3 { // forged tokens run up no calls, and are told from a secret that cannot be read
		if _, err := secret.Verify(t.Context(), s, token(t, old)[:54]+"A", now.Add(10*time.Minute)); !secret.Refused(err) {
			t.Errorf("forged: %v", err)
		}
	}
	if m.calls != calls+1 {
		t.Errorf("%d calls, want one", m.calls-calls)
	}
}

func TestALinkToACaseVerifiesAcrossARotation(t *testing.T) {
	sign := func(key string) string {
		ring, err := link.NewKeyring([]byte(key), nil)
		if err != nil {
			t.Fatal(err)
		}
		return link.SignCase(ring, link.Case{Number: "2603-7K2M-Q4XA", ExpiresAt: now.Add(time.Hour)})
	}
	m := &manager{stages: map[string]string{"AWSCURRENT": value("a")}}
	s := secret.New(m, "arn:link")
	if _, err := secret.VerifyCase(t.Context(), s, sign(value("a")), now); err != nil {
		t.Fatal(err)
	}
	m.stages = map[string]string{"AWSCURRENT": value("b"), "AWSPREVIOUS": value("a")}
	for _, key := range []string{"a", "b"} {
		if got, err := secret.VerifyCase(t.Context(), s, sign(value(key)), now.Add(2*time.Minute-time.Second)); err != nil || got.Number != "2603-7K2M-Q4XA" {
			t.Errorf("signed with %s: %+v, %v", key, got, err)
		}
	}
	if _, err := secret.VerifyCase(t.Context(), s, token(t, value("b")), now.Add(2*time.Minute)); !secret.Refused(err) {
		t.Errorf("a link to rate: %v", err)
	}
	if _, err := secret.VerifyCase(t.Context(), s, sign(value("b")), now.Add(time.Hour)); !errors.Is(err, link.ErrExpired) {
		t.Errorf("expired: %v", err)
	}
}
