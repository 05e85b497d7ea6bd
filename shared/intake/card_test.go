package intake_test

import (
	"encoding/json"
	"errors"
	"fmt"
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

// system sends events with a token.
var system = intake.Source{}

// fieldError is the code and the field of the first thing that is wrong.
func fieldError(err error) (problem.Code, string) {
	p := problem.Of(err)
	if len(p.Errors) == 0 {
		return p.Code, ""
	}
	return p.Code, p.Errors[0].Field
}

func TestACardIsReadWhole(t *testing.T) {
	cfg := intaketest.Config(t)
	body := intaketest.Card().With("language", "fr").With("topic", "opening_hours").With("customer_key", "K-17").
		With("callback_requested", true).With("callback_contact", "kundin@example.com").JSON(t)
	s, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindCard, body, now)
	if err != nil {
		t.Fatal(err)
	}
	m := store.NewMemory()
	if _, err := intake.Accept(t.Context(), m, s); err != nil {
		t.Fatal(err)
	}
	e := stored(t, m, "2026-03")[0]
	var got feedback.Card
	if err := json.Unmarshal(e.Event, &got); err != nil {
		t.Fatal(err)
	}
	id := feedback.EventID("018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e1f")
	want := feedback.Card{
		Rating: feedback.Rating{
			EventID: id, ResponseKey: feedback.KeyFor(id, now, cfg.Zone()), Touchpoint: "checkout-cologne", Channel: "kiosk", Scale: "stars_1_5",
			Rating: 4, SubmittedAt: now.Add(-time.Second), ReceivedAt: now, Device: "kiosk-cologne-1", Language: "fr",
			CallbackRequested: true, HasText: true, Topic: "opening_hours", CollectionMode: "self",
		},
		Card:    "visit",
		Answers: map[string]string{"friendliness": "5", "found": "no", "how_often": "weekly"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("card (-want +got):\n%s", diff)
	}
	var personal feedback.Personal
	if err := json.Unmarshal(e.Personal, &personal); err != nil {
		t.Fatal(err)
	}
	wantPersonal := feedback.Personal{Suggestion: "Mehr Kassen", CallbackContact: "kundin@example.com", Answers: map[string]string{"remark": "Sehr freundlich"}}
	if diff := cmp.Diff(wantPersonal, personal); diff != "" || e.Kind != feedback.KindCard || e.CustomerKey != "K-17" {
		t.Errorf("kind %s, key %s, personal (-want +got):\n%s", e.Kind, e.CustomerKey, diff)
	}
}

func TestTheRatingOfACardIsAllThatIsRequired(t *testing.T) {
	cfg := intaketest.Config(t)
	for name, f := range map[string]intaketest.Fields{
		"no answers":         intaketest.Card().With("answers", nil),
		"an empty object":    intaketest.Card().With("answers", intaketest.Fields{}),
		"blank words":        intaketest.Card().With("answers", intaketest.Fields{"remark": "  ", "suggestion": ""}),
		"one answer of many": intaketest.Card().With("answers", intaketest.Fields{"found": "yes"}),
	} {
		s, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindCard, f.JSON(t), now)
		if err != nil || s.Rating.HasText || s.Personal.Suggestion != "" || len(s.Personal.Answers) != 0 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	s, err := intake.ParseEvent(cfg, system, feedback.KindCard, intaketest.Card().With("touchpoint", "repair").With("channel", "qr").
		With("card", "commissioning").With("scale", "csat_1_10").With("answers", intaketest.Fields{"on_time": "yes"}).JSON(t), now)
	if err != nil || s.Card.Phase != "commissioning" {
		t.Errorf("the phase of the project comes from the configuration: %+v, %v", s, err)
	}
}

func TestEveryBadCardHasANamedError(t *testing.T) {
	cfg := intaketest.Config(t)
	c := intaketest.Card()
	said := func(item string, v any) intaketest.Fields { return c.With("answers", intaketest.Fields{item: v}) }
	for _, x := range []struct {
		name  string
		f     intaketest.Fields
		code  problem.Code
		field string
	}{
		{"no card", c.With("card", nil), problem.MissingField, "card"},
		{"unknown card", c.With("card", "visits"), problem.UnknownCard, "card"},
		{"card of another shape", c.With("card", "The Visit"), problem.UnknownCard, "card"},
		{"card as a number", c.With("card", 1), problem.WrongType, "card"},
		{"card of another touchpoint", c.With("card", "commissioning").With("answers", nil), problem.UnknownCard, "card"},
		{"no rating", c.With("rating", nil), problem.MissingField, "rating"},
		{"no scale", c.With("scale", nil), problem.MissingField, "scale"},
		{"rating out of range", c.With("rating", 6), problem.OutOfRange, "rating"},
		{"answers as a list", c.With("answers", []int{1}), problem.WrongType, "answers"},
		{"answers null", c.With("answers", json.RawMessage("null")), problem.WrongType, "answers"},
		{"answers as text", c.With("answers", "5"), problem.WrongType, "answers"},
		{"unknown question", said("fiendliness", 5), problem.UnknownItem, "answers.fiendliness"},
		{"question of another card", said("on_time", "yes"), problem.UnknownItem, "answers.on_time"},
		{"grade out of range", said("friendliness", 6), problem.OutOfRange, "answers.friendliness"},
		{"grade 0", said("friendliness", 0), problem.OutOfRange, "answers.friendliness"},
		{"grade in quotes", said("friendliness", "5"), problem.WrongType, "answers.friendliness"},
		{"grade with a fraction", said("friendliness", 4.5), problem.WrongType, "answers.friendliness"},
		{"grade null", said("friendliness", json.RawMessage("null")), problem.WrongType, "answers.friendliness"},
		{"yes as a boolean", said("found", true), problem.WrongType, "answers.found"},
		{"yes in another language", said("found", "ja"), problem.InvalidValue, "answers.found"},
		{"unknown option", said("how_often", "daily"), problem.InvalidValue, "answers.how_often"},
		{"option by name", said("how_often", "Weekly or more"), problem.InvalidValue, "answers.how_often"},
		{"words too long", said("remark", strings.Repeat("ß", 2001)), problem.TooLong, "answers.remark"},
		{"control character in words", said("remark", "a\x1b[2Jb"), problem.ControlCharacter, "answers.remark"},
		{"words as an object", said("remark", map[string]int{"a": 1}), problem.WrongType, "answers.remark"},
		{"answer twice", c.With("answers", json.RawMessage(`{"found":"yes","found":"no"}`)), problem.DuplicateField, "found"},
		{"a rating's reason", c.With("reason", "waiting_time"), problem.UnknownField, "reason"},
		{"a rating's comment", c.With("comment", "gut"), problem.UnknownField, "comment"},
		{"card number of another shape", c.With("card_number", "A 123"), problem.InvalidValue, "card_number"},
		{"card number too long", c.With("card_number", strings.Repeat("1", 41)), problem.InvalidValue, "card_number"},
		{"empty card number", c.With("card_number", ""), problem.InvalidValue, "card_number"},
		{"card number as a number", c.With("card_number", 123), problem.WrongType, "card_number"},
		{"a number on a card that is not of paper", c.With("card_number", "A-1"), problem.ChannelMismatch, "channel"},
		{"paper without a number", c.With("channel", "response_card"), problem.ChannelMismatch, "channel"},
		{"somebody's name", c.With("keyed_by", "Max Muster"), problem.InvalidValue, "keyed_by"},
		{"paper card of another response", intaketest.PaperCard().With("response_key", "2026-03-abcdefghijklmnop"), problem.InvalidValue, "response_key"},
		{"kind where the address says it", c.With("kind", "card"), problem.UnknownField, "kind"},
	} {
		t.Run(x.name, func(t *testing.T) {
			s, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindCard, x.f.JSON(t), now)
			if err == nil {
				t.Fatalf("accepted %+v", s)
			}
			if code, field := fieldError(err); code != x.code || field != x.field {
				t.Errorf("got %s for %q, want %s for %q: %v", code, field, x.code, x.field, err)
			}
		})
	}
}

func TestWhatIsSaidInOwnWordsComesBackAsText(t *testing.T) {
	cfg := intaketest.Config(t)
	for _, words := range []string{
		`<script>alert("1")</script>`, "مرحبا بالعالم", "\u202eedoc", "👩‍👩‍👧‍👦 ❤️", "Zeile\nZeile\tTab", `'; DROP TABLE votes; --`, "{{.}} ${x} %s", "\\u0000",
	} {
		s, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindCard,
			intaketest.Card().With("answers", intaketest.Fields{"remark": words, "suggestion": words}).JSON(t), now)
		if err != nil || s.Personal.Answers["remark"] != words || s.Personal.Suggestion != words {
			t.Errorf("%q became %+v, %v", words, s, err)
		}
	}
}

// key keys a paper card in.
func key(t *testing.T, m *store.Memory, f intaketest.Fields, at time.Time) (intake.Receipt, error) {
	t.Helper()
	s, err := intake.ParseEvent(intaketest.Config(t), system, feedback.KindCard, f.JSON(t), at)
	if err != nil {
		t.Fatal(err)
	}
	return intake.Accept(t.Context(), m, s)
}

func TestAPaperCardIsOneEventWhoeverKeysItIn(t *testing.T) {
	m := store.NewMemory()
	c := intaketest.PaperCard()
	first, err := key(t, m, c, now)
	if err != nil || first.Status != intake.Accepted || string(first.EventID) != c["event_id"] {
		t.Fatalf("got %+v, %v", first, err)
	}
	again, err := key(t, m, c, now.AddDate(0, 2, 0))
	want := intake.Receipt{EventID: first.EventID, ResponseKey: first.ResponseKey, Status: intake.Duplicate}
	if diff := cmp.Diff(want, again); diff != "" || err != nil {
		t.Errorf("the same request again: %v (-want +got):\n%s", err, diff)
	}
	other := c.With("event_id", "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e9f")
	for name, f := range map[string]intaketest.Fields{
		"as another event":               other,
		"by somebody else":               other.With("keyed_by", "desk-8"),
		"with the date of another month": other.With("submitted_at", "2026-01-31T23:59:00+01:00"),
		"of the month before the oldest": other.With("submitted_at", "2025-03-01T12:00:00+01:00"),
		"with another answer":            c.With("rating", 1),
		"with another date":              c.With("submitted_at", "2026-02-10T10:00:00+01:00"),
	} {
		_, err := key(t, m, f, now.Add(time.Hour))
		if p := problem.Of(err); p.Code != problem.CardNumberTaken || p.Status != 409 {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if all := stored(t, m, "2025-03", "2026-01", "2026-02", "2026-03"); len(all) != 1 {
		t.Errorf("%d stored, want 1", len(all))
	}
	for name, f := range map[string]intaketest.Fields{
		"another number": other.With("card_number", "A-000124"),
		"another card with the same number": other.With("card", "commissioning").With("touchpoint", "repair").
			With("scale", "csat_1_10").With("answers", nil),
	} {
		if got, err := key(t, m, f, now); err != nil || got.Status != intake.Accepted {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestAPaperCardKeepsItsNumberInTheEventAndWhoKeyedItOutOfIt(t *testing.T) {
	m := store.NewMemory()
	if _, err := key(t, m, intaketest.PaperCard(), now); err != nil {
		t.Fatal(err)
	}
	e := stored(t, m, "2026-03")[0]
	var c feedback.Card
	if err := json.Unmarshal(e.Event, &c); err != nil || c.Number != "A-000123" || c.EventID != feedback.DeriveEventID("paper", "visit", "A-000123") {
		t.Errorf("got %+v, %v", c, err)
	}
	if strings.Contains(string(e.Event), "desk-7") || !strings.Contains(string(e.Personal), `"keyed_by":"desk-7"`) {
		t.Errorf("event %s, personal %s", e.Event, e.Personal)
	}
}

func TestALookUpThatFailsStoresNothing(t *testing.T) {
	cfg := intaketest.Config(t)
	cause := errors.New("throttled on table-x")
	s, err := intake.ParseEvent(cfg, system, feedback.KindCard, intaketest.PaperCard().JSON(t), now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = intake.Accept(t.Context(), broken{cause}, s)
	if p := problem.Of(err); p.Status != 503 || p.RetryAfter == 0 || !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
}

// Two who key one card in at the same time with dates of one month meet at the
// table's key.
func TestOfManyWhoKeyOneCardInAtOnceOneIsAccepted(t *testing.T) {
	m := store.NewMemory()
	outcomes := make(chan problem.Code, 40)
	for i := range cap(outcomes) {
		go func() {
			f := intaketest.PaperCard().With("event_id", string(feedback.DeriveEventID("typist", fmt.Sprint(i))))
			s, err := intake.ParseEvent(intaketest.Config(t), system, feedback.KindCard, f.JSON(t), now)
			if err == nil {
				_, err = intake.Accept(t.Context(), m, s)
			}
			if err == nil {
				outcomes <- ""
				return
			}
			outcomes <- problem.Of(err).Code
		}()
	}
	n := map[problem.Code]int{}
	for range cap(outcomes) {
		n[<-outcomes]++
	}
	if n[""] != 1 || n[problem.CardNumberTaken] != cap(outcomes)-1 {
		t.Errorf("got %v", n)
	}
}
