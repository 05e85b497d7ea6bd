package factfile

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/parquet-go/parquet-go"

	"resonanz/events"
	"resonanz/shared/responses"
)

// looseStep is what a data frame makes of a transition: wide numbers, columns of
// any order, what it does not know left out.
type looseStep struct {
	Compensations *string    `parquet:"compensations,optional,plain"`
	Satisfaction  *float64   `parquet:"satisfaction,optional"`
	ResolvedAt    *int64     `parquet:"resolved_at,optional,timestamp(nanosecond)"`
	ResponseKey   *string    `parquet:"response_key,optional,plain"`
	Case          string     `parquet:"case_number,plain"`
	Seq           int64      `parquet:"seq"`
	At            time.Time  `parquet:"happened_at,timestamp(microsecond)"`
	Action        string     `parquet:"action,plain"`
	Informed      bool       `parquet:"informed"`
	Notifiable    bool       `parquet:"notifiable"`
	Owned         bool       `parquet:"decision_owned"`
	Family        string     `parquet:"family,plain"`
	ReceivedAt    time.Time  `parquet:"received_at,timestamp(millisecond)"`
	ClosedAt      *time.Time `parquet:"closed_at,optional,timestamp(millisecond)"`
	Extra         string     `parquet:"a_column_of_tomorrow"`
}

func TestTransitionsOfOtherWritersAreRead(t *testing.T) {
	at := time.UnixMilli(1_772_000_000_123).UTC()
	good := looseStep{
		Case: "2603-W5DA-3M0T", Seq: 3, At: at, Action: "resolved", Family: "complaint", ReceivedAt: at.Add(-time.Hour), Informed: true,
		Satisfaction: ptr(4.0), ResolvedAt: ptr(at.UnixNano()), ResponseKey: ptr("2026-03-aaaaaaaaaaaaaaaa"),
		Compensations: ptr(` [ {"cents" : 500, "kind":"refund"} , {"kind":"apology"} ] `),
	}
	read := func(rows ...looseStep) (*responses.Batch, error) {
		var out bytes.Buffer
		if err := parquet.Write(&out, rows, parquet.Compression(&parquet.Snappy)); err != nil {
			t.Fatal(err)
		}
		b := new(responses.Batch)
		return b, Read(KindTransition, out.Bytes(), b)
	}
	got, err := read(good)
	if err != nil {
		t.Fatal(err)
	}
	want := new(responses.Batch)
	err = want.AddTransition(&events.Step{
		Case: "2603-W5DA-3M0T", Seq: 3, At: at, Action: "resolved", Family: "complaint", ReceivedAt: at.Add(-time.Hour), Informed: true,
		Satisfaction: 4, ResolvedAt: at, ResponseKey: "2026-03-aaaaaaaaaaaaaaaa",
		Compensations: []events.Compensation{{Kind: "refund", Cents: 500}, {Kind: "apology"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(want, got); d != "" {
		t.Errorf("facts differ (-want +read):\n%s", d)
	}
	for column, spoil := range map[string]func(*looseStep){
		"compensations": func(s *looseStep) { s.Compensations = ptr("refund of 5 EUR for Erika") },
		"satisfaction":  func(s *looseStep) { s.Satisfaction = ptr(3.5) },
		"seq":           func(s *looseStep) { s.Seq = -1 },
		"response_key":  func(s *looseStep) { s.ResponseKey = ptr("2026-03") },
	} {
		bad := good
		spoil(&bad)
		got, err := read(good, bad)
		if !errors.Is(err, ErrFormat) || ReasonOf(err) != Corrupt || !strings.Contains(err.Error(), "column "+column) || strings.Contains(err.Error(), "Erika") || len(got.Transitions) != 0 {
			t.Errorf("%s: error %v with %d facts", column, err, len(got.Transitions))
		}
	}
}

// seen is an escalation as parquet-go's own reader sees it.
type seen struct {
	EventID    uuid.UUID  `parquet:"event_id,uuid"`
	Case       string     `parquet:"case_number"`
	Rule       string     `parquet:"rule"`
	Clock      *string    `parquet:"clock,optional"`
	Touchpoint *string    `parquet:"touchpoint,optional"`
	RaisedAt   time.Time  `parquet:"raised_at,timestamp(millisecond)"`
	SeenAt     *time.Time `parquet:"seen_at,optional,timestamp(millisecond)"`
	KnownAt    time.Time  `parquet:"known_at,timestamp(millisecond)"`
}

func TestParquetGoReadsEscalationsAndContacts(t *testing.T) {
	at := time.UnixMilli(1_772_000_000_123).UTC()
	b := new(responses.Batch)
	step := &events.Step{Case: "2603-W5DA-3M0T", Seq: 3, At: at, Action: "seen", Family: "complaint", Touchpoint: "repair"}
	if err := b.AddEscalation(step, &events.Escalation{Rule: "SLA_BREACH", Clock: "resolution", RaisedAt: at.Add(-time.Hour), SeenAt: at}); err != nil {
		t.Fatal(err)
	}
	data := mustWrite(t, KindEscalation, b)
	got, err := parquet.Read[seen](bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	want := []seen{{
		EventID: responses.EscalationEvent("2603-W5DA-3M0T", "SLA_BREACH", "resolution", at.Add(-time.Hour)), Case: "2603-W5DA-3M0T",
		Rule: "SLA_BREACH", Clock: ptr("resolution"), Touchpoint: ptr("repair"), RaisedAt: at.Add(-time.Hour), SeenAt: ptr(at), KnownAt: at,
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +parquet-go):\n%s", d)
	}
}
