package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"resonanz/events"
	"resonanz/shared/link"
	"resonanz/shared/notice"
)

// keyring is the webhook's signing secret.
type keyring interface {
	Keyring(ctx context.Context, now time.Time) (link.Keyring, error)
}

// webhook tells the owner's system by a signed request.
type webhook struct {
	client *http.Client
	url    string
	keys   keyring
	now    func() time.Time
}

// Name is "webhook".
func (*webhook) Name() string { return "webhook" }

// newWebhookClient follows no redirect, asks no proxy and keeps nothing of an
// answer but its status.
func newWebhookClient() *http.Client {
	return &http.Client{
		Timeout: effectTimeout,
		Transport: &http.Transport{
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          1,
			TLSHandshakeTimeout:   effectTimeout,
			ResponseHeaderTimeout: effectTimeout,
			// What a receiver answers is not read; its headers are bounded.
			MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Do posts a. Any status but 2xx is a failure, and the queue delivers again, a
// bounded number of times.
func (w *webhook) Do(ctx context.Context, a *events.Alert) error {
	body, err := notice.Payload(a)
	if err != nil {
		return err
	}
	now := w.now()
	ring, err := w.keys.Keyring(ctx, now)
	if err != nil {
		return err
	}
	// During a rotation both keys sign: the receiver may hold either.
	header, err := notice.Sign(a.ID, now, body, ring.Current(), ring.Previous())
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("posting the webhook: webhook_url is not an address")
	}
	req.Header = header
	req.Header.Set("User-Agent", "Resonanz")
	res, err := w.client.Do(req)
	if err != nil {
		return fmt.Errorf("posting the webhook: %w", withoutURL(err))
	}
	_ = res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("posting the webhook: the receiver answered %d", res.StatusCode)
	}
	return nil
}

// withoutURL drops the address, whose path may be a secret of the receiver.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
