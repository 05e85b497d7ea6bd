// Command canary is a customer that the stack plays to itself: every quarter of an
// hour it asks for a link, opens it, rates by it twice, and looks whether the rating
// of an hour before has become a fact that a report counts. All of it goes over the
// public address, with an access token that opens nothing else. What it says is in
// no figure of customers.
//
// Environment: PUBLIC_URL, TOKEN_URL, CLIENT_ID, and where the secret of that client
// is: USER_POOL_ID or, with an issuer of the owner's, CLIENT_SECRET_ARN. It may
// DescribeUserPoolClient of the pool, or GetSecretValue of the secret; nothing else.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"resonanz/shared/awsenv"
	"resonanz/shared/observe"
	"resonanz/shared/secret"
)

const (
	envPublic = "PUBLIC_URL"
	envToken  = "TOKEN_URL"
	envClient = "CLIENT_ID"
	envPool   = "USER_POOL_ID"
	envSecret = "CLIENT_SECRET_ARN"
)

func main() {
	log := observe.Logger("canary")
	h, err := wire()
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	h.log = log
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require(envPublic, envToken, envClient)
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	find, err := secretOf(awsenv.Config(), env[2])
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	visits := visitor()
	return &handler{
		public:  strings.TrimRight(env[0], "/"),
		client:  visits,
		tokens:  &tokens{client: visits, url: env[1], id: env[2], secret: find, now: time.Now},
		metrics: observe.NewMetrics("canary"),
		now:     time.Now,
	}, nil
}

// secretOf finds the secret of the client: in the stack's own pool, or in a secret.
func secretOf(cfg aws.Config, client string) (func(context.Context) (string, error), error) {
	if pool := os.Getenv(envPool); pool != "" {
		api := cognitoidentityprovider.NewFromConfig(cfg)
		return func(ctx context.Context) (string, error) {
			out, err := api.DescribeUserPoolClient(ctx, &cognitoidentityprovider.DescribeUserPoolClientInput{UserPoolId: &pool, ClientId: &client})
			if err != nil {
				return "", fmt.Errorf("reading the client of the user pool: %w", err)
			}
			return aws.ToString(out.UserPoolClient.ClientSecret), nil
		}, nil
	}
	env, err := awsenv.Require(envSecret)
	if err != nil {
		return nil, err
	}
	secrets := secret.NewManager(cfg)
	return func(ctx context.Context) (string, error) {
		v, err := secrets.Value(ctx, env[0], "")
		if err != nil {
			return "", fmt.Errorf("reading the secret of the client: %w", err)
		}
		return strings.TrimSpace(v), nil
	}, nil
}
