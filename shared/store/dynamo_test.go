package store_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/infra/local/emulator"     //nolint:depguard // a test may start the emulator
	"resonanz/infra/local/emulatortest" //nolint:depguard // a test may start the emulator
	"resonanz/shared/awsenv"
	"resonanz/shared/store"
	"resonanz/shared/store/storetest"
)

func TestTableKeepsTheContract(t *testing.T) {
	client := dynamoDB(t)
	var n atomic.Int32
	storetest.Run(t, func(t *testing.T) (storetest.Full, storetest.Full) {
		name := newTable(t, client, fmt.Sprintf("contract-%d-%d", os.Getpid(), n.Add(1)))
		at := func() time.Time { return storetest.Noon }
		return store.New(client, name).At(at), store.New(client, name).At(at)
	})
}

// What is written by calls of its own is the same store.
func TestTheDirectTableKeepsTheContract(t *testing.T) {
	client := dynamoDB(t)
	o := client.Options()
	cfg := aws.Config{Region: o.Region, BaseEndpoint: o.BaseEndpoint, HTTPClient: o.HTTPClient, Credentials: o.Credentials}
	var n atomic.Int32
	storetest.Run(t, func(t *testing.T) (storetest.Full, storetest.Full) {
		name := newTable(t, client, fmt.Sprintf("direct-%d-%d", os.Getpid(), n.Add(1)))
		at := func() time.Time { return storetest.Noon }
		return store.New(client, name).At(at).Direct(cfg), store.New(client, name).At(at).Direct(cfg)
	})
}

// dynamoDB is a client of the emulator, which runs until the test ends.
func dynamoDB(t *testing.T) *dynamodb.Client {
	t.Helper()
	url := emulatortest.URL(t)
	return dynamodb.New(dynamodb.Options{
		Region:       emulator.Region,
		BaseEndpoint: &url,
		HTTPClient:   awsenv.HTTPClient(),
		Credentials:  aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, "")),
	})
}

// newTable makes a table with the keys and indexes that the stack gives it.
func newTable(t *testing.T, client *dynamodb.Client, name string) string {
	t.Helper()
	attr := func(names ...string) (all []types.AttributeDefinition) {
		for _, n := range names {
			all = append(all, types.AttributeDefinition{AttributeName: aws.String(n), AttributeType: types.ScalarAttributeTypeS})
		}
		return all
	}
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{
			{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange},
		}
	}
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            &name,
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: attr(store.AttrPK, store.AttrSK, store.AttrDueShard, store.AttrDueAt, store.AttrCustomerKey),
		KeySchema:            keys(store.AttrPK, store.AttrSK),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{IndexName: aws.String(store.IndexDue), KeySchema: keys(store.AttrDueShard, store.AttrDueAt), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}},
			{IndexName: aws.String(store.IndexCustomer), KeySchema: keys(store.AttrCustomerKey, store.AttrPK), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Error(err)
		}
	})
	return name
}
