package link_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/period"
)

var now = time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)

// keyOf is a key of 64 bytes, as the stack generates them.
func keyOf(c byte) []byte { return bytes.Repeat([]byte{c}, 64) }

func ring(t testing.TB, current, previous []byte) link.Keyring {
	t.Helper()
	r, err := link.NewKeyring(current, previous)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func token() link.Token {
	return link.Token{
		ResponseKey: "2026-03-abcdefghijklmn27",
		Touchpoint:  link.CodeOf("hotline"),
		Channel:     feedback.EmailLink,
		Language:    "de",
		Segment:     "A",
		ExpiresAt:   now.Add(14 * 24 * time.Hour),
	}
}

func TestATokenSaysWhatWasSigned(t *testing.T) {
	r := ring(t, keyOf('a'), nil)
	bare := token()
	bare.Language, bare.Segment = "", ""
	for _, want := range []link.Token{token(), bare} {
		s := link.Sign(r, want)
		if len(s) != link.Len || len(s) > 100 {
			t.Errorf("%d characters", len(s))
		}
		got, err := link.Verify(r, s, now)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	}
}

func TestATokenIsFixed(t *testing.T) {
	// Links are out with customers: what was signed once must verify for ever.
	const issued = "AdEBOgBEMhTHQlS2N18A1bQAZGVRcFKZQeVPoQySz57CD_vDibPaCyA"
	if got := link.Sign(ring(t, keyOf('a'), nil), token()); got != issued {
		t.Errorf("got %s", got)
	}
}

func TestAnyValidTokenComesBack(t *testing.T) {
	r := ring(t, keyOf('a'), keyOf('b'))
	letters := rapid.StringMatching(`[a-z][a-z]`)
	rapid.Check(t, func(t *rapid.T) {
		want := link.Token{
			ResponseKey: feedback.NewResponseKey(period.FromIndex(rapid.IntRange(0, 256*12-1).Draw(t, "month")),
				feedback.ResponseID(rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "id"))),
			Touchpoint: link.Code(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "touchpoint")),
			Channel:    rapid.SampledFrom(feedback.Channels[:]).Draw(t, "channel"),
			Language:   feedback.Language(rapid.OneOf(letters, rapid.Just("")).Draw(t, "language")),
			Segment:    rapid.StringMatching(`[A-Z]?`).Draw(t, "segment"),
			ExpiresAt:  now.Add(time.Duration(rapid.IntRange(1, 1<<20).Draw(t, "hours")) * time.Hour),
		}
		got, err := link.Verify(r, link.Sign(r, want), now)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

func TestExpiryIsRoundedUpToTheHour(t *testing.T) {
	r := ring(t, keyOf('a'), nil)
	tok := token()
	tok.ExpiresAt = now.Add(time.Millisecond)
	s := link.Sign(r, tok)
	if got, err := link.Verify(r, s, now.Add(time.Hour-1)); err != nil || !got.ExpiresAt.Equal(now.Add(time.Hour)) {
		t.Errorf("within the hour: %v, %v", got.ExpiresAt, err)
	}
	got, err := link.Verify(r, s, now.Add(time.Hour))
	if !errors.Is(err, link.ErrExpired) {
		t.Errorf("got %v", err)
	}
	if got.Language != "de" {
		t.Error("an expired token still says in which language to answer")
	}
	tok.ExpiresAt = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := link.Verify(r, link.Sign(r, tok), now); !errors.Is(err, link.ErrExpired) {
		t.Errorf("before the epoch: %v", err)
	}
}

func TestEveryChangedByteIsFound(t *testing.T) {
	r := ring(t, keyOf('a'), nil)
	raw, err := base64.RawURLEncoding.DecodeString(link.Sign(r, token()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for _, flip := range []byte{1, 0x80} {
			b := bytes.Clone(raw)
			b[i] ^= flip
			want := link.ErrForged
			switch i {
			case 0:
				want = link.ErrMalformed // another version
			case 1:
				want = link.ErrUnknownKey
			}
			if tok, err := link.Verify(r, base64.RawURLEncoding.EncodeToString(b), now); !errors.Is(err, want) || tok != (link.Token{}) {
				t.Errorf("byte %d: got %v, %v", i, tok, err)
			}
		}
	}
}

func TestWhatIsNoTokenIsMalformed(t *testing.T) {
	r := ring(t, keyOf('a'), nil)
	s := link.Sign(r, token())
	last := strings.Index("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", s[len(s)-1:])
	for name, bad := range map[string]string{
		"empty":           "",
		"truncated":       s[:len(s)-1],
		"longer":          s + "A",
		"huge":            strings.Repeat(s, 1000),
		"not base64url":   "+" + s[1:],
		"padded":          s[:len(s)-1] + "=",
		"line break":      s[:10] + "\n" + s[11:],
		"second spelling": s[:len(s)-1] + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last^1:last^1+1],
	} {
		if _, err := link.Verify(r, bad, now); !errors.Is(err, link.ErrMalformed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestARotationKeepsLinksAliveOnce(t *testing.T) {
	old := ring(t, keyOf('a'), nil)
	s := link.Sign(old, token())
	if _, err := link.Verify(ring(t, keyOf('b'), keyOf('a')), s, now); err != nil {
		t.Errorf("after one rotation: %v", err)
	}
	if _, err := link.Verify(ring(t, keyOf('c'), keyOf('b')), s, now); !errors.Is(err, link.ErrUnknownKey) {
		t.Errorf("after two: %v", err)
	}
	if _, err := link.Verify(old, link.Sign(ring(t, keyOf('b'), keyOf('a')), token()), now); !errors.Is(err, link.ErrUnknownKey) {
		t.Errorf("a function that has not seen the new key yet: %v", err)
	}
	if _, err := link.Verify(link.Keyring{}, s, now); !errors.Is(err, link.ErrUnknownKey) {
		t.Errorf("no key at all: %v", err)
	}
}

func TestTwoKeysOfOneIDAreBothTried(t *testing.T) {
	// 300 keys share 256 ids, so two of them share one.
	issued := make(map[byte][]byte)
	for i := range 300 {
		k := append(keyOf('k'), byte(i), byte(i>>8))
		r := ring(t, k, nil)
		s := link.Sign(r, token())
		raw, _ := base64.RawURLEncoding.DecodeString(s)
		if other, ok := issued[raw[1]]; ok {
			if _, err := link.Verify(ring(t, other, k), s, now); err != nil {
				t.Errorf("previous key: %v", err)
			}
			if _, err := link.Verify(ring(t, other, nil), s, now); !errors.Is(err, link.ErrForged) {
				t.Errorf("another key of the same id: %v", err)
			}
			return
		}
		issued[raw[1]] = k
	}
	t.Fatal("no two keys of one id")
}

func TestARingShowsItsKeysToOtherSigners(t *testing.T) {
	r := ring(t, keyOf('b'), keyOf('a'))
	if !bytes.Equal(r.Current(), keyOf('b')) || !bytes.Equal(r.Previous(), keyOf('a')) || ring(t, keyOf('b'), nil).Previous() != nil {
		t.Error("not the keys it was made of")
	}
}

func TestShortKeysAreRefused(t *testing.T) {
	for _, k := range [][2][]byte{{nil, nil}, {keyOf('a')[:31], nil}, {keyOf('a'), []byte("short")}} {
		if r, err := link.NewKeyring(k[0], k[1]); err == nil || !r.IsZero() {
			t.Errorf("%d and %d bytes: accepted", len(k[0]), len(k[1]))
		}
	}
}

func TestOnlyParsedValuesAreSigned(t *testing.T) {
	for name, change := range map[string]func(*link.Token){
		"channel":  func(x *link.Token) { x.Channel = "fax" },
		"key":      func(x *link.Token) { x.ResponseKey = "" },
		"language": func(x *link.Token) { x.Language = "deu" },
		"segment":  func(x *link.Token) { x.Segment = "AB" },
	} {
		tok := token()
		change(&tok)
		if !panics(func() { link.Sign(ring(t, keyOf('a'), nil), tok) }) {
			t.Errorf("%s: signed", name)
		}
	}
	if !panics(func() { link.Sign(link.Keyring{}, token()) }) {
		t.Error("signed without a key")
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func FuzzVerify(f *testing.F) {
	r := ring(f, keyOf('a'), keyOf('b'))
	good := link.Sign(r, token())
	f.Add(good)
	f.Add(good[1:])
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		tok, err := link.Verify(r, s, now)
		if err == nil && link.Sign(r, tok) != s {
			t.Errorf("%q verifies but was never signed", s)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	r := ring(b, keyOf('a'), nil)
	s := link.Sign(r, token())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := link.Verify(r, s, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	r, tok := ring(b, keyOf('a'), nil), token()
	b.ReportAllocs()
	for b.Loop() {
		link.Sign(r, tok)
	}
}
