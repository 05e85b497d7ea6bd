package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"resonanz/infra/local/emulator"     //nolint:depguard // a test may start the emulator
	"resonanz/infra/local/emulatortest" //nolint:depguard // a test may start the emulator
	"resonanz/shared/attach"
	"resonanz/shared/awsenv"
	"resonanz/shared/casefile"
)

// contract is what the handler takes for granted of a bucket: the one in memory
// and the real one hold it.
func contract(t *testing.T, b files, upload func(key string, body []byte) (etag string)) {
	t.Helper()
	ctx := t.Context()
	body := []byte("0123456789")
	etag := upload("quarantine/a", body)
	for most, want := range map[int64]string{20: "0123456789", 10: "0123456789", 9: "0123456789", 8: "012345678"} {
		if got, err := b.get(ctx, "quarantine/a", etag, most); err != nil || string(got) != want {
			t.Errorf("up to %d and one more: got %q, %v", most, got, err)
		}
	}
	if got, err := b.get(ctx, "quarantine/none", etag, 10); !errors.Is(err, errGone) {
		t.Errorf("what is not there: got %q, %v", got, err)
	}
	if got, err := b.get(ctx, "quarantine/a", upload("quarantine/b", []byte("another")), 10); !errors.Is(err, errGone) {
		t.Errorf("what was replaced: got %q, %v", got, err)
	}
	if got, err := b.get(ctx, "quarantine/c", upload("quarantine/c", nil), 10); err != nil || len(got) != 0 {
		t.Errorf("nothing in it: got %q, %v", got, err)
	}
	for range 2 {
		if err := b.put(ctx, "clean/a", body); err != nil {
			t.Error(err)
		}
		if err := b.remove(ctx, "quarantine/a"); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.get(ctx, "quarantine/a", etag, 10); !errors.Is(err, errGone) {
		t.Errorf("what was removed: %v", err)
	}
	if got, err := b.get(ctx, "clean/a", etag, 10); err != nil || !bytes.Equal(got, body) {
		t.Errorf("what was put: %q, %v", got, err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := b.put(ended, "clean/b", body); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTheBucketInMemoryKeepsTheContract(t *testing.T) {
	s := newShelf()
	contract(t, s, func(key string, body []byte) string {
		s.objects[key] = body
		return etagOf(body)
	})
}

// realBucket is a bucket of the emulator.
func realBucket(t *testing.T) (*s3.Client, aws.Config, string) {
	t.Helper()
	endpoint := emulatortest.URL(t)
	cfg := aws.Config{
		Region: emulator.Region, BaseEndpoint: &endpoint, HTTPClient: awsenv.HTTPClient(),
		Credentials: credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, ""),
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	name := "attachments-" + time.Now().UTC().Format("20060102150405.000")[:14]
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    &name,
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(emulator.Region)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, cfg, name
}

// post posts a form as a browser does, the fields and then the file, and says
// where it is sent to.
func post(t *testing.T, up attach.Upload, name string, body []byte) (status int, location string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, field := range slices.Sorted(maps.Keys(up.Fields)) {
		if err := form.WriteField(field, up.Fields[field]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, up.URL, &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode, res.Header.Get("Location")
}

func TestAFileGoesFromTheCustomersFormToStaff(t *testing.T) {
	client, cfg, name := realBucket(t)
	b := objects{client, name}
	contract(t, b, func(key string, body []byte) string {
		out, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &name, Key: &key, Body: bytes.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Trim(*out.ETag, `"`)
	})

	r := newRig(t)
	r.objects, r.bucket = b, name
	signer := attach.NewSigner(cfg, name, r.maxBytes)
	up, err := signer.Form(t.Context(), r.number, 1, "https://feedback.example.com/k/a1b2c3?up=1")
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := post(t, up, "foto.jpg", make([]byte, 1<<20+1)); status < 400 {
		t.Errorf("a file too long is taken: %d", status)
	}
	status, location := post(t, up, "Anna Muster.jpg", photo(t))
	back, err := url.Parse(location)
	if err != nil || status != http.StatusSeeOther || back.Path != "/k/a1b2c3" || back.Query().Get("up") != "1" {
		t.Fatalf("%d to %s, %v", status, back, err)
	}
	if strings.Contains(back.String(), "Anna") {
		t.Errorf("what the customer called the file is in a URL: %s", back)
	}
	head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &name, Key: aws.String(up.Fields["key"])})
	if err != nil {
		t.Fatal(err)
	}
	key, err := attach.ParseKey(up.Fields["key"])
	if err != nil {
		t.Fatal(err)
	}
	told := strings.ReplaceAll(message(upload{key, strings.Trim(*head.ETag, `"`)}), `"`+bucketName+`"`, `"`+name+`"`)
	if again := r.deliver(told); again != 0 || len(r.dead.reasons) != 0 {
		t.Fatalf("%d come again, dead %v: %s", again, r.dead.reasons, &r.out)
	}
	if _, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &name, Key: aws.String(up.Fields["key"])}); err == nil {
		t.Error("the file is still in quarantine")
	}

	var a casefile.Attachment
	if all := r.state().Handling.Attachments; len(all) == 1 {
		a = all[0]
	}
	link, err := signer.Download(t.Context(), r.number, a)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !bytes.Equal(got, photo(t)) {
		t.Errorf("%s, %d bytes, %v", res.Status, len(got), err)
	}
	if kind, as := res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition"); kind != "application/octet-stream" ||
		as != `attachment; filename="`+string(r.number)+`-1.jpg"` {
		t.Errorf("comes as %s, %s", kind, as)
	}
}
