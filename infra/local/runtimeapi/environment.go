package runtimeapi

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Environment is one process of a function that stays warm, as Lambda keeps its
// execution environments: it takes one invocation at a time.
type Environment struct {
	Init time.Duration // process start to first poll

	function Function
	server   *http.Server
	cmd      *exec.Cmd
	kill     context.CancelFunc

	taking sync.Mutex // held while an invocation is under way
	work   chan *invocation
	end    chan struct{} // closed by Stop: nothing more comes
	stop   sync.Once

	poll    sync.Once
	polled  chan struct{} // closed at the first poll
	failed  chan *FunctionError
	exited  chan struct{} // closed when the process has ended
	ended   error         // why, once exited is closed
	current struct {
		sync.Mutex
		*invocation
	}
}

// invocation is one event and what becomes of it.
type invocation struct {
	id         string
	payload    []byte
	deadline   time.Time
	once       sync.Once
	done       chan struct{}
	handed     time.Time
	answeredAt time.Time
	response   []byte
	failure    *FunctionError
}

// Start starts a process of the function and waits until it asks for its first
// event, at most the function's timeout. Its output goes to log. Errors:
// *FunctionError where it reports one instead, ErrExited, or the context's.
func Start(ctx context.Context, f Function, log io.Writer) (*Environment, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a port for the runtime API: %w", err)
	}
	life, kill := context.WithCancel(context.WithoutCancel(ctx))
	e := &Environment{
		function: f, kill: kill,
		work: make(chan *invocation), end: make(chan struct{}),
		polled: make(chan struct{}), failed: make(chan *FunctionError, 1), exited: make(chan struct{}),
	}
	e.server = &http.Server{Handler: e.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = e.server.Serve(listener) }() // ends with Stop

	e.cmd = exec.CommandContext(life, f.Binary)
	e.cmd.Dir = filepath.Dir(f.Binary)
	e.cmd.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String(),
		"AWS_LAMBDA_FUNCTION_NAME=" + f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"LAMBDA_TASK_ROOT=" + e.cmd.Dir,
		"_HANDLER=bootstrap",
		"TZ=:UTC",
	}, f.Env...)
	e.cmd.Stdout, e.cmd.Stderr = log, log
	began := time.Now()
	if err := e.cmd.Start(); err != nil {
		close(e.exited)
		e.Stop()
		return nil, fmt.Errorf("starting %s: %w", f.Binary, err)
	}
	go func() {
		e.ended = e.cmd.Wait()
		close(e.exited)
	}()
	ctx, cancel := context.WithTimeout(ctx, f.timeout())
	defer cancel()
	select {
	case <-e.polled:
		e.Init = time.Since(began)
		return e, nil
	case failure := <-e.failed:
		err = failure
	case <-e.exited:
		select {
		case failure := <-e.failed: // it said why, then ended
			err = failure
		default:
			err = exit(e.ended)
		}
	case <-ctx.Done():
		err = fmt.Errorf("waiting for the function to start: %w", ctx.Err())
	}
	e.Stop()
	return nil, err
}

// PID is the process's.
func (e *Environment) PID() int { return e.cmd.Process.Pid }

// tick is the unit of processor time in /proc: a hundredth of a second on Linux,
// whatever the kernel's own clock does.
const tick = 10 * time.Millisecond

// CPU is the processor time that the process took so far, its start included; where
// there is no /proc, only once it has ended.
func (e *Environment) CPU() time.Duration {
	select {
	case <-e.exited:
		if s := e.cmd.ProcessState; s != nil {
			return s.UserTime() + s.SystemTime()
		}
		return 0
	default:
	}
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(e.PID()), "stat"))
	if err != nil {
		return 0
	}
	// The name in parentheses may hold anything; what follows is numbers, of which
	// the 12th and 13th are ticks in user and in kernel mode.
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var ticks time.Duration
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0
		}
		ticks += time.Duration(n)
	}
	return ticks * tick
}

// Exited is closed when the process has ended, asked or not.
func (e *Environment) Exited() <-chan struct{} { return e.exited }

// Invoke hands out one payload and waits for its answer. A process that does not
// answer within the function's timeout is ended, as Lambda ends it. Errors:
// *FunctionError, ErrExited, or the context's at timeout; after the last two the
// environment is of no more use.
func (e *Environment) Invoke(ctx context.Context, payload []byte) (*Result, error) {
	e.taking.Lock()
	defer e.taking.Unlock()
	if payload == nil {
		payload = []byte("null")
	}
	timeout := e.function.timeout()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	one := &invocation{id: rand.Text(), payload: payload, deadline: time.Now().Add(timeout), done: make(chan struct{})}
	late := func() (*Result, error) {
		e.Stop()
		return nil, fmt.Errorf("the function did not answer within %s: %w", timeout, ctx.Err())
	}
	select {
	case e.work <- one:
	case <-e.exited:
		return nil, exit(e.ended)
	case <-ctx.Done():
		return late()
	}
	select {
	case <-one.done:
	case <-e.exited:
		select {
		case <-one.done: // it answered, then ended
		default:
			return nil, exit(e.ended)
		}
	case <-ctx.Done():
		return late()
	}
	if one.failure != nil {
		return nil, one.failure
	}
	return &Result{Response: one.response, Init: e.Init, Duration: one.answeredAt.Sub(one.handed)}, nil
}

// Stop ends the process and waits for its end.
func (e *Environment) Stop() {
	e.stop.Do(func() {
		e.kill()
		<-e.exited
		close(e.end)
		_ = e.server.Close() // nothing is lost with it
	})
}

// Quit ends the process the way that has Go write what each goroutine is at
// (SIGQUIT) to the log, and waits for its end, for at most five seconds.
func (e *Environment) Quit() error {
	if err := e.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return fmt.Errorf("asking process %d for its goroutines: %w", e.PID(), err)
	}
	timer := time.NewTimer(5 * time.Second)
	defer timer.Stop()
	defer e.Stop()
	select {
	case <-e.exited:
		return nil
	case <-timer.C:
		return errors.New("the process does not end when asked for its goroutines")
	}
}

// goroutine begins the trace of one, but of the scheduler's own, number 0.
var goroutine = regexp.MustCompile(`(?m)^goroutine [1-9][0-9]* .*\[`)

// Goroutines counts those that a log tells of after Quit, Go's own included.
func Goroutines(log []byte) int { return len(goroutine.FindAllIndex(log, -1)) }

// handler serves the Runtime API to the one process.
func (e *Environment) handler() http.Handler {
	const base = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"invocation/next", e.next)
	mux.HandleFunc("POST "+base+"invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !e.finish(r.PathValue("id"), func(one *invocation) { one.response = body }) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("POST "+base+"invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		failure := failureOf(r)
		e.finish(r.PathValue("id"), func(one *invocation) { one.failure = failure })
		w.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("POST "+base+"init/error", func(w http.ResponseWriter, r *http.Request) {
		select {
		case e.failed <- failureOf(r):
		default: // it said so before
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return mux
}

// next is the long poll with which a process asks for its next event.
func (e *Environment) next(w http.ResponseWriter, r *http.Request) {
	e.poll.Do(func() { close(e.polled) })
	select {
	case one := <-e.work:
		e.current.Lock()
		e.current.invocation = one
		one.handed = time.Now()
		e.current.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", one.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(one.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:000000000000:function:"+e.function.Name)
		_, _ = w.Write(one.payload) // a process that left is seen by its exit
	case <-e.end:
	case <-r.Context().Done():
	}
}

// finish ends the invocation under way, if id is its.
func (e *Environment) finish(id string, set func(*invocation)) bool {
	e.current.Lock()
	one := e.current.invocation
	e.current.Unlock()
	if one == nil || one.id != id {
		return false
	}
	one.once.Do(func() {
		one.answeredAt = time.Now()
		set(one)
		close(one.done)
	})
	return true
}

func failureOf(r *http.Request) *FunctionError {
	failure := &FunctionError{Type: "Runtime.Unknown", Message: "the function reported an error that is no JSON"}
	_ = json.NewDecoder(r.Body).Decode(failure) // then the sentence above stays
	return failure
}
