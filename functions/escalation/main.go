// Command escalation takes stored events, missed deadlines and silences of
// devices from the escalation queue and keeps the cases they lead to. Of the
// table it may GetItem, PutItem and Query; it deletes nothing.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
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
	aws := awsenv.Config()
	table := store.New(dynamodb.NewFromConfig(aws), env[0])
	return &handler{
		consumer: consume.Consumer{Sender: sqs.NewFromConfig(aws), DLQ: env[1]},
		ledger:   table,
		cases:    table,
		devices:  table,
		rules:    rules(cfg),
		watched:  watched,
		known:    cfg.Touchpoint,
		metrics:  observe.NewMetrics("escalation"),
		now:      time.Now,
	}, nil
}

// rules are the thresholds of the configuration as the domain takes them.
func rules(c *config.Config) escalate.Rules {
	return escalate.Rules{
		LowRatingMax: c.Escalation.LowRatingMax,
		CallbackDue:  time.Duration(c.Escalation.CallbackDueHours) * time.Hour,
		TriageDue:    time.Duration(c.Escalation.TriageDueHours) * time.Hour,
		StepAfter:    time.Duration(c.Escalation.StepHours) * time.Hour,
		CriticalStep: min(criticalStep, time.Duration(c.Escalation.StepHours)*time.Hour),
		Recipients:   len(c.Escalation.Chain),
		MaxSkew:      time.Duration(c.Rules.MaxFutureSkewMinutes) * time.Minute,
		Critical:     escalate.CriticalCategories,
	}
}

// criticalStep is the time whoever is told of a critical complaint has before
// the next of the chain is.
const criticalStep = time.Hour

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
