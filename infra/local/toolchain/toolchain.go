// Package toolchain prepares what the local environment runs on: it checks the
// tools a person installs, and puts the pinned ones into the project itself.
package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Tool is a program that must be on the machine.
type Tool struct {
	Name    string
	Version []string // arguments that print the version
	Major   int      // least version, e.g. 3.11
	Minor   int
	Install string // what a person does to get it
}

// Tools are those that a clean machine must bring.
var Tools = []Tool{
	{Name: "go", Version: []string{"version"}, Major: 1, Minor: 26, Install: "install Go from go.dev/dl"},
	{Name: "node", Version: []string{"--version"}, Major: 20, Install: "install Node.js 20 or newer from nodejs.org or your package manager"},
	{Name: "npm", Version: []string{"--version"}, Major: 9, Install: "install npm (it comes with Node.js; on Debian: apt install npm)"},
	{Name: "python3", Version: []string{"--version"}, Major: 3, Minor: 11, Install: "install Python 3.11 or newer with venv (on Debian: apt install python3 python3-venv)"},
}

var versionPattern = regexp.MustCompile(`(\d+)\.(\d+)`)

// Check names every tool that is missing or too old, with what to do.
func Check(ctx context.Context, tools []Tool) error {
	problems := []error{System()}
	for _, t := range tools {
		problems = append(problems, t.Check(ctx))
	}
	return errors.Join(problems...)
}

// System says why the emulator cannot run on this machine.
func System() error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("this is %s: the emulator runs the Lambda binaries themselves, which are Linux programs; use Linux, WSL or a Linux container", runtime.GOOS)
	}
	return nil
}

// Check says that a tool is missing or too old, and what to do.
func (t Tool) Check(ctx context.Context) error {
	path, err := exec.LookPath(t.Name)
	if err != nil {
		return fmt.Errorf("%s is missing: %s", t.Name, t.Install)
	}
	out, err := exec.CommandContext(ctx, path, t.Version...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s does not run (%w): %s", t.Name, err, t.Install)
	}
	if !atLeast(string(out), t.Major, t.Minor) {
		return fmt.Errorf("%s is too old (%s; needed: %d.%d): %s", t.Name, strings.TrimSpace(string(out)), t.Major, t.Minor, t.Install)
	}
	return nil
}

func atLeast(out string, major, minor int) bool {
	m := versionPattern.FindStringSubmatch(out)
	if m == nil {
		return false
	}
	gotMajor, _ := strconv.Atoi(m[1])
	gotMinor, _ := strconv.Atoi(m[2])
	return gotMajor > major || gotMajor == major && gotMinor >= minor
}

// Root finds the project: the nearest folder at or above dir with our go.mod.
func Root(dir string) (string, error) {
	start := dir
	for {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(b), "module resonanz\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("finding the project: no go.mod of module resonanz at or above %s", start)
		}
		dir = parent
	}
}

// Venv makes a virtual environment of pinned Python packages in dir, unless it
// is there and made of this very requirements file, and returns its Python.
func Venv(ctx context.Context, dir, requirements string, log io.Writer) (string, error) {
	python := filepath.Join(dir, "bin", "python")
	return python, once(filepath.Join(dir, ".made-of"), python, []string{requirements}, func() error {
		if err := run(ctx, log, "", "python3", "-m", "venv", "--clear", dir); err != nil {
			return fmt.Errorf("making a Python virtual environment (on Debian: apt install python3-venv): %w", err)
		}
		if err := run(ctx, log, "", python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
			"--require-hashes", "--only-binary", ":all:", "--no-compile", "-r", requirements); err != nil {
			return fmt.Errorf("installing what %s pins: %w", requirements, err)
		}
		return nil
	})
}

// Node installs the pinned CDK command line, unless what is installed is newer
// than the lock file (the Makefile's own rule), and returns its path.
func Node(ctx context.Context, infra string, log io.Writer) (string, error) {
	modules := filepath.Join(infra, "node_modules")
	cdk := filepath.Join(modules, ".bin", "cdk")
	unlock, err := lock(infra)
	if err != nil {
		return "", err
	}
	defer unlock()
	if installed, err := os.Stat(filepath.Join(modules, ".package-lock.json")); err == nil {
		locked, err := os.Stat(filepath.Join(infra, "package-lock.json"))
		if err == nil && !installed.ModTime().Before(locked.ModTime()) {
			return cdk, nil
		}
	}
	if err := run(ctx, log, infra, "npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error"); err != nil {
		return "", fmt.Errorf("installing the CDK command line: %w", err)
	}
	return cdk, nil
}

// lock lets one process at a time install into a folder: tests run side by side.
func lock(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", dir, err), f.Close())
	}
	return func() { _ = f.Close() }, nil // closing unlocks
}

// once runs produce unless product exists and stamp says that it was made of
// sources as they are now.
func once(stamp, product string, sources []string, produce func() error) error {
	if err := os.MkdirAll(filepath.Dir(filepath.Dir(stamp)), 0o755); err != nil {
		return fmt.Errorf("making %s: %w", product, err)
	}
	unlock, err := lock(filepath.Dir(filepath.Dir(stamp)))
	if err != nil {
		return err
	}
	defer unlock()
	sum := sha256.New()
	for _, s := range sources {
		b, err := os.ReadFile(s)
		if err != nil {
			return fmt.Errorf("reading %s: %w", s, err)
		}
		sum.Write(b)
	}
	want := hex.EncodeToString(sum.Sum(nil))
	if got, err := os.ReadFile(stamp); err == nil && string(got) == want {
		if _, err := os.Stat(product); err == nil {
			return nil
		}
	}
	if err := produce(); err != nil {
		return err
	}
	if err := os.WriteFile(stamp, []byte(want), 0o644); err != nil {
		return fmt.Errorf("noting what %s was made of: %w", product, err)
	}
	return nil
}

// run runs a program; its output goes to log, and into the error's last lines.
func run(ctx context.Context, log io.Writer, dir, name string, args ...string) error {
	var tail Tail
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stdout = io.MultiWriter(log, &tail)
	cmd.Stderr = cmd.Stdout
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, tail.String())
	}
	return nil
}

// Tail keeps the last 4,000 bytes written to it: enough to see why a program failed.
type Tail struct{ b []byte }

func (t *Tail) Write(b []byte) (int, error) {
	t.b = append(t.b, b...)
	if over := len(t.b) - 4000; over > 0 {
		t.b = t.b[over:]
	}
	return len(b), nil
}

func (t *Tail) String() string { return strings.TrimSpace(strings.ToValidUTF8(string(t.b), "")) }
