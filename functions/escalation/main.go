// Command escalation takes stored events, passed deadlines, silences of devices
// and signals of figures from the escalation queue, and keeps the cases they lead
// to.
//
// Of the table it may GetItem, BatchGetItem, PutItem and Query, and Query the
// indexes due (open critical cases) and customer (earlier complaints). It may
// send to the dead-letter queue of the escalation queue. It deletes nothing.
// Environment: TABLE_NAME, DLQ_URL.
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
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
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
	log := observe.Logger("escalation")
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
	watched, err := watching(cfg)
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
		consumer:  consume.Consumer{Sender: outbox.NewQueues(aws), DLQ: env[1]},
		ledger:    table,
		cases:     table,
		devices:   table,
		crises:    table,
		rules:     book.Escalate,
		lifecycle: book.Lifecycle,
		print:     book.Print,
		watched:   watched,
		known:     cfg.Touchpoint,
		metrics:   observe.NewMetrics("escalation"),
		now:       time.Now,
	}, nil
}

// watching says when the configured devices count as silent.
func watching(c *config.Config) (watched, error) {
	hours := make(map[feedback.Device]*escalate.Hours)
	for i := range c.Devices {
		d := &c.Devices[i]
		if d.Hours == nil {
			continue
		}
		h, err := escalate.ParseHours(d.Hours.Days, d.Hours.From, d.Hours.To)
		if err != nil {
			return nil, fmt.Errorf("device %s: %w", d.ID, err)
		}
		hours[d.ID] = h
	}
	return func(id feedback.Device, last time.Time) time.Time {
		d := c.Device(id)
		if d == nil || d.Revoked {
			return time.Time{}
		}
		return escalate.SilentAt(last, time.Duration(d.SilentMinutes)*time.Minute, hours[id], c.Zone())
	}, nil
}
