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
	cfg, err := configure.Load("feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: jsii.String(t.TempDir())})
	return settingsFrom(app.Node(), cfg, "build")
}

func TestContextChoosesStageAndArchitecture(t *testing.T) {
	got, err := settingsOf(t, map[string]any{"stage": "prod", "arch": "x86_64", "publicUrl": "https://feedback.example.com/", "local": true})
	if err != nil {
		t.Fatal(err)
	}
	got.Config = nil
	want(t, "settings", got, Settings{Stage: Prod, Arch: "amd64", Assets: "build", PublicURL: "https://feedback.example.com", Local: true})
	got, err = settingsOf(t, map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	got.Config = nil
	want(t, "defaults", got, Settings{Stage: Dev, Arch: "arm64", Assets: "build"})
}

func TestContextThatMeansNothingIsRefusedByName(t *testing.T) {
	for key, value := range map[string]string{"stage": "production", "arch": "riscv64", "publicUrl": "feedback.example.com", "local": "perhaps"} {
		_, err := settingsOf(t, map[string]any{key: value})
		if err == nil || !strings.Contains(err.Error(), "context "+key+"="+value+": want ") {
			t.Errorf("%s=%s: got %v", key, value, err)
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
