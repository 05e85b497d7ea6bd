package configure

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"resonanz/shared/config"
)

// checkOperations lists what is wrong with addresses, senders and sign-in: what
// would only show when it is deployed, or when the first customer comes.
func checkOperations(c *config.Config) []finding {
	k := &checker{c: c}
	k.domain()
	k.edge()
	k.identity()
	k.desk()
	k.canary()
	if c.Budget.USDPerMonth > 0 && c.Budget.Email == "" && c.Alarms.Email == "" {
		k.found = append(k.found, finding{path: []string{"budget"}, key: "email", text: "is missing: a budget tells somebody, and alarms.email is empty, too"})
	}
	return k.found
}

func (k *checker) domain() {
	d := &k.c.Domain
	if d.Name == "" {
		for _, v := range []struct{ field, value string }{{"certificate_arn", d.CertificateARN}, {"hosted_zone_id", d.HostedZoneID}} {
			if v.value != "" {
				k.refuse("is for domain.name, which is empty", "domain", v.field)
			}
		}
		return
	}
	if n := utf8.RuneCountInString("https://" + d.Name); n > longestPublicURL {
		k.refuse(fmt.Sprintf("makes an address of %d characters; at most %d, so that a link fits into 100", n, longestPublicURL), "domain", "name")
	}
	if own := "https://" + d.Name; k.c.PublicURL != "" && k.c.PublicURL != own {
		k.refuse(fmt.Sprintf("is %q; leave it empty or make it %s, as domain.name says", k.c.PublicURL, own), "public_url")
	}
	if d.CertificateARN == "" && d.HostedZoneID == "" && !k.c.Edge.Enabled {
		k.found = append(k.found, finding{path: []string{"domain"}, key: "certificate_arn",
			text: "is missing: name a certificate, or hosted_zone_id, by which the stack makes one"})
	}
}

func (k *checker) edge() {
	e := &k.c.Edge
	switch {
	case !e.Enabled:
		for _, v := range []struct{ field, value string }{{"web_acl_arn", e.WebACLARN}, {"certificate_arn", e.CertificateARN}} {
			if v.value != "" {
				k.refuse("is for edge.enabled, which is false", "edge", v.field)
			}
		}
	case k.c.Domain.Name != "" && e.CertificateARN == "":
		k.found = append(k.found, finding{path: []string{"edge"}, key: "certificate_arn",
			text: "is missing: CloudFront wants a certificate of domain.name from us-east-1"})
	case k.c.Domain.Name == "" && e.CertificateARN != "":
		k.refuse("is for domain.name, which is empty", "edge", "certificate_arn")
	}
}

func (k *checker) identity() {
	id := &k.c.Notify.Identity
	_, host, _ := strings.Cut(k.c.Notify.MailFrom, "@")
	switch {
	case id.Domain == "" && id.HostedZoneID != "":
		k.refuse("is for notify.identity.domain, which is empty", "notify", "identity", "hosted_zone_id")
	case id.Domain != "" && host != id.Domain && !strings.HasSuffix(host, "."+id.Domain):
		k.refuse(fmt.Sprintf("is %q, to which notify.mail_from (%q) does not belong", id.Domain, k.c.Notify.MailFrom), "notify", "identity", "domain")
	}
}

func (k *checker) desk() {
	d := &k.c.OIDC.Desk
	at := func(field string) []string { return []string{"oidc", "desk", field} }
	if k.c.OIDC.Issuer == "" {
		for _, v := range []struct{ field, value string }{
			{"client_id", d.ClientID}, {"authorize_url", d.AuthorizeURL}, {"token_url", d.TokenURL}, {"logout_url", d.LogoutURL}, {"scopes", strings.Join(d.Scopes, " ")},
		} {
			if v.value != "" {
				k.refuse("is for oidc.issuer, which is empty: the stack's own user pool makes a client for the desk", at(v.field)...)
			}
		}
		return
	}
	for _, v := range []struct{ field, value string }{{"authorize_url", d.AuthorizeURL}, {"token_url", d.TokenURL}, {"logout_url", d.LogoutURL}} {
		switch {
		case v.value != "" && d.ClientID == "":
			k.refuse("is for oidc.desk.client_id, which is empty", at(v.field)...)
		case v.value == "" && d.ClientID != "" && v.field != "logout_url":
			k.found = append(k.found, finding{path: []string{"oidc", "desk"}, key: v.field, text: "is missing: the desk signs in there (oidc.desk.client_id)"})
		case strings.Contains(v.value, "#"):
			k.refuse("is the address of an endpoint; want no #", at(v.field)...)
		}
		if text := checkURL(v.value); text != "" {
			k.refuse(text, at(v.field)...)
		}
	}
}

// canary asks an owner's issuer for a token; the stack's own pool has a client for it.
func (k *checker) canary() {
	own := k.c.OIDC.Issuer != ""
	for _, v := range []struct{ field, value string }{{"client_id", k.c.Canary.ClientID}, {"token_url", k.c.Canary.TokenURL}} {
		switch {
		case !own && v.value != "":
			k.refuse("is for oidc.issuer, which is empty: the stack's own user pool has a client for the canary", "canary", v.field)
		case own && k.c.Canary.Enabled && v.value == "":
			k.found = append(k.found, finding{path: []string{"canary"}, key: v.field, text: "is missing: the canary asks the issuer of oidc for a token"})
		}
	}
}
