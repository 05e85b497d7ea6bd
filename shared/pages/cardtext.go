package pages

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// cardText is what the pages of response cards say in one language, beside
// what they share with the rating page. Every field is filled in every
// language: MissingCard finds what is not.
type cardText struct {
	Minutes      func(n int) string
	Voluntary    string
	Grades       string // says so once
	Send         string
	SendAgain    string
	Counted      string // at the foot
	ThanksText   string
	Change       string
	ChangeUntil  func(t time.Time) string // in the organisation's zone, as below
	Answered     string                   // heading over the form of a card answered before
	AnsweredText func(at, until time.Time) string
	AnsweredOwn  string // about own words, which are not shown again
	Closed       string
	ClosedText   func(at, until time.Time) string
	ClosedLate   string                // a change came too late
	messages     map[Message][2]string // heading, text
	tooLong      string
	unreadable   string
	notOffered   string
	notStored    string
	tooOften     string
}

// cardTexts holds the languages that card pages speak.
var cardTexts = map[feedback.Language]func() *cardText{"de": cardGerman, "en": cardEnglish, "fr": cardFrench, "it": cardItalian}

// MissingCard names what card pages cannot say in one of the languages, each as
// "language: field", as Missing does for the others.
func MissingCard(languages []feedback.Language) []string {
	var missing []string
	for _, l := range languages {
		spoken := cardTexts[l]
		if spoken == nil {
			missing = append(missing, string(l)+": every text of cards")
			continue
		}
		t := spoken()
		missing = append(missing, lacking(l, t, t.messages)...)
	}
	slices.Sort(missing)
	return missing
}

// error is the sentence about one field in error; base has those that all
// pages share.
func (t *cardText) error(base *text, f problem.Field) string {
	switch {
	case f.Field == "form" && f.Code == problem.TooManyRequests:
		return t.tooOften
	case f.Field == "form":
		return t.notStored
	}
	if !strings.HasPrefix(f.Field, intake.CardField) {
		return base.error(f)
	}
	switch f.Code {
	case problem.TooLong:
		return t.tooLong
	case problem.ControlCharacter, problem.InvalidUTF8:
		return t.unreadable
	}
	return t.notOffered
}

var cardGerman = sync.OnceValue(func() *cardText {
	return &cardText{
		Minutes: func(n int) string {
			if n == 1 {
				return "Dauert etwa eine Minute."
			}
			return "Dauert etwa " + strconv.Itoa(n) + " Minuten."
		},
		Voluntary: "Nur die erste Frage ist nötig, alles andere ist freiwillig.",
		Grades:    "1 = sehr schlecht, 5 = sehr gut",
		Send:      "Antworten absenden", SendAgain: "Änderung absenden",
		Counted:    "Gezählt wird erst, was Sie absenden.",
		ThanksText: "Ihre Antworten sind bei uns angekommen. Sie helfen uns, besser zu werden.",
		Change:     "Antworten ändern",
		ChangeUntil: func(t time.Time) string {
			return "Mit demselben Link können Sie Ihre Antworten bis zum " + germanTime(t) + " ändern."
		},
		Answered: "Sie haben schon geantwortet",
		AnsweredText: func(at, until time.Time) string {
			return "Abgesendet am " + germanTime(at) + ". Bis zum " + germanTime(until) + " können Sie Ihre Antworten ändern; es zählt, was Sie zuletzt absenden."
		},
		AnsweredOwn: "Was Sie in eigenen Worten geschrieben haben, liegt uns vor. Wir zeigen es hier nicht noch einmal.",
		Closed:      "Ihre Antworten stehen fest",
		ClosedText: func(at, until time.Time) string {
			return "Abgesendet am " + germanTime(at) + ". Ändern konnten Sie Ihre Antworten bis zum " + germanTime(until) + "."
		},
		ClosedLate: "Ihre letzte Änderung kam danach an und zählt nicht mehr.",
		messages: map[Message][2]string{
			Expired:          {"Dieser Link ist abgelaufen", "Die Zeit für diese Karte ist vorbei. Danke, dass Sie antworten wollten. Beim nächsten Mal fragen wir Sie gern wieder."},
			NotFound:         {"Diese Karte gibt es hier nicht", "Die Adresse ist unvollständig oder gilt nicht mehr. Bitte scannen Sie den Code noch einmal oder öffnen Sie den Link aus Ihrer Nachricht, ganz und unverändert."},
			TooLarge:         {"Das war zu viel auf einmal", "Die Angaben sind zu lang und wurden nicht gespeichert. Bitte gehen Sie zurück und kürzen Sie Ihre Texte."},
			WrongType:        {"Das können wir nicht lesen", "Bitte öffnen Sie die Karte noch einmal und senden Sie sie von dort ab."},
			MethodNotAllowed: {"So geht es nicht", "Bitte öffnen Sie die Karte noch einmal und senden Sie sie von dort ab."},
			Failed:           {"Das hat gerade nicht geklappt", "Der Fehler liegt bei uns. Bitte versuchen Sie es in ein paar Minuten noch einmal."},
			TooOften:         {"Das war sehr oft hintereinander", "Bitte warten Sie einen Augenblick und versuchen Sie es dann noch einmal."},
			Foreign:          {"Das kam nicht von unserer Seite", "Es wurde nichts gespeichert. Bitte öffnen Sie die Karte noch einmal und senden Sie sie von dort ab."},
		},
		tooLong:    "Ihr Text ist zu lang: höchstens 2000 Zeichen.",
		unreadable: "Ihr Text enthält Zeichen, die wir nicht lesen können.",
		notOffered: "Bitte wählen Sie eine der angebotenen Antworten oder keine.",
		notStored:  "Wir konnten Ihre Antworten gerade nicht speichern. Sie stehen noch hier: Bitte senden Sie sie gleich noch einmal ab.",
		tooOften:   "Das war sehr oft hintereinander. Ihre Antworten stehen noch hier: Bitte warten Sie einen Augenblick und senden Sie sie dann noch einmal ab.",
	}
})

var cardEnglish = sync.OnceValue(func() *cardText {
	return &cardText{
		Minutes: func(n int) string {
			if n == 1 {
				return "Takes about a minute."
			}
			return "Takes about " + strconv.Itoa(n) + " minutes."
		},
		Voluntary: "Only the first question is needed, everything else is optional.",
		Grades:    "1 = very poor, 5 = very good",
		Send:      "Send answers", SendAgain: "Send changes",
		Counted:    "Nothing counts until you send it.",
		ThanksText: "We have received your answers. They help us to get better.",
		Change:     "Change answers",
		ChangeUntil: func(t time.Time) string {
			return "You can change your answers with the same link until " + englishTime(t) + "."
		},
		Answered: "You have answered already",
		AnsweredText: func(at, until time.Time) string {
			return "Sent on " + englishTime(at) + ". You can change your answers until " + englishTime(until) + "; what you send last counts."
		},
		AnsweredOwn: "We have what you wrote in your own words. We do not show it here again.",
		Closed:      "Your answers are final",
		ClosedText: func(at, until time.Time) string {
			return "Sent on " + englishTime(at) + ". You could change your answers until " + englishTime(until) + "."
		},
		ClosedLate: "Your last change arrived after that and no longer counts.",
		messages: map[Message][2]string{
			Expired:          {"This link has expired", "The time for this card is over. Thank you for wanting to answer. We will gladly ask again next time."},
			NotFound:         {"There is no such card here", "The address is incomplete or no longer valid. Please scan the code again, or open the link in your message, whole and unchanged."},
			TooLarge:         {"That was too much at once", "What you wrote is too long and was not stored. Please go back and shorten your texts."},
			WrongType:        {"We cannot read this", "Please open the card again and send it from there."},
			MethodNotAllowed: {"It does not work this way", "Please open the card again and send it from there."},
			Failed:           {"That did not work just now", "The fault is ours. Please try again in a few minutes."},
			TooOften:         {"That was very often in a row", "Please wait a moment, then try again."},
			Foreign:          {"This did not come from our page", "Nothing was stored. Please open the card again and send it from there."},
		},
		tooLong:    "Your text is too long: at most 2000 characters.",
		unreadable: "Your text contains characters that we cannot read.",
		notOffered: "Please choose one of the answers offered, or none.",
		notStored:  "We could not store your answers just now. They are still here: please send them again in a moment.",
		tooOften:   "That was very often in a row. Your answers are still here: please wait a moment, then send them again.",
	}
})

var cardFrench = sync.OnceValue(func() *cardText {
	return &cardText{
		Minutes: func(n int) string {
			if n == 1 {
				return "Cela prend environ une minute."
			}
			return "Cela prend environ " + strconv.Itoa(n) + " minutes."
		},
		Voluntary: "Seule la première question est nécessaire, tout le reste est facultatif.",
		Grades:    "1 = très mauvais, 5 = très bon",
		Send:      "Envoyer mes réponses", SendAgain: "Envoyer les modifications",
		Counted:    "Seul compte ce que vous envoyez.",
		ThanksText: "Vos réponses nous sont bien parvenues. Elles nous aident à progresser.",
		Change:     "Modifier mes réponses",
		ChangeUntil: func(t time.Time) string {
			return "Vous pouvez modifier vos réponses avec le même lien jusqu’au " + frenchTime(t) + "."
		},
		Answered: "Vous avez déjà répondu",
		AnsweredText: func(at, until time.Time) string {
			return "Envoyé le " + frenchTime(at) + ". Vous pouvez modifier vos réponses jusqu’au " + frenchTime(until) + " ; le dernier envoi compte."
		},
		AnsweredOwn: "Ce que vous avez écrit nous est parvenu. Nous ne l’affichons pas une seconde fois ici.",
		Closed:      "Vos réponses sont définitives",
		ClosedText: func(at, until time.Time) string {
			return "Envoyé le " + frenchTime(at) + ". Vous pouviez modifier vos réponses jusqu’au " + frenchTime(until) + "."
		},
		ClosedLate: "Votre dernière modification est arrivée après ce délai et ne compte plus.",
		messages: map[Message][2]string{
			Expired:          {"Ce lien a expiré", "Le délai pour cette carte est passé. Merci d’avoir voulu répondre. Nous vous solliciterons volontiers une prochaine fois."},
			NotFound:         {"Cette carte n’existe pas ici", "L’adresse est incomplète ou n’est plus valable. Veuillez scanner le code encore une fois ou ouvrir le lien de votre message, complet et inchangé."},
			TooLarge:         {"C’était trop à la fois", "Vos textes sont trop longs et n’ont pas été enregistrés. Veuillez revenir en arrière et les raccourcir."},
			WrongType:        {"Nous ne pouvons pas lire cela", "Veuillez ouvrir la carte encore une fois et l’envoyer depuis cette page."},
			MethodNotAllowed: {"Cela ne fonctionne pas ainsi", "Veuillez ouvrir la carte encore une fois et l’envoyer depuis cette page."},
			Failed:           {"Cela n’a pas fonctionné", "L’erreur vient de nous. Veuillez réessayer dans quelques minutes."},
			TooOften:         {"Cela fait beaucoup de demandes", "Veuillez patienter un instant, puis réessayer."},
			Foreign:          {"Cet envoi ne vient pas de notre page", "Rien n’a été enregistré. Veuillez rouvrir la carte et l’envoyer depuis cette page."},
		},
		tooLong:    "Votre texte est trop long : 2000 caractères au plus.",
		unreadable: "Votre texte contient des caractères que nous ne pouvons pas lire.",
		notOffered: "Veuillez choisir l’une des réponses proposées, ou aucune.",
		notStored:  "Nous n’avons pas pu enregistrer vos réponses. Elles sont encore ici : veuillez les renvoyer dans un instant.",
		tooOften:   "Cela fait beaucoup de demandes à la suite. Vos réponses sont encore là : veuillez patienter un instant, puis les renvoyer.",
	}
})

var cardItalian = sync.OnceValue(func() *cardText {
	return &cardText{
		Minutes: func(n int) string {
			if n == 1 {
				return "Richiede circa un minuto."
			}
			return "Richiede circa " + strconv.Itoa(n) + " minuti."
		},
		Voluntary: "Solo la prima domanda è necessaria, tutto il resto è facoltativo.",
		Grades:    "1 = pessimo, 5 = ottimo",
		Send:      "Inviare le risposte", SendAgain: "Inviare le modifiche",
		Counted:    "Conta solo ciò che invia.",
		ThanksText: "Abbiamo ricevuto le Sue risposte. Ci aiutano a migliorare.",
		Change:     "Modificare le risposte",
		ChangeUntil: func(t time.Time) string {
			return elide("Con lo stesso link può modificare le Sue risposte fino al " + italianTime(t) + ".")
		},
		Answered: "Ha già risposto",
		AnsweredText: func(at, until time.Time) string {
			return elide("Inviate il " + italianTime(at) + ". Può modificare le Sue risposte fino al " + italianTime(until) + "; conta l’ultimo invio.")
		},
		AnsweredOwn: "Abbiamo ricevuto ciò che ha scritto. Non lo mostriamo qui una seconda volta.",
		Closed:      "Le Sue risposte sono definitive",
		ClosedText: func(at, until time.Time) string {
			return elide("Inviate il " + italianTime(at) + ". Poteva modificare le Sue risposte fino al " + italianTime(until) + ".")
		},
		ClosedLate: "La Sua ultima modifica è arrivata dopo e non conta più.",
		messages: map[Message][2]string{
			Expired:          {"Questo link è scaduto", "Il tempo per questa cartolina è trascorso. Grazie per l’intenzione di rispondere. La prossima volta saremo lieti di chiederglielo di nuovo."},
			NotFound:         {"Questa cartolina non esiste qui", "L’indirizzo è incompleto o non è più valido. La preghiamo di scansionare di nuovo il codice o di aprire il link del Suo messaggio, intero e invariato."},
			TooLarge:         {"Troppo in una volta sola", "I testi sono troppo lunghi e non sono stati salvati. La preghiamo di tornare indietro e di accorciarli."},
			WrongType:        {"Non riusciamo a leggerlo", "La preghiamo di aprire di nuovo la cartolina e di inviarla da lì."},
			MethodNotAllowed: {"Così non funziona", "La preghiamo di aprire di nuovo la cartolina e di inviarla da lì."},
			Failed:           {"Non ha funzionato", "L’errore è nostro. La preghiamo di riprovare tra qualche minuto."},
			TooOften:         {"Sono troppe richieste di seguito", "Attenda un momento e poi riprovi."},
			Foreign:          {"L’invio non proviene dalla nostra pagina", "Non è stato salvato nulla. Apra di nuovo la scheda e la invii da lì."},
		},
		tooLong:    "Il testo è troppo lungo: al massimo 2000 caratteri.",
		unreadable: "Il testo contiene caratteri che non riusciamo a leggere.",
		notOffered: "La preghiamo di scegliere una delle risposte offerte, o nessuna.",
		notStored:  "Non siamo riusciti a salvare le Sue risposte. Sono ancora qui: La preghiamo di inviarle di nuovo tra poco.",
		tooOften:   "Sono troppe richieste di seguito. Le Sue risposte sono ancora qui: attenda un momento e poi le invii di nuovo.",
	}
})

// Minutes is how long a card takes: ten seconds to read and rate, five for a
// box to tick, fifteen for own words; rounded up.
func Minutes(c *config.Card) int {
	seconds := 10
	for _, s := range c.Sections {
		for _, it := range s.Items {
			if it.Kind == config.ItemText || it.Kind == config.ItemSuggestion {
				seconds += 15
			} else {
				seconds += 5
			}
		}
	}
	return (seconds + 59) / 60
}
