package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/progress"
	"resonanz/infra/local/stack"
)

// environment is what the supervisor writes once emulator and front answer.
type environment struct {
	EndpointURL string `json:"endpoint_url"`
	PublicURL   string `json:"public_url"`
}

func environmentFile(dir string) string { return filepath.Join(dir, "environment.json") }

// up brings the environment up, or up to date, or says that it is.
func up(ctx context.Context, dir string, args []string, out io.Writer) error {
	f := flags("up")
	port := f.Int("port", 0, "")
	publicPort := f.Int("public-port", 0, "")
	if err := parse(f, args); err != nil {
		return err
	}
	if err := portsFromEnvironment(port, publicPort); err != nil {
		return err
	}
	_, err := bringUp(ctx, dir, *port, *publicPort, out)
	return err
}

// portsFromEnvironment fills in what no flag chose: `make up PUBLIC_PORT=8080
// EMULATOR_PORT=4566` hands its variables on by the environment.
func portsFromEnvironment(port, publicPort *int) error {
	for name, into := range map[string]*int{"EMULATOR_PORT": port, "PUBLIC_PORT": publicPort} {
		text := os.Getenv(name)
		if text == "" || *into != 0 {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("%w of up: %s=%s: want a port number, 1 to 65535", errUsage, name, text)
		}
		*into = n
	}
	return nil
}

func bringUp(ctx context.Context, dir string, port, publicPort int, out io.Writer) (*stack.Outputs, error) {
	release, err := exclusively(dir)
	if err != nil {
		return nil, err
	}
	defer release()
	p := progress.New(out)
	env := running(ctx, dir)
	if env != nil {
		if o := current(dir, env); o != nil {
			p.Say("already up: customer pages at %s, emulator at %s", o.PublicURL, o.EndpointURL)
			return o, nil
		}
		p.Say("the emulator runs at %s; bringing its stack up to date", env.EndpointURL)
	} else if err := tidy(dir, p); err != nil {
		return nil, err
	}
	project, err := stack.Prepare(ctx, p, true, func(python string) error {
		if env != nil {
			return nil
		}
		env, err = startSupervisor(ctx, dir, python, port, publicPort)
		return err
	})
	if err != nil {
		return nil, err
	}
	o, err := stack.Bring(ctx, p, project, env.EndpointURL, env.PublicURL, dir, nil)
	if err != nil {
		return nil, fmt.Errorf("%w\nthe emulator's log: %s", err, filepath.Join(dir, "emulator.log"))
	}
	p.Say("up after %.0f s: customer pages at %s, emulator at %s, outputs in %s",
		p.Elapsed().Seconds(), o.PublicURL, o.EndpointURL, filepath.Join(dir, "outputs.json"))
	return o, nil
}

// current returns the outputs if the stack was deployed from these very sources.
func current(dir string, env *environment) *stack.Outputs {
	o, err := stack.ReadOutputs(dir)
	if err != nil || o.EndpointURL != env.EndpointURL {
		return nil
	}
	sources, err := stack.Project{Root: filepath.Dir(filepath.Dir(dir))}.Fingerprint()
	if err != nil || sources != o.Sources {
		return nil
	}
	return o
}

// running returns the environment if its emulator answers.
func running(ctx context.Context, dir string) *environment {
	b, err := os.ReadFile(environmentFile(dir))
	if err != nil {
		return nil
	}
	env := new(environment)
	if json.Unmarshal(b, env) != nil || !emulator.Healthy(ctx, env.EndpointURL) {
		return nil
	}
	pids, err := emulator.Processes(dir) // another program may have taken the port since
	if err != nil || len(pids) == 0 {
		return nil
	}
	return env
}

// tidy removes what an emulator that ended unasked left behind.
func tidy(dir string, p *progress.Progress) error {
	_, err := os.Stat(environmentFile(dir))
	crashed := err == nil
	n, err := emulator.End(dir)
	if err != nil {
		return err
	}
	if crashed || n > 0 {
		p.Say("the emulator had ended unasked (its last words: %s); starting anew", filepath.Join(dir, "emulator.log.old"))
		if err := os.Rename(filepath.Join(dir, "emulator.log"), filepath.Join(dir, "emulator.log.old")); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("keeping the old log: %w", err)
		}
	}
	return removeState(dir)
}

func removeState(dir string) error {
	var errs []error
	for _, name := range []string{"environment.json", "outputs.json", "supervisor", "tmp"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			errs = append(errs, fmt.Errorf("removing what the emulator left: %w", err))
		}
	}
	return errors.Join(errs...)
}

// down ends the environment. Doing it twice is fine.
func down(_ context.Context, dir string, args []string, out io.Writer) error {
	if err := parse(flags("down"), args); err != nil {
		return err
	}
	release, err := exclusively(dir)
	if err != nil {
		return err
	}
	defer release()
	n, err := emulator.End(dir)
	if err != nil {
		return err
	}
	if err := removeState(dir); err != nil {
		return err
	}
	if n == 0 {
		fmt.Fprintln(out, "nothing was up")
	} else {
		fmt.Fprintf(out, "down: %d processes ended\n", n)
	}
	return nil
}

// exclusively keeps two commands from changing one environment at a time.
func exclusively(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the environment's folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking the environment: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(errors.New("another `make up`, `make down` or `make demo` of this folder is running: wait for its end"), f.Close())
	}
	return func() { _ = f.Close() }, nil // closing releases
}

// startSupervisor leaves a process running that holds emulator and front, and
// waits until they answer.
func startSupervisor(ctx context.Context, dir, python string, port, publicPort int) (*environment, error) {
	binary, err := ownCopy(dir)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "supervisor.log"))
	if err != nil {
		return nil, fmt.Errorf("opening the supervisor's log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(binary, "supervise", "--python", python, "--port", strconv.Itoa(port), "--public-port", strconv.Itoa(publicPort))
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), emulator.Marker + "=" + dir}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // it outlives this command and its terminal
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the supervisor: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // what it said is in its log
		close(ended)
	}()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if env := running(ctx, dir); env != nil {
			return env, nil
		}
		select {
		case <-ended:
			said, err := os.ReadFile(log.Name())
			if err != nil {
				return nil, fmt.Errorf("starting the emulator: it failed, and its log cannot be read: %w", err)
			}
			return nil, fmt.Errorf("starting the emulator: %s", said)
		case <-ctx.Done():
			_, err := emulator.End(dir)
			return nil, errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// ownCopy copies the running program into dir: `go run` removes its own.
func ownCopy(dir string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this program: %w", err)
	}
	b, err := os.ReadFile(self)
	if err != nil {
		return "", fmt.Errorf("copying this program: %w", err)
	}
	path := filepath.Join(dir, "supervisor")
	if err := os.WriteFile(path, b, 0o755); err != nil {
		return "", fmt.Errorf("copying this program: %w", err)
	}
	return path, nil
}

// supervise holds emulator and front until it is told to end or the emulator
// ends by itself.
func supervise(ctx context.Context, dir string, args []string, out io.Writer) error {
	f := flags("supervise")
	python := f.String("python", "", "")
	port := f.Int("port", 0, "")
	publicPort := f.Int("public-port", 0, "")
	if err := parse(f, args); err != nil {
		return err
	}
	signal.Ignore(syscall.SIGHUP)
	host, err := stack.NewHost(ctx, stack.HostOptions{Python: *python, Dir: dir, Port: *port, PublicPort: *publicPort})
	if err != nil {
		return err
	}
	if err := stack.WriteJSON(environmentFile(dir), environment{EndpointURL: host.Emulator.URL, PublicURL: host.PublicURL}); err != nil {
		return errors.Join(err, host.Stop())
	}
	select {
	case <-ctx.Done():
		return host.Stop()
	case <-host.Emulator.Done():
		// environment.json stays: the next `up` sees that nobody asked for it.
		fmt.Fprintf(out, "%s the emulator ended unasked\n", time.Now().UTC().Format(time.RFC3339))
		return errors.Join(errors.New("the emulator ended unasked"), host.Stop())
	}
}
