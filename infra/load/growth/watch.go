package growth

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"resonanz/infra/load/fleet"
)

// Watch takes samples of processes as they come and go.
type Watch struct {
	list  func() ([]fleet.Process, error)
	began time.Time

	mu   sync.Mutex
	seen map[fleet.Process][]Sample
	errs []error
}

// NewWatch watches those that list names at each look.
func NewWatch(list func() ([]fleet.Process, error)) *Watch {
	return &Watch{list: list, began: time.Now(), seen: make(map[fleet.Process][]Sample)}
}

// Run looks every so often until ctx ends.
func (w *Watch) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		w.look()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (w *Watch) look() {
	all, err := w.list()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.errs = append(w.errs, err)
		return
	}
	for _, p := range all {
		s, err := Look(p.PID)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			w.errs = append(w.errs, err)
			continue
		}
		s.At = time.Since(w.began)
		w.seen[p] = append(w.seen[p], s)
	}
}

// Bounds are those of what is watched.
type Bounds struct{ RSS, Files, Threads Bound }

// Usual bounds are of a process that handles one event at a time: a heap breathes by
// some MiB, connections come and go, and threads with them.
var Usual = Bounds{RSS: Bound{0.15, 4}, Files: Bound{0, 4}, Threads: Bound{0, 4}}

// Unjudged is no bound at all.
var Unjudged = Bound{1e9, 1e9}

// Finding is what the processes of one function hold: of each thing the verdict on
// the process that rises most.
type Finding struct {
	Function  string  `json:"function"`
	Processes int     `json:"processes"` // seen
	Judged    int     `json:"judged"`    // long enough to say something
	MaxRSS    float64 `json:"max_rss_mib"`
	MaxFiles  float64 `json:"max_files"`
	RSS       Verdict `json:"rss"`
	Files     Verdict `json:"files"`
	Threads   Verdict `json:"threads"`
}

// Grows reports whether anything does.
func (f *Finding) Grows() bool { return f.RSS.Grows || f.Files.Grows || f.Threads.Grows }

// least is of how many samples something is said.
const least = 12

// Findings judges what was seen, by function. Only has bounds of its own for some.
func (w *Watch) Findings(usual Bounds, only map[string]Bounds) ([]Finding, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := make(map[string]*Finding)
	for p, samples := range w.seen {
		f := found[p.Function]
		if f == nil {
			f = &Finding{Function: p.Function}
			found[p.Function] = f
		}
		f.Processes++
		for _, s := range samples {
			f.MaxRSS, f.MaxFiles = max(f.MaxRSS, s.RSS), max(f.MaxFiles, s.Files)
		}
		if len(samples) < least {
			continue
		}
		f.Judged++
		b, ok := only[p.Function]
		if !ok {
			b = usual
		}
		f.RSS = worse(f.RSS, samples, b.RSS, func(s Sample) float64 { return s.RSS })
		f.Files = worse(f.Files, samples, b.Files, func(s Sample) float64 { return s.Files })
		f.Threads = worse(f.Threads, samples, b.Threads, func(s Sample) float64 { return s.Threads })
	}
	var all []Finding
	for _, f := range slices.SortedFunc(maps.Values(found), func(a, b *Finding) int { return cmp.Compare(a.Function, b.Function) }) {
		all = append(all, *f)
	}
	return all, errors.Join(w.errs...)
}

// worse is the verdict that rises more.
func worse(so Verdict, samples []Sample, b Bound, of func(Sample) float64) Verdict {
	at, v := make([]time.Duration, len(samples)), make([]float64, len(samples))
	for i, s := range samples {
		at[i], v[i] = s.At, of(s)
	}
	now := Judge(at, v, b)
	if so == (Verdict{}) || now.Grows && !so.Grows || now.Grows == so.Grows && now.PerHour > so.PerHour {
		return now
	}
	return so
}
