package letter_test

import (
	"errors"
	"strings"
	"testing"

	"resonanz/shared/config"
	"resonanz/shared/letter"
)

// Nothing that anybody typed makes a header or ends one, makes a part or ends one:
// the headers of a mail are those of every mail, its forms read back as they were
// written, on lines that mail servers take.
func FuzzMail(f *testing.F) {
	for _, s := range []string{
		"Köln & Söhne", "A\r\nBcc: b@example.com", "A\nBcc: b@example.com\n\nbody", "=?utf-8?q?x?=", `"`, "\u202e", "\x00", "\u2028", "\xff", "--=_0123456789abcdef", ".\r\n", strings.Repeat("ü", 300), strings.Repeat("a", 2000),
	} {
		f.Add("a@example.com", s, s)
		f.Add(s, s, s)
		f.Add(s+"@example.com", "Beispiel GmbH", s)
	}
	f.Fuzz(func(t *testing.T, to, name, words string) {
		most := func(s string, n int) string { return string([]rune(s)[:min(n, len([]rune(s)))]) }
		name = most(name, 80) // as long as the configuration lets it be
		change := func(c *config.Config) {
			c.Organisation.Name, c.Organisation.Address = name, name
			c.Touchpoint("hotline").Name["de"] = most(words, 200)
		}
		w, cfg := writer(t, change)
		x := of(t, cfg, "hotline", "de")
		raw, err := w.Mail(to, x, noon)
		if wellFormed(t, raw, err, to, w.Write(x), 11) {
			x.Reminder = true
			raw, err = w.Mail(to, x, noon)
			wellFormed(t, raw, err, to, w.Write(x), 11)
		}
		c := complained(t, "de", change)
		c.said = letter.Said{Name: name, Comment: words, Remedy: words, ReceivedAt: noon}
		m := c.mail()
		raw, err = c.w.CaseMail(to, m, c.now)
		wellFormed(t, raw, err, to, c.w.Case(m, c.now), 9)
	})
}

// wellFormed reports whether there is a mail; one that there is has that many headers.
func wellFormed(t *testing.T, raw []byte, err error, to string, c letter.Content, headers int) bool {
	t.Helper()
	if err != nil {
		if raw != nil || !errors.Is(err, letter.ErrAddress) || len(to) > 8 && strings.Contains(err.Error(), to) {
			t.Errorf("to %q: %v", to, err)
		}
		return false
	}
	head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	n := 0
	for line := range strings.SplitSeq(head, "\r\n") {
		for i := range len(line) {
			if line[i] >= 0x80 || line[i] < ' ' {
				t.Fatalf("a header with byte %x: %q", line[i], line)
			}
		}
		if !strings.HasPrefix(line, " ") {
			n++
		}
	}
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("a line of %d bytes: %q", len(line), line)
		}
	}
	h, text, html := parts(t, raw)
	if n != headers || len(h) != headers || h.Get("To") != to {
		t.Errorf("%d headers, %d read, to %q for %q:\n%s", n, len(h), h.Get("To"), to, head)
	}
	if text != c.Text || html != c.HTML {
		t.Errorf("the forms are others: %q, %q", text, c.Text)
	}
	return true
}
