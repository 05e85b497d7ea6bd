package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"resonanz/infra/local/coldstart"
	"resonanz/infra/local/stack"
)

// coldStart prints cold start and size of each function; what is over a bound
// is an error.
func coldStart(ctx context.Context, dir string, args []string, out io.Writer) error {
	f := flags("coldstart")
	runs := f.Int("runs", 25, "")
	if err := parse(f, args); err != nil {
		return err
	}
	if *runs < 1 {
		return fmt.Errorf("%w of coldstart: --runs is at least 1", errUsage)
	}
	build := filepath.Dir(dir)
	functions, err := coldstart.Functions(filepath.Join(build, stack.Arch()))
	if err != nil {
		return fmt.Errorf("%w: run `make build ARCH=%s`", err, stack.Arch())
	}
	tmp, err := os.MkdirTemp("", "resonanz-hello-")
	if err != nil {
		return fmt.Errorf("making a folder for the hello-world function: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	hello := filepath.Join(tmp, "bootstrap")
	if err := coldstart.BuildHello(ctx, filepath.Dir(build), hello); err != nil {
		return err
	}
	figures, err := coldstart.Measure(ctx, hello, functions, *runs)
	if err != nil {
		return err
	}
	if !coldstart.Print(out, figures) {
		return errors.New("a function is over the bound of cold start or size")
	}
	return nil
}
