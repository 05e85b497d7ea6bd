// Command report builds the monthly report from facts, keeps its versions and
// hands them out; of the whole, and of each configured group of touchpoints. Each
// report is one message of the report queue: on its schedule the function only
// sends them. It also compares the facts with the table, prints what it found,
// and tells escalation when they differ.
//
// Triggers: the schedule {"schedule":"report"}; the report queue, one message at a
// time (up to 15 minutes, 2 GB); over HTTP GET and POST /v1/reports/{proxy+} with
// a token of scope resonanz/reports, and GET and HEAD /p/{token} for anybody who
// holds a link.
//
// It may, of the table: GetItem, PutItem and Query, also of the index due; of the
// bucket: ListBucket, GetObject of facts/* and reports/*, PutObject of reports/*;
// SendMessage to the escalation queue, the report queue and the dead-letter queue
// of the latter, from which it consumes; secretsmanager:GetSecretValue of the link
// secret; cloudwatch:GetMetricData (which knows no resources).
// Environment: TABLE_NAME, BUCKET_NAME, ESCALATION_QUEUE_URL, REPORT_QUEUE_URL,
// DLQ_URL (of the report queue), LINK_SECRET_ARN, PUBLIC_URL (of links in mail).
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/secret"
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
	env, err := awsenv.Require("TABLE_NAME", "BUCKET_NAME", "ESCALATION_QUEUE_URL", "REPORT_QUEUE_URL", "DLQ_URL", "LINK_SECRET_ARN", "PUBLIC_URL")
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	aws := awsenv.Config()
	table := store.New(dynamodb.NewFromConfig(aws), env[0])
	queues := outbox.NewQueues(aws)
	log := observe.Logger("report")
	return &handler{
		press: press{
			cfg: cfg,
			objects: bucket.New(s3.NewFromConfig(aws, func(o *s3.Options) {
				o.UsePathStyle = aws.BaseEndpoint != nil
			}), env[1]),
			reports:  table,
			table:    table,
			observed: &cloudWatch{api: cloudwatch.NewFromConfig(aws), namespace: observe.Namespace(os.Getenv("STAGE"))},
			keys:     secret.New(secret.NewManager(aws), env[5]),
			public:   strings.TrimRight(env[6], "/"),
			code:     program(),
			write:    renderings,
			log:      log,
			metrics:  observe.NewMetrics("report"),
			now:      time.Now,
		},
		consumer:   consume.Consumer{Log: log, Sender: queues, DLQ: env[4]},
		queue:      outbox.New(queues),
		escalation: env[2],
		orders:     env[3],
	}, nil
}
