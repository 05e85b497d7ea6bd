package letter

import (
	"reflect"
	"slices"
	"strconv"

	"resonanz/shared/feedback"
)

// texts is the catalogue of one language. {organisation}, {touchpoint} and
// {until} stand for those of the letter.
type texts struct {
	Subject         string
	ReminderSubject string
	Question        string
	Opening         string
	ReminderOpening string
	Effort          string // how to, and how long it takes
	CardEffort      string
	Card            string // the link to the questions of a card
	Star            string // one star of {most}
	Stars, Points   string // {n} of {most}
	Lowest, Highest string
	Until           string
	Why             string
	Unsubscribe     string
	Privacy         string
	Instant         string // {day} {month} {year} {hour} {minute}
	First           string // the first day of a month
	Months          [12]string
}

var catalogue = map[feedback.Language]*texts{"de": &german, "en": &english, "fr": &french, "it": &italian}

// Languages are those that letters are written in.
func Languages() []feedback.Language {
	all := make([]feedback.Language, 0, len(catalogue))
	for l := range catalogue {
		all = append(all, l)
	}
	slices.Sort(all)
	return all
}

// Missing names each text that a language lacks, such as "fr: Opening"; none
// when the catalogues are complete.
func Missing() []string {
	var all []string
	for _, l := range Languages() {
		for _, name := range empty(reflect.ValueOf(catalogue[l])) {
			all = append(all, string(l)+": "+name)
		}
		for _, name := range empty(reflect.ValueOf(caseCatalogue[l])) {
			all = append(all, string(l)+": case: "+name)
		}
	}
	return all
}

// empty names each text that a catalogue, given by its address, lacks.
func empty(v reflect.Value) []string {
	var all []string
	v = reflect.Indirect(v)
	if !v.IsValid() {
		return []string{"all"}
	}
	for i := range v.NumField() {
		name, f := v.Type().Field(i).Name, v.Field(i)
		switch f.Kind() {
		case reflect.Struct:
			for _, inner := range empty(f) {
				all = append(all, name+"."+inner)
			}
		case reflect.Array:
			for n := range f.Len() {
				if f.Index(n).Len() == 0 {
					all = append(all, name+"["+strconv.Itoa(n)+"]")
				}
			}
		default:
			if f.Len() == 0 {
				all = append(all, name)
			}
		}
	}
	return all
}

var german = texts{
	Subject:         "{touchpoint}: Wie zufrieden waren Sie?",
	ReminderSubject: "Erinnerung – {touchpoint}: Wie zufrieden waren Sie?",
	Question:        "Wie zufrieden waren Sie?",
	Opening:         "Sie hatten vor Kurzem mit uns zu tun: {touchpoint}. Bitte sagen Sie uns, wie es war.",
	ReminderOpening: "Vor einigen Tagen haben wir Sie nach Ihrer Erfahrung gefragt: {touchpoint}. Falls Sie noch antworten möchten, freuen wir uns. Weitere Erinnerungen senden wir nicht.",
	Effort:          "Tippen Sie auf Ihre Bewertung und bestätigen Sie auf der nächsten Seite. Das dauert etwa 10 Sekunden.",
	CardEffort:      "Einige kurze Fragen, fast alle freiwillig. Das dauert etwa zwei Minuten.",
	Card:            "Fragen öffnen",
	Star:            "1 von {most} Sternen",
	Stars:           "{n} von {most} Sternen",
	Points:          "{n} von {most} Punkten",
	Lowest:          "sehr unzufrieden",
	Highest:         "sehr zufrieden",
	Until:           "Der Link gilt bis {until}.",
	Why:             "Sie erhalten diese Nachricht, weil Sie mit {organisation} in Kontakt waren ({touchpoint}).",
	Unsubscribe:     "Keine Anfragen mehr erhalten",
	Privacy:         "Datenschutz",
	Instant:         "{day}. {month} {year}, {hour}:{minute} Uhr",
	First:           "1",
	Months: [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni",
		"Juli", "August", "September", "Oktober", "November", "Dezember"},
}

var english = texts{
	Subject:         "{touchpoint}: How satisfied were you?",
	ReminderSubject: "Reminder – {touchpoint}: How satisfied were you?",
	Question:        "How satisfied were you?",
	Opening:         "You were in contact with us recently: {touchpoint}. Please tell us how it was.",
	ReminderOpening: "A few days ago we asked you about your experience: {touchpoint}. If you would still like to answer, we would be glad. We will not remind you again.",
	Effort:          "Tap your rating and confirm it on the next page. It takes about 10 seconds.",
	CardEffort:      "A few short questions, almost all of them voluntary. It takes about two minutes.",
	Card:            "Open the questions",
	Star:            "1 of {most} stars",
	Stars:           "{n} of {most} stars",
	Points:          "{n} of {most} points",
	Lowest:          "very dissatisfied",
	Highest:         "very satisfied",
	Until:           "The link works until {until}.",
	Why:             "You receive this message because you were in contact with {organisation} ({touchpoint}).",
	Unsubscribe:     "Stop receiving these requests",
	Privacy:         "Privacy",
	Instant:         "{day} {month} {year}, {hour}:{minute}",
	First:           "1",
	Months: [12]string{"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"},
}

// French sets a no-break space before a colon, a question mark and a semicolon.
var french = texts{
	Subject:         "{touchpoint}\u00a0: quel est votre niveau de satisfaction\u00a0?",
	ReminderSubject: "Rappel – {touchpoint}\u00a0: quel est votre niveau de satisfaction\u00a0?",
	Question:        "Quel est votre niveau de satisfaction\u00a0?",
	Opening:         "Vous avez récemment été en contact avec nous\u00a0: {touchpoint}. Dites-nous comment cela s’est passé.",
	ReminderOpening: "Il y a quelques jours, nous vous avons demandé votre avis\u00a0: {touchpoint}. Si vous souhaitez encore répondre, votre réponse nous sera utile. Nous ne vous enverrons pas d’autre rappel.",
	Effort:          "Touchez votre note, puis confirmez-la sur la page suivante. Cela prend environ 10 secondes.",
	CardEffort:      "Quelques courtes questions, presque toutes facultatives. Cela prend environ deux minutes.",
	Card:            "Ouvrir les questions",
	Star:            "1 étoile sur {most}",
	Stars:           "{n} étoiles sur {most}",
	Points:          "{n} points sur {most}",
	Lowest:          "très faible",
	Highest:         "très élevé",
	Until:           "Le lien est valable jusqu’au {until}.",
	Why:             "Vous recevez ce message parce que vous avez été en contact avec {organisation} ({touchpoint}).",
	Unsubscribe:     "Ne plus recevoir ces messages",
	Privacy:         "Confidentialité",
	Instant:         "{day} {month} {year} à {hour}\u00a0h\u00a0{minute}",
	First:           "1er",
	Months: [12]string{"janvier", "février", "mars", "avril", "mai", "juin",
		"juillet", "août", "septembre", "octobre", "novembre", "décembre"},
}

var italian = texts{
	Subject:         "{touchpoint}: qual è il Suo grado di soddisfazione?",
	ReminderSubject: "Promemoria – {touchpoint}: qual è il Suo grado di soddisfazione?",
	Question:        "Qual è il Suo grado di soddisfazione?",
	Opening:         "Di recente ha avuto un contatto con noi: {touchpoint}. Ci dica, per favore, com’è andata.",
	ReminderOpening: "Qualche giorno fa Le abbiamo chiesto un parere: {touchpoint}. Se desidera ancora rispondere, ci farà piacere. Non invieremo altri promemoria.",
	Effort:          "Tocchi la Sua valutazione e la confermi nella pagina successiva. Bastano circa 10 secondi.",
	CardEffort:      "Alcune brevi domande, quasi tutte facoltative. Bastano circa due minuti.",
	Card:            "Apra le domande",
	Star:            "1 stella su {most}",
	Stars:           "{n} stelle su {most}",
	Points:          "{n} punti su {most}",
	Lowest:          "molto basso",
	Highest:         "molto alto",
	Until:           "Il link è valido fino al {until}.",
	Why:             "Riceve questo messaggio perché ha avuto un contatto con {organisation} ({touchpoint}).",
	Unsubscribe:     "Non ricevere più queste richieste",
	Privacy:         "Privacy",
	Instant:         "{day} {month} {year}, ore {hour}:{minute}",
	First:           "1º",
	Months: [12]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
		"luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"},
}
