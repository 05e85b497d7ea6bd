package main

import "resonanz/shared/feedback"

// sayings is the catalogue of one language: of the pages that are no report. A
// test holds the languages to the same keys.
type sayings struct {
	lang       feedback.Language
	months     [12]string
	timeLayout string
	of         string // between a rating and the greatest one
	fields     map[string]string

	wordsTitle string // %s month
	wordsIntro string
	wordsNone  string
	wordsMore  string // %d

	expired, notFound, failed, method [2]string // title, sentence
}

var german = sayings{
	lang: "de",
	months: [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni",
		"Juli", "August", "September", "Oktober", "November", "Dezember"},
	timeLayout: "02.01.2006, 15:04 Uhr",
	of:         "von",
	fields:     map[string]string{"comment": "Kommentar", "suggestion": "Vorschlag", "remedy": "Gewünschte Abhilfe"},

	wordsTitle: "Was Kundinnen und Kunden im %s geschrieben haben",
	wordsIntro: "Diese Texte gehören nicht zum Bericht. Sie stehen nur hier, solange sie gespeichert sind, und verschwinden, wenn jemand die Löschung verlangt. E-Mail-Adressen und Telefonnummern darin sind unkenntlich gemacht. Bitte nicht weitergeben.",
	wordsNone:  "In diesem Monat hat niemand etwas geschrieben, oder die Texte sind inzwischen gelöscht.",
	wordsMore:  "%d weitere Texte passen nicht auf diese Seite. Bitte rufen Sie die Kontaktpunkte einzeln ab.",

	expired:  [2]string{"Dieser Link ist abgelaufen", "Der Bericht liegt weiterhin vor. Bitte lassen Sie sich einen neuen Link senden oder rufen Sie den Bericht mit Ihrer Anmeldung ab."},
	notFound: [2]string{"Hier ist kein Bericht zu finden", "Die Adresse ist unvollständig oder gilt nicht. Bitte öffnen Sie den Link aus Ihrer E-Mail noch einmal, ganz und unverändert."},
	failed:   [2]string{"Das hat gerade nicht geklappt", "Der Bericht lässt sich im Moment nicht anzeigen. Bitte versuchen Sie es in einigen Minuten noch einmal."},
	method:   [2]string{"So geht es nicht", "Bitte öffnen Sie den Link aus Ihrer E-Mail noch einmal."},
}

var english = sayings{
	lang: "en",
	months: [12]string{"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"},
	timeLayout: "2 Jan 2006, 15:04",
	of:         "of",
	fields:     map[string]string{"comment": "Comment", "suggestion": "Suggestion", "remedy": "Remedy asked for"},

	wordsTitle: "What customers wrote in %s",
	wordsIntro: "These texts are no part of the report. They are shown only while they are stored, and are gone when somebody asks for their erasure. E-mail addresses and telephone numbers in them are hidden. Please do not pass them on.",
	wordsNone:  "Nobody wrote anything in this month, or the texts have been erased since.",
	wordsMore:  "%d further texts do not fit this page. Please ask for one touchpoint at a time.",

	expired:  [2]string{"This link has expired", "The report is still there. Please ask for a new link, or sign in to fetch the report."},
	notFound: [2]string{"There is no report here", "The address is incomplete or not valid. Please open the link in your e-mail again, whole and unchanged."},
	failed:   [2]string{"That did not work just now", "The report cannot be shown at the moment. Please try again in a few minutes."},
	method:   [2]string{"That is not possible", "Please open the link in your e-mail again."},
}

// saying is the catalogue of a language; English for any other.
func saying(l feedback.Language) *sayings {
	if l == "de" {
		return &german
	}
	return &english
}
