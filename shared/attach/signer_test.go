package attach_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
)

const redirect = "https://feedback.example.com/k/a1b2c3?up=1"

// object is a name that Key.Object makes.
const object = "abcdefghijklmnopqrstuvwx"

func config(token string) aws.Config {
	return aws.Config{Region: "eu-central-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret of the example", token)}
}

func signer(cfg aws.Config) *attach.Signer {
	return attach.NewSigner(cfg, "attachments-of-example", 10<<20)
}

func TestAFormLetsOneFileToOnePlace(t *testing.T) {
	up, err := signer(config("token")).Form(t.Context(), number, 2, redirect)
	if err != nil {
		t.Fatal(err)
	}
	if up.URL != "https://attachments-of-example.s3.eu-central-1.amazonaws.com" {
		t.Errorf("posts to %s", up.URL)
	}
	key, err := attach.ParseKey(up.Fields["key"])
	if err != nil || key.Case != number || key.Slot != 2 {
		t.Errorf("key %+v, %v", key, err)
	}
	b, err := base64.StdEncoding.DecodeString(up.Fields["policy"])
	if err != nil {
		t.Fatal(err)
	}
	var policy struct {
		Expiration time.Time
		Conditions []any
	}
	if err := json.Unmarshal(b, &policy); err != nil {
		t.Fatal(err)
	}
	if left := time.Until(policy.Expiration); left > attach.FormFor || left < attach.FormFor-time.Minute {
		t.Errorf("can be used until %v", policy.Expiration)
	}
	if !slices.ContainsFunc(policy.Conditions, func(c any) bool {
		return cmp.Equal(c, []any{"content-length-range", 1.0, 10485760.0})
	}) {
		t.Errorf("a file of any length is taken: %v", policy.Conditions)
	}
	want := map[string]string{
		"key": up.Fields["key"], "bucket": "attachments-of-example", "Content-Type": "application/octet-stream",
		"success_action_redirect": redirect, "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Security-Token": "token",
	}
	for name, v := range want {
		if !slices.ContainsFunc(policy.Conditions, func(c any) bool {
			return cmp.Equal(c, map[string]any{name: v}) || cmp.Equal(c, []any{"eq", "$" + name, v})
		}) {
			t.Errorf("no condition holds %s to %s: %v", name, v, policy.Conditions)
		}
	}
	// S3 refuses a form that has a field which no condition allows.
	for name, v := range up.Fields {
		if name == "policy" || name == "X-Amz-Signature" {
			continue
		}
		found := false
		for _, c := range policy.Conditions {
			m, ok := c.(map[string]any)
			found = found || ok && m[name] == v
		}
		if !found {
			t.Errorf("field %s is in no condition", name)
		}
	}
}

func TestTwoFormsNeverShareAPlace(t *testing.T) {
	s := signer(config(""))
	seen := map[string]bool{}
	for range 100 {
		up, err := s.Form(t.Context(), number, 1, redirect)
		if err != nil || seen[up.Fields["key"]] {
			t.Fatalf("key %s twice, %v", up.Fields["key"], err)
		}
		seen[up.Fields["key"]] = true
		if _, ok := up.Fields["X-Amz-Security-Token"]; ok {
			t.Fatal("a token where there is none")
		}
	}
}

func TestAFormThatCannotBeIsNotSigned(t *testing.T) {
	s := signer(config(""))
	for name, f := range map[string]func() (attach.Upload, error){
		"no case":     func() (attach.Upload, error) { return s.Form(t.Context(), "../clean", 1, redirect) },
		"slot 0":      func() (attach.Upload, error) { return s.Form(t.Context(), number, 0, redirect) },
		"slot 4":      func() (attach.Upload, error) { return s.Form(t.Context(), number, 4, redirect) },
		"no place":    func() (attach.Upload, error) { return s.Form(t.Context(), number, 1, "") },
		"a path":      func() (attach.Upload, error) { return s.Form(t.Context(), number, 1, "/k/a1b2c3") },
		"a bad place": func() (attach.Upload, error) { return s.Form(t.Context(), number, 1, "https://\x00") },
	} {
		if up, err := f(); !errors.Is(err, attach.ErrInvalid) || up.Fields != nil {
			t.Errorf("%s: got %v, %v", name, up, err)
		}
	}
	none := errors.New("no credentials")
	cfg := config("")
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, none })
	if _, err := signer(cfg).Form(t.Context(), number, 1, redirect); !errors.Is(err, none) {
		t.Errorf("got %v", err)
	}
	if _, err := signer(cfg).Download(t.Context(), number, casefile.Attachment{ID: "1", Object: object}); !errors.Is(err, none) {
		t.Errorf("got %v", err)
	}
}

func TestADownloadIsOfOneFileForAMinuteAndNeverOpened(t *testing.T) {
	s, err := signer(config("token")).Download(t.Context(), number, casefile.Attachment{ID: "1", Type: "image/jpeg", Object: object})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	if u.Path != "/clean/"+string(number)+"/"+object {
		t.Errorf("path %s", u.Path)
	}
	for name, want := range map[string]string{
		"response-content-type": "application/octet-stream", "response-content-disposition": `attachment; filename="2603-7K2M-Q4XA-1.jpg"`,
		"X-Amz-Expires": "60", "X-Amz-SignedHeaders": "host",
	} {
		if got := u.Query().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for name, a := range map[string]casefile.Attachment{
		"no object": {ID: "1"}, "another case's": {ID: "1", Object: "../2603-AAAA-AAAA/aaaaaa"}, "in quarantine": {ID: "1", Object: "../../quarantine/aaaaaaa"},
	} {
		if got, err := signer(config("")).Download(t.Context(), number, a); !errors.Is(err, attach.ErrInvalid) || got != "" {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestTheBucketIsWhereTheConfigurationSays(t *testing.T) {
	local := config("")
	local.BaseEndpoint = aws.String("http://127.0.0.1:14566/")
	china := config("")
	china.Region = "cn-north-1"
	for name, c := range map[string]struct {
		cfg         aws.Config
		url, origin string
	}{
		"cloud":    {config(""), "https://attachments-of-example.s3.eu-central-1.amazonaws.com", "https://attachments-of-example.s3.eu-central-1.amazonaws.com"},
		"china":    {china, "https://attachments-of-example.s3.cn-north-1.amazonaws.com.cn", "https://attachments-of-example.s3.cn-north-1.amazonaws.com.cn"},
		"emulator": {local, "http://127.0.0.1:14566/attachments-of-example", "http://127.0.0.1:14566"},
	} {
		s := signer(c.cfg)
		up, err := s.Form(t.Context(), number, 1, redirect)
		if err != nil || up.URL != c.url || s.Origin() != c.origin || !strings.HasPrefix(up.URL, s.Origin()) {
			t.Errorf("%s: posts to %s, origin %s, %v", name, up.URL, s.Origin(), err)
		}
	}
}
