package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"resonanz/infra/deployed"
	"resonanz/infra/local/stack"
)

// kept is a secret in a file: the value in force and the one before, which is still
// believed.
type kept struct {
	Current  string `json:"current"`
	Previous string `json:"previous,omitempty"`
}

// keepSecrets writes the secrets of a stack into a file that only its owner reads.
// They are shown nowhere.
func keepSecrets(ctx context.Context, p *place, name string, out io.Writer) error {
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%w: %s is there already: name another file", errUsage, name)
	}
	all := map[string]kept{}
	for what, id := range p.secretIDs {
		var k kept
		for stage, into := range map[string]*string{"AWSCURRENT": &k.Current, "AWSPREVIOUS": &k.Previous} {
			got, err := p.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &id, VersionStage: &stage})
			if none := new(types.ResourceNotFoundException); errors.As(err, &none) && stage == "AWSPREVIOUS" {
				continue // it was never another
			}
			if err != nil {
				return fmt.Errorf("reading the secret of %s: %s", what, deployed.Reason(err))
			}
			*into = aws.ToString(got.SecretString)
		}
		all[what] = k
	}
	if err := stack.WriteJSON(name, all); err != nil { // for its owner alone
		return err
	}
	fmt.Fprintf(out, "%s: the secrets of %s: %s; keep it as you keep passwords\n", name, p.name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	return nil
}

// putSecrets makes the secrets of a file those of a stack. What its functions hold in
// memory they hold for some minutes more.
func putSecrets(ctx context.Context, p *place, name string, out io.Writer) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("reading the secrets: %w", err)
	}
	all := map[string]kept{}
	if err := json.Unmarshal(b, &all); err != nil || len(all) == 0 {
		return fmt.Errorf("%w: %s is no file of make secrets", errUsage, name)
	}
	for what, k := range all {
		if p.secretIDs[what] == "" || k.Current == "" {
			return fmt.Errorf("%w: %s has a secret %q that %s has no place for, or that is empty", errUsage, name, what, p.name)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(all)) {
		k := all[what]
		for _, value := range []string{k.Previous, k.Current} { // the second makes the first the previous one
			if value == "" {
				continue
			}
			id := p.secretIDs[what]
			if _, err := p.secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &id, SecretString: &value}); err != nil {
				return fmt.Errorf("writing the secret of %s: %s", what, deployed.Reason(err))
			}
		}
	}
	fmt.Fprintf(out, "%s has the secrets of %s: %s\n", p.name, name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	return nil
}
