// Command report builds the monthly report from facts, keeps its versions and
// hands them out. On its schedule it also compares the facts with the table, and
// tells escalation when they differ.
//
// Of the table it may PutItem and Query, and send to the escalation queue.
// Environment: TABLE_NAME, BUCKET_NAME, ESCALATION_QUEUE_URL.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

func main() {
	h, err := wire()
	if err != nil {
		observe.Logger("report").Error("not started", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require("TABLE_NAME", "BUCKET_NAME", "ESCALATION_QUEUE_URL")
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	aws := awsenv.Config()
	table := store.New(dynamodb.NewFromConfig(aws), env[0])
	return &handler{
		press: press{
			cfg: cfg,
			objects: bucket.New(s3.NewFromConfig(aws, func(o *s3.Options) {
				o.UsePathStyle = aws.BaseEndpoint != nil
			}), env[1]),
			reports: table,
			log:     observe.Logger("report"),
			metrics: observe.NewMetrics("report"),
			now:     time.Now,
		},
		controller: controller{ledger: table, queue: outbox.New(sqs.NewFromConfig(aws)), escalation: env[2]},
	}, nil
}
