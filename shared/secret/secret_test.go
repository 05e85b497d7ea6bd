package secret_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"resonanz/shared/link"
	"resonanz/shared/secret"
)

var now = time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)

// manager is a Secrets Manager with one secret.
type manager struct {
	mu     sync.Mutex
	stages map[string]string
	err    error
	calls  int
}

func (m *manager) Value(_ context.Context, id, stage string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.err != nil {
		return "", m.err
	}
	v, ok := m.stages[stage]
	if !ok || id != "arn:link" {
		return "", secret.ErrNone
	}
	return v, nil
}

func value(c string) string { return strings.Repeat(c, 64) }

func token(t *testing.T, key string) string {
	t.Helper()
	r, err := link.NewKeyring([]byte(key), nil)
	if err != nil {
		t.Fatal(err)
	}
	return link.Sign(r, link.Token{ResponseKey: "2026-03-abcdefghijklmn27", Channel: "qr", ExpiresAt: now.Add(time.Hour)})
}

func TestASecretIsFetchedOnce(t *testing.T) {
	m := &manager{stages: map[string]string{"AWSCURRENT": value("b"), "AWSPREVIOUS": value("a")}}
	s := secret.New(m, "arn:link")
	if m.calls != 0 {
		t.Error("fetched before its first use")
	}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			ring, err := s.Keyring(t.Context(), now)
			if err != nil || string(ring.Current()) != value("b") {
				t.Errorf("got %v", err)
			}
			for _, key := range []string{value("a"), value("b")} {
				if _, err := link.Verify(ring, token(t, key), now); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if m.calls != 2 {
		t.Errorf("%d calls, want one for each stage", m.calls)
	}
}

func TestASecretNeverRotatedHasNoPrevious(t *testing.T) {
	s := secret.New(&manager{stages: map[string]string{"AWSCURRENT": value("a")}}, "arn:link")
	ring, err := s.Keyring(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := link.Verify(ring, token(t, value("a")), now); err != nil {
		t.Error(err)
	}
}

func TestARotationIsSeenAtMostOnceAMinute(t *testing.T) {
	m := &manager{stages: map[string]string{"AWSCURRENT": value("a")}}
	s := secret.New(m, "arn:link")
	if _, err := s.Keyring(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	m.stages = map[string]string{"AWSCURRENT": value("b"), "AWSPREVIOUS": value("a")}
	before := m.calls
	for i := range 59 {
		ring, err := s.Refresh(t.Context(), now.Add(time.Duration(i)*time.Second))
		if err != nil || string(ring.Current()) != value("a") {
			t.Fatalf("after %d s: %v", i, err)
		}
	}
	if m.calls != before {
		t.Errorf("%d calls within the minute", m.calls-before)
	}
	ring, err := s.Refresh(t.Context(), now.Add(time.Minute))
	if err != nil || string(ring.Current()) != value("b") || m.calls != before+2 {
		t.Errorf("after a minute: %v, %d calls", err, m.calls-before)
	}
	if again, err := s.Keyring(t.Context(), now); err != nil || string(again.Current()) != value("b") {
		t.Errorf("the new ring is kept: %v", err)
	}
}

func TestAFailedRefreshLeavesTheRing(t *testing.T) {
	m := &manager{stages: map[string]string{"AWSCURRENT": value("a")}}
	s := secret.New(m, "arn:link")
	if _, err := s.Keyring(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	m.err = errors.New("throttled")
	if _, err := s.Refresh(t.Context(), now.Add(time.Minute)); !errors.Is(err, m.err) {
		t.Errorf("got %v", err)
	}
	if ring, err := s.Keyring(t.Context(), now); err != nil || string(ring.Current()) != value("a") {
		t.Errorf("got %v", err)
	}
	calls := m.calls
	if _, err := s.Refresh(t.Context(), now.Add(90*time.Second)); err != nil || m.calls != calls {
		t.Errorf("a failure too counts for the minute: %v, %d calls", err, m.calls-calls)
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	for name, m := range map[string]*manager{
		"unknown secret":  {},
		"throttled":       {err: errors.New("throttled")},
		"short":           {stages: map[string]string{"AWSCURRENT": "short"}},
		"previous broken": {stages: map[string]string{"AWSCURRENT": value("a"), "AWSPREVIOUS": "short"}},
	} {
		s := secret.New(m, "arn:link")
		ring, err := s.Keyring(t.Context(), now)
		if err == nil || !ring.IsZero() || strings.Contains(err.Error(), "short") {
			t.Errorf("%s: got %v", name, err)
		}
		m.err, m.stages = nil, map[string]string{"AWSCURRENT": value("a")}
		if _, err := s.Keyring(t.Context(), now); err != nil {
			t.Errorf("%s: the next use tries again: %v", name, err)
		}
	}
}
