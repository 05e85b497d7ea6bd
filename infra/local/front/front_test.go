package front

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestRequestsReachTheAPIUnderItsOwnHost(t *testing.T) {
	emulator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, r.Method+" "+r.Host+" "+r.URL.RequestURI()+" "+string(body))
	}))
	defer emulator.Close()
	deployed := errors.New("make up first")
	handler, err := New(emulator.URL, func() (string, error) { return "abcd1234", deployed })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()

	status, body := post(t, server.URL+"/r/token?s=4")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "make up first") {
		t.Errorf("before the deployment: %d %s", status, body)
	}

	deployed = nil
	status, body = post(t, server.URL+"/r/to%2Fken?s=4&x=a%20b")
	port, _ := url.Parse(emulator.URL)
	want := "POST abcd1234.execute-api.localhost:" + port.Port() + " /r/to%2Fken?s=4&x=a%20b stars=4"
	if status != http.StatusTeapot || body != want {
		t.Errorf("got %d %q, want %q", status, body, want)
	}

	emulator.Close()
	if status, _ = post(t, server.URL+"/r/token"); status != http.StatusBadGateway {
		t.Errorf("a dead emulator: %d", status)
	}
}

func post(t *testing.T, address string) (int, string) {
	t.Helper()
	res, err := http.Post(address, "application/x-www-form-urlencoded", strings.NewReader("stars=4"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}
