// The cases function is the staff's interface to cases: the work list, one case
// with its timeline, every command of the lifecycle, corrective actions and the
// delivery log of webhooks.
//
// Routes: GET /v1/cases, GET /v1/cases/{number}, POST /v1/cases/assign, POST
// /v1/cases/{number}/{command} and its dry run /v1/cases/{number}/{command}/preview,
// GET /v1/cases/{number}/attachments/{id}, GET and POST /v1/actions, POST
// /v1/actions/{id}/done, GET /v1/webhooks/{id}/deliveries, GET /v1/devices and GET
// /v1/desk, all behind the authorizer with the scope resonanz/cases; the last one
// also with resonanz/reports. The commands approve and decline need the scope
// resonanz/approve as well, which the function checks itself.
//
// Its role needs, on the table, dynamodb:GetItem (a case), dynamodb:Query (a
// timeline, what the customer said, corrective actions, deliveries; on the index
// due the work list, on the index customer the customer's earlier cases),
// dynamodb:BatchGetItem (the states of these, should the index hold keys only)
// and dynamodb:PutItem (state and timeline in one transaction; a corrective
// action and the markers by which each of its steps happens once); and s3:GetObject on clean/* of the bucket of attachments, for the
// addresses that it signs.
//
// Environment: TABLE_NAME, ATTACHMENTS_BUCKET. An export of 10,000 cases reads
// 100 pages or more: a timeout of 25 s, and memory of 256 MB.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/attach"
	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

func main() {
	h, err := wire()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cases:", err)
		os.Exit(1)
	}
	lambda.Start(httpapi.Function(h.Handle))
}

func wire() (*handler, error) {
	env, err := awsenv.Require("TABLE_NAME", "ATTACHMENTS_BUCKET")
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
	files := attach.NewSigner(aws, env[1], int64(cfg.Complaints.AttachmentMB)<<20)
	return newHandler(cfg, book.Lifecycle, store.New(dynamodb.NewFromConfig(aws), env[0]), files,
		observe.NewMetrics("cases"), observe.Logger("cases"), time.Now), nil
}
