package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/lifecycle"
	"resonanz/shared/link"
	"resonanz/shared/pages"
	"resonanz/shared/site/sitetest"
)

// ways lead a fresh complaint to each state in which its customer can find it.
var ways = []struct {
	name     string
	commands []lifecycle.Command
	customer *lifecycle.Command // what the customer does at the end
	after    int                // days later
	title    string             // of the page, in German
	say      []string
	not      []string
}{
	{name: "acknowledged", title: "Ihre Beschwerde ist bei uns",
		say: []string{`aria-current="step">Eingegangen`, "bis zum 11. März 2026 um 10:00 Uhr", "Eingegangen und bestätigt", "Uns noch etwas sagen", "Beschwerde zurückziehen"},
		not: []string{"einverstanden", "wieder öffnen"}},
	{name: "overdue", after: 3, title: "Ihre Beschwerde ist bei uns",
		say: []string{"wollten wir Ihnen persönlich geantwortet haben. Das haben wir nicht geschafft. Es tut uns leid."}},
	{name: "assessed", commands: []lifecycle.Command{assess, note}, title: "Wir haben Ihre Beschwerde gelesen", say: []string{"Gelesen und eingeordnet", `aria-current="step">In Klärung`}},
	{name: "investigated", commands: []lifecycle.Command{assess, investigate, note, answer}, title: "Wir gehen Ihrer Beschwerde nach",
		say: []string{"Unsere Nachricht", "Wir haben die Bank gefragt", "wollen wir über Ihre Beschwerde entschieden haben"}},
	{name: "asked", commands: []lifecycle.Command{assess, investigate, ask}, title: "Wir haben eine Frage an Sie",
		say: []string{"Welche Bestellnummer hatte die Ware?", "Ihre Antwort", "Antwort absenden"}, not: []string{"Uns noch etwas sagen"}},
	{name: "decided", commands: []lifecycle.Command{assess, investigate, compensate, decide}, title: "Wir haben über Ihre Beschwerde entschieden",
		say: []string{"Ihre Beschwerde ist berechtigt. Wir geben ihr statt.", "nicht ausgelöst", "Erstattung: 49,90\u00a0€", "teilen wir Ihnen das Ergebnis mit"}},
	{name: "resolved", commands: []lifecycle.Command{assess, investigate, apologise, compensate, decide, resolve}, title: "Das Ergebnis zu Ihrer Beschwerde",
		say: []string{"Sind Sie einverstanden?", "Ja, einverstanden", "wieder öffnen", "49,90 € sind heute", "Wir bitten Sie um Entschuldigung.", "schließen wir Ihre Beschwerde ab"}},
	{name: "rejected", commands: []lifecycle.Command{assess, investigate, reject, resolve}, title: "Das Ergebnis zu Ihrer Beschwerde",
		say: []string{"geben ihr nicht statt", "Die Frist von 14 Tagen war abgelaufen."}, not: []string{"Das sagen wir Ihnen zu"}},
	{name: "accepted", commands: []lifecycle.Command{assess, investigate, reject, resolve}, customer: &lifecycle.Command{Do: casefile.Accepting}, title: "Das Ergebnis zu Ihrer Beschwerde",
		say: []string{"Sie sind mit dem Ergebnis einverstanden", "halten fest, woran es lag"}, not: []string{"Ja, einverstanden"}},
	{name: "closed", commands: []lifecycle.Command{assess, investigate, decide, resolve, closing}, title: "Ihre Beschwerde ist abgeschlossen",
		say: []string{"Wie zufrieden sind Sie mit der Bearbeitung?", "wieder öffnen", "bis zum 9. April 2026 um 11:05 Uhr möglich", `aria-current="step">Abgeschlossen`}, not: []string{"Uns noch etwas sagen", "zurückziehen"}},
	{name: "rated", commands: []lifecycle.Command{assess, investigate, decide, resolve, closing}, customer: &lifecycle.Command{Do: casefile.Rating, Stars: 4, Words: words("Ging dann schnell.")}, title: "Ihre Beschwerde ist abgeschlossen",
		say: []string{"Sie haben die Bearbeitung bewertet: 4 von 5", "Ging dann schnell."}, not: []string{"Bewertung absenden"}},
	{name: "long closed", commands: []lifecycle.Command{assess, investigate, decide, resolve, closing}, after: 40, title: "Ihre Beschwerde ist abgeschlossen",
		not: []string{"<form", "wieder öffnen"}},
	{name: "reopened", commands: []lifecycle.Command{assess, investigate, decide, resolve, closing}, customer: &lifecycle.Command{Do: casefile.Reopening, Words: words("Das Geld ist nicht da.")}, title: "Wir prüfen Ihre Beschwerde noch einmal",
		say: []string{"Von Ihnen wieder geöffnet", "Das Geld ist nicht da."}, not: []string{"Wir geben ihr statt"}},
	{name: "withdrawn", customer: &lifecycle.Command{Do: casefile.Withdrawing, Words: words("Hat sich geklärt.")}, title: "Ihre Beschwerde ist zurückgezogen",
		say: []string{"Von Ihnen zurückgezogen", "Hat sich geklärt.", `href="/complain/checkout-cologne?l=de"`}, not: []string{"<form", "Wie es weitergeht"}},
	{name: "joined", commands: []lifecycle.Command{{Do: casefile.Duplicating, Duplicate: "2603-7K2M-Q4XA", Words: words("intern: doppelt")}}, title: "Ihre Beschwerde ist bei uns",
		say: []string{"Gehört zu derselben Sache wie die Beschwerde 2603-7K2M-Q4XA"}},
}

// lead brings a complaint to the state n of ways.
func (r *rig) lead(n int, fields ...string) string {
	r.tb.Helper()
	r.at = r.begin
	path := r.complain(fields...)
	r.staff(path, ways[n].commands...)
	if c := ways[n].customer; c != nil {
		r.at = r.at.Add(time.Minute)
		r.apply(path, casefile.Customer, *c)
	}
	r.at = r.at.AddDate(0, 0, ways[n].after)
	return path
}

func TestTheCustomerSeesWhereItStandsAndNothingOfTheInside(t *testing.T) {
	for n, x := range ways {
		t.Run(x.name, func(t *testing.T) {
			r := newRig(t)
			path := r.lead(n, "remedy", "Geld zurück")
			page := r.get(path).Body
			for _, say := range append(x.say, "<h1>"+x.title+"</h1>", string(r.number(path)), "Die Erstattung fehlt seit drei Wochen.", "Geld zurück", "Kundenservice") {
				if !strings.Contains(page, say) {
					t.Errorf("lacks %q", say)
				}
			}
			for _, not := range append(x.not, "intern", "agent-7", "high", "process", "SLA") {
				if strings.Contains(page, not) {
					t.Errorf("says %q", not)
				}
			}
		})
	}
}

// TestAQuestionNamesTheDateThatDoesNotWait: a regulatory deadline runs on while
// the customer is asked, and is admitted once it has passed.
func TestAQuestionNamesTheDateThatDoesNotWait(t *testing.T) {
	r := newRig(t)
	r.cfg.Policies[0].Presets = []string{"GDPR_12_3"}
	path := r.complain()
	r.staff(path, assess, investigate, ask)
	for _, x := range []struct {
		after int
		say   string
	}{
		{0, "Über Ihre Beschwerde muss spätestens bis zum 10. April 2026 um 23:59 Uhr entschieden sein."},
		{32, "Bis zum 10. April 2026 um 23:59 Uhr wollten wir über Ihre Beschwerde entschieden haben."},
	} {
		r.at = start.AddDate(0, 0, x.after)
		if page := r.get(path).Body; !strings.Contains(page, x.say) || strings.Contains(page, "Bis dahin ruht unsere Frist") {
			t.Errorf("after %d days the page lacks %q", x.after, x.say)
		}
	}
}

// TestItalianElidesBeforeNumbersThatBeginWithAVowel: "il 11 marzo" is read aloud
// as nobody says it.
func TestItalianElidesBeforeNumbersThatBeginWithAVowel(t *testing.T) {
	r := newRig(t)
	if page := r.get(r.complain() + "?l=it").Body; !strings.Contains(page, "entro l’11 marzo 2026 alle 10:00.") {
		t.Error("the date of the answer is not elided")
	}
	r.begin = start.AddDate(0, 0, 2)
	if page := r.get(r.lead(stateOf(t, "closed")) + "?l=it").Body; !strings.Contains(page, " fino all’11 aprile 2026 alle 11:05.") {
		t.Error("nor that until which it can be reopened")
	}
}

// What one round trip carries, with files to add and three that were added.
func TestEveryStateIsLight(t *testing.T) {
	most := 0
	for n, x := range ways {
		r := newRig(t)
		r.files = files{"https://attachments-0123456789.s3.eu-central-1.amazonaws.com"}
		path := r.lead(n, "remedy", "Bitte überweisen Sie das Geld bis Freitag zurück.")
		for _, l := range []string{"de", "en", "fr", "it"} {
			for _, query := range []string{"?l=" + l, "?new=1&l=" + l, "?do=withdraw&l=" + l} {
				page := r.get(path + query).Body
				most = max(most, len(page))
				if len(page) > 14336 {
					t.Errorf("%s %s: %d bytes", x.name, query, len(page))
				}
			}
			wrong := r.post(path, "do", "reopen", "text", "", "l", l, "nonce", strings.Repeat("n", 16)).Body
			if len(wrong) > 14336 {
				t.Errorf("%s with a mistake in %s: %d bytes", x.name, l, len(wrong))
			}
		}
	}
	t.Logf("at most %d bytes", most)
}

func TestLookingChangesNothing(t *testing.T) {
	r := newRig(t)
	path := r.complain()
	version := r.state(path).Version
	r.table.reads = 0
	for _, query := range []string{"", "?new=1", "?do=withdraw", "?done=reply", "?do=accept&text=x"} {
		if res := r.do(sitetest.Request(http.MethodHead, path+query, "")); res.StatusCode != 200 || res.Body != "" {
			t.Errorf("HEAD %s: %d", query, res.StatusCode)
		}
	}
	if r.table.reads != 0 {
		t.Error("HEAD reads")
	}
	for _, query := range []string{"", "?new=1", "?do=withdraw", "?done=reply", "?do=accept&text=x"} {
		r.get(path+query, "purpose", "prefetch")
	}
	if r.table.writes != 1 || r.state(path).Version != version {
		t.Error("a look changed the case")
	}
}

func TestWhatIsNoLinkOfACaseIsAPageNotFound(t *testing.T) {
	r := newRig(t)
	good := strings.TrimPrefix(r.complain(), "/k/")
	foreign := link.SignCase(sitetest.Keyring(t, sitetest.NewRing(t, "x").Secret, nil), link.Case{Number: "2603-7K2M-Q4XA", ExpiresAt: start.AddDate(1, 0, 0)})
	gone := link.SignCase(sitetest.Keyring(t, r.links.Secret, nil), link.Case{Number: "2603-7K2M-Q4XA", Language: "it", ExpiresAt: start.AddDate(1, 0, 0)})
	mistyped := good[:len(good)-1] + "A"
	if mistyped == good {
		mistyped = good[:len(good)-1] + "B"
	}
	for name, path := range map[string]string{
		"mistyped": "/k/" + mistyped, "truncated": "/k/" + good[:30], "nothing": "/k/", "too deep": "/k/" + good + "/x",
		"foreign": "/k/" + foreign, "of a rating": "/k/" + r.links.Token(t, "checkout-cologne", start), "a number": "/k/" + string(r.number("/k/"+good)),
		"10 MB": "/k/" + strings.Repeat("A", 10<<20),
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead} {
			res := r.do(sitetest.Request(method, path, "do=accept", "accept", "text/html", "content-type", sitetest.FormType))
			if res.StatusCode != 404 || method != http.MethodHead && !strings.Contains(res.Body, "Hier ist nichts zu finden") {
				t.Errorf("%s, %s: %d", name, method, res.StatusCode)
			}
		}
	}
	if res := r.get("/k/" + gone); res.StatusCode != 404 || !strings.Contains(res.Body, "Qui non c’è nulla") {
		t.Errorf("a case that is not there: %d", res.StatusCode)
	}
	if res := r.post("/k/"+gone, "do", "reply", "text", "x", "nonce", strings.Repeat("n", 16)); res.StatusCode != 404 {
		t.Errorf("a reply to a case that is not there: %d", res.StatusCode)
	}
}

func TestAnExpiredLinkSaysSoInItsLanguage(t *testing.T) {
	r := newRig(t)
	path := r.post(where+"?l=fr", "comment", "x", "l", "fr", "nonce", r.open(where)).Headers["Location"]
	path, _, _ = strings.Cut(path, "?")
	r.at = start.AddDate(0, 0, 401)
	for _, res := range []struct {
		status int
		body   string
	}{{r.get(path).StatusCode, r.get(path).Body}, {r.post(path, "do", "accept").StatusCode, r.post(path, "do", "accept").Body}} {
		if res.status != 410 || !strings.Contains(res.body, "Ce lien a expiré") || !strings.Contains(res.body, "où elle en est") {
			t.Errorf("%d", res.status)
		}
	}
}

func TestALinkSurvivesARotationOfItsKey(t *testing.T) {
	r := newRig(t)
	path := r.complain()
	newer := link.SignCase(sitetest.Keyring(t, r.links.Newer, nil), link.Case{Number: string(r.number(path)), ExpiresAt: start.AddDate(1, 0, 0)})
	for name, p := range map[string]string{"signed before": path, "signed after": "/k/" + newer} {
		if res := r.get(p); res.StatusCode != 200 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

func TestAnErasedComplaintStillSaysWhereItStands(t *testing.T) {
	r := newRig(t)
	path := r.complain("email", "kundin@example.com")
	got := r.complaints()[0]
	other := &erased{r.table, got.EventID}
	r.cases = other
	page := r.get(path).Body
	if !strings.Contains(page, "Ihre Angaben zu dieser Beschwerde wurden gelöscht") || strings.Contains(page, "Erstattung fehlt") || !strings.Contains(page, "Eingegangen und bestätigt") {
		t.Error("an erased complaint is not said to be")
	}
}

// TestWhatOnlyStaffAreToldOfIsNotTheCustomersDoing: the timeline notes an erasure as
// it does further words of the customer.
func TestWhatOnlyStaffAreToldOfIsNotTheCustomersDoing(t *testing.T) {
	r := newRig(t)
	path := r.lead(stateOf(t, "closed"))
	book, err := r.book()
	if err != nil {
		t.Fatal(err)
	}
	next, lines, changed := lifecycle.Erase(*r.state(path), nil, r.at, book.Lifecycle)
	if !changed || len(lines) != 1 || lines[0].Action != casefile.Annotated {
		t.Fatalf("erased by %+v", lines)
	}
	if err := r.table.Memory.UpdateCase(t.Context(), &next, &lines[0]); err != nil {
		t.Fatal(err)
	}
	if page := r.get(path).Body; strings.Contains(page, "Sie haben uns noch einmal geschrieben") {
		t.Error("the customer is said to have written")
	}
}

func TestACrisisIsSaidInTheAcknowledgementWhileItLasts(t *testing.T) {
	r := newRig(t)
	crisis := r.complain() // any case will do
	if err := r.table.PutCrisis(t.Context(), &casefile.Crisis{Case: r.number(crisis), Since: start}); err != nil {
		t.Fatal(err)
	}
	path := r.complain("comment", "Noch eine")
	if page := r.get(path + "?new=1").Body; !strings.Contains(page, "Zurzeit erreichen uns viele Meldungen") {
		t.Error("not said")
	}
	if page := r.get(path).Body; strings.Contains(page, "Zurzeit") {
		t.Error("said for ever")
	}
	r.apply(crisis, casefile.Customer, lifecycle.Command{Do: casefile.Withdrawing})
	if page := r.get(path + "?new=1").Body; strings.Contains(page, "Zurzeit") {
		t.Error("said after its end")
	}
}

func TestACaseThatCannotBeReadIsNoPageOfErrors(t *testing.T) {
	r := newRig(t)
	path := r.complain()
	r.table.readErr = errors.New("throttled")
	res := r.get(path)
	if res.StatusCode != 503 || !strings.Contains(res.Body, "Das hat gerade nicht geklappt") || res.Headers["Retry-After"] == "" || strings.Contains(res.Body, "throttled") {
		t.Errorf("%d", res.StatusCode)
	}
}

func TestAPageOfACaseIsNeverKept(t *testing.T) {
	r := newRig(t)
	h := r.get(r.complain()).Headers
	if h["Cache-Control"] != "no-store" || h["Referrer-Policy"] != "no-referrer" || h["X-Robots-Tag"] != "noindex, nofollow" {
		t.Errorf("headers %v", h)
	}
	if p := h["Content-Security-Policy"]; !strings.HasPrefix(p, "default-src 'none'; style-src 'sha256-") || strings.Contains(p, "script-src") || !strings.Contains(p, "form-action 'self';") {
		t.Errorf("policy %s", p)
	}
}

func TestWhatStaffWroteDownIsNotSaidToBeWritten(t *testing.T) {
	r := newRig(t)
	book, err := r.book()
	if err != nil {
		t.Fatal(err)
	}
	f := intaketest.Complaint().With("touchpoint", "hotline").With("channel", "phone").With("language", "de").With("remedy", "Anruf")
	s, err := intake.ParseEvent(r.cfg, intake.Source{OnlyComplaints: true}, feedback.KindComplaint, f.JSON(t), start)
	if err != nil {
		t.Fatal(err)
	}
	got, err := intake.AcceptComplaint(t.Context(), r.table, s, book.Lifecycle)
	if err != nil {
		t.Fatal(err)
	}
	token := link.SignCase(sitetest.Keyring(t, r.links.Secret, nil), link.Case{Number: string(got.CaseNumber), ExpiresAt: start.AddDate(1, 0, 0)})
	page := r.get("/k/" + token).Body
	if !strings.Contains(page, "Was wir von Ihnen aufgenommen haben") || strings.Contains(page, "Was Sie uns geschrieben haben") {
		t.Error("said to be written by the customer")
	}
}

func TestNoMailIsPromisedWhereNoneIsSent(t *testing.T) {
	r := newRig(t)
	r.cfg.Notify.MailFrom = ""
	if page := r.get(r.complain("email", "kundin@example.com") + "?new=1").Body; strings.Contains(page, "per E-Mail") || strings.Contains(page, "keine E-Mail-Adresse angegeben") || !strings.Contains(page, "drucken Sie") {
		t.Error("a mail is promised")
	}
}

// A draft that turns out to be about what another case is about never got a link
// of its own; a status that nobody can reach today is shown all the same.
func TestADuplicateLeadsToTheCaseThatGoesOn(t *testing.T) {
	r := newRig(t)
	path := r.complain()
	k := r.state(path)
	k.Status, k.Handling.DuplicateOf = casefile.Duplicate, "2603-7K2M-Q4XA"
	p, err := r.Pages()
	if err != nil {
		t.Fatal(err)
	}
	page := p.Status(&pages.Status{Language: "de", Case: k, Now: start})
	if !strings.Contains(page, "<h1>Ihre Beschwerde läuft unter einer anderen Nummer weiter</h1>") || !strings.Contains(page, "dieselbe Sache wie die Beschwerde 2603-7K2M-Q4XA") || strings.Contains(page, "<form") {
		t.Error("does not lead on")
	}
}

func TestWhoIsNotGivenAllIsToldWhereElseToTurn(t *testing.T) {
	for name, told := range map[string]bool{"rejected": true, "resolved": false} {
		r := newRig(t)
		r.cfg.Complaints.Redress = config.Text{"de": "Schlichtungsstelle Beispiel, www.example.com"}
		if page := r.get(r.lead(stateOf(t, name))).Body; strings.Contains(page, "Schlichtungsstelle") != told || strings.Contains(page, "nicht einverstanden sind") != told {
			t.Errorf("%s: told %v", name, !told)
		}
	}
}
