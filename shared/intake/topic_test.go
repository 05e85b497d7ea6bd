package intake_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// told is a request that tells of a contact about billing.
func told(event int) intaketest.Fields {
	id := feedback.DeriveEventID("contact", string(rune('a'+event)))
	return request.With("event_id", string(id)).With("customer_key", "K-1").With("topic", "billing").With("resolved", event%2 == 0)
}

func storedInvitation(t *testing.T, e *store.Entry) (in feedback.Invitation) {
	t.Helper()
	if err := json.Unmarshal(e.Event, &in); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestContactsAboutATopicAreLinkedAlsoWhereNobodyIsAsked(t *testing.T) {
	m := store.NewMemory()
	first, _, err := invite(t, m, told(0), issueTime)
	if err != nil || !first.Known || first.Resolved == nil || !*first.Resolved || first.Previous != "" {
		t.Fatalf("%+v, %v", first, err)
	}
	for range 2 { // the second is a repetition: it answers as the first time
		_, _, err = invite(t, m, told(1).With("segment", "A"), issueTime.Add(48*time.Hour))
		if p := problem.Of(err); p.Code != problem.FatigueLimit {
			t.Fatalf("asked too lately: %v", err)
		}
	}
	third, status, err := invite(t, m, told(2), issueTime.AddDate(0, 0, 31))
	if err != nil || status != intake.Accepted {
		t.Fatalf("%s, %v", status, err)
	}
	var recorded *feedback.Invitation
	for _, e := range invitations(t, m, "2026-03", "2026-04") {
		in := storedInvitation(t, &e)
		if in.Skipped != "" {
			recorded = &in
			if e.Personal != nil || e.CustomerKey != "K-1" || in.Mailed || in.Skipped != feedback.SkippedFatigue || in.Resolved == nil || *in.Resolved {
				t.Errorf("recorded %s %s", e.Event, e.Personal)
			}
		}
		if strings.Contains(string(e.Event), "K-1") {
			t.Errorf("the customer in %s", e.Event)
		}
	}
	if recorded == nil || recorded.Previous != first.ResponseKey || !recorded.PreviousAt.Equal(issueTime) {
		t.Fatalf("recorded %+v, want a link to %s", recorded, first.ResponseKey)
	}
	if third.Previous != recorded.ResponseKey || !third.PreviousAt.Equal(issueTime.Add(48*time.Hour)) {
		t.Errorf("linked to %s at %s, want the contact that nobody was asked about", third.Previous, third.PreviousAt)
	}
}

func TestAContactIsLinkedByTheTimeItWas(t *testing.T) {
	m := store.NewMemory()
	was := issueTime.AddDate(0, 0, -20)
	first, _, err := invite(t, m, told(0).With("contact_at", was.Format(time.RFC3339)), issueTime)
	if err != nil || !first.ContactAt.Equal(was) || !first.IssuedAt.Equal(issueTime) {
		t.Fatalf("%+v, %v", first, err)
	}
	second, _, err := invite(t, m, told(2), issueTime.AddDate(0, 0, 31))
	if err != nil || second.Previous != first.ResponseKey || !second.PreviousAt.Equal(was) {
		t.Errorf("linked to %s at %s, %v; want %s", second.Previous, second.PreviousAt, err, was)
	}
}

func TestAContactOfNobodyKnownIsNotLinked(t *testing.T) {
	in, _, err := invite(t, store.NewMemory(), request.With("topic", "billing").With("resolved", true), issueTime)
	if err != nil || in.Known || in.Previous != "" {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestWhatIsToldOfAContactNeedsItsTopic(t *testing.T) {
	for _, field := range []string{"resolved", "beyond_first_level"} {
		_, _, err := invite(t, store.NewMemory(), request.With(field, true), issueTime)
		if p := problem.Of(err); len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%s alone: %+v", field, p)
		}
		_, _, err = invite(t, store.NewMemory(), request.With("topic", "billing").With(field, "yes"), issueTime)
		if p := problem.Of(err); len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%s: yes: %+v", field, p)
		}
	}
	for at, want := range map[string]problem.Code{
		"2026-03-10T10:30:00Z": problem.OutOfRange, "2026-02-01T10:30:00Z": problem.EventTooOld, "2026-03-01T10:30:00": problem.MissingOffset, "gestern": problem.InvalidTime,
	} {
		_, _, err := invite(t, store.NewMemory(), request.With("topic", "billing").With("contact_at", at), issueTime)
		if p := problem.Of(err); len(p.Errors) != 1 || p.Errors[0].Field != "contact_at" || p.Errors[0].Code != want {
			t.Errorf("contact_at %s: %+v", at, p)
		}
	}
	_, _, err := invite(t, store.NewMemory(), request.With("topic", "My invoice is wrong"), issueTime)
	if p := problem.Of(err); len(p.Errors) != 1 || p.Errors[0].Field != "topic" {
		t.Errorf("own words as a topic: %+v", p)
	}
}

func TestAContactThatComesInBetweenIsLinkedToo(t *testing.T) {
	for left, want := range map[int]error{3: nil, 100: store.ErrMoved} {
		m := &interrupted{store.NewMemory(), left}
		_, _, err := invite(t, m, told(0), issueTime)
		if !errors.Is(err, want) {
			t.Errorf("%d contacts in between: %v", left, err)
		}
	}
}

// interrupted lets another contact come in between, so often.
type interrupted struct {
	*store.Memory
	left int
}

func (m *interrupted) Invite(ctx context.Context, e *store.Entry, c store.Contact) (store.Outcome, *store.Entry, error) {
	if m.left--; m.left >= 0 {
		return 0, nil, store.ErrMoved
	}
	return m.Memory.Invite(ctx, e, c)
}

func TestAContactOutOfTimeIsNamedByItsPlace(t *testing.T) {
	cfg := inviting(t)
	rows := "event_id,touchpoint,channel,topic,contact_at\n" +
		string(feedback.DeriveEventID("1")) + ",hotline,qr,billing,2026-03-09T09:00:00Z\n" +
		string(feedback.DeriveEventID("2")) + ",hotline,qr,billing,2025-03-09T09:00:00Z\n"
	_, err := intake.ParseInvitationsCSV(cfg, []byte(rows), issueTime)
	if p := problem.Of(err); len(p.Errors) != 1 || p.Errors[0].Line != 3 || p.Errors[0].Field != "contact_at" {
		t.Errorf("CSV: %+v", p)
	}
	list := `{"invitations":[` + string(told(0).With("contact_at", "2027-01-01T00:00:00Z").JSON(t)) + `]}`
	_, err = intake.ParseInvitations(cfg, []byte(list), issueTime)
	if p := problem.Of(err); len(p.Errors) != 1 || p.Errors[0].Field != "invitations[0].contact_at" {
		t.Errorf("JSON: %+v", p)
	}
}
