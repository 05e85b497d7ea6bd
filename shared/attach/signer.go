package attach

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"resonanz/shared/casefile"
)

// How long what is signed can be used.
const (
	FormFor     = time.Hour // a customer looks for the file
	DownloadFor = time.Minute
)

// Signer signs uploads and downloads. It is safe for concurrent use.
type Signer struct {
	base        string // URL of the bucket, with a slash at the end
	bucket      string
	region      string
	maxBytes    int64
	credentials aws.CredentialsProvider
	signer      *v4.Signer
	now         func() time.Time
}

// NewSigner makes a signer for a bucket that takes files of up to maxBytes bytes
// each (config.Complaints.AttachmentMB << 20). Now is time.Now but in tests.
func NewSigner(cfg aws.Config, bucket string, maxBytes int64, now func() time.Time) *Signer {
	return &Signer{
		base: baseURL(cfg, bucket), bucket: bucket, region: cfg.Region, maxBytes: maxBytes,
		credentials: cfg.Credentials, now: now,
		signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }), // as S3 wants it
	}
}

// baseURL is that of the bucket as a host, or as a path of the local emulator.
func baseURL(cfg aws.Config, bucket string) string {
	if cfg.BaseEndpoint != nil {
		return strings.TrimSuffix(*cfg.BaseEndpoint, "/") + "/" + bucket + "/"
	}
	domain := "amazonaws.com"
	if strings.HasPrefix(cfg.Region, "cn-") {
		domain = "amazonaws.com.cn"
	}
	return "https://" + bucket + ".s3." + cfg.Region + "." + domain + "/"
}

// Origin is where Form posts to, for form-action of a Content-Security-Policy.
func (s *Signer) Origin() string {
	u, err := url.Parse(s.base)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Upload is a form that posts one file to the bucket: method POST, enctype
// multipart/form-data, action URL, each of Fields as a hidden field, and last a
// file field named "file".
type Upload struct {
	URL    string
	Fields map[string]string
}

// policy is a POST policy of S3.
type policy struct {
	Expiration string `json:"expiration"` // UTC
	Conditions []any  `json:"conditions"`
}

// Form signs an upload into a slot (1 to MaxSlots) of a case. The file goes where
// it says and nowhere else, has 1 byte to the limit, and the browser comes back to
// redirect, an absolute URL, to which S3 adds bucket, key and etag in the query.
// It can be used for FormFor. Errors: ErrInvalid.
func (s *Signer) Form(ctx context.Context, n casefile.Number, slot int, redirect string) (Upload, error) {
	k := Key{n, slot, rand.Text()}
	if u, err := url.Parse(redirect); k.check() != nil || err != nil || !u.IsAbs() {
		return Upload{}, fmt.Errorf("signing an upload to case %s: %w", n, ErrInvalid)
	}
	who, err := s.credentials.Retrieve(ctx)
	if err != nil {
		return Upload{}, fmt.Errorf("signing an upload to case %s: %w", n, err)
	}
	now := s.now().UTC()
	fields := map[string]string{
		"key":                     k.String(),
		"Content-Type":            octets, // whatever it is: the content decides
		"success_action_redirect": redirect,
		"x-amz-algorithm":         "AWS4-HMAC-SHA256",
		"x-amz-credential":        who.AccessKeyID + "/" + s.scope(now),
		"x-amz-date":              now.Format("20060102T150405Z"),
	}
	if who.SessionToken != "" {
		fields["x-amz-security-token"] = who.SessionToken
	}
	conditions := []any{map[string]string{"bucket": s.bucket}, []any{"content-length-range", 1, s.maxBytes}}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		conditions = append(conditions, map[string]string{name: fields[name]})
	}
	b, err := json.Marshal(policy{now.Add(FormFor).Format("2006-01-02T15:04:05.000Z"), conditions})
	if err != nil {
		return Upload{}, fmt.Errorf("signing an upload to case %s: %w", n, err)
	}
	fields["policy"] = base64.StdEncoding.EncodeToString(b)
	fields["x-amz-signature"] = sign(who.SecretAccessKey, s.region, now, fields["policy"])
	return Upload{URL: s.base, Fields: fields}, nil
}

// octets is the type of a file that nobody is to open in a browser.
const octets = "application/octet-stream"

func (s *Signer) scope(now time.Time) string {
	return now.Format("20060102") + "/" + s.region + "/s3/aws4_request"
}

// sign is the AWS Signature Version 4 of a POST policy: HMAC-SHA-256 of its
// base64 under a key derived from secret, day, region and service.
func sign(secret, region string, now time.Time, text string) string {
	key := []byte("AWS4" + secret)
	for _, part := range []string{now.Format("20060102"), region, "s3", "aws4_request", text} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	return hex.EncodeToString(key)
}

// Download signs a link to a checked file of a case: for DownloadFor, and only
// ever as a download of octets, whatever it holds. Errors: ErrInvalid.
func (s *Signer) Download(ctx context.Context, n casefile.Number, a casefile.Attachment) (string, error) {
	key, err := CleanKey(n, a.Object)
	if err != nil {
		return "", err
	}
	q := url.Values{
		"X-Amz-Expires":                {strconv.Itoa(int(DownloadFor / time.Second))},
		"response-content-disposition": {`attachment; filename="` + FileName(n, a) + `"`},
		"response-content-type":        {octets},
		"response-cache-control":       {"private, no-store"},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+key+"?"+strings.ReplaceAll(q.Encode(), "+", "%20"), nil)
	if err != nil {
		return "", fmt.Errorf("signing a download from case %s: %w", n, err)
	}
	who, err := s.credentials.Retrieve(ctx)
	if err != nil {
		return "", fmt.Errorf("signing a download from case %s: %w", n, err)
	}
	signed, _, err := s.signer.PresignHTTP(ctx, who, r, "UNSIGNED-PAYLOAD", "s3", s.region, s.now().UTC())
	if err != nil {
		return "", fmt.Errorf("signing a download from case %s: %w", n, err)
	}
	return signed, nil
}
