package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"resonanz/shared/monthly"
)

// benchCommand builds one report and tells how long it took, how much processor
// time that was, which other programs do not lengthen, and how much memory the
// process needed at most.
func benchCommand(args []string, out io.Writer) error {
	f := flags("bench")
	facts := f.String("facts", "", "the folder that holds facts/month=…")
	p, cfg, err := f.parse(args, "facts")
	if err != nil {
		return err
	}
	src, err := openFolder(*facts)
	if err != nil {
		return err
	}
	debug.FreeOSMemory()
	start, before := time.Now(), cpu()
	r, err := monthly.Build(context.Background(), src, cfg, p, monthly.Asked{Cutoff: p.Freeze(cfg.Report.FreezeDay, cfg.Zone())})
	if err != nil {
		return err
	}
	b, err := r.JSON()
	if err != nil {
		return err
	}
	took, spent := time.Since(start), cpu()-before
	_, err = fmt.Fprintf(out, "report of %d facts (%d events, %d responses): %.2f s wall, %.2f s CPU, %.0f ns a fact, peak memory %s, %d cores, %d bytes of JSON\n",
		r.Run.Facts, r.Header.InputEvents, r.Total.N, took.Seconds(), spent.Seconds(), float64(took.Nanoseconds())/float64(max(r.Run.Facts, 1)), peak(), runtime.GOMAXPROCS(0), len(b))
	return err
}

// cpu is the processor time this process has used so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the largest resident size of this process so far, as Linux tells it.
func peak() string {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(v), " kB")); err == nil {
				return strconv.Itoa(kb/1024) + " MiB"
			}
		}
	}
	return "unknown"
}
