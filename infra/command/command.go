// Package command runs what an operator types: until it is interrupted, with an
// exit status that scripts can tell apart.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// ErrUsage says that the arguments, not the stack, are wrong.
var ErrUsage = errors.New("wrong arguments")

// Main runs a command with the arguments of the process, and ends it: with 0, with 2
// and the usage where run returns ErrUsage, with 1 after any other error.
func Main(usage string, run func(ctx context.Context, args []string, out io.Writer) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	os.Exit(tell(os.Stderr, usage, err))
}

// tell says what went wrong and returns the exit status.
func tell(w io.Writer, usage string, err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, ErrUsage):
		fmt.Fprintf(w, "%v\n%s\n", err, usage)
		return 2
	}
	fmt.Fprintln(w, "error:", err)
	return 1
}
