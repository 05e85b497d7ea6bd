package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func aBeat() store.Beat {
	return store.Beat{Device: "kiosk-1", Touchpoint: "hotline", At: noon, DueAt: noon.Add(30 * time.Minute), Queued: 7, App: "2026.3"}
}

func runBeats(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "the last beat comes back", func(t *testing.T, s, peer Full) {
		_, err := s.LastBeat(t.Context(), "kiosk-1")
		is(t, err, store.ErrNotFound)
		full, bare := aBeat(), store.Beat{Device: "kiosk-2", Touchpoint: "repair", At: noon}
		for _, b := range []store.Beat{full, bare} {
			must(t, s.Beat(t.Context(), b))
			got, err := peer.LastBeat(t.Context(), b.Device)
			must(t, err)
			same(t, &b, got)
		}
		later := store.Beat{Device: "kiosk-1", Touchpoint: "repair", At: noon.Add(time.Minute)}
		must(t, peer.Beat(t.Context(), later))
		got, err := s.LastBeat(t.Context(), "kiosk-1")
		must(t, err)
		same(t, &later, got)
	})
	test(t, open, "a beat that could not be found again is refused", func(t *testing.T, s, _ Full) {
		for name, change := range map[string]func(*store.Beat){
			"no device":     func(b *store.Beat) { b.Device = "" },
			"no touchpoint": func(b *store.Beat) { b.Touchpoint = "" },
			"no time":       func(b *store.Beat) { b.At = time.Time{} },
			"less than no":  func(b *store.Beat) { b.Queued = -1 },
		} {
			b := aBeat()
			change(&b)
			is(t, s.Beat(t.Context(), b), store.ErrInvalid)
			is(t, s.Watch(t.Context(), b), store.ErrInvalid)
			_, err := s.LastBeat(t.Context(), "kiosk-1")
			if is(t, err, store.ErrNotFound); t.Failed() {
				t.Fatal(name)
			}
		}
		is(t, s.PutGap(t.Context(), store.Gap{Device: "kiosk-1", Touchpoint: "hotline", LastAt: noon, SilentAt: noon}), store.ErrInvalid)
	})
	test(t, open, "the due index holds the devices that should have been heard of", func(t *testing.T, s, _ Full) {
		for d, due := range map[feedback.Device]time.Time{
			"early": noon.Add(-time.Hour), "now": noon, "later": noon.Add(time.Millisecond), "known": casefile.NoAction, "unwatched": {},
		} {
			must(t, s.Beat(t.Context(), store.Beat{Device: d, Touchpoint: "hotline", At: noon.Add(-2 * time.Hour), DueAt: due}))
		}
		silence := func(d feedback.Device, due time.Time) events.Silence {
			return events.Silence{Device: d, Touchpoint: "hotline", LastAt: noon.Add(-2 * time.Hour), DueAt: due}
		}
		same(t, []events.Silence{silence("early", noon.Add(-time.Hour)), silence("now", noon)}, silences(t, s, noon))
		must(t, s.Beat(t.Context(), store.Beat{Device: "early", Touchpoint: "hotline", At: noon, DueAt: noon.Add(time.Hour)}))
		same(t, []events.Silence{silence("now", noon)}, silences(t, s, noon))
	})
	test(t, open, "a device is watched from what was read, unless it was heard of meanwhile", func(t *testing.T, s, peer Full) {
		b := aBeat()
		is(t, s.Watch(t.Context(), b), store.ErrVersion)
		must(t, s.Beat(t.Context(), b))
		known := b
		known.DueAt = casefile.NoAction
		must(t, peer.Watch(t.Context(), known))
		got, err := s.LastBeat(t.Context(), "kiosk-1")
		must(t, err)
		same(t, &known, got)
		next := b
		next.At, next.DueAt = noon.Add(time.Minute), noon.Add(31*time.Minute)
		must(t, s.Beat(t.Context(), next))
		is(t, peer.Watch(t.Context(), known), store.ErrVersion)
		got, err = s.LastBeat(t.Context(), "kiosk-1")
		must(t, err)
		same(t, &next, got)
	})
	test(t, open, "a gap is looked at again until it is over", func(t *testing.T, s, peer Full) {
		gap := store.Gap{Device: "kiosk-1", Touchpoint: "hotline", LastAt: noon, SilentAt: noon.Add(30 * time.Minute), NextAt: noon.Add(35 * time.Minute)}
		other := gap
		other.LastAt = noon.Add(-24 * time.Hour)
		want := func(g store.Gap) events.Silence {
			return events.Silence{Device: g.Device, Touchpoint: g.Touchpoint, LastAt: g.LastAt, DueAt: g.SilentAt}
		}
		for range 2 {
			must(t, s.PutGap(t.Context(), gap))
			must(t, s.PutGap(t.Context(), other))
		}
		same(t, []events.Silence(nil), silences(t, s, gap.NextAt.Add(-time.Millisecond)))
		same(t, []events.Silence{want(other), want(gap)}, silences(t, s, gap.NextAt))
		other.NextAt, other.Now = time.Time{}, noon
		must(t, peer.PutGap(t.Context(), other))
		same(t, []events.Silence{want(gap)}, silences(t, s, casefile.NoAction))
	})
	test(t, open, "a cancelled beat stores nothing", func(t *testing.T, s, _ Full) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		is(t, s.Beat(ctx, aBeat()), context.Canceled)
		_, err := s.LastBeat(t.Context(), "kiosk-1")
		is(t, err, store.ErrNotFound)
	})
}

// silences reads the silences of the index, in order of device and time.
func silences(t *testing.T, s Full, until time.Time) []events.Silence {
	t.Helper()
	var all []events.Silence
	must(t, s.Due(t.Context(), until, func(d store.Due) error {
		if d.Silence == nil || d.Case != nil || d.Invite != nil {
			t.Errorf("got %+v, want a silence and nothing else", d)
			return nil
		}
		all = append(all, *d.Silence)
		return nil
	}))
	slices.SortFunc(all, func(a, b events.Silence) int {
		if a.Device != b.Device {
			if a.Device < b.Device {
				return -1
			}
			return 1
		}
		return a.LastAt.Compare(b.LastAt)
	})
	return all
}
