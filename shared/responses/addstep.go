package responses

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"resonanz/events"
	"resonanz/shared/feedback"
)

// AddTransition adds what one timeline entry says of its case. The error names
// the case, the entry and the field that is no valid fact; nothing is added then.
func (b *Batch) AddTransition(s *events.Step) error {
	key, err := checkStep(s)
	if err != nil {
		return err
	}
	compensations, err := CompensationsText(s.Compensations)
	if err != nil {
		return fmt.Errorf("case %s, entry %d: %w", s.Case, s.Seq, err)
	}
	b.Transitions = append(b.Transitions, Transition{
		Case: b.Name(s.Case), Seq: uint32(s.Seq), At: s.At.UnixMilli(),
		Action: b.Name(s.Action), By: b.Name(s.By), Rule: b.Name(s.Rule),
		From: b.Name(s.From), Status: b.Name(s.Status), Informed: s.Informed, Notifiable: s.Notifiable,
		Family: b.Name(s.Family), Touchpoint: b.Name(string(s.Touchpoint)), Channel: b.Name(string(s.Channel)),
		Category: b.Name(s.Category), Severity: b.Name(s.Severity), Segment: segment(s.Segment),
		Key: key, Received: instant(s.ReceivedAt),
		Policy: b.Name(s.Policy), AcknowledgedAt: instant(s.AcknowledgedAt), FirstResponseAt: instant(s.FirstResponseAt),
		ResolvedAt: instant(s.ResolvedAt), LastResolvedAt: instant(s.LastResolvedAt), ClosedAt: instant(s.ClosedAt),
		ReopenedAt: instant(s.ReopenedAt), ApologyAt: instant(s.ApologyAt),
		Decision: b.Name(s.Decision), DecisionReason: b.Name(s.DecisionReason), DecidedByName: s.Owned,
		RootCause: b.Name(s.RootCause), Measure: b.Name(s.Measure),
		Satisfaction: grade(s.Satisfaction), Compensations: b.Name(compensations),
	})
	return nil
}

// AddEscalation adds e, which the entry s changed, as it stands after it; errors
// as in AddTransition.
func (b *Batch) AddEscalation(s *events.Step, e *events.Escalation) error {
	if _, err := checkStep(s); err != nil {
		return err
	}
	if !isWord(e.Rule) || e.Clock != "" && !isWord(e.Clock) || e.RaisedAt.IsZero() {
		return fmt.Errorf("case %s, entry %d: escalation: %w: want a rule and the time it was raised", s.Case, s.Seq, feedback.ErrInvalid)
	}
	b.Escalations = append(b.Escalations, Escalation{
		Event: EscalationEvent(s.Case, e.Rule, e.Clock, e.RaisedAt),
		Case:  b.Name(s.Case), Rule: b.Name(e.Rule), Clock: b.Name(e.Clock), Family: b.Name(s.Family),
		Touchpoint: b.Name(string(s.Touchpoint)), Category: b.Name(s.Category),
		Raised: e.RaisedAt.UnixMilli(), Seen: instant(e.SeenAt), Handled: instant(e.HandledAt), At: s.At.UnixMilli(),
	})
	return nil
}

// EscalationEvent is the identity of an escalation: the first 16 bytes of the
// SHA-256 of case, rule, clock and the milliseconds since 1970 UTC at which it
// was raised, each followed by a zero byte.
func EscalationEvent(number, rule, clock string, raised time.Time) [16]byte {
	text := make([]byte, 0, 80)
	for _, part := range [...]string{number, rule, clock} {
		text = append(append(text, part...), 0)
	}
	sum := sha256.Sum256(append(strconv.AppendInt(text, raised.UnixMilli(), 10), 0))
	return [16]byte(sum[:16])
}

// CompensationsText is the canonical text of what was promised: a JSON list in
// the order of the promises; "" for none.
func CompensationsText(promised []events.Compensation) (string, error) {
	if len(promised) == 0 {
		return "", nil
	}
	for _, c := range promised {
		if !IsCode(c.Kind) || c.Cents < 0 {
			return "", fmt.Errorf("compensations: %w: want a kind and an amount that is not negative", feedback.ErrInvalid)
		}
	}
	text, err := json.Marshal(promised)
	if err != nil {
		return "", fmt.Errorf("compensations: %w", err)
	}
	return string(text), nil
}

// ParseCompensations reads what CompensationsText wrote.
func ParseCompensations(text string) ([]events.Compensation, error) {
	if text == "" {
		return nil, nil
	}
	var promised []events.Compensation
	if json.Unmarshal([]byte(text), &promised) != nil {
		return nil, fmt.Errorf("compensations: %w: want a JSON list", feedback.ErrInvalid)
	}
	if _, err := CompensationsText(promised); err != nil {
		return nil, err
	}
	return promised, nil
}

// checkStep says what of s is no fact, and returns the key of its response.
func checkStep(s *events.Step) (Key, error) {
	wrong := func(what string) (Key, error) {
		return Key{}, fmt.Errorf("case %s, entry %d: %w: %s", s.Case, s.Seq, feedback.ErrInvalid, what)
	}
	if !isWord(s.Case) {
		return Key{}, fmt.Errorf("case: %w: want its number", feedback.ErrInvalid)
	}
	if s.Seq < 0 || int64(s.Seq) > math.MaxInt32 || s.At.IsZero() || !isWord(s.Action) || !isWord(s.Family) {
		return wrong("want seq, at, action and family")
	}
	if s.Satisfaction < 0 || s.Satisfaction > 5 {
		return wrong("satisfaction: want 1 to 5")
	}
	for _, code := range [...]string{
		s.By, s.Rule, s.From, s.Status, string(s.Touchpoint), string(s.Channel), s.Category, s.Severity,
		s.Policy, s.Decision, s.DecisionReason, s.RootCause, s.Measure,
	} {
		if code != "" && !isWord(code) {
			return wrong("want codes of up to 64 letters, digits and marks")
		}
	}
	key, err := behind(s.ResponseKey)
	if err != nil {
		return wrong("response_key")
	}
	return key, nil
}

// isWord reports whether s is 1 to 64 visible characters of ASCII: a code or an
// id, never somebody's own words.
func isWord(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// behind is the compact form of a key that may be missing.
func behind(k feedback.ResponseKey) (Key, error) {
	if k == "" {
		return Key{}, nil
	}
	return ParseKey(k)
}

// instant is t in milliseconds since 1970 UTC; 0 where there is none.
func instant(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func grade(n int) Opt {
	if n == 0 {
		return 0
	}
	return Some(n)
}

func truth(p *bool) Opt {
	switch {
	case p == nil:
		return 0
	case *p:
		return Some(1)
	}
	return Some(0)
}
