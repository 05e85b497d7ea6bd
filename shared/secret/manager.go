package secret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"resonanz/shared/wire"
)

// Manager is Secrets Manager, of which one call is used.
type Manager struct{ client *wire.Client }

// NewManager makes a Manager by what cfg says.
func NewManager(cfg aws.Config) *Manager { return &Manager{wire.New(cfg, wire.SecretsManager)} }

// ErrNone says that there is no such secret, or that none of its versions holds
// the stage: one that was never rotated has no previous one.
var ErrNone = errors.New("no such version of the secret")

// Value implements API.
func (m *Manager) Value(ctx context.Context, id, stage string) (string, error) {
	ask, err := json.Marshal(struct {
		SecretID     string `json:"SecretId"`
		VersionStage string `json:",omitempty"`
	}{id, stage})
	if err != nil {
		return "", fmt.Errorf("asking for the secret: %w", err)
	}
	answer, err := m.client.Call(ctx, "GetSecretValue", ask)
	var refused *wire.Error
	if errors.As(err, &refused) && refused.Code == "ResourceNotFoundException" {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	if err != nil {
		return "", err
	}
	var out struct{ SecretString string }
	if err := json.Unmarshal(answer, &out); err != nil {
		return "", errNoAnswer // the cause may quote the secret
	}
	return out.SecretString, nil
}

var errNoAnswer = errors.New("reading the answer of Secrets Manager: it is not the JSON that it documents")
