// Command fanout reads the table's stream and is the only publisher from it:
// stored events go to reporting and, where they may concern a case, to escalation,
// alerts to notify, invitations that we send, and steps of a case that its customer
// is told of, to courier.
//
// Its role: to read the stream, and sqs:SendMessage on the four queues and on
// the place for records that nobody can read.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"resonanz/shared/awsenv"
	"resonanz/shared/consume"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

const (
	envEscalation = "ESCALATION_QUEUE_URL"
	envReporting  = "REPORTING_QUEUE_URL"
	envNotify     = "NOTIFY_QUEUE_URL"
	envMail       = "MAIL_QUEUE_URL"
	envDLQ        = "STREAM_DLQ_URL"
	envEmulator   = "AWS_ENDPOINT_URL"
)

// callsBeside is how many calls to a queue are under way at a time. A shard of the
// stream waits for each batch of a hundred records, which are ten calls to each
// queue: one after the other they would hold it to some 250 records a second, a
// quarter of what a partition of the table takes.
const callsBeside = 5

func main() {
	log := observe.Logger("fanout")
	env, err := awsenv.Require(envEscalation, envReporting, envNotify, envMail, envDLQ)
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	client := outbox.NewQueues(awsenv.Config())
	h := &handler{
		consumer: consume.Consumer{Log: log, Sender: client, DLQ: env[4]},
		queue:    outbox.New(client).Beside(callsBeside),
		routes: []route{
			{store.ToEscalation, env[0]},
			{store.ToReporting, env[1]},
			{store.ToNotify, env[2]},
			{store.ToMail, env[3]},
		},
		metrics:    observe.NewMetrics("fanout"),
		wholeBatch: os.Getenv(envEmulator) != "",
	}
	lambda.Start(h.Handle)
}
