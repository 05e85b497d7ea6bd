// Package runtimeapi is the least Lambda Runtime API that runs function binaries:
// one payload in a process of its own, or many, one after the other, in a process
// that stays warm.
// Source of the interface: AWS Lambda Developer Guide, "Using the Lambda runtime API".
package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Function is a built function binary.
type Function struct {
	Binary  string        // path of bootstrap
	Name    string        // AWS_LAMBDA_FUNCTION_NAME
	Env     []string      // what the stack would set; nothing else is inherited
	Timeout time.Duration // of one invocation; 0: 30 s
}

func (f *Function) timeout() time.Duration {
	if f.Timeout == 0 {
		return 30 * time.Second
	}
	return f.Timeout
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
	e, err := Start(ctx, f, log)
	if err != nil {
		return nil, err
	}
	defer e.Stop()
	return e.Invoke(ctx, payload)
}

// Init starts the function, waits for its first poll, and ends it. It returns
// the time between the two: a cold start without the platform's share.
func Init(ctx context.Context, f Function, log io.Writer) (time.Duration, error) {
	e, err := Start(ctx, f, log)
	if err != nil {
		return 0, err
	}
	e.Stop()
	return e.Init, nil
}

func exit(cause error) error {
	if cause == nil {
		return fmt.Errorf("%w: status 0", ErrExited)
	}
	return fmt.Errorf("%w: %w", ErrExited, cause)
}
