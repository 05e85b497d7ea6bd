// Command courier writes to customers: the mail of an invitation and its
// reminder, and the mail of each step of a complaint, each once.
//
// Its role: on its queue sqs:ReceiveMessage, DeleteMessage, GetQueueAttributes;
// on its dead-letter queue sqs:SendMessage; on the table dynamodb:GetItem (entry,
// contacts, case, crisis), Query (has the customer answered?, timeline of a
// case), PutItem (markers, reminder, delivery; in a transaction: a case whose
// customer cannot be reached, and its timeline) and DeleteItem (markers,
// reminder); secretsmanager:GetSecretValue of the link secret; ses:SendRawEmail
// on the identity of the sender and on the configuration set. No index is read.
package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ses"

	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/letter"
	"resonanz/shared/observe"
	"resonanz/shared/once"
	"resonanz/shared/outbox"
	"resonanz/shared/rulebook"
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

const (
	envTable         = "TABLE_NAME"
	envSecret        = "LINK_SECRET_ARN" //nolint:gosec // a name, no secret
	envPublic        = "PUBLIC_URL"
	envDLQ           = "DLQ_URL"
	envConfiguration = "MAIL_CONFIGURATION_SET" // unset where nobody is configured to send
)

func main() {
	log := observe.Logger("courier")
	h, err := wire()
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	h.log, h.once.Log, h.consumer.Log = log, log, log
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require(envTable, envSecret, envPublic, envDLQ)
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
	writer, err := letter.New(cfg, env[2])
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	client := awsenv.Config()
	client.Retryer = patient
	table := store.New(dynamodb.NewFromConfig(awsenv.Config()), env[0])
	return &handler{
		consumer: consume.Consumer{Sender: outbox.NewQueues(awsenv.Config()), DLQ: env[3], Reserve: reserve},
		once:     once.Runner{Markers: table, Now: time.Now, Timeout: mailTimeout},
		cfg:      cfg,
		rules:    book.Lifecycle,
		ledger:   table,
		links:    secret.New(secret.NewManager(awsenv.Config()), env[1]),
		writer:   writer,
		office:   &office{api: ses.NewFromConfig(client), from: cfg.Notify.MailFrom, configuration: os.Getenv(envConfiguration)},
		metrics:  observe.NewMetrics("courier"),
		now:      time.Now,
	}, nil
}

// patient repeats a call only where SES said that it did not take it, and waits
// longer each time: that is how the functions side by side keep to the rate that
// SES allows. A mail whose answer was lost may have been sent: whether to send
// it again is for the queue's next delivery, not for the client.
func patient() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = 4
		o.RateLimiter = ratelimit.None
		o.Retryables = []retry.IsErrorRetryable{retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes}}
		o.Backoff = retry.BackoffDelayerFunc(func(retries int, _ error) (time.Duration, error) {
			longest := time.Second << min(max(retries-1, 0), 2) // 1, 2, 4 s
			return longest/2 + rand.N(longest/2), nil           //nolint:gosec // spreads retries, guards nothing
		})
	})
}
