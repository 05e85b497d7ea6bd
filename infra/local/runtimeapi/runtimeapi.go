// Package runtimeapi is the least Lambda Runtime API that runs one function
// binary on one payload, or shows when it is ready for the first.
// Source of the interface: AWS Lambda Developer Guide, "Using the Lambda runtime API".
package runtimeapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Function is a built function binary.
type Function struct {
	Binary  string        // path of bootstrap
	Name    string        // AWS_LAMBDA_FUNCTION_NAME
	Env     []string      // what the stack would set; nothing else is inherited
	Timeout time.Duration // of one invocation; 0: 30 s
}

// Result is what an invocation gave.
type Result struct {
	Response []byte        // JSON; empty after an error
	Init     time.Duration // process start to first poll
	Duration time.Duration // event handed out to answer
}

// FunctionError is what the function itself reported.
type FunctionError struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// ErrExited says that the process ended without an answer.
var ErrExited = errors.New("the function's process ended without an answer")

// Invoke starts the function, hands it one payload, and ends it. Its output
// goes to log. Errors: *FunctionError, ErrExited, or the context's at timeout.
func Invoke(ctx context.Context, f Function, payload []byte, log io.Writer) (*Result, error) {
	if payload == nil {
		payload = []byte("null")
	}
	return run(ctx, f, payload, log)
}

// Init starts the function, waits for its first poll, and ends it. It returns
// the time between the two: a cold start without the platform's share.
func Init(ctx context.Context, f Function, log io.Writer) (time.Duration, error) {
	r, err := run(ctx, f, nil, log)
	if err != nil {
		return 0, err
	}
	return r.Init, nil
}

// run serves the Runtime API on a free port of loopback. A nil payload ends
// the function at its first poll.
func run(ctx context.Context, f Function, payload []byte, log io.Writer) (*Result, error) {
	if f.Timeout == 0 {
		f.Timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, f.Timeout)
	defer cancel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a port for the runtime API: %w", err)
	}
	one := &invocation{
		id: rand.Text(), payload: payload, deadline: time.Now().Add(f.Timeout), name: f.Name,
		done: make(chan struct{}), polled: make(chan struct{}), end: make(chan struct{}),
	}
	server := &http.Server{Handler: one.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer func() { _ = server.Close() }()
	defer close(one.end)

	cmd := exec.CommandContext(ctx, f.Binary)
	cmd.Dir = filepath.Dir(f.Binary)
	cmd.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String(),
		"AWS_LAMBDA_FUNCTION_NAME=" + f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"LAMBDA_TASK_ROOT=" + cmd.Dir,
		"_HANDLER=bootstrap",
		"TZ=:UTC",
	}, f.Env...)
	cmd.Stdout, cmd.Stderr = log, log
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", f.Binary, err)
	}
	exited := make(chan struct{})
	var ended error // why, once exited is closed
	go func() {
		ended = cmd.Wait()
		close(exited)
	}()
	end := func() { cancel(); <-exited }

	select {
	case <-one.polled:
	case <-one.done: // an error before the first poll
	case <-exited:
		return nil, exit(ended)
	case <-ctx.Done():
		<-exited
		return nil, fmt.Errorf("waiting for the function to start: %w", ctx.Err())
	}
	r := &Result{Init: time.Since(began)}
	if !one.polledAt.IsZero() {
		r.Init = one.polledAt.Sub(began)
	}
	if payload == nil && one.failure == nil {
		end()
		return r, nil
	}
	select {
	case <-one.done:
	case <-exited:
		select {
		case <-one.done: // it answered, then ended
		default:
			return nil, exit(ended)
		}
	case <-ctx.Done():
		<-exited
		return nil, fmt.Errorf("the function did not answer within %s: %w", f.Timeout, ctx.Err())
	}
	end()
	if one.failure != nil {
		return nil, one.failure
	}
	r.Response, r.Duration = one.response, one.answeredAt.Sub(one.polledAt)
	return r, nil
}

func exit(cause error) error {
	if cause == nil {
		return fmt.Errorf("%w: status 0", ErrExited)
	}
	return fmt.Errorf("%w: %w", ErrExited, cause)
}

// invocation is the one event and what becomes of it.
type invocation struct {
	id       string
	payload  []byte
	deadline time.Time
	name     string

	once                 sync.Once // closes done
	poll                 sync.Once
	done, polled, end    chan struct{}
	polledAt, answeredAt time.Time
	response             []byte
	failure              *FunctionError
}

func (i *invocation) handler() http.Handler {
	const base = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"invocation/next", func(w http.ResponseWriter, r *http.Request) {
		first := false
		i.poll.Do(func() { first = true; i.polledAt = time.Now(); close(i.polled) })
		if !first || i.payload == nil {
			select { // nothing more comes
			case <-i.end:
			case <-r.Context().Done():
			}
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:000000000000:function:"+i.name)
		_, _ = w.Write(i.payload)
	})
	mux.HandleFunc("POST "+base+"invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.PathValue("id") != i.id {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		i.finish(func() { i.response = bytes.Clone(body) })
		w.WriteHeader(http.StatusAccepted)
	})
	fail := func(w http.ResponseWriter, r *http.Request) {
		failure := &FunctionError{Type: "Runtime.Unknown", Message: "the function reported an error that is no JSON"}
		_ = json.NewDecoder(r.Body).Decode(failure)
		i.finish(func() { i.failure = failure })
		w.WriteHeader(http.StatusAccepted)
	}
	mux.HandleFunc("POST "+base+"invocation/{id}/error", fail)
	mux.HandleFunc("POST "+base+"init/error", fail)
	return mux
}

func (i *invocation) finish(set func()) {
	i.once.Do(func() {
		i.answeredAt = time.Now()
		set()
		close(i.done)
	})
}
