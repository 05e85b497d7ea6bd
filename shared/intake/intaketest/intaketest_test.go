package intaketest_test

import (
	"testing"
	"time"

	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
)

func TestTheEventIsValidAndWithLeavesItSo(t *testing.T) {
	e := intaketest.Event()
	e.With("rating", nil)
	cfg := intaketest.Config(t)
	if _, err := intake.ParseEvent(cfg, cfg.Device("kiosk-cologne-1"), e.JSON(t), time.Date(2026, 3, 10, 9, 1, 0, 0, time.UTC)); err != nil {
		t.Error(err)
	}
}
