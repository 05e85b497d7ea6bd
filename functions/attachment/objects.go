package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// errGone says that the file is not there, or is another one by now.
var errGone = errors.New("the file is gone")

// bucketAPI are the calls of S3 that are used.
type bucketAPI interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

// objects is the bucket.
type objects struct {
	api  bucketAPI
	name string
}

// get reads the object with that entity tag, up to most bytes and one more: who
// gets that many knows that it is too long. Errors: errGone.
func (o objects) get(ctx context.Context, key, etag string, most int64) (body []byte, err error) {
	out, err := o.api.GetObject(ctx, &s3.GetObjectInput{
		Bucket: &o.name, Key: &key, IfMatch: aws.String(`"` + etag + `"`),
		Range: aws.String(fmt.Sprintf("bytes=0-%d", most)),
	})
	if err != nil {
		var missing *types.NoSuchKey
		var code interface{ ErrorCode() string }
		switch {
		case errors.As(err, &missing), errors.As(err, &code) && code.ErrorCode() == "PreconditionFailed":
			err = errGone
		case errors.As(err, &code) && code.ErrorCode() == "InvalidRange": // nothing in it
			return nil, nil
		}
		return nil, err
	}
	defer func() { err = errors.Join(err, out.Body.Close()) }()
	return io.ReadAll(io.LimitReader(out.Body, most+1))
}

// put stores a checked file as nothing that a browser opens.
func (o objects) put(ctx context.Context, key string, body []byte) error {
	_, err := o.api.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &o.name, Key: &key, Body: bytes.NewReader(body),
		ContentType: aws.String("application/octet-stream"), ContentDisposition: aws.String("attachment"),
		CacheControl: aws.String("private, no-store"),
	})
	return err
}

// remove deletes an object; one that is not there is deleted.
func (o objects) remove(ctx context.Context, key string) error {
	_, err := o.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &o.name, Key: &key})
	return err
}
