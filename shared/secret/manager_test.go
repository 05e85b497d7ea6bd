package secret_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"resonanz/shared/awsenv"
	"resonanz/shared/secret"
	"resonanz/shared/wire"
)

// asked is Secrets Manager behind its protocol: it keeps what it is asked and
// always says the same.
type asked struct {
	body   string
	status int
	answer string
}

func (a *asked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	a.body = r.Header.Get("X-Amz-Target") + " " + string(b)
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.answer)
}

func TestAManagerReadsAVersionOfASecret(t *testing.T) {
	a := &asked{}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	for name, v := range map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL": server.URL} {
		t.Setenv(name, v)
	}
	m := secret.NewManager(awsenv.Config())
	for name, c := range map[string]struct {
		stage  string
		status int
		answer string
		asks   string
		value  string
		fails  error
	}{
		"previous": {"AWSPREVIOUS", 200, `{"ARN":"arn:s","SecretString":"k\u0065y","VersionStages":["AWSPREVIOUS"]}`, `{"SecretId":"arn:s","VersionStage":"AWSPREVIOUS"}`, "key", nil},
		"current":  {"", 200, `{"SecretString":"{\"a\":1}"}`, `{"SecretId":"arn:s"}`, `{"a":1}`, nil},
		"none":     {"AWSPREVIOUS", 400, `{"__type":"ResourceNotFoundException","Message":"can't find"}`, `{"SecretId":"arn:s","VersionStage":"AWSPREVIOUS"}`, "", secret.ErrNone},
		"refused":  {"", 400, `{"__type":"AccessDeniedException","Message":"no"}`, `{"SecretId":"arn:s"}`, "", &wire.Error{Code: "AccessDeniedException"}},
	} {
		t.Run(name, func(t *testing.T) {
			a.status, a.answer = c.status, c.answer
			got, err := m.Value(t.Context(), "arn:s", c.stage)
			if want := "secretsmanager.GetSecretValue " + c.asks; a.body != want {
				t.Errorf("asked %s, want %s", a.body, want)
			}
			var refused, wanted *wire.Error
			switch {
			case got != c.value || (err != nil) != (c.fails != nil):
				t.Errorf("%q, %v", got, err)
			case errors.As(c.fails, &wanted):
				if !errors.As(err, &refused) || refused.Code != wanted.Code || errors.Is(err, secret.ErrNone) {
					t.Errorf("%v", err)
				}
			case !errors.Is(err, c.fails):
				t.Errorf("%v, want %v", err, c.fails)
			}
		})
	}
	a.status, a.answer = 200, `"sesame`
	if v, err := m.Value(t.Context(), "arn:s", ""); v != "" || err == nil || strings.Contains(err.Error(), "sesame") {
		t.Errorf("%q, %v", v, err)
	}
}
