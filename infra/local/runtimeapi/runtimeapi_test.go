package runtimeapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

// The test binary is its own function: TestMain becomes one when it is started
// under the runtime API.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	lambda.Start(func(_ context.Context, in struct{ Do, Text string }) (any, error) {
		fmt.Println("log line of", os.Getenv("AWS_LAMBDA_FUNCTION_NAME"), os.Getenv("SETTING"))
		switch in.Do {
		case "fail":
			return nil, errors.New("no such touchpoint")
		case "exit":
			os.Exit(7)
		case "hang":
			select {}
		}
		return map[string]string{"echo": in.Text, "home": os.Getenv("HOME")}, nil
	})
}

func function(t *testing.T) Function {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Function{Binary: self, Name: "echo", Env: []string{"SETTING=on"}}
}

func TestOnePayloadGivesOneResponse(t *testing.T) {
	var log bytes.Buffer
	r, err := Invoke(t.Context(), function(t), []byte(`{"Text":"hällo"}`), &log)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(r.Response, &got); err != nil {
		t.Fatal(err)
	}
	if got["echo"] != "hällo" || got["home"] != "" {
		t.Errorf("want the echo and nothing inherited, got %v", got)
	}
	if !strings.Contains(log.String(), "log line of echo on") {
		t.Errorf("the function's output is the log, got %q", log.String())
	}
	if r.Init <= 0 || r.Duration <= 0 {
		t.Errorf("times are measured: %v, %v", r.Init, r.Duration)
	}
}

func TestFailuresAreToldApart(t *testing.T) {
	f := function(t)
	var failure *FunctionError
	if _, err := Invoke(t.Context(), f, []byte(`{"Do":"fail"}`), new(bytes.Buffer)); !errors.As(err, &failure) || failure.Message != "no such touchpoint" {
		t.Errorf("a function error: %v", err)
	}
	if _, err := Invoke(t.Context(), f, []byte(`{"Do":"exit"}`), new(bytes.Buffer)); !errors.Is(err, ErrExited) {
		t.Errorf("a crash: %v", err)
	}
	f.Timeout = 200 * time.Millisecond
	if _, err := Invoke(t.Context(), f, []byte(`{"Do":"hang"}`), new(bytes.Buffer)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a timeout: %v", err)
	}
	f.Binary = "/no/such/bootstrap"
	if _, err := Invoke(t.Context(), f, []byte(`{}`), new(bytes.Buffer)); err == nil {
		t.Error("a missing binary is an error")
	}
}

func TestInitIsMeasuredToTheFirstPoll(t *testing.T) {
	d, err := Init(t.Context(), function(t), new(bytes.Buffer))
	if err != nil || d <= 0 || d > 20*time.Second {
		t.Errorf("got %v, %v", d, err)
	}
	if _, err := Init(t.Context(), Function{Binary: "/bin/false"}, new(bytes.Buffer)); !errors.Is(err, ErrExited) {
		t.Errorf("a process that ends: %v", err)
	}
}
