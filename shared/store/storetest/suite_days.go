package storetest

import (
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/signal"
)

func runDays(t *testing.T, open func(*testing.T) (Full, Full)) {
	test(t, open, "the counts of days come in the order of the dates", func(t *testing.T, s, peer Full) {
		none, err := s.Days(t.Context(), "2026-01-01", "2026-12-31")
		if must(t, err); len(none) != 0 {
			t.Errorf("got %v", none)
		}
		counts := &signal.Counts{All: 3, N: 2, Low: 1}
		counts.By[14], counts.Lows[14] = 3, 1
		days := map[string]signal.Day{}
		for _, date := range []string{"2026-03-11", "2026-03-09", "2026-03-10", "2025-12-31"} {
			days[date] = signal.Day{
				Date: date, Touchpoints: map[feedback.Touchpoint]*signal.Counts{"hotline": counts}, Complaints: map[string]int{"other": 2},
			}
			must(t, s.PutDay(t.Context(), days[date]))
		}
		got, err := peer.Days(t.Context(), "2026-03-09", "2026-03-10")
		must(t, err)
		same(t, []signal.Day{days["2026-03-09"], days["2026-03-10"]}, got)
		again := signal.Day{Date: "2026-03-10", Complaints: map[string]int{"privacy": 1}}
		must(t, peer.PutDay(t.Context(), again))
		got, err = s.Days(t.Context(), "2026-03-10", "2026-03-31")
		must(t, err)
		same(t, []signal.Day{again, days["2026-03-11"]}, got)
		if got, err = s.Days(t.Context(), "2026-03-31", "2026-03-01"); err != nil || len(got) != 0 {
			t.Errorf("of no time: %v, %v", got, err)
		}
		if s.PutDay(t.Context(), signal.Day{Date: "10.03.2026"}) == nil {
			t.Error("a day without a date was kept")
		}
	})
}
