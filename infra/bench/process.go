package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"resonanz/infra/local/runtimeapi"
)

// process is a function that runs, with what it writes to its log.
type process struct {
	*runtimeapi.Environment
	log *tail
}

func start(ctx context.Context, f runtimeapi.Function) (*process, error) {
	t := &tail{said: make(chan string, 1)}
	e, err := runtimeapi.Start(ctx, f, t)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w\n%s", f.Name, err, t.last())
	}
	return &process{e, t}, nil
}

// cpu is the processor time of all threads of a process in nanoseconds: the first
// figure of schedstat, which counts as exactly as the scheduler does. Time of
// threads that ended is lost; Go ends none.
func cpu(pid int) time.Duration {
	tasks, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/schedstat")
	if err != nil {
		return 0
	}
	var sum time.Duration
	for _, t := range tasks {
		b, err := os.ReadFile(t)
		if err != nil {
			continue // the thread has ended
		}
		first, _, _ := strings.Cut(string(b), " ")
		n, err := strconv.ParseInt(first, 10, 64)
		if err == nil {
			sum += time.Duration(n)
		}
	}
	return sum
}

// systemShare is the part of a process's time since its start that the kernel
// worked for it, 0 to 1, from ticks of 10 ms.
func systemShare(pid int) float64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, errUser := strconv.ParseFloat(fields[11], 64)
	system, errSystem := strconv.ParseFloat(fields[12], 64)
	if errUser != nil || errSystem != nil || user+system == 0 {
		return 0
	}
	return system / (user + system)
}

// resident is how much of a process is in memory, in bytes.
func resident(pid int) int64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// settled waits until a process does nothing more and returns its processor time:
// after an answer it has still to ask for the next event.
func settled(ctx context.Context, pid int) time.Duration {
	const quiet, most = 3 * time.Millisecond, 200
	before := cpu(pid)
	for range most {
		timer := time.NewTimer(quiet)
		select {
		case <-ctx.Done():
			timer.Stop()
			return before
		case <-timer.C:
		}
		now := cpu(pid)
		if now == before {
			break
		}
		before = now
	}
	return before
}

// allocations are those of a process since its start, as the probe built into it
// tells when it is signalled.
func (p *process) allocations(ctx context.Context) (mallocs, size uint64, err error) {
	if err := syscall.Kill(p.PID(), syscall.SIGUSR1); err != nil {
		return 0, 0, fmt.Errorf("asking process %d for its allocations: %w", p.PID(), err)
	}
	select {
	case line := <-p.log.said:
		if _, err := fmt.Sscanf(line, probeSays+"%d %d", &mallocs, &size); err != nil {
			return 0, 0, fmt.Errorf("reading what the probe says (%q): %w", line, err)
		}
		return mallocs, size, nil
	case <-p.Exited():
		return 0, 0, runtimeapi.ErrExited
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}
}

// probeSays begins the line of the probe.
const probeSays = "bench-probe "

// tail counts what a function writes and keeps the last of it.
type tail struct {
	mu   sync.Mutex
	n    int64
	kept []byte
	said chan string // what the probe says
}

const keptBytes = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n += int64(len(b))
	t.kept = append(t.kept, b...)
	if i := bytes.Index(t.kept, []byte(probeSays)); i >= 0 {
		if end := bytes.IndexByte(t.kept[i:], '\n'); end >= 0 {
			select {
			case t.said <- string(t.kept[i : i+end]):
			default: // nobody asked
			}
			t.kept = slices.Delete(t.kept, i, i+end+1)
		}
	}
	if over := len(t.kept) - keptBytes; over > 0 {
		t.kept = t.kept[over:]
	}
	return len(b), nil
}

func (t *tail) bytes() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}

var _ io.Writer = (*tail)(nil)
