package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/go-cmp/cmp"
)

// vault is Secrets Manager: each secret with its values, the one in force last.
type vault map[string][]string

func (v vault) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	values := v[*in.SecretId]
	at := map[string]int{"AWSCURRENT": len(values) - 1, "AWSPREVIOUS": len(values) - 2}[*in.VersionStage]
	if at < 0 {
		return nil, &types.ResourceNotFoundException{}
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: &values[at]}, nil
}

func (v vault) PutSecretValue(_ context.Context, in *secretsmanager.PutSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error) {
	v[*in.SecretId] = append(v[*in.SecretId], *in.SecretString)
	return &secretsmanager.PutSecretValueOutput{}, nil
}

func TestSecretsAreCarriedFromOneStackToAnother(t *testing.T) {
	ids := map[string]string{"link": "arn-link", "device": "arn-device"}
	from := &place{name: "Resonanz-old", secretIDs: ids, secrets: vault{"arn-link": {"link-before", "link-now"}, "arn-device": {"device-now"}}}
	new1 := vault{"arn-link": {"made-up"}, "arn-device": {"made-up"}}
	to := &place{name: "Resonanz-new", secretIDs: ids, secrets: new1}
	name := filepath.Join(t.TempDir(), "secrets.json")
	var said bytes.Buffer
	if err := keepSecrets(t.Context(), from, name, &said); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	if err := putSecrets(t.Context(), to, name, &said); err != nil {
		t.Fatal(err)
	}
	want := vault{"arn-link": {"made-up", "link-before", "link-now"}, "arn-device": {"made-up", "device-now"}}
	if diff := cmp.Diff(want, new1); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(said.String(), "-now") || strings.Contains(said.String(), "-before") {
		t.Errorf("a secret is shown: %s", &said)
	}
	if err := keepSecrets(t.Context(), from, name, &said); !errors.Is(err, errUsage) {
		t.Errorf("over a file that is there: %v", err)
	}
}

func TestAFileThatIsNoneOfSecretsChangesNone(t *testing.T) {
	for _, content := range []string{``, `{}`, `[]`, `{"link":{"current":""}}`, `{"link":{"current":"a"},"crown":{"current":"b"}}`} {
		v := vault{"arn-link": {"made-up"}}
		name := filepath.Join(t.TempDir(), "secrets.json")
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		err := putSecrets(t.Context(), &place{secretIDs: map[string]string{"link": "arn-link"}, secrets: v}, name, new(bytes.Buffer))
		if !errors.Is(err, errUsage) || len(v["arn-link"]) != 1 {
			t.Errorf("%s: %v, %v", content, err, v)
		}
	}
}
