package fleet

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/google/go-cmp/cmp"
)

// The test binary is its own function when it is started under a runtime API.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	lambda.Start(func(_ context.Context, do string) (int, error) {
		switch do {
		case "fail":
			return 0, errors.New("no such touchpoint")
		case "exit":
			os.Exit(7)
		}
		return os.Getpid(), nil
	})
}

// of is a fleet of the test binary under the name echo.
func of(t *testing.T, concurrency int) *Fleet {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "echo"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "echo", "bootstrap")); err != nil {
		t.Fatal(err)
	}
	f := New(Options{Dir: dir, Concurrency: concurrency, Env: func(string) []string { return nil }})
	t.Cleanup(f.Stop)
	return f
}

func TestProcessesStayWarmAndAreNoMoreThanAllowed(t *testing.T) {
	f := of(t, 2)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, _, err := f.Invoke(t.Context(), "echo", []byte(`"hello"`)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	stat := f.Stats()[0]
	if stat.Invocations != 20 || stat.Cold < 1 || stat.Cold > 2 || stat.Errors != 0 || len(f.Processes()) != stat.Cold {
		t.Errorf("got %+v with %d processes", stat, len(f.Processes()))
	}
	first, timing, err := f.Invoke(t.Context(), "echo", []byte(`"hello"`))
	if err != nil || timing.Init != 0 {
		t.Fatalf("%v, started in %s", err, timing.Init)
	}
	second, _, err := f.Invoke(t.Context(), "echo", []byte(`"hello"`))
	if err != nil || string(first) != string(second) {
		t.Errorf("the process used last is used next: %s, then %s, %v", first, second, err)
	}
}

func TestAFailureIsCountedAndACrashReplaced(t *testing.T) {
	f := of(t, 1)
	for _, do := range []string{`"fail"`, `"exit"`} {
		if _, _, err := f.Invoke(t.Context(), "echo", []byte(do)); err == nil {
			t.Errorf("%s is an error", do)
		}
	}
	if _, timing, err := f.Invoke(t.Context(), "echo", []byte(`"hello"`)); err != nil || timing.Init == 0 {
		t.Errorf("after a crash comes a cold start: %v, %s", err, timing.Init)
	}
	stat := f.Stats()[0]
	if stat.CPU <= 0 || stat.CPU > 10_000 {
		t.Errorf("%v ms of processor time an invocation", stat.CPU)
	}
	stat.LastError, stat.SlowestInit, stat.Busy, stat.CPU = "", 0, 0, 0
	if diff := cmp.Diff(Stat{Name: "echo", Invocations: 3, Errors: 2, Crashes: 1, Cold: 2}, stat); diff != "" {
		t.Error(diff)
	}
}

func TestARetiredProcessTellsOfItsGoroutines(t *testing.T) {
	f := of(t, 1)
	if _, found, err := f.Retire("echo"); found || err != nil {
		t.Errorf("none is there yet: %v", err)
	}
	if _, _, err := f.Invoke(t.Context(), "echo", []byte(`"hello"`)); err != nil {
		t.Fatal(err)
	}
	n, found, err := f.Retire("echo")
	if err != nil || !found || n < 2 || len(f.Processes()) != 0 {
		t.Errorf("%d goroutines, %v, %v", n, found, err)
	}
}
