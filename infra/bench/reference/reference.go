// Package reference builds the two functions that every other is measured
// against: the least there is, and a rating function as a good engineer writes it
// who knows nothing of cold starts.
package reference

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The names of the references, which are folders beside this file.
const (
	Hello = "hello"
	Plain = "plain"
)

// Folder is where the source of a reference is, below the project.
func Folder(name string) string { return filepath.Join("infra", "bench", "reference", name) }

// Flags are those with which `make build` builds functions: a test compares.
var Flags = []string{"-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w"}

// Build builds the packages of folders below root into a file, or into a folder of
// which they become files, as `make build` builds functions for this machine. More
// are further arguments of go build.
func Build(ctx context.Context, root, into string, folders []string, more ...string) error {
	args := append([]string{"build"}, Flags...)
	args = append(append(args, more...), "-o", into)
	for _, f := range folders {
		args = append(args, "./"+filepath.ToSlash(f))
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %v: %w\n%s", folders, err, out)
	}
	return nil
}
