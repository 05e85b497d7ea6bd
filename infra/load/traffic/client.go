// Package traffic is the load: journeys of customers, kiosks, systems and staff that
// arrive at a rate of their own, whatever the answers take, and what was accepted of
// them.
package traffic

import (
	"context"
	"net/http"
	"time"
)

// Request is one call of the interface.
type Request struct {
	Method, Path string // with its query
	Body         []byte
	Type         string // of the body
	Bearer       string
	Scopes       string    // that the caller's token has, where its issuer is not asked
	From         string    // address of who calls
	Due          time.Time // when it was to be sent; zero: now
	As           string    // what it is called in the figures
}

// Answer is what came back.
type Answer struct {
	Status   int
	Location string
	Body     []byte
}

// Client sends requests. An error says that there was no answer: whether the request
// took effect is unknown.
type Client interface {
	Do(ctx context.Context, r *Request) (*Answer, error)
}

// refused reports whether an answer says that nothing was taken and why, which is
// no loss: too many requests.
func (a *Answer) refused() bool { return a.Status == http.StatusTooManyRequests }
