package customer

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
)

// FilesAPI are the calls of S3 by which files are erased.
type FilesAPI interface {
	s3.ListObjectVersionsAPIClient
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

// Bucket is the bucket of what customers added to cases.
type Bucket struct {
	api  FilesAPI
	name string
}

// NewFiles is the bucket of that name.
func NewFiles(api FilesAPI, name string) *Bucket { return &Bucket{api, name} }

// Erase deletes every version of every file of a case, and the marks of those that
// were deleted before: the bucket has no versions unless its owner gave it some.
func (b *Bucket) Erase(ctx context.Context, n casefile.Number) (int, error) {
	deleted := 0
	if _, err := casefile.ParseNumber(string(n)); err != nil { // else a folder above it
		return 0, fmt.Errorf("erasing files: %w", err)
	}
	for _, folder := range [...]string{attach.Clean, attach.Quarantine} {
		prefix := folder + string(n) + "/"
		pages := s3.NewListObjectVersionsPaginator(b.api, &s3.ListObjectVersionsInput{Bucket: &b.name, Prefix: &prefix})
		var doomed []s3.DeleteObjectInput // to the end first: what is deleted moves what a page goes on with
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return deleted, fmt.Errorf("listing the files of case %s: %w", n, err)
			}
			for _, v := range page.Versions {
				doomed = append(doomed, s3.DeleteObjectInput{Bucket: &b.name, Key: v.Key, VersionId: v.VersionId})
			}
			for _, v := range page.DeleteMarkers {
				doomed = append(doomed, s3.DeleteObjectInput{Bucket: &b.name, Key: v.Key, VersionId: v.VersionId})
			}
		}
		for i := range doomed {
			if _, err := b.api.DeleteObject(ctx, &doomed[i]); err != nil {
				return deleted, fmt.Errorf("deleting a file of case %s: %w", n, err)
			}
			deleted++
		}
	}
	return deleted, nil
}
