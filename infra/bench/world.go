package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/infra/load/cloud"
	"resonanz/infra/local/runtimeapi"
)

// secretOf is as long as a generated one.
func secretOf(name string) string { return strings.Repeat(name[:1], 64) }

// world is an account of AWS for one process: an empty table, queues, a bucket.
type world struct {
	bench   *bench
	cloud   *cloud.Cloud
	helpers map[string]*process // that make what a case begins with
	made    int                 // payloads so far
	shipped bool                // the configuration is the one that ships
}

func (b *bench) world() (*world, error) {
	c, err := cloud.Start(cloud.Options{
		Secrets: map[string]string{"link": secretOf("link"), "device": secretOf("device"), "webhook": fmt.Sprintf(`{"-":%q}`, secretOf("webhook"))},
		TLS:     b.certificate,
	})
	if err != nil {
		return nil, err
	}
	return &world{bench: b, cloud: c, helpers: make(map[string]*process)}, nil
}

func (w *world) stop() {
	for _, p := range w.helpers {
		p.Stop()
	}
	w.cloud.Stop()
}

// function is one as Lambda would start it in this world. Settings are those of
// another function where as names one, and none where it is empty.
func (w *world) function(name, dir, as string) runtimeapi.Function {
	s := w.bench.settings[as]
	roots := w.bench.roots
	if slices.Contains(references, name) {
		roots = w.bench.allRoots
	}
	env := []string{
		"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=" + strings.Repeat("k", 40),
		"AWS_SESSION_TOKEN=" + strings.Repeat("s", 800), // about as long as Lambda's
		"AWS_ENDPOINT_URL=" + w.cloud.FunctionsURL, "SSL_CERT_FILE=" + roots, "SSL_CERT_DIR=" + filepath.Dir(w.bench.empty()),
		"TABLE_NAME=" + measured("TABLE_NAME"), // of the plain function
	}
	if s.memory > 0 {
		env = append(env, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE="+strconv.Itoa(s.memory))
	}
	for k, v := range s.env {
		env = append(env, k+"="+v)
	}
	return runtimeapi.Function{Binary: filepath.Join(dir, name, "bootstrap"), Name: name, Env: env, Timeout: time.Minute}
}

// invoke has a function that is not measured do something in this world.
func (w *world) invoke(ctx context.Context, name string, payload []byte) ([]byte, error) {
	p := w.helpers[name]
	if p == nil {
		var err error
		if p, err = start(ctx, w.function(name, w.bench.many, name)); err != nil {
			return nil, err
		}
		w.helpers[name] = p
	}
	r, err := p.Invoke(ctx, payload)
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", name, err, p.log.last())
	}
	return r.Response, nil
}

// trust makes the certificate of the world and writes the files of those that
// functions trust. Reading them is a part of the first call: for the references they
// are those of this machine, about as many as Lambda's image has; for ours the
// few of AWS that shared/awsenv looks among first, where AWS itself is called.
func (b *bench) trust() error {
	amazon, err := os.ReadFile(filepath.Join(b.root, "shared", "awsenv", "roots.pem"))
	if err != nil {
		return fmt.Errorf("reading the roots of AWS: %w", err)
	}
	machine, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	if err != nil {
		machine = amazon // then the references have it easier
	}
	b.roots, b.allRoots = filepath.Join(b.dir, "roots.pem"), filepath.Join(b.dir, "all-roots.pem")
	var der []byte
	if b.certificate, der, err = selfSigned(); err != nil {
		return err
	}
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	err = errors.Join(os.WriteFile(b.roots, slices.Concat(amazon, own), 0o600), os.WriteFile(b.allRoots, slices.Concat(machine, own), 0o600))
	if err != nil {
		return fmt.Errorf("writing certificates: %w", err)
	}
	return nil
}

// selfSigned is a certificate of loopback, also as it is in a file.
func selfSigned() (*tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a certificate: %w", err)
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return nil, nil, fmt.Errorf("making a certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, der, nil
}
