// Command infra is the CDK app: the whole stack, by concern one file each.
// It looks nothing up in an account, so the same sources give the same
// template everywhere.
//
// Context values: stage (dev, prod or one of feedback.yaml), arch (arm64, amd64), publicUrl, local,
// assets. `cdk deploy` builds the functions first (cdk.json's "build").
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"resonanz/infra/configure"
)

func main() {
	if err := synthesize(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func synthesize() error {
	root, err := projectRoot()
	if err != nil {
		return err
	}
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	cfg, err := configure.LoadStage(filepath.Join(root, "infra", "feedback.yaml"), string(stageOf(app.Node())))
	if err != nil {
		return err
	}
	settings, err := settingsFrom(app.Node(), cfg, filepath.Join(root, "build"))
	if err != nil {
		return err
	}
	if err := newStack(app, settings); err != nil {
		return err
	}
	app.Synth(nil)
	return nil
}

// projectRoot finds the folder with go.mod, so that the app runs from any
// folder of the project.
func projectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the project's folder: %w", err)
	}
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return "", fmt.Errorf("finding the project's folder: no go.mod above the working folder")
		}
		dir = filepath.Dir(dir)
	}
}
