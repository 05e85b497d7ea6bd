package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheNonceIsFoundHoweverTheTagIsWritten(t *testing.T) {
	for page, want := range map[string]string{
		`<input type="hidden" name="nonce" value="abc-_1">`:     "abc-_1",
		`<input value="a&amp;b" type="hidden" name="nonce"/>`:   "a&b",
		`<input name=nonce value=abc>`:                          "abc",
		`<input name="noncense" value="x"><input name="stars">`: "",
		`<p>nonce</p>`: "",
	} {
		if got := nonceOf(page); got != want {
			t.Errorf("%s: got %q", page, got)
		}
	}
}

func TestALinkIsInNoMessage(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := newClient(server.URL, server.URL, "").open(t.Context(), server.URL+"/r/secret-token", 4)
	if err == nil || strings.Contains(err.Error(), "secret-token") {
		t.Errorf("got %v", err)
	}
}

func TestAForeignLinkIsRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"url":"https://elsewhere.example.com/r/x","event_id":"e","response_key":"k"}`))
	}))
	defer server.Close()
	if _, err := newClient(server.URL, server.URL, "jwt").invite(t.Context(), Invite{}); err == nil {
		t.Error("a link must begin with the public address")
	}
}
