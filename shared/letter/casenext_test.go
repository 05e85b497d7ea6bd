package letter_test

import (
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/lifecycle"
)

// TestWhoAgreedIsToldSoWhenStaffClose: they do where the root cause was missing.
// What was agreed to before the case was reopened is over.
func TestWhoAgreedIsToldSoWhenStaffClose(t *testing.T) {
	resolve := lifecycle.Command{Do: casefile.Resolving, Words: say("Das Geld ist heute unterwegs.")}
	closing := lifecycle.Command{Do: casefile.Closing, RootCause: "process"}
	const agreed = "Sie sind mit dem Ergebnis einverstanden, und wir haben Ihre Beschwerde abgeschlossen."
	f := complained(t, "de").decided(casefile.Accepted).staff(resolve).customer(lifecycle.Command{Do: casefile.Accepting}).staff(closing)
	if text := f.content().Text; !strings.Contains(text, agreed) {
		t.Errorf("no %q in\n%s", agreed, text)
	}
	f.customer(lifecycle.Command{Do: casefile.Reopening, Words: say("Es ist nichts angekommen.")}).staff(lifecycle.Command{Do: casefile.Investigating}).
		staff(lifecycle.Command{Do: casefile.Deciding, Outcome: casefile.Accepted, Words: say("Die Bank hatte das Geld zurückgegeben.")}).staff(resolve).staff(closing)
	if text := f.content().Text; strings.Contains(text, agreed) || !strings.Contains(text, "wir haben Ihre Beschwerde abgeschlossen.") {
		t.Errorf("agreed to what was reopened since:\n%s", text)
	}
}

func TestWhoIsNotGivenAllLearnsWhereElseToTurn(t *testing.T) {
	const board = "Schlichtungsstelle Beispiel, Musterstraße 2, 50667 Köln"
	named := func(c *config.Config) { c.Complaints.Redress = config.Text{"de": board} }
	for name, want := range map[string]bool{"rejected": true, "resolved": false, "decided-rejected": false, "acknowledged": false} {
		if got := strings.Contains(step(t, name)(complained(t, "de", named)).content().Text, board); got != want {
			t.Errorf("%s: told %v, want %v", name, got, want)
		}
	}
	f := complained(t, "de", named).rejected()
	if text := f.pass(15 * 24 * time.Hour).content().Text; !strings.Contains(text, "Wenn Sie mit der Entscheidung nicht einverstanden sind:\n"+board) {
		t.Errorf("not told when it is closed:\n%s", text)
	}
	if text := complained(t, "de", named).rejected().customer(lifecycle.Command{Do: casefile.Accepting}).content().Text; strings.Contains(text, board) {
		t.Errorf("told who agrees:\n%s", text)
	}
	if strings.Contains(complained(t, "de").rejected().content().Text, "Wenn Sie mit der Entscheidung nicht einverstanden sind") {
		t.Error("a heading of nothing")
	}
}
