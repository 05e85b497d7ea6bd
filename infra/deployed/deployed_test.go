package deployed

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cloud answers every call in one way; the caller has credentials and nothing else.
func cloud(t *testing.T, status int, body string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	nothing := filepath.Join(t.TempDir(), "nothing")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "",
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_CONFIG_FILE": nothing, "AWS_SHARED_CREDENTIALS_FILE": nothing,
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "",
		"AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
}

func refusal(code, message string) string {
	return "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>" + message + "</Message></Error></ErrorResponse>"
}

func TestAStackThatIsNotFoundSaysWhatToDo(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		body   string
		env    [2]string
		want   string
	}{
		"not deployed": {400, refusal("ValidationError", "Stack with id Resonanz-prod does not exist"), [2]string{},
			"finding stack Resonanz-prod: it is not deployed in eu-central-1: run make deploy STAGE=prod, or name another by STAGE="},
		"expired": {403, refusal("ExpiredToken", "The security token included in the request is expired"), [2]string{},
			"finding stack Resonanz-prod: your AWS credentials have expired: sign in again, such as by `aws sso login`"},
		"not permitted": {403, refusal("AccessDenied", "not authorized to perform: cloudformation:DescribeStacks"), [2]string{},
			"finding stack Resonanz-prod: AWS refuses: AccessDenied: not authorized to perform: cloudformation:DescribeStacks"},
		"no region": {200, "", [2]string{"AWS_REGION", ""}, "finding stack Resonanz-prod: no AWS region: set AWS_REGION"},
		"no credentials": {200, "", [2]string{"AWS_ACCESS_KEY_ID", ""},
			"finding stack Resonanz-prod: no AWS credentials: sign in, such as by `aws sso login` and AWS_PROFILE"},
		"out of reach": {200, "", [2]string{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"},
			"finding stack Resonanz-prod: AWS is not reached: dial tcp 127.0.0.1:1: connect: connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			cloud(t, tc.status, tc.body)
			if tc.env[0] != "" {
				t.Setenv(tc.env[0], tc.env[1])
			}
			_, err := Find(t.Context(), "prod")
			if err == nil {
				t.Fatal("found")
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOutputsThatAreMissingAreNamed(t *testing.T) {
	cloud(t, http.StatusOK, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>Resonanz-dev</StackName><Outputs>`+
		`<member><OutputKey>TableName</OutputKey><OutputValue>t</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`)
	s, err := Find(t.Context(), "dev")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Need("TableName"); err != nil || got[0] != "t" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := s.Need("TableName", "BucketName", "ApiUrl"); err == nil || !strings.Contains(err.Error(), "stack Resonanz-dev: BucketName, ApiUrl: not among them") {
		t.Error(err)
	}
}
