// Command scan has other people's tools look for what is unsafe: cfn-lint and
// checkov in the templates, govulncheck in what the functions call. What they find
// and is meant to be so stands in exemptions.yaml with its reason; an exemption that
// nothing needs any more is an error, too.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"resonanz/infra/command"
	"resonanz/infra/local/toolchain"
)

const usage = `usage: make scan, make vulncheck
which run: go run ./infra/scan --templates build/cdk.out
           go run ./infra/scan --govulncheck build/tools/bin/govulncheck-…

  --templates    the folder of what make synth made, a folder for each stage
  --govulncheck  the program
GOVULNDB names a copy of the vulnerability database where vuln.go.dev is not reached.`

func main() { command.Main(usage, run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("scan", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	folder := f.String("templates", "", "")
	program := f.String("govulncheck", "", "")
	if err := f.Parse(args); err != nil || f.NArg() > 0 || *folder == "" && *program == "" {
		return fmt.Errorf("%w: name the folder of templates, or govulncheck", command.ErrUsage)
	}
	wd, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return err
	}
	var problems []error
	if *folder != "" {
		problems = append(problems, scanTemplates(ctx, root, *folder, out))
	}
	if *program != "" {
		problems = append(problems, weaknesses(ctx, root, *program, out))
	}
	return errors.Join(problems...)
}

// scanTemplates has both tools look at every stage.
func scanTemplates(ctx context.Context, root, folder string, out io.Writer) error {
	templates, err := filepath.Glob(filepath.Join(folder, "*", "Resonanz-*.template.json"))
	if err != nil || len(templates) == 0 {
		return errors.Join(err, fmt.Errorf("looking for templates: none in %s: run make synth", folder))
	}
	fmt.Fprintln(out, "cfn-lint and checkov look at the templates (the first time they are installed, which takes minutes)")
	var log bytes.Buffer
	python, err := toolchain.Venv(ctx, filepath.Join(root, "build", "tools", "scan"), filepath.Join(root, "infra", "scan", "requirements.txt"), &log)
	if err != nil {
		return fmt.Errorf("installing cfn-lint and checkov: %w\n%s", err, log.Bytes())
	}
	exemptions, err := readExemptions(filepath.Join(root, "infra", "scan", "exemptions.yaml"))
	if err != nil {
		return err
	}
	var found []finding
	for _, t := range templates {
		for _, tool := range []func(context.Context, string, string) ([]finding, error){cfnLint, checkov} {
			more, err := tool(ctx, filepath.Dir(python), t)
			if err != nil {
				return err
			}
			found = append(found, more...)
		}
	}
	problems := judge(found, exemptions)
	fmt.Fprintf(out, "cfn-lint and checkov: %d templates, %d findings, %d exemptions, %d problems\n", len(templates), len(found), len(exemptions), len(problems))
	return errors.Join(problems...)
}
