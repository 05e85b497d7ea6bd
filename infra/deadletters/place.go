package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/infra/deployed"
	"resonanz/infra/local/stack"
	"resonanz/infra/local/toolchain"
	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

// queue is one place for failures.
type queue struct {
	name   string
	dead   string // URL of the dead-letter queue
	source string // URL of the queue its letters came from; empty for stream and schedule
}

// What SES and S3 tell is no message of ours.
const (
	mailEvents  = "mailevents"
	attachments = "attachments"
)

// The places that no queue feeds.
const (
	streamFailures   = "stream"
	scheduleFailures = "schedule"
)

// outputs are the names under which the stack tells where its queues are.
var outputs = []queue{
	{"escalation", "EscalationDlqUrl", "EscalationQueueUrl"},
	{"reporting", "ReportingDlqUrl", "ReportingQueueUrl"},
	{"notify", "NotifyDlqUrl", "NotifyQueueUrl"},
	{"mail", "MailDlqUrl", "MailQueueUrl"},
	{mailEvents, "MailEventsDlqUrl", "MailEventsQueueUrl"},
	{attachments, "AttachmentsDlqUrl", "AttachmentsQueueUrl"},
	{"report", "ReportDlqUrl", "ReportQueueUrl"},
	{streamFailures, "StreamFailureQueueUrl", ""},
	{scheduleFailures, "ScheduleDlqUrl", ""},
}

func queueNames() []string {
	names := make([]string, len(outputs))
	for i := range outputs {
		names[i] = outputs[i].name
	}
	return names
}

func known(name string) bool {
	for i := range outputs {
		if outputs[i].name == name {
			return true
		}
	}
	return false
}

// open finds the stack's queues: of the local stack, or of the deployed one by
// the caller's own AWS credentials. The title says which it is.
func open(ctx context.Context, local bool, stage string) (o *office, title string, err error) {
	at, title, err := find(ctx, local, stage)
	if err != nil {
		return nil, "", err
	}
	cfg := at.AWS
	o = &office{sqs: sqs.NewFromConfig(cfg), send: outbox.NewQueues(cfg), now: time.Now}
	if o.queues, err = queuesOf(at.Outputs); err != nil {
		return nil, "", fmt.Errorf("reading the outputs of stack %s: %w", at.Name, err)
	}
	source := map[string]string{}
	for _, q := range o.queues {
		source[q.name] = q.source
	}
	o.stream = &republisher{
		items: dynamodb.NewFromConfig(cfg), table: at.Outputs["TableName"],
		records: dynamodbstreams.NewFromConfig(cfg),
		routes: []route{
			{store.ToEscalation, source["escalation"]},
			{store.ToReporting, source["reporting"]},
			{store.ToNotify, source["notify"]},
			{store.ToMail, source["mail"]},
		},
	}
	return o, title, nil
}

// find finds the stack.
func find(ctx context.Context, local bool, stage string) (at *deployed.Stack, title string, err error) {
	if !local {
		if at, err = deployed.Find(ctx, stage); err != nil {
			return nil, "", fmt.Errorf("%w (LOCAL=1 is the local stack)", err)
		}
		return at, at.Name + " in " + at.AWS.Region, nil
	}
	wd, err := os.Getwd()
	if err != nil {
		return nil, "", fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return nil, "", err
	}
	found, err := stack.ReadOutputs(filepath.Join(root, "build", "local"))
	if err != nil {
		return nil, "", err
	}
	if at, err = deployed.Local(ctx, found.AWS(), found.StackName); err != nil {
		return nil, "", err
	}
	return at, at.Name + " on this machine", nil
}

// queuesOf finds the queues among a stack's outputs. An error names every
// output that is missing.
func queuesOf(values map[string]string) ([]queue, error) {
	var missing []string
	value := func(output string) string {
		v := values[output]
		if output != "" && v == "" {
			missing = append(missing, output)
		}
		return v
	}
	found := make([]queue, len(outputs))
	for i, q := range outputs {
		found[i] = queue{q.name, value(q.dead), value(q.source)}
	}
	value("TableName")
	if missing != nil {
		return nil, fmt.Errorf("%s: not among them; deploy the present version first", strings.Join(missing, ", "))
	}
	return found, nil
}
