package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
)

// The folders of the bucket. Facts are anonymous and kept; reports are what
// management was told, so every version stays.
const (
	factsFolder   = "facts/"
	reportsFolder = "reports/"
	// erasedFolder names, by hash, who was erased and when.
	erasedFolder = "erased/"
)

// addBucket makes the bucket of facts and reports. A replaced or deleted object
// can be brought back for 90 days.
func (s *stack) addBucket() {
	s.bucket = awss3.NewBucket(s.scope, str("Reports"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		MinimumTLSVersion: jsii.Number(1.2),
		Versioned:         jsii.Bool(true),
		RemovalPolicy:     s.removal(),
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Id:                          str("tidy"),
			NoncurrentVersionExpiration: days(90),
			// Of a file that compaction merged and deleted nothing remains then.
			ExpiredObjectDeleteMarker:           jsii.Bool(true),
			AbortIncompleteMultipartUploadAfter: days(7),
		}, canaryRule()},
	})
}

// objects names everything below one folder of the bucket.
func (s *stack) objects(folder string) *string {
	return s.bucket.ArnForObjects(str(folder + "*"))
}
