package retention_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"resonanz/infra/local/emulator"     //nolint:depguard // a test may start the emulator
	"resonanz/infra/local/emulatortest" //nolint:depguard // a test may start the emulator
	"resonanz/shared/casefile"
	"resonanz/shared/retention"
)

// few lists two versions at a time, so that pages are followed.
type few struct{ *s3.Client }

func (f few) ListObjectVersions(ctx context.Context, in *s3.ListObjectVersionsInput, opt ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
	small := *in
	small.MaxKeys = aws.Int32(2)
	return f.Client.ListObjectVersions(ctx, &small, opt...)
}

func TestFilesGoInEveryVersion(t *testing.T) {
	url := emulatortest.URL(t)
	client := s3.New(s3.Options{
		Region: emulator.Region, BaseEndpoint: &url, UsePathStyle: true,
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, "")),
	})
	const gone, stays = casefile.Number("2603-7K2M-Q4XA"), casefile.Number("2603-7K2M-Q4XB")
	for name, versioned := range map[string]bool{"plain": false, "versioned": true} {
		bucket := fmt.Sprintf("files-%s-%d", name, os.Getpid())
		if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{
			Bucket: &bucket, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(emulator.Region)},
		}); err != nil {
			t.Fatal(err)
		}
		if versioned {
			if _, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
				Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
			}); err != nil {
				t.Fatal(err)
			}
		}
		var keys []string
		for _, n := range []casefile.Number{gone, stays} {
			for i := range 3 {
				keys = append(keys, fmt.Sprintf("clean/%s/object%d", n, i))
			}
			keys = append(keys, fmt.Sprintf("quarantine/%s/1/random", n))
		}
		for _, key := range keys {
			for range 2 {
				if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader([]byte("x"))}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if versioned {
			if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: &keys[0]}); err != nil {
				t.Fatal(err)
			}
		}
		b := retention.NewBucket(few{client}, bucket)
		want := 4
		if versioned {
			want = 8
		}
		for range 2 {
			if n, err := b.Remove(t.Context(), gone); err != nil || n != want {
				t.Errorf("%s: %d files, want %d, %v", name, n, want, err)
			}
			want = 0
		}
		left, err := client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &bucket})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range left.Versions {
			if *v.Key < "quarantine" && !bytes.Contains([]byte(*v.Key), []byte(stays)) {
				t.Errorf("%s: %s is left", name, *v.Key)
			}
		}
		if len(left.DeleteMarkers) != 0 || len(left.Versions) == 0 {
			t.Errorf("%s: %d versions and %d marks are left", name, len(left.Versions), len(left.DeleteMarkers))
		}
	}
}

// refusing answers nothing.
type refusing struct{}

func (refusing) ListObjectVersions(context.Context, *s3.ListObjectVersionsInput, ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
	return nil, errors.New("throttled")
}

func (refusing) DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	return nil, errors.New("throttled")
}

func TestFilesThatCannotBeListedAreTold(t *testing.T) {
	if _, err := retention.NewBucket(refusing{}, "b").Remove(t.Context(), "2603-7K2M-Q4XA"); err == nil {
		t.Error("nobody hears of it")
	}
}
