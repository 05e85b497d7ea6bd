// The customers function hands out everything that is kept of a customer, and
// erases it.
//
// Routes: GET and DELETE /v1/customers/{key}, both behind the authorizer with the
// scope resonanz/privacy.
//
// Its role needs, on the table, dynamodb:Query (on the index customer what bears
// the key; on the table responses, timelines and contacts), GetItem (a case),
// PutItem (what is left of an entry; a case with its timeline entry; the record of
// an erasure) and DeleteItem (reminders, counts of invitations); in the bucket of
// attachments s3:GetObject of clean/* (for the addresses that it signs),
// s3:ListBucketVersions, s3:DeleteObject and s3:DeleteObjectVersion of clean/* and
// quarantine/*; in the bucket of facts s3:GetObject and s3:PutObject of erased/*,
// the erasure log, and s3:ListBucket, without which a missing object is a refusal;
// and on every dead-letter queue sqs:GetQueueAttributes, ReceiveMessage,
// DeleteMessage and ChangeMessageVisibility.
//
// Environment: TABLE_NAME, BUCKET_NAME (facts), ATTACHMENTS_BUCKET, DLQ_URLS and
// TELLING_DLQ_URLS (dead-letter queues, separated by spaces; the latter tell of
// mail or files). A timeout of 29 s, and memory of 512 MB.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/shared/attach"
	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/customer"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

// budget is how long one request goes on erasing: what it began by then fits into
// what is left until the interface gives up.
const budget = 18 * time.Second

func main() {
	h, err := wire()
	if err != nil {
		fmt.Fprintln(os.Stderr, "customers:", err)
		os.Exit(1)
	}
	lambda.Start(httpapi.Function(h.Handle))
}

func wire() (*handler, error) {
	env, err := awsenv.Require("TABLE_NAME", "BUCKET_NAME", "ATTACHMENTS_BUCKET", "DLQ_URLS", "TELLING_DLQ_URLS")
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	book, err := rulebook.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	aws := awsenv.Config()
	objects := s3.NewFromConfig(aws, func(o *s3.Options) { o.UsePathStyle = aws.BaseEndpoint != nil })
	ledger := store.New(dynamodb.NewFromConfig(aws), env[0])
	return &handler{
		reader: &customer.Reader{Ledger: ledger, Files: attach.NewSigner(aws, env[2], int64(cfg.Complaints.AttachmentMB)<<20), Now: time.Now},
		eraser: &customer.Eraser{
			Ledger: ledger, Log: bucket.New(objects, env[1]), Files: customer.NewFiles(objects, env[2]),
			Letters: customer.NewOffice(sqs.NewFromConfig(aws), customer.QueuesOf(env[3], env[4])),
			Rules:   book.Lifecycle, Now: time.Now, Budget: budget,
		},
		metrics: observe.NewMetrics("customers"), log: observe.Logger("customers"), now: time.Now,
	}, nil
}
