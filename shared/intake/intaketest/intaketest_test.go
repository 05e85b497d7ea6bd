package intaketest_test

import (
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
)

func TestTheEventIsValidAndWithLeavesItSo(t *testing.T) {
	e := intaketest.Event()
	e.With("rating", nil)
	cfg := intaketest.Config(t)
	if _, err := intake.ParseEvent(cfg, intake.Source{Device: cfg.Device("kiosk-cologne-1")}, feedback.KindRating, e.JSON(t), time.Date(2026, 3, 10, 9, 1, 0, 0, time.UTC)); err != nil {
		t.Error(err)
	}
}
