package factfile

import (
	"crypto/sha256"
	"encoding/binary"

	"resonanz/shared/responses"
)

// transition names the columns of a file of transitions.
type transition struct {
	Case             string  `parquet:"case_number,dict"`
	Seq              int32   `parquet:"seq"`
	At               int64   `parquet:"happened_at,timestamp(millisecond)"`
	Action           string  `parquet:"action,dict"`
	Actor            *string `parquet:"actor,optional,dict"`
	Rule             *string `parquet:"rule,optional,dict"`
	From             *string `parquet:"from_status,optional,dict"`
	Status           *string `parquet:"status,optional,dict"`
	Informed         bool    `parquet:"informed"`
	Notifiable       bool    `parquet:"notifiable"`
	Family           string  `parquet:"family,dict"`
	Touchpoint       *string `parquet:"touchpoint,optional,dict"`
	Channel          *string `parquet:"channel,optional,dict"`
	Category         *string `parquet:"category,optional,dict"`
	Severity         *string `parquet:"severity,optional,dict"`
	Segment          *string `parquet:"segment,optional,dict"`
	ResponseKey      *string `parquet:"response_key,optional,dict"`
	ReceivedAt       int64   `parquet:"received_at,timestamp(millisecond)"`
	Policy           *string `parquet:"policy,optional,dict"`
	AcknowledgedAt   *int64  `parquet:"acknowledged_at,optional,timestamp(millisecond)"`
	FirstResponseAt  *int64  `parquet:"first_response_at,optional,timestamp(millisecond)"`
	ResolvedAt       *int64  `parquet:"resolved_at,optional,timestamp(millisecond)"`
	LastResolvedAt   *int64  `parquet:"last_resolved_at,optional,timestamp(millisecond)"`
	ClosedAt         *int64  `parquet:"closed_at,optional,timestamp(millisecond)"`
	ReopenedAt       *int64  `parquet:"reopened_at,optional,timestamp(millisecond)"`
	ApologyAt        *int64  `parquet:"apology_at,optional,timestamp(millisecond)"`
	Decision         *string `parquet:"decision,optional,dict"`
	DecisionReason   *string `parquet:"decision_reason,optional,dict"`
	DecisionOwned    bool    `parquet:"decision_owned"`
	RootCause        *string `parquet:"root_cause,optional,dict"`
	CorrectiveAction *string `parquet:"corrective_action,optional,dict"`
	Satisfaction     *int32  `parquet:"satisfaction,optional"`
	Compensations    *string `parquet:"compensations,optional,dict"` // JSON: [{"kind":"refund","cents":500}]
}

// escalation names the columns of a file of escalations.
type escalation struct {
	EventID    [16]byte `parquet:"event_id,uuid"`
	Case       string   `parquet:"case_number,dict"`
	Rule       string   `parquet:"rule,dict"`
	Clock      *string  `parquet:"clock,optional,dict"`
	Family     string   `parquet:"family,dict"`
	Touchpoint *string  `parquet:"touchpoint,optional,dict"`
	Category   *string  `parquet:"category,optional,dict"`
	RaisedAt   int64    `parquet:"raised_at,timestamp(millisecond)"`
	SeenAt     *int64   `parquet:"seen_at,optional,timestamp(millisecond)"`
	HandledAt  *int64   `parquet:"handled_at,optional,timestamp(millisecond)"`
	At         int64    `parquet:"known_at,timestamp(millisecond)"`
}

func transitionOf(b *responses.Batch, t *responses.Transition) transition {
	named := func(n responses.Name) *string { return word(b.Text(n)) }
	return transition{
		Case: b.Text(t.Case), Seq: int32(t.Seq), At: t.At,
		Action: b.Text(t.Action), Actor: named(t.By), Rule: named(t.Rule), From: named(t.From), Status: named(t.Status),
		Informed: t.Informed, Notifiable: t.Notifiable,
		Family: b.Text(t.Family), Touchpoint: named(t.Touchpoint), Channel: named(t.Channel), Category: named(t.Category),
		Severity: named(t.Severity), Segment: segment(t.Segment), ResponseKey: keyed(t.Key), ReceivedAt: t.Received,
		Policy: named(t.Policy), AcknowledgedAt: instantOf(t.AcknowledgedAt), FirstResponseAt: instantOf(t.FirstResponseAt),
		ResolvedAt: instantOf(t.ResolvedAt), LastResolvedAt: instantOf(t.LastResolvedAt), ClosedAt: instantOf(t.ClosedAt),
		ReopenedAt: instantOf(t.ReopenedAt), ApologyAt: instantOf(t.ApologyAt),
		Decision: named(t.Decision), DecisionReason: named(t.DecisionReason), DecisionOwned: t.DecidedByName,
		RootCause: named(t.RootCause), CorrectiveAction: named(t.Measure),
		Satisfaction: number(t.Satisfaction), Compensations: named(t.Compensations),
	}
}

func escalationOf(b *responses.Batch, e *responses.Escalation) escalation {
	return escalation{
		EventID: e.Event, Case: b.Text(e.Case), Rule: b.Text(e.Rule), Clock: word(b.Text(e.Clock)),
		Family: b.Text(e.Family), Touchpoint: word(b.Text(e.Touchpoint)), Category: word(b.Text(e.Category)),
		RaisedAt: e.Raised, SeenAt: instantOf(e.Seen), HandledAt: instantOf(e.Handled), At: e.At,
	}
}

// transitionID names a transition in 16 bytes: by its case and number in it.
func transitionID(b *responses.Batch, t *responses.Transition) [16]byte {
	text := append([]byte(b.Text(t.Case)), 0)
	return first16(binary.BigEndian.AppendUint32(text, t.Seq))
}

// standingID names an escalation as it stood at a time: raised, seen and handled
// are rows of their own, and so are those of entries of one time that tell the case
// otherwise; they must not overwrite each other's object.
func standingID(b *responses.Batch, e *responses.Escalation) [16]byte {
	text := append(make([]byte, 0, 80), e.Event[:]...)
	for _, at := range [...]int64{e.At, e.Seen, e.Handled} {
		text = binary.BigEndian.AppendUint64(text, uint64(at))
	}
	for _, n := range [...]responses.Name{e.Family, e.Touchpoint, e.Category} {
		text = append(append(text, b.Text(n)...), 0)
	}
	return first16(text)
}

func first16(text []byte) [16]byte {
	sum := sha256.Sum256(text)
	return [16]byte(sum[:16])
}
