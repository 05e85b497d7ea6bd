package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"resonanz/infra/bench/reference"
)

// Bounds.
const (
	maxCold    = 1.6      // of hello-world's cold start, of medians
	maxHandler = 0.5      // of the plain function's handler
	maxBinary  = 11 << 20 // bytes
)

// beyond names the functions that are allowed to be larger and slower to start,
// and why. No customer waits for them.
var beyond = map[string]string{
	"compact": "as facts; runs once a night",
	"facts":   "links the Parquet library, 8 MB and more with what it keeps of the S3 client; runs behind a queue",
	"report":  "as facts; runs once a month and on demand",
	"watch":   "as facts; runs every half hour",
}

// platform is where was measured.
type platform struct {
	System    string `json:"system"`
	Kernel    string `json:"kernel"`
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	Go        string `json:"go"`
	Load      string `json:"load_average"` // of 1, 5 and 15 minutes, at the end
}

func machine() platform {
	p := platform{System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version(), Kernel: firstLine("/proc/sys/kernel/osrelease")}
	p.Load = strings.Join(strings.Fields(firstLine("/proc/loadavg") + "   ")[:3], " ")
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return p
	}
	for line := range strings.Lines(string(b)) {
		if name, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			p.Processor = strings.TrimSpace(v)
			break
		}
	}
	return p
}

func firstLine(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return "unknown - -"
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return line
}

// record is all that a run found.
type record struct {
	At      time.Time         `json:"at"`
	Machine platform          `json:"machine"`
	Commit  string            `json:"commit"`
	Starts  int               `json:"starts"`
	Rounds  int               `json:"rounds"`
	Warm    int               `json:"warm_invocations"`
	Bounds  map[string]any    `json:"bounds"`
	Over    []string          `json:"over"`    // a bound, by name
	Allowed map[string]string `json:"allowed"` // over a bound with a reason
	Figures []figure          `json:"figures"`
}

// judge compares the figures with the bounds.
func (r *record) judge() {
	r.Bounds = map[string]any{"cold_of_hello": maxCold, "handler_of_plain_rating": maxHandler, "binary_bytes": maxBinary, "rating_calls": 1}
	r.Allowed = make(map[string]string)
	for i := range r.Figures {
		f := &r.Figures[i]
		if f.Name != f.Function || f.Function == reference.Hello || f.Function == reference.Plain {
			continue
		}
		var over []string
		if f.ColdOfHello > maxCold {
			over = append(over, fmt.Sprintf("starts in %.2f × hello, at most %.1f", f.ColdOfHello, maxCold))
		}
		if f.Binary > maxBinary {
			over = append(over, fmt.Sprintf("has %.1f MiB, at most %d", float64(f.Binary)/(1<<20), maxBinary>>20))
		}
		if reason, allowed := beyond[f.Name]; allowed && over != nil {
			r.Allowed[f.Name] = strings.Join(over, " and ") + ": " + reason
			over = nil
		}
		if f.Name == "rating" {
			if f.HandlerOfPlain > maxHandler {
				over = append(over, fmt.Sprintf("works %.2f × as long as the plain handler, at most %.1f", f.HandlerOfPlain, maxHandler))
			}
			if len(f.Calls) != 1 || f.Calls["dynamodb.PutItem"] != 1 {
				over = append(over, fmt.Sprintf("calls %v, one PutItem is all it may", f.Calls))
			}
		}
		if over != nil {
			r.Over = append(r.Over, f.Name+" "+strings.Join(over, " and "))
		}
	}
}

// keep writes bench.json and bench.txt, which benchstat reads.
func (r *record) keep(dir string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the figures: %w", err)
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "bench.json"), append(b, '\n'), 0o600),
		os.WriteFile(filepath.Join(dir, "bench.txt"), []byte(r.benchmarks()), 0o600))
	if err != nil {
		return fmt.Errorf("keeping the figures: %w", err)
	}
	return nil
}

// benchmarks are the figures in Go's benchmark format, a line for each process.
func (r *record) benchmarks() string {
	var b strings.Builder
	fmt.Fprintf(&b, "goos: %s\ngoarch: %s\npkg: resonanz/functions\ncpu: %s\ncommit: %s\n", runtime.GOOS, runtime.GOARCH, r.Machine.Processor, r.Commit)
	for i := range r.Figures {
		f := &r.Figures[i]
		for k := range f.Cold {
			fmt.Fprintf(&b, "BenchmarkCold/%s 1 %d ns/op %d init-cpu-ns/op %d rss-bytes %d binary-bytes %d zip-bytes\n", f.Name, f.Cold[k], f.Init[k], f.Started, f.Binary, f.Packed)
			fmt.Fprintf(&b, "BenchmarkFirst/%s 1 %d ns/op %d cpu-ns/op\n", f.Name, f.FirstWall[k], f.First[k])
		}
		for k := range f.Warm {
			fmt.Fprintf(&b, "BenchmarkWarm/%s %d %d cpu-ns/op %.0f B/op %.0f allocs/op %.0f log-bytes/op %d rss-bytes\n", f.Name, r.Warm, f.Warm[k], f.AllocBytes, f.Allocs, f.LogBytes, f.Resident)
		}
	}
	return b.String()
}

// print writes the figures as a table.
func (r *record) print(out io.Writer) {
	m := &r.Machine
	fmt.Fprintf(out, "%s, %d cores, %s, kernel %s, %s, commit %s, load %s\n", m.Processor, m.Cores, m.System, m.Kernel, m.Go, r.Commit, m.Load)
	fmt.Fprintf(out, "medians of %d starts and of %d processes with %d warm invocations each; AWS answers at once, over TLS; processor time is the whole process's\n", r.Starts, r.Rounds, r.Warm)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tcold ms\tp90\t× hello\tinit CPU ms\t× hello\tfirst CPU ms\twarm CPU µs\tkernel\t× plain\thandler × plain\tallocs\tKiB\tlog bytes\tcalls\tRSS MiB\twarm\tbinary MiB\tzip\t")
	for i := range r.Figures {
		f := &r.Figures[i]
		var calls float64
		for _, n := range f.Calls {
			calls += n
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.0f\t%.0f %%\t%.2f\t%.2f\t%.0f\t%.0f\t%.0f\t%.1f\t%.1f\t%.1f\t%.2f\t%.2f\t\n", f.Name, ms(median(f.Cold)), ms(p90(f.Cold)), f.ColdOfHello,
			ms(median(f.Init)), f.InitOfHello, ms(median(f.First)), us(median(f.Warm)), 100*f.System, f.WarmOfPlain, f.HandlerOfPlain, f.Allocs, f.AllocBytes/1024, f.LogBytes, calls,
			float64(f.Started)/(1<<20), float64(f.Resident)/(1<<20), float64(f.Binary)/(1<<20), float64(f.Packed)/(1<<20))
	}
	_ = w.Flush() // out is a terminal or a buffer
	for i := range r.Figures {
		if reason, ok := r.Allowed[r.Figures[i].Name]; ok {
			fmt.Fprintf(out, "allowed: %s %s\n", r.Figures[i].Name, reason)
		}
	}
	for _, over := range r.Over {
		fmt.Fprintln(out, "over:", over)
	}
}
