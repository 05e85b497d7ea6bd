package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"resonanz/infra/configure"
)

func settingsOf(t *testing.T, context map[string]any) (Settings, error) {
	t.Helper()
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: jsii.String(t.TempDir())})
	cfg, err := configure.LoadStage("feedback.yaml", string(stageOf(app.Node())))
	if err != nil {
		return Settings{}, err
	}
	return settingsFrom(app.Node(), cfg, "build")
}

func TestContextChoosesStageAndArchitecture(t *testing.T) {
	got, err := settingsOf(t, map[string]any{"stage": "prod", "arch": "x86_64", "publicUrl": "https://feedback.example.com/", "local": true})
	if err != nil {
		t.Fatal(err)
	}
	got.Config = nil
	want(t, "settings", got, Settings{Stage: configure.Prod, Arch: "amd64", Assets: "build", PublicURL: "https://feedback.example.com", Local: true})
	got, err = settingsOf(t, map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	got.Config = nil
	want(t, "defaults", got, Settings{Stage: configure.Dev, Arch: "arm64", Assets: "build"})
}

func TestContextThatMeansNothingIsRefusedByName(t *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{"stage", "production", `stage "production" is none of dev, prod: name it under stages in feedback.yaml`},
		{"arch", "riscv64", "context arch=riscv64: want arm64 or amd64 (x86_64)"},
		{"local", "perhaps", "context local=perhaps: want true or false"},
		{"publicUrl", "feedback.example.com", `context publicUrl is "feedback.example.com"; want an address such as https://feedback.example.com`},
		{"publicUrl", "https://feedback.a-very-long-name.example.com", "context publicUrl is 45 characters long; at most 42, so that a link fits into 100"},
	} {
		if _, err := settingsOf(t, map[string]any{c.key: c.value}); err == nil || err.Error() != c.want {
			t.Errorf("%s=%s: got %v, want %s", c.key, c.value, err, c.want)
		}
	}
}

func TestAMissingBuildIsExplained(t *testing.T) {
	v := variant{name: "unbuilt", context: map[string]any{"assets": t.TempDir(), "arch": "amd64"}}
	_, err := v.synthesise(t)
	if err == nil || !strings.Contains(err.Error(), "run `make build ARCH=amd64` first") {
		t.Errorf("got %v", err)
	}
}

// `cdk bootstrap` and `cdk destroy` run the app, too, and say so by this context.
func TestCommandsThatDeployNothingNeedNoBuild(t *testing.T) {
	v := variant{name: "unbuilt", context: map[string]any{"assets": t.TempDir(), "aws:cdk:bundling-stacks": []any{}}}
	if _, err := v.synthesise(t); err != nil {
		t.Error(err)
	}
}

func TestTheProjectIsFoundFromAnyOfItsFolders(t *testing.T) {
	root, err := projectRoot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "infra", "feedback.yaml")); err != nil {
		t.Error(err)
	}
	t.Chdir(t.TempDir())
	if _, err := projectRoot(); err == nil {
		t.Error("a project was found outside of it")
	}
}
