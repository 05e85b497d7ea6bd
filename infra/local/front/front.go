// Package front puts the deployed HTTP API on a plain http://localhost port.
// The emulator tells its APIs apart by host name (<id>.execute-api.localhost),
// which not every machine resolves and no customer link should carry.
package front

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// New forwards everything to the HTTP API that apiID names, at the emulator's
// endpoint (http://127.0.0.1:port). While apiID fails, the answer is 503 with
// its reason: the stack is not deployed yet.
func New(endpoint string, apiID func() (string, error)) (http.Handler, error) {
	target, err := url.Parse(endpoint)
	if err != nil {
		return nil, fmt.Errorf("reading the emulator's endpoint: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, err := apiID()
		if err != nil {
			http.Error(w, "The stack is not deployed yet: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
		proxy := httputil.ReverseProxy{
			Rewrite: func(pr *httputil.ProxyRequest) {
				pr.SetURL(target)
				pr.SetXForwarded()
				pr.Out.Host = id + ".execute-api.localhost:" + target.Port()
			},
			ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
				http.Error(w, "The emulator does not answer: "+err.Error(), http.StatusBadGateway)
			},
		}
		proxy.ServeHTTP(w, r)
	}), nil
}
