// Command cmd checks feedback.yaml, and that every text which customers read is
// there in its languages, and writes it as functions read it, into each of the
// folders named:
//
//	go run ./infra/configure/cmd -in infra/feedback.yaml build/arm64/*
//
// Written is the configuration of one stage (-stage, else dev); checked are all.
// Without folders, or with -check, it only checks; -stages lists the stages, -print
// shows the configuration with all its defaults as JSON. What is wrong goes to
// standard error, one line each, and the exit status is 1.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"resonanz/infra/configure"
	"resonanz/shared/config"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out, usage io.Writer) error {
	flags := flag.NewFlagSet("configure", flag.ContinueOnError)
	flags.SetOutput(usage)
	in := flags.String("in", "infra/feedback.yaml", "the configuration to check")
	stage := flags.String("stage", configure.Dev, "whose configuration is written")
	check := flags.Bool("check", false, "check only")
	show := flags.Bool("print", false, "show the configuration as JSON")
	list := flags.Bool("stages", false, "list the stages")
	if err := flags.Parse(args); err != nil {
		return err
	}
	stages, err := configure.Stages(*in)
	if err != nil {
		return err
	}
	if *list {
		_, err := fmt.Fprintln(out, strings.Join(stages, "\n"))
		return err
	}
	for _, s := range stages {
		cfg, err := configure.LoadStage(*in, s)
		if err != nil {
			return err
		}
		if err := checkWords(cfg.Organisation.Languages, catalogues()); err != nil {
			return err
		}
	}
	cfg, err := configure.LoadStage(*in, *stage)
	if err != nil {
		return err
	}
	if *check {
		return nil
	}
	if *show {
		b, err := configure.JSON(cfg)
		if err == nil {
			_, err = out.Write(b)
		}
		return err
	}
	b, err := config.Pack(cfg)
	if err != nil {
		return err
	}
	for _, dir := range flags.Args() {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("writing configuration: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, config.File), b, 0o644); err != nil {
			return fmt.Errorf("writing configuration: %w", err)
		}
	}
	return nil
}
