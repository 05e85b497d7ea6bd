package responses

// Transition is one timeline entry of a case as reporting sees it: what
// happened, and how the case stood after it. Times are milliseconds since 1970
// UTC; 0 is none. Codes are those of package casefile.
type Transition struct {
	Case       Name // its number
	Seq        uint32
	At         int64
	Action     Name
	By         Name // system, staff or customer
	Rule       Name
	From       Name // status before, where it changed
	Status     Name // after
	Informed   bool // the customer is told by mail
	Notifiable bool // the customer can be told

	Family     Name
	Touchpoint Name
	Channel    Name
	Category   Name
	Severity   Name
	Segment    uint8
	Key        Key // of the response behind it; zero: none
	Received   int64

	Policy          Name
	AcknowledgedAt  int64
	FirstResponseAt int64
	ResolvedAt      int64 // first
	LastResolvedAt  int64
	ClosedAt        int64
	ReopenedAt      int64
	ApologyAt       int64
	Decision        Name
	DecisionReason  Name // code
	DecidedByName   bool // somebody answers for it
	RootCause       Name
	Measure         Name // id of the corrective action
	Satisfaction    Opt  // with the handling, 1 to 5
	Compensations   Name // promised ones, as canonical JSON: [{"kind":"refund","cents":500}]
}

// Escalation is one rule that escalated a case, as it stood at At: raised, seen,
// handled. Of several of one Event the one with the latest At counts. Times are
// milliseconds since 1970 UTC; 0 is none.
type Escalation struct {
	Event      [16]byte // of case, rule, clock and time raised
	Case       Name
	Rule       Name
	Clock      Name // name of the deadline, of SLA_AT_RISK and SLA_BREACH
	Family     Name
	Touchpoint Name
	Category   Name
	Raised     int64
	Seen       int64
	Handled    int64
	At         int64
}

// names are the fields of t that are names, in a fixed order.
func (t *Transition) names() [17]*Name {
	return [...]*Name{
		&t.Case, &t.Action, &t.By, &t.Rule, &t.From, &t.Status, &t.Family, &t.Touchpoint, &t.Channel, &t.Category,
		&t.Severity, &t.Policy, &t.Decision, &t.DecisionReason, &t.RootCause, &t.Measure, &t.Compensations,
	}
}

// times are the fields of t that are times, in a fixed order.
func (t *Transition) times() [9]int64 {
	return [...]int64{
		t.At, t.Received, t.AcknowledgedAt, t.FirstResponseAt, t.ResolvedAt, t.LastResolvedAt, t.ClosedAt, t.ReopenedAt, t.ApologyAt,
	}
}

// names are the fields of e that are names, in a fixed order.
func (e *Escalation) names() [6]*Name {
	return [...]*Name{&e.Case, &e.Rule, &e.Clock, &e.Family, &e.Touchpoint, &e.Category}
}
