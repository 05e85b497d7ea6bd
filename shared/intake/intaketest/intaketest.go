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
 "organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de", "en"], "default_language": "de", "accent": "#0b5cad"},
 "links": {"valid_days": 14},
 "touchpoints": [
  {"id": "hotline", "name": {"de": "Hotline", "en": "Hotline"}, "scale": "stars_1_5"},
  {"id": "checkout-cologne", "name": {"de": "Kasse Köln", "en": "Checkout Cologne"}, "scale": "stars_1_5"},
  {"id": "repair", "name": {"de": "Reparatur", "en": "Repair"}, "scale": "csat_1_10"}
 ],
 "devices": [
  {"id": "kiosk-cologne-1", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 2},
  {"id": "kiosk-cologne-2", "touchpoint": "checkout-cologne", "channel": "kiosk", "generation": 1, "revoked": true}
 ],
 "rules": {"edit_window_hours": 48, "kiosk_debounce_seconds": 3, "max_future_skew_minutes": 5, "max_age_days": 400, "top_box_10": 2, "minimum_n": 5, "indicative_n": 30},
 "escalation": {"low_rating_max": 2, "callback_due_hours": 24, "triage_due_hours": 24, "step_hours": 24, "chain": ["service@example.com"]},
 "report": {"freeze_day": 6}
}`

// Config is the configuration of the tests: Berlin time, German and English, a
// touchpoint of each scale, an enrolled and a revoked kiosk.
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
