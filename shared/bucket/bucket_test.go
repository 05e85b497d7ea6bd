package bucket_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"resonanz/infra/local/emulator"     //nolint:depguard // a test may start the emulator
	"resonanz/infra/local/emulatortest" //nolint:depguard // a test may start the emulator
	"resonanz/shared/bucket"
	"resonanz/shared/bucket/buckettest"
)

func TestMemoryKeepsTheContract(t *testing.T) { buckettest.Run(t, bucket.NewMemory()) }

func TestMemoryIsSwept(t *testing.T) { buckettest.RunSweeper(t, bucket.NewMemory()) }

func TestS3KeepsTheContract(t *testing.T) {
	url := emulatortest.URL(t)
	client := s3.New(s3.Options{
		Region: emulator.Region, BaseEndpoint: &url, UsePathStyle: true,
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, "")),
	})
	name := "contract-" + time.Now().UTC().Format("20060102150405")
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    &name,
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(emulator.Region)},
	}); err != nil {
		t.Fatal(err)
	}
	buckettest.Run(t, bucket.New(paged{client}, name))
	buckettest.RunSweeper(t, bucket.NewSweeper(paged{client}, name))
}

// paged makes S3 list few keys at a time, so that pages are followed.
type paged struct{ *s3.Client }

func (p paged) ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input, opt ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	small := *in
	small.MaxKeys = aws.Int32(5)
	return p.Client.ListObjectsV2(ctx, &small, opt...)
}
