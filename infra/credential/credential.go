// Package credential hands out what systems and devices identify themselves with:
// tokens of the stack's own user pool, and keys of configured devices.
package credential

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
)

// longest is what is read of an answer, in bytes.
const longest = 1 << 20

// Pool is a user pool with its client for machines.
type Pool struct {
	ID, Client string
	TokenURL   string // OAuth 2 token endpoint
}

// Token asks the pool for a JWT by client credentials. Scopes are those of the
// resource server "resonanz", without its name. Nothing of the client's secret is
// in an error.
func Token(ctx context.Context, cfg aws.Config, p Pool, scopes ...string) (string, error) {
	if p.ID == "" {
		return "", errors.New("asking for a token: the stack has no user pool: feedback.yaml names an issuer of your own (oidc.issuer): ask that one")
	}
	client, err := cognito.NewFromConfig(cfg).DescribeUserPoolClient(ctx, &cognito.DescribeUserPoolClientInput{UserPoolId: &p.ID, ClientId: &p.Client})
	if err != nil {
		return "", fmt.Errorf("reading the client of the user pool: %w", err)
	}
	full := make([]string, len(scopes))
	for i, s := range scopes {
		full[i] = "resonanz/" + s
	}
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {strings.Join(full, " ")}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("asking for a token: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(p.Client, aws.ToString(client.UserPoolClient.ClientSecret))
	token, err := issued(req)
	if err != nil {
		return "", fmt.Errorf("asking for a token with scopes %q: %w", scopes, err)
	}
	return token, nil
}

// issued is the token that a token endpoint answers with.
func issued(req *http.Request) (string, error) {
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, longest))
	if err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", res.Status, bytes.TrimSpace(b))
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return "", err
	}
	if answer.Token == "" {
		return "", errors.New("the answer holds no token")
	}
	return answer.Token, nil
}

// DeviceKey derives the key of a configured device from the master secret of the
// stack, which arn names.
func DeviceKey(ctx context.Context, aw aws.Config, arn string, cfg *config.Config, id feedback.Device) (string, error) {
	d := cfg.Device(id)
	if d == nil {
		known := make([]string, len(cfg.Devices))
		for i := range cfg.Devices {
			known[i] = string(cfg.Devices[i].ID)
		}
		return "", fmt.Errorf("device %q is not configured; these are: %s", id, strings.Join(known, ", "))
	}
	if d.Revoked {
		return "", fmt.Errorf("device %q is revoked in the configuration: it has no key", id)
	}
	v, err := secretsmanager.NewFromConfig(aw).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err != nil {
		return "", fmt.Errorf("reading the device secret: %w", err)
	}
	return link.DeviceKey([]byte(aws.ToString(v.SecretString)), d.ID, d.Generation), nil
}

// Enrolment is what a person is told of a device's key. The link bears it behind the
// '#': browsers keep that to themselves, so it is in no log.
func Enrolment(public string, id feedback.Device, key string) string {
	return fmt.Sprintf("key   %s\nenrol %s/kiosk/%s#%s\n", key, public, id, key)
}
