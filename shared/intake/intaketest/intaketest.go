// Package intaketest holds what tests of the intake share: a small
// configuration and a valid event to spoil.
package intaketest

import (
	"encoding/json"
	"maps"
	"testing"

	"resonanz/shared/config"
)

const configuration = `{
 "organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de", "en", "fr", "it"], "default_language": "de", "accent": "#0b5cad",
  "address": "Beispiel GmbH, Musterstraße 1, 50667 Köln", "privacy_url": "https://www.example.com/privacy"},
 "links": {"valid_days": 14},
 "invitations": {"fatigue_days": 30, "reminder_days": 5},
 "reasons": [
  {"code": "waiting_time", "mood": "bad", "name": {"de": "Zu lange gewartet", "en": "Waited too long", "fr": "Attente trop longue", "it": "Attesa troppo lunga"}},
  {"code": "not_solved", "mood": "bad", "name": {"de": "Anliegen nicht gelöst", "en": "Not solved", "fr": "Problème non résolu", "it": "Problema non risolto"}},
  {"code": "friendly", "mood": "good", "name": {"de": "Freundlich", "en": "Friendly", "fr": "Aimable", "it": "Cortese"}},
  {"code": "something_else", "mood": "any", "name": {"de": "Etwas anderes", "en": "Something else", "fr": "Autre chose", "it": "Altro"}}
 ],
 "categories": ["product.safety", "billing.refund_delay", "service.waiting_time", "privacy", "discrimination", "other"],
 "cards": [
  {"id": "visit", "title": {"de": "Ihr Besuch bei uns", "en": "Your visit", "fr": "Votre visite", "it": "La Sua visita"}, "touchpoints": ["checkout-cologne"],
   "sections": [{"items": [
    {"id": "friendliness", "kind": "rating", "label": {"de": "Freundlichkeit", "en": "Friendliness", "fr": "Amabilité", "it": "Cortesia"}},
    {"id": "found", "kind": "yes_no", "label": {"de": "Haben Sie gefunden, was Sie suchten?", "en": "Did you find what you were looking for?", "fr": "Avez-vous trouvé ce que vous cherchiez ?", "it": "Ha trovato quello che cercava?"}},
    {"id": "how_often", "kind": "choice", "label": {"de": "Wie oft sind Sie hier?", "en": "How often are you here?", "fr": "À quelle fréquence venez-vous ?", "it": "Ogni quanto viene qui?"}, "options": [
     {"code": "first_time", "name": {"de": "Zum ersten Mal", "en": "For the first time", "fr": "Pour la première fois", "it": "Per la prima volta"}},
     {"code": "weekly", "name": {"de": "Wöchentlich oder öfter", "en": "Weekly or more", "fr": "Chaque semaine ou plus", "it": "Ogni settimana o più"}}
    ]},
    {"id": "remark", "kind": "text", "label": {"de": "Was möchten Sie uns sagen?", "en": "What would you like to tell us?", "fr": "Que souhaitez-vous nous dire ?", "it": "Che cosa vuole dirci?"}},
    {"id": "suggestion", "kind": "suggestion", "label": {"de": "Ihr Vorschlag", "en": "Your suggestion", "fr": "Votre suggestion", "it": "Il Suo suggerimento"}}
   ]}]},
  {"id": "commissioning", "title": {"de": "Inbetriebnahme Ihrer Anlage", "en": "Commissioning of your plant", "fr": "Mise en service de votre installation", "it": "Messa in servizio del Suo impianto"},
   "phase": "commissioning", "touchpoints": ["repair"],
   "sections": [
    {"title": {"de": "Angebot", "en": "Offer", "fr": "Offre", "it": "Offerta"}, "items": [
     {"id": "offer_clear", "kind": "rating", "label": {"de": "Verständlichkeit des Angebots", "en": "Clarity of the offer", "fr": "Clarté de l'offre", "it": "Chiarezza dell'offerta"}}
    ]},
    {"title": {"de": "Abwicklung", "en": "Execution", "fr": "Réalisation", "it": "Esecuzione"}, "items": [
     {"id": "on_time", "kind": "yes_no", "label": {"de": "Waren wir pünktlich?", "en": "Were we on time?", "fr": "Avons-nous été ponctuels ?", "it": "Siamo stati puntuali?"}}
    ]}
   ]}
 ],
 "touchpoints": [
  {"id": "hotline", "name": {"de": "Hotline", "en": "Hotline", "fr": "Hotline", "it": "Hotline"}, "scale": "stars_1_5",
   "reasons": ["waiting_time", "not_solved", "friendly", "something_else"], "ask": ["fcr", "nps"]},
  {"id": "checkout-cologne", "name": {"de": "Kasse Köln", "en": "Checkout Cologne", "fr": "Caisse Cologne", "it": "Cassa Colonia"}, "scale": "stars_1_5",
   "reasons": ["waiting_time", "friendly", "something_else"], "card": "visit"},
  {"id": "repair", "name": {"de": "Reparatur", "en": "Repair", "fr": "Réparation", "it": "Riparazione"}, "scale": "csat_1_10",
   "ask": ["fcr", "ces"], "card": "commissioning"}
 ],
 "devices": [
  {"id": "kiosk-cologne-1", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 2, "look": "faces", "silent_minutes": 30,
   "hours": {"days": ["mon", "tue", "wed", "thu", "fri", "sat"], "from": "08:00", "to": "20:00"}},
  {"id": "kiosk-cologne-2", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 1, "revoked": true, "look": "stars", "silent_minutes": 0},
  {"id": "terminal-repair-1", "touchpoint": "repair", "channel": "terminal", "generation": 1, "look": "stars", "silent_minutes": 0}
 ],
 "rules": {"edit_window_hours": 48, "kiosk_debounce_seconds": 3, "max_future_skew_minutes": 5, "max_age_days": 400, "top_box_10": 2, "minimum_n": 5, "indicative_n": 30},
 "escalation": {"low_rating_max": 2, "callback_due_hours": 24, "triage_due_hours": 24, "step_hours": 24, "chain": ["service@example.com"],
  "critical_step_minutes": 60, "critical_categories": ["product.safety", "privacy", "discrimination"], "high_value_max": 3, "repeat_days": 90, "repeat_count": 2,
  "follow_up_categories": ["complaint_handling"], "disappointed_max": 2,
  "signals": {"minimum_low": 5, "alpha": 0.001, "baseline_days": 28, "burst_taps": 20, "burst_seconds": 60, "run_length": 25},
  "crisis": {"window_hours": 24, "touchpoints": 2, "notice": {"de": "Zurzeit erreichen uns viele Meldungen zu demselben Anlass.", "en": "We are receiving many reports about the same matter.",
   "fr": "Nous recevons de nombreux signalements sur le même sujet.", "it": "Stiamo ricevendo molte segnalazioni sullo stesso argomento."}}},
 "complaints": {"attachments": 3, "attachment_mb": 10, "reopen_days": 30, "survey_days": 30, "link_days": 400, "root_causes": ["process", "staffing"],
  "rejection_reasons": ["not_our_service", "within_terms"], "dismissal_reasons": ["no_complaint"], "currency": "EUR", "limit_cents": 50000, "approve_cents": 10000,
  "default_team": "customer-service", "default_policy": "DEFAULT"},
 "teams": [
  {"id": "customer-service", "name": {"de": "Kundenservice", "en": "Customer Service", "fr": "Service clients", "it": "Servizio clienti"}, "chain": ["service@example.com", "lead@example.com"]},
  {"id": "workshop", "name": {"de": "Werkstatt", "en": "Workshop", "fr": "Atelier", "it": "Officina"}}
 ],
 "routes": [{"touchpoints": ["repair"], "team": "workshop"}],
 "policies": [{"id": "DEFAULT", "calendar": "office", "first_response_hours": 8, "resolution_hours": 40, "at_risk_percent": 80, "close_days": 14}],
 "calendars": [{"id": "office", "blocks": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}]}],
 "notify": {"mail_from": "feedback@example.com", "language": "de"},
 "report": {"freeze_day": 6}
}`

// Config is the configuration of the tests: Berlin time, four languages, a
// touchpoint of each scale with its questions and card, reasons at the two on
// stars, an enrolled and a revoked kiosk, a terminal; complaints are answered
// within 8 and decided within 40 hours of an office, those of the repair by a
// team of their own.
func Config(tb testing.TB) *config.Config {
	tb.Helper()
	c, err := config.Parse([]byte(configuration))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// Fields are the fields of a JSON event.
type Fields map[string]any

// Event is a valid event of kiosk-cologne-1, received best on 10 March 2026
// after 09:00 UTC.
func Event() Fields {
	return Fields{
		"event_id":     "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f",
		"touchpoint":   "checkout-cologne",
		"channel":      "kiosk",
		"scale":        "stars_1_5",
		"rating":       4,
		"submitted_at": "2026-03-10T10:00:00+01:00",
	}
}

// With is f with one field set; a nil value removes it. Raw JSON is written as
// json.RawMessage.
func (f Fields) With(name string, value any) Fields {
	g := maps.Clone(f)
	g[name] = value
	if value == nil {
		delete(g, name)
	}
	return g
}

// JSON writes f.
func (f Fields) JSON(tb testing.TB) []byte {
	tb.Helper()
	b, err := json.Marshal(f)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// Card is a valid card of kiosk-cologne-1, received best as Event.
func Card() Fields {
	return Event().With("event_id", "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e1f").With("card", "visit").With("answers", Fields{
		"friendliness": 5, "found": "no", "how_often": "weekly", "remark": "Sehr freundlich", "suggestion": "Mehr Kassen",
	})
}

// PaperCard is a valid paper card that staff keyed in, as a system sends it.
func PaperCard() Fields {
	return Card().With("channel", "response_card").With("card_number", "A-000123").With("keyed_by", "desk-7")
}

// Complaint is a valid complaint of kiosk-cologne-1, received best as Event.
func Complaint() Fields {
	return Event().With("event_id", "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e2f").With("scale", nil).With("rating", nil).
		With("category", "billing.refund_delay").With("comment", "Die Erstattung fehlt seit drei Wochen.")
}
