package factfile

import (
	"math"

	"resonanz/shared/responses"
)

var transitionColumns = []column[responses.Transition]{
	name("case_number", false, func(t *responses.Transition) *responses.Name { return &t.Case }),
	{name: "seq", form: number32, set: func(t *responses.Transition, x int64) error {
		if x < 0 || x > math.MaxInt32 {
			return errRange
		}
		t.Seq = uint32(x)
		return nil
	}},
	millis("happened_at", func(t *responses.Transition) *int64 { return &t.At }),
	name("action", false, func(t *responses.Transition) *responses.Name { return &t.Action }),
	name("actor", true, func(t *responses.Transition) *responses.Name { return &t.By }),
	name("rule", true, func(t *responses.Transition) *responses.Name { return &t.Rule }),
	name("from_status", true, func(t *responses.Transition) *responses.Name { return &t.From }),
	name("status", true, func(t *responses.Transition) *responses.Name { return &t.Status }),
	yes("informed", false, func(t *responses.Transition) *bool { return &t.Informed }),
	yes("notifiable", false, func(t *responses.Transition) *bool { return &t.Notifiable }),
	name("family", false, func(t *responses.Transition) *responses.Name { return &t.Family }),
	name("touchpoint", true, func(t *responses.Transition) *responses.Name { return &t.Touchpoint }),
	name("channel", true, func(t *responses.Transition) *responses.Name { return &t.Channel }),
	name("category", true, func(t *responses.Transition) *responses.Name { return &t.Category }),
	name("severity", true, func(t *responses.Transition) *responses.Name { return &t.Severity }),
	segments(func(t *responses.Transition) *uint8 { return &t.Segment }),
	{name: "response_key", form: text, optional: true, parse: func(t *responses.Transition, b []byte) error { return parseKey(&t.Key, b) }},
	millis("received_at", func(t *responses.Transition) *int64 { return &t.Received }),
	name("policy", true, func(t *responses.Transition) *responses.Name { return &t.Policy }),
	sometimes("acknowledged_at", func(t *responses.Transition) *int64 { return &t.AcknowledgedAt }),
	sometimes("first_response_at", func(t *responses.Transition) *int64 { return &t.FirstResponseAt }),
	sometimes("resolved_at", func(t *responses.Transition) *int64 { return &t.ResolvedAt }),
	sometimes("last_resolved_at", func(t *responses.Transition) *int64 { return &t.LastResolvedAt }),
	sometimes("closed_at", func(t *responses.Transition) *int64 { return &t.ClosedAt }),
	sometimes("reopened_at", func(t *responses.Transition) *int64 { return &t.ReopenedAt }),
	sometimes("apology_at", func(t *responses.Transition) *int64 { return &t.ApologyAt }),
	name("decision", true, func(t *responses.Transition) *responses.Name { return &t.Decision }),
	name("decision_reason", true, func(t *responses.Transition) *responses.Name { return &t.DecisionReason }),
	yes("decision_owned", false, func(t *responses.Transition) *bool { return &t.DecidedByName }),
	name("root_cause", true, func(t *responses.Transition) *responses.Name { return &t.RootCause }),
	name("corrective_action", true, func(t *responses.Transition) *responses.Name { return &t.Measure }),
	opt("satisfaction", func(t *responses.Transition) *responses.Opt { return &t.Satisfaction }),
	compensations,
}

// compensations are canonical within, whatever a writer made of the JSON.
var compensations = column[responses.Transition]{name: "compensations", form: words, optional: true,
	set: func(t *responses.Transition, x int64) error { t.Compensations = responses.Name(x); return nil },
	code: func(b *responses.Batch, s string) (int64, error) {
		if len(s) > maxJSON {
			return 0, errRange
		}
		promised, err := responses.ParseCompensations(s)
		if err != nil {
			return 0, errPromises
		}
		canonical, err := responses.CompensationsText(promised)
		if err != nil {
			return 0, errPromises
		}
		return int64(b.Name(canonical)), nil
	}}

var escalationColumns = []column[responses.Escalation]{
	{name: "event_id", form: text, parse: func(e *responses.Escalation, b []byte) error { return parseEvent(&e.Event, b) }},
	name("case_number", false, func(e *responses.Escalation) *responses.Name { return &e.Case }),
	name("rule", false, func(e *responses.Escalation) *responses.Name { return &e.Rule }),
	name("clock", true, func(e *responses.Escalation) *responses.Name { return &e.Clock }),
	name("family", false, func(e *responses.Escalation) *responses.Name { return &e.Family }),
	name("touchpoint", true, func(e *responses.Escalation) *responses.Name { return &e.Touchpoint }),
	name("category", true, func(e *responses.Escalation) *responses.Name { return &e.Category }),
	millis("raised_at", func(e *responses.Escalation) *int64 { return &e.Raised }),
	sometimes("seen_at", func(e *responses.Escalation) *int64 { return &e.Seen }),
	sometimes("handled_at", func(e *responses.Escalation) *int64 { return &e.Handled }),
	millis("known_at", func(e *responses.Escalation) *int64 { return &e.At }),
}
