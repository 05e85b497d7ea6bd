// Command escalation takes stored events and missed deadlines from the
// escalation queue and keeps the cases they lead to.
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
	aws := awsenv.Config()
	table := store.New(dynamodb.NewFromConfig(aws), env[0])
	return &handler{
		consumer: consume.Consumer{Sender: sqs.NewFromConfig(aws), DLQ: env[1]},
		ledger:   table,
		cases:    table,
		rules:    rules(cfg),
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
		Recipients:   len(c.Escalation.Chain),
		MaxSkew:      time.Duration(c.Rules.MaxFutureSkewMinutes) * time.Minute,
	}
}
