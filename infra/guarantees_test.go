package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// want compares one property of a resource.
func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestTheTableIsTheOutboxAndScalesToZero(t *testing.T) {
	p := synth(t, dev).one(t, "AWS::DynamoDB::Table", "Table").Properties
	want(t, "billing", p["BillingMode"], any("PAY_PER_REQUEST"))
	want(t, "stream", dig(p, "StreamSpecification", "StreamViewType"), any("NEW_IMAGE"))
	want(t, "expiry of effect markers", flat(p["TimeToLiveSpecification"]), []string{"AttributeName: ttl", "Enabled: true"})
	want(t, "point-in-time recovery", dig(p, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"), any(true))
	key := func(v any) string {
		return fmt.Sprintf("%v %v", dig(v, "KeySchema", "0", "AttributeName"), dig(v, "KeySchema", "1", "AttributeName"))
	}
	want(t, "key", key(p), "PK SK")
	var indexes []string
	for _, g := range list(p["GlobalSecondaryIndexes"]) {
		indexes = append(indexes, fmt.Sprintf("%v: %s %v", dig(g, "IndexName"), key(g), dig(g, "Projection", "ProjectionType")))
	}
	want(t, "indexes", indexes, []string{"due: due_shard due_at ALL", "customer: customer_key PK KEYS_ONLY"})
}

func TestAPoisonRecordNeverBlocksTheStream(t *testing.T) {
	tmpl := synth(t, dev)
	m := tmpl.one(t, "AWS::Lambda::EventSourceMapping", "FanoutMapping").Properties
	want(t, "source", written(m["EventSourceArn"]), "Table.StreamArn")
	want(t, "halving of failed batches", m["BisectBatchOnFunctionError"], any(true))
	want(t, "partial failures", m["FunctionResponseTypes"], any([]any{"ReportBatchItemFailures"}))
	want(t, "where failures go", written(dig(m, "DestinationConfig", "OnFailure", "Destination")), "StreamFailures.Arn")
	want(t, "what is delivered", dig(m, "FilterCriteria", "Filters"), any([]any{map[string]any{"Pattern": `{"eventName":["INSERT"]}`}}))
	if n := whole(m["MaximumRetryAttempts"]); n < 3 || n > 100 {
		t.Errorf("%d retries: too few for an outage or too many for a poison record", n)
	}
	if s := whole(m["MaximumRecordAgeInSeconds"]); s < 3600 || s >= 24*3600 {
		t.Errorf("records are given up after %d s: want at least an hour, and less than the stream's 24", s)
	}
	// Nothing stored before the mapping existed is passed over.
	want(t, "where reading begins", m["StartingPosition"], any("TRIM_HORIZON"))
}

func TestEveryQueueConsumerReportsPartialFailures(t *testing.T) {
	tmpl := synth(t, dev)
	consumers := map[string]string{}
	for _, id := range tmpl.of("AWS::Lambda::EventSourceMapping") {
		m := tmpl.Resources[id].Properties
		want(t, name(id)+" partial failures", m["FunctionResponseTypes"], any([]any{"ReportBatchItemFailures"}))
		consumers[written(m["EventSourceArn"])] = written(m["FunctionName"])
		// Lambda refuses a batch of more than ten without a window.
		if whole(m["BatchSize"]) > 10 && whole(m["MaximumBatchingWindowInSeconds"]) < 1 {
			t.Errorf("%s: a batch of %d needs a window", name(id), whole(m["BatchSize"]))
		}
	}
	want(t, "consumers", consumers, map[string]string{
		"Table.StreamArn": "Fanout", "EscalationQueue.Arn": "Escalation", "ReportingQueue.Arn": "Facts", "NotifyQueue.Arn": "Notify",
		"MailQueue.Arn": "Courier", "MailEventsQueue.Arn": "Bounce", "AttachmentsQueue.Arn": "Attachment",
		"ReportQueue.Arn": "Report",
	})
	facts := tmpl.one(t, "AWS::Lambda::EventSourceMapping", "FactsMapping").Properties
	want(t, "seconds in which facts gather", whole(facts["MaximumBatchingWindowInSeconds"]), 300)
}

func TestTheInterfaceIsOpenOnlyWhereItShouldBe(t *testing.T) {
	tmpl := synth(t, dev)
	got := map[string]string{}
	for _, id := range tmpl.of("AWS::ApiGatewayV2::Route") {
		p := tmpl.Resources[id].Properties
		access := "open"
		if p["AuthorizationType"] == "JWT" && target(p["AuthorizerId"]) != "" {
			access = written(dig(p, "AuthorizationScopes"))
		}
		integration := tmpl.Resources[target(list(dig(p, "Target", "Fn::Join", "1"))[1])].Properties
		got[p["RouteKey"].(string)] = written(integration["IntegrationUri"]) + " " + access
		want(t, "payload version", integration["PayloadFormatVersion"], any("2.0"))
	}
	const cases = `Cases.Arn ["resonanz/cases"]`
	want(t, "routes", got, map[string]string{
		"$default":                                  "Rating.Arn open",
		"GET /healthz":                              "Rating.Arn open",
		"GET /r/{token}":                            "Rating.Arn open",
		"HEAD /r/{token}":                           "Rating.Arn open",
		"POST /r/{token}":                           "Rating.Arn open",
		"POST /v1/batch":                            "Rating.Arn open", // device keys and tokens of scope intake are the function's to check
		"POST /v1/beats":                            "Rating.Arn open",
		"POST /v1/cards":                            "Rating.Arn open",
		"POST /v1/complaints":                       "Rating.Arn open",
		"POST /v1/ratings":                          "Rating.Arn open",
		"GET /c/{token}":                            "Card.Arn open",
		"HEAD /c/{token}":                           "Card.Arn open",
		"POST /c/{token}":                           "Card.Arn open",
		"GET /c/{card}/{touchpoint}":                "Card.Arn open",
		"HEAD /c/{card}/{touchpoint}":               "Card.Arn open",
		"POST /c/{card}/{touchpoint}":               "Card.Arn open",
		"GET /desk":                                 "Desk.Arn open", // the app holds nothing but where one signs in
		"HEAD /desk":                                "Desk.Arn open",
		"GET /desk/{file}":                          "Desk.Arn open",
		"HEAD /desk/{file}":                         "Desk.Arn open",
		"GET /complain/{touchpoint}":                "Complaint.Arn open", // whoever wants to complain
		"HEAD /complain/{touchpoint}":               "Complaint.Arn open",
		"POST /complain/{touchpoint}":               "Complaint.Arn open",
		"GET /k/{token}":                            "Complaint.Arn open", // the customer's own link
		"HEAD /k/{token}":                           "Complaint.Arn open",
		"POST /k/{token}":                           "Complaint.Arn open",
		"GET /kiosk/{device}":                       "Kiosk.Arn open", // the app holds nothing; its key is in the link's fragment
		"HEAD /kiosk/{device}":                      "Kiosk.Arn open",
		"GET /kiosk/{device}/{file}":                "Kiosk.Arn open",
		"HEAD /kiosk/{device}/{file}":               "Kiosk.Arn open",
		"GET /openapi.json":                         "Kiosk.Arn open",
		"HEAD /openapi.json":                        "Kiosk.Arn open",
		"GET /u/{token}":                            "Invitation.Arn open", // the customer's own link
		"HEAD /u/{token}":                           "Invitation.Arn open",
		"POST /u/{token}":                           "Invitation.Arn open",
		"POST /v1/invitations":                      `Invitation.Arn ["resonanz/invite","resonanz/canary"]`, // what the canary may is the function's to check
		"GET /v1/canary/{key}":                      `Report.Arn ["resonanz/canary"]`,
		"GET /v1/cases":                             cases,
		"POST /v1/cases/assign":                     cases,
		"GET /v1/cases/{number}":                    cases,
		"POST /v1/cases/{number}/{command}":         cases, // approving asks for scope approve as well: the function's to check
		"POST /v1/cases/{number}/{command}/preview": cases,
		"GET /v1/cases/{number}/attachments/{id}":   cases,
		"GET /v1/devices":                           cases,
		"GET /v1/desk":                              `Cases.Arn ["resonanz/cases","resonanz/reports"]`, // one of them is enough
		"GET /v1/actions":                           cases,
		"POST /v1/actions":                          cases,
		"POST /v1/actions/{id}/done":                cases,
		"GET /v1/webhooks/{id}/deliveries":          cases,
		"GET /v1/customers/{key}":                   `Customers.Arn ["resonanz/privacy"]`,
		"DELETE /v1/customers/{key}":                `Customers.Arn ["resonanz/privacy"]`,
		"GET /v1/reports/{period}":                  `Report.Arn ["resonanz/reports"]`,
		"POST /v1/reports/{period}":                 `Report.Arn ["resonanz/reports"]`,
		"GET /v1/reports/{period}/{part}":           `Report.Arn ["resonanz/reports"]`,
		"GET /p/{token}":                            "Report.Arn open", // the recipient's own link, which expires
		"HEAD /p/{token}":                           "Report.Arn open",
	})
	a := tmpl.one(t, "AWS::ApiGatewayV2::Authorizer", "ApiJwt").Properties
	want(t, "audience", flat(dig(a, "JwtConfiguration", "Audience")), []string{"[0]: UsersMachineClient", "[1]: UsersDeskClient", "[2]: UsersCanaryClient"})
	want(t, "issuer", written(dig(a, "JwtConfiguration", "Issuer")), "https://cognito-idp.AWS::Region.amazonaws.com/Users")
}

func TestTheAPIMayCallEachOfItsFunctions(t *testing.T) {
	tmpl := synth(t, dev)
	got := map[string][]string{}
	for _, id := range tmpl.of("AWS::Lambda::Permission") {
		p := tmpl.Resources[id].Properties
		fn := written(p["FunctionName"])
		if fn == "Signin.Arn" {
			continue // the user pool's
		}
		want(t, name(id)+" principal", p["Principal"], any("apigateway.amazonaws.com"))
		got[fn] = append(got[fn], written(p["SourceArn"]))
	}
	const api = "arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:Api"
	for _, arns := range got {
		sort.Strings(arns)
	}
	want(t, "permissions", got, map[string][]string{
		"Rating.Arn":     {api + "/*/$default", api + "/*/*/*"},
		"Card.Arn":       {api + "/*/*/*"},
		"Complaint.Arn":  {api + "/*/*/*"},
		"Cases.Arn":      {api + "/*/*/*"},
		"Customers.Arn":  {api + "/*/*/*"},
		"Kiosk.Arn":      {api + "/*/*/*"},
		"Desk.Arn":       {api + "/*/*/*"},
		"Invitation.Arn": {api + "/*/*/*"},
		"Report.Arn":     {api + "/*/*/*"},
	})
}

func TestTheAPIIsThrottledAndItsLogHoldsNothingPersonal(t *testing.T) {
	stage := synth(t, dev).one(t, "AWS::ApiGatewayV2::Stage", "ApiStage").Properties
	if whole(dig(stage, "DefaultRouteSettings", "ThrottlingRateLimit")) == 0 || whole(dig(stage, "DefaultRouteSettings", "ThrottlingBurstLimit")) == 0 {
		t.Error("the API is not throttled")
	}
	want(t, "log", written(dig(stage, "AccessLogSettings", "DestinationArn")), "RequestLog.Arn")
	format, _ := dig(stage, "AccessLogSettings", "Format").(string)
	for _, personal := range []string{"path", "Path", "queryString", "sourceIp", "userAgent", "authorizer", "claims", "identity", "Host", "domainName", "authenticate"} {
		if strings.Contains(format, personal) {
			t.Errorf("the access log holds $context.…%s…: a path holds a customer's link, the rest says who it was", personal)
		}
	}
	if !strings.Contains(format, "$context.routeKey") || !strings.Contains(format, "$context.status") {
		t.Errorf("the access log says too little: %s", format)
	}
}

func TestSchedulesKeepTheOrganisationsTime(t *testing.T) {
	tmpl := synth(t, dev)
	got := map[string]string{}
	for _, id := range tmpl.of("AWS::Scheduler::Schedule") {
		p := tmpl.Resources[id].Properties
		got[name(id)] = fmt.Sprintf("%v %v %s %v", p["ScheduleExpression"], p["ScheduleExpressionTimezone"], written(dig(p, "Target", "Arn")), dig(p, "Target", "Input"))
		want(t, name(id)+" dead letters", written(dig(p, "Target", "DeadLetterConfig", "Arn")), "ScheduleDlq.Arn")
		if whole(dig(p, "Target", "RetryPolicy", "MaximumEventAgeInSeconds")) == 0 {
			t.Errorf("%s: tried for ever", name(id))
		}
	}
	want(t, "schedules", got, map[string]string{
		"ClockSchedule":             `rate(1 minute) Europe/Berlin Clock.Arn {"schedule":"clock"}`,
		"WatchSchedule":             `rate(30 minutes) Europe/Berlin Watch.Arn {"schedule":"watch"}`,
		"CompactSchedule":           `cron(15 3 * * ? *) Europe/Berlin Compact.Arn {"schedule":"compact"}`,
		"CanarySchedule":            `cron(7/15 * * * ? *) Europe/Berlin Canary.Arn {"schedule":"canary"}`,
		"SweepSchedule":             `cron(15 2 * * ? *) Europe/Berlin Sweep.Arn {"schedule":"sweep"}`,
		"ReportPreliminarySchedule": `cron(0 6 1 * ? *) Europe/Berlin Report.Arn {"schedule":"report"}`,
		"ReportFinalSchedule":       `cron(30 0 6 * ? *) Europe/Berlin Report.Arn {"schedule":"report"}`,
	})
}

func TestFunctionsAreBuiltAlikeAndLogForLittle(t *testing.T) {
	tmpl := synth(t, dev)
	env := map[string][]string{}
	for _, id := range tmpl.of("AWS::Lambda::Function") {
		p := tmpl.Resources[id].Properties
		want(t, name(id)+" runtime", p["Runtime"], any("provided.al2023"))
		want(t, name(id)+" architecture", p["Architectures"], any([]any{"arm64"}))
		want(t, name(id)+" logging", flat(p["LoggingConfig"]), []string{
			"ApplicationLogLevel: INFO", "LogFormat: JSON", "LogGroup: " + name(id) + "Logs", "SystemLogLevel: WARN",
		})
		want(t, name(id)+" role", written(p["Role"]), name(id)+"Role.Arn")
		for k := range given(p) {
			env[name(id)] = append(env[name(id)], k)
		}
		sort.Strings(env[name(id)])
	}
	want(t, "environment", env, map[string][]string{
		"Rating":     {"DEVICE_SECRET_ARN", "LINK_SECRET_ARN", "PUBLIC_URL", "STAGE", "TABLE_NAME", "TOKEN_AUDIENCE", "TOKEN_ISSUER", "TOKEN_JWKS_URL"},
		"Card":       {"LINK_SECRET_ARN", "STAGE", "TABLE_NAME"},
		"Complaint":  {"ATTACHMENTS_BUCKET", "LINK_SECRET_ARN", "PUBLIC_URL", "STAGE", "TABLE_NAME"},
		"Cases":      {"ATTACHMENTS_BUCKET", "STAGE", "TABLE_NAME"},
		"Attachment": {"ATTACHMENTS_BUCKET", "DLQ_URL", "STAGE", "TABLE_NAME"},
		"Customers":  {"ATTACHMENTS_BUCKET", "BUCKET_NAME", "DLQ_URLS", "STAGE", "TABLE_NAME", "TELLING_DLQ_URLS"},
		"Kiosk":      {"STAGE"},
		"Desk":       {"AUTHORIZE_URL", "CLIENT_ID", "LOGOUT_URL", "SCOPES", "STAGE", "TOKEN_URL"},
		"Signin":     {"STAGE"},
		"Courier":    {"DLQ_URL", "LINK_SECRET_ARN", "MAIL_CONFIGURATION_SET", "PUBLIC_URL", "STAGE", "TABLE_NAME"},
		"Bounce":     {"DLQ_URL", "STAGE", "TABLE_NAME"},
		"Invitation": {"LINK_SECRET_ARN", "PUBLIC_URL", "STAGE", "TABLE_NAME"},
		"Fanout":     {"ESCALATION_QUEUE_URL", "MAIL_QUEUE_URL", "NOTIFY_QUEUE_URL", "REPORTING_QUEUE_URL", "STAGE", "STREAM_DLQ_URL"},
		"Escalation": {"DLQ_URL", "STAGE", "TABLE_NAME"},
		"Clock":      {"ESCALATION_QUEUE_URL", "MAIL_QUEUE_URL", "NOTIFY_QUEUE_URL", "STAGE", "TABLE_NAME"},
		"Notify":     {"ALERT_TOPIC_ARN", "BUCKET_NAME", "DLQ_URL", "PUBLIC_URL", "STAGE", "TABLE_NAME", "WEBHOOK_SECRET_ARN"},
		"Facts":      {"BUCKET_NAME", "DLQ_URL", "STAGE"},
		"Watch":      {"BUCKET_NAME", "ESCALATION_QUEUE_URL", "STAGE", "TABLE_NAME"},
		"Report":     {"BUCKET_NAME", "DLQ_URL", "ESCALATION_QUEUE_URL", "LINK_SECRET_ARN", "PUBLIC_URL", "REPORT_QUEUE_URL", "STAGE", "TABLE_NAME"},
		"Compact":    {"BUCKET_NAME", "STAGE"},
		"Canary":     {"CLIENT_ID", "PUBLIC_URL", "STAGE", "TOKEN_URL", "USER_POOL_ID"},
		"Sweep":      {"ATTACHMENTS_BUCKET", "BUCKET_NAME", "STAGE", "TABLE_NAME"},
	})
}

func TestSomeoneHearsOfEveryFailure(t *testing.T) {
	tmpl := synth(t, dev)
	watched := map[string]bool{}
	for _, id := range tmpl.of("AWS::CloudWatch::Alarm") {
		p := tmpl.Resources[id].Properties
		if p["Dimensions"] == nil {
			watched[fmt.Sprintf("%v of all", p["MetricName"])] = true
		}
		for _, d := range list(p["Dimensions"]) {
			watched[fmt.Sprintf("%v of %s", p["MetricName"], strings.TrimSuffix(written(dig(d, "Value")), ".QueueName"))] = true
		}
		want(t, name(id)+" action", written(dig(p, "AlarmActions", "0")), "Operations")
		missing, compare := "notBreaching", "GreaterThanOrEqualToThreshold"
		if name(id) == "CanaryAlarm" { // silence is what it is to tell of
			missing, compare = "breaching", "LessThanThreshold"
		}
		want(t, name(id)+" without data", p["TreatMissingData"], any(missing))
		want(t, name(id)+" comparison", p["ComparisonOperator"], any(compare))
		if text := written(p["AlarmDescription"]); len(text) < 20 {
			t.Errorf("%s says too little: %q", name(id), text)
		}
	}
	wanted := []string{"5xx of Api", "Throttles of all", "IteratorAge of Fanout", "WebhookGivenUp of notify", "FactFilesUnreadable of compact", "SweepLeft of sweep", "CanarySucceeded of canary", "CanaryLate of canary"}
	for _, q := range []string{"AttachmentsQueue", "EscalationQueue", "MailEventsQueue", "MailQueue", "NotifyQueue", "ReportQueue", "ReportingQueue"} {
		wanted = append(wanted, "ApproximateAgeOfOldestMessage of "+q)
	}
	for _, q := range []string{"AttachmentsDlq", "EscalationDlq", "MailDlq", "MailEventsDlq", "NotifyDlq", "ReportDlq", "ReportingDlq", "ScheduleDlq", "StreamFailures"} {
		wanted = append(wanted, "ApproximateNumberOfMessagesVisible of "+q)
	}
	for _, id := range tmpl.of("AWS::Lambda::Function") {
		wanted = append(wanted, "Errors of "+name(id))
	}
	for _, w := range wanted {
		if !watched[w] {
			t.Errorf("nobody watches %s", w)
		}
	}
	if len(watched) != len(wanted) {
		t.Errorf("%d alarms watch, %d are wanted", len(watched), len(wanted))
	}
	var publishers []string
	for _, st := range list(dig(tmpl.one(t, "AWS::SNS::TopicPolicy", "OperationsPolicy").Properties, "PolicyDocument", "Statement")) {
		if dig(st, "Effect") == "Allow" {
			publishers = append(publishers, fmt.Sprint(dig(st, "Principal", "Service")))
		}
	}
	want(t, "who may tell", publishers, []string{"cloudwatch.amazonaws.com"})
	own := synth(t, own)
	mail := own.one(t, "AWS::SNS::Subscription", "Operationsoperationsexamplecom").Properties
	want(t, "who hears", []any{mail["Protocol"], mail["Endpoint"]}, []any{"email", "operations@example.com"})
}

func TestSESTellsWhatBecameOfMailToCustomers(t *testing.T) {
	tmpl := synth(t, dev)
	d := tmpl.one(t, "AWS::SES::ConfigurationSetEventDestination", "MailEventDestination")
	want(t, "of which mail", written(d.Properties["ConfigurationSetName"]), "MailConfiguration")
	want(t, "what is told", flat(d.Properties["EventDestination"]), []string{
		"Enabled: true",
		"MatchingEventTypes[0]: bounce", "MatchingEventTypes[1]: complaint", "MatchingEventTypes[2]: reject", "MatchingEventTypes[3]: renderingFailure",
		"SnsDestination.TopicARN: MailEvents",
	})
	want(t, "made after the permission", names(d.DependsOn), []string{"MailEventsPolicy"})
	want(t, "set of courier", written(dig(tmpl.one(t, "AWS::Lambda::Function", "Courier").Properties, "Environment", "Variables", "MAIL_CONFIGURATION_SET")), "MailConfiguration")
	set := tmpl.one(t, "AWS::SES::ConfigurationSet", "MailConfiguration").Properties
	if set["TrackingOptions"] != nil {
		t.Error("SES would rewrite links to track opening and clicks")
	}
	s := tmpl.Resources[tmpl.of("AWS::SNS::Subscription")[0]].Properties
	want(t, "subscription", []any{s["Protocol"], written(s["Endpoint"]), written(s["TopicArn"]), s["RawMessageDelivery"]},
		[]any{"sqs", "MailEventsQueue.Arn", "MailEvents", true})
	const arn = "arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:configuration-set/MailConfiguration"
	topic := dig(tmpl.one(t, "AWS::SNS::TopicPolicy", "MailEventsPolicy").Properties, "PolicyDocument", "Statement")
	want(t, "who may publish", allowed(topic), []string{"sns:Publish by ses.amazonaws.com if aws:SourceAccount AWS::AccountId, aws:SourceArn " + arn})
	queue := dig(tmpl.one(t, "AWS::SQS::QueuePolicy", "MailEventsQueuePolicy").Properties, "PolicyDocument", "Statement")
	want(t, "who may send", allowed(queue), []string{"sqs:SendMessage by sns.amazonaws.com if aws:SourceArn MailEvents"})
	key := dig(tmpl.one(t, "AWS::KMS::Key", "MailEventsKey").Properties, "KeyPolicy", "Statement")
	want(t, "who may encrypt", allowed(key), []string{"kms:Decrypt, kms:GenerateDataKey by ses.amazonaws.com"})

	own := synth(t, own) // without a sender
	for _, kind := range []string{"AWS::SES::ConfigurationSet", "AWS::SES::ConfigurationSetEventDestination", "AWS::KMS::Key"} {
		if ids := own.of(kind); len(ids) > 0 {
			t.Errorf("%v exists, though no mail is sent", names(ids))
		}
	}
}

func TestProductionKeepsItsData(t *testing.T) {
	stateful := []string{"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::SQS::Queue", "AWS::Logs::LogGroup", "AWS::Cognito::UserPool", "AWS::KMS::Key"}
	for v, policy := range map[*variant]string{&prod: "Retain", &dev: "Delete"} {
		tmpl := synth(t, *v)
		for _, kind := range stateful {
			for _, id := range tmpl.of(kind) {
				r := tmpl.Resources[id]
				if r.DeletionPolicy != policy || r.UpdateReplacePolicy != policy {
					t.Errorf("%s %s: %s, %s; want %s", v.name, name(id), r.DeletionPolicy, r.UpdateReplacePolicy, policy)
				}
			}
		}
	}
	for v, protected := range map[*variant]bool{&prod: true, &dev: false} {
		out := t.TempDir()
		stage, err := v.into(t, out)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(out, "manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		var manifest any
		if err := json.Unmarshal(b, &manifest); err != nil {
			t.Fatal(err)
		}
		stack := dig(manifest, "artifacts", "Resonanz-"+string(stage), "properties")
		want(t, v.name+" stack may not be deleted", dig(stack, "terminationProtection") == true, protected)
		want(t, v.name+" tags", flat(dig(stack, "tags")), []string{"app: resonanz", "stage: " + string(stage)})
	}
	want(t, "deletion protection", synth(t, prod).one(t, "AWS::DynamoDB::Table", "Table").Properties["DeletionProtectionEnabled"], any(true))
	want(t, "protection of users", synth(t, prod).one(t, "AWS::Cognito::UserPool", "Users").Properties["DeletionProtection"], any("ACTIVE"))
}

func TestSecretsAreMadeUpByTheirKeeper(t *testing.T) {
	tmpl := synth(t, dev)
	ids := tmpl.of("AWS::SecretsManager::Secret")
	want(t, "secrets", names(ids), []string{"DeviceSecret", "LinkSecret", "WebhookSecret"})
	for _, id := range ids {
		p := tmpl.Resources[id].Properties
		want(t, name(id), flat(p["GenerateSecretString"]), []string{"ExcludePunctuation: true", "PasswordLength: 64"})
	}
}

func TestOutputsNameWhatToolsNeed(t *testing.T) {
	wanted := []string{
		"AlertTopicArn", "ApiUrl", "AttachmentsBucketName", "AttachmentsDlqUrl", "AttachmentsQueueUrl", "BucketName", "ClientId", "DeskClientId", "DeskUrl", "DeviceSecretArn", "EscalationDlqUrl", "EscalationQueueUrl", "FactsDatabase", "LinkSecretArn",
		"MailDlqUrl", "MailEventsDlqUrl", "MailEventsQueueUrl", "MailEventsTopicArn", "MailQueueUrl",
		"NotifyDlqUrl", "NotifyQueueUrl", "PublicUrl", "ReportDlqUrl", "ReportQueueUrl", "ReportingDlqUrl", "ReportingQueueUrl", "ScheduleDlqUrl", "StreamFailureQueueUrl",
		"TableName", "TokenUrl", "UserPoolId", "WebhookSecretArn",
	}
	var got []string
	for k := range synth(t, dev).Outputs {
		got = append(got, k)
	}
	sort.Strings(got)
	want(t, "outputs", got, wanted)
	for _, v := range []variant{own} { // an owner's issuer has no client of ours
		for k := range synth(t, v).Outputs {
			if slices.Contains([]string{"TokenUrl", "UserPoolId", "ClientId", "MailEventsTopicArn"}, k) {
				t.Errorf("%s: output %s of a user pool or of mail that is not there", v.name, k)
			}
		}
	}
}

func TestLinksUseTheFirstKnownAddress(t *testing.T) {
	for v, wanted := range map[*variant]string{&dev: "Api.ApiEndpoint", &local: "http://localhost:8080", &own: "https://feedback.example.com"} {
		tmpl := synth(t, *v)
		for _, fn := range []string{"Complaint", "Courier", "Invitation", "Notify", "Rating", "Report"} {
			p := tmpl.one(t, "AWS::Lambda::Function", fn).Properties
			want(t, v.name+" "+fn, written(dig(p, "Environment", "Variables", "PUBLIC_URL")), wanted)
		}
		want(t, v.name+" output", written(dig(tmpl.Outputs["PublicUrl"], "Value")), wanted)
	}
}
