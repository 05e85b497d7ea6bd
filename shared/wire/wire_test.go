package wire_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/awsenv"
	"resonanz/shared/wire"
)

// seen is what a service sees of a call.
type seen struct {
	Path, Target, Type, Attempt, Scope, Signed, Caller, Body string
}

func seenOf(r *http.Request) seen {
	body, _ := io.ReadAll(r.Body)
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	scope, signed, _ := strings.Cut(scope, ", ")
	signed, _, _ = strings.Cut(strings.TrimPrefix(signed, "SignedHeaders="), ", ")
	_, caller, _ := strings.Cut(r.UserAgent(), "app/")
	caller, _, _ = strings.Cut(caller, " ")
	return seen{
		r.Method + " " + r.URL.RequestURI(), r.Header.Get("X-Amz-Target"), r.Header.Get("Content-Type"), r.Header.Get("Amz-Sdk-Request"), scope,
		strings.Replace(signed, "accept-encoding;", "", 1), caller, string(body),
	}
}

// service answers calls in turn, the last answer for good, and keeps what it saw.
func service(t *testing.T, answers ...http.HandlerFunc) (aws.Config, *[]seen) {
	t.Helper()
	all := new([]seen)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*all = append(*all, seenOf(r))
		answers[min(len(*all), len(answers))-1](w, r)
	}))
	t.Cleanup(server.Close)
	for name, v := range map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_LAMBDA_FUNCTION_NAME": "stack-Rating-1", "AWS_ENDPOINT_URL": server.URL,
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "session",
	} {
		t.Setenv(name, v)
	}
	return awsenv.Config(), all
}

func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func breaksOff(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// The law of the package: a service cannot tell a call from that of the SDK's own
// client, but for what the SDK adds of its own (an id of the invocation, a wish for
// packed answers, and SQS's for codes of an older protocol).
func TestACallIsThatOfTheSDK(t *testing.T) {
	for name, c := range map[string]struct {
		service wire.Service
		action  string
		sdk     func(context.Context, aws.Config) error
	}{
		"dynamodb": {wire.DynamoDB, "DeleteItem", func(ctx context.Context, cfg aws.Config) error {
			_, err := dynamodb.NewFromConfig(cfg).DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String("t"), Key: map[string]types.AttributeValue{}})
			return err
		}},
		"sqs": {wire.SQS, "SendMessage", func(ctx context.Context, cfg aws.Config) error {
			_, err := sqs.NewFromConfig(cfg, func(o *sqs.Options) { o.DisableMessageChecksumValidation = true }).
				SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String("q"), MessageBody: aws.String("b")})
			return err
		}},
		"secretsmanager": {wire.SecretsManager, "GetSecretValue", func(ctx context.Context, cfg aws.Config) error {
			_, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, all := service(t, says(200, "{}"))
			ctx := context.WithoutCancel(t.Context()) // the SDK tells the time that is left, where there is a deadline
			if err := c.sdk(ctx, cfg); err != nil {
				t.Fatal(err)
			}
			got, err := wire.New(cfg, c.service).Call(ctx, c.action, []byte((*all)[0].Body))
			if err != nil || string(got) != "{}" {
				t.Fatalf("%q, %v", got, err)
			}
			want, ours := (*all)[0], (*all)[1]
			want.Signed = strings.NewReplacer("amz-sdk-invocation-id;", "", ";x-amzn-query-mode", "").Replace(want.Signed)
			if diff := cmp.Diff(want, ours); diff != "" {
				t.Errorf("the SDK's (-) and this one (+): %s", diff)
			}
			if ours.Caller != "stack-Rating-1" || ours.Path != "POST /" {
				t.Errorf("%+v", ours)
			}
		})
	}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	throttled := says(400, `{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}`)
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		calls   int
		code    string // of the error
	}{
		"once throttled":     {[]http.HandlerFunc{throttled, says(200, "{}")}, 2, ""},
		"twice broken off":   {[]http.HandlerFunc{breaksOff, breaksOff, says(200, "{}")}, 3, ""},
		"a gateway's answer": {[]http.HandlerFunc{says(503, "<html>"), says(200, "{}")}, 2, ""},
		"throttled for good": {[]http.HandlerFunc{throttled}, 3, "ProvisionedThroughputExceededException"},
		"in trouble":         {[]http.HandlerFunc{says(500, "")}, 3, "UnknownError"},
		"refused":            {[]http.HandlerFunc{says(400, `{"__type":"com.amazon.coral.validate#ValidationException","Message":"no"}`)}, 1, "ValidationException"},
		"by a header":        {[]http.HandlerFunc{says(400, `{"message":"no"}`, "X-Amzn-ErrorType", "AccessDeniedException:http://internal.amazon.com/")}, 1, "AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, all := service(t, c.answers...)
			got, err := wire.New(cfg, wire.DynamoDB).Call(t.Context(), "PutItem", []byte(`{"a":1}`))
			if len(*all) != c.calls {
				t.Errorf("%d calls, want %d", len(*all), c.calls)
			}
			for i, s := range *all {
				if want := []string{"attempt=1; max=3", "attempt=2; max=3", "attempt=3; max=3"}[i]; s.Attempt != want || s.Body != `{"a":1}` {
					t.Errorf("call %d: %+v, want %s", i, s, want)
				}
			}
			if c.code == "" {
				if err != nil || string(got) != "{}" {
					t.Errorf("%q, %v", got, err)
				}
				return
			}
			var refused smithy.APIError
			if !errors.As(err, &refused) || refused.ErrorCode() != c.code || got != nil {
				t.Errorf("%q, %v, want %s", got, err, c.code)
			}
			if last := new(retry.MaxAttemptsError); errors.As(err, &last) != (c.calls == 3) {
				t.Errorf("%v after %d calls", err, c.calls)
			}
		})
	}
}

func TestARefusalIsToldWithWhatTheServiceSaid(t *testing.T) {
	body := `{"__type":"x#ConditionalCheckFailedException","message":"The conditional request failed","Item":{}}`
	cfg, _ := service(t, says(400, body, "X-Amzn-RequestId", "R1"))
	_, err := wire.New(cfg, wire.DynamoDB).Call(t.Context(), "PutItem", []byte("{}"))
	var refused *wire.Error
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	want := &wire.Error{Service: "dynamodb", Action: "PutItem", Status: 400, Code: "ConditionalCheckFailedException", Message: "The conditional request failed", RequestID: "R1", Body: []byte(body)}
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Error(diff)
	}
	if got := err.Error(); got != "dynamodb PutItem: 400 ConditionalCheckFailedException: The conditional request failed (request R1)" {
		t.Error(got)
	}
	if refused.ErrorFault() != smithy.FaultClient || (&wire.Error{Status: 500}).ErrorFault() != smithy.FaultServer {
		t.Error("whose fault it is")
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	cfg, all := service(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
		close(over)
	})
	_, err := wire.New(cfg, wire.DynamoDB).Call(ctx, "PutItem", []byte("{}"))
	<-over
	var canceled *smithy.CanceledError
	if !errors.As(err, &canceled) || !errors.Is(err, context.Canceled) || len(*all) != 1 {
		t.Errorf("%v after %d calls", err, len(*all))
	}
}

func TestNothingIsWaitedForWhenTimeIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cfg, all := service(t, says(500, ""))
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { cancel(); return time.Hour, nil })
		})
	}
	if _, err := wire.New(cfg, wire.DynamoDB).Call(ctx, "PutItem", []byte("{}")); !errors.Is(err, context.Canceled) || len(*all) != 1 {
		t.Errorf("%v after %d calls", err, len(*all))
	}
}

// Tries are bounded for all calls together, as the SDK bounds them: a service in
// trouble is not asked three times as much.
func TestTriesAreBoundedForAllCalls(t *testing.T) {
	cfg, all := service(t, says(500, ""))
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	c := wire.New(cfg, wire.DynamoDB)
	for range 200 {
		if _, err := c.Call(t.Context(), "PutItem", []byte("{}")); err == nil {
			t.Fatal("no error")
		}
	}
	if n := len(*all) - 200; n != 100 { // 500 tokens, five a further try
		t.Errorf("%d further tries, want 100", n)
	}
}

func TestWithoutCredentialsNothingIsSent(t *testing.T) {
	cfg, all := service(t, says(200, "{}"))
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	if _, err := wire.New(cfg, wire.SecretsManager).Call(t.Context(), "GetSecretValue", nil); !errors.Is(err, awsenv.ErrNoCredentials) || len(*all) != 0 {
		t.Errorf("%v after %d calls", err, len(*all))
	}
}

// reached keeps where a call went.
type reached struct{ url string }

func (r *reached) Do(req *http.Request) (*http.Response, error) {
	r.url = req.URL.String()
	return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
}

func TestCallsGoToTheServiceInItsRegion(t *testing.T) {
	for region, want := range map[string]string{
		"eu-central-1": "https://secretsmanager.eu-central-1.amazonaws.com/",
		"cn-north-1":   "https://secretsmanager.cn-north-1.amazonaws.com.cn/",
	} {
		at := new(reached)
		cfg := aws.Config{Region: region, HTTPClient: at, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
		})}
		if _, err := wire.New(cfg, wire.SecretsManager).Call(t.Context(), "GetSecretValue", nil); err != nil || at.url != want {
			t.Errorf("%s, %v, want %s", at.url, err, want)
		}
	}
}

func TestAnEndpointThatIsNoURLIsRefused(t *testing.T) {
	for _, address := range []string{"", "localhost", ":", "http://"} {
		if _, err := wire.New(aws.Config{BaseEndpoint: &address}, wire.SQS).Call(t.Context(), "SendMessage", nil); err == nil || !strings.Contains(err.Error(), "endpoint") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
