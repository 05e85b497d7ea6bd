// Command report builds the monthly report from facts, keeps its versions and
// hands them out.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/monthly"
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
				keepConnections(o)
			}), env[1]),
			reports: store.New(dynamodb.NewFromConfig(aws), env[0]),
			log:     observe.Logger("report"),
			metrics: observe.NewMetrics("report"),
			now:     time.Now,
		},
	}, nil
}

// keepConnections lets each of the files that are fetched at once keep its
// connection: the SDK keeps ten and would open a new one for most of them.
func keepConnections(o *s3.Options) {
	if c, ok := o.HTTPClient.(*awshttp.BuildableClient); ok {
		o.HTTPClient = c.WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = monthly.InFlight, monthly.InFlight
		})
	}
}
