package main

import (
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
)

// Timeouts in seconds. The visibility of queues follows from their consumers'.
const (
	requestTimeout  = 10
	signInTimeout   = 5
	bulkTimeout     = 29 // hundreds of transactions; the HTTP API itself gives up after 30
	fanoutTimeout   = 30
	consumerTimeout = 30 // of whatever takes from a queue
	clockTimeout    = 50 // ends before the next minute begins
	// reportTimeout is the longest that Lambda knows: whoever asks for a report over
	// HTTP is answered long before, and large months go through the queue.
	reportTimeout  = 900
	compactTimeout = 900
	watchTimeout   = 120
	sweepTimeout   = 900
)

// function is what one function is given and may do.
type function struct {
	name    string
	does    string
	timeout int // seconds
	atLeast int // MiB, where lambdaenv has less
	env     map[string]*string
	may     []awsiam.PolicyStatement
}

// addFunctions builds every function with a role of its own, which may do
// exactly what is listed here.
func (s *stack) addFunctions() error {
	table, public := s.tableARN(), s.publicURL()
	for _, f := range []function{{
		name: "rating", does: "rating page and vote; ratings, cards, complaints and signs of life of devices and systems",
		timeout: requestTimeout,
		env: with(s.identity.env, map[string]*string{
			"TABLE_NAME":        s.table.TableName(),
			"LINK_SECRET_ARN":   s.linkSecret.SecretArn(),
			"DEVICE_SECRET_ARN": s.deviceSecret.SecretArn(),
			"PUBLIC_URL":        public, // of links to the status page of a complaint
		}),
		may: []awsiam.PolicyStatement{
			allow(table, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.linkSecret.SecretArn(), "secretsmanager:GetSecretValue"),
			allow(s.deviceSecret.SecretArn(), "secretsmanager:GetSecretValue"),
		},
	}, {
		name: "card", does: "response card page and submission",
		timeout: requestTimeout,
		env: map[string]*string{
			"TABLE_NAME":      s.table.TableName(),
			"LINK_SECRET_ARN": s.linkSecret.SecretArn(),
		},
		may: []awsiam.PolicyStatement{
			allow(table, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.linkSecret.SecretArn(), "secretsmanager:GetSecretValue"),
		},
	}, {
		name: "complaint", does: "complaint form, the customer's status page",
		timeout: requestTimeout,
		env: map[string]*string{
			"TABLE_NAME":         s.table.TableName(),
			"LINK_SECRET_ARN":    s.linkSecret.SecretArn(),
			"PUBLIC_URL":         public,
			"ATTACHMENTS_BUCKET": s.attachments.BucketName(),
		},
		may: []awsiam.PolicyStatement{
			allow(table, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.linkSecret.SecretArn(), "secretsmanager:GetSecretValue"),
			// It sends nothing: it signs for what its customers' browsers may send.
			allow(s.files(quarantineFolder), "s3:PutObject"),
		},
	}, {
		name: "cases", does: "the staff's interface to cases",
		timeout: bulkTimeout,
		env: map[string]*string{
			"TABLE_NAME":         s.table.TableName(),
			"ATTACHMENTS_BUCKET": s.attachments.BucketName(),
		},
		may: []awsiam.PolicyStatement{
			// BatchGetItem: the earlier cases of a customer, whose index holds keys only.
			allowAll([]*string{table, s.indexARN(dueIndex), s.indexARN(customerIndex)}, "dynamodb:Query"),
			allow(table, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"),
			// It reads nothing: it signs for what the clerk's browser may fetch.
			allow(s.files(cleanFolder), "s3:GetObject"),
		},
	}, {
		name: "customers", does: "hands out and erases what is kept of a customer",
		timeout: bulkTimeout,
		env: map[string]*string{
			"TABLE_NAME":         s.table.TableName(),
			"BUCKET_NAME":        s.bucket.BucketName(),
			"ATTACHMENTS_BUCKET": s.attachments.BucketName(),
			"DLQ_URLS":           s.deadURLs(false),
			"TELLING_DLQ_URLS":   s.deadURLs(true),
		},
		may: []awsiam.PolicyStatement{
			// DeleteItem: reminders, counts of invitations.
			allowAll([]*string{table, s.indexARN(customerIndex)}, "dynamodb:Query"),
			allow(table, "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"),
			allow(s.objects(erasedFolder), "s3:GetObject", "s3:PutObject"),
			allow(s.bucket.BucketArn(), "s3:ListBucket"), // without it an entry that is not there is a refusal
			allow(s.files(cleanFolder), "s3:GetObject"),  // it signs for what the caller may fetch
			allow(s.attachments.BucketArn(), "s3:ListBucketVersions"),
			allowAll([]*string{s.files(cleanFolder), s.files(quarantineFolder)}, "s3:DeleteObjectVersion"),
			allowAll(s.deadARNs(), "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
		},
	}, {
		name: "attachment", does: "looks at what customers add to their complaints",
		timeout: consumerTimeout, atLeast: s.largeFiles(),
		env: map[string]*string{
			"TABLE_NAME":         s.table.TableName(),
			"ATTACHMENTS_BUCKET": s.attachments.BucketName(),
			"DLQ_URL":            s.uploads.dead.QueueUrl(),
		},
		may: append(consume(s.uploads),
			allow(table, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.files(quarantineFolder), "s3:DeleteObject", "s3:GetObject"),
			allow(s.files(cleanFolder), "s3:DeleteObject", "s3:PutObject"),
			// Without it a file that is gone is a refusal.
			allow(s.attachments.BucketArn(), "s3:ListBucket"),
		),
	}, {
		name: "kiosk", does: "the kiosk app and the description of the interface; calls nothing",
		timeout: requestTimeout,
	}, {
		name: "desk", does: "the web app in which staff work; calls nothing",
		timeout: requestTimeout,
		env:     s.identity.deskEnv,
	}, {
		name: "invitation", does: "issues signed links, unsubscribes",
		timeout: bulkTimeout,
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
		timeout: fanoutTimeout,
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
		timeout: consumerTimeout,
		env: map[string]*string{
			"TABLE_NAME": s.table.TableName(),
			"DLQ_URL":    s.escalation.dead.QueueUrl(),
		},
		may: append(consume(s.escalation),
			allowAll([]*string{table, s.indexARN(dueIndex), s.indexARN(customerIndex)}, "dynamodb:Query"),
			allow(table, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"),
		),
	}, {
		name: "clock", does: "tells of deadlines that have passed, silent devices, reminders and webhooks due",
		timeout: clockTimeout,
		env: map[string]*string{
			"TABLE_NAME":           s.table.TableName(),
			"ESCALATION_QUEUE_URL": s.escalation.QueueUrl(),
			"MAIL_QUEUE_URL":       s.mails.QueueUrl(),
			"NOTIFY_QUEUE_URL":     s.notify.QueueUrl(),
		},
		may: []awsiam.PolicyStatement{
			allow(s.indexARN(dueIndex), "dynamodb:Query"),
			// Which configuration the deadlines were worked out by, and nothing else.
			s.keyed("APPLIED", "dynamodb:GetItem", "dynamodb:PutItem"),
			allowAll([]*string{s.escalation.QueueArn(), s.mails.QueueArn(), s.notify.QueueArn()}, "sqs:SendMessage"),
		},
	}, {
		name: "notify", does: "tells staff and the owner's systems, once per effect",
		timeout: consumerTimeout,
		env: with(s.webhookEnv(), map[string]*string{
			"TABLE_NAME":         s.table.TableName(),
			"ALERT_TOPIC_ARN":    s.alerts.TopicArn(),
			"WEBHOOK_SECRET_ARN": s.webhookSecret.SecretArn(),
			"PUBLIC_URL":         public,
			"BUCKET_NAME":        s.bucket.BucketName(),
			"DLQ_URL":            s.notify.dead.QueueUrl(),
		}),
		may: append(append(consume(s.notify),
			allow(table, "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"),
			allow(s.alerts.TopicArn(), "sns:Publish"),
			allowAll(s.webhookSecrets(), "secretsmanager:GetSecretValue"),
			allow(s.objects(reportsFolder), "s3:GetObject"), // the PDF goes with the mail
		), s.sendMail(nil, "ses:SendEmail", "ses:SendRawEmail")...), // raw: with a file attached
	}, {
		name: "courier", does: "writes to customers: invitations, their reminder, each step of a complaint; once each",
		timeout: consumerTimeout,
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
		timeout: consumerTimeout,
		env: map[string]*string{
			"TABLE_NAME": s.table.TableName(),
			"DLQ_URL":    s.mailEvents.dead.QueueUrl(),
		},
		may: append(consume(s.mailEvents),
			allow(table, "dynamodb:GetItem", "dynamodb:PutItem"),
		),
	}, {
		name: "facts", does: "writes anonymous Parquet facts",
		timeout: consumerTimeout,
		env: map[string]*string{
			"BUCKET_NAME": s.bucket.BucketName(),
			"DLQ_URL":     s.reporting.dead.QueueUrl(),
		},
		may: append(consume(s.reporting), allowAll(s.factFolders(), "s3:PutObject")),
	}, {
		name: "watch", does: "looks for what asks for attention in the figures of the day",
		timeout: watchTimeout,
		env: map[string]*string{
			"TABLE_NAME":           s.table.TableName(),
			"BUCKET_NAME":          s.bucket.BucketName(),
			"ESCALATION_QUEUE_URL": s.escalation.QueueUrl(),
		},
		may: []awsiam.PolicyStatement{
			s.keyed("WATCH#*", "dynamodb:PutItem", "dynamodb:Query"), // what a usual day is
			allow(s.objects(factsFolder), "s3:GetObject"),
			allow(s.bucket.BucketArn(), "s3:ListBucket"),
			allow(s.escalation.QueueArn(), "sqs:SendMessage"),
		},
	}, {
		name: "report", does: "folds a month's facts into its report, keeps its versions and hands them out",
		timeout: reportTimeout,
		env: map[string]*string{
			"TABLE_NAME":           s.table.TableName(),
			"BUCKET_NAME":          s.bucket.BucketName(),
			"ESCALATION_QUEUE_URL": s.escalation.QueueUrl(),
			"REPORT_QUEUE_URL":     s.orders.QueueUrl(),
			"DLQ_URL":              s.orders.dead.QueueUrl(),
			"LINK_SECRET_ARN":      s.linkSecret.SecretArn(),
			"PUBLIC_URL":           public,
		},
		may: append(consume(s.orders),
			allow(table, "dynamodb:GetItem", "dynamodb:Query"),
			s.keyed("REPORT#*", "dynamodb:PutItem"), // versions
			// Cases that are still open, of which the month's steps are counted.
			allow(s.indexARN(dueIndex), "dynamodb:Query"),
			allow(s.orders.QueueArn(), "sqs:SendMessage"),     // one message for each report
			allow(s.escalation.QueueArn(), "sqs:SendMessage"), // figures that do not add up
			allowAll(s.factFolders(), "s3:GetObject"),
			allow(s.objects(reportsFolder), "s3:GetObject", "s3:PutObject"),
			allow(s.bucket.BucketArn(), "s3:ListBucket"),
			allow(s.linkSecret.SecretArn(), "secretsmanager:GetSecretValue"),
			allow(str("*"), "cloudwatch:GetMetricData"), // knows no resources
		),
	}, {
		name: "compact", does: "merges small files of facts into large ones",
		timeout: compactTimeout,
		env: map[string]*string{
			"BUCKET_NAME": s.bucket.BucketName(),
		},
		may: []awsiam.PolicyStatement{
			allow(s.objects(factsFolder), "s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
			allow(s.bucket.BucketArn(), "s3:ListBucket"),
		},
	}, {
		name: "sweep", does: "takes out what is personal and has been kept long enough",
		timeout: sweepTimeout,
		env: map[string]*string{
			"TABLE_NAME":         s.table.TableName(),
			"BUCKET_NAME":        s.bucket.BucketName(),
			"ATTACHMENTS_BUCKET": s.attachments.BucketName(),
		},
		may: []awsiam.PolicyStatement{
			// DeleteItem: reminders of who was erased.
			allow(table, "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
			allow(s.indexARN(dueIndex), "dynamodb:Query"),
			// All customers, keys only: an erasure is known by a hash.
			allow(s.indexARN(customerIndex), "dynamodb:Scan"),
			allow(s.objects(erasedFolder), "s3:GetObject"),
			allow(s.bucket.BucketArn(), "s3:ListBucket"),
			allow(s.attachments.BucketArn(), "s3:ListBucketVersions"),
			allowAll([]*string{s.files(cleanFolder), s.files(quarantineFolder)}, "s3:DeleteObjectVersion"),
		},
	}} {
		if err := s.addFunction(f); err != nil {
			return err
		}
	}
	if err := s.addCanary(); err != nil {
		return err
	}
	return s.addSignIn()
}

// addSignIn makes the function that decides what those of the stack's own pool may
// do. An owner's issuer decides that itself.
func (s *stack) addSignIn() error {
	if s.identity.pool == nil {
		return nil
	}
	// The pool waits five seconds and no longer. Calls nothing.
	if err := s.addFunction(function{name: "signin", does: "what staff who sign in may do", timeout: signInTimeout}); err != nil {
		return err
	}
	s.checkSignIns()
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

// keyed permits actions on the items of the table whose partition key is key, or
// begins with it where it ends in a star.
func (s *stack) keyed(key string, actions ...string) awsiam.PolicyStatement {
	p := allow(s.tableARN(), actions...)
	p.AddCondition(str("ForAllValues:StringLike"), map[string]interface{}{"dynamodb:LeadingKeys": []string{key}})
	return p
}

// webhookEnv names the secret of webhook addresses, where there is one.
func (s *stack) webhookEnv() map[string]*string {
	if s.webhookURLs == nil {
		return nil
	}
	return map[string]*string{"WEBHOOK_URLS_SECRET_ARN": s.webhookURLs.SecretArn()}
}

// webhookSecrets are what notify reads: the signing key and, where there are such,
// addresses.
func (s *stack) webhookSecrets() []*string {
	all := []*string{s.webhookSecret.SecretArn()}
	if s.webhookURLs != nil {
		all = append(all, s.webhookURLs.SecretArn())
	}
	return all
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
