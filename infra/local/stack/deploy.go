package stack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/toolchain"
)

// Stage is the stage that runs locally.
const Stage = "dev"

// Project is the source tree with its tools in place.
type Project struct {
	Root string
	CDK  string // the CDK command line of infra/node_modules
}

// BuildDir is where build output and local environments live.
func (p Project) BuildDir() string { return filepath.Join(p.Root, "build") }

// Arch is the GOARCH of the function binaries that run here.
func Arch() string { return runtime.GOARCH }

// Build builds all functions for this machine.
func (p Project) Build(ctx context.Context, log io.Writer) error {
	unlock, err := p.lockBinaries(syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock()
	return run(ctx, p.Root, log, nil, "make", "build", "ARCH="+Arch())
}

// lockBinaries keeps a build and the deployments of what was built apart: tests
// bring up several stacks side by side.
func (p Project) lockBinaries(how int) (unlock func(), err error) {
	if err := os.MkdirAll(p.BuildDir(), 0o755); err != nil {
		return nil, fmt.Errorf("locking the function binaries: %w", err)
	}
	f, err := os.Open(p.BuildDir())
	if err != nil {
		return nil, fmt.Errorf("locking the function binaries: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		return nil, errors.Join(fmt.Errorf("locking the function binaries: %w", err), f.Close())
	}
	return func() { _ = f.Close() }, nil // closing unlocks
}

// Compile fills Go's build cache for the CDK app, which `cdk deploy` runs: the
// compiler is at work while other tools are still on their way.
func (p Project) Compile(ctx context.Context, log io.Writer) error {
	return run(ctx, p.Root, log, nil, "go", "build", "-o", os.DevNull, "./infra")
}

// Bootstrap prepares the emulated account for the CDK. It runs away from
// cdk.json: there is no need to synthesise the stack for it.
func (p Project) Bootstrap(ctx context.Context, endpoint, dir string, log io.Writer) error {
	return run(ctx, filepath.Join(dir, "tmp"), log, awsEnvironment(endpoint), p.CDK, "bootstrap", "aws://"+emulator.Account+"/"+emulator.Region,
		"--output", filepath.Join(dir, "tmp", "cdk.bootstrap"), "--no-notices", "--ci")
}

// Deploy deploys the stack into the emulator at endpoint, with its customer
// pages at publicURL, and writes outputs.json in dir. More context overrides ours.
func (p Project) Deploy(ctx context.Context, endpoint, publicURL, dir string, more map[string]string, log io.Writer) (*Outputs, error) {
	sources, err := p.Fingerprint()
	if err != nil {
		return nil, err
	}
	o := &Outputs{
		PublicURL: publicURL, EndpointURL: endpoint, Region: emulator.Region, Stage: Stage,
		StackName: "Resonanz-" + Stage, Sources: sources,
	}
	// The emulator serves the pages to sign in at its own address, not at a domain of the pool's.
	values := map[string]string{"stage": Stage, "local": "true", "arch": Arch(), "publicUrl": publicURL, "signInUrl": endpoint}
	for k, v := range more {
		values[k] = v
	}
	unlock, err := p.lockBinaries(syscall.LOCK_SH)
	if err != nil {
		return nil, err
	}
	defer unlock()
	written := filepath.Join(dir, "tmp", "cdk-outputs.json")
	args := []string{
		"deploy", o.StackName, "--require-approval", "never", "--outputs-file", written,
		"--output", filepath.Join(dir, "tmp", "cdk.out"), "--no-notices", "--ci", "--build", "true", // the functions are built already
	}
	for k, v := range values {
		args = append(args, "--context", k+"="+v)
	}
	if err := run(ctx, p.Root, log, awsEnvironment(endpoint), p.CDK, args...); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(written)
	if err != nil {
		return nil, fmt.Errorf("reading the stack's outputs: %w", err)
	}
	if err := o.fromCDK(b); err != nil {
		return nil, err
	}
	o.DeployedAt = time.Now().UTC().Truncate(time.Second)
	if err := o.verifySender(ctx, p.Root); err != nil {
		return nil, err
	}
	return o, o.write(dir)
}

// awsEnvironment is the caller's environment without anything that could lead
// to a real account, pointed at the emulator.
func awsEnvironment(endpoint string) []string {
	env := slices.DeleteFunc(os.Environ(), func(e string) bool {
		return strings.HasPrefix(e, "AWS_") || strings.HasPrefix(e, "CDK_")
	})
	return append(env,
		"AWS_ENDPOINT_URL="+endpoint,
		"AWS_ACCESS_KEY_ID="+emulator.AccessKey,
		"AWS_SECRET_ACCESS_KEY="+emulator.SecretKey,
		"AWS_REGION="+emulator.Region,
		"AWS_DEFAULT_REGION="+emulator.Region,
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"CDK_DISABLE_CLI_TELEMETRY=true",
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20", // works all the same
		"CI=true",
	)
}

func run(ctx context.Context, dir string, log io.Writer, env []string, name string, args ...string) error {
	var tail toolchain.Tail
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = env
	cmd.Stdout = io.MultiWriter(log, &tail)
	cmd.Stderr = cmd.Stdout
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running %s %s: %w\n%s", filepath.Base(name), args[0], err, tail.String())
	}
	return nil
}

// Fingerprint changes when anything that a deployment is made of does.
func (p Project) Fingerprint() (string, error) {
	sum := sha256.New()
	for _, top := range []string{"go.mod", "go.sum", "cdk.json", "Makefile", "events", "functions", "infra", "shared"} {
		err := filepath.WalkDir(filepath.Join(p.Root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if n := d.Name(); n == "node_modules" || n == "local" || n == "testdata" || n == "samples" {
					return filepath.SkipDir
				}
				return nil
			}
			if strings.HasSuffix(path, "_test.go") {
				return nil
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(p.Root, path)
			if err != nil {
				return err
			}
			fmt.Fprintf(sum, "%s %d\n", rel, len(b))
			sum.Write(b)
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("reading the sources: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}
