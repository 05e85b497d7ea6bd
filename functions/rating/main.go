// The rating function shows the rating page, stores the vote of a customer, and
// takes the ratings, cards, complaints and signs of life of devices, and what
// systems send with a token.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/awsenv"
	"resonanz/shared/caller"
	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/secret"
	"resonanz/shared/site"
	"resonanz/shared/store"
)

func main() {
	h, err := wire()
	if err != nil {
		fmt.Fprintln(os.Stderr, "rating:", err)
		os.Exit(1)
	}
	lambda.Start(httpapi.Function(h.Handle))
}

func wire() (*handler, error) {
	env, err := awsenv.Require("TABLE_NAME", "LINK_SECRET_ARN", "DEVICE_SECRET_ARN")
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	aws := awsenv.Config()
	secrets := secret.NewManager(aws)
	h := newHandler(cfg,
		store.New(dynamodb.NewFromConfig(aws), env[0]).Direct(aws),
		secret.New(secrets, env[1]), secret.New(secrets, env[2]),
		observe.NewMetrics("rating"), observe.Logger("rating"), time.Now)
	h.callers.Tokens = tokens()
	h.public = os.Getenv("PUBLIC_URL") // of links to status pages
	h.Public = site.HostOf(h.public)
	return h, nil
}

// tokens verifies the access tokens of the issuer that the environment names.
// TOKEN_ISSUER is the exact iss, TOKEN_AUDIENCE what they are for, separated by
// commas, TOKEN_JWKS_URL where the issuer's keys are. With one of them absent
// only devices get in.
func tokens() *caller.Tokens {
	issuer, audience, keys := os.Getenv("TOKEN_ISSUER"), os.Getenv("TOKEN_AUDIENCE"), os.Getenv("TOKEN_JWKS_URL")
	if issuer == "" || audience == "" || keys == "" {
		return nil
	}
	return &caller.Tokens{
		Issuer: issuer, Audience: strings.Split(audience, ","),
		Keys: caller.NewKeySet(caller.KeySetAddress(keys, issuer, os.Getenv("AWS_ENDPOINT_URL")), nil),
	}
}
