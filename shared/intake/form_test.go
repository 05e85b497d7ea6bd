package intake_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/problem"
)

const goodNonce = "abcdefghijklmnop"

func form(pairs ...string) string {
	v := url.Values{"nonce": {goodNonce}, "stars": {"4"}}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "-" {
			v.Del(pairs[i])
		}
	}
	return v.Encode()
}

func TestAFormIsReadWhole(t *testing.T) {
	got, wrong, err := intake.ParseForm(feedback.Stars5, []byte(form("stars", "2", "reason", "waiting_time",
		"comment", " Zu\r\nlang ", "suggestion", "Mehr Personal", "callback", "1", "contact", " +49 30 000000 ")))
	want := intake.Form{Stars: 2, Reason: "waiting_time", Comment: "Zu\nlang", Suggestion: "Mehr Personal", Callback: true, Contact: "+49 30 000000", Nonce: goodNonce}
	if diff := cmp.Diff(want, got); diff != "" || len(wrong) > 0 || err != nil {
		t.Errorf("%v, %v (-want +got):\n%s", wrong, err, diff)
	}
}

func TestEveryBadFormFieldHasANamedError(t *testing.T) {
	for _, c := range []struct {
		name, body, field string
		code              problem.Code
	}{
		{"no star", form("stars", "-"), "stars", problem.MissingField},
		{"empty star", form("stars", ""), "stars", problem.MissingField},
		{"star 0", form("stars", "0"), "stars", problem.OutOfRange},
		{"star 6", form("stars", "6"), "stars", problem.OutOfRange},
		{"star with a sign", form("stars", "+4"), "stars", problem.OutOfRange},
		{"star with a zero", form("stars", "04"), "stars", problem.OutOfRange},
		{"star 3.5", form("stars", "3.5"), "stars", problem.OutOfRange},
		{"two stars", form() + "&stars=5", "stars", problem.DuplicateField},
		{"no nonce", form("nonce", "-"), "nonce", problem.MissingField},
		{"short nonce", form("nonce", "abc"), "nonce", problem.InvalidValue},
		{"nonce with markup", form("nonce", `"><script>alert(1)</script>`), "nonce", problem.InvalidValue},
		{"long comment", form("comment", strings.Repeat("ä", 2001)), "comment", problem.TooLong},
		{"NUL in the comment", form("comment", "a\x00b"), "comment", problem.ControlCharacter},
		{"invalid UTF-8 in the comment", form("comment", "a\xffb"), "comment", problem.InvalidUTF8},
		{"long suggestion", form("suggestion", strings.Repeat("x", 2001)), "suggestion", problem.TooLong},
		{"callback without contact", form("callback", "1"), "contact", problem.ContactMissing},
		{"callback with blank contact", form("callback", "1", "contact", "  "), "contact", problem.ContactMissing},
		{"contact without callback", form("contact", "x"), "callback", problem.CallbackMissing},
		{"callback of another value", form("callback", "maybe"), "callback", problem.InvalidValue},
		{"long contact", form("callback", "1", "contact", strings.Repeat("x", 201)), "contact", problem.TooLong},
		{"line end in the contact", form("callback", "1", "contact", "a\nb"), "contact", problem.ControlCharacter},
		{"reason that is no code", form("reason", "Frau Muster"), "reason", problem.InvalidValue},
		{"unknown field", form("rating", "4"), "rating", problem.UnknownField},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, wrong, err := intake.ParseForm(feedback.Stars5, []byte(c.body))
			if err != nil || len(wrong) != 1 || wrong[0].Field != c.field || wrong[0].Code != c.code {
				t.Errorf("got %v, %v; want %s for %s", wrong, err, c.code, c.field)
			}
		})
	}
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	for _, body := range []string{"stars=%zz", "stars=4;nonce=x", "%"} {
		if _, _, err := intake.ParseForm(feedback.Stars5, []byte(body)); problem.Of(err).Code != problem.MalformedForm {
			t.Errorf("%q: got %v", body, err)
		}
	}
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	got, wrong, err := intake.ParseForm(feedback.Stars5, []byte(form("stars", "-", "comment", "Zu lang\x01", "callback", "1", "suggestion", "mehr")))
	want := intake.Form{Comment: "Zu lang", Callback: true, Suggestion: "mehr", Nonce: goodNonce}
	if diff := cmp.Diff(want, got); diff != "" || len(wrong) != 3 || err != nil {
		t.Errorf("%v, %v (-want +got):\n%s", wrong, err, diff)
	}
}

func TestTheLongestTextsAllowedFitTheBodyLimit(t *testing.T) {
	emoji := strings.Repeat("\U0001F600", intake.MaxText)
	body := form("comment", emoji, "suggestion", emoji, "callback", "1", "contact", strings.Repeat("\U0001F600", intake.MaxContact))
	if _, wrong, err := intake.ParseForm(feedback.Stars5, []byte(body)); len(body) > intake.MaxForm || len(wrong) > 0 || err != nil {
		t.Errorf("%d bytes of %d: %v, %v", len(body), intake.MaxForm, wrong, err)
	}
}

func TestTheSameFormOnTheSameLinkIsTheSameEvent(t *testing.T) {
	tp := intaketest.Config(t).Touchpoint("hotline")
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) intake.Form {
			return intake.Form{
				Stars: rapid.IntRange(1, 5).Draw(t, label+"stars"), Comment: rapid.StringN(0, 3, 9).Draw(t, label+"comment"),
				Suggestion: rapid.StringN(0, 3, 9).Draw(t, label+"suggestion"), Nonce: rapid.SampledFrom([]string{"n1", "n2"}).Draw(t, label+"nonce"),
			}
		}
		a, b := draw("a "), draw("b ")
		token := link.Token{ResponseKey: "2026-03-abcdefghijklmnop", Channel: feedback.EmailLink}
		x, y := intake.Vote(tp, token, a, now), intake.Vote(tp, token, b, now)
		if (a == b) != (x.Rating.EventID == y.Rating.EventID) {
			t.Fatalf("%+v and %+v: %s and %s", a, b, x.Rating.EventID, y.Rating.EventID)
		}
		if _, err := feedback.ParseEventID(string(x.Rating.EventID)); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzForm(f *testing.F) {
	f.Add([]byte(form()))
	f.Add([]byte(form("comment", "ä\xff\x00", "callback", "1")))
	f.Add([]byte("stars=4&stars=5&x=1"))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, wrong, err := intake.ParseForm(feedback.CSAT10, body)
		if err != nil {
			return
		}
		for _, s := range []string{got.Comment, got.Suggestion, got.Contact, got.Nonce, got.Reason} {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b") {
				t.Errorf("not fit to be shown: %q", s)
			}
		}
		if len(wrong) == 0 && (!feedback.CSAT10.Valid(got.Stars) || got.Nonce == "") {
			t.Errorf("accepted %+v", got)
		}
	})
}
