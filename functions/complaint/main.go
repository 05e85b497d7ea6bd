// The complaint function takes complaints in a form that everybody may fill in,
// acknowledges each at once, and shows its customer where it stands.
//
// Environment: TABLE_NAME; LINK_SECRET_ARN, whose key signs the links to status
// pages; PUBLIC_URL, the base of customer links without a trailing slash, to
// which an upload returns; ATTACHMENTS_BUCKET, where files are sent; empty: no
// attachments.
//
// Rights: on the table GetItem, Query and PutItem (a transaction of these: ledger
// entry, case and timeline), on no index; GetSecretValue of the link secret;
// PutObject on quarantine/* of the bucket, used by what it presigns only.
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
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

func main() {
	h, err := wire()
	if err != nil {
		fmt.Fprintln(os.Stderr, "complaint:", err)
		os.Exit(1)
	}
	lambda.Start(httpapi.Function(h.Handle))
}

func wire() (*handler, error) {
	env, err := awsenv.Require("TABLE_NAME", "LINK_SECRET_ARN", "PUBLIC_URL")
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	aws := awsenv.Config()
	h := newHandler(cfg,
		store.New(dynamodb.NewFromConfig(aws), env[0]),
		secret.New(secret.NewManager(aws), env[1]), env[2],
		observe.NewMetrics("complaint"), observe.Logger("complaint"), time.Now)
	if bucket := os.Getenv("ATTACHMENTS_BUCKET"); bucket != "" {
		h.files = attach.NewSigner(aws, bucket, int64(cfg.Complaints.AttachmentMB)<<20)
	}
	return h, nil
}
