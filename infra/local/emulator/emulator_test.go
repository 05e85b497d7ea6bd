package emulator

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestATakenPortIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	if _, err := Start(t.Context(), Options{Port: port, Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "port "+strconv.Itoa(port)+" is taken") {
		t.Errorf("got %v", err)
	}
	free, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckPort(free); err != nil {
		t.Errorf("a free port: %v", err)
	}
}

func TestNothingOfTheCallerReachesTheFunctions(t *testing.T) {
	t.Setenv("AWS_PROFILE", "somebody")
	t.Setenv("AWS_SESSION_TOKEN", "secret")
	env := environment("/somewhere", "http://127.0.0.1:1", 1)
	for _, entry := range env {
		if strings.HasPrefix(entry, "AWS_PROFILE=") || strings.HasPrefix(entry, "AWS_SESSION_TOKEN=") {
			t.Errorf("leaked: %s", entry)
		}
	}
	for _, want := range []string{"BIND_HOST=127.0.0.1", "PERSIST_STATE=0", "AWS_ENDPOINT_URL=http://127.0.0.1:1", Marker + "=/somewhere"} {
		if !slices.Contains(env, want) {
			t.Errorf("missing: %s", want)
		}
	}
}

// fakePython answers like an interpreter: a script in its place.
func fakePython(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnEmulatorThatEndsAtOnceIsReported(t *testing.T) {
	_, err := Start(t.Context(), Options{Python: fakePython(t, "exit 3\n"), Dir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "ended at once") {
		t.Errorf("got %v", err)
	}
}

func TestProcessesAreFoundByTheirMarkAndEnded(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command("sleep", "60")
	cmd.Env = []string{Marker + "=" + dir}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	other := exec.Command("sleep", "60")
	other.Env = []string{Marker + "=" + dir + "-other"}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Process.Kill(); _ = other.Wait() })
	// A process that has just begun shows its environment a moment later.
	begun := time.Now()
	for _, d := range []string{dir, dir + "-other"} {
		for pids, err := Processes(d); len(pids) != 1; pids, err = Processes(d) {
			if err != nil || time.Since(begun) > 10*time.Second {
				t.Fatalf("processes of %s: %v, %v", d, pids, err)
			}
			runtime.Gosched()
		}
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // killed
		close(ended)
	}()
	n, err := End(dir)
	if err != nil || n != 1 {
		t.Errorf("ended %d, %v", n, err)
	}
	<-ended
	if left, err := Processes(dir + "-other"); err != nil || len(left) != 1 {
		t.Errorf("another environment is left alone: %v, %v", left, err)
	}
	if n, err := End(dir); err != nil || n != 0 {
		t.Errorf("ending twice is fine: %d, %v", n, err)
	}
}

func TestSentMailAndQueuedMessagesAreReadBack(t *testing.T) {
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/_ministack/ses/messages":
			_, _ = w.Write([]byte(`{"messages":{"000000000000":[{"MessageId":"m1","Source":"a@example.com","To":["b@example.com"],"Subject":"S","BodyText":"T","BodyHtml":null}]}}`))
		case r.URL.Query().Get("QueueUrl") == "http://localhost/q":
			_, _ = w.Write([]byte(`{"messages":{"000000000000":{"eu-central-1":{"http://localhost/q":[{"MessageId":"x","Body":"{}","ReceiveCount":2,"MessageAttributes":{"reason":{"StringValue":"malformed"}}}]}}}}`))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer fake.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	mails, err := Mails(ctx, fake.URL)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Mail{{ID: "m1", From: "a@example.com", To: []string{"b@example.com"}, Subject: "S", Text: "T"}}, mails); diff != "" {
		t.Error(diff)
	}
	messages, err := Peek(ctx, fake.URL, "http://localhost/q")
	if err != nil {
		t.Fatal(err)
	}
	if len(messages) != 1 || messages[0].Received != 2 || messages[0].Attributes["reason"].StringValue != "malformed" {
		t.Errorf("got %+v", messages)
	}
	if _, err := Peek(ctx, fake.URL, "http://localhost/other"); err == nil {
		t.Error("an unknown queue is an error")
	}
}
