// Package progress tells a waiting person what runs and for how long.
package progress

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// beat is how often a long step says that it still runs.
const beat = 10 * time.Second

// Progress writes one line per step, and one every ten seconds while a step runs.
type Progress struct {
	mu    sync.Mutex
	out   io.Writer
	began time.Time
}

// New starts the clock. A nil writer says nothing.
func New(out io.Writer) *Progress {
	if out == nil {
		out = io.Discard
	}
	return &Progress{out: out, began: time.Now()}
}

// Say prints one line as it is.
func (p *Progress) Say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, format+"\n", args...)
}

// Elapsed is the time since New.
func (p *Progress) Elapsed() time.Duration { return time.Since(p.began) }

// Step runs one named step. What the step writes to its writer is not shown,
// except its newest line, once, as a sign of life while the step runs long.
func (p *Progress) Step(name string, run func(log io.Writer) error) error {
	began := time.Now()
	log := new(lastLine)
	done := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		t := time.NewTicker(beat)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				p.Say("  … %s, %s%s", name, seconds(time.Since(began)), log.take())
			}
		}
	})
	err := run(log)
	close(done)
	ticking.Wait()
	if err != nil {
		p.Say("  ✗ %s (%s)", name, seconds(time.Since(began)))
		return err
	}
	p.Say("  ✓ %s (%s)", name, seconds(time.Since(began)))
	return nil
}

func seconds(d time.Duration) string {
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// lastLine keeps the newest line written to it.
type lastLine struct {
	mu      sync.Mutex
	partial []byte
	line    string
}

func (l *lastLine) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, b...)
	for {
		i := bytes.IndexByte(l.partial, '\n')
		if i < 0 {
			return len(b), nil
		}
		if line := strings.TrimSpace(string(l.partial[:i])); line != "" {
			l.line = line
		}
		l.partial = l.partial[i+1:]
	}
}

// take returns the newest line, unless it was taken before: what was said
// minutes ago is not what is going on.
func (l *lastLine) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := l.line
	l.line = ""
	if line == "" {
		return ""
	}
	if r := []rune(line); len(r) > 100 {
		line = string(r[:100]) + "…"
	}
	return " – " + line
}
