package fault_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"resonanz/infra/fault"
)

// TestMain is the process that is to be killed, where it runs under a function's
// name.
func TestMain(m *testing.M) {
	if address := os.Getenv("CALL"); address != "" {
		_, err := get(context.Background(), clientOf(address))
		fmt.Println("answered:", err)
		return
	}
	os.Exit(m.Run())
}

// backend is a service that counts what takes effect.
type backend struct {
	effects atomic.Int32
	bodies  chan string
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.effects.Add(1)
	b.bodies <- string(body)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_, _ = io.WriteString(w, `{"Item":{"answer":{"S":"stored"}}}`)
}

func start(t *testing.T) (*fault.Proxy, *backend) {
	t.Helper()
	b := &backend{bodies: make(chan string, 100)}
	service := httptest.NewServer(b)
	t.Cleanup(service.Close)
	p := fault.New()
	t.Cleanup(p.Close)
	if err := p.Forward(service.URL); err != nil {
		t.Fatal(err)
	}
	p.Introduce("Resonanz-dev-Rating", "rating")
	return p, b
}

// config is that of a function which tries once.
func config(address string) aws.Config {
	return aws.Config{
		Region: "eu-central-1", BaseEndpoint: &address, AppID: "Resonanz-dev-Rating",
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func clientOf(address string) *dynamodb.Client { return dynamodb.NewFromConfig(config(address)) }

func get(ctx context.Context, c *dynamodb.Client) (string, error) {
	out, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("t"), Key: map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "k"}}})
	if err != nil {
		return "", err
	}
	answer, ok := out.Item["answer"].(*types.AttributeValueMemberS)
	if !ok {
		return "", errors.New("no item")
	}
	return answer.Value, nil
}

func every(fault.Call) bool { return true }

func TestEachFailureHasItsEffectOrNone(t *testing.T) {
	for _, c := range []struct {
		what     fault.Failure
		effects  int32
		answered bool
	}{
		{fault.Refuse, 0, false},
		{fault.Lose, 1, false},
		{fault.Throttle, 0, false},
		{fault.Break, 0, false},
		{fault.Delay, 1, true},
		{fault.Cut, 0, false},
		{fault.CutAfter, 1, false},
		{fault.Half, 1, false},
		{fault.Twice, 2, true},
		{fault.Partial, 0, false}, // of what is no batch
	} {
		t.Run(c.what.String(), func(t *testing.T) {
			p, b := start(t)
			f := &fault.Fault{What: c.what, Match: every, Times: 1, Delay: time.Millisecond}
			defer p.Inject(f)()
			got, err := get(t.Context(), clientOf(p.URL))
			if (err == nil) != c.answered || c.answered && got != "stored" {
				t.Errorf("got %q, %v", got, err)
			}
			if n := b.effects.Load(); n != c.effects || f.Hits() != 1 {
				t.Errorf("%d effects of %d strikes, want %d", n, f.Hits(), c.effects)
			}
			if c.what.Effective() != (c.effects > 0 && c.what != fault.Delay) {
				t.Errorf("said to take effect: %t", c.what.Effective())
			}
			if got, err := get(t.Context(), clientOf(p.URL)); err != nil || got != "stored" {
				t.Errorf("afterwards: %q, %v", got, err)
			}
		})
	}
}

func TestWhatHangsIsNeverAnswered(t *testing.T) {
	p, b := start(t)
	defer p.Inject(&fault.Fault{What: fault.Hang, Match: every, Times: 1})()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := get(ctx, clientOf(p.URL)); !errors.Is(err, context.DeadlineExceeded) || b.effects.Load() != 0 {
		t.Errorf("got %v with %d effects", err, b.effects.Load())
	}
}

// Every service's errors are those that the SDK knows how to try again.
func TestErrorsAreThoseOfTheService(t *testing.T) {
	for name, call := range map[string]func(aws.Config) error{
		"dynamodb": func(c aws.Config) error { _, err := get(t.Context(), dynamodb.NewFromConfig(c)); return err },
		"transaction": func(c aws.Config) error {
			_, err := dynamodb.NewFromConfig(c).TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{
				Delete: &types.Delete{TableName: aws.String("t"), Key: map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "k"}}},
			}}})
			return err
		},
		"sqs": func(c aws.Config) error {
			_, err := sqs.NewFromConfig(c).SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String("q"), MessageBody: aws.String("b")})
			return err
		},
		"s3": func(c aws.Config) error {
			_, err := s3.NewFromConfig(c).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("b")})
			return err
		},
		"ses": func(c aws.Config) error {
			_, err := ses.NewFromConfig(c).GetSendQuota(t.Context(), &ses.GetSendQuotaInput{})
			return err
		},
		"sns": func(c aws.Config) error {
			_, err := sns.NewFromConfig(c).Publish(t.Context(), &sns.PublishInput{Message: aws.String("m")})
			return err
		},
		"secretsmanager": func(c aws.Config) error {
			_, err := secretsmanager.NewFromConfig(c).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
			return err
		},
		"cloudwatch": func(c aws.Config) error {
			_, err := cloudwatch.NewFromConfig(c).ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{})
			return err
		},
	} {
		for _, what := range []fault.Failure{fault.Throttle, fault.Break} {
			t.Run(name+" "+what.String(), func(t *testing.T) {
				p, b := start(t)
				defer p.Inject(&fault.Fault{What: what, Match: every, Times: 1})()
				err := call(config(p.URL))
				var known smithy.APIError
				if !errors.As(err, &known) || known.ErrorCode() == "UnknownError" {
					t.Fatalf("got %v", err)
				}
				if b.effects.Load() != 0 {
					t.Error("it took effect")
				}
				if name == "sns" && what == fault.Throttle {
					return // the SDK does not know it as one: the queue's next delivery tries again
				}
				if !retry.NewStandard().IsErrorRetryable(err) {
					t.Errorf("%v is not tried again", err)
				}
				throttled := retry.ThrottleErrorCode{Codes: retry.DefaultThrottleErrorCodes}.IsErrorThrottle(err).Bool()
				if throttled != (what == fault.Throttle) {
					t.Errorf("%s is a throttle: %t", known.ErrorCode(), throttled)
				}
			})
		}
	}
}

func TestABatchIsDoneInPart(t *testing.T) {
	p, b := start(t)
	defer p.Inject(&fault.Fault{What: fault.Partial, Match: every, Times: 2})()
	entries := make([]sqstypes.SendMessageBatchRequestEntry, 4)
	for i := range entries {
		entries[i] = sqstypes.SendMessageBatchRequestEntry{Id: aws.String(fmt.Sprint(i)), MessageBody: aws.String("body")}
	}
	sent, err := sqs.NewFromConfig(config(p.URL), func(o *sqs.Options) { o.DisableMessageChecksumValidation = true }).
		SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: aws.String("q"), Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, f := range sent.Failed {
		failed = append(failed, *f.Id)
	}
	if diff := cmp.Diff([]string{"0", "2"}, failed); diff != "" || strings.Count(<-b.bodies, `"body"`) != 2 {
		t.Errorf("given back (-want +got):\n%s", diff)
	}
	keys := make([]map[string]types.AttributeValue, 3)
	for i := range keys {
		keys[i] = map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: fmt.Sprint(i)}}
	}
	got, err := clientOf(p.URL).BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{"t": {Keys: keys, ConsistentRead: aws.Bool(true)}}})
	if err != nil {
		t.Fatal(err)
	}
	left := got.UnprocessedKeys["t"]
	if len(left.Keys) != 2 || !aws.ToBool(left.ConsistentRead) || strings.Count(<-b.bodies, `"PK"`) != 1 {
		t.Errorf("left: %+v", left)
	}
}

func TestMessagesAboutASubjectAreSentTwice(t *testing.T) {
	p, b := start(t)
	end := p.Repeat("subject-1")
	send := func(body string) {
		_, err := sqs.NewFromConfig(config(p.URL), func(o *sqs.Options) { o.DisableMessageChecksumValidation = true }).
			SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String("q"), MessageBody: &body})
		if err != nil {
			t.Fatal(err)
		}
	}
	send("about subject-1")
	send("about subject-2")
	if n := b.effects.Load(); n != 3 || end() != 1 {
		t.Errorf("%d messages arrived, want 3", n)
	}
	send("about subject-1")
	if n := b.effects.Load(); n != 4 {
		t.Errorf("%d messages arrived after the end, want 4", n)
	}
}

func TestCallsAreCountedByWhoMakesThem(t *testing.T) {
	p, _ := start(t)
	var watched []string
	p.Watch(func(c fault.Call) { watched = append(watched, c.By+" "+c.Action) })
	if _, err := get(t.Context(), clientOf(p.URL)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[fault.Seen]int{{Function: "rating", Service: "dynamodb", Action: "GetItem"}: 1}, p.Made()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[fault.Need]int{{Function: "rating", Permission: "dynamodb:GetItem"}: 1}, p.Needed()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"rating GetItem"}, watched); diff != "" {
		t.Error(diff)
	}
}

func TestAnswersAreToldAndReachWhoAsked(t *testing.T) {
	p, _ := start(t)
	var told []string
	p.Read(func(c fault.Call, status int, body []byte) {
		told = append(told, fmt.Sprint(c.Action, status, " ", string(body)))
	})
	answer, err := get(t.Context(), clientOf(p.URL))
	if err != nil || answer != "stored" {
		t.Fatalf("%q, %v", answer, err)
	}
	if diff := cmp.Diff([]string{`GetItem200 {"Item":{"answer":{"S":"stored"}}}`}, told); diff != "" {
		t.Error(diff)
	}
}

func TestMailIsReadFromEitherInterface(t *testing.T) {
	raw := base64.StdEncoding.EncodeToString([]byte("To: a@example.com\r\n\r\nText"))
	for _, body := range []string{
		"Action=SendRawEmail&RawMessage.Data=" + strings.ReplaceAll(strings.ReplaceAll(raw, "+", "%2B"), "=", "%3D"),
		`{"Content":{"Raw":{"Data":"` + raw + `"}}}`,
	} {
		if got := (fault.Call{Body: body}).Mail(); !strings.HasPrefix(got, "To: a@example.com") {
			t.Errorf("read %q", got)
		}
	}
	if got := (fault.Call{Body: "Action=SendEmail"}).Mail(); got != "" {
		t.Errorf("read %q of none", got)
	}
}

// A function's process dies at its call, before or after the effect; no other
// process ever does.
func TestTheCallingProcessIsKilled(t *testing.T) {
	if !fault.CanKill {
		p, _ := start(t)
		f := &fault.Fault{What: fault.KillBefore, Match: every, Times: 1}
		defer p.Inject(f)()
		_, err := get(t.Context(), clientOf(p.URL))
		if err == nil || f.Missed() != 1 {
			t.Errorf("where processes cannot be killed: %v, missed %d", err, f.Missed())
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		what    fault.Failure
		dies    bool
		effects int32
	}{
		{"bootstrap", fault.KillBefore, true, 0},
		{"bootstrap", fault.KillAfter, true, 1},
		{"emulator", fault.KillBefore, false, 0},
	} {
		t.Run(c.name+" "+c.what.String(), func(t *testing.T) {
			p, b := start(t)
			f := &fault.Fault{What: c.what, Match: every, Times: 1}
			defer p.Inject(f)()
			program := filepath.Join(t.TempDir(), c.name)
			copyFile(t, self, program)
			cmd := exec.CommandContext(t.Context(), program)
			cmd.Env = []string{"CALL=" + p.URL}
			err := cmd.Run()
			var ended *exec.ExitError
			killed := errors.As(err, &ended) && ended.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
			if killed != c.dies || f.Missed() == 0 != c.dies {
				t.Errorf("killed: %t (%v), missed %d", killed, err, f.Missed())
			}
			if n := b.effects.Load(); n != c.effects {
				t.Errorf("%d effects, want %d", n, c.effects)
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}
