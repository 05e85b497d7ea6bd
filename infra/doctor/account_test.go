package main

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	sestypes "github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"resonanz/infra/configure"
)

// cloud is an account in which everything stands as its fields say.
type cloud struct {
	signedOut    bool
	away         bool   // AWS is not reached
	bootstrap    string // version; empty: none
	status       cfntypes.StackStatus
	outputs      map[string]string
	sandbox      bool
	paused       bool
	identities   map[string]bool // known to SES: verified?
	subscription string          // of operations@…; empty: none
	certificate  acmtypes.CertificateStatus
	certifies    string
	resolves     bool
	answers      map[string]answer
}

type answer struct {
	status int
	body   string
}

// healthy is a cloud in which nothing is to be done.
func healthy() *cloud {
	return &cloud{
		bootstrap: "30", status: cfntypes.StackStatusUpdateComplete, resolves: true,
		outputs: map[string]string{
			"PublicUrl": "https://feedback.beispiel.de", "UserPoolId": "eu-central-1_AbCdEf", "DomainTarget": "d-1.execute-api.eu-central-1.amazonaws.com",
			"SenderRecord1": "a CNAME b",
		},
		identities: map[string]bool{"beispiel.de": true}, subscription: "arn:aws:sns:eu-central-1:111122223333:operations:1",
		certificate: acmtypes.CertificateStatusIssued, certifies: "*.beispiel.de",
		answers: map[string]answer{
			"https://feedback.beispiel.de/healthz": {200, "{}"},
			"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf/.well-known/openid-configuration": {200, `{"issuer": "x"}`},
			"https://id.beispiel.de/.well-known/openid-configuration": {200, `{"issuer": "https://id.beispiel.de", "authorization_endpoint": "https://id.beispiel.de/a",
				"token_endpoint": "https://id.beispiel.de/t", "code_challenge_methods_supported": ["S256"]}`},
		},
	}
}

func (c *cloud) GetCallerIdentity(context.Context, *sts.GetCallerIdentityInput, ...func(*sts.Options)) (*sts.GetCallerIdentityOutput, error) {
	if c.away {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	if c.signedOut {
		return nil, &smithy.GenericAPIError{Code: "ExpiredToken", Message: "the token has expired"}
	}
	return &sts.GetCallerIdentityOutput{Account: aws.String("111122223333")}, nil
}

func (c *cloud) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	s := cfntypes.Stack{StackStatus: c.status}
	put := func(k, v string) {
		s.Outputs = append(s.Outputs, cfntypes.Output{OutputKey: &k, OutputValue: &v})
	}
	for k, v := range c.outputs {
		put(k, v)
	}
	if *in.StackName == "CDKToolkit" {
		s = cfntypes.Stack{StackStatus: cfntypes.StackStatusCreateComplete}
		put("BootstrapVersion", c.bootstrap)
	}
	if *in.StackName == "CDKToolkit" && c.bootstrap == "" || *in.StackName != "CDKToolkit" && c.status == "" {
		return nil, &smithy.GenericAPIError{Code: "ValidationError", Message: "Stack with id " + *in.StackName + " does not exist"}
	}
	return &cloudformation.DescribeStacksOutput{Stacks: []cfntypes.Stack{s}}, nil
}

func (c *cloud) ListStackResources(context.Context, *cloudformation.ListStackResourcesInput, ...func(*cloudformation.Options)) (*cloudformation.ListStackResourcesOutput, error) {
	of := func(kind, logical, physical string) cfntypes.StackResourceSummary {
		return cfntypes.StackResourceSummary{ResourceType: &kind, LogicalResourceId: &logical, PhysicalResourceId: &physical}
	}
	return &cloudformation.ListStackResourcesOutput{StackResourceSummaries: []cfntypes.StackResourceSummary{
		of("AWS::SNS::Topic", "Alerts1", "alerts"), of("AWS::SNS::TopicPolicy", "OperationsPolicy1", "policy"), of("AWS::SNS::Topic", "Operations1", "operations"),
	}}, nil
}

func (c *cloud) GetAccount(context.Context, *sesv2.GetAccountInput, ...func(*sesv2.Options)) (*sesv2.GetAccountOutput, error) {
	return &sesv2.GetAccountOutput{SendingEnabled: !c.paused, ProductionAccessEnabled: !c.sandbox}, nil
}

func (c *cloud) GetEmailIdentity(_ context.Context, in *sesv2.GetEmailIdentityInput, _ ...func(*sesv2.Options)) (*sesv2.GetEmailIdentityOutput, error) {
	verified, known := c.identities[*in.EmailIdentity]
	if !known {
		return nil, &sestypes.NotFoundException{}
	}
	return &sesv2.GetEmailIdentityOutput{VerifiedForSendingStatus: verified}, nil
}

func (c *cloud) ListSubscriptionsByTopic(_ context.Context, in *sns.ListSubscriptionsByTopicInput, _ ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error) {
	if *in.TopicArn != "operations" {
		return nil, errors.New("asked of another topic")
	}
	out := new(sns.ListSubscriptionsByTopicOutput)
	if c.subscription != "" {
		out.Subscriptions = []snstypes.Subscription{{Endpoint: aws.String("operations@beispiel.de"), SubscriptionArn: &c.subscription}}
	}
	return out, nil
}

func (c *cloud) DescribeCertificate(context.Context, *acm.DescribeCertificateInput, ...func(*acm.Options)) (*acm.DescribeCertificateOutput, error) {
	return &acm.DescribeCertificateOutput{Certificate: &acmtypes.CertificateDetail{Status: c.certificate, DomainName: &c.certifies}}, nil
}

// deployable is an owner's own configuration; its parts are changed in the tests.
const deployable = `organisation: {name: Musterwerk AG, time_zone: Europe/Berlin, languages: [de], address: "Musterstraße 1, 50667 Köln", privacy_url: https://www.beispiel.de/datenschutz}
touchpoints: [{id: hotline, name: {de: Hotline}}]
domain: {name: feedback.beispiel.de, certificate_arn: "arn:aws:acm:eu-central-1:111122223333:certificate/c0ffee"}
notify: {mail_from: feedback@beispiel.de, identity: {domain: beispiel.de}}
escalation: {chain: [service@beispiel.de]}
alarms: {email: operations@beispiel.de}
budget: {usd_per_month: 25}
keep: false
`

// examined is what the doctor says of a cloud.
func examined(t *testing.T, c *cloud, yaml string) []line {
	t.Helper()
	cfg, err := configure.Check("f.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	a := &account{
		stage: "dev", region: "eu-central-1", cfg: cfg, pools: "https://cognito-idp.eu-central-1.amazonaws.com",
		caller: c, stacks: c, mail: c, topics: c, certificates: c,
		get: func(_ context.Context, url string) (int, []byte, error) {
			if a, ok := c.answers[url]; ok {
				return a.status, []byte(a.body), nil
			}
			return 0, nil, errors.New("connection refused")
		},
		lookup: func(context.Context, string) ([]string, error) {
			if c.resolves {
				return []string{"192.0.2.1"}, nil
			}
			return nil, errors.New("no such host")
		},
	}
	return a.examine(t.Context())
}

func TestNothingIsSaidOfAnAccountInWhichAllIsWell(t *testing.T) {
	lines := examined(t, healthy(), deployable)
	for _, l := range lines {
		if l.mark != Good || l.todo != "" {
			t.Errorf("%s %s → %s", l.mark, l.what, l.todo)
		}
	}
	if len(lines) != 9 {
		t.Errorf("%d lines: %v", len(lines), lines)
	}
}

func TestEachFaultIsNamedWithWhatToDo(t *testing.T) {
	const issuer = "oidc: {issuer: https://id.beispiel.de, audience: [crm], desk: {client_id: d, authorize_url: https://id.beispiel.de/a, token_url: https://id.beispiel.de/t}}\n"
	for _, tc := range []struct {
		name   string
		change func(*cloud)
		yaml   [2]string
		want   string // mark, what, todo
	}{
		{"signed out", func(c *cloud) { c.signedOut = true }, [2]string{}, "✗ AWS does not take the credentials: ExpiredToken: the token has expired → sign in again, such as by `aws sso login`"},
		{"out of reach", func(c *cloud) { c.away = true }, [2]string{}, "✗ AWS was not asked: AWS is not reached: dial tcp: connection refused → see whether this machine reaches AWS"},
		{"never bootstrapped", func(c *cloud) { c.bootstrap = "" }, [2]string{}, "✗ the CDK has not been bootstrapped in eu-central-1 → run make bootstrap"},
		{"bootstrapped long ago", func(c *cloud) { c.bootstrap = "5" }, [2]string{}, `✗ the CDK's bootstrap stack is of version "5"; want 6 or later → run make bootstrap`},
		{"not deployed", func(c *cloud) { c.status, c.outputs = "", nil }, [2]string{}, "! stack Resonanz-dev is not deployed yet → run make deploy STAGE=dev"},
		{"never complete", func(c *cloud) { c.status = cfntypes.StackStatusRollbackComplete }, [2]string{}, "✗ stack Resonanz-dev is ROLLBACK_COMPLETE → read the events"},
		{"rolled back", func(c *cloud) { c.status = cfntypes.StackStatusUpdateRollbackComplete }, [2]string{}, "! the last deployment of Resonanz-dev failed; what was deployed before it serves on → read the events"},
		{"being changed", func(c *cloud) { c.status = cfntypes.StackStatusUpdateInProgress }, [2]string{}, "! stack Resonanz-dev is being changed (UPDATE_IN_PROGRESS) → wait"},
		{"certificate unproven", func(c *cloud) { c.certificate = acmtypes.CertificateStatusPendingValidation }, [2]string{}, "✗ the certificate of feedback.beispiel.de waits for its proof → make the record"},
		{"certificate expired", func(c *cloud) { c.certificate = acmtypes.CertificateStatusExpired }, [2]string{}, "✗ the certificate of feedback.beispiel.de is EXPIRED → have a new one issued"},
		{"certificate of another name", func(c *cloud) { c.certifies = "beispiel.de" }, [2]string{}, "✗ the certificate is of beispiel.de, not of feedback.beispiel.de → have one issued"},
		{"certificate of another region", func(*cloud) {}, [2]string{"acm:eu-central-1", "acm:us-east-1"}, "✗ the certificate of feedback.beispiel.de lies in us-east-1, the stack in eu-central-1 → have one"},
		{"domain unknown", func(c *cloud) { c.resolves = false }, [2]string{}, "✗ feedback.beispiel.de leads nowhere → make this record where the domain is kept: feedback.beispiel.de CNAME d-1.execute-api.eu-central-1.amazonaws.com"},
		{"domain elsewhere", func(c *cloud) { delete(c.answers, "https://feedback.beispiel.de/healthz") }, [2]string{}, "✗ https://feedback.beispiel.de does not answer: connection refused → see that the name points to DomainTarget"},
		{"ill", func(c *cloud) { c.answers["https://feedback.beispiel.de/healthz"] = answer{503, ""} }, [2]string{}, "✗ https://feedback.beispiel.de answers with 503 → see the logs"},
		{"another address since", func(c *cloud) { c.outputs["PublicUrl"] = "https://old.beispiel.de" }, [2]string{}, "! links lead to https://old.beispiel.de, and the configuration now says https://feedback.beispiel.de → run make deploy STAGE=dev"},
		{"sandbox", func(c *cloud) { c.sandbox = true }, [2]string{}, "! SES is in its sandbox: mail reaches verified addresses only → ask for production access"},
		{"sandbox in earnest", func(c *cloud) { c.sandbox = true }, [2]string{"keep: false", "keep: true"}, "✗ SES is in its sandbox: mail reaches verified addresses only → ask for production access"},
		{"sending stopped", func(c *cloud) { c.paused = true }, [2]string{}, "✗ SES sends no mail for this account → see"},
		{"sender unproven", func(c *cloud) { c.identities["beispiel.de"] = false }, [2]string{}, "✗ beispiel.de waits for its proof (DKIM) → make the three records that the outputs SenderRecord1 to 3"},
		{"sender unknown", func(c *cloud) { c.identities = nil }, [2]string{", identity: {domain: beispiel.de}", ""}, "✗ the sender feedback@beispiel.de is not verified → verify it in SES, or let the stack do so"},
		{"sender to come", func(c *cloud) { c.identities, c.status, c.outputs = nil, "", nil }, [2]string{}, "! the sender feedback@beispiel.de is not verified yet → run make deploy STAGE=dev"},
		{"alarms unconfirmed", func(c *cloud) { c.subscription = unconfirmed }, [2]string{}, "✗ operations@beispiel.de has not confirmed that it wants to hear of alarms → open the mail from AWS Notifications"},
		{"alarms not subscribed", func(c *cloud) { c.subscription = "" }, [2]string{}, "! operations@beispiel.de does not hear of alarms yet → run make deploy STAGE=dev"},
		{"issuer away", func(c *cloud) {
			c.answers = healthy().answers
			delete(c.answers, "https://id.beispiel.de/.well-known/openid-configuration")
		}, [2]string{"keep: false\n", issuer},
			"✗ https://id.beispiel.de/.well-known/openid-configuration does not answer: connection refused → see that oidc.issuer is right"},
		{"issuer of another name", func(c *cloud) {
			c.answers["https://id.beispiel.de/.well-known/openid-configuration"] = answer{200, `{"issuer": "https://id.beispiel.de/"}`}
		}, [2]string{"keep: false\n", issuer}, "✗ the issuer calls itself https://id.beispiel.de/; the configuration says https://id.beispiel.de, and every token would be refused → write oidc.issuer exactly so"},
		{"endpoint of another name", func(*cloud) {}, [2]string{"keep: false\n", strings.Replace(issuer, "de/t", "de/token", 1)},
			"✗ oidc.desk.token_url is https://id.beispiel.de/token; the issuer says https://id.beispiel.de/t → write oidc.desk.token_url: https://id.beispiel.de/t"},
		{"no PKCE", func(c *cloud) {
			a := c.answers["https://id.beispiel.de/.well-known/openid-configuration"]
			c.answers["https://id.beispiel.de/.well-known/openid-configuration"] = answer{200, strings.Replace(a.body, "S256", "plain", 1)}
		}, [2]string{"keep: false\n", issuer}, "✗ the issuer takes no PKCE with S256: nobody can sign in at the desk → switch"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := healthy()
			tc.change(c)
			yaml := strings.Replace(deployable, tc.yaml[0], tc.yaml[1], 1)
			var said []string
			for _, l := range examined(t, c, yaml) {
				if l.mark != Good {
					said = append(said, string(l.mark)+" "+l.what+" → "+l.todo)
				}
			}
			for _, s := range said {
				if strings.HasPrefix(s, tc.want) {
					return
				}
			}
			t.Errorf("want %s…, said\n%s", tc.want, strings.Join(said, "\n"))
		})
	}
}

func TestTheConfigurationIsReadAsAnOwnerWould(t *testing.T) {
	dir := t.TempDir()
	said := func(text, stage string) []string {
		if err := os.WriteFile(dir+"/f.yaml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, lines := configuration(dir+"/f.yaml", "f.yaml", stage)
		var all []string
		for _, l := range lines {
			all = append(all, string(l.mark)+" "+l.what)
		}
		return all
	}
	shipped, err := os.ReadFile("../feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		text, stage string
		want        []string
	}{
		"an owner's own": {strings.NewReplacer("domain: {name", "stages: {dev: {domain: {name", "c0ffee\"}\n", "c0ffee\"}}}\n", ", identity: {domain: beispiel.de}", "").Replace(deployable), "dev",
			[]string{"✓ fits its schema, in every stage", "✓ nothing is left of the examples"}},
		"one name for two stages": {deployable, "prod", []string{
			"✓ fits its schema, in every stage", "✓ nothing is left of the examples",
			"! stage dev is to answer at feedback.beispiel.de, too: a name leads to one stage",
			"! stage dev is to have SES verify beispiel.de, too: an account and region has one identity of a domain",
		}},
		"the shipped one": {string(shipped), "dev", []string{
			"✓ fits its schema, in every stage",
			"! addresses of examples: escalation.chain[0], escalation.chain[1], escalation.chain[2], notify.mail_from, notify.report_to[0], report.recipients[0].emails[0], and 7 more",
			"! customers read the name of the example, Beispiel GmbH", "! pages link no privacy notice", "! nobody hears of alarms",
			"! links bear the address of the API: longer than 100 characters, and another one when the stack is made anew", "! nobody hears when the account costs more than thought",
		}},
		"examples in earnest": {strings.Replace(deployable, "keep: false\n", "", 1) + "stages: {prod: {alarms: {email: a@example.org}}}\n", "prod", []string{
			"✓ fits its schema, in every stage", "✗ addresses of examples: alarms.email",
			"! stage dev is to answer at feedback.beispiel.de, too: a name leads to one stage",
			"! stage dev is to have SES verify beispiel.de, too: an account and region has one identity of a domain",
		}},
		"broken": {strings.Replace(deployable, "25", "-1", 1), "dev", []string{"✗ f.yaml:7: budget.usd_per_month: is -1; want at least 0"}},
		"no such stage": {deployable, "prdo", []string{
			`✗ stage "prdo" is none of dev, prod: name it under stages in f.yaml`,
		}},
	} {
		if diff := cmp.Diff(tc.want, said(tc.text, tc.stage)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatIsBrokenIsTheExitStatus(t *testing.T) {
	var out, wrong strings.Builder
	if status := run(t.Context(), []string{"--offline", "--stage", "dev", "--in", "../feedback.yaml"}, &out, &wrong); status != 0 {
		t.Errorf("status %d\n%s%s", status, out.String(), wrong.String())
	}
	for _, want := range []string{"this machine\n  ✓ go", "  ✓ fits its schema", "nothing is broken; "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if status := run(t.Context(), []string{"--offline", "--stage", "prod", "--in", "../feedback.yaml"}, &out, &wrong); status != foundBad {
		t.Errorf("examples in production: status %d", status)
	}
	if status := run(t.Context(), []string{"--nonsense"}, &out, &wrong); status != wrongUsage || !strings.Contains(wrong.String(), "usage: make doctor") {
		t.Errorf("status %d: %s", status, wrong.String())
	}
}
