package present

import "resonanz/shared/report"

var headerWords = catalogue{
	"header.status/preliminary": {"Vorläufiger Bericht: Bis zum Abschluss können noch Antworten hinzukommen; die Zahlen können sich ändern.", "Preliminary report: more responses may arrive before the close; the figures can change."},
	"header.status/final":       {"Endgültiger Bericht: Der Monat ist abgeschlossen, diese Zahlen ändern sich nicht mehr.", "Final report: the month is closed and these figures will not change."},
	"header.status/restated":    {"Berichtigter Bericht: nach dem Abschluss neu errechnet. Was sich gegenüber der ersetzten Fassung geändert hat und welche Ereignisse verspätet kamen, steht einzeln in diesem Abschnitt.", "Restated report: computed again after the close. What differs from the version it replaces, and which events came late, is listed one by one in this section."},
	"header.group":              {"Dieser Bericht gilt nur für einen Teil der Organisation: {1}.", "This report covers a part of the organisation only: {1}."},

	"table/about":        {"Zeitraum, Stand und Nachweis", "Period, standing and proof"},
	"about/period":       {"Zeitraum", "Period"},
	"about/time_zone":    {"Zeitzone", "Time zone"},
	"about/status":       {"Stand", "Standing"},
	"about/restates":     {"Ersetzt Fassung", "Replaces version"},
	"about/freeze_at":    {"Abschluss", "Close"},
	"about/cutoff":       {"Gezählt ist, was eingegangen ist vor", "Counted is what was received before"},
	"about/late_events":  {"Verspätete Ereignisse", "Late events"},
	"about/input_events": {"Zugrunde liegende Ereignisse", "Events behind the report"},
	"about/data_hash":    {"Prüfsumme der Daten", "Hash of the data"},
	"about/given_hash":   {"Prüfsumme der weiteren Angaben", "Hash of what else was given"},
	"period.span":        {"{1} bis ausschließlich {2}", "{1} up to, but not including, {2}"},
	"hash.means":         {"Gleiche Daten und Angaben ergeben dieselben Prüfsummen und denselben Bericht, Ziffer für Ziffer.", "The same data and inputs give the same hashes and the same report, digit by digit."},

	"table/rules":      {"Regeln dieses Berichts", "Rules of this report"},
	"rule/edit_window": {"Änderungsfrist einer Bewertung", "Window for changing a rating"},
	"rule/debounce":    {"Mindestabstand zweier Tipper am selben Gerät", "Least time between taps on one device"},
	"rule/skew":        {"Erlaubte Abweichung der Geräteuhr", "Tolerated error of a device clock"},
	"rule/top_box":     {"Zufrieden auf der Zehnerskala", "Satisfied on the scale of ten"},
	"rule/minimum":     {"Anteile gezeigt ab", "Shares shown from"},
	"rule/indicative":  {"Belastbar ab", "Reliable from"},
	"rule/freeze":      {"Abschluss", "Close"},
	"top_box.rule/2":   {"9 und 10", "9 and 10"},
	"top_box.rule/3":   {"8 bis 10", "8 to 10"},
	"freeze.day":       {"am {1}. des Folgemonats, 0\u00a0Uhr", "on day {1} of the following month, 00:00"},

	"late":              {"Verspätete Ereignisse", "Late events"},
	"late.pending":      {"Der Monat ist noch nicht abgeschlossen; was bis zum Abschluss eingeht, zählt mit.", "The month is not closed yet; what arrives before the close counts."},
	"late.none":         {"Nach dem Abschluss ist nichts mehr eingegangen.", "Nothing was received after the close."},
	"late.counted":      {"Nach dem Abschluss eingegangen: {1}. In dieser Berichtigung gezählt ist, was in der letzten Spalte vermerkt ist.", "Received after the close: {1}. This restatement counts those marked in the last column."},
	"late.left_out":     {"Nach dem Abschluss eingegangen: {1}. In keiner Zahl dieses Berichts enthalten; gezählt wird es erst in einer Berichtigung.", "Received after the close: {1}. In no figure of this report; a restatement would count them."},
	"table/late_events": {"Ereignisse nach dem Abschluss", "Events received after the close"},
	"col/event_id":      {"Ereignis", "Event"},
	"col/submitted_at":  {"Abgegeben", "Submitted"},
	"col/received_at":   {"Eingegangen", "Received"},
	"col/counted":       {"Gezählt", "Counted"},

	"differences":       {"Unterschiede zur ersetzten Fassung", "Differences to the version it replaces"},
	"differences.none":  {"Keine Zahl hat sich geändert.", "No figure has changed."},
	"differences.some":  {"{1} geändert gegenüber Fassung {2}.", "{1} changed against version {2}."},
	"table/differences": {"Geänderte Zahlen", "Changed figures"},
	"col/figure":        {"Zahl", "Figure"},
	"col/before":        {"Bisher", "Before"},
	"col/after":         {"Jetzt", "Now"},
	"col/difference":    {"Unterschied", "Difference"},

	"method": {"Methode", "Method"},
}

// noteWords are the method notes.
var noteWords = catalogue{
	"note/" + string(report.NoteTopBox):          {"CSAT ist der Anteil zufriedener Antworten an allen Antworten: bei Sternen 4 und 5 von 5, auf der Zehnerskala die höchsten Noten laut Regel.", "CSAT is the share of satisfied responses among all responses: 4 and 5 of 5 stars, and the highest ratings named in the rules on the scale of ten."},
	"note/" + string(report.NoteWilson):          {"Intervalle von Anteilen sind Wilson-Score-Intervalle mit 95\u00a0% Sicherheit: je weniger Antworten, desto breiter.", "Intervals of shares are Wilson score intervals at 95% confidence: the fewer responses, the wider."},
	"note/" + string(report.NoteNewcombe):        {"Veränderungen werden mit dem Newcombe-Intervall für zwei Anteile geprüft. Ein Pfeil steht nur, wenn 0 außerhalb liegt.", "Changes are judged by Newcombe’s interval for two proportions. An arrow appears only if 0 lies outside it."},
	"note/" + string(report.NoteFirstVoteMonth):  {"Eine Antwort gehört in den Monat ihrer ersten Bewertung, auch wenn sie später geändert wurde.", "A response belongs to the month of its first rating, even if it was changed later."},
	"note/" + string(report.NoteLastVote):        {"Wer seine Bewertung innerhalb der Änderungsfrist ändert, zählt einmal, mit der letzten Bewertung.", "A customer who changes a rating within the window counts once, with the last rating."},
	"note/" + string(report.NoteAssistedApart):   {"Von Personal erfasste Antworten zählen nicht zur Hauptzahl und sind eigens ausgewiesen.", "Responses keyed in by staff are not part of the headline and are shown apart."},
	"note/" + string(report.NoteDelivered):       {"Zugestellt sind die ausgestellten Einladungen ohne jene, deren Mail zurückkam oder nicht versandt wurde, weil die Adresse schon früher nicht erreichbar oder abgemeldet war. Wer antwortet, hat die Einladung erhalten; Links, die andere versenden, gelten als zugestellt.", "Delivered are the invitations issued, without those whose mail came back or was not sent because the address had failed before or was unsubscribed. Whoever answers has received the invitation; links that others send count as delivered."},
	"note/" + string(report.NoteSuppression):     {"Anteile kleiner Gruppen werden nicht gezeigt; ließe sich einer aus der Summe errechnen, wird auch der nächstkleinere zurückgehalten. In den Summen sind alle enthalten.", "Shares of small groups are not shown; where one could be derived from the total, the next smallest is withheld too. All of them are part of the totals."},
	"note/" + string(report.NoteMixedScales):     {"Mehrere Skalen: Zusammengezählt werden zufriedene Antworten; Noten verschiedener Skalen werden nie gemittelt.", "Several scales: satisfied responses are added up; ratings of different scales are never averaged."},
	"note/" + string(report.NoteTop3):            {"Auf der Zehnerskala gelten hier die Noten 8 bis 10 als zufrieden (Top 3).", "On the scale of ten, ratings 8 to 10 count as satisfied here (top 3)."},
	"note/" + string(report.NoteContactWeighted): {"Die Hauptzahl gewichtet die Kontaktpunkte nach ihren Kontakten, damit stark antwortende nicht überwiegen.", "The headline weighs touchpoints by their contacts, so that those with many responses do not dominate."},
	"note/" + string(report.NoteContactsMissing): {"Kontaktzahlen liegen nur für einen Teil der Kontaktpunkte vor; daher wird nicht gewichtet.", "Contacts are known for some touchpoints only, so nothing is weighted."},
	"note/" + string(report.NoteNoInvitations):   {"In diesem Monat wurde kein Link ausgestellt; eine Rücklaufquote gibt es nicht.", "No link was issued this month; there is no response rate."},
}
