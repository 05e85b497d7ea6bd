// The invitation function issues the signed link for one contact.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/observe"
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

func main() {
	h, err := wire()
	if err != nil {
		fmt.Fprintln(os.Stderr, "invitation:", err)
		os.Exit(1)
	}
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require("TABLE_NAME", "LINK_SECRET_ARN", "PUBLIC_URL")
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	aws := awsenv.Config()
	return &handler{
		cfg:       cfg,
		ledger:    store.New(dynamodb.NewFromConfig(aws), env[0]),
		links:     secret.New(secretsmanager.NewFromConfig(aws), env[1]),
		publicURL: strings.TrimRight(env[2], "/"),
		metrics:   observe.NewMetrics("invitation"),
		log:       observe.Logger("invitation"),
		now:       time.Now,
	}, nil
}
