package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"resonanz/shared/config"
)

// What staff read for the codes that are the same everywhere, and for those that
// a configuration has unless it says otherwise: German, English. A code that an
// owner made up is read as it is written.

var rootCauses = map[string][2]string{
	"product": {"Produkt", "Product"}, "process": {"Ablauf", "Process"}, "communication": {"Kommunikation", "Communication"},
	"staffing": {"Besetzung", "Staffing"}, "system": {"Technisches System", "Technical system"}, "supplier": {"Zulieferer", "Supplier"},
	"delivery": {"Lieferung", "Delivery"}, "documentation": {"Unterlagen", "Documentation"},
	"customer_use": {"Verwendung durch den Kunden", "Use by the customer"}, "expectation": {"Erwartung", "Expectation"},
	"unknown": {"Nicht zu klären", "Could not be found"},
}

var rejectionReasons = map[string][2]string{
	"no_defect_found": {"Kein Fehler feststellbar", "No defect found"}, "outside_warranty": {"Gewährleistung abgelaufen", "Outside warranty"},
	"wear": {"Üblicher Verschleiß", "Usual wear"}, "handled_as_agreed": {"Wie vereinbart erledigt", "Handled as agreed"},
	"not_responsible": {"Nicht zuständig", "Not responsible"}, "not_verifiable": {"Nicht nachvollziehbar", "Not verifiable"}, "other": {"Anderer Grund", "Another reason"},
}

var dismissalReasons = map[string][2]string{
	"no_complaint": {"Keine Beschwerde", "No complaint"}, "praise": {"Lob", "Praise"}, "question": {"Frage", "Question"},
	"unintelligible": {"Unverständlich", "Unintelligible"}, "already_handled": {"Bereits erledigt", "Handled already"}, "spam": {"Spam", "Spam"},
}

var ruleNames = map[string][2]string{
	"LOW_RATING_CALLBACK":        {"Niedrige Bewertung mit Rückrufwunsch", "Low rating with callback wish"},
	"CALLBACK_REQUESTED":         {"Rückruf gewünscht", "Callback requested"},
	"RATING_IS_COMPLAINT":        {"Niedrige Bewertung mit Text", "Low rating with text"},
	"CRITICAL_SEVERITY":          {"Kritische Beschwerde", "Critical complaint"},
	"COMPLAINT_RECEIVED":         {"Beschwerde eingegangen", "Complaint received"},
	"DATA_GAP":                   {"Keine Rückmeldungen", "No feedback"},
	"HIGH_VALUE_LOW_RATING":      {"Niedrige Bewertung aus der wichtigsten Kundengruppe", "Low rating from the most valuable customers"},
	"REPEAT_COMPLAINT":           {"Wiederholte Beschwerde", "Repeated complaint"},
	"FOLLOW_UP_COMPLAINT":        {"Folgebeschwerde", "Follow-up complaint"},
	"SLA_AT_RISK":                {"Frist in Gefahr", "Deadline at risk"},
	"SLA_BREACH":                 {"Frist verstrichen", "Deadline missed"},
	"DISAPPOINTED_AFTER_CLOSURE": {"Von der Bearbeitung enttäuscht", "Disappointed with the handling"},
	"ROOT_CAUSE_MISSING":         {"Ursache nicht erfasst", "Root cause missing"},
	"STILL_OPEN":                 {"Beschwerde noch offen", "Complaint still open"},
	"MAIL_BOUNCED":               {"E-Mail zum Vorgang unzustellbar", "Mail about the case did not arrive"},
	"SPIKE":                      {"Auffällige Häufung", "Unusual spike"},
	"CRISIS":                     {"Krise: Häufungen an mehreren Stellen", "Crisis: spikes in several places"},
	"SUSPICIOUS_VOTING":          {"Verdächtige Abstimmung", "Suspicious voting"},
	"EVIDENCE_GAP":               {"Lücke im Nachweis", "Gap in the evidence"},
}

var clockNames = map[string][2]string{
	"first_response": {"Erste Antwort", "First response"}, "resolution": {"Lösung", "Resolution"},
	"ENWG_111A": {"§ 111a EnWG", "Section 111a EnWG"}, "FCA_DISP": {"FCA DISP 1.6", "FCA DISP 1.6"},
	"PSD2_101": {"PSD2 Artikel 101", "PSD2 article 101"}, "GDPR_12_3": {"DSGVO Artikel 12 Absatz 3", "GDPR article 12 (3)"},
}

var policyNames = map[string][2]string{
	"DEFAULT": {"Allgemein", "General"}, "PRIVACY": {"Datenschutz", "Privacy"},
}

var compensationNames = map[string][2]string{
	"financial": {"Finanziell", "Financial"}, "material": {"Materiell", "Material"}, "immaterial": {"Immateriell", "Immaterial"},
	"refund": {"Erstattung", "Refund"}, "discount": {"Rabatt", "Discount"}, "voucher": {"Gutschein", "Voucher"},
	"replacement": {"Ersatz", "Replacement"}, "repair": {"Reparatur", "Repair"}, "gift": {"Geschenk", "Gift"},
	"apology": {"Entschuldigung", "Apology"}, "explanation": {"Erklärung", "Explanation"}, "priority_service": {"Bevorzugte Behandlung", "Priority service"},
}

// nameIn is the name of a code; of one without, the code as it would be spoken.
func nameIn(names map[string][2]string, code string) config.Text {
	if n, ok := names[code]; ok {
		return config.Text{"de": n[0], "en": n[1]}
	}
	spoken := strings.NewReplacer("_", " ", "-", " ", ".", ": ").Replace(code)
	if first, n := utf8.DecodeRuneInString(spoken); n > 0 {
		spoken = string(unicode.ToUpper(first)) + spoken[n:]
	}
	return config.Text{"de": spoken, "en": spoken}
}
