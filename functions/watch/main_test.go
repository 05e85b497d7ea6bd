package main

import (
	"testing"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

func TestTheThresholdsAreThoseConfigured(t *testing.T) {
	cfg, err := config.Parse([]byte(`{
		"organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin"},
		"touchpoints": [{"id": "hotline"}, {"id": "shop"}],
		"devices": [{"id": "kiosk-1", "touchpoint": "shop", "channel": "kiosk"}],
		"rules": {"edit_window_hours": 24, "kiosk_debounce_seconds": 4, "max_future_skew_minutes": 6},
		"escalation": {"signals": {"minimum_low": 6, "alpha": 0.01, "baseline_days": 30, "burst_taps": 21, "burst_seconds": 90, "run_length": 26}},
		"calendars": [{"id": "a", "holidays": "2026-04-03"}, {"id": "b", "closed": ["2026-12-24"]}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	r := rules(cfg)
	if r.MinimumLow != 6 || r.Alpha != 0.01 || r.BaselineDays != 30 || r.BurstTaps != 21 || r.BurstWithin != 90*time.Second || r.RunLength != 26 ||
		r.Zone.String() != "Europe/Berlin" || len(r.Touchpoints) != 2 {
		t.Errorf("rules %+v", r)
	}
	for date, want := range map[string]bool{"2026-04-03": true, "2026-12-24": true, "2026-04-07": false} {
		if r.Closed(date) != want {
			t.Errorf("%s closed: %t", date, !want)
		}
	}
	read := reading(cfg, func(feedback.Scale, int) bool { return true })
	if read.Rules.EditWindow != 24*time.Hour || read.Rules.Debounce != 4*time.Second || read.Rules.MaxSkew != 6*time.Minute || !read.Low("", 0) {
		t.Errorf("reading %+v", read)
	}
	if at := kiosks(cfg); at("kiosk-1") != "shop" || at("gone") != "" {
		t.Error("kiosks are not where they are configured to be")
	}
}
