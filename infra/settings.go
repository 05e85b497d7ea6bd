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

// Stage is one deployment of the stack in an account.
type Stage string

// The stages. Production keeps its data when the stack goes and refuses to
// delete the table; development leaves nothing behind but what it must.
const (
	Dev  Stage = "dev"
	Prod Stage = "prod"
)

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
	// PublicURL is the base of customer links, without a trailing slash; empty:
	// feedback.yaml's, or else the address of the API itself.
	PublicURL string
	// Local is a deployment to an emulator. It changes two things: facts gather for
	// a second instead of five minutes, which on one machine only makes one wait,
	// and Athena's tables, which emulators lack, are left out.
	Local bool
}

// settingsFrom reads the context of the app.
func settingsFrom(node constructs.Node, cfg *config.Config, assets string) (Settings, error) {
	text := func(key, otherwise string) string {
		if v := node.TryGetContext(jsii.String(key)); v != nil {
			return strings.TrimSpace(fmt.Sprint(v))
		}
		return otherwise
	}
	s := Settings{
		Config:    cfg,
		Stage:     Stage(text("stage", string(Dev))),
		Arch:      text("arch", "arm64"),
		Assets:    text("assets", assets),
		PublicURL: strings.TrimRight(text("publicUrl", cfg.PublicURL), "/"),
	}
	if s.Stage != Dev && s.Stage != Prod {
		return Settings{}, fmt.Errorf("context stage=%s: want dev or prod", s.Stage)
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
	if s.Stage == Prod {
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
