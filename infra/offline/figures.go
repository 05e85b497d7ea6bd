package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Figures are what beside measured, size by size, on one machine. What time and
// memory a larger month takes is extrapolated from them.
type Figures struct {
	Machine string `json:"machine"` // processor, cores and kernel
	Go      string `json:"go"`
	Commit  string `json:"commit"` // "": not told
	Runs    []Run  `json:"runs"`   // by the number of facts
}

// Run is one size: the fastest of so many runs of each program.
type Run struct {
	Facts          int64   `json:"facts"`
	BestOf         int     `json:"best_of"`
	Seconds        float64 `json:"seconds"`     // of the report, wall clock
	CPUSeconds     float64 `json:"cpu_seconds"` // processor time of the same run
	MiB            float64 `json:"mib"`         // the most memory that was resident
	FormatsSeconds float64 `json:"formats_seconds"`
	DuckDBSeconds  float64 `json:"duckdb_seconds,omitempty"` // absent: DuckDB was not there
	DuckDBMiB      float64 `json:"duckdb_mib,omitempty"`
	DuckDBVersion  string  `json:"duckdb_version,omitempty"`
	LoadAverage    float64 `json:"load_average"` // of the minute before; above the machine's cores the times say little
}

// keep puts r into the file of figures, in place of what was measured of the same
// number of facts before, and makes the file where it is missing. What another
// machine, Go or commit measured goes: one file is of one.
func keep(path, commit string, r Run) error {
	now := Figures{Machine: machine(), Go: runtime.Version(), Commit: commit}
	var f Figures
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading figures %s: %w", path, err)
	}
	if f.Machine == now.Machine && f.Go == now.Go && f.Commit == now.Commit {
		now.Runs = slices.DeleteFunc(f.Runs, func(o Run) bool { return o.Facts == r.Facts })
	}
	now.Runs = append(now.Runs, r)
	slices.SortFunc(now.Runs, func(a, b Run) int { return int(a.Facts - b.Facts) })
	if b, err = json.MarshalIndent(now, "", "  "); err != nil {
		return fmt.Errorf("writing figures: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing figures: %w", err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing figures: %w", err)
	}
	return nil
}

// machine names processor, cores and kernel.
func machine() string {
	processor, kernel := runtime.GOARCH, runtime.GOOS
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				processor = strings.TrimSpace(v)
				break
			}
		}
	}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		kernel += " " + strings.TrimSpace(string(b))
	}
	return fmt.Sprintf("%s, %d cores, %s", processor, runtime.GOMAXPROCS(0), kernel)
}

// load is the load average of the last minute; 0: it is not told.
func load() (average float64) {
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		if _, err := fmt.Sscan(string(b), &average); err != nil {
			return 0
		}
	}
	return average
}
