package letter_test

import (
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/letter"
	"resonanz/shared/lifecycle"
	"resonanz/shared/rulebook"
)

const caseToken = "AgdOeQAAAAAAAAAAAABkZQAAAAAAAAAAAAAAAAAA"

// file is a complaint on its way, as the rules move it.
type file struct {
	tb       testing.TB
	w        *letter.Writer
	rules    lifecycle.Rules
	c        casefile.Case
	timeline []casefile.Entry
	said     letter.Said
	now      time.Time
}

// complained is a complaint of 10 March 2026, 12:00 UTC, just received.
func complained(tb testing.TB, l feedback.Language, change ...func(*config.Config)) *file {
	tb.Helper()
	w, cfg := writer(tb, change...)
	book, err := rulebook.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	f := &file{tb: tb, w: w, rules: book.Lifecycle, now: noon, said: letter.Said{
		Name: "Erika Beispiel", Comment: "Die Erstattung fehlt seit drei Wochen.\nIch habe zweimal angerufen.", Remedy: "Das Geld, diese Woche.", ReceivedAt: noon,
	}}
	c, entries := lifecycle.Receive(&feedback.Complaint{
		EventID: "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f", ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Touchpoint: "checkout-cologne", Channel: feedback.WebForm,
		Category: "billing.refund_delay", Language: l, SubmittedAt: noon, ReceivedAt: noon, CollectionMode: feedback.Self,
	}, lifecycle.Opening{Notifiable: true}, noon, f.rules)
	f.keep(c, entries)
	return f
}

func (f *file) keep(c casefile.Case, entries []casefile.Entry) {
	f.tb.Helper()
	for i := range entries {
		if err := casefile.Seal(&c, &entries[i]); err != nil {
			f.tb.Fatal(err)
		}
	}
	f.c, f.timeline = c, append(f.timeline, entries...)
}

// staff and customer do something an hour after what was before.
func (f *file) staff(cmd lifecycle.Command) *file {
	f.tb.Helper()
	return f.do(cmd, casefile.Actor{Kind: casefile.Staff, ID: "m.muster"})
}

func (f *file) customer(cmd lifecycle.Command) *file {
	f.tb.Helper()
	return f.do(cmd, casefile.Actor{Kind: casefile.Customer})
}

func (f *file) do(cmd lifecycle.Command, by casefile.Actor) *file {
	f.tb.Helper()
	f.now = f.now.Add(time.Hour)
	c, entries, err := lifecycle.Apply(f.c, cmd, by, f.now, f.rules)
	if err != nil {
		f.tb.Fatalf("%s: %v", cmd.Do, err)
	}
	f.keep(c, entries)
	return f
}

// registered takes back that the complaint was acknowledged: only what was not
// can end as a duplicate.
func (f *file) registered() *file {
	f.c.Status, f.c.Handling.AcknowledgedAt = casefile.Received, time.Time{}
	return f
}

// pass lets time pass, and the clock do what is due.
func (f *file) pass(d time.Duration) *file {
	f.tb.Helper()
	f.now = f.now.Add(d)
	for {
		c, entries, again := lifecycle.Tick(f.c, f.now, f.rules)
		if !again {
			return f
		}
		f.keep(c, entries)
	}
}

// mail is that of the last entry of which the customer is told.
func (f *file) mail() letter.CaseMail {
	f.tb.Helper()
	for seq := len(f.timeline); seq > 0; seq-- {
		if f.timeline[seq-1].Inform {
			return f.mailOf(seq)
		}
	}
	f.tb.Fatal("the customer is told of nothing")
	return letter.CaseMail{}
}

func (f *file) mailOf(seq int) letter.CaseMail {
	f.tb.Helper()
	m, ok := letter.TellOf(&f.c, f.timeline, seq, f.rules)
	if !ok {
		f.tb.Fatalf("no entry %d", seq)
	}
	m.Said, m.Token, m.Until = f.said, caseToken, f.now.AddDate(0, 0, 400)
	return m
}

func (f *file) content() letter.Content {
	f.tb.Helper()
	return f.w.Case(f.mail(), f.now)
}

func language(s string) feedback.Language { return feedback.Language(s) }

func say(s string) *casefile.Words { return &casefile.Words{Text: s} }

// The steps of a complaint, each from the one before.
func (f *file) assessed() *file {
	return f.staff(lifecycle.Command{Do: casefile.Assessing, Severity: casefile.High})
}

func (f *file) investigated() *file {
	return f.assessed().staff(lifecycle.Command{Do: casefile.Investigating})
}

func (f *file) asked() *file {
	return f.investigated().staff(lifecycle.Command{Do: casefile.Asking, Words: say("Auf welches Konto sollte das Geld gehen?\nBitte nennen Sie nur die letzten vier Ziffern.")})
}

func (f *file) answered() *file {
	return f.investigated().staff(lifecycle.Command{Do: casefile.Answering, Words: say("Die Bank hat unsere Überweisung zurückgegeben.\n\nWir klären gerade, warum.")})
}

func (f *file) decided(o casefile.DecisionOutcome) *file {
	cmd := lifecycle.Command{Do: casefile.Deciding, Outcome: o, Words: say("Die Rechnung war falsch: Berechnet wurden zwei Stück, geliefert wurde eines.")}
	if o == casefile.Rejected {
		cmd.Reason, cmd.Words = "within_terms", say("Der Preis stand vor dem Kauf am Regal und auf dem Beleg.")
	}
	return f.investigated().staff(cmd)
}

func (f *file) promised() *file {
	return f.decided(casefile.Accepted).
		staff(lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "financial", Kind: "refund", Cents: 2500}}).
		staff(lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "material", Kind: "replacement"}}).
		staff(lifecycle.Command{Do: casefile.Apologising})
}

func (f *file) resolved() *file {
	return f.promised().staff(lifecycle.Command{Do: casefile.Resolving, RootCause: "process", Words: say("Das Geld ist heute unterwegs.")})
}

func (f *file) rejected() *file {
	return f.decided(casefile.Rejected).staff(lifecycle.Command{Do: casefile.Resolving, RootCause: "process", Words: say("Wir bleiben bei dem Preis.")})
}

// step leads to the mail of this name.
func step(tb testing.TB, name string) func(*file) *file {
	tb.Helper()
	for _, s := range steps {
		if s.name == name {
			return s.to
		}
	}
	tb.Fatalf("no step %s", name)
	return nil
}

// steps are all the mails of a complaint, by name.
var steps = []struct {
	name string
	to   func(*file) *file
}{
	{"acknowledged", func(f *file) *file { return f }},
	{"assessed", (*file).assessed},
	{"investigating", (*file).investigated},
	{"asked", (*file).asked},
	{"replied", func(f *file) *file {
		return f.asked().customer(lifecycle.Command{Do: casefile.Replying, Words: say("Auf das mit 1234 am Ende.")})
	}},
	{"resumed", func(f *file) *file { return f.asked().staff(lifecycle.Command{Do: casefile.Investigating}) }},
	{"answered", (*file).answered},
	{"decided", func(f *file) *file { return f.decided(casefile.Accepted) }},
	{"decided-partly", func(f *file) *file { return f.decided(casefile.Partly) }},
	{"decided-goodwill", func(f *file) *file { return f.decided(casefile.Goodwill) }},
	{"decided-rejected", func(f *file) *file { return f.decided(casefile.Rejected) }},
	{"resolved", (*file).resolved},
	{"rejected", (*file).rejected},
	{"accepted", func(f *file) *file { return f.resolved().customer(lifecycle.Command{Do: casefile.Accepting}) }},
	{"closed", func(f *file) *file { return f.resolved().staff(lifecycle.Command{Do: casefile.Closing}) }},
	{"lapsed", func(f *file) *file { return f.resolved().pass(15 * 24 * time.Hour) }},
	{"reopened-by-you", func(f *file) *file {
		return f.resolved().customer(lifecycle.Command{Do: casefile.Reopening, Words: say("Es ist nichts angekommen.")})
	}},
	{"reopened", func(f *file) *file {
		return f.resolved().staff(lifecycle.Command{Do: casefile.Reopening, Words: say("Der Kunde klagt am Telefon.")})
	}},
	{"withdrawn-by-you", func(f *file) *file { return f.assessed().customer(lifecycle.Command{Do: casefile.Withdrawing}) }},
	{"withdrawn", func(f *file) *file {
		return f.assessed().staff(lifecycle.Command{Do: casefile.Withdrawing, Words: say("Am Telefon gesagt.")})
	}},
	{"duplicate", func(f *file) *file {
		return f.registered().staff(lifecycle.Command{Do: casefile.Duplicating, Duplicate: "2603-7K2M-Q4XA"})
	}},
}
