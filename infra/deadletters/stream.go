package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

// retention is how long a table's stream keeps a record.
const retention = 24 * time.Hour

// pages bounds the reads of one range of the stream: they may be empty, and a
// shard that is still written to never ends.
const pages = 200

// errOtherShape says that a letter is none of the two kinds below.
var errOtherShape = errors.New("neither an item's keys nor a range of the stream: only drop can end it")

// keys is how fanout puts a record aside that it could not read: the keys of the
// item, never its contents.
type keys struct {
	PK string `json:"pk"`
	SK string `json:"sk"`
}

func readKeys(body string) (keys, error) {
	var k keys
	if err := json.Unmarshal([]byte(body), &k); err != nil || k.PK == "" || k.SK == "" {
		return k, errOtherShape
	}
	return k, nil
}

// batch is how Lambda puts records aside that fanout failed on too often: their
// place in the stream.
type batch struct {
	Context struct {
		Condition string `json:"condition"`
		Calls     int    `json:"approximateInvokeCount"`
	} `json:"requestContext"`
	Batch struct {
		Stream string    `json:"streamArn"`
		Shard  string    `json:"shardId"`
		First  string    `json:"startSequenceNumber"`
		Last   string    `json:"endSequenceNumber"`
		Since  time.Time `json:"approximateArrivalOfFirstRecord"`
		Size   int       `json:"batchSize"`
	} `json:"DDBStreamBatchInfo"`
}

func readBatch(body string) (batch, error) {
	var b batch
	if err := json.Unmarshal([]byte(body), &b); err != nil || b.Batch.Stream == "" || b.Batch.Shard == "" || b.Batch.First == "" || b.Batch.Last == "" {
		return b, errOtherShape
	}
	return b, nil
}

// until is when the stream forgets the first of the records.
func (b *batch) until() time.Time { return b.Batch.Since.Add(retention).UTC() }

// items is the part of DynamoDB that is used.
type items interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
}

// records is the part of DynamoDB Streams that is used.
type records interface {
	GetShardIterator(context.Context, *dynamodbstreams.GetShardIteratorInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error)
	GetRecords(context.Context, *dynamodbstreams.GetRecordsInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error)
}

// route is where messages of one target go.
type route struct {
	target store.Targets
	url    string
}

// republisher does for records put aside what fanout would have done. Nothing
// can be put back into a stream, so it reads the item again, or the stream while
// that keeps the record, and sends the message to the queues itself.
type republisher struct {
	items   items
	table   string
	records records
	routes  []route
}

// publish returns one result for each letter: nil when all it stands for is in
// the queues.
func (r *republisher) publish(ctx context.Context, to *outbox.Sender, some []letter) []error {
	results := make([]error, len(some))
	for i := range some {
		results[i] = r.publishOne(ctx, to, &some[i])
	}
	return results
}

func (r *republisher) publishOne(ctx context.Context, to *outbox.Sender, l *letter) error {
	if k, err := readKeys(l.body); err == nil {
		image, err := r.item(ctx, k)
		if err != nil {
			return err
		}
		return r.send(ctx, to, []store.Image{image})
	}
	b, err := readBatch(l.body)
	if err != nil {
		return err
	}
	images, err := r.read(ctx, &b)
	if err != nil {
		return err
	}
	return r.send(ctx, to, images)
}

// item reads an item again.
func (r *republisher) item(ctx context.Context, k keys) (store.Image, error) {
	answer, err := r.items.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &r.table, ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{
			store.AttrPK: &types.AttributeValueMemberS{Value: k.PK},
			store.AttrSK: &types.AttributeValueMemberS{Value: k.SK},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("reading the item again: %w", err)
	}
	if answer.Item == nil {
		return nil, errors.New("the item is no longer in the table: drop the letter")
	}
	image := store.Image{}
	for name, v := range answer.Item { // only text makes a message
		if s, ok := v.(*types.AttributeValueMemberS); ok {
			image[name] = lambdaevents.NewStringAttribute(s.Value)
		}
	}
	return image, nil
}

// read reads the inserted items of a range of the stream again.
func (r *republisher) read(ctx context.Context, b *batch) ([]store.Image, error) {
	failed := func(err error) ([]store.Image, error) {
		var trimmed *streamtypes.TrimmedDataAccessException
		var gone *streamtypes.ResourceNotFoundException
		if errors.As(err, &trimmed) || errors.As(err, &gone) {
			return nil, fmt.Errorf("the stream has forgotten these records (it kept them until %s): what was stored is in the table; drop the letter: %w",
				b.until().Format(time.RFC3339), err)
		}
		return nil, fmt.Errorf("reading the stream again: %w", err)
	}
	at, err := r.records.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{
		StreamArn: &b.Batch.Stream, ShardId: &b.Batch.Shard, SequenceNumber: &b.Batch.First,
		ShardIteratorType: streamtypes.ShardIteratorTypeAtSequenceNumber,
	})
	if err != nil {
		return failed(err)
	}
	var images []store.Image
	next := at.ShardIterator
	for page := 0; next != nil && page < pages; page++ {
		answer, err := r.records.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: next})
		if err != nil {
			return failed(err)
		}
		for i := range answer.Records {
			rec := &answer.Records[i]
			if rec.Dynamodb == nil {
				continue
			}
			after := compareSequence(aws.ToString(rec.Dynamodb.SequenceNumber), b.Batch.Last)
			if after <= 0 && rec.EventName == streamtypes.OperationTypeInsert {
				images = append(images, streamImage(rec.Dynamodb.NewImage))
			}
			if after >= 0 {
				return images, nil
			}
		}
		next = answer.NextShardIterator
	}
	if next == nil { // the shard is closed: that was all of it
		return images, nil
	}
	return nil, fmt.Errorf("reading the stream again: record %s did not come within %d reads", b.Batch.Last, pages)
}

// compareSequence compares sequence numbers, which are decimal and up to 40 digits long.
func compareSequence(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func streamImage(item map[string]streamtypes.AttributeValue) store.Image {
	image := store.Image{}
	for name, v := range item {
		if s, ok := v.(*streamtypes.AttributeValueMemberS); ok {
			image[name] = lambdaevents.NewStringAttribute(s.Value)
		}
	}
	return image
}

// send sends the messages of the items, those that have none left out, and
// returns what went wrong with any of them: the rest has been sent all the same.
func (r *republisher) send(ctx context.Context, to *outbox.Sender, images []store.Image) error {
	queued := make([][]outbox.Message, len(r.routes))
	var wrong []error
	for _, image := range images {
		parcels, err := store.FromStream(image)
		if err != nil {
			wrong = append(wrong, err)
		}
		for _, p := range parcels {
			body, err := json.Marshal(p.Message)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("writing the message: %w", err))
				continue
			}
			for i := range r.routes {
				if p.To.Has(r.routes[i].target) {
					queued[i] = append(queued[i], outbox.Message{Body: string(body)})
				}
			}
		}
	}
	for i, messages := range queued {
		for _, err := range to.Send(ctx, r.routes[i].url, messages) {
			if err != nil {
				wrong = append(wrong, err)
			}
		}
	}
	return errors.Join(wrong...)
}
