package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"resonanz/infra/bench/reference"
	"resonanz/infra/lambdaenv"
	"resonanz/infra/load/cloud"
)

// sizes of memory in MiB among which one is chosen; the last has a whole vCPU.
var memorySizes = []int{128, 192, 256, 384, 512, 1024, lambdaenv.VCPU}

// waited names who waits for a function's answer. There a size is taken in place of
// the one below it as long as it shortens a cold start by at least coldGain and adds
// no more than step to a million warm answers. Nobody waits for the others: their
// memory is what costs least.
var waited = map[string]string{
	"rating": "a customer", "card": "a customer", "complaint": "a customer", "kiosk": "a customer", "cases": "staff", "desk": "staff", "signin": "staff",
	"invitation": "a system", "customers": "staff",
}

const (
	coldGain = 10.0  // milliseconds
	step     = 0.021 // USD, about a hundredth of what a million ratings cost
	// roomy is how much more memory there is than a warm process has in use at its
	// most: Lambda ends one that needs more.
	roomy = 2.0
)

// largest are the functions whose memory follows from their largest work, which is
// not played here.
var largest = map[string]string{
	"attachment": "the largest file and its pixels",
	"compact":    "the largest month's files, side by side",
	"customers":  "all that is kept of the busiest customer",
	"report":     "the largest month: make bench-report",
	"sweep":      "the index of all customers",
	"watch":      "the facts of weeks",
}

// Estimate is how long one invocation takes with a memory size and what a million
// cost, by what was measured: processor time becomes longer as the share of a vCPU
// becomes smaller, and calls to AWS take their usual time one after the other (the
// medians of infra/load/cloud/delays.json). A processor of Lambda is taken for as fast as the
// one of this machine, and its share for evenly given, so the figures are for
// comparing sizes; CloudWatch tells the true ones.
type Estimate struct {
	MiB  int     `json:"mib"`
	Warm float64 `json:"warm_ms"`
	Cold float64 `json:"cold_ms"`         // start and first invocation, without placing the package
	USD  float64 `json:"usd_per_million"` // warm, requests included
}

// Advice is the memory that the figures speak for.
type Advice struct {
	MiB int    `json:"mib"`
	Why string `json:"why"`
}

// prices of Lambda in USD, from the list by which `make cost` reckons.
type prices struct{ request, second float64 }

func readPrices(root string) (p prices, err error) {
	b, err := os.ReadFile(filepath.Join(root, "infra", "cost", "prices.json"))
	if err != nil {
		return p, fmt.Errorf("reading prices: %w", err)
	}
	var list struct {
		Prices map[string]struct{ USD, Per float64 }
	}
	if err := json.Unmarshal(b, &list); err != nil {
		return p, fmt.Errorf("reading prices: %w", err)
	}
	of := func(name string) float64 { return list.Prices[name].USD / list.Prices[name].Per }
	p = prices{of("lambda.request"), of("lambda.gb_second")}
	if !(p.request > 0 && p.second > 0) {
		return p, fmt.Errorf("reading prices: they have no lambda.request or no lambda.gb_second")
	}
	return p, nil
}

// estimate fills in what each size would take; resident is the most that the
// function had in memory.
func (f *figure) estimate(p prices, delays *cloud.Delays, resident int64) {
	waits := func(calls map[string]float64) (sum float64) {
		for name, n := range calls {
			sum += n * delays.Median(name)
		}
		return sum
	}
	f.Estimates = nil
	for _, size := range memorySizes {
		share := min(1, float64(size)/lambdaenv.VCPU)
		e := Estimate{
			MiB:  size,
			Warm: waits(f.Calls) + ms(median(f.Warm))/share,
			Cold: waits(f.FirstCalls) + ms(median(f.Init)+median(f.First))/share,
		}
		// Billed by the millisecond that has begun.
		e.USD = 1e6 * (p.request + math.Ceil(e.Warm)/1000*float64(size)/1024*p.second)
		f.Estimates = append(f.Estimates, e)
	}
	f.Advice = f.advise(resident)
}

// advise chooses a size, by the work that is played here.
func (f *figure) advise(resident int64) Advice {
	if why := largest[f.Function]; why != "" {
		return Advice{f.Memory, "stays: holds " + why}
	}
	need := roomy * float64(resident) / (1 << 20)
	fits := slices.DeleteFunc(slices.Clone(f.Estimates), func(e Estimate) bool { return float64(e.MiB) < need })
	if len(fits) == 0 {
		return Advice{Why: fmt.Sprintf("more than %d MiB, for %.0f MiB in use", memorySizes[len(memorySizes)-1], need/roomy)}
	}
	best := fits[0]
	if who := waited[f.Function]; who != "" {
		why := "no size is faster"
		for _, e := range fits[1:] {
			won, more := best.Cold-e.Cold, e.USD-best.USD
			if why = fmt.Sprintf("%d MiB: %.0f ms less, %.3f USD more", e.MiB, won, more); won < coldGain || more > step {
				break
			}
			best = e
		}
		return Advice{best.MiB, fmt.Sprintf("%s waits %.1f ms, %.0f at a cold start, for %.3f USD a million; %s", who, best.Warm, best.Cold, best.USD, why)}
	}
	for _, e := range fits[1:] {
		if e.USD < best.USD {
			best = e
		}
	}
	return Advice{best.MiB, fmt.Sprintf("nobody waits, and this costs least: %.2f USD a million at %.1f ms, %.0f MiB in use", best.USD, best.Warm, need/roomy)}
}

// reckon estimates for all functions.
func reckon(root string, all []figure) error {
	p, err := readPrices(root)
	if err != nil {
		return err
	}
	delays, err := cloud.Published(1)
	if err != nil {
		return err
	}
	most := make(map[string]int64) // resident, of any work of a function
	for i := range all {
		most[all[i].Function] = max(most[all[i].Function], all[i].Resident)
	}
	for i := range all {
		all[i].estimate(p, delays, most[all[i].Function])
	}
	return nil
}

// printMemory writes for each size how long a warm answer and a cold start take and
// what a million warm invocations cost.
func (r *record) printMemory(out io.Writer) {
	fmt.Fprintln(out, "\nmemory: warm ms / cold ms / USD a million, estimated from the above and from usual waits for AWS; * as deployed")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\t")
	for _, size := range memorySizes {
		fmt.Fprintf(w, "%d MiB\t", size)
	}
	fmt.Fprintln(w, "\tspeaks for\t")
	for i := range r.Figures {
		f := &r.Figures[i]
		if f.Function == reference.Hello {
			continue
		}
		fmt.Fprintf(w, "%s\t", f.Name)
		for _, e := range f.Estimates {
			mark := ""
			if e.MiB == f.Memory {
				mark = "*"
			}
			fmt.Fprintf(w, "%s%.1f / %.0f / %.2f\t", mark, e.Warm, e.Cold, e.USD)
		}
		fmt.Fprintf(w, "\t%d\t\n", f.Advice.MiB)
	}
	_ = w.Flush() // out is a terminal or a buffer
	for i := range r.Figures {
		if f := &r.Figures[i]; f.Name == f.Function && f.Function != reference.Hello && f.Function != reference.Plain {
			fmt.Fprintf(out, "%s: %d MiB: %s (deployed: %d)\n", f.Name, f.Advice.MiB, f.Advice.Why, f.Memory)
		}
	}
}
