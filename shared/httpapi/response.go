package httpapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"resonanz/shared/problem"
)

// permissions is what no page of ours may use, nor whatever it might come to hold.
// A kiosk stays on its screen's own: fullscreen and wake lock are left alone.
const permissions = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
	"magnetometer=(), microphone=(), midi=(), payment=(), usb=()"

// common are the headers that every response carries, page or JSON, but for what a
// page may use: an answer that is no page uses nothing, and its bytes are paid for.
// Answers are never cached, never framed, never indexed, leak no address, and share
// neither window nor process with another site.
var common = map[string]string{
	"Content-Type":                 "",
	"Cache-Control":                "no-store",
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"Strict-Transport-Security":    "max-age=63072000; includeSubDomains",
	"X-Content-Type-Options":       "nosniff",
	"X-Robots-Tag":                 "noindex, nofollow",
}

func headers(contentType string) map[string]string {
	h := maps.Clone(common)
	h["Content-Type"] = contentType
	if strings.HasPrefix(contentType, "text/html") {
		h["Permissions-Policy"] = permissions
	}
	return h
}

// Page answers with HTML. Policy is its Content-Security-Policy.
func Page(status int, html, policy string) Response {
	h := headers("text/html; charset=utf-8")
	h["Content-Security-Policy"] = policy
	return Response{StatusCode: status, Headers: h, Body: html}
}

// JSON answers with v as JSON.
func JSON(status int, v any) (Response, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return Response{}, fmt.Errorf("writing response: %w", err)
	}
	return Response{StatusCode: status, Headers: headers("application/json"), Body: string(b)}, nil
}

// SeeOther answers 303: the browser fetches location with GET.
func SeeOther(location string) Response {
	h := headers("text/plain; charset=utf-8")
	h["Location"] = location
	return Response{StatusCode: http.StatusSeeOther, Headers: h}
}

// Problem answers with the problem that err is, or with an internal error that
// says nothing of err.
func Problem(err error) Response {
	p := problem.Of(err)
	h := headers(problem.ContentType)
	Decorate(h, p)
	return Response{StatusCode: p.Status, Headers: h, Body: string(p.JSON())}
}

// Decorate adds the headers that belong to a problem: Retry-After, Allow,
// WWW-Authenticate.
func Decorate(h map[string]string, p *problem.Problem) {
	if p.RetryAfter > 0 {
		h["Retry-After"] = strconv.Itoa(p.RetryAfter)
	}
	if len(p.Allow) > 0 {
		h["Allow"] = strings.Join(p.Allow, ", ")
	}
	if p.Scheme != "" {
		h["WWW-Authenticate"] = p.Scheme
	}
}

// MethodNotAllowed is the 405 problem of a path that knows only these methods.
func MethodNotAllowed(allow ...string) *problem.Problem {
	p := problem.New(http.StatusMethodNotAllowed, problem.MethodNotAllowed, "This address answers to "+strings.Join(allow, ", ")+" only.")
	p.Allow = allow
	return p
}

// NotFound is the 404 problem.
func NotFound() *problem.Problem {
	return problem.New(http.StatusNotFound, problem.NotFound, "There is nothing at this address.")
}

// TooManyRequests is the 429 problem of who asks too often: again after the given
// number of seconds.
func TooManyRequests(seconds int) *problem.Problem {
	p := problem.New(http.StatusTooManyRequests, problem.TooManyRequests, "Too many requests in a row; nothing was stored. Please send the same request again, later.")
	p.RetryAfter = seconds
	return p
}

// Unavailable is the 503 problem of a store that is busy: try again after the
// given number of seconds.
func Unavailable(seconds int) *problem.Problem {
	p := problem.New(http.StatusServiceUnavailable, problem.Unavailable, "Busy at the moment; nothing was stored. Please send the same request again.")
	p.RetryAfter = seconds
	return p
}

// Text answers with a body that is ready, of any media type.
func Text(status int, contentType, body string) Response {
	return Response{StatusCode: status, Headers: headers(contentType), Body: body}
}
