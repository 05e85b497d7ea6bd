package fleet

import (
	"bytes"
	"sync"
)

// kept is how much of a process's log is kept: enough for its goroutines.
const kept = 256 << 10

// tail keeps the end of a log.
type tail struct {
	mu  sync.Mutex
	log []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.log = append(t.log, b...)
	if len(t.log) > 2*kept {
		t.log = append(t.log[:0], t.log[len(t.log)-kept:]...)
	}
	return len(b), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.log)
}

// last are the last lines.
func (t *tail) last() []byte {
	b := t.bytes()
	return b[max(0, len(b)-1000):]
}
