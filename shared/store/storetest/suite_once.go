package storetest

import (
	"testing"
	"time"

	"resonanz/shared/store"
)

const lease = time.Minute

func runOnce(t *testing.T, open func(*testing.T) (Full, Full)) {
	begin := func(t *testing.T, s Full, effect string, now time.Time, want store.OnceState) {
		t.Helper()
		if got, err := s.Begin(t.Context(), effect, now, lease); err != nil || got != want {
			t.Errorf("beginning %s: got %v, %v, want %v", effect, got, err, want)
		}
	}
	test(t, open, "what is finished is never begun again", func(t *testing.T, s, peer Full) {
		begin(t, s, "a#mail", noon, store.Started)
		must(t, s.Finish(t.Context(), "a#mail", noon))
		begin(t, s, "a#mail", noon, store.Done)
		begin(t, peer, "a#mail", noon.Add(24*time.Hour), store.Done)
		begin(t, peer, "a#sns", noon, store.Started)
	})
	test(t, open, "a lease keeps others out until it runs out", func(t *testing.T, s, peer Full) {
		begin(t, s, "a#mail", noon, store.Started)
		begin(t, peer, "a#mail", noon, store.InProgress)
		begin(t, s, "a#mail", noon, store.InProgress)
		begin(t, peer, "a#mail", noon.Add(lease-time.Millisecond), store.InProgress)
		begin(t, peer, "a#mail", noon.Add(lease), store.TakenOver)
		begin(t, s, "a#mail", noon.Add(lease), store.InProgress)
	})
	test(t, open, "what was released is begun at once", func(t *testing.T, s, peer Full) {
		begin(t, s, "a#mail", noon, store.Started)
		must(t, s.Release(t.Context(), "a#mail"))
		begin(t, peer, "a#mail", noon, store.Started)
	})
	test(t, open, "what was given back was not begun by anybody who died", func(t *testing.T, s, peer Full) {
		begin(t, s, "a#mail", noon, store.Started)
		begin(t, peer, "a#mail", noon.Add(lease), store.TakenOver)
		must(t, peer.Release(t.Context(), "a#mail"))
		begin(t, s, "a#mail", noon.Add(2*lease), store.Started)
	})
	test(t, open, "who lost the lease cannot release the one who took over", func(t *testing.T, s, peer Full) {
		begin(t, s, "a#mail", noon, store.Started)
		begin(t, peer, "a#mail", noon.Add(lease), store.TakenOver)
		must(t, s.Release(t.Context(), "a#mail"))
		begin(t, s, "a#mail", noon.Add(lease), store.InProgress)
	})
	test(t, open, "releasing changes nothing about what is done or unknown", func(t *testing.T, s, _ Full) {
		must(t, s.Release(t.Context(), "a#mail"))
		begin(t, s, "a#mail", noon, store.Started)
		must(t, s.Finish(t.Context(), "a#mail", noon))
		must(t, s.Release(t.Context(), "a#mail"))
		begin(t, s, "a#mail", noon, store.Done)
	})
	test(t, open, "who lost the lease can still say that it happened", func(t *testing.T, s, peer Full) {
		begin(t, s, "a#mail", noon, store.Started)
		begin(t, peer, "a#mail", noon.Add(lease), store.TakenOver)
		must(t, s.Finish(t.Context(), "a#mail", noon.Add(lease)))
		begin(t, peer, "a#mail", noon.Add(3*lease), store.Done)
	})
	test(t, open, "of many that begin at once, one starts", func(t *testing.T, s, peer Full) {
		for _, now := range []time.Time{noon, noon.Add(lease)} { // first, and after the lease ran out
			counts := race(t, func(i int) store.OnceState {
				state, err := []Full{s, peer}[i%2].Begin(t.Context(), "a#mail", now, lease)
				if err != nil {
					t.Error(err)
				}
				return state
			})
			if counts[store.Started]+counts[store.TakenOver] != 1 || (counts[store.TakenOver] == 1) != now.After(noon) || counts[store.InProgress] != parallel-1 {
				t.Errorf("got %v", counts)
			}
		}
	})
}

func runReports(t *testing.T, open func(*testing.T) (Full, Full)) {
	version := func(n int) *store.ReportVersion {
		return &store.ReportVersion{
			Period: march, Version: n, Status: store.Preliminary, CreatedAt: noon, Cutoff: noon, InputHash: "abc", Responses: 7,
			Objects: map[string]string{"json": "reports/2026-03/1.json"},
		}
	}
	test(t, open, "versions come back in order, the latest alone", func(t *testing.T, s, peer Full) {
		for _, n := range []int{1, 10, 2} {
			must(t, s.PutReport(t.Context(), version(n)))
		}
		all, err := peer.ReportVersions(t.Context(), march, "")
		must(t, err)
		same(t, []store.ReportVersion{*version(1), *version(2), *version(10)}, all)
		latest, err := peer.LatestReport(t.Context(), march, "")
		must(t, err)
		same(t, version(10), latest)
	})
	test(t, open, "a version is written once", func(t *testing.T, s, _ Full) {
		must(t, s.PutReport(t.Context(), version(1)))
		other := version(1)
		other.InputHash = "other"
		is(t, s.PutReport(t.Context(), other), store.ErrExists)
		latest, err := s.LatestReport(t.Context(), march, "")
		must(t, err)
		same(t, version(1), latest)
	})
	test(t, open, "a group has versions of its own", func(t *testing.T, s, peer Full) {
		group := version(1)
		group.Group, group.GivenHash, group.Gap = "cologne", "sha256:g", true
		must(t, s.PutReport(t.Context(), version(1)))
		must(t, s.PutReport(t.Context(), group))
		must(t, s.PutReport(t.Context(), version(2)))
		all, err := peer.ReportVersions(t.Context(), march, "cologne")
		must(t, err)
		same(t, []store.ReportVersion{*group}, all)
		whole, err := peer.LatestReport(t.Context(), march, "")
		must(t, err)
		same(t, version(2), whole)
		one, err := peer.Report(t.Context(), march, "cologne", 1)
		must(t, err)
		same(t, group, one)
		_, err = peer.Report(t.Context(), march, "cologne", 2)
		is(t, err, store.ErrNotFound)
	})
	test(t, open, "a period without a report", func(t *testing.T, s, _ Full) {
		must(t, s.PutReport(t.Context(), version(1)))
		_, err := s.LatestReport(t.Context(), april, "")
		is(t, err, store.ErrNotFound)
		if all, err := s.ReportVersions(t.Context(), april, ""); err != nil || len(all) != 0 {
			t.Errorf("got %v, %v", all, err)
		}
		is(t, s.PutReport(t.Context(), version(0)), store.ErrInvalid)
	})
}
