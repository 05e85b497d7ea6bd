package category

import "resonanz/shared/feedback"

// names are those of a category, code, in the four languages that pages speak.
type names struct{ code, de, en, fr, it string }

func (n *names) in(l feedback.Language) string {
	switch l {
	case "de":
		return n.de
	case "en":
		return n.en
	case "fr":
		return n.fr
	case "it":
		return n.it
	}
	return ""
}

// usualName is what a category is called in l; empty where it is no usual one, or l
// no language that pages speak.
func usualName(code string, l feedback.Language) string {
	for i := range usual {
		if usual[i].code == code {
			return usual[i].in(l)
		}
	}
	return ""
}

// usual are the names of the usual categories and their branches. Each says by
// itself what it is about, also where its branch is not named beside it.
var usual = [...]names{
	{"product", "Produkt", "Product", "Produit", "Prodotto"},
	{"product.defect", "Produkt ist fehlerhaft", "Product is faulty", "Produit défectueux", "Prodotto difettoso"},
	{"product.safety", "Produkt ist nicht sicher", "Product is not safe", "Produit dangereux", "Prodotto non sicuro"},
	{"product.documentation", "Anleitung, Unterlagen", "Instructions, documents", "Mode d’emploi, documents", "Istruzioni, documenti"},

	{"delivery", "Lieferung", "Delivery", "Livraison", "Consegna"},
	{"delivery.late", "Zu spät geliefert", "Delivered late", "Livraison en retard", "Consegna in ritardo"},
	{"delivery.damaged", "Beschädigt geliefert", "Delivered damaged", "Article endommagé", "Merce danneggiata"},
	{"delivery.lost", "Nicht angekommen", "Not arrived", "Colis non reçu", "Merce non arrivata"},
	{"delivery.wrong_item", "Falsches geliefert", "Wrong item delivered", "Mauvais article livré", "Articolo sbagliato"},

	{"billing", "Rechnung, Zahlung", "Billing, payment", "Facture, paiement", "Fattura, pagamento"},
	{"billing.incorrect_invoice", "Rechnung stimmt nicht", "Invoice is wrong", "Facture erronée", "Fattura errata"},
	{"billing.refund_delay", "Erstattung steht aus", "Refund is outstanding", "Remboursement en attente", "Rimborso in sospeso"},

	{"service", "Service", "Service", "Service", "Servizio"},
	{"service.waiting_time", "Zu lange gewartet", "Waited too long", "Attente trop longue", "Attesa troppo lunga"},
	{"service.unreachable", "Niemand erreichbar", "Nobody could be reached", "Personne de joignable", "Nessuno raggiungibile"},
	{"service.competence", "Schlecht beraten", "Poor advice", "Mal conseillé", "Consulenza inadeguata"},
	{"service.unfriendly", "Unfreundlich behandelt", "Treated unkindly", "Accueil désagréable", "Trattamento scortese"},

	{"contract", "Vertrag", "Contract", "Contrat", "Contratto"},
	{"contract.terms", "Vertragsbedingungen", "Contract terms", "Conditions du contrat", "Condizioni contrattuali"},
	{"contract.cancellation", "Kündigung", "Cancellation", "Résiliation", "Disdetta"},

	{"website", "Website", "Website", "Site web", "Sito web"},
	{"website.usability", "Website schwer zu bedienen", "Website hard to use", "Site difficile à utiliser", "Sito difficile da usare"},
	{"website.outage", "Website nicht erreichbar", "Website not available", "Site indisponible", "Sito non raggiungibile"},

	{"complaint_handling", "Frühere Beschwerde", "Earlier complaint", "Réclamation antérieure", "Reclamo precedente"},
	{"complaint_handling.no_reply", "Keine Antwort auf Beschwerde", "No answer to a complaint", "Réclamation sans réponse", "Reclamo senza risposta"},
	{"complaint_handling.delay", "Beschwerde dauert zu lange", "Complaint takes too long", "Traitement trop long", "Gestione troppo lunga"},
	{"complaint_handling.outcome", "Ergebnis einer Beschwerde", "Outcome of a complaint", "Issue d’une réclamation", "Esito di un reclamo"},

	{"privacy", "Datenschutz", "Privacy", "Protection des données", "Protezione dei dati"},
	{"discrimination", "Diskriminierung", "Discrimination", "Discrimination", "Discriminazione"},
	{"pricing", "Preise", "Prices", "Prix", "Prezzi"},
	{"pricing.transparency", "Preis unklar", "Price unclear", "Prix peu clair", "Prezzo poco chiaro"},
	{"other", "Etwas anderes", "Something else", "Autre chose", "Altro"},
}
