package storetest

import (
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// keysOf are the keys of one response id in n months, the latest first.
func keysOf(latest period.Period, id feedback.ResponseID, n int) []feedback.ResponseKey {
	ks := make([]feedback.ResponseKey, n)
	for i := range ks {
		ks[i] = feedback.NewResponseKey(latest.Add(-i), id)
	}
	return ks
}

func runAny(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "an event is found under whichever of its keys holds it", func(t *testing.T, s, peer Full) {
		for n, p := range []period.Period{march, march.Add(-1), march.Add(-13)} {
			want := entry(p, n)
			mustPut(t, s, want, store.Accepted)
			mustPut(t, s, entry(p, 100+n), store.Accepted)
			got, err := peer.GetAny(t.Context(), keysOf(march, want.ResponseKey.ID(), 14), want.EventID)
			must(t, err)
			same(t, want, got)
		}
	})
	test(t, open, "of several keys that hold it, the first counts", func(t *testing.T, s, _ Full) {
		first, second := entry(march, 1), entry(march.Add(-1), 1)
		second.Digest[0]++
		mustPut(t, s, second, store.Accepted)
		mustPut(t, s, first, store.Accepted)
		got, err := s.GetAny(t.Context(), keysOf(april, first.ResponseKey.ID(), 14), first.EventID)
		must(t, err)
		same(t, first, got)
	})
	test(t, open, "an event under none of the keys is not found", func(t *testing.T, s, _ Full) {
		stored := entry(march, 1)
		mustPut(t, s, stored, store.Accepted)
		id := stored.ResponseKey.ID()
		for name, ks := range map[string][]feedback.ResponseKey{
			"other months": keysOf(march.Add(-1), id, 14),
			"no keys":      nil,
			"no month":     {"", "no key"},
		} {
			if _, err := s.GetAny(t.Context(), ks, stored.EventID); err == nil {
				t.Errorf("%s: found", name)
			} else {
				is(t, err, store.ErrNotFound)
			}
		}
		_, err := s.GetAny(t.Context(), keysOf(march, id, 14), eventID(2))
		is(t, err, store.ErrNotFound)
	})
	test(t, open, "more keys than one call takes are looked at", func(t *testing.T, s, _ Full) {
		want := entry(march.Add(-130), 1)
		mustPut(t, s, want, store.Accepted)
		got, err := s.GetAny(t.Context(), keysOf(march, want.ResponseKey.ID(), 131), want.EventID)
		must(t, err)
		same(t, want, got)
	})
}
