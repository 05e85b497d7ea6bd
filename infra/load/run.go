package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"resonanz/infra/load/fleet"
	"resonanz/infra/load/traffic"
	"resonanz/infra/load/world"
)

// one is one run in one world.
type one struct {
	Where       string  `json:"where"`
	Concurrency int     `json:"concurrency,omitempty"`
	Possible    float64 `json:"journeys_possible_per_s,omitempty"` // with everything busy
	Rate        float64 `json:"journeys_per_s"`                    // at which they arrived
	Seconds     float64 `json:"seconds"`
	Requests    float64 `json:"requests_per_s"` // answered

	Figures      []traffic.Figure `json:"figures"`
	Statuses     map[int]int      `json:"answers_by_status"`
	Failures     map[string]int   `json:"failures,omitempty"`
	HeldBack     int              `json:"held_back"` // 429: too many
	Functions    []fleet.Stat     `json:"functions,omitempty"`
	Calls        map[string]int   `json:"aws_calls,omitempty"`
	UnknownCalls map[string]int   `json:"aws_calls_not_understood,omitempty"`
	Outcome      *world.Outcome   `json:"outcome"`
	Settled      float64          `json:"settled_s"` // until consumers were done
}

// drive has journeys arrive at a rate and keeps what that took.
func (r *one) drive(ctx context.Context, l *traffic.Load, rate float64, last time.Duration) {
	began := time.Now()
	l.Arrive(ctx, rate, last)
	r.Rate, r.Seconds = rate, time.Since(began).Seconds()
	r.Figures = l.Record.Figures()
	if n := len(r.Figures); n > 0 {
		r.Requests = float64(r.Figures[n-1].N) / r.Seconds
	}
	r.Statuses, r.Failures, _, r.HeldBack = l.Record.Counts()
}

// settle waits for the consumers and looks at what became of everything.
func (r *one) settle(ctx context.Context, w world.World, record *traffic.Recorder, began time.Time, within time.Duration) (err error) {
	end := time.Now()
	r.Outcome, err = world.Settle(ctx, w, record, began, within)
	r.Settled = time.Since(end).Seconds()
	return err
}

// breach says what of the guarantees does not hold.
func (r *one) breach() error {
	var errs []error
	if r.Outcome != nil {
		errs = append(errs, r.Outcome.Breach())
	}
	for _, what := range slices.Sorted(maps.Keys(r.Failures)) {
		errs = append(errs, fmt.Errorf("%d times: %s", r.Failures[what], what))
	}
	for _, what := range slices.Sorted(maps.Keys(r.UnknownCalls)) {
		errs = append(errs, fmt.Errorf("%d calls that the AWS from memory does not understand: %s", r.UnknownCalls[what], what))
	}
	for i := range r.Functions {
		if f := &r.Functions[i]; f.Errors > 0 {
			errs = append(errs, fmt.Errorf("%s failed %d times, at last: %s", f.Name, f.Errors, f.LastError))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s:\n%w", r.Where, err)
	}
	return nil
}

func (r *one) print(out io.Writer) {
	fmt.Fprintf(out, "\n%s\n", r.Where)
	if r.Possible > 0 {
		fmt.Fprintf(out, "  possible: %.1f journeys a second with everything busy\n", r.Possible)
	}
	fmt.Fprintf(out, "  %.1f journeys a second for %.0f s, %.1f requests a second answered; times count from the moment each was due\n\n", r.Rate, r.Seconds, r.Requests)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "request\tn\tp50 ms\tp90\tp99\tp99.9\tmax\t")
	for _, f := range r.Figures {
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t\n", f.Name, f.N, f.P50, f.P90, f.P99, f.P999, f.Max)
	}
	_ = w.Flush()
	if len(r.Functions) > 0 {
		fmt.Fprintln(w, "\nfunction\tinvocations\tcold starts\tslowest start ms\tbusy s\tCPU ms each\terrors\t")
		for i := range r.Functions {
			f := &r.Functions[i]
			fmt.Fprintf(w, "%s\t%d\t%d\t%.0f\t%.1f\t%.2f\t%d\t\n", f.Name, f.Invocations, f.Cold, f.SlowestInit.Seconds()*1000, f.Busy.Seconds(), f.CPU, f.Errors)
		}
		_ = w.Flush()
	}
	var statuses []string
	for _, s := range slices.Sorted(maps.Keys(r.Statuses)) {
		statuses = append(statuses, fmt.Sprintf("%d × %d", r.Statuses[s], s))
	}
	failures := 0
	for _, n := range r.Failures {
		failures += n
	}
	fmt.Fprintf(out, "\n  answers %s; errors %d; held back as too many %d\n", strings.Join(statuses, ", "), failures, r.HeldBack)
	if o := r.Outcome; o != nil {
		fmt.Fprintf(out, "  accepted %d = stored %d = facts %d (%d rows), %d without an answer; %d cases, %d steps; settled in %.0f s\n",
			o.Accepted, o.Stored, o.Facts, o.FactRows, o.Unknown, o.Cases, o.Steps, r.Settled)
		fmt.Fprintf(out, "  lost %d\n", o.Lost())
	}
}

// machine is where the figures come from.
type machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
	Load  string `json:"load_average"` // at the beginning: who else was busy
}

func (m machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, load average %s", m.CPU, m.Cores, m.Go, m.Load)
}

func thisMachine() machine {
	m := machine{CPU: runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version(), Load: "unknown"}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(b), "model name"); ok {
			name, _, _ := strings.Cut(rest, "\n")
			m.CPU = strings.TrimLeft(name, "\t :")
		}
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load = strings.Join(strings.Fields(string(b))[:3], " ")
	}
	return m
}
