// Package awsenv makes the AWS configuration of a function from what Lambda
// puts into its environment, and nothing else: no files, no metadata service,
// no chain of providers to walk at a cold start.
package awsenv

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// One call is tried at most maxAttempts times, the first included, with a
// random wait of up to backoff, 2·backoff, … between them: a customer is waiting
// and the invocation has seconds, so the SDK's own waits of seconds are too long.
const (
	maxAttempts  = 3
	backoff      = 100 * time.Millisecond
	dialTimeout  = 2 * time.Second
	replyTimeout = 10 * time.Second // to the first byte; then the next attempt
)

// Config reads AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
// AWS_SESSION_TOKEN and, for the local emulator, AWS_ENDPOINT_URL. The user
// agent of each call names the function, so that an audit trail does.
func Config() aws.Config {
	cfg := aws.Config{
		Region:      os.Getenv("AWS_REGION"),
		AppID:       os.Getenv("AWS_LAMBDA_FUNCTION_NAME"),
		Credentials: aws.CredentialsProviderFunc(credentials),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts = maxAttempts
				o.Backoff = retry.BackoffDelayerFunc(wait)
			})
		},
		HTTPClient: HTTPClient(),
	}
	if url := os.Getenv("AWS_ENDPOINT_URL"); url != "" {
		cfg.BaseEndpoint = &url
	}
	return cfg
}

// wait is full jitter: anything from nothing to backoff·2^retries.
func wait(retries int, _ error) (time.Duration, error) {
	return rand.N(backoff << min(max(retries, 0), maxAttempts)), nil //nolint:gosec // spreads retries, guards nothing
}

// ErrNoCredentials says that the environment holds none.
var ErrNoCredentials = errors.New("no AWS credentials in the environment")

func credentials(context.Context) (aws.Credentials, error) {
	c := aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}
	if !c.HasKeys() {
		return c, ErrNoCredentials
	}
	return c, nil
}

// Require returns the values of the named variables in their order, or an
// error that names every missing one: a function refuses to start half wired.
func Require(names ...string) ([]string, error) {
	values := make([]string, len(names))
	var missing []string
	for i, n := range names {
		if values[i] = os.Getenv(n); values[i] == "" {
			missing = append(missing, n)
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("starting the function: set the environment: %s", strings.Join(missing, ", "))
	}
	return values, nil
}
