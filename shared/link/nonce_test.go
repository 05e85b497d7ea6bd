package link_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/link"
)

func TestANonceIsGoodForItsPageAndItsDay(t *testing.T) {
	now := time.Date(2026, 3, 10, 9, 0, 59, 0, time.UTC)
	a, b := bytes.Repeat([]byte("a"), 32), bytes.Repeat([]byte("b"), 32)
	ring := func(current, previous []byte) link.Keyring {
		r, err := link.NewKeyring(current, previous)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	old := ring(a, nil)
	n := link.NewNonce(old, 7, "/r/abc", now)
	if len(n) != link.NonceLen || len(n) > 64 || link.NoncePlace(n) != 7 || link.NoncePlace("abcdefghijklmnop") != link.NoPlace {
		t.Fatalf("%d characters", len(n))
	}
	flipped := []byte(n)
	if flipped[3] = 'A'; n[3] == 'A' {
		flipped[3] = 'B'
	}
	for _, c := range []struct {
		name, nonce, address string
		ring                 link.Keyring
		at                   time.Time
		want                 error
	}{
		{"at once", n, "/r/abc", old, now, nil},
		{"from a clock that runs ahead a little", n, "/r/abc", old, now.Add(-4 * time.Minute), nil},
		{"from the future", n, "/r/abc", old, now.Add(-7 * time.Minute), link.ErrExpired},
		{"in the last minute", n, "/r/abc", old, now.Add(link.NonceFor - time.Minute), nil},
		{"the day after", n, "/r/abc", old, now.Add(link.NonceFor), link.ErrExpired},
		{"of another page", n, "/r/abd", old, now, link.ErrForged},
		{"of no page", n, "", old, now, link.ErrForged},
		{"after a rotation", n, "/r/abc", ring(b, a), now, nil},
		{"after two rotations", n, "/r/abc", ring(b, b), now, link.ErrUnknownKey},
		{"changed", string(flipped), "/r/abc", old, now, link.ErrForged},
		{"cut", n[1:], "/r/abc", old, now, link.ErrMalformed},
		{"with a second spelling", n[:39] + "=", "/r/abc", old, now, link.ErrMalformed},
		{"of the pages before", "abcdefghijklmnop", "/r/abc", old, now, link.ErrMalformed},
		{"empty", "", "/r/abc", old, now, link.ErrMalformed},
		{"without keys", n, "/r/abc", link.Keyring{}, now, link.ErrUnknownKey},
	} {
		if err := link.CheckNonce(c.ring, c.nonce, c.address, c.at); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestARenewedNonceIsTheSameFormWithANewDay(t *testing.T) {
	now := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	ring, err := link.NewKeyring(bytes.Repeat([]byte("a"), 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.String().Draw(t, "address")
		later := now.Add(time.Duration(rapid.Int64Range(0, 1e7).Draw(t, "minutes")) * time.Minute)
		old := link.NewNonce(ring, 7, address, now)
		renewed := link.RenewNonce(ring, old, address, later)
		if link.NonceID(renewed) != link.NonceID(old) || link.CheckNonce(ring, renewed, address, later) != nil {
			t.Fatalf("%s became %s", old, renewed)
		}
		if other := link.NewNonce(ring, 7, address, now); link.NonceID(other) == link.NonceID(old) {
			t.Fatal("two pages with one nonce")
		}
		if fresh := link.RenewNonce(ring, rapid.StringMatching(`[A-Za-z0-9_-]{0,80}`).Draw(t, "old"), address, later); link.CheckNonce(ring, fresh, address, later) != nil {
			t.Fatal("a spoilt one was not replaced")
		}
	})
}

func TestANonceSaysSinceWhenItsFormMayHaveBeenSent(t *testing.T) {
	r, err := link.NewKeyring(bytes.Repeat([]byte("a"), 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 31, 21, 59, 40, 0, time.UTC)
	n := link.NewNonce(r, 3, "/c/visit/shop", at)
	if got := link.NonceSince(n); !got.Equal(at.Truncate(time.Minute)) {
		t.Errorf("since %s", got)
	}
	again := link.RenewNonce(r, n, "/c/visit/shop", at.Add(30*time.Hour))
	if link.CheckNonce(r, again, "/c/visit/shop", at.Add(31*time.Hour)) != nil || link.CheckNonce(r, again, "/c/visit/shop", at.Add(54*time.Hour)) == nil {
		t.Error("a renewed one is not good for a day")
	}
	if link.NonceID(again) != link.NonceID(n) || !link.NonceSince(again).IsZero() || !link.NonceSince("abcdefghijklmnop").IsZero() {
		t.Error("a renewed one says since when")
	}
}
