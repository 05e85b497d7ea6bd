package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"resonanz/infra/load/fleet"
	"resonanz/infra/load/growth"
	"resonanz/infra/load/world"
	"resonanz/infra/local/stack"
)

const (
	soakRate = 20 // journeys a second where none is given
	looks    = 240
)

// soaked is one world under a long load.
type soaked struct {
	one
	Growth     []growth.Finding  `json:"growth"`
	Goroutines map[string][2]int `json:"goroutines,omitempty"` // of a process early, and of one late
	TempFiles  [2]int            `json:"temporary_files"`      // early and late

	watch  *growth.Watch
	folder string // of temporary files
}

// soak drives the functions under our own invoker and, beside it, the stack on the
// emulator, for long, and looks at every process meanwhile.
func soak(ctx context.Context, o *options, out io.Writer) (err error) {
	if o.rate == 0 {
		o.rate = soakRate
	}
	m := thisMachine()
	fmt.Fprintf(out, "commit %s, %s, seed %d, %s\nmix %s\n", o.commit, m, o.seed, o.last, o.mix)
	temp, err := os.MkdirTemp("", "resonanz-soak-")
	if err != nil {
		return fmt.Errorf("making a folder for temporary files: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	a, err := startAlone(ctx, o, temp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	all := []*soaked{{
		one:    one{Where: "functions under an invoker with warm processes, AWS from memory", Concurrency: o.concurrency},
		watch:  growth.NewWatch(a.Processes),
		folder: temp, Goroutines: make(map[string][2]int),
	}}
	worlds := []world.World{a}
	rates := []float64{o.rate}
	if !o.alone && o.emulator > 0 {
		w, err := world.StartWhole(ctx, out)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.Close()) }()
		all = append(all, &soaked{one: one{Where: "the deployed stack on the emulator"}, watch: growth.NewWatch(w.Processes), folder: filepath.Join(w.Folder(), "tmp")})
		worlds, rates = append(worlds, w), append(rates, o.emulator)
	}
	var group sync.WaitGroup
	failed := make([]error, len(all))
	for i, s := range all {
		group.Go(func() { failed[i] = s.run(ctx, worlds[i], o, rates[i]) })
	}
	group.Wait()
	err = errors.Join(failed...)
	for _, s := range all {
		s.print(out)
		err = errors.Join(err, s.breach(), s.grows())
	}
	if o.out != "" {
		err = errors.Join(err, stack.WriteJSON(o.out, map[string]any{"machine": m, "commit": o.commit, "seed": o.seed, "mix": o.mix.String(), "runs": all}))
		fmt.Fprintf(out, "\nas JSON: %s\n", o.out)
	}
	return err
}

func (s *soaked) run(ctx context.Context, w world.World, o *options, rate float64) error {
	watching, enough := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { s.watch.Run(watching, max(time.Second, o.last/looks)) })
	group.Go(func() { s.early(watching, w, o.last*3/10) })
	began := time.Now()
	l := newLoad(w, o)
	s.drive(ctx, l, rate, o.last)
	enough()
	group.Wait()
	s.TempFiles[1] = growth.FilesIn(s.folder)
	err := s.settle(ctx, w, l.Record, began, wholeWaits)
	var errs []error
	if a, ok := w.(*world.Alone); ok {
		s.Functions, s.Calls, s.UnknownCalls = a.Fleet.Stats(), a.Cloud.Calls(), a.Cloud.Unknown()
		errs = s.count(a.Fleet, 1)
	}
	s.Growth, errs = s.found(errs)
	return errors.Join(append(errs, err)...)
}

// early looks, once things have settled, at what is looked at again in the end.
func (s *soaked) early(ctx context.Context, w world.World, after time.Duration) {
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return
	case <-timer.C:
	}
	s.TempFiles[0] = growth.FilesIn(s.folder)
	if a, ok := w.(*world.Alone); ok {
		_ = s.count(a.Fleet, 0) // one that does not tell is told of in the end
	}
}

// count ends a process of each function and keeps how many goroutines it had.
func (s *soaked) count(f *fleet.Fleet, at int) (errs []error) {
	for _, stat := range f.Stats() {
		n, found, err := f.Retire(stat.Name)
		if err != nil {
			errs = append(errs, fmt.Errorf("counting goroutines of %s: %w", stat.Name, err))
		}
		if found {
			both := s.Goroutines[stat.Name]
			both[at] = n
			s.Goroutines[stat.Name] = both
		}
	}
	return errs
}

// found judges. The emulator keeps in memory what it stores: its memory is shown and
// not judged, its files are.
func (s *soaked) found(errs []error) ([]growth.Finding, []error) {
	findings, err := s.watch.Findings(growth.Usual, map[string]growth.Bounds{
		world.TheEmulator: {RSS: growth.Unjudged, Files: growth.Bound{Part: 0.2, Plus: 20}, Threads: growth.Bound{Part: 0.2, Plus: 20}},
	})
	return findings, append(errs, err)
}

// Goroutines and temporary files that may be more in the end.
const (
	moreGoroutines = 10
	moreFiles      = 10
)

func (s *soaked) grows() error {
	var errs []error
	judged := 0
	for i := range s.Growth {
		f := &s.Growth[i]
		judged += f.Judged
		if f.Grows() {
			errs = append(errs, fmt.Errorf("%s grows: memory %s MiB, files %s, threads %s", f.Function, f.RSS, f.Files, f.Threads))
		}
	}
	if judged == 0 {
		errs = append(errs, errors.New("no process ran long enough to say anything of it"))
	}
	for name, n := range s.Goroutines {
		if n[0] > 0 && n[1] > n[0]+moreGoroutines {
			errs = append(errs, fmt.Errorf("%s grows: %d goroutines early, %d late", name, n[0], n[1]))
		}
	}
	if s.TempFiles[1] > s.TempFiles[0]+moreFiles {
		errs = append(errs, fmt.Errorf("temporary files grow: %d early, %d late", s.TempFiles[0], s.TempFiles[1]))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s:\n%w", s.Where, err)
	}
	return nil
}

func (s *soaked) print(out io.Writer) {
	s.one.print(out)
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "held by\tprocesses\tjudged\tmax MiB\tmemory MiB (median early → late, slope)\topen files\tthreads\tgoroutines early, late\t")
	for i := range s.Growth {
		f := &s.Growth[i]
		goroutines := "–"
		if n, ok := s.Goroutines[f.Function]; ok && slices.Max(n[:]) > 0 {
			goroutines = fmt.Sprintf("%d, %d", n[0], n[1])
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%s\t%s\t%s\t%s\t\n", f.Function, f.Processes, f.Judged, f.MaxRSS, f.RSS, f.Files, f.Threads, goroutines)
	}
	_ = w.Flush()
	fmt.Fprintf(out, "  temporary files: %d early, %d late\n", s.TempFiles[0], s.TempFiles[1])
}
