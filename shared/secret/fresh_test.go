package secret_test

import (
	"errors"
	"testing"
	"time"

	"resonanz/shared/link"
	"resonanz/shared/secret"
)

func TestARingThatSignsIsFetchedEveryTenMinutes(t *testing.T) {
	m := &manager{stages: map[string]string{"AWSCURRENT": value("a")}}
	s := secret.New(m, "arn:link")
	signer := func(after time.Duration) byte {
		t.Helper()
		ring, err := s.Fresh(t.Context(), now.Add(after))
		if err != nil {
			t.Fatal(err)
		}
		return ring.Current()[0]
	}
	signer(0)
	m.stages = map[string]string{"AWSCURRENT": value("b"), "AWSPREVIOUS": value("a")}
	calls := m.calls
	for after := time.Duration(0); after < 10*time.Minute; after += time.Second {
		if got := signer(after); got != 'a' {
			t.Fatalf("after %s: signed with %c", after, got)
		}
	}
	if m.calls != calls {
		t.Errorf("%d calls within ten minutes", m.calls-calls)
	}
	if got := signer(10 * time.Minute); got != 'b' || m.calls != calls+2 {
		t.Errorf("after ten minutes: signed with %c, %d calls", got, m.calls-calls)
	}
}

// However often the key is rotated, as long as rotations are ten minutes apart:
// what a warm function signs, one that starts now can verify.
func TestAWarmFunctionNeverSignsWithAKeyTwoRotationsOld(t *testing.T) {
	m := &manager{stages: map[string]string{"AWSCURRENT": value("a")}}
	warm := secret.New(m, "arn:link")
	key := byte('a')
	for minute := range 180 {
		at := now.Add(time.Duration(minute) * time.Minute)
		if minute%11 == 10 {
			key++
			m.stages = map[string]string{"AWSCURRENT": value(string(key)), "AWSPREVIOUS": value(string(key - 1))}
		}
		ring, err := warm.Fresh(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		signed := link.Sign(ring, link.Token{ResponseKey: "2026-03-abcdefghijklmn27", Channel: "qr", ExpiresAt: at.Add(time.Hour)})
		if _, err := secret.Verify(t.Context(), secret.New(m, "arn:link"), signed, at); err != nil {
			t.Fatalf("minute %d: %v", minute, err)
		}
	}
}

func TestWithoutSecretsManagerAnOldRingSignsForAnHour(t *testing.T) {
	m := &manager{stages: map[string]string{"AWSCURRENT": value("a")}}
	s := secret.New(m, "arn:link")
	if _, err := s.Fresh(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	m.err = errors.New("throttled")
	calls := m.calls
	for after := 10 * time.Minute; after < time.Hour; after += 10 * time.Second {
		if ring, err := s.Fresh(t.Context(), now.Add(after)); err != nil || string(ring.Current()) != value("a") {
			t.Fatalf("after %s: %v", after, err)
		}
	}
	if n := m.calls - calls; n != 50 { // once a minute
		t.Errorf("%d calls in 50 minutes", n)
	}
	if ring, err := s.Fresh(t.Context(), now.Add(time.Hour)); !errors.Is(err, m.err) || !ring.IsZero() {
		t.Errorf("after an hour: %v", err)
	}
	m.err = nil
	if _, err := s.Fresh(t.Context(), now.Add(time.Hour)); err != nil {
		t.Errorf("the next use tries again: %v", err)
	}
}

func TestAFirstUseThatFailsIsTriedAgainAtOnce(t *testing.T) {
	m := &manager{err: errors.New("throttled")}
	s := secret.New(m, "arn:link")
	if _, err := s.Fresh(t.Context(), now); !errors.Is(err, m.err) {
		t.Errorf("got %v", err)
	}
	m.err, m.stages = nil, map[string]string{"AWSCURRENT": value("a")}
	if _, err := s.Fresh(t.Context(), now); err != nil {
		t.Error(err)
	}
}

func TestAKeyThatWasRetiredIsForgottenWithinTheHour(t *testing.T) {
	m := &manager{stages: map[string]string{"AWSCURRENT": value("b"), "AWSPREVIOUS": value("a")}}
	s := secret.New(m, "arn:link")
	ring := func(after time.Duration) link.Keyring {
		t.Helper()
		r, err := s.Keyring(t.Context(), now.Add(after))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	ring(0)
	m.stages = map[string]string{"AWSCURRENT": value("b")}
	calls := m.calls
	if r := ring(time.Hour - 1); r.Previous() == nil || m.calls != calls {
		t.Errorf("within the hour: %d calls", m.calls-calls)
	}
	m.err = errors.New("throttled")
	for after := time.Hour; after < time.Hour+10*time.Minute; after += time.Second {
		if ring(after).Previous() == nil {
			t.Fatal("the old ring is not kept while there is no other")
		}
	}
	if n := m.calls - calls; n != 10 {
		t.Errorf("%d calls in ten minutes of failure", n)
	}
	m.err = nil
	if r := ring(time.Hour + 10*time.Minute); r.Previous() != nil || string(r.Current()) != value("b") {
		t.Error("the key that was retired still counts")
	}
}
