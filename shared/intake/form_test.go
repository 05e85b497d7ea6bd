package intake_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/config"
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

func hotline(tb testing.TB) *config.Touchpoint {
	tb.Helper()
	return intaketest.Config(tb).Touchpoint("hotline")
}

func TestAFormIsReadWhole(t *testing.T) {
	got, wrong, err := intake.ParseForm(hotline(t), []byte(form("stars", "2", "reason", "waiting_time", "fcr", "no", "nps", "0",
		"comment", " Zu\r\nlang ", "suggestion", "Mehr Personal", "callback", "1", "contact", " +49 30 000000 ", "l", "fr")))
	want := intake.Form{Stars: 2, Reason: "waiting_time", FCR: "no", NPS: "0", Comment: "Zu\nlang", Suggestion: "Mehr Personal",
		Callback: true, Contact: "+49 30 000000", Nonce: goodNonce, Language: "fr"}
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
		{"reason of another touchpoint", form("reason", "price_unclear"), "reason", problem.UnknownReason},
		{"a question not asked here", form("ces", "5"), "ces", problem.UnknownField},
		{"FCR of another value", form("fcr", "maybe"), "fcr", problem.InvalidValue},
		{"NPS 11", form("nps", "11"), "nps", problem.OutOfRange},
		{"NPS with a zero", form("nps", "07"), "nps", problem.OutOfRange},
		{"NPS in words", form("nps", "ten"), "nps", problem.OutOfRange},
		{"unknown field", form("rating", "4"), "rating", problem.UnknownField},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, wrong, err := intake.ParseForm(hotline(t), []byte(c.body))
			if err != nil || len(wrong) != 1 || wrong[0].Field != c.field || wrong[0].Code != c.code {
				t.Errorf("got %v, %v; want %s for %s", wrong, err, c.code, c.field)
			}
		})
	}
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	for _, body := range []string{"stars=%zz", "stars=4;nonce=x", "%"} {
		if _, _, err := intake.ParseForm(hotline(t), []byte(body)); problem.Of(err).Code != problem.MalformedForm {
			t.Errorf("%q: got %v", body, err)
		}
	}
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	got, wrong, err := intake.ParseForm(hotline(t), []byte(form("stars", "-", "comment", "Zu lang\x01", "callback", "1", "suggestion", "mehr")))
	want := intake.Form{Comment: "Zu lang", Callback: true, Suggestion: "mehr", Nonce: goodNonce}
	if diff := cmp.Diff(want, got); diff != "" || len(wrong) != 3 || err != nil {
		t.Errorf("%v, %v (-want +got):\n%s", wrong, err, diff)
	}
}

func TestTheLongestTextsAllowedFitTheBodyLimit(t *testing.T) {
	emoji := strings.Repeat("\U0001F600", intake.MaxText)
	body := form("comment", emoji, "suggestion", emoji, "callback", "1", "contact", strings.Repeat("\U0001F600", intake.MaxContact))
	if _, wrong, err := intake.ParseForm(hotline(t), []byte(body)); len(body) > intake.MaxForm || len(wrong) > 0 || err != nil {
		t.Errorf("%d bytes of %d: %v, %v", len(body), intake.MaxForm, wrong, err)
	}
}

func TestTheSameFormOnTheSameLinkIsTheSameEvent(t *testing.T) {
	tp := intaketest.Config(t).Touchpoint("hotline")
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) intake.Form {
			return intake.Form{
				Stars: rapid.IntRange(1, 5).Draw(t, label+"stars"), Comment: rapid.StringN(0, 3, 9).Draw(t, label+"comment"),
				Reason: rapid.SampledFrom([]string{"", "waiting_time"}).Draw(t, label+"reason"), FCR: rapid.SampledFrom([]string{"", "no"}).Draw(t, label+"fcr"),
				NPS: rapid.SampledFrom([]string{"", "0"}).Draw(t, label+"nps"), CES: rapid.SampledFrom([]string{"", "7"}).Draw(t, label+"ces"),
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

func TestAVoteSaysWhatTheFormSays(t *testing.T) {
	f := intake.Form{Stars: 5, Reason: "friendly", FCR: "yes", NPS: "10", CES: "7", Comment: "Alles gut", Nonce: goodNonce}
	got := intake.Vote(hotline(t), link.Token{ResponseKey: "2026-03-abcdefghijklmnop", Channel: feedback.SMSLink, Segment: "B"}, f, now)
	want := feedback.Rating{
		EventID: got.Rating.EventID, ResponseKey: "2026-03-abcdefghijklmnop", Touchpoint: "hotline", Channel: feedback.SMSLink, Scale: feedback.Stars5,
		Rating: 5, SubmittedAt: intake.Instant(now), ReceivedAt: intake.Instant(now), Reason: "friendly", FCR: new(true), NPS: new(10), CES: new(7), HasText: true,
		Segment: "B", CollectionMode: feedback.Self,
	}
	if diff := cmp.Diff(want, got.Rating); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.Comment, f.Nonce = "", ""
	if diff := cmp.Diff(f, intake.FormOf(&got.Rating)); diff != "" {
		t.Errorf("the form of the vote (-want +got):\n%s", diff)
	}
}

func FuzzForm(f *testing.F) {
	f.Add([]byte(form()))
	f.Add([]byte(form("comment", "ä\xff\x00", "callback", "1")))
	f.Add([]byte("stars=4&stars=5&x=1"))
	tp := intaketest.Config(f).Touchpoint("repair")
	f.Fuzz(func(t *testing.T, body []byte) {
		got, wrong, err := intake.ParseForm(tp, body)
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
