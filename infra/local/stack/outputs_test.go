package stack

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const cdkOutputs = `{"Resonanz-dev": {
	"ApiUrl": "http://5616e1c0.execute-api.localhost:14566", "PublicUrl": "http://localhost:9999",
	"UserPoolId": "eu-central-1_A", "ClientId": "c", "DeskClientId": "d", "TableName": "t", "BucketName": "b",
	"EscalationQueueUrl": "http://localhost:1/0/e", "ReportingQueueUrl": "http://localhost:1/0/r", "NotifyQueueUrl": "http://localhost:1/0/n",
	"EscalationDlqUrl": "http://localhost:1/0/ed", "ReportingDlqUrl": "http://localhost:1/0/rd", "NotifyDlqUrl": "http://localhost:1/0/nd",
	"MailQueueUrl": "http://localhost:1/0/m", "MailDlqUrl": "http://localhost:1/0/md",
	"MailEventsQueueUrl": "http://localhost:1/0/v", "MailEventsDlqUrl": "http://localhost:1/0/vd", "MailEventsTopicArn": "arn:v",
	"AttachmentsQueueUrl": "http://localhost:1/0/u", "AttachmentsDlqUrl": "http://localhost:1/0/ud", "AttachmentsBucketName": "f",
	"ReportQueueUrl": "http://localhost:1/0/o", "ReportDlqUrl": "http://localhost:1/0/od",
	"StreamFailureQueueUrl": "http://localhost:1/0/s", "AlertTopicArn": "arn:a",
	"LinkSecretArn": "arn:l", "DeviceSecretArn": "arn:d", "WebhookSecretArn": "arn:w"}}`

func TestOutputsComeFromTheDeployedStack(t *testing.T) {
	o := &Outputs{StackName: "Resonanz-dev", PublicURL: "http://localhost:9999", EndpointURL: "http://127.0.0.1:14566"}
	if err := o.fromCDK([]byte(cdkOutputs)); err != nil {
		t.Fatal(err)
	}
	if o.APIID != "5616e1c0" || o.APIURL != "http://localhost:9999" || o.TokenURL != "http://127.0.0.1:14566/oauth2/token" || o.NotifyDLQURL != "http://localhost:1/0/nd" {
		t.Errorf("got %+v", o)
	}
	if o.DeskURL != "http://localhost:9999/desk" || o.DeskClientID != "d" || o.ClientID != "c" {
		t.Errorf("the desk: %+v", o)
	}
	for _, q := range o.Queues() {
		if q.URL == "" || q.DeadURL != q.URL+"d" {
			t.Errorf("queue %+v", q)
		}
	}
	if o.MailEventsTopicARN != "arn:v" {
		t.Errorf("topic %q", o.MailEventsTopicARN)
	}
	dir := t.TempDir()
	if _, err := ReadOutputs(dir); !errors.Is(err, ErrNotUp) {
		t.Errorf("before: %v", err)
	}
	if err := o.write(dir); err != nil {
		t.Fatal(err)
	}
	back, err := ReadOutputs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(o, back); diff != "" {
		t.Error(diff)
	}
}

func TestAMissingOutputIsNamed(t *testing.T) {
	o := &Outputs{StackName: "Resonanz-dev"}
	if err := o.fromCDK([]byte(strings.Replace(cdkOutputs, `"TableName": "t", `, "", 1))); err == nil || !strings.Contains(err.Error(), "TableName") {
		t.Errorf("got %v", err)
	}
	o.StackName = "Resonanz-prod"
	if err := o.fromCDK([]byte(cdkOutputs)); err == nil || !strings.Contains(err.Error(), "Resonanz-prod") {
		t.Errorf("got %v", err)
	}
}

func TestAnOwnersIssuerHasNoLocalToken(t *testing.T) {
	if _, err := (&Outputs{}).Token(t.Context(), "invite"); err == nil || !strings.Contains(err.Error(), "oidc.issuer") {
		t.Errorf("got %v", err)
	}
	if _, err := (&Outputs{}).Staff(t.Context(), "anna@example.com", "a.k", "cases"); err == nil || !strings.Contains(err.Error(), "oidc.issuer") {
		t.Errorf("staff: %v", err)
	}
}

func TestNoRealAccountIsWithinReach(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("AWS_SESSION_TOKEN", "secret")
	t.Setenv("CDK_DEFAULT_ACCOUNT", "123456789012")
	env := strings.Join(awsEnvironment("http://127.0.0.1:1"), "\n")
	for _, never := range []string{"production", "secret\n", "123456789012"} {
		if strings.Contains(env, never) {
			t.Errorf("%q reaches the CDK", never)
		}
	}
	if !strings.Contains(env, "AWS_ENDPOINT_URL=http://127.0.0.1:1") {
		t.Error("the CDK is not pointed at the emulator")
	}
}

func TestTheFingerprintChangesWithWhatIsDeployed(t *testing.T) {
	p := Project{Root: t.TempDir()}
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(p.Root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "cdk.json", "Makefile", "events/e.go", "functions/f/main.go", "infra/main.go", "shared/s.go"} {
		write(name, "1")
	}
	fingerprint := func() string {
		t.Helper()
		s, err := p.Fingerprint()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := fingerprint()
	write("shared/s_test.go", "1")
	write("infra/node_modules/x.js", "1")
	write("infra/local/main.go", "1")
	if fingerprint() != first {
		t.Error("tests, tools and this environment are not deployed")
	}
	write("functions/f/main.go", "2")
	if fingerprint() == first {
		t.Error("a changed function is")
	}
}

func TestFunctionsAreFoundByFolder(t *testing.T) {
	for _, c := range []struct {
		name, logical, physical string
		want                    bool
	}{
		{"rating", "Rating12345678", "Resonanz-dev-Rating-ABC", true},
		{"rating", "RatingMapping12345678", "x", false},
		{"report", "Rating12345678", "x", false},
		{"clock", "C", "x", false},
		{"clock", "C", "resonanz-dev-clock", true},
	} {
		if got := isFunction(c.name, c.logical, c.physical); got != c.want {
			t.Errorf("%+v: got %t", c, got)
		}
	}
}
