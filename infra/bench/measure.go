package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"resonanz/shared/config"
)

// bench is what is needed to measure.
type bench struct {
	root        string // of the project
	dir         string // for what is made
	many        string // functions that are configured with many devices
	plays       []play
	settings    map[string]setting
	config      *config.Config
	certificate *tls.Certificate
	roots       string // file of the certificates that functions trust
	allRoots    string // and of those that references do
	starts      int    // processes of each play that are started and asked once
	rounds      int    // processes of each play that are kept warm
	warm        int    // invocations of each
	progress    io.Writer
}

// empty is a folder without certificates: those of roots are all.
func (b *bench) empty() string { return filepath.Join(b.dir, "none", "none") }

// ignored invocations of a warm process go before those that count: maps of types
// fill, connections stand, the heap has its size.
const ignored = 50

// sampled is what one process told.
type sampled struct {
	cold     time.Duration // start to first poll, by the clock
	init     time.Duration // processor time of it
	first    time.Duration // processor time of the first invocation
	wall     time.Duration // of the first invocation, by the clock
	warm     time.Duration // processor time of one of many
	system   float64       // share of the kernel in it
	started  int64         // resident bytes before the first invocation
	resident int64         // and after many
	log      float64       // bytes that one of many writes
	calls    map[string]float64
}

// run starts a process, asks it once and, if it is to be warm, many times more.
func (b *bench) run(ctx context.Context, p *play, dir string, invocations int) (*sampled, error) {
	w, err := b.world()
	if err != nil {
		return nil, err
	}
	defer w.stop()
	w.shipped = dir != b.many
	if p.begin != nil {
		if err := p.begin(ctx, w); err != nil {
			return nil, err
		}
	}
	payload, err := p.next(ctx, w)
	if err != nil {
		return nil, err
	}
	e, err := start(ctx, w.function(p.function, dir, p.settings()))
	if err != nil {
		return nil, err
	}
	defer e.Stop()
	before := w.cloud.Calls()
	s := &sampled{cold: e.Init, init: settled(ctx, e.PID()), started: resident(e.PID())}
	if s.wall, err = p.ask(ctx, e, payload); err != nil {
		return nil, err
	}
	s.first = settled(ctx, e.PID()) - s.init
	if invocations == 0 {
		s.calls = perInvocation(before, w.cloud.Calls(), 1)
		return s, nil
	}
	if err := p.repeat(ctx, w, e, ignored); err != nil {
		return nil, err
	}
	called, logged, spent := w.cloud.Calls(), e.log.bytes(), settled(ctx, e.PID())
	if err := p.repeat(ctx, w, e, invocations); err != nil {
		return nil, err
	}
	n := float64(invocations)
	s.warm = (settled(ctx, e.PID()) - spent) / time.Duration(invocations)
	s.system, s.resident = systemShare(e.PID()), resident(e.PID())
	s.log = float64(e.log.bytes()-logged) / n
	s.calls = perInvocation(called, w.cloud.Calls(), n)
	if unknown := w.cloud.Unknown(); len(unknown) > 0 && !p.refused {
		return nil, fmt.Errorf("%s makes calls that nobody answers: %v", p.name, unknown)
	}
	return s, nil
}

// perInvocation is how many calls came between two counts, of one of n invocations.
func perInvocation(before, after map[string]int, n float64) map[string]float64 {
	calls := make(map[string]float64)
	for name, count := range after {
		if count -= before[name]; count > 0 {
			calls[name] = float64(count) / n
		}
	}
	return calls
}

// allocated is what one warm invocation allocates, of a process with the probe.
func (b *bench) allocated(ctx context.Context, p *play) (count, size float64, err error) {
	w, err := b.world()
	if err != nil {
		return 0, 0, err
	}
	defer w.stop()
	if p.begin != nil {
		if err := p.begin(ctx, w); err != nil {
			return 0, 0, err
		}
	}
	e, err := start(ctx, w.function(p.function, filepath.Join(b.dir, probedFolder), p.settings()))
	if err != nil {
		return 0, 0, err
	}
	defer e.Stop()
	if err := p.repeat(ctx, w, e, ignored); err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	mallocs, bytes, err := e.allocations(ctx)
	if err != nil {
		return 0, 0, err
	}
	n := p.invocations(100)
	if err := p.repeat(ctx, w, e, n); err != nil {
		return 0, 0, err
	}
	mallocsAfter, bytesAfter, err := e.allocations(ctx)
	if err != nil {
		return 0, 0, err
	}
	return float64(mallocsAfter-mallocs) / float64(n), float64(bytesAfter-bytes) / float64(n), nil
}

// settings names the function whose settings the play runs with.
func (p *play) settings() string {
	if p.as != "" {
		return p.as
	}
	return p.function
}

// invocations are as many as usual, or as few as the play takes.
func (p *play) invocations(usual int) int {
	if p.warm > 0 {
		return min(p.warm, usual)
	}
	return usual
}

func (p *play) repeat(ctx context.Context, w *world, e *process, n int) error {
	for range p.invocations(n) {
		payload, err := p.next(ctx, w)
		if err != nil {
			return err
		}
		if _, err := p.ask(ctx, e, payload); err != nil {
			return err
		}
	}
	return nil
}

// ask has the process answer one payload; another answer than the expected one is
// an error: a refusal would be fast.
func (p *play) ask(ctx context.Context, e *process, payload []byte) (time.Duration, error) {
	r, err := e.Invoke(ctx, payload)
	if err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", p.name, err, e.log.last())
	}
	if !bytes.Contains(r.Response, []byte(p.want)) {
		return 0, fmt.Errorf("%s answers %.400s, want %s in it\n%s", p.name, r.Response, p.want, e.log.last())
	}
	return r.Duration, nil
}
