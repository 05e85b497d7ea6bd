package awsenv

import (
	"crypto/x509"
	_ "embed" // the roots
	"errors"
	"net/http"
	"os"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// rootsPEM are the five roots of Amazon Trust Services, from which the services of
// AWS have their certificates (amazontrust.com/repository names them and asks for all
// five where a trust store is one's own): the certificates of Debian's
// ca-certificates, byte for byte.
//
//go:embed roots.pem
var rootsPEM []byte

var amazonRoots = sync.OnceValue(func() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(rootsPEM)
	return pool
})

// trusting looks for the root of a certificate among Amazon's five first. Reading
// the machine's, some 144, takes 3 ms of processor time, at 256 MiB of memory 20 ms of the
// first customer's. It is no pinning: once what answers has a certificate of
// another root, every further call trusts the machine's roots, as the SDK does; the
// call that found out is tried again by whoever made it.
type trusting struct {
	amazon func() aws.HTTPClient // made at its first use
	all    aws.HTTPClient
	other  atomic.Bool
}

// trust makes clients that trust roots; nil are the machine's. Where the environment
// names another endpoint or other roots, it is not AWS that answers, or its owner
// knows better.
func trust(client func(roots *x509.CertPool) aws.HTTPClient) aws.HTTPClient {
	for _, name := range []string{"AWS_ENDPOINT_URL", "SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if os.Getenv(name) != "" {
			return client(nil)
		}
	}
	return &trusting{amazon: sync.OnceValue(func() aws.HTTPClient { return client(amazonRoots()) }), all: client(nil)}
}

// Do is that of the client which trusts what has answered so far.
func (t *trusting) Do(r *http.Request) (*http.Response, error) {
	if t.other.Load() {
		return t.all.Do(r)
	}
	res, err := t.amazon().Do(r)
	if unknown := new(x509.UnknownAuthorityError); errors.As(err, unknown) {
		t.other.Store(true)
	}
	return res, err
}
