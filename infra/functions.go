package main

import (
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
)

// Timeouts in seconds. The visibility of queues follows from their consumers'.
const (
	requestTimeout  = 10
	bulkTimeout     = 29 // hundreds of transactions; the HTTP API itself gives up after 30
	fanoutTimeout   = 30
	consumerTimeout = 30 // of whatever takes from a queue
	clockTimeout    = 50 // ends before the next minute begins
	reportTimeout   = 120
)

// function is what one function is given and may do.
type function struct {
	name    string
	does    string
	timeout int // seconds
	memory  int // MiB; CPU grows with it
	env     map[string]*string
	may     []awsiam.PolicyStatement
}

// addFunctions builds every function with a role of its own, which may do
// exactly what is listed here.
func (s *stack) addFunctions() error {
	table, public := s.tableARN(), s.publicURL()
	for _, f := range []function{{
		name: "rating", does: "rating page and vote; ratings, cards, complaints and signs of life of devices and systems",
		timeout: requestTimeout, memory: 256,
		env: with(s.identity.env, map[string]*string{
			"TABLE_NAME":        s.table.TableName(),
			"LINK_SECRET_ARN":   s.linkSecret.SecretArn(),
			"DEVICE_SECRET_ARN": s.deviceSecret.SecretArn(),
		}),
		may: []awsiam.PolicyStatement{
			allow(table, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.linkSecret.SecretArn(), "secretsmanager:GetSecretValue"),
			allow(s.deviceSecret.SecretArn(), "secretsmanager:GetSecretValue"),
		},
	}, {
		name: "card", does: "response card page and submission",
		timeout: requestTimeout, memory: 256,
		env: map[string]*string{
			"TABLE_NAME":      s.table.TableName(),
			"LINK_SECRET_ARN": s.linkSecret.SecretArn(),
		},
		may: []awsiam.PolicyStatement{
			allow(table, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.linkSecret.SecretArn(), "secretsmanager:GetSecretValue"),
		},
	}, {
		name: "kiosk", does: "the kiosk app and the description of the interface; calls nothing",
		timeout: requestTimeout, memory: 128,
	}, {
		name: "invitation", does: "issues signed links, unsubscribes",
		timeout: bulkTimeout, memory: 256,
		env: map[string]*string{
			"TABLE_NAME":      s.table.TableName(),
			"LINK_SECRET_ARN": s.linkSecret.SecretArn(),
			"PUBLIC_URL":      public,
		},
		may: []awsiam.PolicyStatement{
			// GetItem: was it issued last month already? Query: the invitation behind a
			// link that unsubscribes.
			allow(table, "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.linkSecret.SecretArn(), "secretsmanager:GetSecretValue"),
		},
	}, {
		name: "fanout", does: "publishes what the table stored to the queues",
		timeout: fanoutTimeout, memory: 256,
		env: map[string]*string{
			"ESCALATION_QUEUE_URL": s.escalation.QueueUrl(),
			"REPORTING_QUEUE_URL":  s.reporting.QueueUrl(),
			"NOTIFY_QUEUE_URL":     s.notify.QueueUrl(),
			"MAIL_QUEUE_URL":       s.mails.QueueUrl(),
			"STREAM_DLQ_URL":       s.streamFailures.QueueUrl(),
		},
		may: []awsiam.PolicyStatement{
			allow(s.table.TableStreamArn(), "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
			allow(str("*"), "dynamodb:ListStreams"), // knows no resources
			allowAll([]*string{
				s.escalation.QueueArn(), s.reporting.QueueArn(), s.notify.QueueArn(), s.mails.QueueArn(), s.streamFailures.QueueArn(),
			}, "sqs:SendMessage"),
		},
	}, {
		name: "escalation", does: "applies the escalation rules, keeps cases",
		timeout: consumerTimeout, memory: 256,
		env: map[string]*string{
			"TABLE_NAME": s.table.TableName(),
			"DLQ_URL":    s.escalation.dead.QueueUrl(),
		},
		may: append(consume(s.escalation),
			allow(table, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
		),
	}, {
		name: "clock", does: "tells of deadlines that have passed, silent devices, reminders due",
		timeout: clockTimeout, memory: 128,
		env: map[string]*string{
			"TABLE_NAME":           s.table.TableName(),
			"ESCALATION_QUEUE_URL": s.escalation.QueueUrl(),
			"MAIL_QUEUE_URL":       s.mails.QueueUrl(),
		},
		may: []awsiam.PolicyStatement{
			allow(s.indexARN(dueIndex), "dynamodb:Query"),
			allowAll([]*string{s.escalation.QueueArn(), s.mails.QueueArn()}, "sqs:SendMessage"),
		},
	}, {
		name: "notify", does: "tells staff and the owner's systems, once per effect",
		timeout: consumerTimeout, memory: 256,
		env: map[string]*string{
			"TABLE_NAME":         s.table.TableName(),
			"ALERT_TOPIC_ARN":    s.alerts.TopicArn(),
			"WEBHOOK_SECRET_ARN": s.webhookSecret.SecretArn(),
			"PUBLIC_URL":         public,
			"DLQ_URL":            s.notify.dead.QueueUrl(),
		},
		may: append(append(consume(s.notify),
			allow(table, "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"),
			allow(s.alerts.TopicArn(), "sns:Publish"),
			allow(s.webhookSecret.SecretArn(), "secretsmanager:GetSecretValue"),
		), s.sendMail("ses:SendEmail")...),
	}, {
		name: "courier", does: "writes to customers: invitations and their reminder, once each",
		timeout: consumerTimeout, memory: 256,
		env: with(s.mailEnv(), map[string]*string{
			"TABLE_NAME":      s.table.TableName(),
			"LINK_SECRET_ARN": s.linkSecret.SecretArn(),
			"PUBLIC_URL":      public,
			"DLQ_URL":         s.mails.dead.QueueUrl(),
		}),
		may: append(append(consume(s.mails),
			allow(table, "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.linkSecret.SecretArn(), "secretsmanager:GetSecretValue"),
		), s.sendToCustomers()...),
	}, {
		name: "bounce", does: "notes which mail did not arrive and who wants none",
		timeout: consumerTimeout, memory: 256,
		env: map[string]*string{
			"TABLE_NAME": s.table.TableName(),
			"DLQ_URL":    s.mailEvents.dead.QueueUrl(),
		},
		may: append(consume(s.mailEvents),
			allow(table, "dynamodb:GetItem", "dynamodb:PutItem"),
		),
	}, {
		name: "facts", does: "writes anonymous Parquet facts",
		timeout: consumerTimeout, memory: 512,
		env: map[string]*string{
			"BUCKET_NAME": s.bucket.BucketName(),
			"DLQ_URL":     s.reporting.dead.QueueUrl(),
		},
		may: append(consume(s.reporting), allow(s.objects(factsFolder), "s3:PutObject")),
	}, {
		name: "report", does: "folds a month's facts into its report",
		timeout: reportTimeout, memory: 1024,
		env: map[string]*string{
			"TABLE_NAME":  s.table.TableName(),
			"BUCKET_NAME": s.bucket.BucketName(),
		},
		may: []awsiam.PolicyStatement{
			allow(table, "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.objects(factsFolder), "s3:GetObject"),
			allow(s.objects(reportsFolder), "s3:GetObject", "s3:PutObject"),
			allow(s.bucket.BucketArn(), "s3:ListBucket"),
		},
	}} {
		if err := s.addFunction(f); err != nil {
			return err
		}
	}
	return nil
}

// consume permits Lambda to take from q on the function's behalf, and the
// function to put a malformed message aside with its reason.
func consume(q queue) []awsiam.PolicyStatement {
	return []awsiam.PolicyStatement{
		allow(q.QueueArn(), "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
		allow(q.dead.QueueArn(), "sqs:SendMessage"),
	}
}

func allow(resource *string, actions ...string) awsiam.PolicyStatement {
	return allowAll([]*string{resource}, actions...)
}

func allowAll(resources []*string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{Actions: strs(actions...), Resources: &resources})
}

// with adds one environment to another.
func with(env, more map[string]*string) map[string]*string {
	all := maps.Clone(more)
	maps.Copy(all, env)
	return all
}

// mailEnv names the configuration set of mail to customers, where there is one.
func (s *stack) mailEnv() map[string]*string {
	if s.mail.configurationSet == nil {
		return nil
	}
	return map[string]*string{"MAIL_CONFIGURATION_SET": s.mail.configurationSet.Ref()}
}
