package factfile

import (
	"reflect"

	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/responses"
)

// each calls do with every name of a fact.
func each(fact any, do func(*responses.Name)) {
	v := reflect.ValueOf(fact).Elem()
	for i := range v.NumField() {
		if n, ok := v.Field(i).Addr().Interface().(*responses.Name); ok {
			do(n)
		}
	}
}

// renamed are the texts of a fact's names.
func renamed(fact any, text func(responses.Name) string) (out []string) {
	each(fact, func(n *responses.Name) { out = append(out, text(*n)) })
	return out
}

var (
	anyWord   = rapid.SampledFrom([]string{"a", "opened", "SLA_BREACH", "2603-AAAA-BBBB", "billing.late"})
	maybeWord = rapid.SampledFrom([]string{"", "b", "resolved", "SLA_AT_RISK", "hotline"})
	maybeTime = rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, 4e12))
	anyTime   = rapid.Int64Range(0, 4e12)
)

func anyContact(t *rapid.T, b *responses.Batch, i *responses.Invitation) responses.Contact {
	c := responses.Contact{
		Event: i.Event, Key: i.Key, At: i.Issued, Received: i.Received, Touchpoint: i.Touchpoint,
		Topic: b.Name(anyCode.Draw(t, "topic")), Known: rapid.Bool().Draw(t, "known"), Beyond: rapid.Bool().Draw(t, "beyond"),
		Resolved: responses.Opt(rapid.Int8Range(0, 2).Draw(t, "resolved")), Previous: maybeTime.Draw(t, "previous"),
	}
	if rapid.Bool().Draw(t, "linked") {
		c.PreviousKey = anyKey(t)
	}
	return c
}

func anyTransition(t *rapid.T, b *responses.Batch) responses.Transition {
	var s responses.Transition
	each(&s, func(n *responses.Name) { *n = b.Name(maybeWord.Draw(t, "word")) })
	s.Case, s.Action, s.Family = b.Name(anyWord.Draw(t, "case")), b.Name(anyWord.Draw(t, "action")), b.Name(anyWord.Draw(t, "family"))
	promised, err := responses.CompensationsText(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) events.Compensation {
		return events.Compensation{Kind: anyCode.Draw(t, "kind"), Cents: rapid.Int64Range(0, 1e9).Draw(t, "cents")}
	}), 0, 3).Draw(t, "compensations"))
	if err != nil {
		t.Fatal(err)
	}
	s.Compensations = b.Name(promised)
	s.Seq, s.At, s.Received = rapid.Uint32Range(0, 1<<31-1).Draw(t, "seq"), anyTime.Draw(t, "at"), anyTime.Draw(t, "received")
	for _, at := range []*int64{&s.AcknowledgedAt, &s.FirstResponseAt, &s.ResolvedAt, &s.LastResolvedAt, &s.ClosedAt, &s.ReopenedAt, &s.ApologyAt} {
		*at = maybeTime.Draw(t, "time")
	}
	for _, yes := range []*bool{&s.Informed, &s.Notifiable, &s.DecidedByName} {
		*yes = rapid.Bool().Draw(t, "yes")
	}
	if rapid.Bool().Draw(t, "of a response") {
		s.Key = anyKey(t)
	}
	s.Segment, s.Satisfaction = anySegment(t), anyOpt(t)
	return s
}

func anyEscalation(t *rapid.T, b *responses.Batch) responses.Escalation {
	var e responses.Escalation
	each(&e, func(n *responses.Name) { *n = b.Name(maybeWord.Draw(t, "word")) })
	e.Case, e.Rule, e.Family = b.Name(anyWord.Draw(t, "case")), b.Name(anyWord.Draw(t, "rule")), b.Name(anyWord.Draw(t, "family"))
	copy(e.Event[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "event"))
	e.Raised, e.Seen, e.Handled, e.At = anyTime.Draw(t, "raised"), maybeTime.Draw(t, "seen"), maybeTime.Draw(t, "handled"), anyTime.Draw(t, "at")
	return e
}

// shuffleSteps puts contacts and steps of b into another batch, in another order,
// with other names, and some of them twice.
func shuffleSteps(t *rapid.T, b, into *responses.Batch) {
	move := func(fact any) {
		each(fact, func(n *responses.Name) { *n = into.Name(b.Text(*n)) })
	}
	for _, c := range append(rapid.Permutation(b.Contacts).Draw(t, "contacts"), b.Contacts[:len(b.Contacts)/2]...) {
		move(&c)
		into.Contacts = append(into.Contacts, c)
	}
	for _, s := range append(rapid.Permutation(b.Transitions).Draw(t, "transitions"), b.Transitions[:len(b.Transitions)/2]...) {
		move(&s)
		into.Transitions = append(into.Transitions, s)
	}
	for _, e := range append(rapid.Permutation(b.Escalations).Draw(t, "escalations"), b.Escalations[:len(b.Escalations)/2]...) {
		move(&e)
		into.Escalations = append(into.Escalations, e)
	}
}
