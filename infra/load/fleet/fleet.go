// Package fleet invokes function binaries as Lambda does: each process takes one
// event at a time and stays warm for the next; as many as the concurrency of a
// function run beside each other, and what comes on top waits.
package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"resonanz/infra/local/runtimeapi"
)

// Options says what runs.
type Options struct {
	Dir         string                     // holds <function>/bootstrap
	Concurrency int                        // processes of each function at most
	Env         func(name string) []string // what the stack would set
	Timeout     time.Duration              // of one invocation; 0: 30 s
}

// Fleet are the processes of all functions. Each starts when it is first needed.
type Fleet struct {
	o     Options
	mu    sync.Mutex
	pools map[string]*pool
}

// New makes a fleet without any process.
func New(o Options) *Fleet { return &Fleet{o: o, pools: make(map[string]*pool)} }

// pool are the processes of one function.
type pool struct {
	function runtimeapi.Function
	slots    chan struct{} // one for each invocation that may be under way

	mu   sync.Mutex
	idle []*process // the one used last at the end, which is used next
	all  map[*process]bool
	stat Stat
	// spent is the processor time of processes that have ended.
	spent time.Duration
}

type process struct {
	*runtimeapi.Environment
	log *tail
}

// Stat tells of one function.
type Stat struct {
	Name        string        `json:"function"`
	Invocations int           `json:"invocations"`
	Errors      int           `json:"errors"` // reported by the function, crashes and timeouts included
	Crashes     int           `json:"crashes"`
	Cold        int           `json:"cold_starts"`
	SlowestInit time.Duration `json:"-"`
	Busy        time.Duration `json:"-"` // of all its processes
	LastError   string        `json:"last_error,omitempty"`
	// CPU is the processor time of an invocation on average, in milliseconds, the
	// starts of processes included.
	CPU float64 `json:"cpu_ms"`
}

// Timing is what an invocation took.
type Timing struct {
	Waited time.Duration // for a process
	Init   time.Duration // of a cold start; 0: warm
	Ran    time.Duration
}

// Invoke has a function handle one event. Errors: of the function or its process.
func (f *Fleet) Invoke(ctx context.Context, name string, payload []byte) ([]byte, Timing, error) {
	p := f.pool(name)
	began := time.Now()
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, Timing{Waited: time.Since(began)}, ctx.Err()
	}
	defer func() { <-p.slots }()
	t := Timing{Waited: time.Since(began)}
	one, cold, err := p.take(ctx)
	if err != nil {
		return nil, t, p.failed(fmt.Errorf("starting %s: %w", name, err))
	}
	if cold {
		t.Init = one.Init
	}
	r, err := one.Invoke(ctx, payload)
	p.give(one, r, err)
	if err != nil {
		return nil, t, p.failed(fmt.Errorf("invoking %s: %w", name, err))
	}
	t.Ran = r.Duration
	return r.Response, t, nil
}

func (f *Fleet) pool(name string) *pool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pools[name] == nil {
		f.pools[name] = &pool{
			function: runtimeapi.Function{Binary: filepath.Join(f.o.Dir, name, "bootstrap"), Name: name, Env: f.o.Env(name), Timeout: f.o.Timeout},
			slots:    make(chan struct{}, f.o.Concurrency),
			all:      make(map[*process]bool),
			stat:     Stat{Name: name},
		}
	}
	return f.pools[name]
}

// take returns a process that is free, or starts one.
func (p *pool) take(ctx context.Context) (one *process, cold bool, err error) {
	p.mu.Lock()
	p.stat.Invocations++
	for n := len(p.idle); n > 0; n = len(p.idle) {
		one, p.idle = p.idle[n-1], p.idle[:n-1]
		select {
		case <-one.Exited(): // ended while nobody looked
			p.lost(one)
			continue
		default:
		}
		p.mu.Unlock()
		return one, false, nil
	}
	p.stat.Cold++
	p.mu.Unlock()
	log := new(tail)
	e, err := runtimeapi.Start(ctx, p.function, log)
	if err != nil {
		return nil, true, fmt.Errorf("%w\n%s", err, log.last())
	}
	one = &process{e, log}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[one] = true
	p.stat.SlowestInit = max(p.stat.SlowestInit, e.Init)
	return one, true, nil
}

// give has a process back after an invocation.
func (p *pool) give(one *process, r *runtimeapi.Result, err error) {
	var failure *runtimeapi.FunctionError
	p.mu.Lock()
	defer p.mu.Unlock()
	if r != nil {
		p.stat.Busy += r.Duration
	}
	if err == nil || errors.As(err, &failure) {
		p.idle = append(p.idle, one)
		return
	}
	p.lost(one)
}

// lost forgets a process that has ended.
func (p *pool) lost(one *process) {
	p.stat.Crashes++
	delete(p.all, one)
	one.Stop()
	p.spent += one.CPU()
}

func (p *pool) failed(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stat.Errors++
	p.stat.LastError = err.Error()
	return err
}

// Stats are those of all functions that were invoked, by name.
func (f *Fleet) Stats() []Stat {
	var all []Stat
	for _, p := range f.each() {
		p.mu.Lock()
		stat, cpu := p.stat, p.spent
		for one := range p.all {
			cpu += one.CPU()
		}
		p.mu.Unlock()
		if stat.Invocations > 0 {
			stat.CPU = float64(cpu.Microseconds()) / 1000 / float64(stat.Invocations)
		}
		all = append(all, stat)
	}
	return all
}

func (f *Fleet) each() []*pool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.SortedFunc(maps.Values(f.pools), func(a, b *pool) int { return cmp.Compare(a.stat.Name, b.stat.Name) })
}

// Process is a process of a function.
type Process struct {
	Function string
	PID      int
}

// Processes are those that run.
func (f *Fleet) Processes() []Process {
	var all []Process
	for _, p := range f.each() {
		p.mu.Lock()
		for one := range p.all {
			all = append(all, Process{p.stat.Name, one.PID()})
		}
		p.mu.Unlock()
	}
	return all
}

// Retire ends a free process of a function and says how many goroutines it had.
// There is none where none is free.
func (f *Fleet) Retire(name string) (goroutines int, found bool, err error) {
	p := f.pool(name)
	p.mu.Lock()
	n := len(p.idle)
	if n == 0 {
		p.mu.Unlock()
		return 0, false, nil
	}
	one := p.idle[n-1]
	p.idle = p.idle[:n-1]
	delete(p.all, one)
	p.mu.Unlock()
	if err := one.Quit(); err != nil {
		return 0, true, err
	}
	p.mu.Lock()
	p.spent += one.CPU()
	p.mu.Unlock()
	return runtimeapi.Goroutines(one.log.bytes()), true, nil
}

// Stop ends all processes.
func (f *Fleet) Stop() {
	for _, p := range f.each() {
		p.mu.Lock()
		for one := range p.all {
			one.Stop()
		}
		p.all, p.idle = make(map[*process]bool), nil
		p.mu.Unlock()
	}
}
