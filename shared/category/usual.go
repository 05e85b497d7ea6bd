package category

import "resonanz/shared/config"

// text is a name in the four languages that pages speak.
func text(de, en, fr, it string) config.Text {
	return config.Text{"de": de, "en": en, "fr": fr, "it": it}
}

// usual are the names of the usual categories and their branches. Each says by
// itself what it is about, also where its branch is not named beside it.
var usual = map[string]config.Text{
	"product":               text("Produkt", "Product", "Produit", "Prodotto"),
	"product.defect":        text("Produkt ist fehlerhaft", "Product is faulty", "Produit défectueux", "Prodotto difettoso"),
	"product.safety":        text("Produkt ist nicht sicher", "Product is not safe", "Produit dangereux", "Prodotto non sicuro"),
	"product.documentation": text("Anleitung, Unterlagen", "Instructions, documents", "Mode d’emploi, documents", "Istruzioni, documenti"),

	"delivery":            text("Lieferung", "Delivery", "Livraison", "Consegna"),
	"delivery.late":       text("Zu spät geliefert", "Delivered late", "Livraison en retard", "Consegna in ritardo"),
	"delivery.damaged":    text("Beschädigt geliefert", "Delivered damaged", "Article endommagé", "Merce danneggiata"),
	"delivery.lost":       text("Nicht angekommen", "Not arrived", "Colis non reçu", "Merce non arrivata"),
	"delivery.wrong_item": text("Falsches geliefert", "Wrong item delivered", "Mauvais article livré", "Articolo sbagliato"),

	"billing":                   text("Rechnung, Zahlung", "Billing, payment", "Facture, paiement", "Fattura, pagamento"),
	"billing.incorrect_invoice": text("Rechnung stimmt nicht", "Invoice is wrong", "Facture erronée", "Fattura errata"),
	"billing.refund_delay":      text("Erstattung steht aus", "Refund is outstanding", "Remboursement en attente", "Rimborso in sospeso"),

	"service":              text("Service", "Service", "Service", "Servizio"),
	"service.waiting_time": text("Zu lange gewartet", "Waited too long", "Attente trop longue", "Attesa troppo lunga"),
	"service.unreachable":  text("Niemand erreichbar", "Nobody could be reached", "Personne de joignable", "Nessuno raggiungibile"),
	"service.competence":   text("Schlecht beraten", "Poor advice", "Mal conseillé", "Consulenza inadeguata"),
	"service.unfriendly":   text("Unfreundlich behandelt", "Treated unkindly", "Accueil désagréable", "Trattamento scortese"),

	"contract":              text("Vertrag", "Contract", "Contrat", "Contratto"),
	"contract.terms":        text("Vertragsbedingungen", "Contract terms", "Conditions du contrat", "Condizioni contrattuali"),
	"contract.cancellation": text("Kündigung", "Cancellation", "Résiliation", "Disdetta"),

	"website":           text("Website", "Website", "Site web", "Sito web"),
	"website.usability": text("Website schwer zu bedienen", "Website hard to use", "Site difficile à utiliser", "Sito difficile da usare"),
	"website.outage":    text("Website nicht erreichbar", "Website not available", "Site indisponible", "Sito non raggiungibile"),

	"complaint_handling":          text("Frühere Beschwerde", "Earlier complaint", "Réclamation antérieure", "Reclamo precedente"),
	"complaint_handling.no_reply": text("Keine Antwort auf Beschwerde", "No answer to a complaint", "Réclamation sans réponse", "Reclamo senza risposta"),
	"complaint_handling.delay":    text("Beschwerde dauert zu lange", "Complaint takes too long", "Traitement trop long", "Gestione troppo lunga"),
	"complaint_handling.outcome":  text("Ergebnis einer Beschwerde", "Outcome of a complaint", "Issue d’une réclamation", "Esito di un reclamo"),

	"privacy":              text("Datenschutz", "Privacy", "Protection des données", "Protezione dei dati"),
	"discrimination":       text("Diskriminierung", "Discrimination", "Discrimination", "Discriminazione"),
	"pricing":              text("Preise", "Prices", "Prix", "Prezzi"),
	"pricing.transparency": text("Preis unklar", "Price unclear", "Prix peu clair", "Prezzo poco chiaro"),
	"other":                text("Etwas anderes", "Something else", "Autre chose", "Altro"),
}
