// Package loopback lets a function's handler answer plain HTTP on this machine,
// so that a browser can be pointed at it in tests. What it does to a request is
// what API Gateway's HTTP API does (payload format 2.0).
package loopback

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"resonanz/shared/httpapi"
)

// maxPayload is what API Gateway lets through, in bytes.
const maxPayload = 10 << 20

// Handler wraps the handler of a function.
func Handler(handle func(context.Context, *httpapi.Request) (httpapi.Response, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := Request(r)
		if err != nil {
			http.Error(w, http.StatusText(http.StatusRequestEntityTooLarge), http.StatusRequestEntityTooLarge)
			return
		}
		res, err := handle(r.Context(), req)
		if err != nil {
			http.Error(w, `{"message":"Internal Server Error"}`, http.StatusInternalServerError)
			return
		}
		for k, v := range res.Headers {
			w.Header().Set(k, v)
		}
		body := []byte(res.Body)
		if res.IsBase64Encoded {
			if body, err = base64.StdEncoding.DecodeString(res.Body); err != nil {
				http.Error(w, `{"message":"Internal Server Error"}`, http.StatusInternalServerError)
				return
			}
		}
		w.WriteHeader(res.StatusCode)
		_, _ = w.Write(body)
	})
}

// Request is r as API Gateway hands it to a function.
func Request(r *http.Request) (*httpapi.Request, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxPayload))
	if err != nil {
		return nil, err
	}
	q := &httpapi.Request{
		RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery,
		Headers: make(map[string]string, len(r.Header)), Body: string(body),
	}
	q.RequestContext.Stage = "$default"
	q.RequestContext.HTTP.Method = r.Method
	for k, v := range r.Header {
		q.Headers[strings.ToLower(k)] = strings.Join(v, ",")
	}
	if !textual(q.Headers["content-type"]) || !utf8.Valid(body) {
		q.Body, q.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return q, nil
}

// textual says which bodies API Gateway passes on as they are; it base64s the
// rest, forms among them.
func textual(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.HasPrefix(contentType, "application/json")
}
