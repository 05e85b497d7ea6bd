// The card function shows response cards and stores what customers answer.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

func main() {
	h, err := wire()
	if err != nil {
		fmt.Fprintln(os.Stderr, "card:", err)
		os.Exit(1)
	}
	lambda.Start(httpapi.Function(h.Handle))
}

func wire() (*handler, error) {
	env, err := awsenv.Require("TABLE_NAME", "LINK_SECRET_ARN")
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	aws := awsenv.Config()
	return newHandler(cfg,
		store.New(dynamodb.NewFromConfig(aws), env[0]).Direct(aws),
		secret.New(secret.NewManager(aws), env[1]),
		observe.NewMetrics("card"), observe.Logger("card"), time.Now), nil
}
