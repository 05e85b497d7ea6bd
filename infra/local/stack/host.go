package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/front"
)

// Host is a running emulator with the front before its HTTP API.
type Host struct {
	Emulator  *emulator.Emulator
	PublicURL string

	server *http.Server
	log    *os.File
}

// HostOptions says where and how.
type HostOptions struct {
	Python     string   // interpreter of the emulator's virtual environment
	Dir        string   // absolute; outputs.json, emulator.log and temporary files
	Port       int      // of the emulator; 0: a free one
	PublicPort int      // of customer pages; 0: a free one
	Env        []string // more environment for the emulator and all functions
}

// NewHost starts both. The front serves as soon as outputs.json is there.
func NewHost(ctx context.Context, o HostOptions) (*Host, error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the environment's folder: %w", err)
	}
	if o.PublicPort != 0 {
		if err := emulator.CheckPort(o.PublicPort); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.PublicPort)))
	if err != nil {
		return nil, fmt.Errorf("opening the port of the customer pages: %w", err)
	}
	h := &Host{PublicURL: fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)}
	fail := func(err error) (*Host, error) {
		return nil, errors.Join(err, listener.Close(), h.Stop())
	}
	if h.log, err = os.Create(filepath.Join(o.Dir, "emulator.log")); err != nil {
		return fail(fmt.Errorf("opening the emulator's log: %w", err))
	}
	h.Emulator, err = emulator.Start(ctx, emulator.Options{Python: o.Python, Dir: o.Dir, Port: o.Port, Log: h.log, Env: o.Env})
	if err != nil {
		return fail(fmt.Errorf("%w (log: %s)", err, h.log.Name()))
	}
	handler, err := front.New(h.Emulator.URL, apiIDOf(o.Dir))
	if err != nil {
		return fail(err)
	}
	h.server = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = h.server.Serve(listener) }() // ends with Stop
	return h, nil
}

// Stop ends the front, the emulator and the functions. What was stored is gone.
func (h *Host) Stop() error {
	var errs []error
	if h.server != nil {
		errs = append(errs, h.server.Close())
	}
	if h.Emulator != nil {
		errs = append(errs, h.Emulator.Stop())
	}
	if h.log != nil {
		errs = append(errs, h.log.Close())
	}
	return errors.Join(errs...)
}

// apiIDOf looks the API up in outputs.json, again whenever that file changes.
func apiIDOf(dir string) func() (string, error) {
	var mu sync.Mutex
	var changed time.Time
	var id string
	return func() (string, error) {
		mu.Lock()
		defer mu.Unlock()
		info, err := os.Stat(outputsFile(dir))
		if err != nil {
			return "", ErrNotUp
		}
		if !info.ModTime().Equal(changed) {
			o, err := ReadOutputs(dir)
			if err != nil {
				return "", err
			}
			id, changed = o.APIID, info.ModTime()
		}
		return id, nil
	}
}
