package retention

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
)

// FilesAPI are the calls of S3 that are used.
type FilesAPI interface {
	ListObjectVersions(context.Context, *s3.ListObjectVersionsInput, ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error)
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

// Bucket is the bucket of attachments.
type Bucket struct {
	api  FilesAPI
	name string
}

// NewBucket returns the bucket of that name.
func NewBucket(api FilesAPI, name string) *Bucket { return &Bucket{api, name} }

// Remove deletes every file of a case, looked at or not, with every version that
// there is: an owner may have switched versions on.
func (b *Bucket) Remove(ctx context.Context, n casefile.Number) (files int, err error) {
	for _, folder := range [...]string{attach.Clean, attach.Quarantine} {
		prefix := folder + string(n) + "/"
		for {
			page, err := b.api.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &b.name, Prefix: &prefix})
			if err != nil {
				return files, fmt.Errorf("listing the files of case %s: %w", n, err)
			}
			remove := func(key, version *string) error {
				if version != nil && *version == "null" { // of before there were versions, or without any
					version = nil
				}
				if _, err := b.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: key, VersionId: version}); err != nil {
					return fmt.Errorf("deleting a file of case %s: %w", n, err)
				}
				return nil
			}
			for i := range page.Versions {
				if err := remove(page.Versions[i].Key, page.Versions[i].VersionId); err != nil {
					return files, err
				}
				files++
			}
			for i := range page.DeleteMarkers {
				if err := remove(page.DeleteMarkers[i].Key, page.DeleteMarkers[i].VersionId); err != nil {
					return files, err
				}
			}
			if page.IsTruncated == nil || !*page.IsTruncated {
				break
			} // else from the start again: what was listed is gone
		}
	}
	return files, nil
}
