package credential

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
)

// cloud is Cognito, Secrets Manager and a token endpoint, each with what is asked
// of it here.
func cloud(t *testing.T, secret string, tokens func(w http.ResponseWriter, r *http.Request)) (aws.Config, Pool) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		switch _, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); {
		case action == "DescribeUserPoolClient":
			fmt.Fprintf(w, `{"UserPoolClient":{"ClientSecret":%q}}`, secret)
		case action == "GetSecretValue":
			fmt.Fprintf(w, `{"SecretString":%q}`, secret)
		case r.URL.Path == "/oauth2/token":
			tokens(w, r)
		default:
			http.Error(w, "{}", http.StatusBadRequest)
		}
	}))
	t.Cleanup(s.Close)
	return aws.Config{
		Region: "eu-central-1", BaseEndpoint: &s.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
	}, Pool{ID: "eu-central-1_p", Client: "machines", TokenURL: s.URL + "/oauth2/token"}
}

func TestATokenIsAskedForWithTheSecretOfTheClient(t *testing.T) {
	cfg, pool := cloud(t, "s3cret", func(w http.ResponseWriter, r *http.Request) {
		who, password, _ := r.BasicAuth()
		if who != "machines" || password != "s3cret" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "resonanz/intake resonanz/reports" {
			t.Errorf("asked as %s for %v", who, r.Form)
		}
		fmt.Fprint(w, `{"access_token":"j.w.t"}`)
	})
	if got, err := Token(t.Context(), cfg, pool, "intake", "reports"); got != "j.w.t" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAnErrorNamesTheScopesAndNoSecret(t *testing.T) {
	for name, c := range map[string]struct{ status, body, want string }{
		"refused":  {"400", `{"error":"invalid_scope"}`, "invalid_scope"},
		"no token": {"200", `{}`, "no token"},
		"no JSON":  {"200", `<html>`, "invalid character"},
	} {
		cfg, pool := cloud(t, "s3cret", func(w http.ResponseWriter, _ *http.Request) {
			if c.status == "400" {
				w.WriteHeader(http.StatusBadRequest)
			}
			fmt.Fprint(w, c.body)
		})
		_, err := Token(t.Context(), cfg, pool, "intake")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "intake") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Token(t.Context(), aws.Config{}, Pool{}, "intake"); err == nil || !strings.Contains(err.Error(), "oidc.issuer") {
		t.Errorf("without a pool: %v", err)
	}
}

func TestTheKeyOfADeviceIsThatOfItsGeneration(t *testing.T) {
	cfg, _ := cloud(t, "master", nil)
	devices, err := config.Parse([]byte(`{"organisation":{"time_zone":"Europe/Berlin","languages":["de"],"default_language":"de"},
		"touchpoints":[{"id":"hall","name":{"de":"Halle"},"scale":"stars_1_5"}],
		"devices":[{"id":"kiosk-1","touchpoint":"hall","channel":"kiosk","generation":3},{"id":"kiosk-2","touchpoint":"hall","channel":"kiosk","generation":1,"revoked":true}]}`))
	if err != nil {
		t.Fatal(err)
	}
	key, err := DeviceKey(t.Context(), cfg, "arn", devices, "kiosk-1")
	if want := link.DeviceKey([]byte("master"), "kiosk-1", 3); key != want || err != nil {
		t.Errorf("%q, %v", key, err)
	}
	if got, want := Enrolment("https://feedback.example.com", "kiosk-1", "k"), "key   k\nenrol https://feedback.example.com/kiosk/kiosk-1#k\n"; got != want {
		t.Errorf("%q", got)
	}
	for id, want := range map[string]string{"kiosk-2": "revoked", "kiosk-9": "kiosk-1, kiosk-2"} {
		if _, err := DeviceKey(t.Context(), cfg, "arn", devices, feedback.Device(id)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
