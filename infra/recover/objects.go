package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"resonanz/infra/deployed"
	"resonanz/shared/bucket"
	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/store"
)

func (p *place) bucket(k kind) *bucket.S3 { return bucketOf(p, p.buckets[k]) }

func bucketOf(p *place, name string) *bucket.S3 { return bucket.New(p.objects, name) }

// folder is a folder of an export, as a bucket that is read.
type folder string

// Get reads one file.
func (f folder) Get(_ context.Context, key string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(key)))
}

// ListSince yields the names of all files below a prefix that ends with a slash, in
// order, whenever they were written.
func (f folder) ListSince(_ context.Context, prefix string, _ time.Time, yield func(key string) error) error {
	err := filepath.WalkDir(filepath.Join(string(f), filepath.FromSlash(prefix)), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key, err := filepath.Rel(string(f), name)
		if err != nil {
			return err
		}
		return yield(filepath.ToSlash(key))
	})
	if errors.Is(err, fs.ErrNotExist) { // there are none of these
		return nil
	}
	return err
}

// brought are the folders of each bucket that come along. Facts do not: they are made
// again of what is restored.
var brought = map[kind][]string{factsBucket: {"reports/"}, filesBucket: {"clean/", "quarantine/"}}

// files copies reports and attachments that the new stack has not, but for those of
// erased customers.
func (r restoring) files(ctx context.Context, found store.Findings, out io.Writer) error {
	for _, k := range []kind{factsBucket, filesBucket} {
		there := map[string]bool{}
		n := 0
		for _, prefix := range brought[k] {
			if err := r.into.bucket(k).List(ctx, prefix, func(key string) error { there[key] = true; return nil }); err != nil {
				return err
			}
		}
		wanted := func(key string) bool {
			if there[key] || k == filesBucket && found.Cases[caseOf(key)] {
				return false
			}
			there[key] = true
			n++
			return true
		}
		if err := r.fromFolder(ctx, k, wanted); err != nil {
			return err
		}
		if err := r.fromBucket(ctx, k, wanted); err != nil {
			return err
		}
		what := map[kind]string{factsBucket: "files of reports", filesBucket: "attachments"}[k]
		switch {
		case r.backup.folder == "" && r.backup.buckets[k] == "":
			fmt.Fprintf(out, "no %s are in this backup; name the old bucket if it is left\n", what)
		default:
			fmt.Fprintf(out, "%d %s copied\n", n, what)
		}
	}
	return nil
}

// caseOf is the case that an attachment belongs to, by its name.
func caseOf(key string) casefile.Number {
	_, rest, _ := strings.Cut(key, "/")
	number, _, _ := strings.Cut(rest, "/")
	return casefile.Number(number)
}

func (r restoring) fromFolder(ctx context.Context, k kind, wanted func(string) bool) error {
	if r.backup.folder == "" {
		return nil
	}
	from := folder(filepath.Join(r.backup.folder, string(k)))
	return eachOf(ctx, func(keys func(string) error) error {
		for _, prefix := range brought[k] {
			if err := from.ListSince(ctx, prefix, time.Time{}, func(key string) error {
				if !wanted(key) {
					return nil
				}
				return keys(key)
			}); err != nil {
				return err
			}
		}
		return nil
	}, func(key string) error {
		body, err := from.Get(ctx, key)
		if err != nil {
			return fmt.Errorf("reading %s: %w", key, err)
		}
		in := &s3.PutObjectInput{Bucket: aws.String(r.into.buckets[k]), Key: &key, Body: bytes.NewReader(body), ContentType: aws.String(mediaType(k, key))}
		if k == filesBucket { // nothing that a browser opens
			in.ContentDisposition, in.CacheControl = aws.String("attachment"), aws.String("private, no-store")
		}
		if _, err := r.into.objects.PutObject(ctx, in); err != nil {
			return fmt.Errorf("copying %s: %s", key, deployed.Reason(err))
		}
		return nil
	})
}

func (r restoring) fromBucket(ctx context.Context, k kind, wanted func(string) bool) error {
	old := r.backup.buckets[k]
	if old == "" {
		return nil
	}
	return eachOf(ctx, func(keys func(string) error) error {
		for _, prefix := range brought[k] {
			if err := bucketOf(r.into, old).List(ctx, prefix, func(key string) error {
				if !wanted(key) {
					return nil
				}
				return keys(key)
			}); err != nil {
				return err
			}
		}
		return nil
	}, func(key string) error {
		_, err := r.into.objects.CopyObject(ctx, &s3.CopyObjectInput{
			Bucket: aws.String(r.into.buckets[k]), Key: &key, CopySource: aws.String(old + "/" + (&url.URL{Path: key}).EscapedPath()),
			MetadataDirective: types.MetadataDirectiveCopy,
		})
		if err != nil {
			return fmt.Errorf("copying %s: %s", key, deployed.Reason(err))
		}
		return nil
	})
}

// copiers is how many objects are copied beside each other.
const copiers = 8

// eachOf does something for every key, some beside each other, until the first error.
func eachOf(ctx context.Context, list func(keys func(string) error) error, do func(string) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	keys := make(chan string)
	var copying sync.WaitGroup
	for range copiers {
		copying.Go(func() {
			for key := range keys {
				if ctx.Err() != nil {
					continue
				}
				if err := do(key); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := list(func(key string) error {
		select {
		case keys <- key:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	close(keys)
	copying.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// mediaTypes are those of the forms of a report.
var mediaTypes = map[string]string{
	".json": "application/json", ".html": "text/html; charset=utf-8", ".pdf": "application/pdf", ".csv": "text/csv; charset=utf-8", ".zip": "application/zip",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

func mediaType(k kind, key string) string {
	if t := mediaTypes[path.Ext(key)]; t != "" && k == factsBucket {
		return t
	}
	return "application/octet-stream"
}

var _ erasure.Reader = folder("")
