// Command clock looks once a minute for deadlines that have passed and tells
// escalation of them.
package main

import (
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/shared/awsenv"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

const (
	envTable      = "TABLE_NAME"
	envEscalation = "ESCALATION_QUEUE_URL"
)

func main() {
	log := observe.Logger("clock")
	env, err := awsenv.Require(envTable, envEscalation)
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	aws := awsenv.Config()
	h := &handler{
		due:     store.New(dynamodb.NewFromConfig(aws), env[0]),
		queue:   outbox.New(sqs.NewFromConfig(aws)),
		url:     env[1],
		log:     log,
		metrics: observe.NewMetrics("clock"),
		now:     time.Now,
	}
	lambda.Start(h.Handle)
}
