package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
)

// certified looks whether the certificate of the domain is there, issued and of
// that domain. One that the stack makes is its own affair.
func (a *account) certified(ctx context.Context) []line {
	name, number := a.cfg.Domain.Name, a.cfg.Domain.CertificateARN
	if a.cfg.Edge.Enabled {
		number = a.cfg.Edge.CertificateARN
	}
	if name == "" || number == "" {
		return nil
	}
	parsed, err := arn.Parse(number)
	if err != nil {
		return []line{bad("copy the ARN from Certificate Manager", "%q is no ARN", number)}
	}
	if !a.cfg.Edge.Enabled && parsed.Region != a.region {
		return []line{bad("have one issued in "+a.region, "the certificate of %s lies in %s, the stack in %s", name, parsed.Region, a.region)}
	}
	answer, err := a.certificates.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &number},
		func(o *acm.Options) { o.Region = parsed.Region })
	if err != nil {
		return []line{bad("copy the ARN from Certificate Manager, region "+parsed.Region, "the certificate of %s cannot be read: %s", name, reason(err))}
	}
	c := answer.Certificate
	switch {
	case c.Status == types.CertificateStatusPendingValidation:
		return []line{bad("make the record that Certificate Manager names, and wait", "the certificate of %s waits for its proof", name)}
	case c.Status != types.CertificateStatusIssued:
		return []line{bad("have a new one issued", "the certificate of %s is %s", name, c.Status)}
	case !covers(append(slices.Clone(c.SubjectAlternativeNames), aws.ToString(c.DomainName)), name):
		return []line{bad("have one issued for "+name, "the certificate is of %s, not of %s", aws.ToString(c.DomainName), name)}
	}
	return []line{good("the certificate of %s is issued", name)}
}

// covers reports whether one of a certificate's names is that of a host, or a star
// in the place of its first word.
func covers(names []string, host string) bool {
	_, rest, _ := strings.Cut(host, ".")
	return slices.Contains(names, host) || slices.Contains(names, "*."+rest)
}

// addressed looks whether customers reach what is deployed.
func (a *account) addressed(ctx context.Context) []line {
	base := a.outputs["PublicUrl"]
	if base == "" {
		return nil
	}
	if own := a.cfg.Address(); own != "" && own != base {
		return []line{mind("run "+a.command("deploy"), "links lead to %s, and the configuration now says %s", base, own)}
	}
	u, err := url.Parse(base)
	if err != nil {
		return []line{bad("run "+a.command("deploy"), "the public address %q is none", base)}
	}
	if _, err := a.lookup(ctx, u.Hostname()); err != nil {
		todo := "wait: a new name takes minutes to be known"
		if target := a.outputs["DomainTarget"]; target != "" {
			todo = "make this record where the domain is kept: " + u.Hostname() + " CNAME " + target
		}
		return []line{bad(todo, "%s leads nowhere", u.Hostname())}
	}
	status, _, err := a.get(ctx, base+"/healthz")
	switch {
	case err != nil:
		return []line{bad("see that the name points to DomainTarget among the outputs of the stack", "%s does not answer: %v", base, err)}
	case status != http.StatusOK:
		return []line{bad("see the logs of the function rating", "%s answers with %d", base, status)}
	}
	return []line{good("customers reach %s", base)}
}
