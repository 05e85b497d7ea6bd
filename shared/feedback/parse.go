package feedback

import (
	"errors"
	"fmt"
	"slices"
)

// ErrInvalid is what every error of the Parse functions wraps. The text around
// it says what was expected and never repeats the value: it may be personal.
var ErrInvalid = errors.New("invalid value")

// maxName bounds the ids of touchpoints and devices, so that a rating fits one
// write unit.
const maxName = 40

// ParseTouchpoint reads a touchpoint id: 1 to 40 lower-case letters, digits and
// inner hyphens. Whether it is configured is another question.
func ParseTouchpoint(s string) (Touchpoint, error) {
	if !isName(s) {
		return "", fmt.Errorf("touchpoint: %w: want 1 to 40 of a-z, 0-9 and inner hyphens", ErrInvalid)
	}
	return Touchpoint(s), nil
}

// ParseDevice reads a device id; same shape as a touchpoint id.
func ParseDevice(s string) (Device, error) {
	if !isName(s) {
		return "", fmt.Errorf("device: %w: want 1 to 40 of a-z, 0-9 and inner hyphens", ErrInvalid)
	}
	return Device(s), nil
}

func isName(s string) bool {
	if s == "" || len(s) > maxName || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// ParseLanguage reads a two-letter code in lower case, such as "de".
func ParseLanguage(s string) (Language, error) {
	if len(s) != 2 || s[0] < 'a' || s[0] > 'z' || s[1] < 'a' || s[1] > 'z' {
		return "", fmt.Errorf("language: %w: want two lower-case letters, such as de", ErrInvalid)
	}
	return Language(s), nil
}

// ParseChannel reads one of Channels.
func ParseChannel(s string) (Channel, error) {
	if Channel(s).Index() < 0 {
		return "", fmt.Errorf("channel: %w: want email_link, sms_link, chat_link, qr, kiosk, terminal, response_card, web_form, phone, in_person or letter", ErrInvalid)
	}
	return Channel(s), nil
}

// Index is the place of c in Channels, or -1.
func (c Channel) Index() int {
	for i := range Channels {
		if Channels[i] == c {
			return i
		}
	}
	return -1
}

// ParseCollectionMode reads "self", "assisted" or "imported".
func ParseCollectionMode(s string) (CollectionMode, error) {
	switch m := CollectionMode(s); m {
	case Self, Assisted, Imported:
		return m, nil
	}
	return "", fmt.Errorf("collection_mode: %w: want self, assisted or imported", ErrInvalid)
}

// ParseKind reads a kind stored today.
func ParseKind(s string) (Kind, error) {
	if k := Kind(s); slices.Contains(Kinds[:], k) {
		return k, nil
	}
	return "", fmt.Errorf("kind: %w: want rating, invitation, card, complaint or delivery", ErrInvalid)
}

// ParseConsent reads "consent", "contract" or "legitimate_interest".
func ParseConsent(s string) (Consent, error) {
	switch c := Consent(s); c {
	case ConsentGiven, Contract, LegitimateInterest:
		return c, nil
	}
	return "", fmt.Errorf("consent: %w: want consent, contract or legitimate_interest", ErrInvalid)
}

// ParseOutcome reads "bounced", "suppressed" or "reported".
func ParseOutcome(s string) (Outcome, error) {
	switch o := Outcome(s); o {
	case Bounced, Suppressed, Reported:
		return o, nil
	}
	return "", fmt.Errorf("outcome: %w: want bounced, suppressed or reported", ErrInvalid)
}

// ParseSegment reads a customer segment: one letter A to Z, or nothing.
func ParseSegment(s string) (string, error) {
	if s != "" && (len(s) != 1 || s[0] < 'A' || s[0] > 'Z') {
		return "", fmt.Errorf("segment: %w: want one letter A to Z", ErrInvalid)
	}
	return s, nil
}

// ParseScale reads one of the four scales of the field.
func ParseScale(s string) (Scale, error) {
	sc := Scale(s)
	if _, max := sc.Bounds(); max == 0 {
		return "", fmt.Errorf("scale: %w: want stars_1_5, csat_1_10, nps_0_10 or ces_1_7", ErrInvalid)
	}
	return sc, nil
}

// Bounds are the least and the greatest rating on s, both allowed; 0, 0 for an
// unknown scale.
func (s Scale) Bounds() (min, max int) {
	switch s {
	case Stars5:
		return 1, 5
	case CSAT10:
		return 1, 10
	case NPS:
		return 0, 10
	case CES7:
		return 1, 7
	}
	return 0, 0
}

// Valid reports whether n is a rating on s.
func (s Scale) Valid(n int) bool {
	min, max := s.Bounds()
	return max != 0 && min <= n && n <= max
}
