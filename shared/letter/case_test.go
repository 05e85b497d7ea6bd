package letter_test

import (
	"html"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/letter"
	"resonanz/shared/lifecycle"
)

func TestAnAcknowledgementInPlainText(t *testing.T) {
	f := complained(t, "de")
	m := f.mail()
	m.Crisis = true
	want := `Beispiel GmbH

Wir haben Ihre Beschwerde erhalten

Guten Tag Erika Beispiel,

danke, dass Sie uns das geschildert haben. Wir nehmen Ihre Beschwerde ernst. Diese Bestätigung kommt automatisch; gelesen und beantwortet wird Ihre Beschwerde von Menschen.

Nummer: ` + string(f.c.Number) + `
Worum es geht: Erstattung steht aus · Kasse Köln
Eingegangen: 10. März 2026, 13:00 Uhr
Zuständig: Kundenservice

Was Sie uns geschrieben haben:
> Die Erstattung fehlt seit drei Wochen.
> Ich habe zweimal angerufen.

Was es für Sie in Ordnung bringen würde:
> Das Geld, diese Woche.

Aktueller Hinweis:
Zurzeit erreichen uns viele Meldungen zu demselben Anlass.

Auf der Statusseite können Sie auch Fotos oder PDF-Dateien hinzufügen, höchstens 3.

Wie es weitergeht
Sie bekommen bis 11. März 2026, 13:00 Uhr eine persönliche Antwort von uns.

Stand ansehen:
` + public + `/k/` + caseToken + `

Auf der Statusseite sehen Sie jederzeit, wo Ihre Beschwerde steht, und können uns schreiben. Bitte schreiben Sie uns dort und nicht auf diese E-Mail: So kommt Ihre Nachricht zu Ihrer Beschwerde.

Der Link gilt bis 14. April 2027. Wer ihn hat, kann Ihre Beschwerde lesen: Bitte geben Sie ihn nicht weiter.

-- ` + `
Sie erhalten diese Nachricht, weil diese Adresse zu einer Beschwerde bei Beispiel GmbH angegeben wurde (Kasse Köln). Ist es nicht Ihre, dann löschen Sie die Nachricht bitte.
Beispiel GmbH, Musterstraße 1, 50667 Köln
Datenschutz: https://www.example.com/privacy
`
	if diff := cmp.Diff(want, f.w.Case(m, f.now).Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

// TestBothFormsOfEachStepSayTheSame: as of invitations, for every step in every
// language.
func TestBothFormsOfEachStepSayTheSame(t *testing.T) {
	for _, l := range letter.Languages() {
		for _, s := range steps {
			c := s.to(complained(t, l)).content()
			read := html.UnescapeString(strings.ReplaceAll(c.HTML, "<br>", "\n"))
			var links []string
			for _, m := range hrefs.FindAllStringSubmatch(read, -1) {
				links = append(links, m[1])
			}
			slices.Sort(links)
			inText := address.FindAllString(c.Text, -1)
			slices.Sort(inText)
			if diff := cmp.Diff(links, inText); diff != "" {
				t.Errorf("%s %s: links (-HTML +text):\n%s", l, s.name, diff)
			}
			visible := tags.ReplaceAllString(headOf.ReplaceAllString(read, ""), "\n")
			for said := range strings.SplitSeq(visible, "\n") {
				if said = strings.TrimSpace(said); !strings.Contains(c.Text, said) {
					t.Errorf("%s %s: the text lacks %q", l, s.name, said)
				}
			}
			for said := range strings.Lines(c.Text) {
				said = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(said), "> "), "- "), ":")
				for _, part := range strings.SplitN(said, ": ", 2) {
					if part != "--" && part != "" && !strings.Contains(read, part) {
						t.Errorf("%s %s: the HTML lacks %q", l, s.name, part)
					}
				}
			}
			if strings.ContainsAny(c.Text+c.HTML, "{") && strings.Contains(visible, "{") {
				t.Errorf("%s %s: something is not filled in:\n%s", l, s.name, visible)
			}
			for _, bad := range []string{"<img", "<script", "<link", "<table", "<form", "src=", "url(", "01.01.0001", "0001"} {
				if strings.Contains(c.HTML, bad) {
					t.Errorf("%s %s: the HTML has %s", l, s.name, bad)
				}
			}
		}
	}
}

// TestEachMailSaysWhatItIsAbout: number, subject matter, who answers, the status
// page, and a calm subject of its own.
func TestEachMailSaysWhatItIsAbout(t *testing.T) {
	team := map[string]string{"de": "Kundenservice", "en": "Customer Service", "fr": "Service clients", "it": "Servizio clienti"}
	place := map[string]string{"de": "Kasse Köln", "en": "Checkout Cologne", "fr": "Caisse Cologne", "it": "Cassa Colonia"}
	for _, l := range letter.Languages() {
		seen := map[string]string{}
		for _, s := range steps {
			f := s.to(complained(t, l))
			c := f.content()
			for _, want := range []string{string(f.c.Number), team[string(l)], place[string(l)], public + "/k/" + caseToken, "Erika Beispiel", "10"} {
				if !strings.Contains(c.Text, want) {
					t.Errorf("%s %s: the text lacks %q", l, s.name, want)
				}
			}
			if strings.ContainsAny(c.Subject, "!\r\n") || strings.ContainsFunc(c.Subject, func(r rune) bool { return unicode.Is(unicode.So, r) }) ||
				len([]rune(c.Subject)) > 80 || !strings.Contains(c.Subject, string(f.c.Number)) || strings.Contains(c.Subject, "Erika") {
				t.Errorf("%s %s: subject %q", l, s.name, c.Subject)
			}
			opening := strings.Split(c.Text, "\n\n")[3]
			if other := seen[opening]; other != "" && !strings.HasPrefix(s.name, "decided-") && s.name != "rejected" {
				t.Errorf("%s: %s and %s begin alike", l, s.name, other)
			}
			seen[opening] = s.name
			if !strings.Contains(c.HTML, `<html lang="`+string(l)+`">`) || c.Language != l {
				t.Errorf("%s %s: in %s", l, s.name, c.Language)
			}
		}
	}
}

// TestNothingIsPlayedDown: no mail has words that excuse, belittle or joke.
func TestNothingIsPlayedDown(t *testing.T) {
	for _, s := range steps {
		for l, words := range map[string][]string{
			"de": {"leider", "lediglich", "nur ein", "bedauerlich", "Missverständnis", "Unannehmlichkeit", "Verständnis", "!"},
			"en": {"unfortunately", "merely", "inconvenience", "misunderstanding", "bear with", "!"},
			"fr": {"malheureusement", "désagrément", "malentendu", "compréhension", "!"},
			"it": {"purtroppo", "disagio", "malinteso", "comprensione", "!"},
		} {
			f := s.to(complained(t, language(l)))
			text := f.content().Text
			for _, w := range words {
				if strings.Contains(strings.ToLower(text), strings.ToLower(w)) {
					t.Errorf("%s %s says %q", l, s.name, w)
				}
			}
		}
	}
}

func TestTheAcknowledgementSaysWhatHappensNextAndByWhen(t *testing.T) {
	// 10 March 2026 is a Tuesday, 13:00 in Berlin; 8 hours of an office that
	// closes at 17:00 end on Wednesday at 13:00.
	for l, want := range map[string]string{
		"de": "Sie bekommen bis 11. März 2026, 13:00 Uhr eine persönliche Antwort von uns.",
		"en": "You will have a personal answer from us by 11 March 2026, 13:00.",
		"fr": "Vous recevrez une réponse personnelle de notre part avant le 11 mars 2026 à 13\u00a0h\u00a000.",
		"it": "Riceverà una nostra risposta personale entro l’11 marzo 2026, ore 13:00.",
	} {
		f := complained(t, language(l))
		c := f.content()
		if !strings.Contains(c.Text, want) || !strings.Contains(c.Text, "> Die Erstattung fehlt seit drei Wochen.\n> Ich habe zweimal angerufen.\n") || !strings.Contains(c.Text, "> Das Geld, diese Woche.\n") {
			t.Errorf("%s: want %q in\n%s", l, want, c.Text)
		}
		if strings.Contains(c.Text, f.w.Case(crisis(f), f.now).Text) {
			t.Error("the notice is always there")
		}
	}
}

func crisis(f *file) letter.CaseMail {
	m := f.mail()
	m.Crisis = true
	return m
}

func TestAcknowledgementsOfACrisisSaySo(t *testing.T) {
	f := complained(t, "fr")
	const notice = "Nous recevons de nombreux signalements sur le même sujet."
	if c := f.w.Case(crisis(f), f.now); !strings.Contains(c.Text, notice) || !strings.Contains(c.HTML, notice) {
		t.Errorf("no notice in\n%s", c.Text)
	}
	if strings.Contains(f.content().Text, notice) {
		t.Error("a notice without a crisis")
	}
	silent := complained(t, "fr", func(c *config.Config) { c.Escalation.Crisis.Notice = nil })
	if diff := cmp.Diff(silent.content().Text, silent.w.Case(crisis(silent), silent.now).Text); diff != "" {
		t.Errorf("without a configured notice (-calm +crisis):\n%s", diff)
	}
	f.assessed()
	if strings.Contains(f.w.Case(crisis(f), f.now).Text, notice) {
		t.Error("a notice beyond the acknowledgement")
	}
}

func TestACallThatWasAskedForIsPromisedWhileItCanBeKept(t *testing.T) {
	f := complained(t, "de")
	f.said.Callback = true
	if text := f.content().Text; !strings.Contains(text, "Wir rufen Sie bis 11. März 2026, 13:00 Uhr an.") {
		t.Errorf("no promise in\n%s", text)
	}
	f.now = f.now.Add(25 * time.Hour)
	if text := f.content().Text; !strings.Contains(text, "Wir rufen Sie an, sobald es geht.") {
		t.Errorf("a promise that was broken already:\n%s", text)
	}
}

func TestWhatStaffWroteDownIsNotCalledTheCustomersOwn(t *testing.T) {
	f := complained(t, "en")
	f.said.Assisted = true
	if text := f.content().Text; !strings.Contains(text, "What we wrote down for you:\n> Die") || strings.Contains(text, "What you wrote") {
		t.Errorf("got\n%s", text)
	}
}

// TestADateThatHasPassedIsAdmitted rather than left out or told as a promise.
func TestADateThatHasPassedIsAdmitted(t *testing.T) {
	f := complained(t, "de").pass(5 * 24 * time.Hour).assessed()
	if text := f.content().Text; !strings.Contains(text, "Bis 11. März 2026, 13:00 Uhr wollten wir Ihnen persönlich geantwortet haben. Das haben wir nicht geschafft. Es tut uns leid.") {
		t.Errorf("got\n%s", text)
	}
}

func TestADecisionComesWithItsReasonsAndWhoAnswersForIt(t *testing.T) {
	for _, s := range []string{"decided", "decided-rejected", "resolved", "rejected"} {
		text := step(t, s)(complained(t, "de")).content().Text
		reason, outcome := "Die Rechnung war falsch", "Ihre Beschwerde ist berechtigt."
		if strings.HasSuffix(s, "rejected") {
			reason, outcome = "Der Preis stand vor dem Kauf am Regal", "Wir haben Ihre Beschwerde geprüft und geben ihr nicht statt."
		}
		for _, want := range []string{outcome, "Die Gründe:\n" + reason, "Für die Entscheidung verantwortlich: Kundenservice."} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", s, want, text)
			}
		}
	}
}

func TestTheOutcomeTellsWhatWasPromisedAndWhatCanBeDone(t *testing.T) {
	f := complained(t, "de").resolved()
	text := f.content().Text
	for _, want := range []string{
		"Unsere Nachricht:\nDas Geld ist heute unterwegs.", "- Erstattung: 25,00\u00a0€\n- Ersatz\n", "Wir bitten Sie um Entschuldigung.",
		"Sind Sie einverstanden?", "Öffnen Sie sie bis 24. März 2026, 20:00 Uhr nicht wieder, schließen wir sie ab.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	f = complained(t, "de").decided(casefile.Accepted).
		staff(lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "financial", Kind: "refund", Cents: 20000}})
	if c := f.w.Case(f.mail(), f.now); strings.Contains(c.Text, "200") {
		t.Errorf("what was not approved yet is promised:\n%s", c.Text)
	}
}

func TestAClosedCaseAsksHowItWasHandledAndCanBeReopened(t *testing.T) {
	f := complained(t, "de").resolved().customer(lifecycle.Command{Do: casefile.Accepting})
	text := f.content().Text
	for _, want := range []string{
		"Bearbeitung bewerten:\n" + public + "/k/" + caseToken, "ist bis 9. April 2026, 22:00 Uhr möglich", "können Sie Ihre Beschwerde bis 9. April 2026, 22:00 Uhr",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	f.customer(lifecycle.Command{Do: casefile.Rating, Stars: 5})
	if strings.Contains(f.content().Text, "bewerten") {
		t.Error("asked again after the answer")
	}
	never := complained(t, "de", func(c *config.Config) { c.Complaints.ReopenDays, c.Complaints.SurveyDays = 0, 0 }).resolved().customer(lifecycle.Command{Do: casefile.Accepting})
	if text := never.content().Text; strings.Contains(text, "bewerten") || strings.Contains(text, "wieder öffnen") {
		t.Errorf("offers what is not allowed:\n%s", text)
	}
}

// TestAMailThatComesLatePromisesNothingThatIsOver: it says that the case has
// moved on.
func TestAMailThatComesLatePromisesNothingThatIsOver(t *testing.T) {
	f := complained(t, "de").resolved()
	for seq := range f.timeline {
		if e := &f.timeline[seq]; !e.Inform || e.Status == f.c.Status {
			continue
		}
		text := f.w.Case(f.mailOf(seq+1), f.now).Text
		if !strings.Contains(text, "Inzwischen ist Ihre Beschwerde schon weiter.") || strings.Contains(text, "Bis ") && strings.Contains(text, "wollen wir") {
			t.Errorf("%s:\n%s", f.timeline[seq].Action, text)
		}
	}
}

func TestWordsAmongStaffAreNeverTold(t *testing.T) {
	const secret = "Der Kunde klagt"
	for _, f := range []*file{
		complained(t, "de").staff(lifecycle.Command{Do: casefile.Assessing, Severity: casefile.Low, Words: say(secret)}),
		complained(t, "de").assessed().staff(lifecycle.Command{Do: casefile.Investigating, Words: say(secret)}),
		complained(t, "de").resolved().staff(lifecycle.Command{Do: casefile.Closing, Words: say(secret)}),
		complained(t, "de").resolved().staff(lifecycle.Command{Do: casefile.Reopening, Words: say(secret)}),
		complained(t, "de").staff(lifecycle.Command{Do: casefile.Withdrawing, Words: say(secret)}),
		complained(t, "de").registered().staff(lifecycle.Command{Do: casefile.Duplicating, Duplicate: "2603-7K2M-Q4XA", Words: say(secret)}),
	} {
		if c := f.content(); strings.Contains(c.Text+c.HTML+c.Subject, secret) {
			t.Errorf("%s tells it", f.timeline[len(f.timeline)-1].Action)
		}
	}
}

func TestFilesCanBeAddedWhereTheyAreTaken(t *testing.T) {
	const hint = "Fotos oder PDF-Dateien hinzufügen, höchstens 3."
	if !strings.Contains(complained(t, "de").content().Text, hint) || !strings.Contains(complained(t, "de").asked().content().Text, hint) {
		t.Error("nobody says that files can be added")
	}
	none := complained(t, "de", func(c *config.Config) { c.Complaints.Attachments = 0 })
	if strings.Contains(none.content().Text, "Fotos") {
		t.Error("files are asked for that are not taken")
	}
}

// TestAQuestionNamesTheDateThatDoesNotWait: a regulatory deadline runs on.
func TestAQuestionNamesTheDateThatDoesNotWait(t *testing.T) {
	f := complained(t, "de", func(c *config.Config) { c.Policies[0].Presets = []string{"GDPR_12_3"} }).asked()
	if text := f.content().Text; !strings.Contains(text, "Über Ihre Beschwerde muss spätestens bis ") || strings.Contains(text, "eine Frist setzen wir Ihnen nicht") {
		t.Errorf("got\n%s", text)
	}
}

// TestStaffSeeTheMailBeforeTheySendIt: an entry that nobody stored yet, without a
// link, makes the same words.
func TestStaffSeeTheMailBeforeTheySendIt(t *testing.T) {
	f := complained(t, "en").investigated()
	cmd := lifecycle.Command{Do: casefile.Answering, Words: say("Your money is on its way.")}
	after, entries, err := lifecycle.Apply(f.c, cmd, casefile.Actor{Kind: casefile.Staff, ID: "m.muster"}, f.now.Add(time.Hour), f.rules)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := letter.Preview(&after, f.timeline, entries, f.rules)
	if !ok {
		t.Fatal("the customer would be told nothing")
	}
	m.Said = f.said
	preview := f.w.Case(m, f.now.Add(time.Hour))
	f.staff(cmd)
	sent := f.content()
	without := strings.NewReplacer(caseToken, "", "The link works until 14 April 2027. Whoever has it can read your complaint: please do not pass it on.\n\n", "").Replace
	if diff := cmp.Diff(without(sent.Text), preview.Text); diff != "" || preview.Subject != sent.Subject {
		t.Errorf("preview (-sent +preview):\n%s", diff)
	}
	note, entries, err := lifecycle.Apply(f.c, lifecycle.Command{Do: casefile.Noting, Words: say("internal")}, casefile.Actor{Kind: casefile.Staff, ID: "m.muster"}, f.now, f.rules)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := letter.Preview(&note, f.timeline, entries, f.rules); ok {
		t.Error("a note among staff has a mail")
	}
}
