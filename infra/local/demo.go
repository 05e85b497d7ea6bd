package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"resonanz/infra/local/demo"
	"resonanz/infra/local/progress"
	"resonanz/infra/local/stack"
)

// playDemo brings the stack up and plays a month of customers on it.
func playDemo(ctx context.Context, dir string, args []string, out io.Writer) error {
	f := flags("demo")
	seed := f.Uint64("seed", 1, "")
	if err := parse(f, args); err != nil {
		return err
	}
	var port, publicPort int
	if err := portsFromEnvironment(&port, &publicPort); err != nil {
		return err
	}
	o, err := bringUp(ctx, dir, port, publicPort, out)
	if err != nil {
		return err
	}
	cfg, err := stack.Project{Root: filepath.Dir(filepath.Dir(dir))}.Config()
	if err != nil {
		return err
	}
	result, err := demo.Run(ctx, progress.New(out), demo.Options{Outputs: o, Config: cfg, Dir: dir, Seed: *seed, Now: time.Now()})
	if result != nil {
		result.Print(out)
	}
	if err != nil {
		return fmt.Errorf("%w\ncounts: %s", err, filepath.Join(dir, "demo.json"))
	}
	return nil
}
