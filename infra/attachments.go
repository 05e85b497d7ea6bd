package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

// The folders of the bucket of attachments. What customers send lies in
// quarantine until it was looked at; only what was found to be a file that they
// may send is fetched by staff.
const (
	quarantineFolder = "quarantine/"
	cleanFolder      = "clean/"
)

// addAttachments makes the bucket of what customers add to their complaints, apart
// from facts and reports. It has no versions: what is deleted, as when a customer is
// erased, is gone. Every upload is told to the queue Attachments by the bucket
// itself, without a function that would have to set that up.
func (s *stack) addAttachments() {
	s.attachments = awss3.NewBucket(s.scope, str("Attachments"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		MinimumTLSVersion: jsii.Number(1.2),
		RemovalPolicy:     s.removal(),
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Id:                                  str("quarantine"),
			Prefix:                              str(quarantineFolder),
			Expiration:                          days(1),
			AbortIncompleteMultipartUploadAfter: days(1),
		}},
	})
	s.uploads.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        str("BucketTells"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(str("s3.amazonaws.com"), nil)},
		Actions:    strs("sqs:SendMessage"),
		Resources:  &[]*string{s.uploads.QueueArn()},
		// Not by the bucket's name: it does not exist yet when S3 tries whether it may
		// send, and would have to be made up beforehand.
		Conditions: &map[string]interface{}{"StringEquals": map[string]interface{}{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}},
	}))
	bucket := s.attachments.Node().DefaultChild().(awss3.CfnBucket)
	bucket.SetNotificationConfiguration(&awss3.CfnBucket_NotificationConfigurationProperty{
		QueueConfigurations: []interface{}{&awss3.CfnBucket_QueueConfigurationProperty{
			Event: str("s3:ObjectCreated:*"),
			Queue: s.uploads.QueueArn(),
			Filter: &awss3.CfnBucket_NotificationFilterProperty{S3Key: &awss3.CfnBucket_S3KeyFilterProperty{
				Rules: []interface{}{&awss3.CfnBucket_FilterRuleProperty{Name: str("prefix"), Value: str(quarantineFolder)}},
			}},
		}},
	})
	for _, made := range *s.uploads.Node().Children() {
		if policy, ok := made.(awssqs.QueuePolicy); ok {
			bucket.Node().AddDependency(policy)
		}
	}
}

// files names everything below one folder of the bucket of attachments.
func (s *stack) files(folder string) *string {
	return s.attachments.ArnForObjects(str(folder + "*"))
}

// largeFiles is what the function that looks at a file needs where large ones are
// allowed, in MiB: it holds the whole of it, and what a picture unfolds to. It may be
// less than its usual memory.
func (s *stack) largeFiles() int { return 256 * (s.Config.Complaints.AttachmentMB + 9) / 10 }
