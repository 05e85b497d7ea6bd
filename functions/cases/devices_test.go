package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

type listedDevices struct {
	At      time.Time
	Devices []device
}

// heard keeps a beat of a device some time ago.
func (r *rig) heard(id feedback.Device, ago time.Duration) store.Beat {
	r.tb.Helper()
	b := store.Beat{Device: id, Touchpoint: r.cfg.Device(id).Touchpoint, At: r.at.Add(-ago).Truncate(time.Millisecond), Queued: 3, App: "7"}
	if err := r.shelf.Beat(r.tb.Context(), b); err != nil {
		r.tb.Fatal(err)
	}
	return b
}

// gap opens the case of a silence as the escalation does.
func (r *rig) gap(b store.Beat, silentAt time.Time, change ...func(*casefile.Case)) casefile.Number {
	r.tb.Helper()
	c, e := escalate.Silent(&events.Silence{Device: b.Device, Touchpoint: b.Touchpoint, LastAt: b.At, DueAt: silentAt}, r.at, escalate.Rules{StepAfter: time.Hour})
	for _, f := range change {
		f(&c)
	}
	if err := r.shelf.CreateCase(r.tb.Context(), &c, &e); err != nil {
		r.tb.Fatal(err)
	}
	return c.Number
}

func (r *rig) devices() map[feedback.Device]device {
	r.tb.Helper()
	all := into[listedDevices](r.tb, r.do(get("/v1/devices")), 200)
	out := make(map[feedback.Device]device)
	for i, d := range all.Devices {
		if d.ID != r.cfg.Devices[i].ID {
			r.tb.Errorf("device %d is %s, configured is %s", i, d.ID, r.cfg.Devices[i].ID)
		}
		out[d.ID] = d
	}
	return out
}

const kiosk = "kiosk-cologne-1" // watched for 30 minutes from 08:00 to 20:00, but on Sundays

func TestADeviceIsAliveSilentOrOutsideItsHours(t *testing.T) {
	for name, c := range map[string]struct {
		at    time.Time
		ago   time.Duration
		want  life
		since time.Time // silent since
		opens time.Time
	}{
		"just heard of":                     {start, time.Minute, alive, time.Time{}, time.Time{}},
		"the last moment before":            {start, 30*time.Minute - time.Millisecond, alive, time.Time{}, time.Time{}},
		"30 minutes without a word":         {start, 30 * time.Minute, silent, start, time.Time{}},
		"silent since before the weekend":   {start, 96 * time.Hour, silent, time.Date(2026, 3, 6, 9, 30, 1, 0, time.UTC), time.Time{}},
		"heard of before closing, at night": {time.Date(2026, 3, 10, 22, 0, 0, 0, time.UTC), 3*time.Hour + 10*time.Minute, shut, time.Time{}, time.Date(2026, 3, 11, 7, 0, 0, 0, time.UTC)},
		"just opened, last heard yesterday": {time.Date(2026, 3, 11, 7, 10, 0, 0, time.UTC), 12*time.Hour + 15*time.Minute, alive, time.Time{}, time.Time{}},
		"closed on a Sunday":                {time.Date(2026, 3, 15, 11, 0, 0, 0, time.UTC), 16 * time.Hour, shut, time.Time{}, time.Date(2026, 3, 16, 7, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.at = c.at
			b := r.heard(kiosk, c.ago)
			want := device{
				ID: kiosk, Touchpoint: "checkout-cologne", Channel: feedback.Kiosk, State: c.want,
				LastAt: b.At, Queued: 3, App: "7", SilentSince: c.since, OpensAt: c.opens,
			}
			if diff := cmp.Diff(want, r.devices()[kiosk]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestADeviceThatNobodyWaitsForIsNotSilent(t *testing.T) {
	r := newRig(t)
	r.heard("kiosk-cologne-2", 90*24*time.Hour)
	r.heard("terminal-repair-1", 90*24*time.Hour)
	got := r.devices()
	for id, want := range map[feedback.Device]life{kiosk: never, "kiosk-cologne-2": revoked, "terminal-repair-1": unwatched} {
		if d := got[id]; d.State != want || !d.SilentSince.IsZero() || d.Case != "" {
			t.Errorf("%s: %+v, want %s", id, d, want)
		}
	}
}

func TestASilentDeviceNamesTheOpenCaseAboutIt(t *testing.T) {
	r := newRig(t)
	b := r.heard(kiosk, time.Hour)
	if d := r.devices()[kiosk]; d.State != silent || d.Case != "" {
		t.Errorf("before there is a case: %+v", d)
	}
	n := r.gap(b, r.at.Add(-30*time.Minute))
	if d := r.devices()[kiosk]; d.State != silent || d.Case != n {
		t.Errorf("case %s: %+v", n, d)
	}
	r.heard(kiosk, 0)
	if d := r.devices()[kiosk]; d.State != alive || d.Case != "" {
		t.Errorf("heard of again: %+v", d)
	}
}

func TestACaseAboutASilenceThatHasEndedOrAnotherIsNotNamed(t *testing.T) {
	r := newRig(t)
	b := r.heard(kiosk, time.Hour)
	r.gap(b, r.at, func(c *casefile.Case) { c.Status, c.EndedAt, c.NextAt = casefile.Closed, r.at, time.Time{} })
	if d := r.devices()[kiosk]; d.State != silent || d.Case != "" {
		t.Errorf("closed by staff: %+v", d)
	}

	r = newRig(t)
	b = r.heard(kiosk, time.Hour)
	s := &events.Silence{Device: b.Device, Touchpoint: b.Touchpoint, LastAt: b.At}
	r.gap(b, r.at, func(c *casefile.Case) { c.Subject = "another" })
	if d := r.devices()[kiosk]; d.Case != "" {
		t.Errorf("the number is another's: %+v", d)
	}
	n := r.gap(b, r.at, func(c *casefile.Case) { c.Number = escalate.GapNumber(s, 1) })
	if d := r.devices()[kiosk]; d.Case != n {
		t.Errorf("case %s has the second number: %+v", n, d)
	}
}

// mute is a store that does not say when devices were heard of.
type mute struct{ *shelf }

func (mute) LastBeat(_ context.Context, _ feedback.Device) (*store.Beat, error) {
	return nil, errors.New("no answer")
}

func TestDevicesAreBusyWhereTheStoreDoesNotAnswer(t *testing.T) {
	r := newRig(t)
	r.ledger = mute{r.shelf}
	if got, _ := refused(t, r.do(get("/v1/devices"))); got != "unavailable" {
		t.Errorf("got %s", got)
	}
	r = newRig(t)
	r.heard(kiosk, time.Hour)
	r.shelf.read = errors.New("no answer")
	if got, _ := refused(t, r.do(get("/v1/devices"))); got != "unavailable" {
		t.Errorf("the case about a silent device: got %s", got)
	}
	if got, _ := refused(t, r.do(as(get("/v1/devices"), clerk, "resonanz/reports"))); got != "scope_missing" {
		t.Errorf("another scope: %s", got)
	}
}
