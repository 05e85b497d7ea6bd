package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"resonanz/infra/local/stack"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// How a batch is sent again.
const (
	attempts  = 8
	firstWait = 500 * time.Millisecond // doubled each time
	longest   = 30 * time.Second       // unless the interface asks for more
	patience  = 10 * time.Minute       // for what it asks
)

// maxAnswer bounds an answer, in bytes: 500 results of less than 1 KB.
const maxAnswer = 4 << 20

// post speaks to the interface of a stack.
type post struct {
	client *http.Client
	base   string
	token  func(context.Context) (string, error)
	wait   func(context.Context, time.Duration) error
	jitter func() float64 // 0..1

	jwt string
}

// connect prepares to speak to the interface at an address, with an access token;
// without an address to that of the local stack.
func connect(api, token string) (*post, error) {
	p := &post{
		client: &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		base:   strings.TrimRight(api, "/"),
		token:  func(context.Context) (string, error) { return token, nil },
		wait:   wait,
		jitter: rand.Float64,
	}
	if api == "" {
		local, err := stack.ReadOutputs(filepath.Join("build", "local"))
		if err != nil {
			return nil, err
		}
		p.base = local.PublicURL
		p.token = func(ctx context.Context) (string, error) { return local.Token(ctx, "intake") }
	}
	return p, nil
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

// result is what became of one event.
type result struct {
	EventID feedback.EventID `json:"event_id"`
	Status  intake.Status    `json:"status"`
	Problem *problem.Problem `json:"problem"`
}

// refusal is an answer that sending again does not change.
type refusal struct{ *problem.Problem }

func (r *refusal) Error() string {
	return fmt.Sprintf("the interface refuses: %d %s: %s", r.Status, r.Code, r.Detail)
}

// busy is a failure that may be over soon; after, if positive, is when.
type busy struct {
	cause error
	after time.Duration
}

func (b *busy) Error() string { return b.cause.Error() }
func (b *busy) Unwrap() error { return b.cause }

// send sends events and returns one result for each. It tries again while the
// interface is busy or out of reach. Errors: a *refusal; else the last *busy.
func (p *post) send(ctx context.Context, events [][]byte) ([]result, error) {
	renewed := false
	for attempt := 0; ; attempt++ {
		results, err := p.once(ctx, events)
		var no *refusal
		var later *busy
		switch {
		case errors.As(err, &no) && no.Status == http.StatusUnauthorized && !renewed:
			renewed, p.jwt = true, "" // it may have expired on the way
		case errors.As(err, &later) && attempt+1 < attempts && ctx.Err() == nil:
			if err := p.wait(ctx, p.pause(attempt, later.after)); err != nil {
				return nil, err
			}
		default:
			return results, err
		}
	}
}

// pause is how long to wait after the n-th attempt, from 0.
func (p *post) pause(n int, asked time.Duration) time.Duration {
	d := min(firstWait<<n, longest)
	d = d/2 + time.Duration(p.jitter()*float64(d/2))
	return max(d, min(asked, patience))
}

func (p *post) once(ctx context.Context, events [][]byte) ([]result, error) {
	if p.jwt == "" {
		jwt, err := p.token(ctx)
		if err != nil {
			return nil, err
		}
		p.jwt = jwt
	}
	body := append(append([]byte(`{"events":[`), bytes.Join(events, []byte(","))...), "]}"...)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/v1/batch", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("sending events: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+p.jwt)
	req.Header.Set("Content-Type", "application/json")
	res, err := p.client.Do(req)
	if err != nil {
		return nil, &busy{cause: fmt.Errorf("sending events: %w", err)}
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, &busy{cause: fmt.Errorf("reading the answer of the interface: %w", err)}
	}
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= http.StatusInternalServerError:
		return nil, &busy{fmt.Errorf("the interface is busy: %s", res.Status), retryAfter(res.Header.Get("Retry-After"))}
	case res.StatusCode != http.StatusOK:
		no := &problem.Problem{}
		if json.Unmarshal(answer, no) != nil || no.Code == "" { // not ours: a gateway's, or another server's
			no = problem.New(res.StatusCode, "unknown", "no answer of this interface: are address and token right? The token needs scope intake")
		}
		no.Status = res.StatusCode
		return nil, &refusal{no}
	}
	var got struct{ Results []result }
	if err := json.Unmarshal(answer, &got); err != nil || len(got.Results) != len(events) {
		return nil, &refusal{problem.New(res.StatusCode, "unknown", fmt.Sprintf("%d results for %d events", len(got.Results), len(events)))}
	}
	return got.Results, nil
}

// retryAfter reads the header of that name, in seconds.
func retryAfter(s string) time.Duration {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, int(patience/time.Second))) * time.Second
}
