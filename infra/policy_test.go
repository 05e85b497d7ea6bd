package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

// violation is one resource that breaks one policy.
type violation struct{ resource, what string }

// policies hold for every stage. Each returns what breaks it.
var policies = map[string]func(*template) []violation{
	"buckets are private":                 privateBuckets,
	"nothing is open to the world":        noWorldAccess,
	"data at rest is encrypted":           encrypted,
	"data in transit is encrypted":        tlsOnly,
	"buckets keep versions":               versioned,
	"failed messages are kept":            deadLettered,
	"queues outlast their consumers":      patientQueues,
	"no wildcard in an action":            noWildcardAction,
	"no wildcard in a resource":           noWildcardResource,
	"roles are for one service":           narrowTrust,
	"functions share no role":             ownRoles,
	"invocations come from one source":    narrowInvocation,
	"logs end":                            logsEnd,
	"functions have a log group":          ownLogs,
	"no secret in template":               noSecrets,
	"functions stay within their account": noForeignAccounts,
}

// exemptions say why a policy does not hold for a resource: "policy: resource".
var exemptions = map[string]string{
	"data at rest is encrypted: Operations":           "CloudWatch cannot publish to a topic under the account's SNS key; an alarm names a queue or function, nothing else",
	"nothing is open to the world: MailEventsKey":     "SES, which documents no condition it meets at KMS; its one topic takes from this account's configuration set only",
	"buckets keep versions: Attachments":              "what a customer sent goes when the customer is erased, and with it every version",
	"no wildcard in a resource: AttachmentRole":       "objects below quarantine/ and clean/, whose names are not known beforehand",
	"no wildcard in a resource: CasesRole":            "objects below clean/, whose names are not known beforehand",
	"no wildcard in a resource: ComplaintRole":        "objects below quarantine/, whose names are not known beforehand",
	"no wildcard in a resource: CustomersRole":        "objects below erased/, quarantine/ and clean/, whose names are not known beforehand",
	"no wildcard in a resource: WatchRole":            "objects below facts/, whose names are not known beforehand",
	"no wildcard in a resource: FanoutRole":           "dynamodb:ListStreams, which Lambda asks for, knows no resources",
	"no wildcard in a resource: FactsRole":            "objects below facts/ and canary/, whose names are not known beforehand",
	"no wildcard in a resource: ReportRole":           "objects below facts/, canary/ and reports/, whose names are not known beforehand; cloudwatch:GetMetricData knows no resources",
	"no wildcard in a resource: CompactRole":          "objects below facts/, whose names are not known beforehand",
	"no wildcard in a resource: SweepRole":            "objects below erased/, quarantine/ and clean/, whose names are not known beforehand",
	"functions stay within their account: Edge":       "the owner's own certificate and web ACL, which feedback.yaml names",
	"functions stay within their account: DomainName": "the owner's own certificate, which feedback.yaml names",
	"no wildcard in a resource: NotifyRole":           "objects below reports/, whose names are not known beforehand",
}

func TestThePoliciesHoldInEveryStage(t *testing.T) {
	used := map[string]bool{}
	for _, v := range []variant{dev, prod, local, own, hooked, fronted, named} {
		tmpl := synth(t, v)
		for policy, check := range policies {
			for _, broken := range check(tmpl) {
				key := policy + ": " + broken.resource
				if exemptions[key] == "" {
					t.Errorf("%s: %s: %s", v.name, key, broken.what)
				}
				used[key] = true
			}
		}
	}
	for key := range exemptions {
		if !used[key] {
			t.Errorf("the exemption %q is not needed: take it away", key)
		}
	}
}

// each calls visit for every resource of a type.
func (t *template) each(kind string, visit func(id string, p map[string]any)) {
	for _, id := range t.of(kind) {
		visit(id, t.Resources[id].Properties)
	}
}

func privateBuckets(t *template) (broken []violation) {
	t.each("AWS::S3::Bucket", func(id string, p map[string]any) {
		for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if dig(p, "PublicAccessBlockConfiguration", block) != true {
				broken = append(broken, violation{name(id), block + " is off"})
			}
		}
		if dig(p, "OwnershipControls", "Rules", "0", "ObjectOwnership") != "BucketOwnerEnforced" {
			broken = append(broken, violation{name(id), "objects may have access lists"})
		}
	})
	return broken
}

var resourcePolicies = map[string]string{ // type → property that names what it governs
	"AWS::S3::BucketPolicy": "Bucket",
	"AWS::SQS::QueuePolicy": "Queues",
	"AWS::SNS::TopicPolicy": "Topics",
}

// policyOf is the resource policy of what may have one.
func policyOf(kind string, p map[string]any) any {
	if kind == "AWS::KMS::Key" {
		return p["KeyPolicy"]
	}
	return p["PolicyDocument"]
}

func noWorldAccess(t *template) (broken []violation) {
	for _, kind := range append(slices.Sorted(maps.Keys(resourcePolicies)), "AWS::KMS::Key") {
		t.each(kind, func(id string, p map[string]any) {
			for _, st := range list(dig(policyOf(kind, p), "Statement")) {
				who := written(dig(st, "Principal"))
				switch {
				case dig(st, "Effect") != "Allow":
				case strings.Contains(who, "*"):
					broken = append(broken, violation{name(id), "open to " + who})
				case dig(st, "Principal", "Service") != nil && dig(st, "Condition") == nil:
					broken = append(broken, violation{name(id), "open to " + who + " on behalf of any account"})
				}
			}
		})
	}
	return broken
}

func encrypted(t *template) (broken []violation) {
	t.each("AWS::S3::Bucket", func(id string, p map[string]any) {
		if dig(p, "BucketEncryption", "ServerSideEncryptionConfiguration", "0", "ServerSideEncryptionByDefault", "SSEAlgorithm") == nil {
			broken = append(broken, violation{name(id), "no encryption"})
		}
	})
	t.each("AWS::SQS::Queue", func(id string, p map[string]any) {
		if p["SqsManagedSseEnabled"] != true {
			broken = append(broken, violation{name(id), "no encryption"})
		}
	})
	t.each("AWS::SNS::Topic", func(id string, p map[string]any) {
		if p["KmsMasterKeyId"] == nil {
			broken = append(broken, violation{name(id), "no encryption"})
		}
	})
	return broken // DynamoDB, Secrets Manager and CloudWatch Logs always encrypt
}

func tlsOnly(t *template) (broken []violation) {
	denied := map[string]bool{}
	for kind, property := range resourcePolicies {
		t.each(kind, func(_ string, p map[string]any) {
			for _, st := range list(dig(p, "PolicyDocument", "Statement")) {
				if dig(st, "Effect") == "Deny" && dig(st, "Condition", "Bool", "aws:SecureTransport") == "false" && strings.Contains(written(dig(st, "Principal")), "*") {
					for _, governed := range list(p[property]) {
						denied[target(governed)] = true
					}
				}
			}
		})
	}
	for _, kind := range []string{"AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"} {
		t.each(kind, func(id string, _ map[string]any) {
			if !denied[id] {
				broken = append(broken, violation{name(id), "takes requests without TLS"})
			}
		})
	}
	return broken
}

func versioned(t *template) (broken []violation) {
	t.each("AWS::S3::Bucket", func(id string, p map[string]any) {
		if dig(p, "VersioningConfiguration", "Status") != "Enabled" {
			broken = append(broken, violation{name(id), "a lost object cannot be brought back"})
		}
	})
	return broken
}

// deadLettered: a queue moves failures aside after at least five tries to a queue
// that keeps them longer, and whatever is moved aside raises an alarm.
func deadLettered(t *template) (broken []violation) {
	retention := func(id string) int { return whole(t.Resources[id].Properties["MessageRetentionPeriod"]) }
	alarmed := map[string]bool{}
	t.each("AWS::CloudWatch::Alarm", func(_ string, p map[string]any) {
		if p["MetricName"] == "ApproximateNumberOfMessagesVisible" && whole(p["Threshold"]) == 1 {
			alarmed[target(dig(p, "Dimensions", "0", "Value"))] = true
		}
	})
	t.each("AWS::SQS::Queue", func(id string, p map[string]any) {
		dead := target(dig(p, "RedrivePolicy", "deadLetterTargetArn"))
		switch {
		case dead == "" && !alarmed[id]:
			broken = append(broken, violation{name(id), "neither moves failures aside nor raises an alarm"})
		case dead != "" && whole(dig(p, "RedrivePolicy", "maxReceiveCount")) < 5:
			broken = append(broken, violation{name(id), "gives up before five tries"})
		case dead != "" && retention(dead) <= retention(id):
			broken = append(broken, violation{name(dead), "keeps failures no longer than their source"})
		case dead != "" && !alarmed[dead]:
			broken = append(broken, violation{name(dead), "raises no alarm"})
		}
	})
	return broken
}

// patientQueues: no message comes back while it is worked on or gathered.
func patientQueues(t *template) (broken []violation) {
	t.each("AWS::Lambda::EventSourceMapping", func(_ string, p map[string]any) {
		id := target(p["EventSourceArn"])
		if t.Resources[id] == nil || t.Resources[id].Type != "AWS::SQS::Queue" {
			return
		}
		timeout := whole(t.Resources[target(p["FunctionName"])].Properties["Timeout"])
		least := 6*timeout + whole(p["MaximumBatchingWindowInSeconds"])
		if got := whole(t.Resources[id].Properties["VisibilityTimeout"]); timeout == 0 || got < least {
			broken = append(broken, violation{name(id), fmt.Sprintf("hides messages for %d s; want %d", got, least)})
		}
	})
	return broken
}

// statements calls visit for each statement of each role.
func (t *template) statements(visit func(role string, statement any)) {
	for _, kind := range []string{"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"} {
		t.each(kind, func(id string, p map[string]any) {
			for _, policy := range append(list(p["Policies"]), map[string]any{"PolicyDocument": p["PolicyDocument"]}) {
				for _, st := range list(dig(policy, "PolicyDocument", "Statement")) {
					visit(name(id), st)
				}
			}
		})
	}
}

func noWildcardAction(t *template) (broken []violation) {
	t.statements(func(role string, st any) {
		if dig(st, "NotAction") != nil {
			broken = append(broken, violation{role, "allows all actions but some"})
		}
		for _, a := range list(dig(st, "Action")) {
			if strings.Contains(a.(string), "*") {
				broken = append(broken, violation{role, "may " + a.(string)})
			}
		}
	})
	t.each("AWS::IAM::Role", func(id string, p map[string]any) {
		if len(list(p["ManagedPolicyArns"])) > 0 {
			broken = append(broken, violation{name(id), "takes policies that others write"})
		}
	})
	return broken
}

func noWildcardResource(t *template) (broken []violation) {
	t.statements(func(role string, st any) {
		for _, r := range list(dig(st, "Resource")) {
			if strings.Contains(written(r), "*") {
				broken = append(broken, violation{role, fmt.Sprintf("may %v on %s", dig(st, "Action"), written(r))})
			}
		}
	})
	return broken
}

func narrowTrust(t *template) (broken []violation) {
	t.each("AWS::IAM::Role", func(id string, p map[string]any) {
		for _, st := range list(dig(p, "AssumeRolePolicyDocument", "Statement")) {
			service, _ := dig(st, "Principal", "Service").(string)
			switch {
			case service == "lambda.amazonaws.com":
			case service == "scheduler.amazonaws.com" && dig(st, "Condition", "StringEquals", "aws:SourceAccount") != nil:
			default:
				broken = append(broken, violation{name(id), "is assumed by " + written(dig(st, "Principal"))})
			}
		}
	})
	return broken
}

func ownRoles(t *template) (broken []violation) {
	owner := map[string]string{}
	t.each("AWS::Lambda::Function", func(id string, p map[string]any) {
		role := target(p["Role"])
		if other := owner[role]; other != "" {
			broken = append(broken, violation{name(id), "shares the role of " + other})
		}
		owner[role] = name(id)
	})
	return broken
}

func narrowInvocation(t *template) (broken []violation) {
	t.each("AWS::Lambda::Permission", func(id string, p map[string]any) {
		if p["SourceArn"] == nil && p["SourceAccount"] == nil {
			broken = append(broken, violation{name(id), "may be used for anybody's API"})
		}
	})
	return broken
}

func logsEnd(t *template) (broken []violation) {
	t.each("AWS::Logs::LogGroup", func(id string, p map[string]any) {
		if whole(p["RetentionInDays"]) == 0 {
			broken = append(broken, violation{name(id), "is kept for ever"})
		}
	})
	return broken
}

func ownLogs(t *template) (broken []violation) {
	t.each("AWS::Lambda::Function", func(id string, p map[string]any) {
		if g := t.Resources[target(dig(p, "LoggingConfig", "LogGroup"))]; g == nil || g.Type != "AWS::Logs::LogGroup" {
			broken = append(broken, violation{name(id), "logs where nobody set an end"})
		}
	})
	return broken
}

// secretShaped finds what keys look like, and dynamic references, which would
// end up readable in a function's settings.
var secretShaped = regexp.MustCompile(`\{\{resolve:|AKIA[0-9A-Z]{16}|-----BEGIN|whsec_|xox[bp]-|ghp_`)

// public are settings that are named like a secret and are none.
var public = map[string]bool{"TOKEN_ISSUER": true, "TOKEN_AUDIENCE": true, "TOKEN_JWKS_URL": true, "TOKEN_URL": true}

func noSecrets(t *template) (broken []violation) {
	for id, r := range t.Resources {
		for _, line := range flat(r.Properties) {
			if secretShaped.MatchString(line) {
				broken = append(broken, violation{name(id), "holds what looks like a secret"})
			}
		}
	}
	t.each("AWS::SecretsManager::Secret", func(id string, p map[string]any) {
		if p["SecretString"] != nil {
			broken = append(broken, violation{name(id), "has its value in the template"})
		}
	})
	t.each("AWS::Lambda::Function", func(id string, p map[string]any) {
		variables, _ := dig(p, "Environment", "Variables").(map[string]any)
		for k, v := range variables {
			literal, _ := v.(string)
			if public[k] {
				continue
			}
			for _, word := range []string{"SECRET", "KEY", "TOKEN", "PASSWORD"} {
				if literal != "" && strings.Contains(k, word) {
					broken = append(broken, violation{name(id), k + " is written out"})
				}
			}
		}
	})
	sort.Slice(broken, func(i, j int) bool { return broken[i].resource < broken[j].resource })
	return broken
}

var accountID = regexp.MustCompile(`\b\d{12}\b`)

func noForeignAccounts(t *template) (broken []violation) {
	for id, r := range t.Resources {
		for _, line := range flat(r.Properties) {
			if accountID.MatchString(line) {
				broken = append(broken, violation{name(id), "names an account: " + line})
			}
		}
	}
	return broken
}
