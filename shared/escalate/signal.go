package escalate

import (
	"fmt"
	"strings"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// maxSubject bounds what a signal is about, in bytes.
const maxSubject = 200

// alarms are the rules about figures that a signal can name, with the priority
// of their cases.
var alarms = map[Rule]Priority{Spike: High, EvidenceGap: High, DataGap: Normal, SuspiciousVoting: Normal}

// CheckSignal refuses a signal that could not open a case: an unknown rule, no
// subject or one that is too long, or no time. The error quotes no value.
func CheckSignal(s *events.Signal) error {
	switch _, known := alarms[Rule(s.Rule)]; {
	case !known:
		return fmt.Errorf("signal: rule: %w: want SPIKE, DATA_GAP, SUSPICIOUS_VOTING or EVIDENCE_GAP", feedback.ErrInvalid)
	case s.Subject == "" || len(s.Subject) > maxSubject:
		return fmt.Errorf("signal: subject: %w: want 1 to %d bytes", feedback.ErrInvalid, maxSubject)
	case s.At.IsZero():
		return fmt.Errorf("signal: at: %w: want a time", feedback.ErrInvalid)
	}
	return nil
}

// SignalNumber is the number of the case of a signal at the given attempt (see
// casefile.NumberOf). Its month is the one that ends the subject, as in
// "checkout-cologne@2026-03-10T14", so that a signal told again at another time
// has the same number; else the month in UTC of the time looked at.
func SignalNumber(s *events.Signal, attempt int) casefile.Number {
	month := period.Of(s.At, time.UTC)
	if _, when, ok := cutLast(s.Subject, "@"); ok && len(when) >= len("2026-03") {
		if p, err := period.Parse(when[:len("2026-03")]); err == nil {
			month = p
		}
	}
	return casefile.NumberOf(casefile.Alarm, s.Rule+" "+s.Subject, month, attempt)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Signalled opens the case of a signal that CheckSignal accepts. Whoever is told
// first has StepAfter from now.
func Signalled(s *events.Signal, now time.Time, r Rules) (casefile.Case, casefile.Entry) {
	due := now.Add(r.StepAfter)
	c := casefile.Case{
		Number: SignalNumber(s, 0), Family: casefile.Alarm, Subject: s.Subject,
		Rule: s.Rule, Priority: string(alarms[Rule(s.Rule)]), Status: casefile.Open,
		Touchpoint: s.Touchpoint, Device: s.Device, Category: s.Category,
		OpenedAt: s.At, DueAt: due, NextAt: due,
	}
	e := opened(&c, now)
	figures := *s
	e.Alert.Signal = &figures
	return c, e
}

// SpikeOf is the spike a signal tells of; false when it tells of something else.
func SpikeOf(s *events.Signal) (casefile.Spike, bool) {
	return casefile.Spike{Rule: s.Rule, Subject: s.Subject, Touchpoint: s.Touchpoint, Category: s.Category, At: s.At},
		Rule(s.Rule) == Spike
}

// CriticalSpike is what the rule CRISIS keeps of a complaint of critical
// severity, which makes a spike of its category a crisis: from when it was found
// to be critical.
func CriticalSpike(c *casefile.Case) casefile.Spike {
	s := casefile.Spike{
		Rule: string(CriticalSeverity), Subject: string(c.Number), Touchpoint: c.Touchpoint, Category: c.Category,
		Critical: true, At: c.OpenedAt,
	}
	for _, e := range c.Handling.Escalations {
		if e.Rule == string(CriticalSeverity) && e.RaisedAt.After(s.At) {
			s.At = e.RaisedAt
		}
	}
	return s
}
