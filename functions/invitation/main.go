// The invitation function issues the signed links for contacts, singly and in
// bulk, and ends invitations for who wants no more.
//
// Its role needs, on the table, dynamodb:GetItem (was it issued last month
// already? has the contact opted out?), dynamodb:Query (the invitation behind a
// link that unsubscribes), dynamodb:PutItem (the invitation and its contact, in
// one transaction; the opt-out) and dynamodb:ConditionCheckItem (the address, in
// the same transaction); and secretsmanager:GetSecretValue on the link secret.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

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
		fmt.Fprintln(os.Stderr, "invitation:", err)
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
	return newHandler(cfg, store.New(dynamodb.NewFromConfig(aws), env[0]), secret.New(secret.NewManager(aws), env[1]),
		env[2], observe.NewMetrics("invitation"), observe.Logger("invitation"), time.Now), nil
}
