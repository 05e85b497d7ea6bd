package main

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"resonanz/shared/httpapi"
	"resonanz/shared/problem"
)

// etag is the entity tag of a case: its version.
func etag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// stale says that a command was meant for another version of its case.
type stale struct {
	*problem.Problem
	version int // the present one
}

func newStale(version int) *stale {
	return &stale{problem.New(http.StatusPreconditionFailed, problem.StaleVersion,
		"The case has changed since it was read; nothing was done. Read it again, see what happened, then decide."), version}
}

// Unwrap lets the problem be found.
func (s *stale) Unwrap() error { return s.Problem }

func asStale(err error, s **stale) bool { return errors.As(err, s) }

// expected reads If-Match: the version of the case that the caller has seen.
// Errors: 428 when it is missing or names none. "*" names none: it would let
// changes be lost that the caller has not seen.
func expected(r *httpapi.Request) (int, error) {
	tag := strings.TrimSpace(httpapi.Header(r, "if-match"))
	inner, opened := strings.CutPrefix(tag, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	n, err := strconv.Atoi(inner)
	if !opened || !closed || err != nil || n < 1 || etag(n) != tag {
		return 0, problem.New(http.StatusPreconditionRequired, problem.PreconditionRequired,
			`Send If-Match with the ETag of the case as you read it, such as "12".`)
	}
	return n, nil
}

// known reports whether If-None-Match names version: the caller has it.
func known(r *httpapi.Request, version int) bool {
	for tag := range strings.SplitSeq(httpapi.Header(r, "if-none-match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == etag(version) {
			return true
		}
	}
	return false
}

// prefersJSON reports whether a request names JSON among what it accepts.
func prefersJSON(r *httpapi.Request) bool {
	return strings.Contains(strings.ToLower(httpapi.Header(r, "accept")), "application/json")
}
