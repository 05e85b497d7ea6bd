package facts

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// readStep returns the facts of a step: its transition, in the month in which it
// happened, and each escalation that it changed, in the month in which that was
// raised, so that whatever is told of it later lies beside it. Errors name the
// field and never repeat a value.
func readStep(s *events.Step, zone *time.Location) ([]Fact, error) {
	if err := checkStep(s); err != nil {
		return nil, fmt.Errorf("reading a step: %w", err)
	}
	all := []Fact{{Partition{Month: period.Of(s.At, zone), Kind: factfile.KindTransition}, func(b *responses.Batch) error { return b.AddTransition(s) }}}
	for i := range s.Escalations {
		e := &s.Escalations[i]
		all = append(all, Fact{
			Partition{Month: period.Of(e.RaisedAt, zone), Kind: factfile.KindEscalation}, func(b *responses.Batch) error { return b.AddEscalation(s, e) },
		})
	}
	var probe responses.Batch // all of a step's facts are put into their objects, or none
	for _, p := range all {
		if _, err := period.Parse(p.Month.String()); err != nil {
			return nil, errors.New("reading a step: at: no time of this system")
		}
		if err := p.put(&probe); err != nil {
			return nil, fmt.Errorf("reading a step: %w", err)
		}
	}
	return all, nil
}

var (
	families = []casefile.Family{"", casefile.Callback, casefile.Complaint, casefile.Attention, casefile.Gap, casefile.Alarm}
	actors   = []casefile.ActorKind{"", casefile.System, casefile.Staff, casefile.Customer}
)

// checkStep wants codes: anything else could be anybody's words, name or address.
// The batch checks what is missing.
func checkStep(s *events.Step) error {
	if _, err := casefile.ParseNumber(s.Case); err != nil {
		return errors.New("case: no number of a case")
	}
	var touchpoint, channel, key error
	if s.Touchpoint != "" {
		_, touchpoint = feedback.ParseTouchpoint(string(s.Touchpoint))
	}
	if s.Channel != "" {
		_, channel = feedback.ParseChannel(string(s.Channel))
	}
	if s.ResponseKey != "" {
		_, key = feedback.ParseResponseKey(string(s.ResponseKey))
	}
	_, segment := feedback.ParseSegment(s.Segment)
	err := cmp.Or(touchpoint, channel, key, segment,
		known("family", families, casefile.Family(s.Family)), known("by", actors, casefile.ActorKind(s.By)),
		known("severity", append(casefile.Severities[:], ""), casefile.Severity(s.Severity)), given("at", s.At), given("received_at", s.ReceivedAt))
	for _, f := range [...]struct{ name, value string }{
		{"action", s.Action}, {"rule", s.Rule}, {"from", s.From}, {"status", s.Status}, {"category", s.Category}, {"policy", s.Policy},
		{"decision", s.Decision}, {"decision_reason", s.DecisionReason}, {"root_cause", s.RootCause}, {"corrective_action", s.Measure},
	} {
		err = cmp.Or(err, id(f.name, f.value))
	}
	for _, c := range s.Compensations {
		err = cmp.Or(err, id("compensations", c.Kind))
	}
	for _, e := range s.Escalations {
		err = cmp.Or(err, id("escalations: rule", e.Rule), id("escalations: clock", e.Clock), given("escalations: raised_at", e.RaisedAt),
			believable("escalations: seen_at", e.SeenAt), believable("escalations: handled_at", e.HandledAt))
	}
	return cmp.Or(err, believable("acknowledged_at", s.AcknowledgedAt), believable("first_response_at", s.FirstResponseAt),
		believable("resolved_at", s.ResolvedAt), believable("last_resolved_at", s.LastResolvedAt), believable("closed_at", s.ClosedAt),
		believable("reopened_at", s.ReopenedAt), believable("apology_at", s.ApologyAt))
}

func known[T comparable](field string, list []T, v T) error {
	if !slices.Contains(list, v) {
		return fmt.Errorf("%s: %w: none of the known ones", field, feedback.ErrInvalid)
	}
	return nil
}

// id refuses what is not empty and no configured code or id.
func id(field, s string) error {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' && c != '/' {
			return fmt.Errorf("%s: %w: want a code", field, feedback.ErrInvalid)
		}
	}
	return nil
}
