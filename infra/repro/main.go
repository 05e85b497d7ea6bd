// Command repro shows that the same commit gives the same bytes wherever it is
// built: it clones HEAD into two folders, builds every function in both,
// synthesises the stack in both, and compares the hashes of all binaries,
// configurations, assets and templates. It needs no network.
//
// The clones share Go's build cache. That hides nothing: without -trimpath the
// cache itself would tell the folders apart.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sort"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "repro")
	if err != nil {
		return fmt.Errorf("making a folder for the clones: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	root, err := output(ctx, ".", "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	if changes, err := output(ctx, root, "git", "status", "--porcelain"); err != nil {
		return err
	} else if changes != "" {
		fmt.Fprintln(out, "note: what is not committed is left out")
	}
	var built []map[string]string
	// Of different length and depth: a path that leaks into a binary shows.
	for _, at := range []string{filepath.Join(dir, "a"), filepath.Join(dir, "somewhere", "else entirely")} {
		fmt.Fprintf(out, "building in %s\n", at)
		sums, err := build(ctx, root, at)
		if err != nil {
			return err
		}
		built = append(built, sums)
	}
	differing := compare(built[0], built[1])
	for _, line := range differing {
		fmt.Fprintln(out, line)
	}
	if len(differing) > 0 {
		return fmt.Errorf("%d files differ between two builds of the same commit", len(differing))
	}
	for _, name := range sorted(built[0]) {
		if !strings.Contains(name, "/asset.") { // copies of the functions
			fmt.Fprintf(out, "%s  %s\n", built[0][name][:16], name)
		}
	}
	fmt.Fprintf(out, "%d files are the same in both\n", len(built[0]))
	return nil
}

// build clones HEAD of root into at and gives the hashes of what it makes.
func build(ctx context.Context, root, at string) (map[string]string, error) {
	if _, err := output(ctx, root, "git", "clone", "--quiet", "--no-hardlinks", root, at); err != nil {
		return nil, err
	}
	if _, err := output(ctx, at, "make", "build", "ARCH=arm64"); err != nil {
		return nil, err
	}
	if err := synthesise(ctx, at); err != nil {
		return nil, err
	}
	sums, err := hashes(filepath.Join(at, "build"))
	if err != nil {
		return nil, err
	}
	if len(sums) == 0 {
		return nil, fmt.Errorf("comparing builds: nothing was built in %s", at)
	}
	return sums, nil
}

// synthesise runs the app as the CDK command line does, which is not needed for
// it; the validator has its own run.
func synthesise(ctx context.Context, at string) error {
	b, err := os.ReadFile(filepath.Join(at, "cdk.json"))
	if err != nil {
		return fmt.Errorf("reading cdk.json: %w", err)
	}
	var file struct{ Context json.RawMessage }
	if err := json.Unmarshal(b, &file); err != nil {
		return fmt.Errorf("reading cdk.json: %w", err)
	}
	for _, stage := range []string{"dev", "prod"} {
		values := map[string]any{}
		if err := json.Unmarshal(file.Context, &values); err != nil {
			return fmt.Errorf("reading cdk.json: %w", err)
		}
		values["stage"] = stage
		chosen, err := json.Marshal(values)
		if err != nil {
			return err
		}
		if _, err := output(ctx, at, "env", "CDK_VALIDATION=false", "CDK_CONTEXT_JSON="+string(chosen),
			"CDK_OUTDIR="+filepath.Join(at, "build", "cdk.out"), "go", "run", "./infra"); err != nil {
			return err
		}
	}
	return nil
}

// hashes gives the SHA-256 of each file below dir, by its path there. What says
// nothing about the deployed stack, such as the tree of constructs, is left out.
func hashes(dir string) (map[string]string, error) {
	sums := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if d.IsDir() || strings.HasSuffix(rel, "tree.json") || strings.HasSuffix(rel, "manifest.json") || strings.HasSuffix(rel, ".metadata.json") {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		sum := sha256.New()
		fmt.Fprintf(sum, "%o\n", info.Mode().Perm()&0o111) // the zip keeps whether it may be run
		sum.Write(b)
		sums[rel] = hex.EncodeToString(sum.Sum(nil))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("hashing what was built: %w", err)
	}
	return sums, nil
}

// compare names each file that is not the same in both.
func compare(a, b map[string]string) []string {
	all := map[string]string{}
	for _, m := range []map[string]string{a, b} {
		for name := range m {
			all[name] = ""
		}
	}
	var lines []string
	for _, name := range sorted(all) {
		if a[name] != b[name] {
			lines = append(lines, fmt.Sprintf("differs: %s (%.16s, %.16s)", name, a[name], b[name]))
		}
	}
	return lines
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// output runs a program in dir; what it said is in the error if it fails.
func output(ctx context.Context, dir, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off", "PWD="+dir)
	var said strings.Builder
	cmd.Stderr = &said
	b, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running %s %s in %s: %w\n%s%s", program, strings.Join(args, " "), dir, err, b, said.String())
	}
	return strings.TrimSpace(string(b)), nil
}
