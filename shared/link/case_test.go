package link_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/link"
)

func aCase() link.Case {
	return link.Case{Number: "2603-7K2M-Q4XA", Language: "de", ExpiresAt: now.Add(400 * 24 * time.Hour)}
}

func TestATokenOfACaseIsFixed(t *testing.T) {
	// Links are out with customers, some on paper: what was signed once must
	// verify for ever.
	const issued = "AtEKKzzFS5OqAPnkZGUBPEsQZwsfMIQZX5DtVyty"
	if got := link.SignCase(ring(t, keyOf('a'), nil), aCase()); got != issued {
		t.Errorf("got %s", got)
	}
}

func TestAnyTokenOfACaseComesBack(t *testing.T) {
	r := ring(t, keyOf('a'), keyOf('b'))
	rapid.Check(t, func(t *rapid.T) {
		want := link.Case{
			Number:    rapid.StringMatching(`[0-9][0-9](0[1-9]|1[0-2])-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`).Draw(t, "number"),
			Language:  feedback.Language(rapid.OneOf(rapid.StringMatching(`[a-z][a-z]`), rapid.Just("")).Draw(t, "language")),
			ExpiresAt: now.Add(time.Duration(rapid.IntRange(1, 1<<20).Draw(t, "hours")) * time.Hour),
		}
		s := link.SignCase(r, want)
		got, err := link.VerifyCase(r, s, now)
		if diff := cmp.Diff(want, got); err != nil || diff != "" || len(s) != link.CaseLen {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

func TestATokenOfACaseExpiresAndStillSaysWhose(t *testing.T) {
	r := ring(t, keyOf('a'), nil)
	c := aCase()
	c.ExpiresAt = now.Add(time.Millisecond)
	s := link.SignCase(r, c)
	if _, err := link.VerifyCase(r, s, now.Add(time.Hour-1)); err != nil {
		t.Errorf("within the hour: %v", err)
	}
	got, err := link.VerifyCase(r, s, now.Add(time.Hour))
	if !errors.Is(err, link.ErrExpired) || got.Language != "de" || got.Number != c.Number {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestEveryChangedByteOfACaseIsFound(t *testing.T) {
	r := ring(t, keyOf('a'), nil)
	raw, err := base64.RawURLEncoding.DecodeString(link.SignCase(r, aCase()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		b := append([]byte(nil), raw...)
		b[i] ^= 1
		want := link.ErrForged
		switch i {
		case 0:
			want = link.ErrMalformed
		case 1:
			want = link.ErrUnknownKey
		}
		if _, err := link.VerifyCase(r, base64.RawURLEncoding.EncodeToString(b), now); !errors.Is(err, want) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
}

// No link opens what another is for: neither as it is, nor with its bytes under
// the version of the other, nor with a MAC that the same key made for another
// purpose.
func TestATokenOfARatingIsNoneOfACaseNorTheOtherWayRound(t *testing.T) {
	r := ring(t, keyOf('a'), nil)
	rating, status := link.Sign(r, token()), link.SignCase(r, aCase())
	if _, err := link.VerifyCase(r, rating, now); !errors.Is(err, link.ErrMalformed) {
		t.Errorf("a link to rate opens a case: %v", err)
	}
	if _, err := link.Verify(r, status, now); !errors.Is(err, link.ErrMalformed) {
		t.Errorf("a link to a case rates: %v", err)
	}
	if len(rating) == len(status) {
		t.Error("the two are of one length")
	}
	raw, _ := base64.RawURLEncoding.DecodeString(rating)
	cut := append([]byte{2}, raw[1:30]...)
	if _, err := link.VerifyCase(r, base64.RawURLEncoding.EncodeToString(cut), now); !errors.Is(err, link.ErrForged) {
		t.Errorf("cut to length: %v", err)
	}
}

func TestWhatIsNoTokenOfACaseIsRefused(t *testing.T) {
	r := ring(t, keyOf('a'), nil)
	good := link.SignCase(r, aCase())
	for name, s := range map[string]string{
		"nothing": "", "short": good[:39], "long": good + "A", "long 10 MB": strings.Repeat(good, 1<<18), "not base64": good[:39] + "!", "line end": good[:39] + "\n",
	} {
		if _, err := link.VerifyCase(r, s, now); !errors.Is(err, link.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := link.VerifyCase(link.Keyring{}, good, now); !errors.Is(err, link.ErrUnknownKey) {
		t.Errorf("without keys: %v", err)
	}
	if _, err := link.VerifyCase(ring(t, keyOf('b'), keyOf('a')), good, now); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
}

func TestOnlyACaseIsSigned(t *testing.T) {
	for name, change := range map[string]func(*link.Case){
		"no number": func(c *link.Case) { c.Number = "" }, "month 13": func(c *link.Case) { c.Number = "2613-7K2M-Q4XA" },
		"letter I": func(c *link.Case) { c.Number = "2603-7K2I-Q4XA" }, "no dash": func(c *link.Case) { c.Number = "2603-7K2M0Q4XA" },
		"letters for the year": func(c *link.Case) { c.Number = "x603-7K2M-Q4XA" }, "language": func(c *link.Case) { c.Language = "deu" },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("signed")
				}
			}()
			c := aCase()
			change(&c)
			link.SignCase(ring(t, keyOf('a'), nil), c)
		})
	}
}
