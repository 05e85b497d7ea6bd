package intake_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/problem"
)

var now = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

func parse(t *testing.T, body []byte, at time.Time) (*intake.Submission, error) {
	t.Helper()
	cfg := intaketest.Config(t)
	return intake.ParseEvent(cfg, kiosk(cfg), feedback.KindRating, body, at)
}

func kiosk(cfg *config.Config) intake.Source {
	return intake.Source{Device: cfg.Device("kiosk-cologne-1")}
}

func TestAnEventWithEveryFieldIsRead(t *testing.T) {
	body := intaketest.Event().
		With("response_key", "2026-02-abcdefghijklmnop").With("language", "de").With("reason", "waiting_time").
		With("comment", " Zu\r\nlang \u2764 ").With("suggestion", "Mehr Personal").With("nps", 0).With("ces", 7).With("fcr", "no").
		With("expectation", 3).With("callback_requested", true).With("callback_contact", "+49 30 000000").
		With("customer_key", "K-17").With("topic", "pricing.transparency").With("collection_mode", "assisted").JSON(t)
	s, err := parse(t, body, now)
	if err != nil {
		t.Fatal(err)
	}
	nps, ces, expectation, no := 0, 7, 3, false
	want := feedback.Rating{
		EventID: "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f", ResponseKey: "2026-02-abcdefghijklmnop", Touchpoint: "checkout-cologne",
		Channel: "kiosk", Scale: "stars_1_5", Rating: 4, SubmittedAt: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC), ReceivedAt: now,
		Device: "kiosk-cologne-1", Language: "de", Reason: "waiting_time", NPS: &nps, CES: &ces, FCR: &no, Expectation: &expectation,
		CallbackRequested: true, HasText: true, Topic: "pricing.transparency", CollectionMode: "assisted",
	}
	if diff := cmp.Diff(want, s.Rating); diff != "" {
		t.Errorf("rating (-want +got):\n%s", diff)
	}
	personal := feedback.Personal{Comment: "Zu\nlang \u2764", Suggestion: "Mehr Personal", CallbackContact: "+49 30 000000"}
	if diff := cmp.Diff(personal, s.Personal); diff != "" || s.CustomerKey != "K-17" {
		t.Errorf("personal, key %q (-want +got):\n%s", s.CustomerKey, diff)
	}
}

func TestEveryBadEventHasANamedError(t *testing.T) {
	e := intaketest.Event()
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, c := range []struct {
		name  string
		body  []byte
		code  problem.Code
		field string
	}{
		{"rating below the scale", e.With("rating", 0).JSON(t), problem.OutOfRange, "rating"},
		{"rating above the scale", e.With("rating", 6).JSON(t), problem.OutOfRange, "rating"},
		{"negative rating", e.With("rating", -1).JSON(t), problem.OutOfRange, "rating"},
		{"enormous rating", e.With("rating", raw("99999999999999999999")).JSON(t), problem.OutOfRange, "rating"},
		{"rating in quotes", e.With("rating", "4").JSON(t), problem.WrongType, "rating"},
		{"rating with a fraction", e.With("rating", 3.5).JSON(t), problem.WrongType, "rating"},
		{"whole rating with a point", e.With("rating", raw("4.0")).JSON(t), problem.WrongType, "rating"},
		{"rating with an exponent", e.With("rating", raw("4e0")).JSON(t), problem.WrongType, "rating"},
		{"rating true", e.With("rating", true).JSON(t), problem.WrongType, "rating"},
		{"rating null", e.With("rating", raw("null")).JSON(t), problem.WrongType, "rating"},
		{"rating as an object", e.With("rating", raw(`{"n":4}`)).JSON(t), problem.WrongType, "rating"},
		{"no rating", e.With("rating", nil).JSON(t), problem.MissingField, "rating"},
		{"unknown touchpoint", e.With("touchpoint", "nowhere").JSON(t), problem.UnknownTouchpoint, "touchpoint"},
		{"touchpoint of another shape", e.With("touchpoint", "Not A Touchpoint").JSON(t), problem.UnknownTouchpoint, "touchpoint"},
		{"touchpoint of another device", e.With("touchpoint", "hotline").JSON(t), problem.TouchpointMismatch, "touchpoint"},
		{"channel of another device", e.With("channel", "email_link").JSON(t), problem.ChannelMismatch, "channel"},
		{"unknown channel", e.With("channel", "fax").JSON(t), problem.InvalidValue, "channel"},
		{"scale of another touchpoint", e.With("scale", "csat_1_10").JSON(t), problem.ScaleMismatch, "scale"},
		{"missing offset", e.With("submitted_at", "2026-03-10T10:00:00").JSON(t), problem.MissingOffset, "submitted_at"},
		{"missing offset with a fraction", e.With("submitted_at", "2026-03-10T10:00:00.123").JSON(t), problem.MissingOffset, "submitted_at"},
		{"no time", e.With("submitted_at", "yesterday").JSON(t), problem.InvalidTime, "submitted_at"},
		{"day that is none", e.With("submitted_at", "2026-02-30T10:00:00Z").JSON(t), problem.InvalidTime, "submitted_at"},
		{"fraction after a comma", e.With("submitted_at", "2026-03-10T10:00:00,5Z").JSON(t), problem.InvalidTime, "submitted_at"},
		{"too old", e.With("submitted_at", "2025-02-03T09:00:00Z").JSON(t), problem.EventTooOld, "submitted_at"},
		{"event id of another shape", e.With("event_id", "e1").JSON(t), problem.InvalidEventID, "event_id"},
		{"nil event id", e.With("event_id", "00000000-0000-0000-0000-000000000000").JSON(t), problem.InvalidEventID, "event_id"},
		{"response key of another shape", e.With("response_key", "inv-1").JSON(t), problem.InvalidResponseKey, "response_key"},
		{"response key of a later month", e.With("response_key", "2026-04-abcdefghijklmnop").JSON(t), problem.ResponseKeyMonth, "response_key"},
		{"response key of long ago", e.With("response_key", "2025-12-abcdefghijklmnop").JSON(t), problem.ResponseKeyMonth, "response_key"},
		{"unknown field", e.With("raiting", 4).JSON(t), problem.UnknownField, "raiting"},
		{"field only links carry", e.With("segment", "A").JSON(t), problem.UnknownField, "segment"},
		{"nps out of range", e.With("nps", 11).JSON(t), problem.OutOfRange, "nps"},
		{"ces out of range", e.With("ces", 0).JSON(t), problem.OutOfRange, "ces"},
		{"expectation out of range", e.With("expectation", 6).JSON(t), problem.OutOfRange, "expectation"},
		{"fcr as a boolean", e.With("fcr", true).JSON(t), problem.WrongType, "fcr"},
		{"fcr in another word", e.With("fcr", "ja").JSON(t), problem.InvalidValue, "fcr"},
		{"callback as text", e.With("callback_requested", "yes").JSON(t), problem.WrongType, "callback_requested"},
		{"contact without callback", e.With("callback_contact", "x").JSON(t), problem.CallbackMissing, "callback_contact"},
		{"reason with a space", e.With("reason", "Frau Muster war unfreundlich").JSON(t), problem.InvalidValue, "reason"},
		{"topic like a phone number", e.With("topic", "4930000000").JSON(t), problem.InvalidValue, "topic"},
		{"customer key that is an address", e.With("customer_key", "max@example.com").JSON(t), problem.InvalidValue, "customer_key"},
		{"language of another shape", e.With("language", "deutsch").JSON(t), problem.InvalidValue, "language"},
		{"unknown collection mode", e.With("collection_mode", "staff").JSON(t), problem.InvalidValue, "collection_mode"},
		{"comment too long", e.With("comment", strings.Repeat("ä", 2001)).JSON(t), problem.TooLong, "comment"},
		{"NUL in a comment", e.With("comment", "a\x00b").JSON(t), problem.ControlCharacter, "comment"},
		{"escape sequence in a comment", e.With("comment", "a\x1b[2Jb").JSON(t), problem.ControlCharacter, "comment"},
		{"C1 control in a comment", e.With("comment", "a\u0085b").JSON(t), problem.ControlCharacter, "comment"},
		{"line end in a contact", e.With("callback_requested", true).With("callback_contact", "a\nb").JSON(t), problem.ControlCharacter, "callback_contact"},
		{"comment as a number", e.With("comment", 4).JSON(t), problem.WrongType, "comment"},
		{"duplicate key", []byte(`{"rating":4,"rating":5}`), problem.DuplicateField, "rating"},
		{"duplicate key in disguise", []byte(`{"rating":4,"\u0072ating":5}`), problem.DuplicateField, "rating"},
		{"invalid UTF-8", []byte("{\"comment\":\"\xff\"}"), problem.InvalidUTF8, ""},
		{"lone surrogate", []byte(`{"comment":"\ud800"}`), problem.MalformedJSON, ""},
		{"raw control character", []byte("{\"comment\":\"a\nb\"}"), problem.MalformedJSON, ""},
		{"half an object", []byte(`{"rating":4`), problem.MalformedJSON, ""},
		{"nothing", nil, problem.MalformedJSON, ""},
		{"white space", []byte("  "), problem.MalformedJSON, ""},
		{"an array", []byte(`[1]`), problem.MalformedJSON, ""},
		{"null", []byte(`null`), problem.MalformedJSON, ""},
		{"two objects", []byte(`{}{}`), problem.MalformedJSON, ""},
		{"something behind", []byte(`{} x`), problem.MalformedJSON, ""},
		{"a comment in JSON", []byte(`{/**/}`), problem.MalformedJSON, ""},
		{"deeply nested", []byte(strings.Repeat(`{"a":`, 20000)), problem.MalformedJSON, ""},
		{"byte order mark", append([]byte("\ufeff"), e.JSON(t)...), problem.MalformedJSON, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := parse(t, c.body, now)
			if err == nil {
				t.Fatalf("accepted: %+v", s)
			}
			p := problem.Of(err)
			field := ""
			if len(p.Errors) > 0 {
				field = p.Errors[0].Field
			}
			if p.Code != c.code || field != c.field || p.Status != 400 && p.Status != 422 || p.Detail == "" {
				t.Errorf("got %d %s for %q: %s; want %s for %q", p.Status, p.Code, field, p.Detail, c.code, c.field)
			}
		})
	}
}

func TestEveryFieldInErrorIsNamedAtOnce(t *testing.T) {
	_, err := parse(t, intaketest.Event().With("rating", 9).With("submitted_at", "2026-03-10").With("event_id", nil).JSON(t), now)
	got := map[string]problem.Code{}
	for _, f := range problem.Of(err).Errors {
		got[f.Field] = f.Code
	}
	want := map[string]problem.Code{"rating": problem.OutOfRange, "submitted_at": problem.InvalidTime, "event_id": problem.MissingField}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestNoErrorRepeatsWhatWasSent(t *testing.T) {
	const secret = "max.mustermann+4930000000"
	e := intaketest.Event()
	for name := range e.With("comment", "").With("reason", "").With("topic", "").With("customer_key", "").With("language", "").
		With("response_key", "").With("callback_contact", "").With("fcr", "").With("collection_mode", "").With("nps", "") {
		_, err := parse(t, e.With(name, secret+"\x01").JSON(t), now)
		if err == nil || strings.Contains(string(problem.Of(err).JSON()), "mustermann") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheResponseKeyIsOfTheMonthInWhichTheEventCounts(t *testing.T) {
	for _, c := range []struct{ name, submitted, received, month string }{
		{"in the month", "2026-03-10T10:00:00+01:00", "2026-03-10T09:00:01Z", "2026-03"},
		{"after midnight in Berlin, before it in UTC", "2026-03-31T22:30:00Z", "2026-03-31T22:30:01Z", "2026-04"},
		{"sent late", "2026-02-28T20:00:00Z", "2026-03-03T08:00:00Z", "2026-02"},
		{"clock ahead within tolerance", "2026-04-01T00:04:00+02:00", "2026-03-31T21:59:00Z", "2026-04"},
		{"clock ahead beyond tolerance", "2026-04-01T00:04:01+02:00", "2026-03-31T21:59:00Z", "2026-03"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.received)
			if err != nil {
				t.Fatal(err)
			}
			s, err := parse(t, intaketest.Event().With("submitted_at", c.submitted).JSON(t), at)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Rating.ResponseKey.Month().String(); got != c.month {
				t.Errorf("got %s, want %s", got, c.month)
			}
		})
	}
}

func FuzzEvent(f *testing.F) {
	cfg := intaketest.Config(f)
	device := cfg.Device("kiosk-cologne-1")
	e := intaketest.Event()
	for _, seed := range []intaketest.Fields{e, e.With("comment", "ä\u2028"), e.With("nps", 3), e.With("rating", "4"), e.With("fcr", "yes")} {
		f.Add(seed.JSON(f))
	}
	f.Add([]byte(`{"rating":4,"rating":5}`))
	f.Add([]byte("{\"comment\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := intake.ParseEvent(cfg, intake.Source{Device: device}, feedback.KindRating, body, now)
		if err != nil {
			if p := problem.Of(err); p.Status >= 500 || p.Code == "" || !json.Valid(p.JSON()) {
				t.Errorf("not a named error: %v", err)
			}
			return
		}
		r := s.Rating
		if !r.Scale.Valid(r.Rating) || r.Touchpoint != device.Touchpoint || r.ResponseKey.Month().IsZero() || !json.Valid(body) {
			t.Errorf("accepted %+v from %q", r, body)
		}
	})
}
