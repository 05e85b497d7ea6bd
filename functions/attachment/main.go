// Command attachment looks at files that customers added to their complaints,
// which wait in quarantine until it did: one that is what it may be is copied to
// where staff can fetch it, and the case tells that it was added; any other is
// deleted, and the case tells why.
//
// Trigger: queue Attachments, with what the bucket says about objects created
// below quarantine/ (s3:ObjectCreated:*, filter prefix "quarantine/"), batches of
// one, ReportBatchItemFailures. It wants 256 MB for each 10 MB a file may have,
// at least 512 MB, and 30 seconds.
//
// Environment: TABLE_NAME, ATTACHMENTS_BUCKET, DLQ_URL.
//
// Its role: on its queue sqs:ReceiveMessage, DeleteMessage, GetQueueAttributes;
// on its dead-letter queue sqs:SendMessage; on the table dynamodb:GetItem, Query
// (the case and its timeline) and PutItem (in a transaction: state and timeline
// entry), on no index; on the bucket s3:GetObject and s3:DeleteObject of
// quarantine/*, s3:PutObject and s3:DeleteObject of clean/*, and s3:ListBucket of
// the bucket, without which a missing object is no such object but a refusal.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

const (
	envTable  = "TABLE_NAME"
	envBucket = "ATTACHMENTS_BUCKET"
	envDLQ    = "DLQ_URL"
)

func main() {
	log := observe.Logger("attachment")
	h, err := wire()
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	h.consumer.Log = log
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require(envTable, envBucket, envDLQ)
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
		consumer: consume.Consumer{Sender: outbox.NewQueues(aws), DLQ: env[2]},
		bucket:   env[1],
		objects: objects{s3.NewFromConfig(aws, func(o *s3.Options) {
			o.UsePathStyle = aws.BaseEndpoint != nil
		}), env[1]},
		cases:    store.New(dynamodb.NewFromConfig(aws), env[0]),
		rules:    book.Lifecycle,
		limit:    cfg.Complaints.Attachments,
		maxBytes: int64(cfg.Complaints.AttachmentMB) << 20,
		metrics:  observe.NewMetrics("attachment"),
		now:      time.Now,
	}, nil
}
