// Command facts takes stored events and steps of cases from the reporting queue
// and writes them as anonymous Parquet facts.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
)

func main() {
	h, err := wire()
	if err != nil {
		observe.Logger("facts").Error("not started", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require("BUCKET_NAME", "DLQ_URL")
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	aws := awsenv.Config()
	return &handler{
		consumer: consume.Consumer{Log: observe.Logger("facts"), Sender: outbox.NewQueues(aws), DLQ: env[1]},
		bucket:   bucket.New(s3.NewFromConfig(aws, func(o *s3.Options) { o.UsePathStyle = aws.BaseEndpoint != nil }), env[0]),
		zone:     cfg.Zone(),
		metrics:  observe.NewMetrics("facts"),
	}, nil
}
