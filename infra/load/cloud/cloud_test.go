package cloud

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	smtypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/bucket"
)

// begin starts a cloud and returns how an SDK reaches it.
func begin(t *testing.T, o Options) (*Cloud, aws.Config) {
	t.Helper()
	c, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	return c, aws.Config{Region: "eu-central-1", BaseEndpoint: &c.FunctionsURL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func TestTheTableKeepsItsConditions(t *testing.T) {
	var inserts int
	_, cfg := begin(t, Options{Changed: func(c Change) {
		if c.Insert {
			inserts++
		}
	}})
	db := dynamodb.NewFromConfig(cfg)
	put := func(v, condition string) error {
		_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{
			TableName: aws.String("t"), Item: map[string]types.AttributeValue{"PK": s("a"), "SK": s("b"), "v": &types.AttributeValueMemberN{Value: v}},
			ConditionExpression: &condition, ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
			ExpressionAttributeNames: map[string]string{"#v": "v"}, ExpressionAttributeValues: map[string]types.AttributeValue{":v": &types.AttributeValueMemberN{Value: "9"}},
		})
		return err
	}
	if err := put("9", "attribute_not_exists(PK)"); err != nil {
		t.Fatal(err)
	}
	var failed *types.ConditionalCheckFailedException
	if err := put("10", "attribute_not_exists(PK)"); !errors.As(err, &failed) || failed.Item["v"] == nil {
		t.Errorf("what is there keeps its place, and is told: %v", err)
	}
	if err := put("10", "attribute_not_exists(PK) OR (#v <= :v AND NOT #v > :v)"); err != nil {
		t.Errorf("numbers are compared as numbers: %v", err)
	}
	if err := put("11", "#v = :v"); !errors.As(err, &failed) {
		t.Errorf("another version: %v", err)
	}
	if inserts != 1 {
		t.Errorf("%d inserts in the stream, want 1", inserts)
	}
	if err := put("1", "size(PK) > :v"); err == nil {
		t.Error("an expression that is not understood is an error, never a guess")
	}
}

func TestATransactionIsAllOrNothing(t *testing.T) {
	_, cfg := begin(t, Options{})
	db := dynamodb.NewFromConfig(cfg)
	write := func(keys ...string) error {
		var all []types.TransactWriteItem
		for _, k := range keys {
			all = append(all, types.TransactWriteItem{Put: &types.Put{
				TableName: aws.String("t"), Item: map[string]types.AttributeValue{"PK": s(k), "SK": s("-")}, ConditionExpression: aws.String("attribute_not_exists(PK)"),
			}})
		}
		_, err := db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: all})
		return err
	}
	if err := write("a", "b"); err != nil {
		t.Fatal(err)
	}
	var cancelled *types.TransactionCanceledException
	if err := write("c", "a"); !errors.As(err, &cancelled) || aws.ToString(cancelled.CancellationReasons[1].Code) != "ConditionalCheckFailed" {
		t.Fatalf("got %v", err)
	}
	got, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("t"), Key: map[string]types.AttributeValue{"PK": s("c"), "SK": s("-")}})
	if err != nil || got.Item != nil {
		t.Errorf("half a transaction was kept: %v, %v", got.Item, err)
	}
}

func TestAQueryReadsAnIndexInPages(t *testing.T) {
	_, cfg := begin(t, Options{})
	db := dynamodb.NewFromConfig(cfg)
	for i := range 7 {
		_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: map[string]types.AttributeValue{
			"PK": s(fmt.Sprint("CASE#", i)), "SK": s("STATE"), "due_shard": s("0"), "due_at": s(fmt.Sprint("2026-03-0", 7-i)), "team": s([]string{"x", "y"}[i%2]),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	pages := dynamodb.NewQueryPaginator(db, &dynamodb.QueryInput{
		TableName: aws.String("t"), IndexName: aws.String("due"), Limit: aws.Int32(2),
		KeyConditionExpression: aws.String("due_shard = :shard AND due_at <= :until"), FilterExpression: aws.String("team IN (:x, :z)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":shard": s("0"), ":until": s("2026-03-05"), ":x": s("x"), ":z": s("z")},
	})
	var got []string
	for pages.HasMorePages() {
		p, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range p.Items {
			got = append(got, it["due_at"].(*types.AttributeValueMemberS).Value)
		}
	}
	if diff := cmp.Diff([]string{"2026-03-01", "2026-03-03", "2026-03-05"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestMessagesAreTakenAndAnsweredAsSQSDoes(t *testing.T) {
	c, cfg := begin(t, Options{})
	queue := aws.String("https://sqs.example.com/1/q")
	entries := []sqstypes.SendMessageBatchRequestEntry{{Id: aws.String("0"), MessageBody: aws.String("a")}, {Id: aws.String("1"), MessageBody: aws.String("b")}}
	out, err := sqs.NewFromConfig(cfg).SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: queue, Entries: entries}) // the SDK compares the checksums
	if err != nil || len(out.Successful) != 2 {
		t.Fatalf("got %+v, %v", out, err)
	}
	if got := c.Receive(t.Context(), *queue, 1, 0); len(got) != 1 || got[0].Received != 1 {
		t.Errorf("at most the limit: %+v", got)
	}
	if n := c.Waiting()[*queue]; n != 1 {
		t.Errorf("%d wait, want 1", n)
	}
	if got := c.Receive(t.Context(), *queue, 10, time.Millisecond); len(got) != 1 || got[0].Body != "b" {
		t.Errorf("the rest: %+v", got)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if got := c.Receive(ended, *queue, 10, time.Hour); got != nil {
		t.Errorf("nothing at the end: %+v", got)
	}
}

func TestObjectsAreKept(t *testing.T) {
	_, cfg := begin(t, Options{})
	b := bucket.New(s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }), "b")
	for _, key := range []string{"facts/month=2026-03/b.parquet", "facts/month=2026-03/a.parquet", "reports/x"} {
		if err := b.Put(t.Context(), key, "text/plain", []byte("content of "+key)); err != nil {
			t.Fatal(err)
		}
	}
	var keys []string
	if err := b.List(t.Context(), "facts/", func(key string) error { keys = append(keys, key); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(keys, []string{"facts/month=2026-03/a.parquet", "facts/month=2026-03/b.parquet"}) {
		t.Errorf("listed %v", keys)
	}
	if got, err := b.Get(t.Context(), "reports/x"); err != nil || string(got) != "content of reports/x" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := b.Get(t.Context(), "reports/y"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an object that is not there: %v", err)
	}
}

func TestASecretHasNoPreviousValue(t *testing.T) {
	c, cfg := begin(t, Options{Secrets: map[string]string{"link": "value"}})
	api := secretsmanager.NewFromConfig(cfg)
	get := func(stage string) (*secretsmanager.GetSecretValueOutput, error) {
		return api.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("link"), VersionStage: &stage})
	}
	if v, err := get("AWSCURRENT"); err != nil || aws.ToString(v.SecretString) != "value" {
		t.Errorf("got %v, %v", v, err)
	}
	var none *smtypes.ResourceNotFoundException
	if _, err := get("AWSPREVIOUS"); !errors.As(err, &none) {
		t.Errorf("got %v", err)
	}
	if _, err := api.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{}); err == nil || len(c.Unknown()) != 1 {
		t.Errorf("a call that nobody knows is counted: %v, %v", err, c.Unknown())
	}
}
