// Command cmd checks feedback.yaml, and that every text which customers read is
// there in its languages, and writes it as functions read it:
//
//	go run ./infra/configure/cmd -in infra/feedback.yaml build/arm64/*/feedback.json
//
// Without outputs, or with -check, it only checks. What is wrong goes to
// standard error, one line each, and the exit status is 1.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"resonanz/infra/configure"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, usage io.Writer) error {
	flags := flag.NewFlagSet("configure", flag.ContinueOnError)
	flags.SetOutput(usage)
	in := flags.String("in", "infra/feedback.yaml", "the configuration to check")
	check := flags.Bool("check", false, "check only")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cfg, err := configure.Load(*in)
	if err != nil {
		return err
	}
	if err := checkWords(cfg.Organisation.Languages, catalogues()); err != nil {
		return err
	}
	if *check {
		return nil
	}
	b, err := configure.JSON(cfg)
	if err != nil {
		return err
	}
	for _, out := range flags.Args() {
		if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
			return fmt.Errorf("writing configuration: %w", err)
		}
		if err := os.WriteFile(out, b, 0o644); err != nil {
			return fmt.Errorf("writing configuration: %w", err)
		}
	}
	return nil
}
