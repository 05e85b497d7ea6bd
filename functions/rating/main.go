// The rating function shows the rating page, stores the vote of a customer,
// and takes the ratings of kiosks and terminals.
package main

import (
	"fmt"
	"os"
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
		fmt.Fprintln(os.Stderr, "rating:", err)
		os.Exit(1)
	}
	lambda.Start(h.Handle)
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
	secrets := secretsmanager.NewFromConfig(aws)
	return newHandler(cfg,
		store.New(dynamodb.NewFromConfig(aws), env[0]),
		secret.New(secrets, env[1]), secret.New(secrets, env[2]),
		observe.NewMetrics("rating"), observe.Logger("rating"), time.Now), nil
}
