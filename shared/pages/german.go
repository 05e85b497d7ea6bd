package pages

import (
	"strconv"
	"sync"
	"time"
)

var german = sync.OnceValue(func() *text {
	return &text{
		Lang:     "de",
		Name:     "Deutsch",
		Language: "Sprache",
		Privacy:  "Datenschutz",

		RatingTitle: "Ihre Bewertung",
		Question:    "Wie zufrieden waren Sie?",
		Lead:        "Antippen, absenden, fertig: etwa 10 Sekunden.",
		StarOf:      " von 5 Sternen",
		OneStarOf:   " von 5 Sternen",
		TenOf:       " von 10",
		Worst:       "sehr unzufrieden",
		Best:        "sehr zufrieden",
		Send:        "Bewertung absenden",
		Voluntary:   "Gezählt wird erst, was Sie absenden.",
		Anonymous:   "Wir erfahren nicht, wer Sie sind, es sei denn, Sie schreiben es uns.",
		ValidUntil:  func(t time.Time) string { return "Dieser Link gilt bis zum " + germanDay(t) + "." },
		ChangeWithin: func(h int) string {
			return "Ihre Bewertung können Sie damit " + strconv.Itoa(h) + " Stunden lang ändern."
		},

		RatedTitle:  "Sie haben schon bewertet",
		Yours:       "Ihre Bewertung:",
		RatedAt:     func(t time.Time) string { return "Abgegeben am " + germanTime(t) + "." },
		ChangeUntil: func(t time.Time) string { return "Ändern können Sie sie bis zum " + germanTime(t) + "." },
		LastCounts:  "Anders entschieden? Es zählt, was Sie zuletzt absenden.",
		SendChange:  "Bewertung ändern",
		ClosedTitle: "Ihre Bewertung steht fest",
		ClosedText: func(h int) string {
			return "Ändern ließ sie sich " + strconv.Itoa(h) + " Stunden lang; diese Zeit ist vorbei. Vielen Dank, dass Sie uns geholfen haben."
		},

		CountedTitle:  "Danke",
		Counted:       "Danke, Ihre Bewertung zählt!",
		Change:        "Ändern",
		MoreTitle:     "Möchten Sie noch etwas dazu sagen?",
		MoreLead:      "Freiwillig, etwa eine halbe Minute. Ihre Bewertung ist schon gespeichert.",
		ReasonBad:     "Was war der wichtigste Grund?",
		ReasonGood:    "Was hat Ihnen am besten gefallen?",
		FCR:           "Konnten wir Ihr Anliegen lösen?",
		Yes:           "Ja",
		No:            "Nein",
		NPS:           "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
		NPSWorst:      "sehr unwahrscheinlich",
		NPSBest:       "sehr wahrscheinlich",
		CES:           "„Es war einfach, mein Anliegen zu erledigen.“ Stimmen Sie zu?",
		CESWorst:      "gar nicht",
		CESBest:       "voll und ganz",
		NoAnswer:      "keine Angabe",
		CommentBad:    "Was hätten wir besser machen können?",
		CommentGood:   "Was war gut, was hat noch gefehlt?",
		MoreSuggest:   "Verbesserung vorschlagen",
		Suggestion:    "Ihr Vorschlag",
		MoreCallback:  "Rückruf wünschen",
		Callback:      "Ja, bitte melden Sie sich bei mir.",
		Contact:       "Telefon oder E-Mail",
		ContactHint:   "Wir verwenden die Angabe nur, um Sie zu erreichen.",
		SendMore:      "Antworten absenden",
		MoreVoluntary: "Sie möchten nichts hinzufügen? Dann schließen Sie einfach diese Seite.",

		ThanksTitle: "Vielen Dank",
		Thanks:      "Vielen Dank!",
		ThanksText:  "Ihre Antwort ist bei uns angekommen. Sie hilft uns, besser zu werden.",
		CallbackSoon: func(h int) string {
			return "Wir melden uns innerhalb von " + strconv.Itoa(h) + " Stunden bei Ihnen."
		},
		CloseNow: "Sie können diese Seite jetzt schließen.",

		UnsubscribeTitle:  "Keine Einladungen mehr?",
		UnsubscribeText:   "Wir bitten Sie dann nicht mehr um eine Bewertung. Andere Nachrichten von uns bleiben davon unberührt.",
		UnsubscribeButton: "Einladungen abbestellen",
		UnsubscribedTitle: "Einladungen abbestellt",
		UnsubscribedText:  "Wir bitten Sie nicht mehr um eine Bewertung.",
		AlreadyTitle:      "Die Einladungen sind schon abbestellt",

		ErrorTitle:   "Bitte prüfen: ",
		ErrorHeading: "Noch nicht abgeschickt",
		messages: map[Message][2]string{
			Expired:          {"Dieser Link ist abgelaufen", "Die Zeit für diese Bewertung ist vorbei. Danke, dass Sie sich melden wollten. Beim nächsten Kontakt fragen wir Sie gern wieder."},
			NotFound:         {"Hier ist nichts zu finden", "Die Adresse ist unvollständig oder gilt nicht. Bitte öffnen Sie den Link aus Ihrer Nachricht noch einmal, ganz und unverändert."},
			TooLarge:         {"Das war zu viel auf einmal", "Die Angaben sind zu lang und wurden nicht gespeichert. Bitte gehen Sie zurück und kürzen Sie Ihren Text."},
			WrongType:        {"Das können wir nicht lesen", "Bitte öffnen Sie den Link aus Ihrer Nachricht noch einmal und machen Sie dort weiter."},
			MethodNotAllowed: {"So geht es nicht", "Bitte öffnen Sie den Link aus Ihrer Nachricht noch einmal und machen Sie dort weiter."},
			Failed:           {"Das hat gerade nicht geklappt", "Der Fehler liegt bei uns. Bitte versuchen Sie es in ein paar Minuten noch einmal."},
			TooOften:         {"Das war sehr oft hintereinander", "Bitte warten Sie einen Augenblick und versuchen Sie es dann noch einmal."},
			Foreign:          {"Das kam nicht von unserer Seite", "Es wurde nichts gespeichert. Bitte öffnen Sie den Link aus Ihrer Nachricht noch einmal und senden Sie das Formular von dort ab."},
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
			"form/unavailable":             "Wir konnten Ihre Angaben gerade nicht speichern. Sie stehen noch hier: Bitte senden Sie sie gleich noch einmal ab.",
			"form/too_many_requests":       "Das war sehr oft hintereinander. Ihre Angaben stehen noch hier: Bitte warten Sie einen Augenblick und senden Sie sie dann noch einmal ab.",
		},
		errorFallback: "Diese Angabe können wir nicht lesen. Bitte senden Sie das Formular noch einmal ab.",
	}
})

var germanMonths = [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}

func germanDay(t time.Time) string {
	return strconv.Itoa(t.Day()) + ". " + germanMonths[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

func germanTime(t time.Time) string { return germanDay(t) + " um " + clock(t) + " Uhr" }
