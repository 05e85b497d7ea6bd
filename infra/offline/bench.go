package main

import (
	"context"
	"encoding/json"
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
	"resonanz/shared/report"
	"resonanz/shared/report/present"
)

// benchCommand builds one report and tells how long it took, how much processor
// time that was, which other programs do not lengthen, and how much memory the
// process needed at most; then how long it takes to write every format.
func benchCommand(args []string, out io.Writer) error {
	f := flags("bench")
	facts := f.String("facts", "", "the folder that holds facts/month=…")
	figures := f.Bool("json", false, "print the measures of the report and some figures as JSON, to compare them")
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
	in, err := monthly.Prepare(context.Background(), src, cfg, p, monthly.Asked{Cutoff: p.Freeze(cfg.Report.FreezeDay, cfg.Zone())})
	if err != nil {
		return err
	}
	read := time.Since(start)
	r, err := report.Build(in)
	if err != nil {
		return err
	}
	b, err := r.JSON()
	if err != nil {
		return err
	}
	took, spent, most := time.Since(start), cpu()-before, peak()
	in.Facts = nil
	start = time.Now()
	files, err := render(r, &in.Given, cfg)
	if err != nil {
		return err
	}
	written := time.Since(start)
	if *figures {
		return json.NewEncoder(out).Encode(measured{Seconds: took.Seconds(), CPU: spent.Seconds(), PeakKiB: most, Facts: r.Run.Facts, Formats: written.Seconds(), Figures: compared(r)})
	}
	_, err = fmt.Fprintf(out, "report of %d facts (%d events, %d responses): %.2f s wall, %.2f s of it reading, %.2f s CPU, %.0f ns a fact, peak memory %d MiB, %d cores, %d bytes of JSON\n"+
		"every format in %d languages, %d files: %.2f s, peak memory %d MiB\n",
		r.Run.Facts, r.Header.InputEvents, r.Total.N, took.Seconds(), read.Seconds(), spent.Seconds(), float64(took.Nanoseconds())/float64(max(r.Run.Facts, 1)), most/1024, runtime.GOMAXPROCS(0), len(b),
		len(present.Languages()), len(files), written.Seconds(), peak()/1024)
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

// peak is the largest resident size of this process so far in KiB, as Linux tells
// it; 0: it is not told.
func peak() int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 10, 64); err == nil {
				return kb
			}
		}
	}
	return 0
}
