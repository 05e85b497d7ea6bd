package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/jsii-runtime-go"
)

// The names of the sparse indexes; shared/store uses the same.
const (
	dueIndex      = "due"
	customerIndex = "customer"
)

// addTable makes the single table. On demand: no traffic costs nothing. The
// stream carries new images, since it is the outbox from which everything else
// is told. Point-in-time recovery is on in every stage: it costs with the size
// of the table, not with its use.
func (s *stack) addTable() {
	text := func(name string) *awsdynamodb.Attribute {
		return &awsdynamodb.Attribute{Name: str(name), Type: awsdynamodb.AttributeType_STRING}
	}
	s.table = awsdynamodb.NewTable(s.scope, str("Table"), &awsdynamodb.TableProps{
		PartitionKey:                     text("PK"),
		SortKey:                          text("SK"),
		BillingMode:                      awsdynamodb.BillingMode_PAY_PER_REQUEST,
		Stream:                           awsdynamodb.StreamViewType_NEW_IMAGE,
		TimeToLiveAttribute:              str("ttl"),
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: jsii.Bool(true)},
		DeletionProtection:               jsii.Bool(s.Config.Keep),
		RemovalPolicy:                    s.removal(),
	})
	// Open cases by the time the clock must act: whole items, since the clock
	// and the staff work list then need no second read.
	s.table.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
		IndexName:      str(dueIndex),
		PartitionKey:   text("due_shard"),
		SortKey:        text("due_at"),
		ProjectionType: awsdynamodb.ProjectionType_ALL,
	})
	// What belongs to one customer: keys only, so that nothing personal is kept
	// twice.
	s.table.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
		IndexName:      str(customerIndex),
		PartitionKey:   text("customer_key"),
		SortKey:        text("PK"),
		ProjectionType: awsdynamodb.ProjectionType_KEYS_ONLY,
	})
}

func (s *stack) tableARN() *string { return s.table.TableArn() }

// indexARN names one index: a permission on the table covers none.
func (s *stack) indexARN(index string) *string {
	return str(*s.table.TableArn() + "/index/" + index)
}
