package config_test

import (
	"testing"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

func TestATouchpointSaysWhetherItsAnswersAreAnonymous(t *testing.T) {
	const touchpoints = `"touchpoints":[{"id":"plain"},{"id":"open","anonymous":false},{"id":"hidden","anonymous":true}]}`
	for organisation, want := range map[string]map[feedback.Touchpoint]bool{
		"false": {"plain": false, "open": false, "hidden": true, "unknown": false},
		"true":  {"plain": true, "open": false, "hidden": true, "unknown": true},
	} {
		c, err := config.Parse([]byte(`{"organisation":{"time_zone":"Europe/Berlin","anonymous":` + organisation + `},` + touchpoints))
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range want {
			if got := c.Anonymous(id); got != want {
				t.Errorf("organisation %s, %s: got %v", organisation, id, got)
			}
		}
	}
}

func TestWhatIsKeptForEverIsBeforeNothing(t *testing.T) {
	now := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	if got := config.Before(now, 0); !got.IsZero() {
		t.Errorf("got %s", got)
	}
	if got, want := config.Before(now, 31), time.Date(2026, time.February, 12, 12, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
