package flow

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

func TestWhatIsBelowTheCapacityDoesNotWait(t *testing.T) {
	s := &Stage{Name: "s", Batch: 10, Window: 1, Fixed: 0.1, Lanes: Fixed(2)} // 200 a second
	r := s.Run(Constant(150, 10, 20))
	if r.Backlog != 0 || r.Oldest != 1 || r.Drained != 1 {
		t.Errorf("%+v", r)
	}
}

func TestWhatIsAboveTheCapacityWaitsAsLongAsArithmeticSays(t *testing.T) {
	s := &Stage{Name: "s", Batch: 10, Fixed: 0.1, Lanes: Fixed(2)} // 200 a second
	r := s.Run(Constant(500, 10, 60))
	// 300 a second too many for ten seconds: 3,000 wait, the last for 15 seconds.
	if !near(r.Backlog, 3000, 60) || !near(r.Oldest, 15, 0.3) || !near(r.Drained, 15, 0.3) || !near(r.Capacity, 200, 1e-6) {
		t.Errorf("capacity %v, backlog %v, oldest %v, drained %v", r.Capacity, r.Backlog, r.Oldest, r.Drained)
	}
}

func TestWhatNeverDrainsIsSaid(t *testing.T) {
	s := &Stage{Name: "s", Batch: 1, Fixed: 1, Lanes: Fixed(1)}
	if r := s.Run(Constant(100, 10, 20)); !math.IsInf(r.Drained, 1) {
		t.Errorf("drained after %v", r.Drained)
	}
}

func TestLanesGrowUpToTheirLimit(t *testing.T) {
	l := Growing(5, 300, 100)
	if l(0) != 5 || l(6) != 35 || l(600) != 100 {
		t.Errorf("%v %v %v", l(0), l(6), l(600))
	}
}

func TestNothingIsLostOrMadeOnTheWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Stage{
			Batch: rapid.IntRange(1, 1000).Draw(t, "batch"), Fixed: rapid.Float64Range(0.001, 2).Draw(t, "fixed"),
			Each: rapid.Float64Range(0, 0.01).Draw(t, "each"), Lanes: Growing(rapid.Float64Range(1, 5).Draw(t, "begins"), 60, 50),
		}
		in := rapid.SliceOfN(rapid.Float64Range(0, 500), 1, 200).Draw(t, "arrivals")
		r := s.Run(in)
		arrived, gone := 0.0, 0.0
		for i := range in {
			arrived, gone = arrived+in[i], gone+r.Out[i]
			if gone > arrived*(1+1e-9)+1e-9 {
				t.Fatalf("more left than came, at step %d: %v of %v", i, gone, arrived)
			}
		}
		if math.IsInf(r.Drained, 1) != (arrived-gone > 1e-6*max(1, arrived) || arrived == 0) {
			t.Errorf("%v of %v left, drained %v", gone, arrived, r.Drained)
		}
	})
}
