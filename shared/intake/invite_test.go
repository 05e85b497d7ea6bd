package intake_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

var issueTime = time.Date(2026, 3, 10, 9, 0, 1, 0, time.UTC)

var request = intaketest.Fields{"event_id": "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f", "touchpoint": "hotline", "channel": "email_link"}

// mailed is a request whose link we send.
var mailed = request.With("send", true).With("email", "Kundin@example.com").With("consent", "contract").With("customer_key", "K-1")

// inviting is a configuration that sends mail, asks a customer once a month,
// and has a card at one touchpoint.
func inviting(tb testing.TB) *config.Config {
	tb.Helper()
	cfg := intaketest.Config(tb)
	cfg.Notify.MailFrom = "feedback@example.com"
	cfg.Invitations.FatigueDays = 30
	cfg.Touchpoint("repair").Card = "commissioning"
	return cfg
}

func invite(t *testing.T, l intake.Invitations, f intaketest.Fields, at time.Time) (*intake.Invitation, intake.Status, error) {
	t.Helper()
	cfg := inviting(t)
	in, err := intake.ParseInvitation(cfg, f.JSON(t), at)
	if err != nil {
		return nil, "", err
	}
	s, err := intake.Issue(t.Context(), cfg, l, in)
	return in, s, err
}

// invitations are those stored in some months.
func invitations(t testing.TB, m *store.Memory, months ...string) (all []store.Entry) {
	t.Helper()
	for _, s := range months {
		p, err := period.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Month(t.Context(), p, func(e store.Entry) error { all = append(all, e); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestAnInvitationIsIssuedForTheConfiguredTime(t *testing.T) {
	in, status, err := invite(t, store.NewMemory(), request.With("language", "en").With("segment", "A").With("customer_key", "K-1"), issueTime)
	if err != nil || status != intake.Accepted {
		t.Fatalf("%s, %v", status, err)
	}
	want := feedback.Invitation{
		EventID: "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f", ResponseKey: feedback.NewResponseKey(in.ResponseKey.Month(), feedback.ResponseIDOf(in.EventID)),
		Touchpoint: "hotline", Channel: "email_link", Language: "en", Segment: "A", IssuedAt: issueTime, ReceivedAt: issueTime,
		ExpiresAt: time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC), // 14 days, rounded up to the hour
	}
	if diff := cmp.Diff(want, in.Invitation); diff != "" || in.ResponseKey.Month().String() != "2026-03" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The pages then ask the browser.
func TestALanguageThatIsNotToldIsNotMadeUp(t *testing.T) {
	m := store.NewMemory()
	if in, _, err := invite(t, m, request, issueTime); err != nil || in.Language != "" {
		t.Errorf("%q, %v", in.Language, err)
	}
	if in, status, err := invite(t, m, request, issueTime.Add(time.Hour)); err != nil || status != intake.Duplicate || in.Language != "" {
		t.Errorf("again: %q, %s, %v", in.Language, status, err)
	}
}

func TestConsentIsRecordedAndTheAddressIsPersonal(t *testing.T) {
	m := store.NewMemory()
	if _, _, err := invite(t, m, mailed.With("touchpoint", "repair").With("card", true), issueTime); err != nil {
		t.Fatal(err)
	}
	all := invitations(t, m, "2026-03")
	if len(all) != 1 || string(all[0].Personal) != `{"email":"Kundin@example.com"}` || all[0].CustomerKey != "K-1" {
		t.Fatalf("stored %+v", all)
	}
	event := string(all[0].Event)
	for _, want := range []string{`"consent":"contract"`, `"mailed":true`, `"card":true`} {
		if !strings.Contains(event, want) {
			t.Errorf("%s lacks %s", event, want)
		}
	}
	if strings.Contains(strings.ToLower(event), "kundin") || strings.Contains(event, "K-1") {
		t.Errorf("personal: %s", event)
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
	if n := len(invitations(t, m, "2026-03", "2026-04")); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

func TestWithoutAnEventIDEveryRequestIsAContactOfItsOwn(t *testing.T) {
	m := store.NewMemory()
	a, _, errA := invite(t, m, request.With("event_id", nil), issueTime)
	b, _, errB := invite(t, m, request.With("event_id", nil), issueTime)
	if errA != nil || errB != nil || a.ResponseKey == b.ResponseKey || len(invitations(t, m, "2026-03")) != 2 {
		t.Errorf("%+v %v, %+v %v", a, errA, b, errB)
	}
}

func TestACustomerIsAskedOnceInThirtyDays(t *testing.T) {
	m := store.NewMemory()
	n := 0
	ask := func(f intaketest.Fields, after time.Duration, want problem.Code) {
		t.Helper()
		n++
		_, _, err := invite(t, m, f.With("event_id", string(feedback.DeriveEventID("ask", string(rune('a'+n))))), issueTime.Add(after))
		if got := codeOf(err); got != want {
			t.Errorf("after %s: got %q, want %q", after, got, want)
		}
	}
	const days30 = 30 * 24 * time.Hour
	ask(mailed, 0, "")
	ask(mailed, days30-time.Millisecond, problem.FatigueLimit)
	ask(mailed.With("email", "neu@example.com"), days30-time.Millisecond, problem.FatigueLimit)
	ask(mailed.With("customer_key", "K-2"), days30-time.Millisecond, "") // same address, another customer
	ask(mailed, days30, "")
	ask(request.With("customer_key", "K-1"), days30, problem.FatigueLimit)
	ask(mailed.With("customer_key", nil), days30, "")
	ask(mailed.With("customer_key", nil).With("email", "KUNDIN@EXAMPLE.COM"), days30, problem.FatigueLimit)
	ask(request, days30, "")
	ask(request, days30, "")
}

func TestWhoOptedOutIsNotInvitedButTheSameRequestGetsTheSameLink(t *testing.T) {
	m := store.NewMemory()
	first, _, err := invite(t, m, mailed, issueTime)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.OptOut(t.Context(), store.AddressContact("kundin@example.com"), store.Unsubscribed, issueTime); err != nil {
		t.Fatal(err)
	}
	for _, f := range []intaketest.Fields{mailed, mailed.With("customer_key", "K-2"), mailed.With("customer_key", nil)} {
		_, _, err := invite(t, m, f.With("event_id", nil), issueTime.AddDate(1, 0, 0))
		if got := problem.Of(err); err == nil || got.Code != problem.OptedOut || got.Status != 409 {
			t.Errorf("got %v", err)
		}
	}
	again, status, err := invite(t, m, mailed, issueTime.Add(time.Hour))
	if err != nil || status != intake.Duplicate || again.ResponseKey != first.ResponseKey || again.ExpiresAt != first.ExpiresAt {
		t.Errorf("%s %+v, %v", status, again, err)
	}
	if n := len(invitations(t, m, "2026-03", "2027-03")); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

func TestWhatCannotBeStoredNowIsToBeSentAgain(t *testing.T) {
	cause := errors.New("throttled")
	for name, l := range map[string]intake.Invitations{
		"reading": failing{store.NewMemory(), cause, nil}, "writing": failing{store.NewMemory(), nil, cause},
		"others keep writing": failing{store.NewMemory(), nil, store.ErrVersion},
	} {
		_, _, err := invite(t, l, mailed, issueTime)
		if p := problem.Of(err); err == nil || p.Code != problem.Unavailable || p.RetryAfter == 0 {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func codeOf(err error) problem.Code {
	if err == nil {
		return ""
	}
	return problem.Of(err).Code
}

func TestEveryBadInvitationHasANamedError(t *testing.T) {
	m := store.NewMemory()
	if _, _, err := invite(t, m, request, issueTime); err != nil {
		t.Fatal(err)
	}
	type expectation = map[string]problem.Code // field → code
	for _, c := range []struct {
		name string
		f    intaketest.Fields
		want expectation
	}{
		{"unknown touchpoint", request.With("touchpoint", "nowhere"), expectation{"touchpoint": problem.UnknownTouchpoint}},
		{"neither touchpoint nor channel", request.With("touchpoint", nil).With("channel", nil), expectation{"touchpoint": problem.MissingField, "channel": problem.MissingField}},
		{"channel that carries no link", request.With("channel", "kiosk"), expectation{"channel": problem.ChannelMismatch}},
		{"unknown channel", request.With("channel", "fax"), expectation{"channel": problem.InvalidValue}},
		{"event id of another type", request.With("event_id", 7), expectation{"event_id": problem.WrongType}},
		{"event id of another shape", request.With("event_id", "7"), expectation{"event_id": problem.InvalidEventID}},
		{"language not configured", request.With("language", "es"), expectation{"language": problem.InvalidValue}},
		{"segment of two letters", request.With("segment", "AB"), expectation{"segment": problem.InvalidValue}},
		{"address as a customer key", request.With("customer_key", "max@example.com"), expectation{"customer_key": problem.InvalidValue}},
		{"unknown consent", request.With("consent", "implied"), expectation{"consent": problem.InvalidValue}},
		{"null", request.With("consent", nil).With("email", struct{}{}), expectation{"email": problem.WrongType}},
		{"card where there is none", request.With("card", true), expectation{"card": problem.UnknownCard}},
		{"card in words", request.With("card", "true"), expectation{"card": problem.WrongType}},
		{"address without send", request.With("email", "max@example.com"), expectation{"email": problem.InvalidValue}},
		{"send without anything", request.With("send", true), expectation{"email": problem.MissingField, "consent": problem.MissingField}},
		{"send by text message", mailed.With("channel", "sms_link"), expectation{"channel": problem.ChannelMismatch}},
		{"send on a number", mailed.With("send", 1), expectation{"send": problem.WrongType}},
		{"send to no address", mailed.With("email", "max"), expectation{"email": problem.InvalidEmail}},
		{"unknown field", request.With("phone", "+49 30 000000"), expectation{"phone": problem.UnknownField}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := invite(t, m, c.f, issueTime)
			if err == nil {
				t.Fatal("accepted")
			}
			got := make(expectation)
			for _, f := range problem.Of(err).Errors {
				if _, twice := got[f.Field]; twice || f.Detail == "" {
					t.Errorf("%+v is said twice, or not explained", f)
				}
				got[f.Field] = f.Code
			}
			if diff := cmp.Diff(c.want, got); diff != "" || problem.Of(err).Status != 422 || strings.Contains(err.Error(), "max@") {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	if _, _, err := invite(t, m, request.With("touchpoint", "repair"), issueTime); codeOf(err) != problem.EventConflict {
		t.Errorf("same id, other body: %v", err)
	}
	if n := len(invitations(t, m, "2026-03")); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

func TestWithoutASenderNothingCanBeSent(t *testing.T) {
	cfg := inviting(t)
	cfg.Notify.MailFrom = ""
	_, err := intake.ParseInvitation(cfg, mailed.JSON(t), issueTime)
	if p := problem.Of(err); err == nil || p.Errors[0].Field != "send" {
		t.Errorf("got %v", err)
	}
}

func TestOnlyPlainAddressesAreWrittenTo(t *testing.T) {
	send := func(address string) problem.Code {
		t.Helper()
		_, err := intake.ParseInvitation(inviting(t), mailed.With("email", address).JSON(t), issueTime)
		if err != nil && strings.Contains(err.Error(), "max") {
			t.Errorf("%q is repeated: %v", address, err)
		}
		return codeOf(err)
	}
	long := strings.Repeat("a", 60)
	for _, good := range []string{
		"max@example.com", "Max.Muster+web@sub.example.com", "o'brien@example.com", "a@xn--bcher-kva.example", "1@2.example",
		strings.Repeat("l", 64) + "@" + long + "." + long + "." + long + ".com",
	} {
		if c := send(good); c != "" {
			t.Errorf("%q: %s", good, c)
		}
	}
	for _, bad := range []string{
		"", "max", "max@", "@example.com", "max@example", "max@@example.com", "max @example.com", " max@example.com", "max@example.com ",
		"Max <max@example.com>", "<max@example.com>", "max@example.com, eva@example.com", "max@example.com;eva@example.com",
		"max@example.com (Max)", `"max"@example.com`, `"a b"@example.com`, "max@[192.0.2.1]", "max@192.0.2.1", "max@-example.com", "max@example..com",
		"max@example.com.", "max@exa_mple.com", ".max@example.com", "max..m@example.com", "müller@example.com", "max@bücher.example",
		"max@example.com\r\nBcc: eva@example.com", "max@example.com\n", "max\x00@example.com", "max@example.com\u202e", "max@example.com\x7f",
		"=?utf-8?q?max?=@example.com", "mailto:max@example.com",
		strings.Repeat("l", 65) + "@example.com", "max@" + long + long + ".com", "max@" + strings.Repeat(long+".", 5) + "com",
	} {
		if c := send(bad); c == "" {
			t.Errorf("%q is accepted", bad)
		}
	}
}
