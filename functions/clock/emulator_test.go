package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"resonanz/infra/local/emulator"     //nolint:depguard // a test may start the emulator
	"resonanz/infra/local/emulatortest" //nolint:depguard // a test may start the emulator
	"resonanz/shared/awsenv"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

// minute is what a run has: the timeout of the function. With reserve left of it
// a run stops.
const minute = 50 * time.Second

// BenchmarkTenThousandDeadlinesOnTheEmulator is a whole run over a real table and
// a real queue on this machine: it is to end within its minute, or does not tell
// of all.
func BenchmarkTenThousandDeadlinesOnTheEmulator(b *testing.B) {
	url := emulatortest.URL(b)
	login := aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, ""))
	table := dynamodb.New(dynamodb.Options{Region: emulator.Region, BaseEndpoint: &url, HTTPClient: awsenv.HTTPClient(), Credentials: login})
	cfg := aws.Config{Region: emulator.Region, BaseEndpoint: &url, HTTPClient: awsenv.HTTPClient(), Credentials: login}
	queues := sqs.NewFromConfig(cfg)
	name := manyCases(b, table)
	for b.Loop() {
		b.StopTimer()
		made, err := queues.CreateQueue(b.Context(), &sqs.CreateQueueInput{QueueName: aws.String(fmt.Sprintf("many-%d", b.Elapsed()))})
		if err != nil {
			b.Fatal(err)
		}
		h := newHandler(store.New(table, name), nil, io.Discard)
		h.queue, h.escalation = outbox.New(outbox.NewQueues(cfg)), *made.QueueUrl
		ctx, cancel := context.WithTimeout(b.Context(), minute)
		b.StartTimer()
		err = h.Handle(ctx, Tick{})
		b.StopTimer()
		cancel()
		if err != nil {
			b.Fatal(err)
		}
		got, err := queues.GetQueueAttributes(b.Context(), &sqs.GetQueueAttributesInput{
			QueueUrl: made.QueueUrl, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameApproximateNumberOfMessages},
		})
		if err != nil || got.Attributes["ApproximateNumberOfMessages"] != fmt.Sprint(manyDue) {
			b.Fatalf("the queue holds %v, %v, want %d messages", got, err, manyDue)
		}
		b.StartTimer()
	}
}

// manyCases makes a table of cases that are all due, each with a state of the
// usual size.
func manyCases(b *testing.B, client *dynamodb.Client) string {
	b.Helper()
	name := aws.String("many")
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{
			{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}, {AttributeName: aws.String(sort), KeyType: types.KeyTypeRange},
		}
	}
	var attributes []types.AttributeDefinition
	for _, a := range []string{store.AttrPK, store.AttrSK, store.AttrDueShard, store.AttrDueAt} {
		attributes = append(attributes, types.AttributeDefinition{AttributeName: aws.String(a), AttributeType: types.ScalarAttributeTypeS})
	}
	_, err := client.CreateTable(b.Context(), &dynamodb.CreateTableInput{
		TableName: name, BillingMode: types.BillingModePayPerRequest, AttributeDefinitions: attributes, KeySchema: keys(store.AttrPK, store.AttrSK),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String(store.IndexDue), KeySchema: keys(store.AttrDueShard, store.AttrDueAt), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
	})
	if err != nil {
		b.Fatal(err)
	}
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	var batch []types.WriteRequest
	for i := range manyDue {
		batch = append(batch, types.WriteRequest{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{
			store.AttrPK: text(fmt.Sprintf("CASE#2603-%04d-%04d", i/10_000, i%10_000)), store.AttrSK: text("STATE"),
			store.AttrDueShard: text("cases"), store.AttrDueAt: text("2026-03-11T12:00:00.000Z"),
			"step": &types.AttributeValueMemberN{Value: "0"}, "case": text(strings.Repeat("x", 2000)),
		}}})
		if len(batch) == 25 {
			if _, err := client.BatchWriteItem(b.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{*name: batch}}); err != nil {
				b.Fatal(err)
			}
			batch = nil
		}
	}
	return *name
}
