package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambdaeventsources"
	"github.com/aws/jsii-runtime-go"
)

// Batch windows in seconds: how long Lambda collects before it calls.
const (
	// fanoutWindow gathers what one shard of the stream brings. A call of fanout costs
	// its request, its time, a line of its log and a request to the queue, however few
	// records it has. At a million ratings a month, in the hours in which shops are
	// open, a shard of four has one record in three seconds: 1.3 a call by a window of
	// a second, 3.9 by this one, a third of the calls. The soonest that waits for it is
	// the mail of an invitation.
	fanoutWindow     = 10
	escalationWindow = 1
	// factsBatchWindow makes few, large Parquet objects instead of many small
	// ones; a fact is in the bucket at most this much later than its rating.
	factsBatchWindow = 300
	// localWindow keeps a demonstration short.
	localWindow = 1
)

func (s *stack) fanoutWindow() int {
	if s.Local {
		return localWindow
	}
	return fanoutWindow
}

func (s *stack) factsWindow() int {
	if s.Local {
		return localWindow
	}
	return factsBatchWindow
}

// addMappings starts the consumers. A bound of concurrency has its price: Lambda polls
// the queue by five readers all the time, 648,000 requests a month, where without one
// it may come down to two on a queue that is empty (AWS Lambda Developer Guide,
// "Configuring scaling behavior for SQS event source mappings", read in November
// 2026). So only those have one that must.
func (s *stack) addMappings() {
	s.addStreamMapping()
	s.addQueueMapping("escalation", s.escalation, 50, escalationWindow, 0)
	s.addQueueMapping("notify", s.notify, 5, 0, 5) // mail services limit the rate
	s.addQueueMapping("courier", s.mails, 5, 0, 5)
	s.addQueueMapping("bounce", s.mailEvents, 10, 0, 0)               // as many as mails are sent, which is bounded
	s.addQueueMapping("attachment", s.uploads, 1, 0, 2)               // whoever uploads thousands must not use up the account's functions
	s.addQueueMapping("facts", s.reporting, 5000, s.factsWindow(), 2) // few, large files
	s.addQueueMapping("report", s.orders, 1, 0, 4)                    // each has a function to itself for minutes
}

// addStreamMapping has fanout read the table's stream, from its beginning, so
// that nothing stored before the mapping existed is passed over. Deletions and
// changes never leave the table: only inserts are delivered. A record that
// cannot be handled never blocks those behind it: the batch is halved until the
// culprit is alone, tried a bounded number of times, and then its position is
// put aside.
func (s *stack) addStreamMapping() {
	awslambda.NewEventSourceMapping(s.scope, str("FanoutMapping"), &awslambda.EventSourceMappingProps{
		Target:                  s.functions["fanout"],
		EventSourceArn:          s.table.TableStreamArn(),
		StartingPosition:        awslambda.StartingPosition_TRIM_HORIZON,
		BatchSize:               jsii.Number(100),
		MaxBatchingWindow:       seconds(s.fanoutWindow()),
		BisectBatchOnError:      jsii.Bool(true),
		RetryAttempts:           jsii.Number(30),
		MaxRecordAge:            minutes(6 * 60),
		ReportBatchItemFailures: jsii.Bool(true),
		OnFailure:               awslambdaeventsources.NewSqsDlq(s.streamFailures.Queue),
		Filters: &[]*map[string]interface{}{
			awslambda.FilterCriteria_Filter(&map[string]interface{}{"eventName": awslambda.FilterRule_IsEqual("INSERT")}),
		},
	})
}

// addQueueMapping has one function take from one queue. concurrency 0 leaves
// Lambda's own limit.
func (s *stack) addQueueMapping(name string, q queue, batch, window, concurrency int) {
	props := &awslambda.EventSourceMappingProps{
		Target:                  s.functions[name],
		EventSourceArn:          q.QueueArn(),
		BatchSize:               jsii.Number(batch),
		MaxBatchingWindow:       seconds(window),
		ReportBatchItemFailures: jsii.Bool(true),
	}
	if concurrency > 0 {
		props.MaxConcurrency = jsii.Number(concurrency)
	}
	awslambda.NewEventSourceMapping(s.scope, str(exported(name)+"Mapping"), props)
}
