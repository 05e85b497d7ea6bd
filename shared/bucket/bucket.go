// Package bucket keeps whole objects by name: in an S3 bucket (S3), or in memory
// for tests (Memory). Both run the contract suite in buckettest.
package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// ErrNotFound says that no object has the name; it wraps fs.ErrNotExist.
var ErrNotFound = fmt.Errorf("no such object: %w", fs.ErrNotExist)

// API are the calls of S3 that are used.
type API interface {
	s3.ListObjectsV2APIClient
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
}

// S3 is a bucket of S3.
type S3 struct {
	api  API
	name string
}

// New returns the bucket of that name.
func New(api API, name string) *S3 { return &S3{api, name} }

// Put stores body under key, in place of what was there. When it returns nil
// the object is durable, and the next Get and List see it.
func (b *S3) Put(ctx context.Context, key, contentType string, body []byte) error {
	_, err := b.api.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.name, Key: &key, ContentType: &contentType, Body: bytes.NewReader(body),
	})
	if err != nil {
		return fmt.Errorf("storing object %s: %w", key, err)
	}
	return nil
}

// Get returns the whole object, or an error that wraps ErrNotFound.
func (b *S3) Get(ctx context.Context, key string) (body []byte, err error) {
	out, err := b.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key})
	if err != nil {
		if missing := new(types.NoSuchKey); errors.As(err, &missing) {
			err = ErrNotFound
		}
		return nil, fmt.Errorf("fetching object %s: %w", key, err)
	}
	defer func() { err = errors.Join(err, out.Body.Close()) }()
	if n := out.ContentLength; n != nil && *n >= 0 {
		body = make([]byte, *n)
		_, err = io.ReadFull(out.Body, body)
	} else {
		body, err = io.ReadAll(out.Body)
	}
	if err != nil {
		return nil, fmt.Errorf("fetching object %s: %w", key, err)
	}
	return body, nil
}

// List calls yield with the name of every object whose name begins with prefix,
// in order of their bytes. It stops at the first error, that of yield included.
func (b *S3) List(ctx context.Context, prefix string, yield func(key string) error) error {
	return b.ListSince(ctx, prefix, time.Time{}, yield)
}

// ListSince is List for the objects that were stored then or later, to the
// second.
func (b *S3) ListSince(ctx context.Context, prefix string, since time.Time, yield func(key string) error) error {
	since = since.Truncate(time.Second) // S3 keeps no more
	pages := s3.NewListObjectsV2Paginator(b.api, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("listing objects below %s: %w", prefix, err)
		}
		for i := range page.Contents {
			o := &page.Contents[i]
			if o.LastModified != nil && o.LastModified.Before(since) {
				continue
			}
			if err := yield(*o.Key); err != nil {
				return err
			}
		}
	}
	return nil
}
