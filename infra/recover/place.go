package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"resonanz/infra/configure"
	"resonanz/infra/deployed"
	"resonanz/infra/local/stack"
	"resonanz/infra/local/toolchain"
	"resonanz/shared/config"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

// tableAPI are the calls of DynamoDB that are used.
type tableAPI interface {
	store.ScanAPI
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
}

// secretsAPI are the calls of Secrets Manager that are used.
type secretsAPI interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
	PutSecretValue(context.Context, *secretsmanager.PutSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error)
}

// kind is one of a stack's buckets.
type kind string

// The buckets, as an export calls their folders.
const (
	factsBucket kind = "" // facts, reports and erasures
	filesBucket kind = "attachments"
)

// queue is where messages of a target go.
type queue struct {
	name   string
	target store.Targets
	url    string
}

// place is a stack.
type place struct {
	name    string
	cfg     *config.Config
	table   string
	items   tableAPI
	objects *s3.Client
	buckets map[kind]string
	queues  []queue
	sender  interface {
		Send(ctx context.Context, queueURL string, messages []outbox.Message) []error
	}
	secrets   secretsAPI
	secretIDs map[string]string // by what they are called in a file of secrets
}

// targetQueues are the queues that the stream feeds, and the outputs that name them.
var targetQueues = []queue{
	{"escalation", store.ToEscalation, "EscalationQueueUrl"}, {"reporting", store.ToReporting, "ReportingQueueUrl"},
	{"notify", store.ToNotify, "NotifyQueueUrl"}, {"mail", store.ToMail, "MailQueueUrl"},
}

// secretOutputs are the outputs that say where secrets are. The addresses of webhooks
// are one only where there are some.
var secretOutputs = map[string]string{
	"link": "LinkSecretArn", "device": "DeviceSecretArn", "webhook": "WebhookSecretArn", "webhook_urls": "WebhookUrlsSecretArn",
}

// find finds the local stack, or that of a stage by the caller's own AWS credentials.
func find(ctx context.Context, local bool, stage string) (*place, error) {
	if !local {
		at, err := deployed.Find(ctx, stage)
		if err != nil {
			return nil, fmt.Errorf("%w (LOCAL=1 is the local stack)", err)
		}
		return placeOf(at, stage, "infra")
	}
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return nil, err
	}
	o, err := stack.ReadOutputs(filepath.Join(root, "build", "local"))
	if err != nil {
		return nil, err
	}
	return onEmulator(ctx, o, filepath.Join(root, "infra"))
}

// onEmulator is a stack in an emulator of this machine; its configuration is in the
// folder infra.
func onEmulator(ctx context.Context, o *stack.Outputs, infra string) (*place, error) {
	at, err := deployed.Local(ctx, o.AWS(), o.StackName)
	if err != nil {
		return nil, err
	}
	return placeOf(at, configure.Dev, infra)
}

func placeOf(at *deployed.Stack, stage, infra string) (*place, error) {
	values, err := at.Need("TableName", "BucketName", "AttachmentsBucketName")
	if err != nil {
		return nil, err
	}
	p := &place{
		name: at.Name, table: values[0], items: dynamodb.NewFromConfig(at.AWS),
		objects: s3.NewFromConfig(at.AWS, func(o *s3.Options) { o.UsePathStyle = at.AWS.BaseEndpoint != nil }),
		buckets: map[kind]string{factsBucket: values[1], filesBucket: values[2]},
		sender:  outbox.New(outbox.NewQueues(at.AWS)), secrets: secretsmanager.NewFromConfig(at.AWS), secretIDs: map[string]string{},
	}
	for _, q := range targetQueues {
		if values, err = at.Need(q.url); err != nil {
			return nil, err
		}
		p.queues = append(p.queues, queue{q.name, q.target, values[0]})
	}
	for name, output := range secretOutputs {
		if id := at.Outputs[output]; id != "" {
			p.secretIDs[name] = id
		}
	}
	p.cfg, err = configure.LoadStage(filepath.Join(infra, "feedback.yaml"), stage)
	return p, err
}

var (
	_ tableAPI   = (*dynamodb.Client)(nil)
	_ secretsAPI = (*secretsmanager.Client)(nil)
)

// scan hands every item of a table to each, consistently: never two at a time, in
// no order.
func scan(ctx context.Context, api store.ScanAPI, table string, each func(store.Raw) error) error {
	pages := dynamodb.NewScanPaginator(api, &dynamodb.ScanInput{TableName: &table, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("reading table %s: %s", table, deployed.Reason(err))
		}
		for _, it := range page.Items {
			if err := each(it); err != nil {
				return err
			}
		}
	}
	return nil
}
