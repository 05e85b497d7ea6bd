package main

import (
	"strings"
	"testing"

	"resonanz/shared/config"
)

// What customers send is told to one queue by the bucket itself; nobody but S3, on
// behalf of this account, may write there, and S3 may before it is asked to.
func TestUploadsAreLookedAt(t *testing.T) {
	tmpl := synth(t, dev)
	bucket := tmpl.one(t, "AWS::S3::Bucket", "Attachments")
	want(t, "what is told", flat(bucket.Properties["NotificationConfiguration"]), []string{
		"QueueConfigurations[0].Event: s3:ObjectCreated:*",
		"QueueConfigurations[0].Filter.S3Key.Rules[0].Name: prefix", "QueueConfigurations[0].Filter.S3Key.Rules[0].Value: quarantine/",
		"QueueConfigurations[0].Queue: AttachmentsQueue.Arn",
	})
	want(t, "made after the permission", names(bucket.DependsOn), []string{"AttachmentsQueuePolicy"})
	policy := dig(tmpl.one(t, "AWS::SQS::QueuePolicy", "AttachmentsQueuePolicy").Properties, "PolicyDocument", "Statement")
	want(t, "who may tell", allowed(policy), []string{"sqs:SendMessage by s3.amazonaws.com if aws:SourceAccount AWS::AccountId"})
	want(t, "what nobody looked at goes after a day", flat(dig(bucket.Properties, "LifecycleConfiguration", "Rules")), []string{
		"[0].AbortIncompleteMultipartUpload.DaysAfterInitiation: 1", "[0].ExpirationInDays: 1", "[0].Id: quarantine",
		"[0].Prefix: quarantine/", "[0].Status: Enabled",
	})
	if bucket.Properties["CorsConfiguration"] != nil || bucket.Properties["VersioningConfiguration"] != nil {
		t.Error("other pages may read it, or what was deleted stays")
	}
	least := func(megabytes int) int {
		s := stack{Settings: Settings{Config: &config.Config{Complaints: config.Complaints{AttachmentMB: megabytes}}}}
		return s.largeFiles()
	}
	want(t, "memory", whole(tmpl.one(t, "AWS::Lambda::Function", "Attachment").Properties["MemorySize"]), 512)
	want(t, "least memory for files of 10 and of 30 MB", []int{least(10), least(30)}, []int{486, 998})
}

func TestAddressesOfWebhooksAreASecretWhereConfigurationNamesNone(t *testing.T) {
	if ids := synth(t, dev).of("AWS::SecretsManager::Secret"); len(ids) != 3 {
		t.Errorf("nothing is to be kept, and there is a secret for it: %v", names(ids))
	}
	tmpl := synth(t, hooked)
	p := tmpl.one(t, "AWS::SecretsManager::Secret", "WebhookUrls").Properties
	want(t, "its first value", flat(p["GenerateSecretString"]), []string{
		"ExcludePunctuation: true", "GenerateStringKey: -", "PasswordLength: 64", "SecretStringTemplate: {}",
	})
	env := dig(tmpl.one(t, "AWS::Lambda::Function", "Notify").Properties, "Environment", "Variables")
	want(t, "told to notify", written(dig(env, "WEBHOOK_URLS_SECRET_ARN")), "WebhookUrls")
	var reads []string
	for _, line := range permissions(tmpl)["Notify"] {
		if strings.HasPrefix(line, "secretsmanager:") {
			reads = append(reads, line)
		}
	}
	want(t, "read by notify", reads, []string{"secretsmanager:GetSecretValue WebhookSecret", "secretsmanager:GetSecretValue WebhookUrls"})
	want(t, "output", written(dig(tmpl.Outputs["WebhookUrlsSecretArn"], "Value")), "WebhookUrls")
}
