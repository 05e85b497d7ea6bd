// Package stack runs the whole deployed stack on this machine: the emulator, a
// front for its HTTP API, the real `cdk bootstrap` and `cdk deploy`, and
// access to what was deployed. `make up` keeps one such environment in
// build/local; a test starts its own beside it:
//
//	s, err := stack.Start(ctx, stack.Options{Dir: t.TempDir()})
//	…
//	defer s.Stop()
package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/progress"
	"resonanz/infra/local/toolchain"
)

// Options says what to start; the zero value is a stack of the project around
// the working folder, in a new temporary folder, on free ports.
type Options struct {
	Dir      string            // absolute; empty: a temporary one, removed by Stop
	Context  map[string]string // more CDK context, such as assets
	Env      []string          // more environment for all functions
	Progress io.Writer         // nil: silent
}

// Stack is a running, deployed stack.
type Stack struct {
	*Outputs
	Project *Project
	Host    *Host

	dir  string
	temp bool
}

// Start brings up an isolated stack. Several run side by side.
func Start(ctx context.Context, o Options) (*Stack, error) {
	s := &Stack{dir: o.Dir}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "resonanz-stack-")
		if err != nil {
			return nil, fmt.Errorf("making the environment's folder: %w", err)
		}
		s.dir, s.temp = dir, true
	}
	p := progress.New(o.Progress)
	fail := func(err error) (*Stack, error) { return nil, errors.Join(err, s.Stop()) }
	var err error
	build := o.Context["assets"] == "" // else the caller brings binaries
	s.Project, err = Prepare(ctx, p, build, func(python string) error {
		s.Host, err = NewHost(ctx, HostOptions{Python: python, Dir: s.dir, Env: o.Env})
		return err
	})
	if err != nil {
		return fail(err)
	}
	s.Outputs, err = Bring(ctx, p, s.Project, s.Host.Emulator.URL, s.Host.PublicURL, s.dir, o.Context)
	if err != nil {
		return fail(err)
	}
	return s, nil
}

// Stop ends the environment; what was stored is gone.
func (s *Stack) Stop() error {
	var errs []error
	if s.Host != nil {
		errs = append(errs, s.Host.Stop())
	}
	if _, err := emulator.End(s.dir); err != nil {
		errs = append(errs, err)
	}
	if s.temp {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}

// Prepare checks and installs the tools and, if build, builds the functions; as
// soon as the emulator can run, start is called with its Python.
func Prepare(ctx context.Context, p *progress.Progress, build bool, start func(python string) error) (*Project, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return nil, err
	}
	if err := toolchain.Check(ctx, toolchain.Tools); err != nil {
		return nil, fmt.Errorf("checking the tools:\n%w", err)
	}
	project := &Project{Root: root}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		var python string
		err := p.Step("pinned emulator in build/tools/venv", func(log io.Writer) (err error) {
			python, err = toolchain.Venv(ctx, filepath.Join(project.BuildDir(), "tools", "venv"), filepath.Join(root, "infra", "local", "requirements.txt"), log)
			return err
		})
		if err != nil {
			return err
		}
		return p.Step("emulator", func(io.Writer) error { return start(python) })
	})
	group.Go(func() error {
		return p.Step("pinned CDK command line in infra/node_modules", func(log io.Writer) (err error) {
			project.CDK, err = toolchain.Node(ctx, filepath.Join(root, "infra"), log)
			return err
		})
	})
	group.Go(func() error {
		return p.Step("CDK app compiled", func(log io.Writer) error { return project.Compile(ctx, log) })
	})
	if !build {
		return project, group.Wait()
	}
	group.Go(func() error {
		return p.Step("function binaries for this machine", func(log io.Writer) error { return project.Build(ctx, log) })
	})
	return project, group.Wait()
}

// Bring bootstraps the emulated account and deploys the stack into it.
func Bring(ctx context.Context, p *progress.Progress, project *Project, endpoint, publicURL, dir string, values map[string]string) (*Outputs, error) {
	if err := p.Step("cdk bootstrap", func(log io.Writer) error { return project.Bootstrap(ctx, endpoint, dir, log) }); err != nil {
		return nil, err
	}
	var o *Outputs
	err := p.Step("cdk deploy", func(log io.Writer) (err error) {
		o, err = project.Deploy(ctx, endpoint, publicURL, dir, values, log)
		return err
	})
	return o, err
}
