package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fake takes messages and refuses those that verdict names.
type fake struct {
	t       testing.TB
	taken   []string
	reasons []string
	calls   int
	verdict func(call int, body string) *Failed
	err     error
}

func (f *fake) SendBatch(_ context.Context, _ string, entries []Entry) (*Answer, error) {
	f.calls++
	if f.err != nil {
		return nil, f.err
	}
	if n := len(entries); n == 0 || n > 10 {
		f.t.Errorf("a batch of %d entries, want 1 to 10", n)
	}
	out, size := new(Answer), 0
	for _, e := range entries {
		size += len(e.Body)
		if f.verdict != nil {
			if v := f.verdict(f.calls, e.Body); v != nil {
				v.ID = e.ID
				out.Failed = append(out.Failed, *v)
				continue
			}
		}
		f.taken = append(f.taken, e.Body)
		f.reasons = append(f.reasons, e.Attributes["reason"])
		out.Successful = append(out.Successful, Taken{ID: e.ID})
	}
	if size > MaxBytes {
		f.t.Errorf("a batch of %d bytes, want at most %d", size, MaxBytes)
	}
	return out, nil
}

func noWait(context.Context, time.Duration) bool { return true }

func numbered(n int) []Message {
	m := make([]Message, n)
	for i := range m {
		m[i].Body = fmt.Sprintf("message %d", i)
	}
	return m
}

func TestSendsEveryMessageInBatches(t *testing.T) {
	f := &fake{t: t}
	for i, err := range New(f).Send(t.Context(), "q", numbered(25)) {
		if err != nil {
			t.Errorf("message %d: %v", i, err)
		}
	}
	if f.calls != 3 || len(f.taken) != 25 {
		t.Errorf("%d calls took %d messages, want 3 calls and 25 messages", f.calls, len(f.taken))
	}
}

func TestRepeatsWhatFailedForTheMoment(t *testing.T) {
	f := &fake{t: t, verdict: func(call int, body string) *Failed {
		if call < 3 && body == "message 4" {
			return &Failed{Code: "InternalError"}
		}
		return nil
	}}
	for i, err := range New(f).WithWait(noWait).Send(t.Context(), "q", numbered(7)) {
		if err != nil {
			t.Errorf("message %d: %v", i, err)
		}
	}
	if f.calls != 3 || len(f.taken) != 7 {
		t.Errorf("%d calls took %d messages, want 3 calls and each message once", f.calls, len(f.taken))
	}
}

func TestReportsWhatStaysFailedAndWhatIsRefused(t *testing.T) {
	f := &fake{t: t, verdict: func(_ int, body string) *Failed {
		switch body {
		case "message 2":
			return &Failed{Code: "InternalError"}
		case "message 5":
			return &Failed{Code: "InvalidMessageContents", SenderFault: true}
		}
		return nil
	}}
	messages := append(numbered(7), Message{Body: strings.Repeat("x", MaxBytes+1)})
	for i, err := range New(f).WithWait(noWait).Send(t.Context(), "q", messages) {
		if failed, want := err != nil, i == 2 || i == 5 || i == 7; failed != want {
			t.Errorf("message %d: error %v, want failed %t", i, err, want)
		}
		if refused, want := errors.Is(err, ErrRefused), i == 5 || i == 7; refused != want {
			t.Errorf("message %d: error %v, want refused %t", i, err, want)
		}
	}
	if f.calls != rounds {
		t.Errorf("%d calls, want %d rounds and no more", f.calls, rounds)
	}
}

func TestStopsAfterACallThatFailed(t *testing.T) {
	f := &fake{t: t, err: errors.New("no route")}
	for i, err := range New(f).WithWait(noWait).Send(t.Context(), "q", numbered(25)) {
		if !errors.Is(err, f.err) {
			t.Errorf("message %d: %v, want %v", i, err, f.err)
		}
	}
	if f.calls != 1 {
		t.Errorf("%d calls, want 1", f.calls)
	}
}

func TestStopsRepeatingWhenTimeIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := &fake{t: t, verdict: func(int, string) *Failed {
		return &Failed{Code: "InternalError"}
	}}
	if errs := New(f).Send(ctx, "q", numbered(1)); errs[0] == nil || f.calls != 1 {
		t.Errorf("error %v after %d calls, want an error after 1 call", errs[0], f.calls)
	}
}

func TestCarriesTheReason(t *testing.T) {
	f := &fake{t: t}
	New(f).Send(t.Context(), "q", []Message{{Body: "a", Reason: "no such kind"}, {Body: "b"}})
	if len(f.reasons) != 2 || f.reasons[0] != "no such kind" || f.reasons[1] != "" {
		t.Errorf("reasons %q, want the first message's only", f.reasons)
	}
}

func TestAnySizesArriveOnceInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{1, 100, 60_000, 130_000, MaxBytes - 1, MaxBytes, MaxBytes + 1}), 0, 30).Draw(rt, "sizes")
		var messages []Message
		var want []string
		for _, n := range sizes {
			body := strings.Repeat("x", n)
			messages = append(messages, Message{Body: body})
			if n <= MaxBytes {
				want = append(want, body)
			}
		}
		f := &fake{t: t}
		errs := New(f).Send(context.Background(), "q", messages)
		if len(f.taken) != len(want) {
			rt.Fatalf("took %d messages, want %d", len(f.taken), len(want))
		}
		for i := range want {
			if len(f.taken[i]) != len(want[i]) {
				rt.Fatalf("message %d has %d bytes, want %d", i, len(f.taken[i]), len(want[i]))
			}
		}
		for i, n := range sizes {
			if errors.Is(errs[i], ErrRefused) != (n > MaxBytes) {
				rt.Fatalf("message %d of %d bytes: %v", i, n, errs[i])
			}
		}
	})
}

// slow holds each call until as many as at once are under way, and then answers.
type slow struct {
	mu      sync.Mutex
	under   int
	most    int
	calls   int
	gate    chan struct{} // closed when enough are under way
	atOnce  int
	failing bool
}

func (s *slow) SendBatch(_ context.Context, _ string, entries []Entry) (*Answer, error) {
	s.mu.Lock()
	s.calls++
	s.under++
	s.most = max(s.most, s.under)
	if s.under == s.atOnce && s.calls <= s.atOnce {
		close(s.gate)
	}
	s.mu.Unlock()
	<-s.gate
	s.mu.Lock()
	defer s.mu.Unlock()
	s.under--
	if s.failing {
		return nil, errors.New("no route")
	}
	out := new(Answer)
	for _, e := range entries {
		out.Successful = append(out.Successful, Taken{ID: e.ID})
	}
	return out, nil
}

func TestCallsAreMadeBesideEachOtherWhereAsked(t *testing.T) {
	api := &slow{gate: make(chan struct{}), atOnce: 3}
	for i, err := range New(api).Beside(3).Send(t.Context(), "q", numbered(95)) {
		if err != nil {
			t.Errorf("message %d: %v", i, err)
		}
	}
	if api.most != 3 || api.calls != 10 {
		t.Errorf("%d calls, %d at once, want 10 and 3", api.calls, api.most)
	}
}

func TestCallsBesideEachOtherStopWithTheFirstThatFailed(t *testing.T) {
	api := &slow{gate: make(chan struct{}), atOnce: 3, failing: true}
	for i, err := range New(api).Beside(3).Send(t.Context(), "q", numbered(95)) {
		if err == nil {
			t.Errorf("message %d was taken", i)
		}
	}
	if api.calls != 3 {
		t.Errorf("%d calls, want those that were under way: 3", api.calls)
	}
}
