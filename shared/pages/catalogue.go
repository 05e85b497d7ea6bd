package pages

import (
	"strconv"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

// text is everything a page says in one language. Every field is filled in
// every language; a test sees to it.
type text struct {
	Lang feedback.Language

	RatingTitle   string // of the window, before the organisation
	Question      string
	Lead          string
	StarOf        string // accessible name of a star, after its number
	TenOf         string // accessible name of a number, after it
	Worst, Best   string
	Comment       string
	Optional      string
	MoreSuggest   string
	Suggestion    string
	MoreCallback  string
	Callback      string
	Contact       string
	ContactHint   string
	Send          string
	ValidUntil    func(t time.Time, editHours int) string // t in the organisation's zone
	Voluntary     string
	ErrorTitle    string // before the title of a page with errors
	ErrorHeading  string
	ThanksTitle   string
	Thanks        string
	ThanksText    string
	CallbackSoon  func(hours int) string
	Change        string
	ChangeHint    func(editHours int) string
	messages      map[Message][2]string // heading, text
	errors        map[string]string     // "field/code" → sentence
	errorFallback string
}

// catalogue holds the languages that pages speak.
var catalogue = map[feedback.Language]*text{"de": &german, "en": &english}

// Languages are the languages that pages speak.
func Languages() []feedback.Language { return []feedback.Language{"de", "en"} }

var german = text{
	Lang:         "de",
	RatingTitle:  "Ihre Bewertung",
	Question:     "Wie zufrieden waren Sie?",
	Lead:         "Dauert etwa 10 Sekunden.",
	StarOf:       " von 5 Sternen",
	TenOf:        " von 10",
	Worst:        "sehr unzufrieden",
	Best:         "sehr zufrieden",
	Comment:      "Was war gut, was hat gefehlt?",
	Optional:     "(freiwillig)",
	MoreSuggest:  "Verbesserung vorschlagen",
	Suggestion:   "Ihr Vorschlag",
	MoreCallback: "Rückruf wünschen",
	Callback:     "Ja, bitte melden Sie sich bei mir.",
	Contact:      "Telefon oder E-Mail",
	ContactHint:  "Wir verwenden die Angabe nur, um Sie zu erreichen.",
	Send:         "Bewertung absenden",
	ValidUntil: func(t time.Time, h int) string {
		months := [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}
		return "Dieser Link gilt bis " + strconv.Itoa(t.Day()) + ". " + months[t.Month()-1] + " " + strconv.Itoa(t.Year()) +
			". Ihre Bewertung können Sie damit " + strconv.Itoa(h) + " Stunden lang ändern."
	},
	Voluntary:    "Gezählt wird erst, was Sie absenden. Nur die Bewertung ist nötig, alles andere ist freiwillig.",
	ErrorTitle:   "Bitte prüfen: ",
	ErrorHeading: "Noch nicht abgeschickt",
	ThanksTitle:  "Danke",
	Thanks:       "Vielen Dank!",
	ThanksText:   "Ihre Bewertung ist bei uns angekommen. Sie hilft uns, besser zu werden.",
	CallbackSoon: func(h int) string {
		return "Wir melden uns innerhalb von " + strconv.Itoa(h) + " Stunden bei Ihnen."
	},
	Change: "Bewertung ändern",
	ChangeHint: func(h int) string {
		return "Anders entschieden? Mit demselben Link können Sie Ihre Bewertung " + strconv.Itoa(h) + " Stunden lang ändern."
	},
	messages: map[Message][2]string{
		Expired:          {"Dieser Link ist abgelaufen", "Die Zeit für diese Bewertung ist vorbei. Danke, dass Sie sich melden wollten. Beim nächsten Kontakt fragen wir Sie gern wieder."},
		NotFound:         {"Hier ist nichts zu finden", "Die Adresse ist unvollständig oder gilt nicht. Bitte öffnen Sie den Link aus Ihrer Nachricht noch einmal, ganz und unverändert."},
		TooLarge:         {"Das war zu viel auf einmal", "Die Angaben sind zu lang und wurden nicht gespeichert. Bitte gehen Sie zurück und kürzen Sie Ihren Text."},
		WrongType:        {"Das können wir nicht lesen", "Bitte öffnen Sie den Link aus Ihrer Nachricht noch einmal und senden Sie die Bewertung von dort ab."},
		MethodNotAllowed: {"So geht es nicht", "Bitte öffnen Sie den Link aus Ihrer Nachricht noch einmal und senden Sie die Bewertung von dort ab."},
		Failed:           {"Das hat gerade nicht geklappt", "Der Fehler liegt bei uns. Bitte versuchen Sie es in ein paar Minuten noch einmal."},
	},
	errors: map[string]string{
		"stars/missing_field":          "Bitte wählen Sie eine Bewertung aus.",
		"stars/out_of_range":           "Bitte wählen Sie eine Bewertung aus.",
		"comment/too_long":             "Ihr Text ist zu lang: höchstens 2000 Zeichen.",
		"comment/control_character":    "Ihr Text enthält Zeichen, die wir nicht lesen können.",
		"comment/invalid_utf8":         "Ihr Text enthält Zeichen, die wir nicht lesen können.",
		"suggestion/too_long":          "Ihr Vorschlag ist zu lang: höchstens 2000 Zeichen.",
		"suggestion/control_character": "Ihr Vorschlag enthält Zeichen, die wir nicht lesen können.",
		"suggestion/invalid_utf8":      "Ihr Vorschlag enthält Zeichen, die wir nicht lesen können.",
		"callback/callback_missing":    "Bitte ankreuzen, wenn wir uns melden sollen. Sonst lassen Sie Telefon und E-Mail leer.",
		"callback/invalid_value":       "Bitte kreuzen Sie den Rückruf an oder lassen Sie ihn weg.",
		"contact/contact_missing":      "Wie erreichen wir Sie? Bitte geben Sie Telefon oder E-Mail an.",
		"contact/too_long":             "Die Angabe ist zu lang: höchstens 200 Zeichen.",
		"contact/control_character":    "Die Angabe enthält Zeichen, die wir nicht lesen können.",
		"contact/invalid_utf8":         "Die Angabe enthält Zeichen, die wir nicht lesen können.",
		"nonce/missing_field":          "Die Seite war nicht mehr aktuell. Bitte senden Sie sie noch einmal ab.",
		"nonce/invalid_value":          "Die Seite war nicht mehr aktuell. Bitte senden Sie sie noch einmal ab.",
		"form/unavailable":             "Wir konnten Ihre Bewertung gerade nicht speichern. Ihre Angaben stehen noch hier: Bitte senden Sie sie gleich noch einmal ab.",
	},
	errorFallback: "Diese Angabe können wir nicht lesen. Bitte senden Sie das Formular noch einmal ab.",
}

var english = text{
	Lang:         "en",
	RatingTitle:  "Your rating",
	Question:     "How satisfied were you?",
	Lead:         "Takes about 10 seconds.",
	StarOf:       " out of 5 stars",
	TenOf:        " out of 10",
	Worst:        "very dissatisfied",
	Best:         "very satisfied",
	Comment:      "What went well, what was missing?",
	Optional:     "(optional)",
	MoreSuggest:  "Suggest an improvement",
	Suggestion:   "Your suggestion",
	MoreCallback: "Ask for a call back",
	Callback:     "Yes, please get in touch with me.",
	Contact:      "Phone or e-mail",
	ContactHint:  "We use this only to reach you.",
	Send:         "Send rating",
	ValidUntil: func(t time.Time, h int) string {
		return "This link is valid until " + strconv.Itoa(t.Day()) + " " + t.Month().String() + " " + strconv.Itoa(t.Year()) +
			". You can use it to change your rating for " + strconv.Itoa(h) + " hours."
	},
	Voluntary:    "Nothing counts until you send it. Only the rating is needed, everything else is optional.",
	ErrorTitle:   "Please check: ",
	ErrorHeading: "Not sent yet",
	ThanksTitle:  "Thank you",
	Thanks:       "Thank you!",
	ThanksText:   "We have received your rating. It helps us to get better.",
	CallbackSoon: func(h int) string {
		return "We will get in touch with you within " + strconv.Itoa(h) + " hours."
	},
	Change: "Change rating",
	ChangeHint: func(h int) string {
		return "Changed your mind? You can change your rating with the same link for " + strconv.Itoa(h) + " hours."
	},
	messages: map[Message][2]string{
		Expired:          {"This link has expired", "The time for this rating is over. Thank you for wanting to tell us. We will gladly ask again after your next contact."},
		NotFound:         {"Nothing to be found here", "The address is incomplete or not valid. Please open the link in your message again, whole and unchanged."},
		TooLarge:         {"That was too much at once", "What you wrote is too long and was not stored. Please go back and shorten your text."},
		WrongType:        {"We cannot read this", "Please open the link in your message again and send the rating from there."},
		MethodNotAllowed: {"It does not work this way", "Please open the link in your message again and send the rating from there."},
		Failed:           {"That did not work just now", "The fault is ours. Please try again in a few minutes."},
	},
	errors: map[string]string{
		"stars/missing_field":          "Please choose a rating.",
		"stars/out_of_range":           "Please choose a rating.",
		"comment/too_long":             "Your text is too long: at most 2000 characters.",
		"comment/control_character":    "Your text contains characters that we cannot read.",
		"comment/invalid_utf8":         "Your text contains characters that we cannot read.",
		"suggestion/too_long":          "Your suggestion is too long: at most 2000 characters.",
		"suggestion/control_character": "Your suggestion contains characters that we cannot read.",
		"suggestion/invalid_utf8":      "Your suggestion contains characters that we cannot read.",
		"callback/callback_missing":    "Please tick the box if we should get in touch. Otherwise leave phone and e-mail empty.",
		"callback/invalid_value":       "Please tick the call back or leave it out.",
		"contact/contact_missing":      "How can we reach you? Please give a phone number or e-mail address.",
		"contact/too_long":             "This is too long: at most 200 characters.",
		"contact/control_character":    "This contains characters that we cannot read.",
		"contact/invalid_utf8":         "This contains characters that we cannot read.",
		"nonce/missing_field":          "The page was out of date. Please send it once more.",
		"nonce/invalid_value":          "The page was out of date. Please send it once more.",
		"form/unavailable":             "We could not store your rating just now. What you typed is still here: please send it again in a moment.",
	},
	errorFallback: "We cannot read this. Please send the form once more.",
}

// error is the sentence for one field in error.
func (t *text) error(f problem.Field) string {
	if s, ok := t.errors[f.Field+"/"+string(f.Code)]; ok {
		return s
	}
	return t.errorFallback
}
