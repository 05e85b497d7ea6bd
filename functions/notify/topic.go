package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"resonanz/events"
	"resonanz/shared/notice"
)

// topicAPI is the one call of SNS that is used.
type topicAPI interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// topic tells whoever subscribed to the alert topic; nothing personal.
type topic struct {
	api   topicAPI
	arn   string
	words *notice.Writer
}

// Name is "sns".
func (*topic) Name() string { return "sns" }

// Do publishes a. Subscribers can filter by the attributes reason, rule and
// priority.
func (t *topic) Do(ctx context.Context, a *events.Alert) error {
	subject, text := t.words.Topic(a)
	attributes := make(map[string]types.MessageAttributeValue, 3)
	for name, value := range map[string]string{"reason": string(a.Reason), "rule": a.Rule, "priority": a.Priority} {
		if value != "" {
			attributes[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
		}
	}
	_, err := t.api.Publish(ctx, &sns.PublishInput{
		TopicArn: &t.arn, Subject: &subject, Message: &text, MessageAttributes: attributes,
	})
	if err != nil {
		return fmt.Errorf("publishing on the topic: %w", err)
	}
	return nil
}
