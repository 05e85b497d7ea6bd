package caller

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

type answers func(*http.Request) (status int, body string)

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := a(r)
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// ask posts two things and returns what came of them, and how often that was tried.
func ask(t *testing.T, a answers) (results []int, tried int, err error) {
	t.Helper()
	c := &Caller{
		Client: &http.Client{Transport: answers(func(r *http.Request) (int, string) { tried++; return a(r) })},
		Base:   "https://feedback.example.com", Scope: "intake",
		Token:  func(context.Context) (string, error) { return "t" + strings.Repeat("'", tried), nil },
		Wait:   func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Jitter: func() float64 { return 0 }, Now: time.Now,
	}
	results, err = Post[int](t.Context(), c, "/v1/batch", "application/json", []byte("{}"), 2)
	return results, tried, err
}

func TestAnAnswerThatMayBeAnotherLaterIsAskedForAgain(t *testing.T) {
	n := 0
	results, tried, err := ask(t, func(*http.Request) (int, string) {
		n++
		return []int{0, 503, 429, 200}[n-1], `{"results": [1, 2]}`
	})
	if err != nil || len(results) != 2 || tried != 4 {
		t.Errorf("%v after %d, %v", results, tried, err)
	}
	if _, tried, err := ask(t, func(*http.Request) (int, string) { return 0, "" }); err == nil || !strings.Contains(err.Error(), "connection refused") || tried != Attempts {
		t.Errorf("after %d: %v", tried, err)
	}
}

func TestATokenIsRenewedOnce(t *testing.T) {
	_, tried, err := ask(t, func(r *http.Request) (int, string) {
		if r.Header.Get("Authorization") == "Bearer t" {
			return 401, ""
		}
		return 200, `{"results": [1, 2]}`
	})
	if err != nil || tried != 2 {
		t.Errorf("after %d: %v", tried, err)
	}
	_, tried, err = ask(t, func(*http.Request) (int, string) { return 401, `{"message":"Unauthorized"}` })
	if want := "the interface refuses: 401 unknown: no answer of this interface: are address and token right? The token needs scope resonanz/intake"; err == nil || err.Error() != want || tried != 2 {
		t.Errorf("after %d: %v", tried, err)
	}
}

func TestResultsThatDoNotFitAreRefused(t *testing.T) {
	for _, body := range []string{`{"results": [1]}`, `<html>`, ``} {
		var no *Refusal
		if _, tried, err := ask(t, func(*http.Request) (int, string) { return 200, body }); !errors.As(err, &no) || tried != 1 {
			t.Errorf("%s: after %d: %v", body, tried, err)
		}
	}
}

func TestATokenGoesNowhereThatOthersCouldRead(t *testing.T) {
	for address, want := range map[string]bool{
		"https://feedback.example.com": true, "http://localhost:4566": true, "http://a.execute-api.localhost:4566": true, "http://127.0.0.1": true,
		"http://feedback.example.com": false, "https://u:p@example.com": false, "https://example.com?x": false, "https://example.com#x": false, "example.com": false, "": false,
	} {
		if Safe(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}
