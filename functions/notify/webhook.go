package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"resonanz/events"
	"resonanz/shared/link"
	"resonanz/shared/notice"
	"resonanz/shared/store"
)

// The formats of endpoints.
const (
	formatStandard = "standard"
	formatSlack    = "slack"
	formatTeams    = "teams"
)

// keyring is the webhook's signing secret.
type keyring interface {
	Keyring(ctx context.Context, now time.Time) (link.Keyring, error)
}

// errPrivate is why a connection was not made: the name leads to an address that
// is not public.
var errPrivate = errors.New("the address is not public")

// newWebhookClient follows no redirect, asks no proxy and keeps nothing of an
// answer but its status. It connects to public addresses only, whatever a name
// leads to at the time; to this machine where the configured address says so.
func newWebhookClient(local bool) *http.Client {
	dialer := &net.Dialer{
		Timeout: effectTimeout,
		Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return errPrivate
			}
			if ip := to.Addr(); notice.Public(ip) || local && ip.Unmap().IsLoopback() {
				return nil
			}
			return errPrivate
		},
	}
	return &http.Client{
		Timeout: effectTimeout,
		Transport: &http.Transport{
			DialContext:           dialer.DialContext,
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

// post makes one attempt to tell an endpoint of a. What the receiver answered, or
// why it did not, is in the try; an error is a fault of our own, of which the
// receiver heard nothing.
func (e *endpoint) post(ctx context.Context, a *events.Alert) (store.HookTry, error) {
	try := store.HookTry{At: e.now().UTC().Truncate(time.Millisecond)}
	body, err := e.body(a)
	if err != nil {
		return try, err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if e.format == formatStandard {
		ring, err := e.keys.Keyring(ctx, try.At)
		if err != nil {
			return try, err
		}
		// During a rotation both keys sign: the receiver may hold either.
		if header, err = notice.Sign(a.ID, try.At, body, ring.Current(), ring.Previous()); err != nil {
			return try, err
		}
	}
	header.Set("User-Agent", "Resonanz")
	address, err := e.address(ctx, try.At)
	if err != nil {
		return try, err
	}
	if address == "" || notice.CheckURL(address) != nil {
		try.Error = "no_address"
		return try, nil //nolint:nilerr // told in the log of deliveries
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		try.Error = "no_address"
		return try, nil //nolint:nilerr // told in the log of deliveries; the error would quote the address
	}
	req.Header = header
	begun := time.Now()
	res, err := e.client(address).Do(req)
	try.Millis = time.Since(begun).Milliseconds()
	if err != nil {
		try.Error = codeOf(err)
		return try, nil // told in the log of deliveries, without the address
	}
	_ = res.Body.Close()
	try.Status = res.StatusCode
	return try, nil
}

// body is what the endpoint is told, in its format.
func (e *endpoint) body(a *events.Alert) ([]byte, error) {
	switch e.format {
	case formatSlack:
		return e.words.Slack(a)
	case formatTeams:
		return e.words.Teams(a)
	}
	return notice.Payload(a)
}

// client is made at the first use: most runs of the function post nothing.
func (e *endpoint) client(address string) *http.Client {
	e.mu.Lock()
	defer e.mu.Unlock()
	u, err := url.Parse(address)
	local := err == nil && notice.IsLoopback(u.Hostname())
	if e.http == nil || e.local != local {
		e.http, e.local = newWebhookClient(local), local
	}
	return e.http
}

// codeOf says in a word why there was no answer.
func codeOf(err error) string {
	var (
		unknown   *net.DNSError
		timeout   net.Error
		handshake tls.RecordHeaderError
		chain     *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
	)
	switch {
	case errors.Is(err, errPrivate):
		return "private_address"
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.As(err, &unknown):
		return "no_such_host"
	case errors.As(err, &chain), errors.As(err, &authority), errors.As(err, &name), errors.As(err, &handshake):
		return "tls"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	}
	return "network"
}
