package link_test

import (
	"errors"
	"strings"
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/link"
)

func TestWhatIsSealedComesBackWithItsOwnLinkOnly(t *testing.T) {
	old, fresh := []byte(strings.Repeat("o", 32)), []byte(strings.Repeat("n", 32))
	before, err := link.NewKeyring(old, nil)
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := link.NewKeyring(fresh, old)
	if err != nil {
		t.Fatal(err)
	}
	other, err := link.NewKeyring(fresh, nil)
	if err != nil {
		t.Fatal(err)
	}
	const key, who = "2026-03-aaaaaaaaaaaaaaaa", "aabcdefghijklmnopqrstuvwx2"
	sealed := link.Seal(before, key, who)
	if again := link.Seal(before, key, who); again == sealed || strings.Contains(sealed, who) {
		t.Errorf("%s tells what it holds", sealed)
	}
	if strings.Trim(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("%s does not fit into an address", sealed)
	}
	for _, ring := range []link.Keyring{before, rotated} {
		if got, err := link.Unseal(ring, key, sealed); err != nil || got != who {
			t.Errorf("got %q, %v", got, err)
		}
	}
	changed := []byte(sealed)
	changed[3] = map[bool]byte{true: 'B', false: 'A'}[changed[3] == 'A']
	for name, c := range map[string]struct {
		ring        link.Keyring
		key, sealed string
		want        error
	}{
		"of another response": {before, "2026-03-aaaaaaaaaaaaaaab", sealed, link.ErrForged},
		"of another key":      {other, key, sealed, link.ErrForged},
		"of no key":           {link.Keyring{}, key, sealed, link.ErrForged},
		"changed":             {before, key, string(changed), link.ErrForged},
		"cut off":             {before, key, sealed[:10], link.ErrMalformed},
		"nothing":             {before, key, "", link.ErrMalformed},
		"no base64":           {before, key, "§", link.ErrMalformed},
	} {
		if got, err := link.Unseal(c.ring, feedback.ResponseKey(c.key), c.sealed); !errors.Is(err, c.want) || got != "" {
			t.Errorf("%s: got %q, %v, want %v", name, got, err, c.want)
		}
	}
}
