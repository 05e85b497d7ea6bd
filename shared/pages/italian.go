package pages

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

var italian = sync.OnceValue(func() *text {
	return &text{
		Lang:     "it",
		Name:     "Italiano",
		Language: "Lingua",
		Privacy:  "Privacy",

		RatingTitle: "La Sua valutazione",
		Question:    "Qual è il Suo grado di soddisfazione?",
		Lead:        "Scelga, invii, fatto: circa 10 secondi.",
		StarOf:      " stelle su 5",
		OneStarOf:   " stella su 5",
		TenOf:       " su 10",
		Worst:       "molto basso",
		Best:        "molto alto",
		Send:        "Invia la valutazione",
		Voluntary:   "Conta solo ciò che invia.",
		Anonymous:   "Non sapremo chi è Lei, a meno che non ce lo scriva.",
		ValidUntil:  func(t time.Time) string { return elide("Questo link è valido fino al " + italianDay(t) + ".") },
		ChangeWithin: func(h int) string {
			return "Le permette di modificare la valutazione per " + strconv.Itoa(h) + " ore."
		},

		RatedTitle:  "Ha già dato la Sua valutazione",
		Yours:       "La Sua valutazione:",
		RatedAt:     func(t time.Time) string { return elide("Inviata il " + italianTime(t) + ".") },
		ChangeUntil: func(t time.Time) string { return elide("Può modificarla fino al " + italianTime(t) + ".") },
		LastCounts:  "Ha cambiato idea? Conta il Suo ultimo invio.",
		SendChange:  "Modifica la valutazione",
		ClosedTitle: "La Sua valutazione è definitiva",
		ClosedText: func(h int) string {
			return "Poteva essere modificata per " + strconv.Itoa(h) + " ore; questo tempo è scaduto. Grazie per averci aiutato."
		},

		CountedTitle:  "Grazie",
		Counted:       "Grazie, la Sua valutazione conta!",
		Change:        "Modifica",
		MoreTitle:     "Vuole aggiungere qualcosa?",
		MoreLead:      "È facoltativo, circa mezzo minuto. La Sua valutazione è già salvata.",
		ReasonBad:     "Qual è stato il motivo principale?",
		ReasonGood:    "Che cosa Le è piaciuto di più?",
		FCR:           "Abbiamo risolto la Sua richiesta?",
		Yes:           "Sì",
		No:            "No",
		NPS:           "Quanto è probabile che ci consigli ad altri?",
		NPSWorst:      "per niente probabile",
		NPSBest:       "molto probabile",
		CES:           "«È stato facile risolvere la mia richiesta.» È d’accordo?",
		CESWorst:      "per niente",
		CESBest:       "del tutto",
		NoAnswer:      "nessuna risposta",
		CommentBad:    "Che cosa avremmo potuto fare meglio?",
		CommentGood:   "Che cosa è andato bene, che cosa è mancato?",
		MoreSuggest:   "Proporre un miglioramento",
		Suggestion:    "La Sua proposta",
		MoreCallback:  "Chiedere di essere richiamati",
		Callback:      "Sì, contattatemi, per favore.",
		Contact:       "Telefono o e-mail",
		ContactHint:   "Lo usiamo solo per contattarLa.",
		SendMore:      "Invia le risposte",
		MoreVoluntary: "Non vuole aggiungere altro? Chiuda semplicemente questa pagina.",

		ThanksTitle: "Grazie mille",
		Thanks:      "Grazie mille!",
		ThanksText:  "Abbiamo ricevuto la Sua risposta. Ci aiuta a migliorare.",
		CallbackSoon: func(h int) string {
			return "La contatteremo entro " + strconv.Itoa(h) + " ore."
		},
		CloseNow: "Ora può chiudere questa pagina.",

		UnsubscribeTitle:  "Non vuole più ricevere inviti?",
		UnsubscribeText:   "Non Le chiederemo più una valutazione. Gli altri nostri messaggi non cambiano.",
		UnsubscribeButton: "Annulla gli inviti",
		UnsubscribedTitle: "Inviti annullati",
		UnsubscribedText:  "Non Le chiederemo più una valutazione.",
		AlreadyTitle:      "Gli inviti erano già annullati",

		ErrorTitle:   "Da controllare: ",
		ErrorHeading: "Non ancora inviato",
		messages: map[Message][2]string{
			Expired:          {"Questo link è scaduto", "Il tempo per questa valutazione è finito. Grazie per aver voluto rispondere. Glielo chiederemo volentieri dopo il prossimo contatto."},
			NotFound:         {"Qui non c’è nulla", "L’indirizzo è incompleto o non valido. Apra di nuovo il link del Suo messaggio, intero e senza modifiche."},
			TooLarge:         {"Era troppo in una volta", "Le indicazioni sono troppo lunghe e non sono state salvate. Torni indietro e accorci il testo."},
			WrongType:        {"Non riusciamo a leggerlo", "Apra di nuovo il link del Suo messaggio e prosegua da lì."},
			MethodNotAllowed: {"Così non funziona", "Apra di nuovo il link del Suo messaggio e prosegua da lì."},
			Failed:           {"Non ha funzionato", "L’errore è nostro. Riprovi tra qualche minuto."},
			TooOften:         {"Sono troppe richieste di seguito", "Attenda un momento e poi riprovi."},
			Foreign:          {"L’invio non proviene dalla nostra pagina", "Non è stato salvato nulla. Apra di nuovo il link del Suo messaggio e invii il modulo da lì."},
		},
		errors: map[string]string{
			"stars/missing_field":          "Scelga una valutazione.",
			"stars/out_of_range":           "Scelga una valutazione.",
			"comment/too_long":             "Il testo è troppo lungo: al massimo 2000 caratteri.",
			"comment/control_character":    "Il testo contiene caratteri che non riusciamo a leggere.",
			"comment/invalid_utf8":         "Il testo contiene caratteri che non riusciamo a leggere.",
			"suggestion/too_long":          "La proposta è troppo lunga: al massimo 2000 caratteri.",
			"suggestion/control_character": "La proposta contiene caratteri che non riusciamo a leggere.",
			"suggestion/invalid_utf8":      "La proposta contiene caratteri che non riusciamo a leggere.",
			"callback/callback_missing":    "Selezioni la casella se dobbiamo contattarLa. Altrimenti lasci vuoti telefono ed e-mail.",
			"callback/invalid_value":       "Selezioni la richiamata oppure la tralasci.",
			"contact/contact_missing":      "Come possiamo contattarLa? Indichi un telefono o un’e-mail.",
			"contact/too_long":             "L’indicazione è troppo lunga: al massimo 200 caratteri.",
			"contact/control_character":    "L’indicazione contiene caratteri che non riusciamo a leggere.",
			"contact/invalid_utf8":         "L’indicazione contiene caratteri che non riusciamo a leggere.",
			"nonce/missing_field":          "La pagina non era più aggiornata. La invii ancora una volta.",
			"nonce/invalid_value":          "La pagina non era più aggiornata. La invii ancora una volta.",
			"form/unavailable":             "Non siamo riusciti a salvare l’invio. Le Sue indicazioni sono ancora qui: le invii di nuovo tra poco.",
			"form/too_many_requests":       "Sono troppe richieste di seguito. Le Sue indicazioni sono ancora qui: attenda un momento e poi le invii di nuovo.",
		},
		errorFallback: "Non riusciamo a leggere questa indicazione. Invii ancora una volta il modulo.",
	}
})

var italianMonths = [...]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}

func italianDay(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = "1º"
	}
	return day + " " + italianMonths[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

func italianTime(t time.Time) string { return italianDay(t) + " alle " + clock(t) }

// elisions are what Italian does before the numbers that begin with a vowel, as
// in mail.
var elisions = strings.NewReplacer(" il 8 ", " l’8 ", " il 11 ", " l’11 ", " al 8 ", " all’8 ", " al 11 ", " all’11 ")

// elide is an Italian sentence with its dates filled in, as it is said.
func elide(s string) string { return elisions.Replace(s) }
