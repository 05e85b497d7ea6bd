package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"resonanz/infra/configure"
	"resonanz/shared/config"
)

// fronted is an owner with a domain behind CloudFront, a verified sender and a
// budget, in zones of Route 53.
var fronted = variant{name: "fronted", change: func(c *config.Config) {
	c.Domain = config.Domain{Name: "feedback.example.com", HostedZoneID: "Z0123456789ABC"}
	c.Edge = config.Edge{
		Enabled: true, CertificateARN: "arn:aws:acm:us-east-1:111122223333:certificate/c0ffee",
		WebACLARN: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/resonanz/c0ffee",
	}
	c.PublicURL = c.Address()
	c.Notify.Identity = config.Identity{Domain: "example.com", HostedZoneID: "Z0123456789ABC"}
	c.Budget = config.Budget{USDPerMonth: 25, Email: "operations@example.com"}
}}

// named is an owner with a domain of the API itself and records kept elsewhere.
var named = variant{name: "named", change: func(c *config.Config) {
	c.Domain = config.Domain{Name: "feedback.example.com", CertificateARN: "arn:aws:acm:eu-central-1:111122223333:certificate/c0ffee"}
	c.PublicURL = c.Address()
	c.Notify.Identity = config.Identity{Domain: "example.com"}
	c.Alarms.Email = "operations@example.com"
	c.Budget = config.Budget{USDPerMonth: 25}
}}

// zoned is an owner whose zone is all that the stack needs for a domain.
var zoned = variant{name: "zoned", change: func(c *config.Config) {
	c.Domain = config.Domain{Name: "feedback.example.com", HostedZoneID: "Z0123456789ABC"}
}}

// bare is CloudFront without a domain.
var bare = variant{name: "bare", change: func(c *config.Config) { c.Edge.Enabled = true }}

func TestWhatAnOwnerDidNotAskForIsNotThere(t *testing.T) {
	asked := []string{
		"AWS::CloudFront::Distribution", "AWS::CloudFront::CachePolicy", "AWS::Route53::RecordSet", "AWS::CertificateManager::Certificate",
		"AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping", "AWS::SES::EmailIdentity", "AWS::Budgets::Budget",
	}
	everything := variant{name: "everything-local", context: local.context, change: fronted.change}
	for _, v := range []variant{dev, prod, everything} { // what an emulator lacks is left out there
		for _, kind := range asked {
			if ids := synth(t, v).of(kind); len(ids) > 0 {
				t.Errorf("%s: %v", v.name, names(ids))
			}
		}
	}
}

func TestCloudFrontKeepsNothingPersonalAndLogsNothing(t *testing.T) {
	tmpl := synth(t, fronted)
	p := dig(tmpl.one(t, "AWS::CloudFront::Distribution", "Edge").Properties, "DistributionConfig")
	want(t, "default", flat(dig(p, "DefaultCacheBehavior", "CachePolicyId")), []string{": " + cachingDisabled})
	if dig(p, "Logging") != nil {
		t.Error("it logs: a path holds a customer's link, an address says who followed it")
	}
	for _, b := range append(list(dig(p, "CacheBehaviors")), dig(p, "DefaultCacheBehavior")) {
		want(t, "plain http", dig(b, "ViewerProtocolPolicy"), any("https-only"))
		want(t, "what the API hears", dig(b, "OriginRequestPolicyId"), any(allViewerExceptHostHeader))
	}
	var kept []string
	for _, b := range list(dig(p, "CacheBehaviors")) {
		kept = append(kept, written(dig(b, "PathPattern"))+" by "+written(dig(b, "CachePolicyId")))
	}
	want(t, "files", kept, []string{"/desk/* by EdgeFiles", "/kiosk/* by EdgeFiles"})
	for _, r := range routes() { // and nothing else lies below these
		for _, pattern := range staticPaths {
			if strings.HasPrefix(r.path, strings.TrimSuffix(pattern, "*")) && (r.scope != "" || !slices.Contains([]string{"desk", "kiosk"}, r.function)) {
				t.Errorf("%s of %s would be kept by CloudFront", r.path, r.function)
			}
		}
	}
	files := dig(tmpl.one(t, "AWS::CloudFront::CachePolicy", "EdgeFiles").Properties, "CachePolicyConfig")
	want(t, "kept no longer than the function says", []int{whole(dig(files, "MinTTL")), whole(dig(files, "DefaultTTL"))}, []int{0, 0})
	var errors []int
	for _, e := range list(dig(p, "CustomErrorResponses")) {
		errors = append(errors, whole(dig(e, "ErrorCode")))
		want(t, "kept errors", whole(dig(e, "ErrorCachingMinTTL")), 0)
	}
	want(t, "errors", errors, uncached)
	want(t, "web ACL", dig(p, "WebACLId"), any("arn:aws:wafv2:us-east-1:111122223333:global/webacl/resonanz/c0ffee"))
	want(t, "name", flat(dig(p, "Aliases")), []string{"[0]: feedback.example.com"})
	want(t, "certificate", flat(dig(p, "ViewerCertificate")), []string{
		"AcmCertificateArn: arn:aws:acm:us-east-1:111122223333:certificate/c0ffee", "MinimumProtocolVersion: TLSv1.2_2021", "SslSupportMethod: sni-only",
	})
	want(t, "to the API", flat(dig(p, "Origins", "0", "CustomOriginConfig")), []string{
		"OriginProtocolPolicy: https-only", "OriginReadTimeout: 35", "OriginSSLProtocols[0]: TLSv1.2",
	})
	for _, kind := range []string{"A", "AAAA"} {
		r := tmpl.one(t, "AWS::Route53::RecordSet", "Domain"+kind).Properties
		want(t, kind, flat(r), []string{
			"AliasTarget.DNSName: Edge.DomainName", "AliasTarget.HostedZoneId: " + cloudFrontZone,
			"HostedZoneId: Z0123456789ABC", "Name: feedback.example.com", "Type: " + kind,
		})
	}
}

func TestWithoutADomainLinksLeadThroughCloudFront(t *testing.T) {
	p := synth(t, bare).one(t, "AWS::Lambda::Function", "Courier").Properties
	want(t, "links", written(dig(p, "Environment", "Variables", "PUBLIC_URL")), "https://Edge.DomainName")
}

func TestTheAPIAnswersUnderADomainOfItsOwn(t *testing.T) {
	tmpl := synth(t, named)
	d := tmpl.one(t, "AWS::ApiGatewayV2::DomainName", "DomainName").Properties
	want(t, "domain", flat(d["DomainNameConfigurations"]), []string{
		"[0].CertificateArn: arn:aws:acm:eu-central-1:111122223333:certificate/c0ffee", "[0].EndpointType: REGIONAL", "[0].SecurityPolicy: TLS_1_2",
	})
	m := tmpl.one(t, "AWS::ApiGatewayV2::ApiMapping", "DomainMapping").Properties
	want(t, "mapping", flat(m), []string{"ApiId: Api", "DomainName: DomainName", "Stage: ApiStage"})
	want(t, "where it must point", written(dig(tmpl.Outputs["DomainTarget"], "Value")), "DomainName.RegionalDomainName")
	if ids := append(tmpl.of("AWS::Route53::RecordSet"), tmpl.of("AWS::CertificateManager::Certificate")...); len(ids) > 0 {
		t.Errorf("made without a zone: %v", names(ids))
	}
	p := tmpl.one(t, "AWS::Lambda::Function", "Courier").Properties
	want(t, "links", dig(p, "Environment", "Variables", "PUBLIC_URL"), any("https://feedback.example.com"))

	zoned := synth(t, zoned)
	c := zoned.one(t, "AWS::CertificateManager::Certificate", "DomainCertificate").Properties
	want(t, "certificate", flat(c), []string{
		"DomainName: feedback.example.com", "DomainValidationOptions[0].DomainName: feedback.example.com",
		"DomainValidationOptions[0].HostedZoneId: Z0123456789ABC", "ValidationMethod: DNS",
	})
	want(t, "record", flat(zoned.one(t, "AWS::Route53::RecordSet", "DomainA").Properties["AliasTarget"]), []string{
		"DNSName: DomainName.RegionalDomainName", "HostedZoneId: DomainName.RegionalHostedZoneId",
	})
}

func TestTheSenderIsVerifiedByDKIM(t *testing.T) {
	tmpl := synth(t, fronted)
	id := tmpl.one(t, "AWS::SES::EmailIdentity", "Sender").Properties
	want(t, "identity", id["EmailIdentity"], any("example.com"))
	want(t, "key", dig(id, "DkimSigningAttributes", "NextSigningKeyLength"), any("RSA_2048_BIT"))
	for _, n := range []string{"1", "2", "3"} {
		r := tmpl.one(t, "AWS::Route53::RecordSet", "SenderRecord"+n).Properties
		want(t, "record "+n, flat(r), []string{
			"HostedZoneId: Z0123456789ABC", "Name: Sender.DkimDNSTokenName" + n, "ResourceRecords[0]: Sender.DkimDNSTokenValue" + n, "TTL: 1800", "Type: CNAME",
		})
		want(t, "told "+n, written(dig(synth(t, named).Outputs["SenderRecord"+n], "Value")), "Sender.DkimDNSTokenName"+n+" CNAME Sender.DkimDNSTokenValue"+n)
	}
}

func TestTheOwnerHearsWhatItCosts(t *testing.T) {
	for _, v := range []variant{fronted, named} {
		b := synth(t, v).one(t, "AWS::Budgets::Budget", "Budget").Properties
		want(t, v.name+" limit", flat(dig(b, "Budget", "BudgetLimit")), []string{"Amount: 25", "Unit: USD"})
		var told []string
		for _, n := range list(b["NotificationsWithSubscribers"]) {
			told = append(told, written(dig(n, "Notification", "NotificationType"))+" "+written(dig(n, "Notification", "Threshold"))+" "+written(dig(n, "Subscribers", "0", "Address")))
		}
		want(t, v.name+" told", told, []string{"ACTUAL 80 operations@example.com", "FORECASTED 100 operations@example.com"})
	}
}

// The asset of a function holds the configuration of the stage it is deployed in,
// whichever stage was built.
func TestEachStageGetsItsOwnConfiguration(t *testing.T) {
	const text = "stages:\n  prod: {retention: {log_days: 365}}\n  trial: {organisation: {name: Beispiel Trial}}\n"
	shipped, err := os.ReadFile("feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	plain, _, _ := strings.Cut(string(shipped), "\nstages:")
	for stage, wanted := range map[string][]any{
		"dev": {"Beispiel GmbH", 30, false}, "prod": {"Beispiel GmbH", 365, true}, "trial": {"Beispiel Trial", 30, false},
	} {
		cfg, err := configure.CheckStage("feedback.yaml", []byte(plain+"\n"+text), stage)
		if err != nil {
			t.Fatal(err)
		}
		out := t.TempDir()
		v := variant{name: stage, context: map[string]any{"stage": stage}, config: cfg}
		if _, err := v.into(t, out); err != nil {
			t.Fatal(err)
		}
		found, err := filepath.Glob(filepath.Join(out, "asset.*", config.File))
		if err != nil || len(found) != len(functionNames) {
			t.Fatalf("%d functions were given a configuration, of %d: %v", len(found), len(functionNames), err)
		}
		for _, file := range found {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := config.Unpack(string(b))
			if err != nil {
				t.Fatal(err)
			}
			want(t, stage, []any{got.Organisation.Name, got.Retention.LogDays, got.Keep}, wanted)
		}
	}
}
