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
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/shared/awsenv"
	"resonanz/shared/consume"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

const (
	envTable = "TABLE_NAME"
	envDLQ   = "DLQ_URL"
)

func main() {
	log := observe.Logger("bounce")
	env, err := awsenv.Require(envTable, envDLQ)
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	aws := awsenv.Config()
	h := &handler{
		consumer: consume.Consumer{Log: log, Sender: sqs.NewFromConfig(aws), DLQ: env[1]},
		ledger:   store.New(dynamodb.NewFromConfig(aws), env[0]),
		metrics:  observe.NewMetrics("bounce"),
		now:      time.Now,
	}
	lambda.Start(h.Handle)
}
