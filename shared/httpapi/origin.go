package httpapi

import (
	"net/url"
	"slices"
	"strings"
)

// FromElsewhere reports whether a browser says that a form was sent from a page of
// another site (Fetch Metadata), or from another origin than hosts and those that
// the request itself names. Our own pages send no referrer, for which browsers say
// the origin "null": that, like none at all, says nothing.
func FromElsewhere(r *Request, hosts ...string) bool {
	switch Header(r, "sec-fetch-site") {
	case "cross-site":
		return true
	case "same-origin", "none":
		return false
	}
	origin := Header(r, "origin")
	if origin == "" || origin == "null" {
		return false
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return true
	}
	known := append(hosts, Header(r, "host"), r.RequestContext.DomainName)
	return !slices.ContainsFunc(known, func(h string) bool { return h != "" && strings.EqualFold(h, u.Host) })
}

// Source is the address that a request came from. Behind CloudFront it is what
// CloudFront was called from, which the API does not know: the one before the last
// of X-Forwarded-For. Who goes past CloudFront can claim any there, so it serves
// to hold back, never to let in.
func Source(r *Request, edge bool) string {
	if edge {
		via := strings.Split(Header(r, "x-forwarded-for"), ",")
		if n := len(via); n > 1 {
			return strings.TrimSpace(via[n-2])
		}
	}
	return r.RequestContext.HTTP.SourceIP
}
