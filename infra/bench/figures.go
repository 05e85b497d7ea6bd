package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"resonanz/infra/bench/reference"
)

// figure is what was measured of one play.
type figure struct {
	Name     string `json:"name"`
	Function string `json:"function"`
	Memory   int    `json:"memory_mib"` // as deployed; 0: a reference

	// One of each process, in nanoseconds: what benchstat compares.
	Cold      []int64 `json:"cold_ns"`           // start to first poll, by the clock
	Init      []int64 `json:"init_cpu_ns"`       // processor time of it
	First     []int64 `json:"first_cpu_ns"`      // processor time of the first invocation
	FirstWall []int64 `json:"first_ns"`          // by the clock, AWS answering at once
	Warm      []int64 `json:"warm_cpu_ns"`       // processor time of one of many
	System    float64 `json:"system_share"`      // share of the kernel, 0 to 1
	Started   int64   `json:"rss_started_bytes"` // resident before the first invocation
	Resident  int64   `json:"rss_warm_bytes"`    // and after many

	Allocs     float64            `json:"allocs"` // of one warm invocation, with its bytes
	AllocBytes float64            `json:"alloc_bytes"`
	LogBytes   float64            `json:"log_bytes"` // that it writes
	Calls      map[string]float64 `json:"calls"`     // to AWS, of one warm invocation
	FirstCalls map[string]float64 `json:"first_calls"`
	Binary     int64              `json:"binary_bytes"`
	Packed     int64              `json:"zip_bytes"`

	// Of medians. Handler is the processor time of an invocation less that of
	// hello-world with the same settings, beside the same of the plain function.
	ColdOfHello    float64 `json:"cold_of_hello"`
	WarmOfPlain    float64 `json:"warm_of_plain"`
	HandlerOfPlain float64 `json:"handler_of_plain"`
	// Of the processor time until the first poll: what a busy machine changes less
	// than the clock.
	InitOfHello float64 `json:"init_of_hello"`

	Estimates []Estimate `json:"by_memory"`
	Advice    Advice     `json:"memory_advice"`
}

// measure runs every play in turn, round by round, so that what else the machine
// does meets all alike. One start of each goes before, unmeasured.
func (b *bench) measure(ctx context.Context) ([]figure, error) {
	figures := make([]figure, len(b.plays))
	for i := range b.plays {
		p, f := &b.plays[i], &figures[i]
		f.Name, f.Function, f.Memory = p.name, p.function, b.settings[p.settings()].memory
		var err error
		if f.Binary, f.Packed, err = b.sizes(p.function); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(b.progress, "cold: %d starts of %d\n", b.starts, len(b.plays))
	for round := range b.starts + 1 {
		for i := range b.plays {
			s, err := b.run(ctx, &b.plays[i], filepath.Join(b.dir, shippedFolder), 0)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				figures[i].started(s)
			}
		}
	}
	for round := range b.rounds {
		fmt.Fprintf(b.progress, "warm: round %d of %d\n", round+1, b.rounds)
		for again := range judgedTimes {
			for i := range b.plays {
				if again > 0 && !b.plays[i].judged() {
					continue
				}
				s, err := b.run(ctx, &b.plays[i], b.many, b.plays[i].invocations(b.warm))
				if err != nil {
					return nil, err
				}
				figures[i].asked(s)
			}
		}
	}
	fmt.Fprintln(b.progress, "allocations")
	for i := range b.plays {
		var err error
		if figures[i].Allocs, figures[i].AllocBytes, err = b.allocated(ctx, &b.plays[i]); err != nil {
			return nil, err
		}
	}
	compare(figures)
	return figures, nil
}

// judgedTimes is how often in a round what is judged is kept warm, one beside the
// other. Of one process the processor time swings by a tenth, and a bound that is
// near would be kept or broken by chance.
const judgedTimes = 4

// judged says that a bound is on the ratio of this one and others.
func (p *play) judged() bool {
	return slices.Contains([]string{reference.Hello, helloAsRating, reference.Plain, "rating"}, p.name)
}

func (f *figure) started(s *sampled) {
	f.Cold = append(f.Cold, s.cold.Nanoseconds())
	f.Init = append(f.Init, s.init.Nanoseconds())
	f.First = append(f.First, s.first.Nanoseconds())
	f.FirstWall = append(f.FirstWall, s.wall.Nanoseconds())
	f.Started, f.FirstCalls = s.started, s.calls
}

func (f *figure) asked(s *sampled) {
	f.Warm = append(f.Warm, s.warm.Nanoseconds())
	f.System, f.Resident, f.LogBytes, f.Calls = s.system, s.resident, s.log, s.calls
}

// compare sets the figures beside those of the references.
func compare(all []figure) {
	find := func(name string) *figure {
		for i := range all {
			if all[i].Name == name {
				return &all[i]
			}
		}
		return nil
	}
	hello, same, plain := find(reference.Hello), find(helloAsRating), find(reference.Plain)
	if hello == nil || same == nil || plain == nil {
		return
	}
	for i := range all {
		f := &all[i]
		platform := median(same.Warm)
		if f == hello || f == plain {
			platform = median(hello.Warm)
		}
		f.ColdOfHello = ratio(median(f.Cold), median(hello.Cold))
		f.InitOfHello = ratio(median(f.Init), median(hello.Init))
		f.WarmOfPlain = ratio(median(f.Warm), median(plain.Warm))
		f.HandlerOfPlain = ratio(median(f.Warm)-platform, median(plain.Warm)-median(hello.Warm))
	}
}

func ratio(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// median and p90 are observed values, by nearest rank; 0 of none.
func median(all []int64) int64 { return quantile(all, 50) }
func p90(all []int64) int64    { return quantile(all, 90) }

func quantile(all []int64, percent int) int64 {
	if len(all) == 0 {
		return 0
	}
	all = slices.Sorted(slices.Values(all))
	return all[(len(all)*percent+99)/100-1]
}

func ms(ns int64) float64 { return float64(ns) / float64(time.Millisecond) }
func us(ns int64) float64 { return float64(ns) / float64(time.Microsecond) }
