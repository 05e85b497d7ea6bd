package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

const (
	// maxReceives is how often a message is tried before it is put aside.
	maxReceives = 6
	// sourceRetention leaves a weekend and a Monday to mend a consumer.
	sourceRetention = 4
	// deadRetention is the longest SQS allows, ten days more than its source: a
	// message keeps its age when it moves.
	deadRetention = 14
)

// queue is a work queue with the place where its failures go.
type queue struct {
	awssqs.Queue
	name string
	dead deadLetters
}

// deadLetters is a queue nobody consumes: whatever lies in it raises an alarm.
type deadLetters struct {
	awssqs.Queue
	name string
}

// addQueues makes the work queues and the places for failures. The
// visibility of each is six times its consumer's timeout plus its batch window,
// as AWS advises: a message must not come back while it is still being worked
// on, nor while it waits for its batch to fill.
func (s *stack) addQueues() {
	s.streamFailures = s.addDeadLetters("StreamFailures")
	s.scheduleDLQ = s.addDeadLetters("ScheduleDlq")
	s.escalation = s.addQueue("Escalation", consumerTimeout, escalationWindow)
	s.reporting = s.addQueue("Reporting", consumerTimeout, s.factsWindow())
	s.notify = s.addQueue("Notify", consumerTimeout, 0)
	s.mails = s.addQueue("Mail", consumerTimeout, 0)
	s.mailEvents = s.addQueue("MailEvents", consumerTimeout, 0)
	s.uploads = s.addQueue("Attachments", consumerTimeout, 0)
	s.orders = s.addQueue("Report", reportTimeout, 0)
}

// queues are the work queues.
func (s *stack) queues() []queue {
	return []queue{s.escalation, s.reporting, s.notify, s.mails, s.mailEvents, s.uploads, s.orders}
}

// addQueue makes a queue whose consumer may take timeout seconds and gathers for
// window seconds.
func (s *stack) addQueue(name string, timeout, window int) queue {
	dead := s.addDeadLetters(name + "Dlq")
	return queue{
		Queue: awssqs.NewQueue(s.scope, str(name+"Queue"), &awssqs.QueueProps{
			VisibilityTimeout: seconds(6*timeout + window),
			RetentionPeriod:   days(sourceRetention),
			Encryption:        awssqs.QueueEncryption_SQS_MANAGED,
			EnforceSSL:        jsii.Bool(true),
			RemovalPolicy:     s.removal(),
			DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: dead.Queue, MaxReceiveCount: jsii.Number(maxReceives)},
		}),
		name: name,
		dead: dead,
	}
}

func (s *stack) addDeadLetters(name string) deadLetters {
	d := deadLetters{
		Queue: awssqs.NewQueue(s.scope, str(name), &awssqs.QueueProps{
			RetentionPeriod: days(deadRetention),
			Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
			EnforceSSL:      jsii.Bool(true),
			RemovalPolicy:   s.removal(),
		}),
		name: name,
	}
	s.dlqs = append(s.dlqs, d)
	return d
}

// deadURLs are the addresses of the dead-letter queues, separated by spaces:
// telling are those whose letters tell of mail or files, and hold addresses.
func (s *stack) deadURLs(telling bool) *string {
	var urls []*string
	for _, d := range s.dlqs {
		if (d.name == s.mailEvents.dead.name || d.name == s.uploads.dead.name) == telling {
			urls = append(urls, d.QueueUrl())
		}
	}
	return awscdk.Fn_Join(str(" "), &urls)
}

func (s *stack) deadARNs() []*string {
	var all []*string
	for _, d := range s.dlqs {
		all = append(all, d.QueueArn())
	}
	return all
}
