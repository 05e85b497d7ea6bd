package awsenv_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/awsenv"
)

// service answers the first failures calls with a throttle, then with an item.
func service(t *testing.T, failures int32) (client *dynamodb.Client, calls *atomic.Int32) {
	t.Helper()
	calls = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Authorization"), "Credential=AKIDEXAMPLE/") || r.Header.Get("X-Amz-Security-Token") != "session" {
			t.Errorf("not signed with the environment's credentials: %s", r.Header.Get("Authorization"))
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		if calls.Add(1) <= failures {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}`)
			return
		}
		_, _ = io.WriteString(w, `{"Item":{"a":{"S":"b"}}}`)
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_SESSION_TOKEN", "session")
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	return dynamodb.NewFromConfig(awsenv.Config()), calls
}

func get(t *testing.T, c *dynamodb.Client) (*dynamodb.GetItemOutput, error) {
	return c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("t"), Key: map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "k"}}})
}

func TestAThrottledCallIsTriedAgain(t *testing.T) {
	client, calls := service(t, 2)
	out, err := get(t, client)
	if err != nil || len(out.Item) != 1 || calls.Load() != 3 {
		t.Errorf("got %v, %v after %d calls", out, err, calls.Load())
	}
}

func TestTriesAreBounded(t *testing.T) {
	client, calls := service(t, 1000)
	_, err := get(t, client)
	var throttled *types.ProvisionedThroughputExceededException
	if !errors.As(err, &throttled) || calls.Load() != 3 {
		t.Errorf("got %v after %d calls", err, calls.Load())
	}
}

func TestWithoutCredentialsNothingIsSent(t *testing.T) {
	client, calls := service(t, 0)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	if _, err := get(t, client); !errors.Is(err, awsenv.ErrNoCredentials) || calls.Load() != 0 {
		t.Errorf("got %v after %d calls", err, calls.Load())
	}
}

func TestWithoutAnEndpointAWSItselfIsMeant(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", "")
	if url := awsenv.Config().BaseEndpoint; url != nil {
		t.Errorf("got %s", *url)
	}
}

func TestRequireNamesEveryMissingVariable(t *testing.T) {
	t.Setenv("TABLE_NAME", "table")
	t.Setenv("QUEUE_URL", "queue")
	t.Setenv("BUCKET_NAME", "")
	values, err := awsenv.Require("TABLE_NAME", "QUEUE_URL")
	if diff := cmp.Diff([]string{"table", "queue"}, values); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := awsenv.Require("BUCKET_NAME", "TABLE_NAME", "NEVER_SET"); err == nil || !strings.Contains(err.Error(), "BUCKET_NAME, NEVER_SET") {
		t.Errorf("got %v", err)
	}
}
