package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"

	"resonanz/shared/config"
)

// code is what a function is deployed from: its built folder, <assets>/<arch>/<name>/.
// Commands that deploy nothing, such as `cdk bootstrap`, do without.
func (s *stack) code(name string) (awslambda.Code, error) {
	dir := filepath.Join(s.Assets, s.Arch, name)
	if _, err := os.Stat(filepath.Join(dir, "bootstrap")); err != nil {
		if *s.scope.BundlingRequired() {
			return nil, fmt.Errorf("finding function %s: %w; run `make build ARCH=%s` first", name, err, s.Arch)
		}
		return awslambda.Code_FromBucket(s.bucket, str("not-built"), str("none")), nil
	}
	if !s.Brought {
		var err error
		if dir, err = s.configured(name, dir); err != nil {
			return nil, fmt.Errorf("configuring function %s for stage %s: %w", name, s.Stage, err)
		}
	}
	return awslambda.Code_FromAsset(str(dir), &awss3assets.AssetOptions{}), nil
}

// configured is the folder of a function with the configuration of this stage: the
// built one where it has that already, else one beside it with the same binary.
// Stages can so be deployed from one build, and no function is ever given the
// configuration of another stage.
func (s *stack) configured(name, built string) (string, error) {
	want, err := config.Pack(s.Config)
	if err != nil {
		return "", err
	}
	if b, err := os.ReadFile(filepath.Join(built, config.File)); err == nil && bytes.Equal(b, want) {
		return built, nil
	}
	dir := filepath.Join(s.Assets, "stages", string(s.Stage), s.Arch, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "bootstrap")
	if err := os.Remove(binary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.Link(filepath.Join(built, "bootstrap"), binary); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, config.File), want, 0o644)
}
