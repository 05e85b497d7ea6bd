package configure

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
)

// operated is a configuration of addresses, sender and sign-in; its line numbers
// are those in the tests below.
const operated = `organisation: {name: Beispiel GmbH, time_zone: Europe/Berlin, languages: [de], address: "Musterstraße 1, 50667 Köln"}
touchpoints: [{id: hotline, name: {de: Hotline}}]
public_url: ""
domain:
  name: feedback.example.com
  certificate_arn: ""
  hosted_zone_id: Z0123456789ABC
edge:
  enabled: true
  certificate_arn: arn:aws:acm:us-east-1:111122223333:certificate/c0ffee
notify:
  mail_from: feedback@mail.example.com
  identity:
    domain: example.com
oidc:
  issuer: https://id.example.com
  audience: [crm]
  desk:
    client_id: desk
    authorize_url: https://id.example.com/authorize
    token_url: https://id.example.com/token
budget:
  usd_per_month: 25
  email: operations@example.com
`

func TestAddressesFollowFromTheDomain(t *testing.T) {
	c, err := Check("f.yaml", []byte(operated))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Address(); got != "https://feedback.example.com" {
		t.Errorf("address %q", got)
	}
	want := config.DeskOIDC{ClientID: "desk", AuthorizeURL: "https://id.example.com/authorize", TokenURL: "https://id.example.com/token", Scopes: []string{}}
	got := c.OIDC.Desk
	got.Scopes = append([]string{}, got.Scopes...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("desk (-want +got):\n%s", diff)
	}
	plain, err := Check("f.yaml", []byte("public_url: https://survey.example.com\n"+valid))
	if err != nil {
		t.Fatal(err)
	}
	if got := plain.Address(); got != "https://survey.example.com" {
		t.Errorf("address %q", got)
	}
}

func TestWhatCannotWorkInTheCloudIsNamed(t *testing.T) {
	for _, tc := range []struct {
		name     string
		old, new string
		want     string
	}{
		{"another public address", `public_url: ""`, "public_url: https://www.example.com",
			`f.yaml:3: public_url: is "https://www.example.com"; leave it empty or make it https://feedback.example.com, as domain.name says`},
		{"domain with its scheme", "name: feedback.example.com", "name: https://feedback.example.com",
			"f.yaml:5: domain.name: want a host name, such as feedback.example.com, or nothing"},
		{"domain of one word", "name: feedback.example.com", "name: feedback",
			"f.yaml:5: domain.name: want a host name, such as feedback.example.com, or nothing"},
		{"domain too long for links", "name: feedback.example.com", "name: feedback.customers.example-holding.com",
			"f.yaml:5: domain.name: makes an address of 46 characters; at most 42, so that a link fits into 100"},
		{"zone without a domain", "name: feedback.example.com", `name: ""`,
			"f.yaml:7: domain.hosted_zone_id: is for domain.name, which is empty\n" +
				"f.yaml:10: edge.certificate_arn: is for domain.name, which is empty"},
		{"zone that is none", "Z0123456789ABC", "example.com",
			"f.yaml:7: domain.hosted_zone_id: want the id of a hosted zone, such as Z0123456789ABCDEFGHIJ, or nothing"},
		{"CloudFront without its certificate", "  certificate_arn: arn:aws:acm:us-east-1:111122223333:certificate/c0ffee", "",
			"f.yaml:8: edge.certificate_arn: is missing: CloudFront wants a certificate of domain.name from us-east-1"},
		{"certificate of another region", "acm:us-east-1", "acm:eu-central-1",
			"f.yaml:10: edge.certificate_arn: want the ARN of a certificate in us-east-1 (arn:aws:acm:us-east-1:…:certificate/…), or nothing"},
		{"certificate of an edge that is off", "enabled: true", "enabled: false",
			"f.yaml:10: edge.certificate_arn: is for edge.enabled, which is false"},
		{"web ACL of another scope", "enabled: true", "enabled: true\n  web_acl_arn: arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/x/1",
			"f.yaml:10: edge.web_acl_arn: want the ARN of a web ACL of scope CLOUDFRONT (arn:aws:wafv2:us-east-1:…:global/webacl/…), or nothing"},
		{"sender of another domain", "feedback@mail.example.com", "feedback@example.org",
			`f.yaml:14: notify.identity.domain: is "example.com", to which notify.mail_from ("feedback@example.org") does not belong`},
		{"domain that only ends alike", "feedback@mail.example.com", "feedback@notexample.com",
			`f.yaml:14: notify.identity.domain: is "example.com", to which notify.mail_from ("feedback@notexample.com") does not belong`},
		{"budget that nobody hears of", "  email: operations@example.com", "",
			"f.yaml:22: budget.email: is missing: a budget tells somebody, and alarms.email is empty, too"},
		{"desk without an issuer", "issuer: https://id.example.com", `issuer: ""`,
			"f.yaml:19: oidc.desk.client_id: is for oidc.issuer, which is empty: the stack's own user pool makes a client for the desk\n" +
				"f.yaml:20: oidc.desk.authorize_url: is for oidc.issuer, which is empty: the stack's own user pool makes a client for the desk\n" +
				"f.yaml:21: oidc.desk.token_url: is for oidc.issuer, which is empty: the stack's own user pool makes a client for the desk"},
		{"desk without a client", "client_id: desk", `client_id: ""`,
			"f.yaml:20: oidc.desk.authorize_url: is for oidc.desk.client_id, which is empty\n" +
				"f.yaml:21: oidc.desk.token_url: is for oidc.desk.client_id, which is empty"},
		{"desk without its token endpoint", "    token_url: https://id.example.com/token\n", "",
			"f.yaml:18: oidc.desk.token_url: is missing: the desk signs in there (oidc.desk.client_id)"},
		{"sign-in in the clear", "authorize_url: https://", "authorize_url: http://",
			`f.yaml:20: oidc.desk.authorize_url: is "http://id.example.com/authorize"; want https (http only on this machine)`},
	} {
		t.Run(tc.name, func(t *testing.T) { refused(t, operated, tc.old, tc.new, tc.want) })
	}
}

// refused changes a text and demands an error, word for word.
func refused(t *testing.T, text, old, now, want string) {
	t.Helper()
	changed := strings.Replace(text, old, now, 1)
	if changed == text {
		t.Fatalf("%q is not in the configuration", old)
	}
	_, err := Check("f.yaml", []byte(changed))
	if err == nil {
		t.Fatal("was accepted")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}
