// Command report builds the monthly report from facts, keeps its versions and
// hands them out.
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
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

func main() {
	h, err := wire()
	if err != nil {
		observe.Logger("report").Error("not started", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require("TABLE_NAME", "BUCKET_NAME")
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	aws := awsenv.Config()
	return &handler{
		press: press{
			cfg: cfg,
			objects: bucket.New(s3.NewFromConfig(aws, func(o *s3.Options) {
				o.UsePathStyle = aws.BaseEndpoint != nil
			}), env[1]),
			reports: store.New(dynamodb.NewFromConfig(aws), env[0]),
			log:     observe.Logger("report"),
			metrics: observe.NewMetrics("report"),
			now:     time.Now,
		},
	}, nil
}
