// Command sweep takes out every night what is personal and has been kept for as
// long as the configuration says, and once more what customers were erased of in the
// last days.
//
// Environment: TABLE_NAME, BUCKET_NAME (facts, with the erasure log),
// ATTACHMENTS_BUCKET. It may GetItem, PutItem, DeleteItem and Query in the table,
// Query its index due and Scan its index customer; list the bucket of facts and
// GetObject below erased/; list the versions of the bucket of attachments and delete
// them. It wants 512 MB and 15 minutes. Two at once do no harm.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/customer"
	"resonanz/shared/observe"
	"resonanz/shared/retention"
	"resonanz/shared/store"
)

func main() {
	log := observe.Logger("sweep")
	h, err := wire()
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	h.log = log
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require("TABLE_NAME", "BUCKET_NAME", "ATTACHMENTS_BUCKET")
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	aws := awsenv.Config()
	db := dynamodb.NewFromConfig(aws)
	files := s3.NewFromConfig(aws, func(o *s3.Options) { o.UsePathStyle = aws.BaseEndpoint != nil })
	return &handler{
		sweeper: &retention.Sweeper{
			Store: store.New(db, env[0]), Index: db, Files: customer.NewFiles(files, env[2]),
			Log: bucket.New(files, env[1]), Keep: cfg.Retention, Zone: cfg.Zone(),
			Links: time.Duration(cfg.Links.ValidDays) * 24 * time.Hour, Anonymous: cfg.Anonymous,
		},
		metrics: observe.NewMetrics("sweep"),
		now:     time.Now,
	}, nil
}
