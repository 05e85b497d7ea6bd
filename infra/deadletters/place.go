package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/infra/local/stack"
	"resonanz/infra/local/toolchain"
	"resonanz/shared/awsenv"
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

// describer is the part of CloudFormation that is used.
type describer interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
}

// open finds the stack's queues: of the local stack, or of the deployed one by
// the caller's own AWS credentials. The title says which it is.
func open(ctx context.Context, local bool, stage string) (o *office, title string, err error) {
	name := "Resonanz-" + stage
	var cfg aws.Config
	if local {
		found, err := localStack()
		if err != nil {
			return nil, "", err
		}
		cfg, name = found.AWS(), found.StackName
		title = name + " on this machine"
	} else {
		if cfg, err = config.LoadDefaultConfig(ctx); err != nil {
			return nil, "", fmt.Errorf("reading your AWS configuration: %w", err)
		}
		// The SDK's own client now and then repeats a call that had succeeded; then a
		// letter that is gone looks as if it stayed. Certificates of one's own need
		// that client all the same.
		if os.Getenv("AWS_CA_BUNDLE") == "" {
			cfg.HTTPClient = awsenv.HTTPClient()
		}
		if cfg.Region == "" {
			return nil, "", errors.New("reading your AWS configuration: no region: set AWS_REGION, or take the local stack (LOCAL=1, --local)")
		}
		title = name + " in " + cfg.Region
	}
	values, err := outputsOf(ctx, cloudformation.NewFromConfig(cfg), name)
	if err != nil {
		return nil, "", err
	}
	o = &office{sqs: sqs.NewFromConfig(cfg), now: time.Now}
	if o.queues, err = queuesOf(values); err != nil {
		return nil, "", fmt.Errorf("reading the outputs of stack %s: %w", name, err)
	}
	source := map[string]string{}
	for _, q := range o.queues {
		source[q.name] = q.source
	}
	o.stream = &republisher{
		items: dynamodb.NewFromConfig(cfg), table: values["TableName"],
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

func localStack() (*stack.Outputs, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return nil, err
	}
	return stack.ReadOutputs(filepath.Join(root, "build", "local"))
}

// outputsOf asks for the outputs of a deployed stack.
func outputsOf(ctx context.Context, api describer, name string) (map[string]string, error) {
	answer, err := api.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return nil, fmt.Errorf("finding stack %s (deployed? name another by STAGE=, --stage, or the local one by LOCAL=1, --local): %w", name, err)
	}
	values := map[string]string{}
	for i := range answer.Stacks {
		for _, v := range answer.Stacks[i].Outputs {
			values[aws.ToString(v.OutputKey)] = aws.ToString(v.OutputValue)
		}
	}
	return values, nil
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
