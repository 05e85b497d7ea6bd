package progress

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestAStepIsNamedWithItsOutcome(t *testing.T) {
	var out bytes.Buffer
	p := New(&out)
	if err := p.Step("building", func(io.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no room")
	if err := p.Step("deploying", func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Fatalf("the step's own error is returned, got %v", err)
	}
	for _, want := range []string{"✓ building (", "✗ deploying ("} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("want %q in:\n%s", want, out.String())
		}
	}
}

func TestTheNewestWholeLineIsTheSignOfLife(t *testing.T) {
	l := new(lastLine)
	fmt.Fprint(l, "first\nsecond\n\npart")
	if got := l.take(); got != " – second" {
		t.Errorf("got %q", got)
	}
	if got := l.take(); got != "" {
		t.Errorf("a line is shown once, got %q again", got)
	}
	fmt.Fprint(l, "ial\n")
	if got := l.take(); got != " – partial" {
		t.Errorf("got %q", got)
	}
	fmt.Fprint(l, strings.Repeat("ä", 300)+"\n")
	if got := []rune(l.take()); len(got) > 110 {
		t.Errorf("a long line is cut, got %d characters", len(got))
	}
}

func TestNoWriterSaysNothing(t *testing.T) {
	p := New(nil)
	p.Say("hello")
	if p.Elapsed() < 0 {
		t.Error("the clock runs all the same")
	}
}
