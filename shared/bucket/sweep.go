package bucket

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// SweepAPI are the calls of S3 that a Sweeper uses.
type SweepAPI interface {
	API
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

// Sweeper is a bucket of S3 in which objects are replaced by others. It is apart
// from S3 so that functions that never delete do not carry the call.
type Sweeper struct {
	*S3
	api SweepAPI
}

// NewSweeper returns the bucket of that name.
func NewSweeper(api SweepAPI, name string) *Sweeper { return &Sweeper{New(api, name), api} }

// Delete removes the object of that name; one that is gone already is no error.
func (b *Sweeper) Delete(ctx context.Context, key string) error {
	if _, err := b.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &key}); err != nil {
		return fmt.Errorf("deleting object %s: %w", key, err)
	}
	return nil
}

// Sizes is List with the length of each object in bytes, for the objects that were
// stored before a time, to the second; the zero time is for all.
func (b *Sweeper) Sizes(ctx context.Context, prefix string, before time.Time, yield func(key string, bytes int64) error) error {
	pages := s3.NewListObjectsV2Paginator(b.api, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("listing objects below %s: %w", prefix, err)
		}
		for i := range page.Contents {
			o := &page.Contents[i]
			if !before.IsZero() && o.LastModified != nil && !o.LastModified.Before(before) {
				continue
			}
			var size int64
			if o.Size != nil {
				size = *o.Size
			}
			if err := yield(*o.Key, size); err != nil {
				return err
			}
		}
	}
	return nil
}
