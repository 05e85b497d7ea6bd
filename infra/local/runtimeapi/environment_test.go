package runtimeapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func start(t *testing.T, f Function, log *bytes.Buffer) *Environment {
	t.Helper()
	e, err := Start(t.Context(), f, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Stop)
	return e
}

func TestAWarmProcessTakesOneEventAfterTheOther(t *testing.T) {
	e := start(t, function(t), new(bytes.Buffer))
	pid := e.PID()
	for _, text := range []string{"one", "two", "three"} {
		r, err := e.Invoke(t.Context(), []byte(`{"Text":"`+text+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(r.Response, &got); err != nil || got["echo"] != text {
			t.Errorf("want %s, got %s, %v", text, r.Response, err)
		}
	}
	var failure *FunctionError
	if _, err := e.Invoke(t.Context(), []byte(`{"Do":"fail"}`)); !errors.As(err, &failure) {
		t.Errorf("an error of the function: %v", err)
	}
	if _, err := e.Invoke(t.Context(), []byte(`{"Text":"after"}`)); err != nil || e.PID() != pid {
		t.Errorf("an error ends no process: %v", err)
	}
}

func TestAProcessThatEndsIsOfNoMoreUse(t *testing.T) {
	e := start(t, function(t), new(bytes.Buffer))
	for range 2 {
		if _, err := e.Invoke(t.Context(), []byte(`{"Do":"exit"}`)); !errors.Is(err, ErrExited) {
			t.Errorf("got %v", err)
		}
	}
	f := function(t)
	f.Timeout = 300 * time.Millisecond
	e = start(t, f, new(bytes.Buffer))
	if _, err := e.Invoke(t.Context(), []byte(`{"Do":"hang"}`)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a timeout: %v", err)
	}
	if _, err := e.Invoke(t.Context(), []byte(`{}`)); !errors.Is(err, ErrExited) {
		t.Errorf("after a timeout: %v", err)
	}
}

func TestAProcessTellsOfItsGoroutinesAtItsEnd(t *testing.T) {
	var log bytes.Buffer
	e := start(t, function(t), &log)
	if err := e.Quit(); err != nil {
		t.Fatal(err)
	}
	if n := Goroutines(log.Bytes()); n < 2 || n > 100 {
		t.Errorf("%d goroutines in %s", n, log.String())
	}
}
