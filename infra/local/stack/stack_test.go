package stack

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resonanz/infra/bench/reference"
	"resonanz/infra/local/emulator"
)

// The real emulator, CDK and stack; only the functions are hello-world.
func TestAnIsolatedStackComesUpAndLeavesNothing(t *testing.T) {
	assets, dir := t.TempDir(), t.TempDir()
	hello := filepath.Join(t.TempDir(), "bootstrap")
	if err := reference.Build(t.Context(), "../../..", hello, []string{reference.Folder(reference.Hello)}); err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob("../../../functions/*/main.go")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no functions: %v", err)
	}
	for _, f := range folders {
		into := filepath.Join(assets, Arch(), filepath.Base(filepath.Dir(f)))
		if err := os.MkdirAll(into, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(hello, filepath.Join(into, "bootstrap")); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Start(t.Context(), Options{Dir: dir, Context: map[string]string{"assets": assets}, Progress: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	defer func() {
		if !stopped {
			_ = s.Stop()
		}
	}()

	res, err := http.Get(s.PublicURL + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || !strings.Contains(string(body), "hello") {
		t.Errorf("the front reaches the function: %d %s", res.StatusCode, body)
	}

	for scopes, want := range map[string]int{"invite": 200, "reports": 403, "": 401} {
		if got := invite(t, s, strings.Fields(scopes)); got != want {
			t.Errorf("a token with scopes %q: %d, want %d", scopes, got, want)
		}
	}
	if answer, err := s.Invoke(t.Context(), "clock", []byte(`{"schedule":"clock"}`)); err != nil || string(answer) != `"hello"` {
		t.Errorf("invoking: %s, %v", answer, err)
	}
	if f, err := s.Function(t.Context(), "report"); err != nil || f.Env["BUCKET_NAME"] != s.Bucket {
		t.Errorf("the environment of a function: %+v, %v", f, err)
	}
	if _, err := s.Function(t.Context(), "nothing"); err == nil {
		t.Error("an unknown function is an error")
	}
	cfg, err := s.Project.Config()
	if err != nil {
		t.Fatal(err)
	}
	key, err := s.DeviceKey(t.Context(), cfg, cfg.Devices[0].ID)
	if err != nil || !strings.HasPrefix(key, string(cfg.Devices[0].ID)+".") {
		t.Errorf("a device key: %q, %v", key, err)
	}
	if _, err := s.DeviceKey(t.Context(), cfg, "nobody"); err == nil || !strings.Contains(err.Error(), string(cfg.Devices[0].ID)) {
		t.Errorf("an unknown device: %v", err)
	}
	if mails, err := s.Mails(t.Context()); err != nil || len(mails) != 0 {
		t.Errorf("mail: %v, %v", mails, err)
	}
	if waiting, err := s.Peek(t.Context(), s.NotifyQueueURL); err != nil || len(waiting) != 0 {
		t.Errorf("queue: %v, %v", waiting, err)
	}

	stopped = true
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if left, err := emulator.Processes(dir); err != nil || len(left) != 0 {
		t.Errorf("left running: %v, %v", left, err)
	}
	if err := emulator.CheckPort(s.Host.Emulator.Port); err != nil {
		t.Error(err)
	}
}

// invite calls a route that wants a JWT, without one if no scopes are given,
// and returns the status.
func invite(t *testing.T, s *Stack, scopes []string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.PublicURL+"/v1/invitations", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if len(scopes) > 0 {
		token, err := s.Token(t.Context(), scopes...)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}
