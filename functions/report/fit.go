package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"net/http"

	"resonanz/shared/httpapi"
	"resonanz/shared/problem"
)

// Lambda carries at most 6 MB (6,291,556 bytes) in a response, as JSON: a quote,
// a backslash and a line end of the body take two bytes each.
const (
	packFrom = 256 << 10 // bodies from here on are sent packed where the caller can unpack
	largest  = 5 << 20   // the rest is for the headers
)

// codeTooLarge is the problem of a report that fits no response.
const codeTooLarge problem.Code = "report_too_large"

// fit packs a large response, so that it fits what Lambda carries; what travels as
// base64 is packed already. One that does not fit is named with what helps instead,
// such as the object that holds it.
func fit(r *httpapi.Request, res httpapi.Response, instead string) (httpapi.Response, error) {
	if len(res.Body) < packFrom {
		return res, nil
	}
	packs := !res.IsBase64Encoded
	if packs && httpapi.TakesGzip(httpapi.Header(r, "accept-encoding")) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(res.Body)); err != nil {
			return res, err
		}
		if err := z.Close(); err != nil {
			return res, err
		}
		res.Headers["Content-Encoding"] = "gzip"
		res.Body, res.IsBase64Encoded = base64.StdEncoding.EncodeToString(b.Bytes()), true
	}
	if carried(res.Body) > largest {
		if packs {
			instead = "accept gzip, or " + instead
		}
		return httpapi.Response{}, problem.New(http.StatusNotAcceptable, codeTooLarge, "This is too large for one response: "+instead+".")
	}
	return res, nil
}

// carried is the size of a body in a response, in bytes.
func carried(body string) int {
	n := len(body)
	for i := range len(body) {
		switch c := body[i]; {
		case c == '"' || c == '\\' || c == '\n':
			n++
		case c < ' ':
			n += 5
		}
	}
	return n
}

// inBucket says where else an object can be had.
func inBucket(key string) string { return "fetch " + key + " from the report bucket" }
