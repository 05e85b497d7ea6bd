// Command watch looks every half hour at the facts of the day for what asks for
// attention: bursts of low ratings and of complaints, control charts out of
// bounds, touchpoints that fell silent, kiosks that somebody plays with. It tells
// the escalation queue.
//
// Environment: TABLE_NAME, BUCKET_NAME, ESCALATION_QUEUE_URL. It may list the
// bucket and GetObject below facts/, PutItem and Query in the table where the
// partition key begins with WATCH#, and SendMessage to the escalation queue;
// nothing else. It wants 1024 MB and two minutes, and must not run twice at once.
package main

import (
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

const (
	envTable      = "TABLE_NAME"
	envBucket     = "BUCKET_NAME"
	envEscalation = "ESCALATION_QUEUE_URL"
)

func main() {
	log := observe.Logger("watch")
	h, err := wire()
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	h.log = log
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require(envTable, envBucket, envEscalation)
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	aws := awsenv.Config()
	return &handler{
		cfg: cfg,
		objects: bucket.New(s3.NewFromConfig(aws, func(o *s3.Options) {
			o.UsePathStyle = aws.BaseEndpoint != nil
		}), env[1]),
		table:      store.New(dynamodb.NewFromConfig(aws), env[0]),
		queue:      outbox.New(sqs.NewFromConfig(aws)),
		escalation: env[2],
		metrics:    observe.NewMetrics("watch"),
		now:        time.Now,
	}, nil
}
