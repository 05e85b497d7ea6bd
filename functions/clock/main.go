// Command clock looks once a minute for what has come due: it tells escalation
// of deadlines that have passed and of devices that fell silent, the mail queue
// of customers to be reminded, and the notify queue of webhooks to be tried
// again. When policies, calendars or routes have changed it tells escalation of
// every open case.
//
// It may Query the due index, GetItem and PutItem the item APPLIED of the table,
// and send to these three queues, nothing else. Environment: TABLE_NAME,
// ESCALATION_QUEUE_URL, MAIL_QUEUE_URL, NOTIFY_QUEUE_URL.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

const (
	envTable      = "TABLE_NAME"
	envEscalation = "ESCALATION_QUEUE_URL"
	envMail       = "MAIL_QUEUE_URL"
	envNotify     = "NOTIFY_QUEUE_URL"
)

func main() {
	log := observe.Logger("clock")
	h, err := wire()
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	h.log = log
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require(envTable, envEscalation, envMail, envNotify)
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
	table := store.New(dynamodb.NewFromConfig(aws), env[0])
	return &handler{
		due:        table,
		applied:    table,
		queue:      outbox.New(outbox.NewQueues(aws)),
		escalation: env[1],
		mail:       env[2],
		notify:     env[3],
		print:      book.Print,
		metrics:    observe.NewMetrics("clock"),
		now:        time.Now,
	}, nil
}
