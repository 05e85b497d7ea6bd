package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// addOutputs names what a person or a tool needs after `cdk deploy`; no secret
// is among it, only where the secrets are.
func (s *stack) addOutputs() {
	output := func(name string, value *string) {
		awscdk.NewCfnOutput(s.scope, str(name), &awscdk.CfnOutputProps{Value: value})
	}
	output("ApiUrl", s.api.ApiEndpoint())
	output("PublicUrl", s.publicURL())
	output("DeskUrl", str(*s.publicURL()+"/desk"))
	if s.identity.pool != nil {
		output("TokenUrl", s.identity.tokenURL)
		output("UserPoolId", s.identity.pool.UserPoolId())
		output("ClientId", s.identity.client.UserPoolClientId())
		output("DeskClientId", s.identity.desk.UserPoolClientId())
	}
	output("TableName", s.table.TableName())
	output("BucketName", s.bucket.BucketName())
	if s.catalogue != "" {
		output("FactsDatabase", str(s.catalogue))
	}
	output("AttachmentsBucketName", s.attachments.BucketName())
	for _, q := range s.queues() {
		output(q.name+"QueueUrl", q.QueueUrl())
		output(q.name+"DlqUrl", q.dead.QueueUrl())
	}
	output("StreamFailureQueueUrl", s.streamFailures.QueueUrl())
	output("ScheduleDlqUrl", s.scheduleDLQ.QueueUrl())
	output("AlertTopicArn", s.alerts.TopicArn())
	if s.mail.events != nil {
		output("MailEventsTopicArn", s.mail.events.TopicArn())
	}
	output("LinkSecretArn", s.linkSecret.SecretArn())
	output("DeviceSecretArn", s.deviceSecret.SecretArn())
	output("WebhookSecretArn", s.webhookSecret.SecretArn())
	if s.webhookURLs != nil {
		output("WebhookUrlsSecretArn", s.webhookURLs.SecretArn())
	}
}
