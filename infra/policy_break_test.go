package main

import (
	"encoding/json"
	"testing"
)

// A policy that nothing can break protects nothing: here each is broken on
// purpose, and must notice.
func TestEachPolicyNoticesWhenItIsBroken(t *testing.T) {
	type breaking struct {
		policy   string
		how      string
		resource string // must be named
		do       func(*testing.T, *template)
	}
	set := func(kind, named string, value any, path ...string) func(*testing.T, *template) {
		return func(t *testing.T, tmpl *template) {
			p := tmpl.one(t, kind, named).Properties
			for _, step := range path[:len(path)-1] {
				next, ok := dig(p, step).(map[string]any)
				if !ok {
					t.Fatalf("%s has no %v", named, path)
				}
				p = next
			}
			if value == nil {
				delete(p, path[len(path)-1])
			} else {
				p[path[len(path)-1]] = value
			}
		}
	}
	statement := func(kind, named string, st map[string]any) func(*testing.T, *template) {
		return func(t *testing.T, tmpl *template) {
			p := tmpl.one(t, kind, named).Properties
			if policies := list(p["Policies"]); len(policies) > 0 {
				p = policies[0].(map[string]any)
			}
			doc := dig(p, "PolicyDocument").(map[string]any)
			doc["Statement"] = append(list(doc["Statement"]), st)
		}
	}
	const bucket, queue, topic, fn, role = "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Lambda::Function", "AWS::IAM::Role"
	broken := map[string]bool{}
	for _, b := range []breaking{
		{"buckets are private", "public policies allowed", "Reports", set(bucket, "Reports", false, "PublicAccessBlockConfiguration", "BlockPublicPolicy")},
		{"buckets are private", "access lists allowed", "Reports", set(bucket, "Reports", nil, "OwnershipControls")},
		{"nothing is open to the world", "queue for everybody", "NotifyQueuePolicy",
			statement("AWS::SQS::QueuePolicy", "NotifyQueuePolicy", map[string]any{"Effect": "Allow", "Principal": map[string]any{"AWS": "*"}, "Action": "sqs:SendMessage"})},
		{"nothing is open to the world", "bucket for everybody", "ReportsPolicy",
			statement("AWS::S3::BucketPolicy", "ReportsPolicy", map[string]any{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"})},
		{"data at rest is encrypted", "plain queue", "EscalationQueue", set(queue, "EscalationQueue", false, "SqsManagedSseEnabled")},
		{"data at rest is encrypted", "plain bucket", "Reports", set(bucket, "Reports", nil, "BucketEncryption")},
		{"data at rest is encrypted", "plain topic", "Alerts", set(topic, "Alerts", nil, "KmsMasterKeyId")},
		{"data in transit is encrypted", "policy about another queue", "NotifyDlq", set("AWS::SQS::QueuePolicy", "NotifyDlqPolicy", []any{}, "Queues")},
		{"buckets keep versions", "versions off", "Reports", set(bucket, "Reports", nil, "VersioningConfiguration")},
		{"failed messages are kept", "no dead letters", "NotifyQueue", set(queue, "NotifyQueue", nil, "RedrivePolicy")},
		{"failed messages are kept", "four tries", "NotifyQueue", set(queue, "NotifyQueue", 4.0, "RedrivePolicy", "maxReceiveCount")},
		{"failed messages are kept", "failures forgotten first", "NotifyDlq", set(queue, "NotifyDlq", 3600.0, "MessageRetentionPeriod")},
		{"failed messages are kept", "alarm looks elsewhere", "ScheduleDlq", set("AWS::CloudWatch::Alarm", "ScheduleDlqAlarm", "NumberOfMessagesSent", "MetricName")},
		{"queues outlast their consumers", "shorter visibility", "ReportingQueue", set(queue, "ReportingQueue", 479.0, "VisibilityTimeout")},
		{"queues outlast their consumers", "longer timeout", "NotifyQueue", set(fn, "Notify", 31.0, "Timeout")},
		{"no wildcard in an action", "anything on the table", "RatingRole",
			statement(role, "RatingRole", map[string]any{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn"})},
		{"no wildcard in an action", "all but deletion", "RatingRole",
			statement(role, "RatingRole", map[string]any{"Effect": "Allow", "NotAction": "dynamodb:DeleteTable", "Resource": "arn"})},
		{"no wildcard in an action", "managed policy", "ClockRole", set(role, "ClockRole", []any{"arn"}, "ManagedPolicyArns")},
		{"no wildcard in a resource", "every secret", "RatingRole",
			statement(role, "RatingRole", map[string]any{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"})},
		{"roles are for one service", "another account", "ClockRole",
			set(role, "ClockRole", map[string]any{"Statement": []any{map[string]any{"Principal": map[string]any{"AWS": "arn"}}}}, "AssumeRolePolicyDocument")},
		{"functions share no role", "borrowed role", "Rating", func(t *testing.T, tmpl *template) {
			tmpl.one(t, fn, "Rating").Properties["Role"] = tmpl.one(t, fn, "Escalation").Properties["Role"]
		}},
		{"invocations come from one source", "any API", "RatingNotFound", set("AWS::Lambda::Permission", "RatingNotFound", nil, "SourceArn")},
		{"logs end", "no end", "FactsLogs", set("AWS::Logs::LogGroup", "FactsLogs", nil, "RetentionInDays")},
		{"functions have a log group", "the default group", "Facts", set(fn, "Facts", nil, "LoggingConfig")},
		{"no secret in template", "value in the template", "LinkSecret", set("AWS::SecretsManager::Secret", "LinkSecret", "hunter2", "SecretString")},
		{"no secret in template", "value in the environment", "Notify", set(fn, "Notify", "hunter2", "Environment", "Variables", "WEBHOOK_SECRET")},
		{"no secret in template", "value resolved into the environment", "Notify",
			set(fn, "Notify", "{{resolve:secretsmanager:x}}", "Environment", "Variables", "WEBHOOK")},
		{"functions stay within their account", "an account by number", "Rating",
			set(fn, "Rating", "arn:aws:sns:eu-central-1:123456789012:x", "Environment", "Variables", "TOPIC")},
	} {
		t.Run(b.policy+"/"+b.how, func(t *testing.T) {
			tmpl := copied(t, synth(t, dev))
			before := map[violation]bool{}
			for _, v := range policies[b.policy](tmpl) {
				before[v] = true
			}
			b.do(t, tmpl)
			for _, v := range policies[b.policy](tmpl) {
				if v.resource == b.resource && !before[v] {
					return
				}
			}
			t.Errorf("the policy did not notice %s", b.resource)
		})
		broken[b.policy] = true
	}
	for policy := range policies {
		if !broken[policy] {
			t.Errorf("nothing tries to break %q", policy)
		}
	}
}

// copied is a template that may be changed.
func copied(t *testing.T, tmpl *template) *template {
	t.Helper()
	b, err := json.Marshal(tmpl.raw)
	if err != nil {
		t.Fatal(err)
	}
	return parseTemplate(t, b)
}
