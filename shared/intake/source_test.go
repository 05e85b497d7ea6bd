package intake_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/problem"
)

func TestASystemSendsFromEveryTouchpointAndEveryChannelButThoseOfOthers(t *testing.T) {
	cfg := intaketest.Config(t)
	e := intaketest.Event().With("touchpoint", "hotline")
	for _, c := range feedback.Channels {
		f := e.With("channel", string(c))
		s, err := intake.ParseEvent(cfg, system, feedback.KindRating, f.JSON(t), now)
		switch c {
		case feedback.Kiosk, feedback.EmailLink, feedback.SMSLink, feedback.ChatLink:
			if code, field := fieldError(err); code != problem.ChannelMismatch || field != "channel" {
				t.Errorf("%s: got %+v, %v", c, s, err)
			}
			continue
		}
		if err != nil || s.Rating.Device != "" {
			t.Errorf("%s: got %+v, %v", c, s, err)
			continue
		}
		want := feedback.Self
		if c == feedback.Phone || c == feedback.InPerson {
			want = feedback.Assisted
		}
		if s.Rating.CollectionMode != want {
			t.Errorf("%s: collected %s, want %s", c, s.Rating.CollectionMode, want)
		}
	}
	for _, tp := range []struct{ id, scale string }{{"hotline", "stars_1_5"}, {"checkout-cologne", "stars_1_5"}, {"repair", "csat_1_10"}} {
		f := e.With("touchpoint", tp.id).With("scale", tp.scale).With("channel", "web_form")
		if _, err := intake.ParseEvent(cfg, system, feedback.KindRating, f.JSON(t), now); err != nil {
			t.Errorf("%s: %v", tp.id, err)
		}
	}
	if _, err := intake.ParseEvent(cfg, system, feedback.KindRating, e.With("touchpoint", "nowhere").JSON(t), now); problem.Of(err).Code != problem.UnknownTouchpoint {
		t.Errorf("got %v", err)
	}
}

func TestWhatStaffKeyInIsAssistedUnlessTheySayOtherwise(t *testing.T) {
	cfg := intaketest.Config(t)
	c := intaketest.PaperCard()
	for _, x := range []struct {
		name string
		f    intaketest.Fields
		want feedback.CollectionMode
	}{
		{"keyed in", c, feedback.Assisted},
		{"read by a machine", c.With("keyed_by", nil), feedback.Self},
		{"keyed in as the customer wrote it", c.With("collection_mode", "self"), feedback.Self},
		{"filled in together", c.With("keyed_by", nil).With("collection_mode", "assisted"), feedback.Assisted},
	} {
		s, err := intake.ParseEvent(cfg, system, feedback.KindCard, x.f.JSON(t), now)
		if err != nil || s.Rating.CollectionMode != x.want {
			t.Errorf("%s: %+v, %v, want %s", x.name, s, err, x.want)
		}
	}
}

func TestADeviceTakesPaperCardsOfItsTouchpoint(t *testing.T) {
	cfg := intaketest.Config(t)
	if _, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindCard, intaketest.PaperCard().JSON(t), now); err != nil {
		t.Error(err)
	}
	terminal := intake.Source{Device: cfg.Device("terminal-repair-1")}
	if _, err := intake.ParseEvent(cfg, terminal, feedback.KindCard, intaketest.PaperCard().JSON(t), now); problem.Of(err).Code != problem.TouchpointMismatch {
		t.Errorf("got %v", err)
	}
}

func TestAReasonIsAConfiguredOne(t *testing.T) {
	cfg := intaketest.Config(t)
	for _, x := range []struct {
		touchpoint, scale, reason string
		want                      problem.Code
	}{
		{"hotline", "stars_1_5", "not_solved", ""},
		{"checkout-cologne", "stars_1_5", "not_solved", ""}, // no longer offered here, perhaps
		{"checkout-cologne", "stars_1_5", "price_unclear", problem.UnknownReason},
		{"checkout-cologne", "stars_1_5", "Zu teuer", problem.InvalidValue},
		{"repair", "csat_1_10", "price_unclear", ""}, // has none of its own: any code
	} {
		f := intaketest.Event().With("touchpoint", x.touchpoint).With("scale", x.scale).With("channel", "terminal").With("reason", x.reason)
		_, err := intake.ParseEvent(cfg, system, feedback.KindRating, f.JSON(t), now)
		var got problem.Code
		if err != nil {
			got, _ = fieldError(err)
			if n := len(problem.Of(err).Errors); n != 1 {
				t.Errorf("%s at %s: %d errors", x.reason, x.touchpoint, n)
			}
		}
		if got != x.want {
			t.Errorf("%s at %s: got %q, want %q", x.reason, x.touchpoint, got, x.want)
		}
	}
}

func TestAnEventOfABatchNamesItsKind(t *testing.T) {
	cfg := intaketest.Config(t)
	behind := func(f intaketest.Fields, kind string) []byte { // the field comes last, in disguise
		b := f.JSON(t)
		return append(b[:len(b)-1:len(b)-1], `,"\u006bind":"`+kind+`"}`...)
	}
	for _, x := range []struct {
		name string
		body []byte
		want feedback.Kind
		code problem.Code
	}{
		{"none", intaketest.Event().JSON(t), feedback.KindRating, ""},
		{"rating", intaketest.Event().With("kind", "rating").JSON(t), feedback.KindRating, ""},
		{"card", intaketest.Card().With("kind", "card").JSON(t), feedback.KindCard, ""},
		{"complaint", intaketest.Complaint().With("kind", "complaint").JSON(t), feedback.KindComplaint, ""},
		{"at the end", behind(intaketest.Complaint(), "complaint"), feedback.KindComplaint, ""},
		{"a card without it", intaketest.Card().JSON(t), "", problem.UnknownField},
		{"unknown", intaketest.Event().With("kind", "invitation").JSON(t), "", problem.InvalidValue},
		{"empty", intaketest.Event().With("kind", "").JSON(t), "", problem.InvalidValue},
		{"a number", intaketest.Event().With("kind", 1).JSON(t), "", problem.WrongType},
		{"twice", []byte(`{"kind":"card","kind":"rating"}`), "", problem.DuplicateField},
	} {
		s, err := intake.ParseEvent(cfg, kiosk(cfg), intake.Mixed, x.body, now)
		switch {
		case err == nil && (x.code != "" || s.Kind() != x.want):
			t.Errorf("%s: got a %s", x.name, s.Kind())
		case err != nil && problem.Of(err).Code != x.code:
			t.Errorf("%s: got %v, want %q", x.name, err, x.code)
		}
	}
}

func TestARefusedEventIsIdentified(t *testing.T) {
	id := feedback.EventID("018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e1f")
	for _, x := range []struct {
		body string
		id   feedback.EventID
		kind feedback.Kind
	}{
		{string(intaketest.Card().With("kind", "card").With("rating", 9).JSON(t)), id, feedback.KindCard},
		{`{"kind":"complaint","event_id":"e1"}`, "", feedback.KindComplaint},
		{`{"event_id":"` + string(id) + `"`, id, feedback.KindRating},
		{`"nonsense"`, "", feedback.KindRating},
		{``, "", feedback.KindRating},
	} {
		if gotID, gotKind := intake.Identify([]byte(x.body)); gotID != x.id || gotKind != x.kind {
			t.Errorf("%s: got %q, %s", x.body, gotID, gotKind)
		}
	}
}

func TestAnEventWithManyErrorsIsNotAnsweredAtLength(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, `"f%d":1,`, i)
	}
	_, err := parse(t, []byte("{"+b.String()+`"z":1}`), now)
	p := problem.Of(err)
	if n := len(p.Errors); n != 21 || p.Errors[20].Code != problem.TooManyErrors || p.Errors[0].Code != problem.UnknownField {
		t.Errorf("%d errors, the last %+v", n, p.Errors[len(p.Errors)-1])
	}
}

func TestTheLongestTextsFitAnEventHoweverTheyAreWritten(t *testing.T) {
	cfg := intaketest.Config(t)
	long := json.RawMessage(`"` + strings.Repeat(`\ud83d\ude00`, intake.MaxText) + `"`)
	contact := json.RawMessage(`"` + strings.Repeat(`\ud83d\ude00`, intake.MaxContact) + `"`)
	for kind, f := range map[feedback.Kind]intaketest.Fields{
		feedback.KindRating:    intaketest.Event().With("suggestion", long),
		feedback.KindComplaint: intaketest.Complaint().With("remedy", long),
	} {
		b := f.With("comment", long).With("callback_requested", true).With("callback_contact", contact).JSON(t)
		if _, err := intake.ParseEvent(cfg, kiosk(cfg), kind, b, now); err != nil || len(b) > intake.MaxEvent {
			t.Errorf("%s: %d bytes of %d, %v", kind, len(b), intake.MaxEvent, err)
		}
	}
}

func TestASignOfLifeIsRead(t *testing.T) {
	for body, want := range map[string]intake.Beat{
		`{}`:                                     {},
		` {"queued":12,"app":"1.4.0 (kiosk)"} `:  {Queued: 12, App: "1.4.0 (kiosk)"},
		`{"oldest":"2026-03-10T08:00:00+01:00"}`: {Oldest: time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC)},
	} {
		got, err := intake.ParseBeat([]byte(body))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", body, err, diff)
		}
	}
	for body, want := range map[string]problem.Code{
		``: problem.MalformedJSON, `[]`: problem.MalformedJSON, `{"queued":-1}`: problem.OutOfRange, `{"queued":10000001}`: problem.OutOfRange,
		`{"queued":"1"}`: problem.WrongType, `{"oldest":"2026-03-10T08:00:00"}`: problem.MissingOffset, `{"app":"` + strings.Repeat("1", 41) + `"}`: problem.TooLong,
		`{"app":"a\u0000"}`: problem.ControlCharacter, `{"battery":9}`: problem.UnknownField, `{"queued":1,"queued":2}`: problem.DuplicateField, "{\"app\":\"\xff\"}": problem.InvalidUTF8,
	} {
		if _, err := intake.ParseBeat([]byte(body)); problem.Of(err).Code != want {
			t.Errorf("%s: got %v, want %s", body, err, want)
		}
	}
}

func FuzzMixed(f *testing.F) {
	cfg := intaketest.Config(f)
	for _, seed := range []intaketest.Fields{
		intaketest.Event(), intaketest.Card().With("kind", "card"), intaketest.PaperCard().With("kind", "card"), intaketest.Complaint().With("kind", "complaint"),
	} {
		f.Add(seed.JSON(f))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := intake.ParseEvent(cfg, system, intake.Mixed, body, now)
		if err != nil {
			if p := problem.Of(err); p.Status >= 500 || p.Code == "" || !json.Valid(p.JSON()) {
				t.Errorf("not a named error: %v", err)
			}
			return
		}
		if cfg.Touchpoint(s.Rating.Touchpoint) == nil || s.Rating.ResponseKey.Month().IsZero() || s.ID() == "" ||
			s.Kind() == feedback.KindCard && cfg.Card(s.Card.Card) == nil || s.Kind() == feedback.KindComplaint && s.Personal.Comment == "" {
			t.Errorf("accepted %+v from %q", s, body)
		}
	})
}
