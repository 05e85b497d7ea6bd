package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"resonanz/infra/configure"
	"resonanz/infra/local/emulator"
	"resonanz/infra/tablefile"
	"resonanz/shared/awsenv"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

var noon = time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)

// rig is a stack in the emulator, as far as a restore needs one; what it sends is
// kept.
type rig struct {
	t     *testing.T
	db    *dynamodb.Client
	place *place
	sent  map[string][]string // by queue
}

func (r *rig) Send(_ context.Context, queueURL string, messages []outbox.Message) []error {
	for _, m := range messages {
		r.sent[queueURL] = append(r.sent[queueURL], m.Body)
	}
	return make([]error, len(messages))
}

func newRig(t *testing.T, url string) *rig {
	t.Helper()
	of := aws.Config{
		Region: emulator.Region, BaseEndpoint: &url, HTTPClient: awsenv.HTTPClient(),
		Credentials: credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, ""),
	}
	cfg, err := configure.Load(filepath.Join("..", "feedback.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, db: dynamodb.NewFromConfig(of), sent: map[string][]string{}}
	r.place = &place{
		name: "Resonanz-test", cfg: cfg, table: r.table("new"), items: r.db,
		objects: s3.NewFromConfig(of, func(o *s3.Options) { o.UsePathStyle = true }), sender: r,
		queues: []queue{{"escalation", store.ToEscalation, "escalation"}, {"reporting", store.ToReporting, "reporting"}, {"notify", store.ToNotify, "notify"}, {"mail", store.ToMail, "mail"}},
	}
	r.place.buckets = map[kind]string{factsBucket: r.bucket("facts"), filesBucket: r.bucket("files")}
	return r
}

func (r *rig) table(name string) string {
	r.t.Helper()
	name = fmt.Sprintf("recover-%s-%d", name, time.Now().UnixNano())
	keys := []types.KeySchemaElement{
		{AttributeName: aws.String(store.AttrPK), KeyType: types.KeyTypeHash}, {AttributeName: aws.String(store.AttrSK), KeyType: types.KeyTypeRange},
	}
	if _, err := r.db.CreateTable(r.t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: keys,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(store.AttrPK), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String(store.AttrSK), AttributeType: types.ScalarAttributeTypeS},
		},
	}); err != nil {
		r.t.Fatal(err)
	}
	return name
}

func (r *rig) bucket(name string) string {
	r.t.Helper()
	name = fmt.Sprintf("recover-%s-%d", name, time.Now().UnixNano())
	if _, err := r.place.objects.CreateBucket(r.t.Context(), &s3.CreateBucketInput{
		Bucket: &name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: emulator.Region},
	}); err != nil {
		r.t.Fatal(err)
	}
	return name
}

// fill puts items into a table.
func (r *rig) fill(table string, all []store.Raw) {
	r.t.Helper()
	for _, it := range all {
		if _, err := r.db.PutItem(r.t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: it}); err != nil {
			r.t.Fatal(err)
		}
	}
}

// items are those of a table, by key.
func (r *rig) items(table string) map[string]store.Raw {
	r.t.Helper()
	all := map[string]store.Raw{}
	if err := scan(r.t.Context(), r.db, table, func(it store.Raw) error {
		all[value(it, store.AttrPK)+" "+value(it, store.AttrSK)] = it
		return nil
	}); err != nil {
		r.t.Fatal(err)
	}
	return all
}

func value(it store.Raw, name string) string {
	v, _ := it[name].(*types.AttributeValueMemberS)
	if v == nil {
		return ""
	}
	return v.Value
}

// recorder keeps what a store puts.
type recorder struct {
	store.DynamoAPI
	all []store.Raw
}

func (p *recorder) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	p.all = append(p.all, in.Item)
	return &dynamodb.PutItemOutput{}, nil
}

func (p *recorder) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	for _, w := range in.TransactItems {
		p.all = append(p.all, w.Put.Item)
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

const number = casefile.Number("2603-27SC-AWKV")

// backedUp are the items of a stack with two customers, K-1 and K-2: a vote of each,
// an open case of the first, a reminder, a mark.
func backedUp(t *testing.T) []store.Raw {
	t.Helper()
	p := &recorder{}
	at := store.New(p, "t")
	for i, who := range []string{"K-1", "K-2"} {
		key := feedback.ResponseKey("2026-03-aaaaaaaaaaaaaaa" + string(rune('a'+i)))
		vote := feedback.Rating{
			EventID: feedback.EventID(fmt.Sprintf("018e4f6a-3c1b-7e2d-9f00-%012d", i)), ResponseKey: key, Touchpoint: "hotline", Channel: feedback.WebForm,
			Scale: feedback.Stars5, Rating: 1, SubmittedAt: noon.Add(-48 * time.Hour), ReceivedAt: noon.Add(-48 * time.Hour), CollectionMode: feedback.Self,
		}
		event, err := json.Marshal(vote)
		if err != nil {
			t.Fatal(err)
		}
		e := &store.Entry{Kind: feedback.KindRating, EventID: vote.EventID, ResponseKey: key, ReceivedAt: vote.ReceivedAt, Event: event, CustomerKey: who, Personal: []byte(`{"comment":"own words"}`)}
		if _, _, err := at.Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	c := &casefile.Case{Number: number, Family: casefile.Callback, Status: casefile.Open, CustomerKey: "K-1", OpenedAt: noon.Add(-time.Hour), NextAt: noon, ResponseKey: "2026-03-aaaaaaaaaaaaaaaa"}
	line := &casefile.Entry{Case: number, Seq: 1, At: noon.Add(-time.Hour), Action: casefile.Opened, Inform: true, Words: &casefile.Words{Text: "own words"}}
	if err := at.CreateCase(t.Context(), c, line); err != nil {
		t.Fatal(err)
	}
	if err := at.Remind(t.Context(), store.Reminder{ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", EventID: "018e4f6a-3c1b-7e2d-9f00-000000000000", DueAt: noon}); err != nil {
		t.Fatal(err)
	}
	if err := at.Finish(t.Context(), "a#mail", time.Now()); err != nil {
		t.Fatal(err)
	}
	return p.all
}

// exported is a folder of make export with these items and files.
func exported(t *testing.T, all []store.Raw, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	var b bytes.Buffer
	w := tablefile.NewWriter(&b)
	for _, it := range all {
		if err := w.Write(it); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write := func(name string, body []byte) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(tablefile.Name, b.Bytes())
	for name, body := range files {
		write(name, []byte(body))
	}
	write("manifest.json", []byte(fmt.Sprintf(`{"stack":"Resonanz-old","begun_at":"2026-03-15T12:00:00Z","files":[{"name":%q,"sha256":%q,"rows":%d}]}`, tablefile.Name, sum(b.Bytes()), len(all))))
	return dir
}
