package httpapi

import (
	"net/http"
	"strings"
)

// Cached lets browsers keep an answer: for good under an address with its version,
// else after asking each time whether it is still the one (304).
func Cached(r *Request, res Response, version string, forGood bool) Response {
	tag := `"` + version + `"`
	res.Headers["Cache-Control"] = "no-cache"
	if forGood {
		res.Headers["Cache-Control"] = "public, max-age=31536000, immutable"
	}
	res.Headers["ETag"] = tag
	for known := range strings.SplitSeq(Header(r, "if-none-match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(known), "W/") == tag {
			res.StatusCode, res.Body, res.IsBase64Encoded = http.StatusNotModified, "", false
			delete(res.Headers, "Content-Type")
			delete(res.Headers, "Content-Encoding")
			break
		}
	}
	return res
}
