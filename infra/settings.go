package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"resonanz/infra/configure"
	"resonanz/shared/config"
)

// Stage is one deployment of the stack in an account: dev, prod, or another that
// feedback.yaml names. One that keeps (prod, if nothing else is said) leaves its
// data behind when the stack goes, and refuses to be removed; others leave nothing
// but what they must.
type Stage string

// Settings are what a deployment may choose; each is a context value
// (`cdk deploy -c stage=prod`). Everything else is feedback.yaml.
type Settings struct {
	Config *config.Config
	Stage  Stage
	// Arch is the GOARCH of the binaries: arm64 in the cloud, the host's own on
	// an emulator that runs them directly.
	Arch string
	// Assets is the folder with <arch>/<function>/bootstrap.
	Assets string
	// Brought says that Assets were brought along, each with its own configuration:
	// else the functions get the configuration of their stage.
	Brought bool
	// PublicURL is the base of customer links, without a trailing slash; empty:
	// feedback.yaml's, or else the address of the API itself.
	PublicURL string
	// Local is a deployment to an emulator. Facts then gather for a second instead of
	// five minutes, which on one machine only makes one wait, and what emulators or
	// a machine lack is left out: Athena's tables, domain, edge, sender and budget.
	Local bool
}

// contextOf reads a value of the app's context.
func contextOf(node constructs.Node, key, otherwise string) string {
	if v := node.TryGetContext(jsii.String(key)); v != nil {
		return strings.TrimSpace(fmt.Sprint(v))
	}
	return otherwise
}

// stageOf is the stage that the app is asked for.
func stageOf(node constructs.Node) Stage { return Stage(contextOf(node, "stage", configure.Dev)) }

// settingsFrom reads the context of the app; cfg is the configuration of its stage.
func settingsFrom(node constructs.Node, cfg *config.Config, assets string) (Settings, error) {
	text := func(key, otherwise string) string { return contextOf(node, key, otherwise) }
	s := Settings{
		Config:    cfg,
		Stage:     stageOf(node),
		Arch:      text("arch", "arm64"),
		Assets:    text("assets", assets),
		Brought:   text("assets", "") != "",
		PublicURL: strings.TrimRight(text("publicUrl", cfg.Address()), "/"),
	}
	if s.Arch == "x86_64" {
		s.Arch = "amd64"
	}
	if s.Arch != "arm64" && s.Arch != "amd64" {
		return Settings{}, fmt.Errorf("context arch=%s: want arm64 or amd64 (x86_64)", s.Arch)
	}
	local, err := strconv.ParseBool(text("local", "false"))
	if err != nil {
		return Settings{}, fmt.Errorf("context local=%s: want true or false", text("local", ""))
	}
	s.Local = local
	if wrong := configure.CheckPublicURL(s.PublicURL); wrong != "" {
		return Settings{}, fmt.Errorf("context publicUrl %s", wrong)
	}
	return s, nil
}

// removal says what becomes of data when it leaves the stack.
func (s Settings) removal() awscdk.RemovalPolicy {
	if s.Config.Keep {
		return awscdk.RemovalPolicy_RETAIN
	}
	return awscdk.RemovalPolicy_DESTROY
}

func (s Settings) architecture() awslambda.Architecture {
	if s.Arch == "amd64" {
		return awslambda.Architecture_X86_64()
	}
	return awslambda.Architecture_ARM_64()
}
