package notice

import "resonanz/events"

// texts is the catalogue of one language. A test holds the languages to the
// same keys.
type texts struct {
	rule       map[string]string             // what a rule found
	duty       map[string]string             // what is owed, %s: until when
	prefix     map[events.AlertReason]string // before a subject
	intro      map[events.AlertReason]string
	priorities map[string]string
	months     [12]string

	reportSubject string // %s month, %s organisation
	reportIntro   string // %s month
	timeLayout    string
	stars, points string // %d of %d

	caseNumber, priority, touchpoint, rating, due, reported string
	period, version, address                                string
	said, comment, suggestion, contact, erased, nothing     string
	footer                                                  string // %s organisation
}

var german = texts{
	rule: map[string]string{
		"LOW_RATING_CALLBACK": "Niedrige Bewertung mit Rückrufwunsch",
		"CALLBACK_REQUESTED":  "Rückruf gewünscht",
		"RATING_IS_COMPLAINT": "Niedrige Bewertung mit Text, bitte sichten",
	},
	duty: map[string]string{
		"LOW_RATING_CALLBACK": "Rückruf zugesagt bis %s.",
		"CALLBACK_REQUESTED":  "Rückruf zugesagt bis %s.",
		"RATING_IS_COMPLAINT": "Zu prüfen bis %s: Ist es eine Beschwerde?",
	},
	prefix: map[events.AlertReason]string{
		events.CaseOpened:  "",
		events.CaseChanged: "Geändert: ",
		events.CaseOverdue: "Überfällig: ",
	},
	intro: map[events.AlertReason]string{
		events.CaseOpened:  "Eine Rückmeldung braucht eine Antwort.",
		events.CaseChanged: "Es wurde erneut bewertet. Der Vorgang bleibt bestehen.",
		events.CaseOverdue: "Die Frist ist verstrichen, ohne dass der Vorgang erledigt wurde.",
	},
	priorities: map[string]string{"normal": "normal", "high": "hoch", "critical": "kritisch"},
	months: [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni",
		"Juli", "August", "September", "Oktober", "November", "Dezember"},
	reportSubject: "Zufriedenheitsbericht %s · %s",
	reportIntro:   "Der Zufriedenheitsbericht für %s liegt vor.",
	timeLayout:    "02.01.2006, 15:04 Uhr (MST)",
	stars:         "%d von %d Sternen",
	points:        "%d von %d Punkten",
	caseNumber:    "Vorgang",
	priority:      "Priorität",
	touchpoint:    "Kontaktpunkt",
	rating:        "Bewertung",
	due:           "Fällig",
	reported:      "Gemeldet",
	period:        "Zeitraum",
	version:       "Version",
	address:       "Abruf (mit Anmeldung)",
	said:          "Was gesagt wurde",
	comment:       "Kommentar",
	suggestion:    "Vorschlag",
	contact:       "Rückruf an",
	erased:        "Text und Kontaktdaten sind nicht mehr vorhanden: sie wurden gelöscht.",
	nothing:       "Es wurden weder Text noch Kontaktdaten hinterlassen.",
	footer:        "Diese Nachricht enthält Kundendaten. Bitte nicht weiterleiten. · Resonanz für %s",
}

var english = texts{
	rule: map[string]string{
		"LOW_RATING_CALLBACK": "Low rating, callback requested",
		"CALLBACK_REQUESTED":  "Callback requested",
		"RATING_IS_COMPLAINT": "Low rating with text, please triage",
	},
	duty: map[string]string{
		"LOW_RATING_CALLBACK": "Call promised by %s.",
		"CALLBACK_REQUESTED":  "Call promised by %s.",
		"RATING_IS_COMPLAINT": "To be decided by %s: is it a complaint?",
	},
	prefix: map[events.AlertReason]string{
		events.CaseOpened:  "",
		events.CaseChanged: "Changed: ",
		events.CaseOverdue: "Overdue: ",
	},
	intro: map[events.AlertReason]string{
		events.CaseOpened:  "A customer needs an answer.",
		events.CaseChanged: "The customer has rated again. The case stands.",
		events.CaseOverdue: "The deadline has passed and the case is not settled.",
	},
	priorities: map[string]string{"normal": "normal", "high": "high", "critical": "critical"},
	months: [12]string{"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"},
	reportSubject: "Satisfaction report %s · %s",
	reportIntro:   "The satisfaction report for %s is ready.",
	timeLayout:    "2 Jan 2006, 15:04 (MST)",
	stars:         "%d of %d stars",
	points:        "%d of %d points",
	caseNumber:    "Case",
	priority:      "Priority",
	touchpoint:    "Touchpoint",
	rating:        "Rating",
	due:           "Due",
	reported:      "Reported",
	period:        "Period",
	version:       "Version",
	address:       "Address (sign-in needed)",
	said:          "What the customer says",
	comment:       "Comment",
	suggestion:    "Suggestion",
	contact:       "Call back on",
	erased:        "Text and contact data are gone: they were erased.",
	nothing:       "The customer left neither text nor contact data.",
	footer:        "This message holds customer data. Please do not forward it. · Resonanz for %s",
}
