package feedback_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

func TestWhatIsAcceptedAndRefused(t *testing.T) {
	const uuid = "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f"
	parsers := map[string]struct {
		parse          func(string) (string, error)
		accept, refuse []string
	}{
		"touchpoint": {text(feedback.ParseTouchpoint), []string{"hotline", "checkout-cologne", "a", "7", strings.Repeat("x", 40)},
			[]string{"", "-a", "a-", "Hotline", "köln", "a b", "a_b", "a\x00", strings.Repeat("x", 41)}},
		"device":   {text(feedback.ParseDevice), []string{"kiosk-cologne-1"}, []string{"", "kiosk.1", "kiosk/1"}},
		"language": {text(feedback.ParseLanguage), []string{"de", "en"}, []string{"", "d", "DE", "deu", "d1", "de-DE"}},
		"channel":  {text(feedback.ParseChannel), []string{"email_link", "kiosk", "letter"}, []string{"", "fax", "Kiosk"}},
		"scale":    {text(feedback.ParseScale), []string{"stars_1_5", "csat_1_10", "nps_0_10", "ces_1_7"}, []string{"", "stars", "stars_1_6"}},
		"mode":     {text(feedback.ParseCollectionMode), []string{"self", "assisted"}, []string{"", "other"}},
		"kind":     {text(feedback.ParseKind), []string{"rating", "invitation", "card", "complaint", "delivery"}, []string{"", "vote"}},
		"consent":  {text(feedback.ParseConsent), []string{"consent", "contract", "legitimate_interest"}, []string{"", "yes", "Consent"}},
		"outcome":  {text(feedback.ParseOutcome), []string{"bounced", "suppressed", "reported"}, []string{"", "delivered"}},
		"segment":  {feedback.ParseSegment, []string{"", "A", "Z"}, []string{"a", "AB", "1", "Ä"}},
		"event id": {text(feedback.ParseEventID), []string{uuid, "00000000-0000-0000-0000-000000000001"},
			[]string{"", "nil", "00000000-0000-0000-0000-000000000000", uuid[1:], uuid + "0", "{" + uuid[1:35] + "}", strings.ReplaceAll(uuid, "-", ""), "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0g", "018e4f6a+3c1b-7e2d-9f00-5a6b7c8d9e0f", "urn:uuid:018e4f6a-3c1b-7e2d-9f00-5a6b"}},
		"response key": {text(feedback.ParseResponseKey), []string{"2026-03-abcdefghijklmn27", "2000-12-aaaaaaaaaaaaaaaa"},
			[]string{"", "2026-03", "2026-13-abcdefghijklmn27", "1999-12-aaaaaaaaaaaaaaaa", "2026-03-abcdefghijklmn2", "2026-03-abcdefghijklmn278", "2026-03-ABCDEFGHIJKLMN27", "2026-03-abcdefghijklmn18", "2026-03_abcdefghijklmn27"}},
	}
	for name, p := range parsers {
		for _, s := range p.accept {
			if got, err := p.parse(s); err != nil || got != s {
				t.Errorf("%s %q: got %q, %v", name, s, got, err)
			}
		}
		for _, s := range p.refuse {
			got, err := p.parse(s)
			if !errors.Is(err, feedback.ErrInvalid) || got != "" {
				t.Errorf("%s %q: got %q, %v", name, s, got, err)
			}
		}
		if _, err := p.parse("max@example.com"); err == nil || strings.Contains(err.Error(), "max@") {
			t.Errorf("%s: an error never repeats the value: %v", name, err)
		}
	}
}

// text turns a parser of a named string type into one of strings.
func text[S ~string](parse func(string) (S, error)) func(string) (string, error) {
	return func(s string) (string, error) {
		v, err := parse(s)
		return string(v), err
	}
}

func TestAnEventIDHasOneSpelling(t *testing.T) {
	upper, err := feedback.ParseEventID("018E4F6A-3C1B-7E2D-9F00-5A6B7C8D9E0F")
	if err != nil || upper != "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f" {
		t.Errorf("got %q, %v", upper, err)
	}
}

func TestScalesHaveBounds(t *testing.T) {
	for s, b := range map[feedback.Scale][2]int{feedback.Stars5: {1, 5}, feedback.CSAT10: {1, 10}, feedback.NPS: {0, 10}, feedback.CES7: {1, 7}} {
		for n := -1; n <= 11; n++ {
			if got, want := s.Valid(n), b[0] <= n && n <= b[1]; got != want {
				t.Errorf("%s, %d: got %v", s, n, got)
			}
		}
	}
	if feedback.Scale("").Valid(0) {
		t.Error("no scale, no rating")
	}
}

func TestChannelsKeepTheirPlace(t *testing.T) {
	// Links that customers hold name channels by this index.
	want := "email_link sms_link chat_link qr kiosk terminal response_card web_form phone in_person letter"
	var got []string
	for i, c := range feedback.Channels {
		got = append(got, string(c))
		if c.Index() != i {
			t.Errorf("%s: index %d, want %d", c, c.Index(), i)
		}
	}
	if strings.Join(got, " ") != want || feedback.Channel("fax").Index() != -1 {
		t.Errorf("got %v", got)
	}
}

func TestMintedAndDerivedEventIDsAreUUIDs(t *testing.T) {
	shape := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-([48])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for want, id := range map[string]feedback.EventID{"4": feedback.NewEventID(), "8": feedback.DeriveEventID("key", "nonce", "body")} {
		if m := shape.FindStringSubmatch(string(id)); m == nil || m[1] != want {
			t.Errorf("version %s: %s", want, id)
		}
		if got, err := feedback.ParseEventID(string(id)); err != nil || got != id {
			t.Errorf("%s: %v", id, err)
		}
	}
	if first, second := feedback.NewEventID(), feedback.NewEventID(); first == second {
		t.Error("minted twice")
	}
}

func TestDerivedEventIDsTellPartsApart(t *testing.T) {
	seen := make(map[feedback.EventID][]string)
	for _, parts := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}, nil} {
		id := feedback.DeriveEventID(parts...)
		if other, ok := seen[id]; ok {
			t.Errorf("%q and %q give one id", parts, other)
		}
		if seen[id] = parts; id != feedback.DeriveEventID(parts...) {
			t.Errorf("%q: not the same twice", parts)
		}
	}
}

func TestTheKeyOfAnEventIsFixed(t *testing.T) {
	// Stored keys must never change: these were computed once with sha256sum
	// and base32 of coreutils.
	berlin := zone(t)
	id := feedback.EventID("018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f")
	got := feedback.KeyFor(id, time.Date(2026, time.March, 31, 22, 30, 0, 0, time.UTC), berlin)
	if want := feedback.ResponseKey("2026-04-sgvmdliwygeaz4qq"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := feedback.KeyFor(id, time.Date(2026, time.March, 31, 21, 30, 0, 0, time.UTC), berlin); got.Month().String() != "2026-03" || got.ID() != feedback.ResponseIDOf(id) {
		t.Errorf("before midnight in Berlin: %s", got)
	}
}

func zone(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestKeysReadBackWhatTheyWereMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		month := period.FromIndex(rapid.IntRange(0, 256*12-1).Draw(t, "month"))
		id := feedback.ResponseID(rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "id"))
		k := feedback.NewResponseKey(month, id)
		if parsed, err := feedback.ParseResponseKey(string(k)); err != nil || parsed != k {
			t.Fatalf("%s: %v", k, err)
		}
		if k.Month() != month || k.ID() != id {
			t.Fatalf("%s: month %s, id %x", k, k.Month(), k.ID())
		}
	})
	for _, k := range []feedback.ResponseKey{"", "2026", "2026-99-abcdefghijklmn27"} {
		if !k.Month().IsZero() {
			t.Errorf("%q has the month %s", k, k.Month())
		}
	}
}

func TestADeviceClockAheadIsNotBelieved(t *testing.T) {
	// Worked case 08: more than five minutes ahead, the time of receipt counts.
	received := time.Date(2026, time.March, 31, 20, 0, 0, 0, time.UTC)
	for ahead, want := range map[time.Duration]bool{-48 * time.Hour: false, 0: false, 5 * time.Minute: false, 5*time.Minute + time.Millisecond: true, 13 * time.Hour: true} {
		submitted := received.Add(ahead)
		got, skewed := feedback.EffectiveTime(submitted, received, 5*time.Minute)
		if skewed != want || want && got != received || !want && got != submitted {
			t.Errorf("%s ahead: %s, %v", ahead, got, skewed)
		}
	}
}
