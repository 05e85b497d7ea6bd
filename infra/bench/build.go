package main

import (
	"archive/zip"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"resonanz/infra/bench/reference"
)

//go:embed probe.txt
var probe []byte

// Folders below that of the bench, each with one folder for each function.
const (
	shippedFolder = "functions" // as they ship: `make build` made them
	manyFolder    = "many"      // the same binaries, configured with many devices
	probedFolder  = "probed"    // as many, and say what they allocate
)

var references = []string{reference.Hello, reference.Plain}

// prepare builds the references, places all functions under a configuration with
// many devices, and builds those that are measured once more with the probe.
func (b *bench) prepare(ctx context.Context) error {
	for _, name := range references {
		into := filepath.Join(b.dir, shippedFolder, name, "bootstrap")
		if err := reference.Build(ctx, b.root, into, []string{reference.Folder(name)}); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(filepath.Join(b.root, "infra", "feedback.yaml"))
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	if text, err = manyDevices(text); err != nil {
		return err
	}
	yaml := filepath.Join(b.dir, "many.yaml")
	if err := os.WriteFile(yaml, text, 0o600); err != nil {
		return fmt.Errorf("writing a configuration with many devices: %w", err)
	}
	configure := []string{"run", "./infra/configure/cmd", "-in", yaml}
	for _, name := range append(slices.Sorted(maps.Keys(b.settings)), references...) {
		for _, folder := range []string{manyFolder, probedFolder} {
			into := filepath.Join(b.dir, folder, name)
			if err := os.MkdirAll(into, 0o750); err != nil {
				return fmt.Errorf("making a folder: %w", err)
			}
			configure = append(configure, into)
		}
		to := filepath.Join(b.dir, manyFolder, name, "bootstrap")
		if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("replacing a binary: %w", err)
		}
		if err := os.Link(filepath.Join(b.dir, shippedFolder, name, "bootstrap"), to); err != nil {
			return fmt.Errorf("%w: run `make build OUTPUT=build/bench/functions` for this machine's processor", err)
		}
	}
	cmd := exec.CommandContext(ctx, "go", configure...)
	cmd.Dir = b.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("configuring many devices: %w\n%s", err, out)
	}
	return b.buildProbed(ctx)
}

// buildProbed builds every function once more with a file that is in no folder of
// the project: what ships stays untouched.
func (b *bench) buildProbed(ctx context.Context) error {
	var names, sources []string
	replace := make(map[string]string)
	for i := range b.plays {
		name := b.plays[i].function
		if slices.Contains(names, name) {
			continue
		}
		source := filepath.Join("functions", name)
		if slices.Contains(references, name) {
			source = reference.Folder(name)
		}
		names, sources = append(names, name), append(sources, source)
		replace[filepath.Join(b.root, source, "bench_probe.go")] = filepath.Join(b.dir, "probe.go")
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	path := filepath.Join(b.dir, "overlay.json")
	if err := errors.Join(os.WriteFile(path, overlay, 0o600), os.WriteFile(filepath.Join(b.dir, "probe.go"), probe, 0o600)); err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	into := filepath.Join(b.dir, "probing")
	if err := os.MkdirAll(into, 0o750); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	if err := reference.Build(ctx, b.root, into, sources, "-overlay", path); err != nil {
		return err
	}
	for _, name := range names {
		if err := os.Rename(filepath.Join(into, name), filepath.Join(b.dir, probedFolder, name, "bootstrap")); err != nil {
			return fmt.Errorf("placing a probed function: %w", err)
		}
	}
	return nil
}

// sizes are those of a function's binary and of the package that is uploaded.
func (b *bench) sizes(function string) (binary, packed int64, err error) {
	dir := filepath.Join(b.dir, shippedFolder, function)
	info, err := os.Stat(filepath.Join(dir, "bootstrap"))
	if err != nil {
		return 0, 0, fmt.Errorf("measuring %s: %w", function, err)
	}
	var n counter
	z := zip.NewWriter(&n)
	if err := errors.Join(z.AddFS(os.DirFS(dir)), z.Close()); err != nil {
		return 0, 0, fmt.Errorf("packing %s: %w", function, err)
	}
	return info.Size(), int64(n), nil
}

// counter counts what is written to it.
type counter int64

func (n *counter) Write(b []byte) (int, error) {
	*n += counter(len(b))
	return len(b), nil
}

var _ io.Writer = (*counter)(nil)
