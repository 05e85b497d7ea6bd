package awsenv

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// HTTPClient is the SDK's own client with short timeouts; it reads an answer of
// usual size whole before it returns.
//
// The SDK closes the request's body as soon as it has the head of the answer.
// Where the goroutine that writes the body has not been scheduled since (little
// CPU, many requests), net/http takes that for a failed write and closes the
// connection under the answer: "use of closed network connection"
// (aws-sdk-go-v2, issues 1825 and 2737). The SDK then repeats a call that had
// succeeded, and a first delivery is told from itself as a duplicate.
func HTTPClient() aws.HTTPClient {
	return eager{trust(func(roots *x509.CertPool) aws.HTTPClient {
		return direct{awshttp.NewBuildableClient().
			WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout }).
			WithTransportOptions(func(t *http.Transport) {
				t.ResponseHeaderTimeout = replyTimeout
				t.MaxIdleConns, t.MaxIdleConnsPerHost = idleConnections, idleConnections
				t.TLSClientConfig.RootCAs = roots                    // of one that is the transport's own
				t.ForceAttemptHTTP2 = false                          // AWS's services speak HTTP/1.1: nothing to offer or to look up
				t.TLSClientConfig.DynamicRecordSizingDisabled = true // a call is one record and one write, not two
			}).GetTransport()}
	})}
}

// direct calls the transport without net/http's client around it, which is there
// for cookies, logins in addresses and redirects. Of AWS only S3 redirects, and not
// who asks a bucket's own region, as everybody here does.
type direct struct{ transport *http.Transport }

func (d direct) Do(r *http.Request) (*http.Response, error) { return d.transport.RoundTrip(r) }

// idleConnections are kept for the next calls: as many as the report fetches
// files at once. The SDK keeps ten a host and would open most anew.
const idleConnections = 64

// usual is the size in bytes up to which answers are read whole; objects of a
// bucket may be larger and are streamed.
const usual = 1 << 20

type eager struct{ client aws.HTTPClient }

// Do is that of the client; an answer that breaks off is an error, which the
// SDK tries again.
func (e eager) Do(r *http.Request) (*http.Response, error) {
	res, err := e.client.Do(r)
	if err != nil || res.ContentLength > usual {
		return res, err
	}
	body, err := io.ReadAll(res.Body)
	if closed := res.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}
