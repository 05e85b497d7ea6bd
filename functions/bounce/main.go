// Command bounce hears from the mail service what became of mail to customers,
// notes what did not arrive, and ends invitations to addresses that are dead and
// to customers who reported one. Where mail about a complaint does not arrive,
// staff are told, who can find another way.
//
// Its role: on its queue sqs:ReceiveMessage, DeleteMessage, GetQueueAttributes;
// on its dead-letter queue sqs:SendMessage; on the table dynamodb:GetItem (the
// invitation, the case) and PutItem (delivery, contacts that opted out; in a
// transaction: the case and its timeline).
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

const (
	envTable = "TABLE_NAME"
	envDLQ   = "DLQ_URL"
)

func main() {
	log := observe.Logger("bounce")
	h, err := wire()
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	h.consumer.Log = log
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require(envTable, envDLQ)
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	book, err := rulebook.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	aws := awsenv.Config()
	return &handler{
		consumer: consume.Consumer{Sender: outbox.NewQueues(aws), DLQ: env[1]},
		ledger:   store.New(dynamodb.NewFromConfig(aws), env[0]),
		rules:    book.Lifecycle,
		metrics:  observe.NewMetrics("bounce"),
		now:      time.Now,
	}, nil
}
