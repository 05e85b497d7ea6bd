package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/progress"
	"resonanz/infra/local/stack"
)

// The test binary plays two more parts: the supervisor, as the real program
// does, and an emulator that only says that it is ready.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "supervise":
			main()
			return
		case "fake-emulator":
			fakeEmulator()
			return
		}
	}
	os.Exit(m.Run())
}

func fakeEmulator() {
	http.HandleFunc("/_ministack/ready", func(http.ResponseWriter, *http.Request) {})
	fmt.Println(http.ListenAndServe("127.0.0.1:"+os.Getenv("GATEWAY_PORT"), nil))
}

// fakePython runs the fake emulator whatever module it is asked for.
func fakePython(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexec "+self+" fake-emulator\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func start(t *testing.T, dir string, port int) (*environment, error) {
	t.Helper()
	t.Cleanup(func() {
		if _, err := emulator.End(dir); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return startSupervisor(ctx, dir, fakePython(t), port, 0)
}

// status is what a GET answers; 0 when nothing does.
func status(address string) int {
	res, err := http.Get(address)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func TestDownEndsEverythingAndTwiceIsFine(t *testing.T) {
	dir := t.TempDir()
	env, err := start(t, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := status(env.PublicURL); got != http.StatusServiceUnavailable {
		t.Errorf("before the deployment the front says so, got %d", got)
	}
	var out bytes.Buffer
	if err := down(t.Context(), dir, nil, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "2 processes ended") {
		t.Errorf("supervisor and emulator end: %q", out.String())
	}
	for _, address := range []string{env.PublicURL, env.EndpointURL} {
		if status(address) != 0 {
			t.Errorf("%s still answers", address)
		}
	}
	for _, name := range []string{"environment.json", "outputs.json", "supervisor", "tmp"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", name, err)
		}
	}
	out.Reset()
	if err := down(t.Context(), dir, nil, &out); err != nil || out.String() != "nothing was up\n" {
		t.Errorf("the second time: %q, %v", out.String(), err)
	}
}

func TestACrashedEmulatorIsNoticed(t *testing.T) {
	dir := t.TempDir()
	if _, err := start(t, dir, 0); err != nil {
		t.Fatal(err)
	}
	crash(t, dir)
	if running(t.Context(), dir) != nil {
		t.Error("it still counts as running")
	}
	var out bytes.Buffer
	if err := tidy(dir, progress.New(&out)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "had ended unasked") {
		t.Errorf("got %q", out.String())
	}
	if _, err := start(t, dir, 0); err != nil {
		t.Errorf("starting anew: %v", err)
	}
}

// crash kills the emulator, and waits until the supervisor has gone as well.
func crash(t *testing.T, dir string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		pids, err := emulator.Processes(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(pids) == 0 {
			return
		}
		for _, pid := range pids {
			line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if err == nil && bytes.Contains(line, []byte("fake-emulator")) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
	t.Fatal("the supervisor outlives its emulator")
}

func TestATakenPortIsNamedByUp(t *testing.T) {
	first := t.TempDir()
	env, err := start(t, first, 0)
	if err != nil {
		t.Fatal(err)
	}
	var port int
	if _, err := fmt.Sscanf(env.EndpointURL, "http://127.0.0.1:%d", &port); err != nil {
		t.Fatal(err)
	}
	_, err = start(t, t.TempDir(), port)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("port %d is taken", port)) {
		t.Errorf("got %v", err)
	}
}

func TestOneCommandAtATimeChangesAnEnvironment(t *testing.T) {
	dir := t.TempDir()
	release, err := exclusively(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := down(t.Context(), dir, nil, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "is running") {
		t.Errorf("got %v", err)
	}
	release()
	if err := down(t.Context(), dir, nil, new(bytes.Buffer)); err != nil {
		t.Error(err)
	}
}

func TestWrongArgumentsAreToldApart(t *testing.T) {
	for _, args := range [][]string{
		{}, {"fly"}, {"up", "--nothing"}, {"down", "now"}, {"device-key"}, {"invoke", "--fn", "rating"},
	} {
		if err := run(t.Context(), args, new(bytes.Buffer)); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestWithoutAStackTheWayToOneIsNamed(t *testing.T) {
	dir := t.TempDir()
	for name, args := range map[string][]string{"token": nil, "device-key": {"--device", "kiosk-cologne-1"}} {
		if err := commands[name](t.Context(), dir, args, new(bytes.Buffer)); !errors.Is(err, stack.ErrNotUp) {
			t.Errorf("%s: %v", name, err)
		}
	}
	event := filepath.Join(dir, "event.json")
	if err := os.WriteFile(event, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := invoke(t.Context(), dir, []string{"--fn", "rating", "--event", event}, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "is not JSON") {
		t.Errorf("a broken payload: %v", err)
	}
	if err := os.WriteFile(event, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := invoke(t.Context(), dir, []string{"--fn", "rating", "--event", event}, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "make build") {
		t.Errorf("a missing binary: %v", err)
	}
}

func TestPortsComeFromFlagsThenTheEnvironment(t *testing.T) {
	t.Setenv("EMULATOR_PORT", "4566")
	t.Setenv("PUBLIC_PORT", "8080")
	port, publicPort := 0, 9090
	if err := portsFromEnvironment(&port, &publicPort); err != nil || port != 4566 || publicPort != 9090 {
		t.Errorf("got %d and %d, %v", port, publicPort, err)
	}
	for _, wrong := range []string{"http", "0", "65536", "-1"} {
		t.Setenv("PUBLIC_PORT", wrong)
		if publicPort = 0; !errors.Is(portsFromEnvironment(&port, &publicPort), errUsage) {
			t.Errorf("%q is no port", wrong)
		}
	}
}
