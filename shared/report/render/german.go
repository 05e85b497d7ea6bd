package render

import (
	"strconv"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

var german = words{
	Lang: "de", Point: ",", Thousands: ".", PercentSign: nbsp + "%", NotAvailable: "k.\u202fA.",
	Months: [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
	Day:    func(d int, m string, y int) string { return strconv.Itoa(d) + "." + nbsp + m + " " + strconv.Itoa(y) },
	Moment: func(day, clock string) string { return day + ", " + clock + nbsp + "Uhr" },

	Title:  "Kundenzufriedenheit",
	Status: map[report.Status]string{report.Preliminary: "Vorläufig", report.Final: "Endgültig", report.Restated: "Berichtigt"},
	StatusMeans: map[report.Status]string{
		report.Preliminary: "Bis zum Abschluss kommen noch Antworten hinzu; die Zahlen können sich ändern.",
		report.Final:       "Abgeschlossen: Diese Zahlen ändern sich nicht mehr.",
		report.Restated:    "Neu berechnet nach dem Abschluss, einschließlich der einzeln aufgeführten verspäteten Ereignisse.",
	},
	AsOf: func(m, z string) string { return "Stand " + m + " (" + z + ")" },

	Headline: "Zufriedene Kunden", HeadlineWeighted: "Zufriedene Kunden, nach Kontakten gewichtet",
	Pooled: func(c, i string) string {
		return "Ungewichtet über alle Antworten: " + c + " (95\u2011%-Intervall " + i + ")"
	},
	Answers: func(n string, one bool) string {
		if one {
			return n + " Antwort"
		}
		return n + " Antworten"
	},
	IntervalName:  "95\u2011%-Intervall",
	IntervalOf:    func(i string) string { return "95\u2011%-Intervall " + i },
	StandardError: func(pp string) string { return "Standardfehler " + pp + " Prozentpunkte" },
	Withheld:      "zurückgehalten",
	WithheldWhy: func(m int) string {
		return "Weniger als " + strconv.Itoa(m) + " Antworten: Ein Anteil wäre nicht aussagekräftig und könnte Einzelne erkennbar machen."
	},
	Grade:    map[satisfaction.Reliability]string{satisfaction.Suppressed: "zu wenige Antworten", satisfaction.Indicative: "Anhaltspunkt", satisfaction.Reliable: "belastbar"},
	Protects: "schützt kleine Gruppe", ProtectsMeans: "aus dem Anteil ließe sich ein zurückgehaltener errechnen",
	GradeMeans: func(m, i int) map[satisfaction.Reliability]string {
		return map[satisfaction.Reliability]string{
			satisfaction.Suppressed: "unter " + strconv.Itoa(m) + " Antworten: Anteil zurückgehalten, in der Summe enthalten",
			satisfaction.Indicative: strconv.Itoa(m) + " bis " + strconv.Itoa(i-1) + " Antworten",
			satisfaction.Reliable:   "ab " + strconv.Itoa(i) + " Antworten",
		}
	},
	Verdict: map[satisfaction.Verdict]func(points, month string) string{
		satisfaction.Improved: func(p, m string) string {
			return "Verbessert um " + p + " Prozentpunkte gegenüber " + m
		},
		satisfaction.Declined: func(p, m string) string {
			return "Verschlechtert um " + p + " Prozentpunkte gegenüber " + m
		},
		satisfaction.NoDetectable: func(_, m string) string { return "Keine nachweisbare Veränderung gegenüber " + m },
		satisfaction.NoData: func(_, m string) string {
			return "Kein Vergleich mit " + m + " möglich: In einem der Monate fehlen Antworten"
		},
	},
	ChangeInterval: func(lo, hi string) string {
		return "Die wahre Veränderung liegt mit 95\u00a0% Sicherheit zwischen " + lo + " und " + hi + " Prozentpunkten."
	},
	ChangeUnweighted: "Verglichen werden die ungewichteten Anteile aller Antworten.",
	PreviousWas: func(m, c, i, answers string) string {
		return m + ": " + c + " (95\u2011%-Intervall " + i + ", " + answers + ")"
	},
	PreviousWithheld: func(m, answers string) string {
		return m + ": zurückgehalten (" + answers + "), daher kein Vergleich"
	},
	EmptyTitle: "Keine Antworten in diesem Monat",
	EmptyText:  "Schweigen ist keine Zufriedenheit. Bitte prüfen, ob Links versandt wurden, Geräte laufen und Kunden auf die Bewertung hingewiesen werden.",

	Distribution: "Verteilung der Bewertungen", DistributionHint: "Anteile je Skala; sie ergeben zusammen 100\u00a0%.",
	ScaleNames: map[feedback.Scale]string{feedback.Stars5: "1 bis 5 Sterne", feedback.CSAT10: "1 bis 10", feedback.NPS: "0 bis 10 (NPS)", feedback.CES7: "1 bis 7 (CES)"},
	RatingOf: map[feedback.Scale]func(int) string{
		feedback.Stars5: func(r int) string {
			if r == 1 {
				return "1 Stern"
			}
			return strconv.Itoa(r) + " Sterne"
		},
		feedback.CSAT10: func(r int) string { return strconv.Itoa(r) + " von 10" },
	},
	Median: "Median", Mean: "Mittelwert", Stdev: "Standardabweichung", Index: "Index", Worst: "Unzufriedene",
	IndexHint: "0 = schlechteste, 100 = beste Note", WorstHint: "Anteil der beiden schlechtesten Noten",
	TopBox: func(l string) string { return "Zufrieden heißt: " + l },

	ByTouchpoint: "Nach Kontaktpunkt", ByChannel: "Nach Kanal", ByScale: "Nach Skala",
	Touchpoint: "Kontaktpunkt", Channel: "Kanal", Scale: "Skala",
	N: "Antworten", CSAT: "Zufrieden", Contacts: "Kontakte", Spread: "Verteilung", Marks: "Aussagekraft",
	Silent: "keine Antworten",
	Channels: map[feedback.Channel]string{
		feedback.EmailLink: "E-Mail-Link", feedback.SMSLink: "SMS-Link", feedback.ChatLink: "Chat-Link", feedback.QR: "QR-Code", feedback.Kiosk: "Kiosk", feedback.Terminal: "Terminal",
		feedback.ResponseCard: "Antwortkarte", feedback.WebForm: "Webformular", feedback.Phone: "Telefon", feedback.InPerson: "Persönlich", feedback.Letter: "Brief",
	},

	Quality: "Qualität der Erhebung", QualityHint: "Wie die Antworten zustande kamen und was nicht in die Zahlen einging.",
	Invitations: "Einladungen", Bounced: "Nicht zugestellt", Reported: "Als Spam gemeldet", Delivered: "Zugestellt", Answered: "Beantwortet", ResponseRate: "Rücklaufquote",
	Responses: "Antworten insgesamt", Changed: "Geänderte Bewertungen", AfterWindow: "Zu spät geändert", Debounced: "Doppelt getippt", Skewed: "Uhr ging vor",
	Assisted: "Von Personal erfasst", Overruled: "Neben eigener Stimme", LateCount: "Verspätete Ereignisse", Callbacks: "Rückrufwünsche",
	ResponsesHint: "mit den von Personal erfassten", ChangedHint: "die letzte Bewertung innerhalb der Frist zählt", AfterWindowHint: "nach der Frist, daher nicht gezählt",
	DebouncedHint: "am selben Gerät kurz hintereinander, nur einmal gezählt", SkewedHint: "Geräteuhr unglaubwürdig, Eingangszeit verwendet",
	AssistedHint: "nicht in der Hauptzahl", OverruledHint: "von Personal erfasst, die eigene Stimme des Kunden zählt",
	BouncedHint: "Mail kam zurück oder wurde nicht versandt, und niemand hat geantwortet", ReportedHint: "zugestellt und vom Empfänger gemeldet",
	RateHint: "beantwortete je zugestellter Einladung dieses Monats", LateHint: "nach dem Abschluss eingegangen", CallbacksHint: "Antworten mit Rückrufwunsch",
	CollectionByTouchpoint: "Einladungen und Rücklauf nach Kontaktpunkt", CollectionByChannel: "Einladungen und Rücklauf nach Kanal",
	ShareOfAll: func(p string) string { return p + " aller Antworten" },

	Late: "Verspätete Ereignisse", LateNone: "Nach dem Abschluss ist nichts mehr eingegangen.",
	LatePending: "Dieser Monat ist noch nicht abgeschlossen; was bis zum Abschluss eingeht, zählt mit.",
	LateSome: func(n string, counted, one bool) string {
		s := n + " Ereignisse gingen nach dem Abschluss ein"
		if one {
			s = "Ein Ereignis ging nach dem Abschluss ein"
		}
		switch {
		case counted && one:
			return s + " und ist in dieser Berichtigung enthalten, soweit unten vermerkt."
		case counted:
			return s + " und sind in dieser Berichtigung enthalten, soweit unten vermerkt."
		case one:
			return s + " und ist in keiner Zahl dieses Berichts enthalten."
		}
		return s + " und sind in keiner Zahl dieses Berichts enthalten."
	},
	LateMore: func(n string) string { return "Weitere " + n + " stehen in report.json." },
	Event:    "Ereignis", SubmittedAt: "Abgegeben", ReceivedAt: "Eingegangen", Counted: "Gezählt", Yes: "ja", No: "nein",

	Method: "Methode", Rules: "Regeln", Data: "Daten und Nachweis",
	Notes: map[report.Note]string{
		report.NoteTopBox:          "CSAT ist der Anteil zufriedener Antworten an allen Antworten: bei Sternen 4 und 5 von 5, auf der Zehnerskala die höchsten Noten laut Regel.",
		report.NoteWilson:          "Intervalle sind Wilson-Score-Intervalle mit 95\u00a0% Sicherheit: je weniger Antworten, desto breiter.",
		report.NoteNewcombe:        "Veränderungen werden mit dem Newcombe-Intervall für zwei Anteile geprüft. Ein Pfeil steht nur, wenn 0 außerhalb liegt.",
		report.NoteFirstVoteMonth:  "Eine Antwort gehört in den Monat ihrer ersten Bewertung, auch wenn sie später geändert wurde.",
		report.NoteLastVote:        "Wer seine Bewertung innerhalb der Änderungsfrist ändert, zählt einmal, mit der letzten Bewertung.",
		report.NoteAssistedApart:   "Von Personal erfasste Antworten zählen nicht zur Hauptzahl und sind eigens ausgewiesen.",
		report.NoteDelivered:       "Zugestellt sind die ausgestellten Einladungen ohne jene, deren Mail zurückkam oder nicht versandt wurde, weil die Adresse schon früher nicht erreichbar oder abgemeldet war. Wer antwortet, hat die Einladung erhalten; Links, die andere versenden, gelten als zugestellt.",
		report.NoteSuppression:     "Anteile kleiner Gruppen werden nicht gezeigt; ließe sich eine aus der Summe errechnen, wird auch die nächstkleinere zurückgehalten. In den Summen sind alle enthalten.",
		report.NoteMixedScales:     "Mehrere Skalen: Zusammengezählt werden zufriedene Antworten; Noten verschiedener Skalen werden nie gemittelt.",
		report.NoteTop3:            "Auf der Zehnerskala gelten hier die Noten 8 bis 10 als zufrieden (Top 3).",
		report.NoteContactWeighted: "Die Hauptzahl gewichtet die Kontaktpunkte nach ihren Kontakten, damit stark antwortende nicht überwiegen.",
		report.NoteContactsMissing: "Kontaktzahlen liegen nur für einen Teil der Kontaktpunkte vor; daher wird nicht gewichtet.",
		report.NoteNoInvitations:   "In diesem Monat wurde kein Link ausgestellt; eine Rücklaufquote gibt es nicht.",
	},
	EditWindow: "Änderungsfrist", DebounceRule: "Abstand zweier Tipper am selben Gerät", SkewRule: "Erlaubte Abweichung der Geräteuhr", TopBoxRule: "Zufrieden auf der Zehnerskala: höchste Noten",
	MinimumRule: "Anteile gezeigt ab", IndicativeRule: "Belastbar ab", FreezeRule: "Abschluss am Tag des Folgemonats",
	Hours: func(n string) string { return n + " Stunden" }, Seconds: func(n string) string { return n + " Sekunden" }, Minutes: func(n string) string { return n + " Minuten" },
	PeriodRow: "Zeitraum", ZoneRow: "Zeitzone", CutoffRow: "Gezählt ist, was eingegangen ist vor", FreezeRow: "Abschluss",
	InputEvents: "Zugrunde liegende Ereignisse", DataHash: "Prüfsumme der Daten", HashHint: "Gleiche Daten ergeben dieselbe Prüfsumme und denselben Bericht, Ziffer für Ziffer.",
	FromTo:     func(from, to string) string { return from + " bis ausschließlich " + to },
	AnsweredOf: func(a, d string) string { return a + " von " + d + " zugestellten beantwortet" },
	SeveralBars: func(s string) string {
		return "Bei mehreren Skalen hat jede ihren Balken, in dieser Reihenfolge: " + s + ". Ein Mittelwert über Skalen hinweg wird nicht gebildet."
	},
	Footer: "Dieser Bericht wurde aus anonymen Fakten errechnet. Ungerundete Zahlen stehen in report.json.",
}
