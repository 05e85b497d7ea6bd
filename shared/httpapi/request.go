// Package httpapi reads requests of API Gateway's HTTP API (payload format 2.0)
// and writes its responses: method and path, bodies with their limits, content
// types, languages, scopes, and the headers that every response carries.
package httpapi

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"resonanz/shared/problem"
)

// Method is the request's method, in capitals.
func Method(r *Request) string { return r.RequestContext.HTTP.Method }

// Path is the request's path without the prefix of a named stage.
func Path(r *Request) string {
	stage := r.RequestContext.Stage
	if stage == "" || stage == "$default" {
		return r.RawPath
	}
	rest, ok := strings.CutPrefix(r.RawPath, "/"+stage)
	if ok && (rest == "" || rest[0] == '/') {
		return rest
	}
	return r.RawPath
}

// Header returns a header. API Gateway sends names in lower case; other
// senders may not, so a miss looks at each name.
func Header(r *Request, lower string) string {
	if v, ok := r.Headers[lower]; ok {
		return v
	}
	for k, v := range r.Headers {
		if strings.EqualFold(k, lower) {
			return v
		}
	}
	return ""
}

// Body decodes the body. A body of more than limit bytes is a 413 problem,
// base64 that is none a 400 problem.
func Body(r *Request, limit int) ([]byte, error) {
	if !r.IsBase64Encoded {
		if len(r.Body) > limit {
			return nil, tooLarge(limit)
		}
		return []byte(r.Body), nil
	}
	if base64.StdEncoding.DecodedLen(len(r.Body)) > limit+2 {
		return nil, tooLarge(limit)
	}
	b, err := base64.StdEncoding.DecodeString(r.Body)
	if err != nil {
		return nil, problem.New(http.StatusBadRequest, problem.InvalidEncoding, "The body is not valid base64.")
	}
	if len(b) > limit {
		return nil, tooLarge(limit)
	}
	return b, nil
}

func tooLarge(limit int) error {
	return problem.New(http.StatusRequestEntityTooLarge, problem.BodyTooLarge,
		"The body is too large: at most "+strconv.Itoa(limit)+" bytes.")
}

// RequireContentType checks the media type of the body: want, alone or with
// charset=utf-8. Anything else, and no type at all, is a 415 problem.
func RequireContentType(r *Request, want string) error {
	value := Header(r, "content-type")
	media, params, _ := strings.Cut(value, ";")
	ok := strings.EqualFold(strings.TrimSpace(media), want)
	for _, p := range strings.Split(params, ";") {
		k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(k, "charset") && !strings.EqualFold(strings.Trim(v, `"`), "utf-8") {
			ok = false
		}
	}
	if ok {
		return nil
	}
	return problem.New(http.StatusUnsupportedMediaType, problem.UnsupportedMediaType,
		"Send the body as "+want+", encoded in UTF-8.")
}

// Bearer returns the token of "Authorization: Bearer <token>", or "".
func Bearer(r *Request) string {
	scheme, token, ok := strings.Cut(Header(r, "authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// RequireScope checks that the JWT which API Gateway verified carries scope,
// such as "resonanz/invite". No JWT is a 401 problem, a JWT without the scope
// a 403 problem. The authorizer checked the same before: a route configured
// wrongly must not open a door.
func RequireScope(r *Request, scope string) error {
	a := r.RequestContext.Authorizer
	if a == nil || a.JWT == nil || len(a.JWT.Claims) == 0 {
		p := problem.New(http.StatusUnauthorized, problem.Unauthenticated, "An access token is required.")
		p.Scheme = "Bearer"
		return p
	}
	if slices.Contains(a.JWT.Scopes, scope) || slices.Contains(scopes(a.JWT.Claims), scope) {
		return nil
	}
	return problem.New(http.StatusForbidden, problem.ScopeMissing, "The access token lacks the scope "+scope+".")
}

// scopes reads the claim "scope" (RFC 8693: separated by spaces) or "scp".
// API Gateway writes an array claim as "[a b]".
func scopes(claims map[string]string) []string {
	s := claims["scope"]
	if s == "" {
		s = claims["scp"]
	}
	return strings.FieldsFunc(strings.Trim(s, "[]"), func(r rune) bool { return r == ' ' || r == ',' })
}
