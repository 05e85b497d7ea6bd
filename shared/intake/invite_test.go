package intake_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

var request = intaketest.Fields{"event_id": "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f", "touchpoint": "hotline", "channel": "email_link"}

func invite(t *testing.T, l intake.Ledger, f intaketest.Fields, at time.Time) (*intake.Invitation, intake.Status, error) {
	t.Helper()
	cfg := intaketest.Config(t)
	in, err := intake.ParseInvitation(cfg, f.JSON(t), at)
	if err != nil {
		return nil, "", err
	}
	s, err := intake.Issue(t.Context(), cfg, l, in)
	return in, s, err
}

func TestAnInvitationIsIssuedForTheConfiguredTime(t *testing.T) {
	in, status, err := invite(t, store.NewMemory(), request.With("language", "en").With("segment", "A").With("customer_key", "K-1"), now)
	if err != nil || status != intake.Accepted {
		t.Fatalf("%s, %v", status, err)
	}
	want := feedback.Invitation{
		EventID: "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f", ResponseKey: feedback.NewResponseKey(in.ResponseKey.Month(), feedback.ResponseIDOf(in.EventID)),
		Touchpoint: "hotline", Channel: "email_link", Language: "en", Segment: "A", IssuedAt: now, ReceivedAt: now,
		ExpiresAt: time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC), // 14 days, rounded up to the hour
	}
	if diff := cmp.Diff(want, in.Invitation); diff != "" || in.ResponseKey.Month().String() != "2026-03" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheSameRequestGetsTheSameInvitationEvenInTheNextMonth(t *testing.T) {
	m := store.NewMemory()
	late := time.Date(2026, 3, 31, 21, 59, 0, 0, time.UTC)
	first, _, err := invite(t, m, request, late)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{late.Add(time.Second), late.Add(2 * time.Minute), late.AddDate(0, 0, 20)} {
		again, status, err := invite(t, m, request, at)
		if err != nil || status != intake.Duplicate {
			t.Fatalf("at %s: %s, %v", at, status, err)
		}
		if diff := cmp.Diff(first.Invitation, again.Invitation); diff != "" {
			t.Errorf("at %s (-first +again):\n%s", at, diff)
		}
	}
	if n := len(stored(t, m, "2026-03", "2026-04")); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

func TestWithoutAnEventIDEveryRequestIsAContactOfItsOwn(t *testing.T) {
	m := store.NewMemory()
	a, _, errA := invite(t, m, request.With("event_id", nil), now)
	b, _, errB := invite(t, m, request.With("event_id", nil), now)
	if errA != nil || errB != nil || a.ResponseKey == b.ResponseKey || len(stored(t, m, "2026-03")) != 2 {
		t.Errorf("%+v %v, %+v %v", a, errA, b, errB)
	}
}

func TestEveryBadInvitationHasANamedError(t *testing.T) {
	m := store.NewMemory()
	if _, _, err := invite(t, m, request, now); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		f    intaketest.Fields
		code problem.Code
	}{
		{"same id, other body", request.With("touchpoint", "repair"), problem.EventConflict},
		{"unknown touchpoint", request.With("touchpoint", "nowhere"), problem.UnknownTouchpoint},
		{"no touchpoint", request.With("touchpoint", nil), problem.MissingField},
		{"no channel", request.With("channel", nil), problem.MissingField},
		{"channel that carries no link", request.With("channel", "kiosk"), problem.ChannelMismatch},
		{"unknown channel", request.With("channel", "fax"), problem.InvalidValue},
		{"event id of another shape", request.With("event_id", 7), problem.WrongType},
		{"language not configured", request.With("language", "es"), problem.InvalidValue},
		{"segment of two letters", request.With("segment", "AB"), problem.InvalidValue},
		{"address as a customer key", request.With("customer_key", "max@example.com"), problem.InvalidValue},
		{"address to send to", request.With("email", "max@example.com"), problem.UnknownField},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := invite(t, m, c.f, now); err == nil || problem.Of(err).Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
	if n := len(stored(t, m, "2026-03")); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}
