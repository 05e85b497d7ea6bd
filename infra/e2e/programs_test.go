package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"resonanz/infra/local/emulator"
)

// programs are those of infra that tests run as an operator does.
var programs = workshop{names: []string{"customer", "deadletters", "exporter", "importer", "load"}, done: make(chan struct{})}

// workshop builds programs while the stack comes up, which mostly waits.
type workshop struct {
	names []string
	dir   string
	done  chan struct{}
	err   error
}

// build builds all of them into a folder.
func (w *workshop) build(ctx context.Context, dir string) {
	defer close(w.done)
	w.dir = dir
	args := []string{"build", "-buildvcs=false", "-o", dir + string(filepath.Separator)}
	for _, name := range w.names {
		args = append(args, "resonanz/infra/"+name)
	}
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		w.err = fmt.Errorf("building programs: %w\n%s", err, out)
	}
}

// command runs one of them in the project, with credentials and region of the stack
// under test and more in the environment.
func (w *workshop) command(t *testing.T, name string, args []string, environment ...string) *exec.Cmd {
	t.Helper()
	<-w.done
	if w.err != nil {
		t.Fatal(w.err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(w.dir, name), args...)
	cmd.Dir = deployed.Project.Root
	cmd.Env = append(append(os.Environ(), "AWS_ENDPOINT_URL="+deployed.EndpointURL, "AWS_REGION="+deployed.Region,
		"AWS_ACCESS_KEY_ID="+emulator.AccessKey, "AWS_SECRET_ACCESS_KEY="+emulator.SecretKey), environment...)
	return cmd
}
