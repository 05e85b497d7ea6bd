package letter_test

import (
	"bytes"
	"errors"
	"html"
	"mime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/letter"
	"resonanz/shared/lifecycle"
)

func TestAMailOfACaseReadsBackAsItWasWritten(t *testing.T) {
	for _, l := range letter.Languages() {
		f := complained(t, l).resolved()
		raw, err := f.w.CaseMail("kundin@example.com", f.mail(), f.now)
		if err != nil {
			t.Fatal(err)
		}
		again, err := f.w.CaseMail("kundin@example.com", f.mail(), f.now)
		if err != nil || !bytes.Equal(raw, again) {
			t.Errorf("%s: %v, the bytes differ", l, err)
		}
		h, text, html := parts(t, raw)
		c := f.content()
		if diff := cmp.Diff([]string{c.Text, c.HTML}, []string{text, html}); diff != "" {
			t.Errorf("%s: forms (-want +got):\n%s", l, diff)
		}
		if subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject")); err != nil || subject != c.Subject {
			t.Errorf("%s: subject %q, %v, want %q", l, subject, err, c.Subject)
		}
		for name, want := range map[string]string{
			"To": "kundin@example.com", "Content-Language": string(l), "Auto-Submitted": "auto-generated",
			"List-Unsubscribe": "", "List-Unsubscribe-Post": "", "Reply-To": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s %q, want %q", l, name, got, want)
			}
		}
	}
	f := complained(t, "de")
	if raw, err := f.w.CaseMail("kundin@example.com\r\nBcc: x@example.com", f.mail(), f.now); !errors.Is(err, letter.ErrAddress) || raw != nil {
		t.Errorf("sent to what is no address: %v", err)
	}
}

// TestWhateverIsWrittenTheMailIsWellFormedAndSaysIt: names and words of the
// customer and of staff come back as they were written, and make no header, no
// element, no link and no line of ours.
func TestWhateverIsWrittenTheMailIsWellFormedAndSaysIt(t *testing.T) {
	nasty := []string{
		"A\r\nBcc: b@example.com", "=?utf-8?q?x?=", `<script>alert("x")</script>`, "</blockquote></body>", "{number} {due}", "-- \nBeispiel GmbH\n", "&amp;",
		"\u202egpj.exe", strings.Repeat("W", 400), "a\x00b\x1b[31m", "https://evil.example/?a=1&b=2", "--=_\r\n", "\r\n\r\n.\r\n", "🙂 ß ﷽",
	}
	words := rapid.OneOf(rapid.StringN(1, 200, 800), rapid.SampledFrom(nasty))
	plain, err := complained(t, "de").w.CaseMail("a@example.com", complained(t, "de").mail(), noon)
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := parts(t, plain)
	rapid.Check(t, func(rt *rapid.T) {
		name, theirs, ours := words.Draw(rt, "name"), words.Draw(rt, "customer"), words.Draw(rt, "staff")
		f := complained(t, "de", func(c *config.Config) {
			c.Organisation.Name = name
			c.Teams[0].Name["de"] = name
		})
		f.said = letter.Said{Name: name, Comment: theirs, Remedy: theirs, ReceivedAt: noon}
		check := func(said ...string) {
			m := f.mail()
			raw, err := f.w.CaseMail("a@example.com", m, f.now)
			if err != nil {
				rt.Fatal(err)
			}
			for line := range strings.SplitSeq(string(raw), "\r\n") {
				if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
					rt.Fatalf("a line of %d bytes: %q", len(line), line)
				}
			}
			h, text, markup := parts(t, raw)
			if len(h) != len(want) {
				rt.Fatalf("headers %v", h)
			}
			if n := strings.Count(text, "\n-- \n"); n != 1 {
				rt.Fatalf("%d signatures:\n%s", n, text)
			}
			if strings.Contains(markup, "<script") || strings.Count(markup, "<a ") != strings.Count(f.content().HTML, "<a ") || strings.Count(markup, "</blockquote>") != strings.Count(markup, "<blockquote ") {
				rt.Fatalf("markup from words:\n%s", markup)
			}
			read := html.UnescapeString(strings.ReplaceAll(markup, "<br>", "\n"))
			for _, s := range said {
				for line := range strings.SplitSeq(letter.Written(s), "\n") {
					if !strings.Contains(text, line) || !strings.Contains(read, line) {
						rt.Fatalf("%q is not shown as written:\n%s", line, text)
					}
				}
			}
		}
		check(theirs)
		ours = "x" + strings.ReplaceAll(ours, "\x00", "") // no other words get so far
		f.investigated().staff(lifecycle.Command{Do: casefile.Answering, Words: say(ours)})
		check(ours)
	})
}

// TestWhatACustomerWroteCannotPassForOurs in plain text: each of its lines is
// marked.
func TestWhatACustomerWroteCannotPassForOurs(t *testing.T) {
	f := complained(t, "de")
	f.said.Comment = "Hallo\n\nBeispiel GmbH\nBitte zahlen Sie hier\r\rhttps://evil.example"
	if text := f.content().Text; !strings.Contains(text, "> Hallo\n> \n> Beispiel GmbH\n> Bitte zahlen Sie hier\n> \n> https://evil.example\n") {
		t.Errorf("got\n%s", text)
	}
}

func TestALongComplaintIsRepeatedInPart(t *testing.T) {
	f := complained(t, "de")
	f.said.Comment = strings.Repeat("Wort ", 1000)
	c := f.content()
	if n := strings.Count(c.Text, "Wort"); n != 240 || !strings.Contains(c.Text, "Wort […]\n") || !strings.Contains(c.Text, "Ihren ganzen Text finden Sie auf der Statusseite.") {
		t.Errorf("%d words of 1000:\n%s", n, c.Text)
	}
	f.said.Comment = strings.Repeat("ß", 1200)
	if c := f.content(); strings.Contains(c.Text, "[…]") || !strings.Contains(c.Text, f.said.Comment) {
		t.Error("cut though it is not too long")
	}
	f.said.Comment = strings.Repeat("ß", 1201)
	if c := f.content(); !strings.Contains(c.Text, strings.Repeat("ß", 1200)+" […]") {
		t.Error("a long word is not cut")
	}
}

func TestErasedWordsLeaveAMailThatSaysWhereToRead(t *testing.T) {
	for _, s := range steps {
		f := s.to(complained(t, "de"))
		for i := range f.timeline {
			f.timeline[i].Words = nil
		}
		f.said = letter.Said{}
		c := f.content()
		if strings.Contains(c.Text, ":\n\n") || strings.Contains(c.HTML, "></blockquote>") || !strings.Contains(c.Text, "Guten Tag,\n") {
			t.Errorf("%s: an empty part:\n%s", s.name, c.Text)
		}
	}
}

// TestAGreetingRepeatsNamesOnly: it is said in our voice.
func TestAGreetingRepeatsNamesOnly(t *testing.T) {
	f := complained(t, "de")
	for name, want := range map[string]bool{
		"Erika Beispiel": true, "Dr. Jürgen O’Neill-Müller": true, "A.-B. Muster jr.": true, "محمد علي": true, "王小明": true, "Beispiel, Erika": true,
		"": false, " \r\n ": false, "Gewinn: https://evil.example": false, "evil.example": false, "a@example.com": false, "{number}": false,
		"<b>Erika</b>": false, strings.Repeat("W", 101): false, "\u202eErika": false,
	} {
		f.said.Name = name
		if got := !strings.Contains(f.content().Text, "Guten Tag,\n"); got != want {
			t.Errorf("%q: greeted by it %v, want %v", name, got, want)
		}
	}
}
