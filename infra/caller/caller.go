// Package caller speaks to the JSON interface of a stack as the owner's own systems
// do: with an access token, which it renews, and again while the interface is busy or
// out of reach.
package caller

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"resonanz/infra/deployed"
	"resonanz/infra/local/stack"
	"resonanz/shared/problem"
)

// Attempts is how often something is sent.
const Attempts = 8

// How long to wait between two of them.
const (
	firstWait = 500 * time.Millisecond // doubled each time
	longest   = 30 * time.Second       // unless the interface asks for more
)

// Patience bounds how long the interface may ask to be left alone.
const Patience = 10 * time.Minute

// maxAnswer bounds an answer, in bytes: 500 results of less than 1 KB.
const maxAnswer = 4 << 20

// Caller speaks to the interface of a stack.
type Caller struct {
	Client *http.Client
	Base   string // address, without a trailing slash
	Scope  string // that the token needs, such as "intake"
	Token  func(context.Context) (string, error)
	Wait   func(context.Context, time.Duration) error
	Jitter func() float64 // 0..1
	Now    func() time.Time

	jwt string
}

// Place is where an interface is: at an address or of a deployed stage, with an access
// token; without either it is that of the local stack, which gives a token itself.
type Place struct{ API, Stage, Token string }

// To prepares to speak to the interface at a place.
func To(ctx context.Context, at Place, scope string) (*Caller, error) {
	c := &Caller{
		Client: &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		Base:   strings.TrimRight(at.API, "/"),
		Scope:  scope,
		Token:  func(context.Context) (string, error) { return at.Token, nil },
		Wait:   wait,
		Jitter: rand.Float64,
		Now:    time.Now,
	}
	switch {
	case at.API != "":
	case at.Stage != "":
		found, err := deployed.Find(ctx, at.Stage)
		if err != nil {
			return nil, err
		}
		urls, err := found.Need("ApiUrl")
		if err != nil {
			return nil, err
		}
		if c.Base = urls[0]; !Safe(c.Base) {
			return nil, fmt.Errorf("reading the outputs of stack %s: ApiUrl is no https address", found.Name)
		}
	default:
		local, err := stack.ReadOutputs(filepath.Join("build", "local"))
		if err != nil {
			return nil, err
		}
		c.Base = local.PublicURL
		c.Token = func(ctx context.Context) (string, error) { return local.Token(ctx, scope) }
	}
	return c, nil
}

// Safe reports whether a token can be sent to an address.
func Safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	host := u.Hostname()
	here := host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
	return u.Scheme == "https" || u.Scheme == "http" && here
}

// wait waits for d, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Refusal is an answer that sending again does not change.
type Refusal struct{ *problem.Problem }

func (r *Refusal) Error() string {
	return fmt.Sprintf("the interface refuses: %d %s: %s", r.Status, r.Code, r.Detail)
}

// busy is a failure that may be over soon; after, if positive, is when.
type busy struct {
	cause error
	after time.Duration
}

func (b *busy) Error() string { return b.cause.Error() }
func (b *busy) Unwrap() error { return b.cause }

// Post sends a body, of which n things get a result each, and returns the results. It
// tries again while the interface is busy or out of reach. Errors: a *Refusal; else
// why it is out of reach.
func Post[R any](ctx context.Context, c *Caller, path, contentType string, body []byte, n int) ([]R, error) {
	answer, err := c.post(ctx, path, contentType, body)
	if err != nil {
		return nil, err
	}
	var got struct{ Results []R }
	if err := json.Unmarshal(answer, &got); err != nil || len(got.Results) != n {
		return nil, &Refusal{problem.New(http.StatusOK, "unknown", fmt.Sprintf("%d results for %d that were sent", len(got.Results), n))}
	}
	return got.Results, nil
}

func (c *Caller) post(ctx context.Context, path, contentType string, body []byte) ([]byte, error) {
	renewed := false
	for attempt := 0; ; attempt++ {
		answer, err := c.once(ctx, path, contentType, body)
		var no *Refusal
		var later *busy
		switch {
		case errors.As(err, &no) && no.Status == http.StatusUnauthorized && !renewed:
			renewed, c.jwt = true, "" // it may have expired on the way
		case errors.As(err, &later) && attempt+1 < Attempts && ctx.Err() == nil:
			if err := c.pause(ctx, attempt, later.after); err != nil {
				return nil, err
			}
		default:
			return answer, err
		}
	}
}

// Pause waits after the n-th attempt, from 0.
func (c *Caller) Pause(ctx context.Context, n int) error { return c.pause(ctx, n, 0) }

func (c *Caller) pause(ctx context.Context, n int, asked time.Duration) error {
	d := min(firstWait<<n, longest)
	d = d/2 + time.Duration(c.Jitter()*float64(d/2))
	return c.Wait(ctx, max(d, min(asked, Patience)))
}

func (c *Caller) once(ctx context.Context, path, contentType string, body []byte) ([]byte, error) {
	if c.jwt == "" {
		jwt, err := c.Token(ctx)
		if err != nil {
			return nil, err
		}
		c.jwt = jwt
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("sending: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.jwt)
	req.Header.Set("Content-Type", contentType)
	res, err := c.Client.Do(req)
	if err != nil {
		return nil, &busy{cause: fmt.Errorf("sending: %w", err)}
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, &busy{cause: fmt.Errorf("reading the answer of the interface: %w", err)}
	}
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= http.StatusInternalServerError:
		return nil, &busy{fmt.Errorf("the interface is busy: %s", res.Status), c.retryAfter(res.Header.Get("Retry-After"))}
	case res.StatusCode != http.StatusOK:
		no := &problem.Problem{}
		if json.Unmarshal(answer, no) != nil || no.Code == "" { // not ours: a gateway's, or another server's
			no = problem.New(res.StatusCode, "unknown", "no answer of this interface: are address and token right? The token needs scope resonanz/"+c.Scope)
		}
		no.Status = res.StatusCode
		return nil, &Refusal{no}
	}
	return answer, nil
}

// retryAfter reads the header of that name: seconds, or a date.
func (c *Caller) retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return time.Duration(min(n, int(Patience/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return t.Sub(c.Now())
	}
	return 0
}
