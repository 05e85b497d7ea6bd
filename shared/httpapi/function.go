package httpapi

import (
	"context"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/observe"
)

// Response is what API Gateway wants back.
type Response struct {
	StatusCode      int               `json:"statusCode"`
	Headers         map[string]string `json:"headers"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded,omitempty"`
}

// Function is a handler of requests as a lambda.Handler, for lambda.Start.
type Function func(context.Context, *Request) (Response, error)

// Invoke answers one event of API Gateway. What is logged meanwhile carries the
// name that API Gateway gave the request.
func (f Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	r, err := ReadRequest(payload)
	if err != nil {
		return nil, err
	}
	res, err := f(observe.WithRequestID(ctx, r.RequestContext.RequestID), r)
	if err != nil {
		return nil, err
	}
	return res.appendTo(make([]byte, 0, 1024+len(res.Body)+len(res.Body)/8)), nil
}

// appendTo writes the response as JSON, by hand as ReadRequest reads.
func (r *Response) appendTo(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"statusCode":`...), int64(r.StatusCode), 10)
	b = append(b, `,"headers":{`...)
	first := true
	for name, value := range r.Headers {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = quote(append(quote(b, name), ':'), value)
	}
	b = quote(append(b, `},"body":`...), r.Body)
	if r.IsBase64Encoded {
		b = append(b, `,"isBase64Encoded":true`...)
	}
	return append(b, '}')
}

// quote writes s as a JSON string; what of it is not UTF-8 is written as U+FFFD.
func quote(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s)
	return b
}
