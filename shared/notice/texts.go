package notice

import "resonanz/events"

// texts is the catalogue of one language. A test holds the languages to the
// same keys.
type texts struct {
	rule       map[string]string             // what a rule found
	duty       map[string]string             // what is owed, %s: until when
	prefix     map[events.AlertReason]string // before a subject
	intro      map[string]string             // by reason, or by rule and reason where a rule has words of its own
	priorities map[string]string
	months     [12]string

	reportSubject string // %s month, %s organisation
	reportIntro   string // %s month
	timeLayout    string
	stars, points string // %d of %d

	caseNumber, priority, touchpoint, device, category string
	rating, due, reported                              string
	period, version, address                           string
	said, comment, suggestion, contact                 string
	complaint, annoyance, remedy, card, phase          string
	yes, no                                            string
	ofFive                                             string // %s of an answer, 1 to 5
	erased, nothing                                    string
	footer                                             string // %s organisation
}

var german = texts{
	rule: map[string]string{
		"LOW_RATING_CALLBACK": "Niedrige Bewertung mit Rückrufwunsch",
		"CALLBACK_REQUESTED":  "Rückruf gewünscht",
		"RATING_IS_COMPLAINT": "Niedrige Bewertung mit Text, bitte sichten",
		"CRITICAL_SEVERITY":   "Kritische Beschwerde",
		"COMPLAINT_RECEIVED":  "Beschwerde eingegangen",
		"DATA_GAP":            "Gerät meldet sich nicht",
	},
	duty: map[string]string{
		"LOW_RATING_CALLBACK": "Rückruf zugesagt bis %s.",
		"CALLBACK_REQUESTED":  "Rückruf zugesagt bis %s.",
		"RATING_IS_COMPLAINT": "Zu prüfen bis %s: Ist es eine Beschwerde?",
		"CRITICAL_SEVERITY":   "Sofort zu bearbeiten, fällig seit %s.",
		"COMPLAINT_RECEIVED":  "Zu bearbeiten bis %s.",
		"DATA_GAP":            "Bitte nachsehen bis %s: Strom, Netz, Anzeige.",
	},
	prefix: map[events.AlertReason]string{
		events.CaseOpened:  "",
		events.CaseChanged: "Geändert: ",
		events.CaseOverdue: "Überfällig: ",
	},
	intro: map[string]string{
		"case_opened":  "Eine Rückmeldung braucht eine Antwort.",
		"case_changed": "Es wurde erneut bewertet. Der Vorgang bleibt bestehen.",
		"case_overdue": "Die Frist ist verstrichen, ohne dass der Vorgang erledigt wurde.",

		"CRITICAL_SEVERITY/case_opened":   "Eine Beschwerde ist eingegangen, die keinen Aufschub duldet.",
		"CRITICAL_SEVERITY/case_changed":  "Zu einer Beschwerde wurde noch etwas gesagt. Der Vorgang bleibt bestehen.",
		"COMPLAINT_RECEIVED/case_opened":  "Eine Beschwerde ist eingegangen.",
		"COMPLAINT_RECEIVED/case_changed": "Zu einer Beschwerde wurde noch etwas gesagt. Der Vorgang bleibt bestehen.",
		"DATA_GAP/case_opened":            "Von einem Gerät war länger nichts zu hören. Solange fehlen seine Bewertungen: Stille heißt nicht Zufriedenheit.",
		"DATA_GAP/case_changed":           "Das Gerät meldet sich wieder oder wird nicht mehr überwacht. Der Vorgang ist geschlossen.",
		"DATA_GAP/case_overdue":           "Das Gerät meldet sich noch immer nicht.",
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
	device:        "Gerät",
	category:      "Kategorie",
	complaint:     "Beschwerde",
	annoyance:     "Ärger",
	remedy:        "Gewünschte Abhilfe",
	card:          "Karte",
	phase:         "Projektphase",
	yes:           "ja",
	no:            "nein",
	ofFive:        "%s von 5",
	erased:        "Text und Kontaktdaten sind nicht mehr vorhanden: sie wurden gelöscht.",
	nothing:       "Es wurden weder Text noch Kontaktdaten hinterlassen.",
	footer:        "Diese Nachricht enthält Kundendaten. Bitte nicht weiterleiten. · Resonanz für %s",
}

var english = texts{
	rule: map[string]string{
		"LOW_RATING_CALLBACK": "Low rating, callback requested",
		"CALLBACK_REQUESTED":  "Callback requested",
		"RATING_IS_COMPLAINT": "Low rating with text, please triage",
		"CRITICAL_SEVERITY":   "Critical complaint",
		"COMPLAINT_RECEIVED":  "Complaint received",
		"DATA_GAP":            "Device is silent",
	},
	duty: map[string]string{
		"LOW_RATING_CALLBACK": "Call promised by %s.",
		"CALLBACK_REQUESTED":  "Call promised by %s.",
		"RATING_IS_COMPLAINT": "To be decided by %s: is it a complaint?",
		"CRITICAL_SEVERITY":   "To be dealt with at once, due since %s.",
		"COMPLAINT_RECEIVED":  "To be dealt with by %s.",
		"DATA_GAP":            "Please look by %s: power, network, screen.",
	},
	prefix: map[events.AlertReason]string{
		events.CaseOpened:  "",
		events.CaseChanged: "Changed: ",
		events.CaseOverdue: "Overdue: ",
	},
	intro: map[string]string{
		"case_opened":  "A customer needs an answer.",
		"case_changed": "The customer has rated again. The case stands.",
		"case_overdue": "The deadline has passed and the case is not settled.",

		"CRITICAL_SEVERITY/case_opened":   "A complaint has come in that cannot wait.",
		"CRITICAL_SEVERITY/case_changed":  "Something more was said about a complaint. The case stands.",
		"COMPLAINT_RECEIVED/case_opened":  "A complaint has come in.",
		"COMPLAINT_RECEIVED/case_changed": "Something more was said about a complaint. The case stands.",
		"DATA_GAP/case_opened":            "A device has not been heard of for some time. Its ratings are missing meanwhile: silence is not satisfaction.",
		"DATA_GAP/case_changed":           "The device is heard of again, or is not watched any more. The case is closed.",
		"DATA_GAP/case_overdue":           "The device is still not heard of.",
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
	device:        "Device",
	category:      "Category",
	complaint:     "Complaint",
	annoyance:     "Annoyance",
	remedy:        "Wanted remedy",
	card:          "Card",
	phase:         "Phase of the project",
	yes:           "yes",
	no:            "no",
	ofFive:        "%s of 5",
	erased:        "Text and contact data are gone: they were erased.",
	nothing:       "The customer left neither text nor contact data.",
	footer:        "This message holds customer data. Please do not forward it. · Resonanz for %s",
}
