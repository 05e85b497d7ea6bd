package letter_test

import (
	"bytes"
	"errors"
	"mime"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/config"
	"resonanz/shared/letter"
)

func TestAMailReadsBackAsItWasWritten(t *testing.T) {
	for _, l := range letter.Languages() {
		w, cfg := writer(t, func(c *config.Config) {
			c.Organisation.Name = "Köln & Söhne, “Beispiel” GmbH für wirklich lange Namen und Ähnliches"
		})
		x := of(t, cfg, "checkout-cologne", l)
		raw, err := w.Mail("kundin@example.com", x, noon)
		if err != nil {
			t.Fatal(err)
		}
		h, text, html := parts(t, raw)
		c := w.Write(x)
		if diff := cmp.Diff([]string{c.Text, c.HTML}, []string{text, html}); diff != "" {
			t.Errorf("%s: forms (-want +got):\n%s", l, diff)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
		if err != nil || subject != c.Subject {
			t.Errorf("%s: subject %q, %v, want %q", l, subject, err, c.Subject)
		}
		from, err := h.AddressList("From")
		if err != nil || len(from) != 1 || from[0].Name != cfg.Organisation.Name || from[0].Address != "feedback@example.com" {
			t.Errorf("%s: from %v, %v", l, from, err)
		}
		if at, err := h.Date(); err != nil || !at.Equal(noon) {
			t.Errorf("%s: date %v, %v", l, at, err)
		}
		for name, want := range map[string]string{
			"To":                    "kundin@example.com",
			"Mime-Version":          "1.0",
			"Content-Language":      string(l),
			"List-Unsubscribe":      "<" + public + "/u/" + token + ">",
			"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
			"Auto-Submitted":        "auto-generated",
			"Message-Id":            "", // SES makes one
			"Return-Path":           "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s %q, want %q", l, name, got, want)
			}
		}
	}
}

func TestTheSameLetterIsTheSameBytes(t *testing.T) {
	w, cfg := writer(t)
	x := of(t, cfg, "hotline", "de")
	one, err := w.Mail("a@example.com", x, noon)
	if err != nil {
		t.Fatal(err)
	}
	two, err := w.Mail("a@example.com", x, noon.In(time.FixedZone("", 3600)))
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("%v, the bytes differ", err)
	}
	x.Reminder = true
	if three, err := w.Mail("a@example.com", x, noon); err != nil || bytes.Contains(three, boundary(t, one)) {
		t.Errorf("%v, the reminder has the same boundary", err)
	}
}

func boundary(t *testing.T, raw []byte) []byte {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(params["boundary"])
}

func TestNoMailToWhatIsNoAddress(t *testing.T) {
	w, cfg := writer(t)
	for _, to := range []string{
		"", "nobody", "@example.com", "a@", "Name <a@example.com>", "a@example.com, b@example.com", "a@example.com\r\nBcc: b@example.com",
		"a@example.com\n", " a@example.com", "a b@example.com", "jürgen@example.com", "a@exämple.com", "a@example.com (comment)",
		`"a b"@example.com`, strings.Repeat("a", 250) + "@example.com",
	} {
		raw, err := w.Mail(to, of(t, cfg, "hotline", "de"), noon)
		if !errors.Is(err, letter.ErrAddress) || raw != nil {
			t.Errorf("%q: %v", to, err)
		}
		if to != "" && err != nil && strings.Contains(err.Error(), to) {
			t.Errorf("the error quotes the address: %v", err)
		}
	}
	none, cfg := writer(t, func(c *config.Config) { c.Notify.MailFrom = "" })
	if _, err := none.Mail("a@example.com", of(t, cfg, "hotline", "de"), noon); !errors.Is(err, letter.ErrAddress) {
		t.Errorf("without a sender: %v", err)
	}
}

// TestWhateverIsConfiguredTheMailIsWellFormed: any name of organisation and
// touchpoint comes back, in headers that are those of every mail, on lines that
// mail servers take.
func TestWhateverIsConfiguredTheMailIsWellFormed(t *testing.T) {
	w, cfg := writer(t)
	plain, err := w.Mail("a@example.com", of(t, cfg, "hotline", "de"), noon)
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := parts(t, plain)
	rapid.Check(t, func(rt *rapid.T) {
		org := rapid.OneOf(rapid.StringN(1, 80, 300), rapid.SampledFrom([]string{"A\r\nBcc: b@example.com", "=?utf-8?q?x?=", `"`, "Ü", "\u202e"})).Draw(rt, "organisation")
		tp := rapid.StringN(1, 60, 200).Draw(rt, "touchpoint")
		w, cfg := writer(t, func(c *config.Config) {
			c.Organisation.Name, c.Organisation.Address = org, org
			c.Touchpoint("hotline").Name["de"] = tp
		})
		x := of(t, cfg, "hotline", "de")
		raw, err := w.Mail("a@example.com", x, noon)
		if err != nil {
			rt.Fatal(err)
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
				rt.Fatalf("a line of %d bytes: %q", len(line), line)
			}
		}
		head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			for i := range len(line) {
				if line[i] >= 0x80 || line[i] < ' ' {
					rt.Fatalf("a header with byte %x: %q", line[i], line)
				}
			}
		}
		h, text, _ := parts(t, raw)
		for name := range h {
			if want.Get(name) == "" {
				rt.Fatalf("a header more: %s", name)
			}
		}
		c := w.Write(x)
		if len(h) != len(want) || text != c.Text {
			rt.Fatalf("%d headers, want %d; text equal: %v", len(h), len(want), text == c.Text)
		}
		if got, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject")); err != nil || got != c.Subject {
			rt.Fatalf("subject %q, %v, want %q", got, err, c.Subject)
		}
	})
}
