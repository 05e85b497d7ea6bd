package attach

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/casefile"
)

// How long what is signed can be used.
const (
	FormFor     = time.Hour // a customer looks for the file
	DownloadFor = time.Minute
)

// Signer signs uploads and downloads with the client of S3, which calls nothing
// for it and is made when something is signed first: most requests sign nothing.
// It is safe for concurrent use.
type Signer struct {
	bucket   string
	origin   string
	maxBytes int64
	client   func() *s3.PresignClient
}

// NewSigner makes a signer for a bucket that takes files of up to maxBytes bytes
// each (config.Complaints.AttachmentMB << 20).
func NewSigner(cfg aws.Config, bucket string, maxBytes int64) *Signer {
	return &Signer{
		bucket: bucket, origin: origin(cfg, bucket), maxBytes: maxBytes,
		client: sync.OnceValue(func() *s3.PresignClient {
			return s3.NewPresignClient(s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = cfg.BaseEndpoint != nil }))
		}),
	}
}

// origin is that of the bucket as a host, or of the local emulator.
func origin(cfg aws.Config, bucket string) string {
	if cfg.BaseEndpoint != nil {
		return strings.TrimSuffix(*cfg.BaseEndpoint, "/")
	}
	domain := "amazonaws.com"
	if strings.HasPrefix(cfg.Region, "cn-") {
		domain = "amazonaws.com.cn"
	}
	return "https://" + bucket + ".s3." + cfg.Region + "." + domain
}

// Origin is where Form posts to, for form-action of a Content-Security-Policy.
func (s *Signer) Origin() string { return s.origin }

// Upload is a form that posts one file to the bucket: method POST, enctype
// multipart/form-data, action URL, each of Fields as a hidden field, and last a
// file field named "file".
type Upload struct {
	URL    string
	Fields map[string]string
}

// octets is the type of a file that nobody is to open in a browser.
const octets = "application/octet-stream"

// Form signs an upload into a slot (1 to MaxSlots) of a case. The file goes where
// it says and nowhere else, has 1 byte to the limit, and the browser comes back to
// redirect, an absolute URL, to which S3 adds bucket, key and etag in the query.
// It can be used for FormFor. Errors: ErrInvalid.
func (s *Signer) Form(ctx context.Context, n casefile.Number, slot int, redirect string) (Upload, error) {
	k := Key{n, slot, rand.Text()}
	if u, err := url.Parse(redirect); k.check() != nil || err != nil || !u.IsAbs() {
		return Upload{}, fmt.Errorf("signing an upload to case %s: %w", n, ErrInvalid)
	}
	fields := map[string]string{
		"Content-Type":            octets, // whatever it is: the content decides
		"success_action_redirect": redirect,
	}
	signed, err := s.client().PresignPostObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: aws.String(k.String())},
		func(o *s3.PresignPostOptions) {
			o.Expires = FormFor
			o.Conditions = []any{[]any{"content-length-range", 1, s.maxBytes}}
			for name, v := range fields {
				o.Conditions = append(o.Conditions, map[string]string{name: v})
			}
		})
	if err != nil {
		return Upload{}, fmt.Errorf("signing an upload to case %s: %w", n, err)
	}
	for name, v := range signed.Values {
		fields[name] = v
	}
	return Upload{URL: signed.URL, Fields: fields}, nil
}

// Download signs a link to a checked file of a case: for DownloadFor, and only
// ever as a download of octets, whatever it holds. Errors: ErrInvalid.
func (s *Signer) Download(ctx context.Context, n casefile.Number, a casefile.Attachment) (string, error) {
	key, err := CleanKey(n, a.Object)
	if err != nil {
		return "", err
	}
	signed, err := s.client().PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &s.bucket, Key: &key,
		ResponseContentDisposition: aws.String(`attachment; filename="` + FileName(n, a) + `"`),
		ResponseContentType:        aws.String(octets),
		ResponseCacheControl:       aws.String("private, no-store"),
	}, s3.WithPresignExpires(DownloadFor))
	if err != nil {
		return "", fmt.Errorf("signing a download from case %s: %w", n, err)
	}
	return signed.URL, nil
}
