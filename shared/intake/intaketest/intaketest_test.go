package intaketest_test

import (
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
)

func TestTheEventsAreValidAndWithLeavesThemSo(t *testing.T) {
	cfg := intaketest.Config(t)
	at := time.Date(2026, 3, 10, 9, 1, 0, 0, time.UTC)
	kiosk := intake.Source{Device: cfg.Device("kiosk-cologne-1")}
	for name, e := range map[string]struct {
		fields intaketest.Fields
		from   intake.Source
		kind   feedback.Kind
	}{
		"rating":     {intaketest.Event(), kiosk, feedback.KindRating},
		"card":       {intaketest.Card(), kiosk, feedback.KindCard},
		"paper card": {intaketest.PaperCard(), intake.Source{}, feedback.KindCard},
		"complaint":  {intaketest.Complaint(), kiosk, feedback.KindComplaint},
	} {
		e.fields.With("touchpoint", nil)
		if _, err := intake.ParseEvent(cfg, e.from, e.kind, e.fields.JSON(t), at); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
