package e2e

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"resonanz/infra/local/stack"
	"resonanz/shared/config"
	"resonanz/shared/store"
)

// hooks is the owner's system that is told by webhook what customers do. Nobody
// configures one on this machine: it is put into the deployed functions.
var hooks = &receiver{fail: map[string]int{}}

// hookID is what the receiver is called in the configuration.
const hookID = "crm"

// receiver takes webhooks, and fails those about a case as often as it is told.
type receiver struct {
	*httptest.Server

	mu   sync.Mutex
	fail map[string]int
	got  []delivered
}

type delivered struct {
	header http.Header
	body   string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, delivered{req.Header, string(body)})
	for about, times := range r.fail {
		if times > 0 && strings.Contains(string(body), about) {
			r.fail[about]--
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// about are the webhooks that were received about a case.
func (r *receiver) about(number string) (found []delivered) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range r.got {
		if strings.Contains(d.body, number) {
			found = append(found, d)
		}
	}
	return found
}

// configureHooks starts the receiver and deploys the functions that must know it
// with a configuration that names it.
func configureHooks(ctx context.Context, s *stack.Stack) error {
	hooks.Server = httptest.NewServer(hooks)
	for _, name := range []string{"notify", "cases"} {
		code, err := reconfigured(filepath.Join(s.Project.BuildDir(), stack.Arch(), name), func(cfg *config.Config) {
			cfg.Notify.Webhooks = []config.Webhook{{
				ID: hookID, URL: hooks.URL + "/hook", Format: "standard", Reasons: []string{"customer_acted", "report_ready"},
			}}
		})
		if err != nil {
			return err
		}
		f, err := s.Function(ctx, name)
		if err != nil {
			return err
		}
		if _, err := lambda.NewFromConfig(s.AWS()).UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &f.Name, ZipFile: code}); err != nil {
			return fmt.Errorf("configuring a webhook in %s: %w", name, err)
		}
	}
	return nil
}

// reconfigured is the package of a function with its configuration changed.
func reconfigured(dir string, change func(*config.Config)) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if d.Name() == config.File {
			cfg, err := config.Unpack(string(b))
			if err != nil {
				return err
			}
			change(cfg)
			if b, err = config.Pack(cfg); err != nil {
				return err
			}
		}
		h := &zip.FileHeader{Name: d.Name(), Method: zip.Deflate}
		h.SetMode(0o755)
		w, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("packing %s anew: %w", dir, err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing %s anew: %w", dir, err)
	}
	return out.Bytes(), nil
}

func TestAWebhookIsTriedAgainUntilItIsTaken(t *testing.T) {
	k := complain(t, "hotline", nil)
	number := string(k.number)
	hooks.mu.Lock()
	hooks.fail[number] = 2
	hooks.mu.Unlock()
	k.act(t, "reply", url.Values{"text": {"Encore une chose."}})
	var log store.Hook
	kept := func(status store.HookStatus, tries int) {
		t.Helper()
		eventually(t, "the delivery kept", 60*time.Second, func() (bool, string) {
			page, err := table().Hooks(t.Context(), hookID, "", store.MaxHooks)
			if err != nil {
				return false, err.Error()
			}
			for _, h := range page.Hooks {
				if h.Alert.Case == number {
					log = h
				}
			}
			return log.Status == status && len(log.Log) == tries, fmt.Sprintf("%s after %d tries", log.Status, len(log.Log))
		})
	}
	kept(store.HookWaiting, 1)
	makeDue(t, "HOOK#"+hookID, log.Alert.ID)
	kept(store.HookWaiting, 2)
	makeDue(t, "HOOK#"+hookID, log.Alert.ID)
	kept(store.HookDelivered, 3)
	drained(t, number)
	tick(t)
	drained(t, number)

	got := hooks.about(number)
	if len(got) != 3 {
		t.Fatalf("%d requests, want two that failed and one that was taken", len(got))
	}
	secret, err := secretsmanager.NewFromConfig(deployed.AWS()).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &deployed.WebhookSecretARN})
	if err != nil {
		t.Fatal(err)
	}
	key, err := standardwebhooks.NewWebhookRaw([]byte(aws.ToString(secret.SecretString)))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range got {
		if err := key.Verify([]byte(d.body), d.header); err != nil || d.header.Get("webhook-id") != log.Alert.ID {
			t.Errorf("message %q, want %q on each try: %v", d.header.Get("webhook-id"), log.Alert.ID, err)
		}
		if strings.Contains(d.body, "Encore une chose") || strings.Contains(d.body, k.address) {
			t.Error("a webhook says what the customer wrote, or who it is")
		}
	}
	a := do(t, http.MethodGet, "/v1/webhooks/"+hookID+"/deliveries?limit=100", "", "Authorization", clerk(t))
	var shown struct {
		Deliveries []struct {
			Case, Status string
			Log          []struct{ Status int }
		}
	}
	a.json(t, &shown)
	var statuses []int
	for _, d := range shown.Deliveries {
		for _, try := range d.Log {
			if d.Case == number {
				statuses = append(statuses, try.Status)
			}
		}
	}
	if diff := cmp.Diff([]int{500, 500, 204}, statuses); diff != "" || a.Status != http.StatusOK {
		t.Errorf("the log of deliveries: %d %s", a.Status, diff)
	}
}
