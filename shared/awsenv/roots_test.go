package awsenv

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

func TestTheRootsAreAmazonsFive(t *testing.T) {
	var got []string
	for rest := rootsPEM; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if !c.IsCA || c.NotAfter.Before(time.Date(2037, time.December, 31, 0, 0, 0, 0, time.UTC)) || c.CheckSignatureFrom(c) != nil {
			t.Errorf("%s is no root, or one that ends at %s", c.Subject, c.NotAfter)
		}
		got = append(got, c.Subject.CommonName)
	}
	want := []string{"Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4", "Starfield Services Root Certificate Authority - G2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// trusted answers with a certificate of its own root, and counts what gets through.
func trusted(t *testing.T) (server *httptest.Server, own *x509.CertPool, calls *int) {
	t.Helper()
	calls = new(int)
	server = httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { *calls++ }))
	t.Cleanup(server.Close)
	own = x509.NewCertPool()
	own.AddCert(server.Certificate())
	return server, own, calls
}

// get asks the server by what trust makes; machine are the machine's roots.
func get(t *testing.T, machine *x509.CertPool) (ask func(url string) error) {
	t.Helper()
	client := trust(func(roots *x509.CertPool) aws.HTTPClient {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		t.Cleanup(transport.CloseIdleConnections)
		transport.TLSClientConfig.RootCAs = roots
		if roots == nil {
			transport.TLSClientConfig.RootCAs = machine
		}
		return &http.Client{Transport: transport}
	})
	return func(url string) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err == nil {
			err = res.Body.Close()
		}
		return err
	}
}

func nothingElse(t *testing.T) {
	t.Helper()
	for _, name := range []string{"AWS_ENDPOINT_URL", "SSL_CERT_FILE", "SSL_CERT_DIR"} {
		t.Setenv(name, "")
	}
}

func TestACertificateOfAnotherRootIsLookedForAmongTheMachines(t *testing.T) {
	nothingElse(t)
	server, own, calls := trusted(t)
	ask := get(t, own)
	var unknown x509.UnknownAuthorityError
	if err := ask(server.URL); !errors.As(err, &unknown) || *calls != 0 {
		t.Errorf("the first call got through: %v, %d calls", err, *calls)
	}
	for range 2 {
		if err := ask(server.URL); err != nil {
			t.Error(err)
		}
	}
	if *calls != 2 {
		t.Errorf("%d calls, want 2", *calls)
	}
}

func TestACertificateOfNoKnownRootIsRefused(t *testing.T) {
	nothingElse(t)
	server, _, calls := trusted(t)
	ask := get(t, x509.NewCertPool())
	for range 3 {
		var unknown x509.UnknownAuthorityError
		if err := ask(server.URL); !errors.As(err, &unknown) {
			t.Errorf("%v", err)
		}
	}
	if *calls != 0 {
		t.Errorf("%d calls got through", *calls)
	}
}

func TestOtherEndpointsAndRootsAreTheOwners(t *testing.T) {
	for _, name := range []string{"AWS_ENDPOINT_URL", "SSL_CERT_FILE", "SSL_CERT_DIR"} {
		t.Run(name, func(t *testing.T) {
			nothingElse(t)
			t.Setenv(name, "set")
			server, own, _ := trusted(t)
			if err := get(t, own)(server.URL); err != nil {
				t.Error(err)
			}
		})
	}
}

// A function that never calls AWS over TLS reads no roots.
func TestAmazonsRootsAreReadAtTheFirstCall(t *testing.T) {
	nothingElse(t)
	var roots []*x509.CertPool
	c := trust(func(r *x509.CertPool) aws.HTTPClient {
		roots = append(roots, r)
		return answer{body: "{}", read: new(bool)}
	})
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	if len(roots) != 1 {
		t.Errorf("%d clients before the first call", len(roots))
	}
	for range 2 {
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	if !slices.Equal(roots, []*x509.CertPool{nil, amazonRoots()}) {
		t.Errorf("roots %v: want the machine's, and Amazon's at the first call", roots)
	}
}
