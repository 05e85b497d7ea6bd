package link

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

func drawReport(t *rapid.T) Report {
	return Report{
		Period:   period.FromIndex(rapid.IntRange(0, maxMonth).Draw(t, "month")),
		Group:    GroupCode(rapid.SampledFrom([]string{"", "cologne", "service"}).Draw(t, "group")),
		Version:  rapid.IntRange(1, 1<<16-1).Draw(t, "version"),
		Language: rapid.SampledFrom([]feedback.Language{"de", "en"}).Draw(t, "language"),
		// Whole hours, as a token has them.
		ExpiresAt: epoch.Add(time.Duration(rapid.IntRange(1, 2_500_000).Draw(t, "hour")) * time.Hour),
	}
}

func TestATokenOfAReportSaysWhatWasSigned(t *testing.T) {
	r := reportRing(t, 'a')
	rapid.Check(t, func(t *rapid.T) {
		want := drawReport(t)
		s := SignReport(r, want)
		if len(s) != ReportLen || strings.ContainsAny(s, "+/=") {
			t.Fatalf("token %q", s)
		}
		got, err := VerifyReport(r, s, want.ExpiresAt.Add(-time.Nanosecond))
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		if got, err := VerifyReport(r, s, want.ExpiresAt); !errors.Is(err, ErrExpired) || got != want {
			t.Errorf("at its expiry: %+v, %v", got, err)
		}
	})
}

func TestNoBitOfATokenOfAReportCanChange(t *testing.T) {
	r := reportRing(t, 'a')
	rapid.Check(t, func(t *rapid.T) {
		s := []byte(SignReport(r, drawReport(t)))
		i := rapid.IntRange(0, len(s)-1).Draw(t, "at")
		to := rapid.SampledFrom([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")).Draw(t, "to")
		if s[i] == to {
			return
		}
		s[i] = to
		if _, err := VerifyReport(r, string(s), epoch); err == nil {
			t.Errorf("%s was taken", s)
		}
	})
}

// reportRing is a ring of keys that tests know by a letter.
func reportRing(t *testing.T, letters ...byte) Keyring {
	t.Helper()
	var keys [2][]byte
	for i, c := range letters {
		keys[i] = []byte(strings.Repeat(string(c), minKey))
	}
	r, err := NewKeyring(keys[0], keys[1])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTokensOfOtherThingsAreNoneOfAReport(t *testing.T) {
	r := reportRing(t, 'a')
	month := period.FromIndex(314)
	v := Report{Period: month, Version: 1, Language: "de", ExpiresAt: epoch.Add(time.Hour)}
	token := SignReport(r, v)
	if _, err := VerifyCase(r, token, epoch); !errors.Is(err, ErrMalformed) {
		t.Errorf("as one of a case: %v", err)
	}
	if _, err := Verify(r, token, epoch); !errors.Is(err, ErrMalformed) {
		t.Errorf("as one of a rating: %v", err)
	}
	other := SignCase(r, Case{Number: "2603-7K2M-Q4XA", ExpiresAt: epoch.Add(time.Hour)})
	for _, s := range []string{other, "", token[:20], token + "A", strings.Repeat("A", ReportLen)} {
		if _, err := VerifyReport(r, s, epoch); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestATokenOfAReportOutlivesOneRotation(t *testing.T) {
	v := Report{Period: period.FromIndex(314), Group: GroupCode("cologne"), Version: 3, Language: "en", ExpiresAt: epoch.Add(time.Hour)}
	token := SignReport(reportRing(t, 'a'), v)
	if _, err := VerifyReport(reportRing(t, 'b', 'a'), token, epoch); err != nil {
		t.Errorf("after one rotation: %v", err)
	}
	if _, err := VerifyReport(reportRing(t, 'c', 'b'), token, epoch); err == nil {
		t.Error("taken after two rotations")
	}
}

func TestNoTokenIsSignedOfAReportThatThereCannotBe(t *testing.T) {
	good := Report{Period: period.FromIndex(314), Version: 1, Language: "de", ExpiresAt: epoch}
	for name, change := range map[string]func(*Report){
		"no month":    func(v *Report) { v.Period = period.Period{} },
		"no version":  func(v *Report) { v.Version = 0 },
		"no language": func(v *Report) { v.Language = "" },
		"too many":    func(v *Report) { v.Version = 1 << 16 },
	} {
		v := good
		change(&v)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was signed", name)
				}
			}()
			SignReport(reportRing(t, 'a'), v)
		}()
	}
	if GroupCode("") != (Code{}) || GroupCode("a") == GroupCode("b") || GroupCode("hotline") == CodeOf("hotline") {
		t.Error("codes of groups")
	}
}
