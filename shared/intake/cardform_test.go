package intake_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/store"
)

const cardNonce = "0123456789abcdef"

// cardForm is a valid form of the card "visit" with changes: name, value, …;
// an empty value removes the field.
func cardForm(changes ...string) []byte {
	v := url.Values{"stars": {"4"}, "nonce": {cardNonce}, "q-friendliness": {"5"}, "q-found": {"no"}, "q-remark": {"Gut"}}
	for i := 0; i < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return []byte(v.Encode())
}

func TestACardsFormIsReadAsItWasFilledIn(t *testing.T) {
	cfg := intaketest.Config(t)
	tp, card := cfg.Touchpoint("checkout-cologne"), cfg.Card("visit")
	got, wrong, err := intake.ParseCard(tp, card, cardForm("q-how_often", "", "q-suggestion", "  \r\n", "callback", "on", "contact", " a@example.com ", "l", "fr"))
	want := intake.CardForm{
		Stars: 4, Answers: map[string]string{"friendliness": "5", "found": "no", "remark": "Gut"},
		Callback: true, Contact: "a@example.com", Nonce: cardNonce, Language: "fr",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil || len(wrong) != 0 {
		t.Errorf("%v %v\n%s", err, wrong, diff)
	}
}

func TestEveryMistakeInACardIsNamedInTheOrderOfThePage(t *testing.T) {
	cfg := intaketest.Config(t)
	tp, card := cfg.Touchpoint("checkout-cologne"), cfg.Card("visit")
	body := "zzz=1&q-none=1&nonce=short&contact=a%00b&callback=maybe&q-suggestion=%ff&q-remark=%1b&q-how_often=never&q-found=YES&q-friendliness=0&stars=04&stars=5&q-" + strings.Repeat("x", 60) + "=1"
	got, wrong, err := intake.ParseCard(tp, card, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range wrong {
		names = append(names, f.Field+" "+string(f.Code))
	}
	want := []string{
		"stars out_of_range", "q-friendliness out_of_range", "q-found invalid_value", "q-how_often invalid_value",
		"q-remark control_character", "q-suggestion invalid_utf8", "callback invalid_value", "contact control_character", "nonce invalid_value",
		"q-none unknown_field", "q-" + strings.Repeat("x", 38) + "… unknown_field", "stars duplicate_field", "zzz unknown_field",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if got.Nonce != "" || len(got.Answers) != 0 {
		t.Errorf("kept %+v", got)
	}
	if _, _, err := intake.ParseCard(tp, card, []byte("stars=%zz")); err == nil {
		t.Error("what is no form is read")
	}
}

func TestACardIsOneEventHoweverOftenItIsSent(t *testing.T) {
	cfg := intaketest.Config(t)
	tp, card := cfg.Touchpoint("checkout-cologne"), cfg.Card("visit")
	at := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	token := &link.Token{ResponseKey: "2026-03-abcdefghijklmnop", Channel: feedback.SMSLink, Segment: "B"}
	vote := func(t2 *link.Token, at time.Time, changes ...string) *intake.Submission {
		f, wrong, err := intake.ParseCard(tp, card, cardForm(changes...))
		if err != nil || len(wrong) > 0 {
			t.Fatalf("%v %v", err, wrong)
		}
		return intake.CardVote(cfg, tp, card, t2, &f, "de", at)
	}
	memory := store.NewMemory()
	for i, c := range []struct {
		s    *intake.Submission
		want intake.Status
	}{
		{vote(nil, at), intake.Accepted},
		{vote(nil, at.Add(time.Minute)), intake.Duplicate},
		{vote(nil, at, "stars", "3"), intake.Accepted},
		{vote(nil, at, "q-remark", "Gut!"), intake.Accepted},
		{vote(nil, at, "q-found", ""), intake.Accepted},
		{vote(nil, at, "nonce", "fedcba9876543210"), intake.Accepted},
		{vote(token, at), intake.Accepted},
		{vote(token, at.Add(time.Minute)), intake.Duplicate},
		{vote(nil, time.Date(2026, 3, 31, 21, 59, 0, 0, time.UTC), "nonce", "aaaaaaaaaaaaaaaa"), intake.Accepted},
		{vote(nil, time.Date(2026, 3, 31, 22, 1, 0, 0, time.UTC), "nonce", "aaaaaaaaaaaaaaaa"), intake.Duplicate},
	} {
		got, err := intake.Accept(t.Context(), memory, c.s)
		if err != nil || got.Status != c.want || got.EventID != c.s.Rating.EventID {
			t.Errorf("%d: %+v, %v; want %s", i, got, err, c.want)
		}
	}
	if s := vote(token, at); s.Rating.ResponseKey != token.ResponseKey || s.Rating.Channel != feedback.SMSLink || s.Rating.Segment != "B" {
		t.Errorf("through a link: %+v", s.Rating)
	}
}

// Whatever is typed, a card that is accepted says exactly that, and own words
// never enter the event.
func TestOwnWordsStayPersonal(t *testing.T) {
	cfg := intaketest.Config(t)
	tp, card := cfg.Touchpoint("checkout-cologne"), cfg.Card("visit")
	at := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(rt *rapid.T) {
		remark, suggestion := rapid.String().Draw(rt, "remark"), rapid.String().Draw(rt, "suggestion")
		f, wrong, err := intake.ParseCard(tp, card, cardForm("q-remark", remark, "q-suggestion", suggestion))
		if err != nil {
			rt.Fatal(err)
		}
		if len(wrong) > 0 {
			return // refused by name
		}
		s := intake.CardVote(cfg, tp, card, nil, &f, "de", at)
		if s.Personal.Answers["remark"] != f.Answers["remark"] || s.Personal.Suggestion != f.Answers["suggestion"] || s.Rating.HasText != (f.Answers["remark"] != "") {
			rt.Fatalf("%+v of %+v", s, f)
		}
		if diff := cmp.Diff(map[string]string{"friendliness": "5", "found": "no"}, s.Card.Answers); diff != "" {
			rt.Fatal(diff)
		}
		if clean := strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(remark, "\r\n", "\n"), "\r", "\n")); clean != f.Answers["remark"] {
			rt.Fatalf("%q became %q", remark, f.Answers["remark"])
		}
	})
}

func FuzzParseCard(f *testing.F) {
	cfg := intaketest.Config(f)
	tp, card := cfg.Touchpoint("checkout-cologne"), cfg.Card("visit")
	f.Add(cardForm())
	f.Add([]byte("stars=6&q-found=&&=&%"))
	f.Fuzz(func(t *testing.T, body []byte) {
		form, wrong, err := intake.ParseCard(tp, card, body)
		if err != nil || len(wrong) > 0 {
			return
		}
		s := intake.CardVote(cfg, tp, card, nil, &form, "de", time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC))
		if !s.Rating.Scale.Valid(s.Rating.Rating) || s.Rating.EventID == "" || len(form.Nonce) < 16 {
			t.Errorf("%q makes %+v", body, s)
		}
	})
}
