package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// How a chunk is sent again.
const (
	attempts  = 8
	firstWait = 500 * time.Millisecond // doubled each time
	longest   = 30 * time.Second       // unless the interface asks for more
	patience  = 10 * time.Minute       // for what it asks
)

// maxAnswer bounds an answer, in bytes: 500 results of less than 1 KB.
const maxAnswer = 4 << 20

// post speaks to the invitation interface.
type post struct {
	client *http.Client
	base   string
	token  func(context.Context) (string, error)
	wait   func(context.Context, time.Duration) error
	jitter func() float64 // 0..1
	now    func() time.Time

	jwt string
}

// result is what became of one row.
type result struct {
	EventID     feedback.EventID     `json:"event_id"`
	Status      intake.Status        `json:"status"`
	URL         string               `json:"url"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
	ExpiresAt   string               `json:"expires_at"`
	Problem     *problem.Problem     `json:"problem"`
}

// refusal is an answer that sending again does not change.
type refusal struct {
	*problem.Problem
}

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

// send sends one CSV and returns one result for each of its rows. It tries
// again while the interface is busy or out of reach. Errors: a *refusal; else
// the last *busy.
func (p *post) send(ctx context.Context, csv []byte, rows int) ([]result, error) {
	renewed := false
	for attempt := 0; ; attempt++ {
		results, err := p.once(ctx, csv, rows)
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

func (p *post) once(ctx context.Context, csv []byte, rows int) ([]result, error) {
	if p.jwt == "" {
		jwt, err := p.token(ctx)
		if err != nil {
			return nil, err
		}
		p.jwt = jwt
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/v1/invitations", bytes.NewReader(csv))
	if err != nil {
		return nil, fmt.Errorf("sending invitations: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+p.jwt)
	req.Header.Set("Content-Type", "text/csv; charset=utf-8")
	res, err := p.client.Do(req)
	if err != nil {
		return nil, &busy{cause: fmt.Errorf("sending invitations: %w", err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, &busy{cause: fmt.Errorf("reading the answer of the interface: %w", err)}
	}
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= http.StatusInternalServerError:
		return nil, &busy{fmt.Errorf("the interface is busy: %s", res.Status), p.retryAfter(res.Header.Get("Retry-After"))}
	case res.StatusCode != http.StatusOK:
		no := &problem.Problem{}
		if json.Unmarshal(body, no) != nil || no.Code == "" { // not ours: a gateway's, or another server's
			no = problem.New(res.StatusCode, "unknown", "no answer of this interface")
		}
		no.Status = res.StatusCode
		return nil, &refusal{no}
	}
	var answer struct{ Results []result }
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Results) != rows {
		return nil, &refusal{problem.New(res.StatusCode, "unknown", fmt.Sprintf("%d results for %d rows", len(answer.Results), rows))}
	}
	return answer.Results, nil
}

// retryAfter reads the header of that name: seconds, or a date.
func (p *post) retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return time.Duration(min(n, int(patience/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return t.Sub(p.now())
	}
	return 0
}
