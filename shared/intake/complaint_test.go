package intake_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

func TestAComplaintIsReadWhole(t *testing.T) {
	cfg := intaketest.Config(t)
	body := intaketest.Complaint().With("remedy", "Erstattung bis Freitag").With("annoyance", 4).With("language", "de").With("topic", "refund").
		With("customer_key", "K-17").With("callback_requested", true).With("callback_contact", "+49 221 0000000").JSON(t)
	s, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindComplaint, body, now)
	if err != nil {
		t.Fatal(err)
	}
	m := store.NewMemory()
	receipt, err := intake.Accept(t.Context(), m, s)
	if err != nil || receipt.Status != intake.Accepted {
		t.Fatalf("got %+v, %v", receipt, err)
	}
	e := stored(t, m, "2026-03")[0]
	var got feedback.Complaint
	if err := json.Unmarshal(e.Event, &got); err != nil {
		t.Fatal(err)
	}
	annoyance := 4
	want := feedback.Complaint{
		EventID: receipt.EventID, ResponseKey: receipt.ResponseKey, Touchpoint: "checkout-cologne", Channel: "kiosk", Category: "billing.refund_delay",
		Annoyance: &annoyance, SubmittedAt: now.Add(-time.Second), ReceivedAt: now, Device: "kiosk-cologne-1", Language: "de",
		CallbackRequested: true, Topic: "refund", CollectionMode: "self",
	}
	if diff := cmp.Diff(want, got); diff != "" || e.Kind != feedback.KindComplaint || e.CustomerKey != "K-17" {
		t.Errorf("kind %s, complaint (-want +got):\n%s", e.Kind, diff)
	}
	var personal feedback.Personal
	if err := json.Unmarshal(e.Personal, &personal); err != nil {
		t.Fatal(err)
	}
	wantPersonal := feedback.Personal{Comment: "Die Erstattung fehlt seit drei Wochen.", Remedy: "Erstattung bis Freitag", CallbackContact: "+49 221 0000000"}
	if diff := cmp.Diff(wantPersonal, personal); diff != "" {
		t.Errorf("personal (-want +got):\n%s", diff)
	}
	if strings.Contains(string(e.Event), "Erstattung") || strings.Contains(string(e.Event), "+49") {
		t.Errorf("own words in the event: %s", e.Event)
	}
}

func TestAReplayedComplaintIsADuplicateAndAnotherStoryAConflict(t *testing.T) {
	cfg := intaketest.Config(t)
	m := store.NewMemory()
	send := func(f intaketest.Fields) (intake.Receipt, error) {
		s, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindComplaint, f.JSON(t), now)
		if err != nil {
			t.Fatal(err)
		}
		return intake.Accept(t.Context(), m, s)
	}
	c := intaketest.Complaint()
	for _, want := range []intake.Status{intake.Accepted, intake.Duplicate} {
		if got, err := send(c); err != nil || got.Status != want {
			t.Errorf("got %+v, %v, want %s", got, err, want)
		}
	}
	for name, f := range map[string]intaketest.Fields{
		"comment": c.With("comment", "Anders."), "category": c.With("category", "other"), "annoyance": c.With("annoyance", 5), "remedy": c.With("remedy", "Geld"),
	} {
		if _, err := send(f); problem.Of(err).Code != problem.EventConflict {
			t.Errorf("%s: got %v", name, err)
		}
	}
	// The same id as a vote is another event as well.
	if _, err := accept(t, m, intaketest.Event().With("event_id", c["event_id"]).JSON(t), now); problem.Of(err).Code != problem.EventConflict {
		t.Errorf("as a vote: got %v", err)
	}
}

func TestEveryBadComplaintHasANamedError(t *testing.T) {
	cfg := intaketest.Config(t)
	c := intaketest.Complaint()
	for _, x := range []struct {
		name  string
		f     intaketest.Fields
		code  problem.Code
		field string
	}{
		{"no category", c.With("category", nil), problem.MissingField, "category"},
		{"unknown category", c.With("category", "billing.refund"), problem.UnknownCategory, "category"},
		{"category in own words", c.With("category", "Meine Erstattung"), problem.InvalidValue, "category"},
		{"branch of the tree alone", c.With("category", "billing"), problem.UnknownCategory, "category"},
		{"nothing told", c.With("comment", nil), problem.MissingField, "comment"},
		{"blank", c.With("comment", " \n\t "), problem.MissingField, "comment"},
		{"too long", c.With("comment", strings.Repeat("x", 2001)), problem.TooLong, "comment"},
		{"remedy too long", c.With("remedy", strings.Repeat("x", 2001)), problem.TooLong, "remedy"},
		{"annoyance out of range", c.With("annoyance", 6), problem.OutOfRange, "annoyance"},
		{"annoyance in quotes", c.With("annoyance", "5"), problem.WrongType, "annoyance"},
		{"a vote's rating", c.With("rating", 1), problem.UnknownField, "rating"},
		{"a vote's scale", c.With("scale", "stars_1_5"), problem.UnknownField, "scale"},
		{"a card's answers", c.With("answers", intaketest.Fields{}), problem.UnknownField, "answers"},
		{"touchpoint of another device", c.With("touchpoint", "hotline"), problem.TouchpointMismatch, "touchpoint"},
		{"channel of another device", c.With("channel", "phone"), problem.ChannelMismatch, "channel"},
		{"contact without callback", c.With("callback_contact", "x"), problem.CallbackMissing, "callback_contact"},
		{"too old", c.With("submitted_at", "2025-02-03T09:00:00Z"), problem.EventTooOld, "submitted_at"},
	} {
		t.Run(x.name, func(t *testing.T) {
			s, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindComplaint, x.f.JSON(t), now)
			if err == nil {
				t.Fatalf("accepted %+v", s)
			}
			if code, field := fieldError(err); code != x.code || field != x.field {
				t.Errorf("got %s for %q, want %s for %q: %v", code, field, x.code, x.field, err)
			}
		})
	}
}
