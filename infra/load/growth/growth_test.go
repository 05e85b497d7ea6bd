package growth

import (
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"resonanz/infra/load/fleet"
)

// series are samples of n minutes, one a minute, of what of says.
func series(n int, of func(minute float64, r *rand.Rand) float64) ([]time.Duration, []float64) {
	r := rand.New(rand.NewPCG(1, 2))
	at, v := make([]time.Duration, n), make([]float64, n)
	for i := range n {
		at[i], v[i] = time.Duration(i)*time.Minute, of(float64(i), r)
	}
	return at, v
}

func TestGrowthIsToldFromWhatSettles(t *testing.T) {
	bound := Bound{Part: 0.1, Plus: 2}
	for name, c := range map[string]struct {
		of    func(minute float64, r *rand.Rand) float64
		grows bool
	}{
		"steady":                   {func(float64, *rand.Rand) float64 { return 20 }, false},
		"noise":                    {func(_ float64, r *rand.Rand) float64 { return 20 + 5*r.NormFloat64() }, false},
		"a leak":                   {func(m float64, r *rand.Rand) float64 { return 20 + 0.2*m + r.NormFloat64() }, true},
		"a heap that finds a size": {func(m float64, r *rand.Rand) float64 { return 30 - 15*math.Exp(-m/5) + 0.3*r.NormFloat64() }, false},
		"one odd moment":           {func(m float64, _ *rand.Rand) float64 { return 20 + 100*math.Max(0, 1-math.Abs(m-55)) }, false},
		"less and less":            {func(m float64, _ *rand.Rand) float64 { return 50 - 0.3*m }, false},
		"more, within the bound":   {func(m float64, _ *rand.Rand) float64 { return 20 + 0.02*m }, false},
		"files that stay open":     {func(m float64, _ *rand.Rand) float64 { return math.Floor(10 + m/4) }, true},
	} {
		at, v := series(60, c.of)
		if got := Judge(at, v, bound); got.Grows != c.grows {
			t.Errorf("%s: %s, z %.2f", name, got, got.Z)
		}
	}
}

func TestTooFewSamplesSayNothing(t *testing.T) {
	at, v := series(6, func(m float64, _ *rand.Rand) float64 { return m * 1000 })
	if got := Judge(at, v, Bound{}); got != (Verdict{}) {
		t.Errorf("got %s", got)
	}
}

func TestAProcessShowsWhatItHolds(t *testing.T) {
	before, err := Look(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "held"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	after, err := Look(os.Getpid())
	if err != nil || before.RSS < 1 || before.Threads < 1 || after.Files != before.Files+1 {
		t.Errorf("%+v, then with a file more %+v, %v", before, after, err)
	}
	if _, err := Look(1 << 30); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a process that is not there: %v", err)
	}
	if n := FilesIn(filepath.Dir(f.Name()), "/no/such/folder"); n != 1 {
		t.Errorf("%d files, want 1", n)
	}
}

func TestTheProcessThatRisesMostIsTold(t *testing.T) {
	w := NewWatch(nil)
	for i := range 60 {
		at := time.Duration(i) * time.Minute
		w.seen[fleet.Process{Function: "facts", PID: 1}] = append(w.seen[fleet.Process{Function: "facts", PID: 1}], Sample{At: at, RSS: 40, Files: 9, Threads: 8})
		w.seen[fleet.Process{Function: "facts", PID: 2}] = append(w.seen[fleet.Process{Function: "facts", PID: 2}], Sample{At: at, RSS: 20 + float64(i), Files: 9, Threads: 8})
	}
	w.seen[fleet.Process{Function: "card", PID: 3}] = []Sample{{RSS: 10}}
	all, err := w.Findings(Usual, nil)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	if card := all[0]; card.Judged != 0 || card.Grows() {
		t.Errorf("too short to say anything: %+v", card)
	}
	if facts := all[1]; !facts.RSS.Grows || facts.Files.Grows || facts.Processes != 2 || facts.MaxRSS != 79 {
		t.Errorf("got %+v", facts)
	}
	if all, _ = w.Findings(Usual, map[string]Bounds{"facts": {RSS: Unjudged, Files: Usual.Files, Threads: Usual.Threads}}); all[1].Grows() {
		t.Errorf("a bound of its own: %+v", all[1])
	}
}
