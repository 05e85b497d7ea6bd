// Command clock looks once a minute for what has come due: it tells escalation
// of deadlines that have passed and of devices that fell silent, and the mail
// queue of customers to be reminded. It may read the due index and send to
// these two queues, nothing else.
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
	envMail       = "MAIL_QUEUE_URL"
)

func main() {
	log := observe.Logger("clock")
	env, err := awsenv.Require(envTable, envEscalation, envMail)
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	aws := awsenv.Config()
	h := &handler{
		due:        store.New(dynamodb.NewFromConfig(aws), env[0]),
		queue:      outbox.New(sqs.NewFromConfig(aws)),
		escalation: env[1],
		mail:       env[2],
		log:        log,
		metrics:    observe.NewMetrics("clock"),
		now:        time.Now,
	}
	lambda.Start(h.Handle)
}
