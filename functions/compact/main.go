// Command compact merges the small files of facts of each month and kind into
// large ones every night, so that reports and queries open few of them.
//
// Environment: BUCKET_NAME. It may list the bucket and GetObject, PutObject and
// DeleteObject below facts/; nothing else. It wants 2048 MB and 15 minutes. Two at
// once do no harm.
package main

import (
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/compact"
	"resonanz/shared/observe"
)

func main() {
	log := observe.Logger("compact")
	env, err := awsenv.Require("BUCKET_NAME")
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	aws := awsenv.Config()
	h := &handler{
		files: bucket.NewSweeper(s3.NewFromConfig(aws, func(o *s3.Options) {
			o.UsePathStyle = aws.BaseEndpoint != nil
		}), env[0]),
		limits:  compact.Default,
		log:     log,
		metrics: observe.NewMetrics("compact"),
		now:     time.Now,
	}
	lambda.Start(h.Handle)
}
