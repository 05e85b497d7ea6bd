package secret_test

import (
	"errors"
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
