package main

import (
	"fmt"
	"sort"
	"strings"
	"testing"
)

// Each role, word for word: what a function may do is read here, and grows only
// on purpose.
func TestEachFunctionMayDoExactlyWhatItNeeds(t *testing.T) {
	got := permissions(synth(t, dev))
	want(t, "permissions", got, map[string][]string{
		"Rating": {
			"dynamodb:BatchGetItem Table.Arn", "dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn", "dynamodb:Query Table.Arn",
			"secretsmanager:GetSecretValue DeviceSecret", "secretsmanager:GetSecretValue LinkSecret",
		},
		"Card": {
			"dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn", "dynamodb:Query Table.Arn",
			"secretsmanager:GetSecretValue LinkSecret",
		},
		"Invitation": {
			"dynamodb:ConditionCheckItem Table.Arn", "dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn", "dynamodb:Query Table.Arn",
			"secretsmanager:GetSecretValue LinkSecret",
		},
		"Complaint": {
			"dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn", "dynamodb:Query Table.Arn",
			"s3:PutObject Attachments.Arn/quarantine/*",
			"secretsmanager:GetSecretValue LinkSecret",
		},
		"Cases": {
			"dynamodb:BatchGetItem Table.Arn", "dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn",
			"dynamodb:Query Table.Arn", "dynamodb:Query Table.Arn/index/customer", "dynamodb:Query Table.Arn/index/due",
			"s3:GetObject Attachments.Arn/clean/*",
		},
		"Customers": {
			"dynamodb:DeleteItem Table.Arn", "dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn",
			"dynamodb:Query Table.Arn", "dynamodb:Query Table.Arn/index/customer",
			"s3:DeleteObjectVersion Attachments.Arn/clean/*", "s3:DeleteObjectVersion Attachments.Arn/quarantine/*",
			"s3:GetObject Attachments.Arn/clean/*", "s3:GetObject Reports.Arn/erased/*",
			"s3:ListBucket Reports.Arn", "s3:ListBucketVersions Attachments.Arn", "s3:PutObject Reports.Arn/erased/*",
			"sqs:ChangeMessageVisibility AttachmentsDlq.Arn", "sqs:ChangeMessageVisibility EscalationDlq.Arn", "sqs:ChangeMessageVisibility MailDlq.Arn", "sqs:ChangeMessageVisibility MailEventsDlq.Arn", "sqs:ChangeMessageVisibility NotifyDlq.Arn", "sqs:ChangeMessageVisibility ReportDlq.Arn", "sqs:ChangeMessageVisibility ReportingDlq.Arn", "sqs:ChangeMessageVisibility ScheduleDlq.Arn", "sqs:ChangeMessageVisibility StreamFailures.Arn",
			"sqs:DeleteMessage AttachmentsDlq.Arn", "sqs:DeleteMessage EscalationDlq.Arn", "sqs:DeleteMessage MailDlq.Arn", "sqs:DeleteMessage MailEventsDlq.Arn", "sqs:DeleteMessage NotifyDlq.Arn", "sqs:DeleteMessage ReportDlq.Arn", "sqs:DeleteMessage ReportingDlq.Arn", "sqs:DeleteMessage ScheduleDlq.Arn", "sqs:DeleteMessage StreamFailures.Arn",
			"sqs:GetQueueAttributes AttachmentsDlq.Arn", "sqs:GetQueueAttributes EscalationDlq.Arn", "sqs:GetQueueAttributes MailDlq.Arn", "sqs:GetQueueAttributes MailEventsDlq.Arn", "sqs:GetQueueAttributes NotifyDlq.Arn", "sqs:GetQueueAttributes ReportDlq.Arn", "sqs:GetQueueAttributes ReportingDlq.Arn", "sqs:GetQueueAttributes ScheduleDlq.Arn", "sqs:GetQueueAttributes StreamFailures.Arn",
			"sqs:ReceiveMessage AttachmentsDlq.Arn", "sqs:ReceiveMessage EscalationDlq.Arn", "sqs:ReceiveMessage MailDlq.Arn", "sqs:ReceiveMessage MailEventsDlq.Arn", "sqs:ReceiveMessage NotifyDlq.Arn", "sqs:ReceiveMessage ReportDlq.Arn", "sqs:ReceiveMessage ReportingDlq.Arn", "sqs:ReceiveMessage ScheduleDlq.Arn", "sqs:ReceiveMessage StreamFailures.Arn",
		},
		"Attachment": {
			"dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn", "dynamodb:Query Table.Arn",
			"s3:DeleteObject Attachments.Arn/clean/*", "s3:DeleteObject Attachments.Arn/quarantine/*", "s3:GetObject Attachments.Arn/quarantine/*",
			"s3:ListBucket Attachments.Arn", "s3:PutObject Attachments.Arn/clean/*",
			"sqs:DeleteMessage AttachmentsQueue.Arn", "sqs:GetQueueAttributes AttachmentsQueue.Arn", "sqs:ReceiveMessage AttachmentsQueue.Arn",
			"sqs:SendMessage AttachmentsDlq.Arn",
		},
		"Sweep": {
			"dynamodb:DeleteItem Table.Arn", "dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn",
			"dynamodb:Query Table.Arn", "dynamodb:Query Table.Arn/index/due", "dynamodb:Scan Table.Arn/index/customer",
			"s3:DeleteObjectVersion Attachments.Arn/clean/*", "s3:DeleteObjectVersion Attachments.Arn/quarantine/*",
			"s3:GetObject Reports.Arn/erased/*", "s3:ListBucket Reports.Arn", "s3:ListBucketVersions Attachments.Arn",
		},
		"Canary":         {"cognito-idp:DescribeUserPoolClient Users.Arn"},
		"CanarySchedule": {"lambda:InvokeFunction Canary.Arn", "sqs:SendMessage ScheduleDlq.Arn"},
		"SweepSchedule":  {"lambda:InvokeFunction Sweep.Arn", "sqs:SendMessage ScheduleDlq.Arn"},
		"Fanout": {
			"dynamodb:DescribeStream Table.StreamArn", "dynamodb:GetRecords Table.StreamArn", "dynamodb:GetShardIterator Table.StreamArn",
			"dynamodb:ListStreams *",
			"sqs:SendMessage EscalationQueue.Arn", "sqs:SendMessage MailQueue.Arn", "sqs:SendMessage NotifyQueue.Arn", "sqs:SendMessage ReportingQueue.Arn", "sqs:SendMessage StreamFailures.Arn",
		},
		"Escalation": {
			"dynamodb:BatchGetItem Table.Arn", "dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn",
			"dynamodb:Query Table.Arn", "dynamodb:Query Table.Arn/index/customer", "dynamodb:Query Table.Arn/index/due",
			"sqs:DeleteMessage EscalationQueue.Arn", "sqs:GetQueueAttributes EscalationQueue.Arn", "sqs:ReceiveMessage EscalationQueue.Arn",
			"sqs:SendMessage EscalationDlq.Arn",
		},
		"Clock": {
			"dynamodb:GetItem Table.Arn if ForAllValues:StringLike.dynamodb:LeadingKeys[0] APPLIED",
			"dynamodb:PutItem Table.Arn if ForAllValues:StringLike.dynamodb:LeadingKeys[0] APPLIED",
			"dynamodb:Query Table.Arn/index/due",
			"sqs:SendMessage EscalationQueue.Arn", "sqs:SendMessage MailQueue.Arn", "sqs:SendMessage NotifyQueue.Arn",
		},
		"Notify": {
			"dynamodb:DeleteItem Table.Arn", "dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn",
			"s3:GetObject Reports.Arn/reports/*",
			"secretsmanager:GetSecretValue WebhookSecret",
			"ses:SendEmail arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/example.com if StringEquals ses:FromAddress feedback@example.com",
			"ses:SendEmail arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/feedback@example.com if StringEquals ses:FromAddress feedback@example.com",
			"ses:SendRawEmail arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/example.com if StringEquals ses:FromAddress feedback@example.com",
			"ses:SendRawEmail arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/feedback@example.com if StringEquals ses:FromAddress feedback@example.com",
			"sns:Publish Alerts",
			"sqs:DeleteMessage NotifyQueue.Arn", "sqs:GetQueueAttributes NotifyQueue.Arn", "sqs:ReceiveMessage NotifyQueue.Arn",
			"sqs:SendMessage NotifyDlq.Arn",
		},
		"Courier": {
			"dynamodb:DeleteItem Table.Arn", "dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn", "dynamodb:Query Table.Arn",
			"secretsmanager:GetSecretValue LinkSecret",
			"ses:SendRawEmail arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:configuration-set/MailConfiguration if StringEquals ses:FromAddress feedback@example.com",
			"ses:SendRawEmail arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/example.com if StringEquals ses:FromAddress feedback@example.com",
			"ses:SendRawEmail arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/feedback@example.com if StringEquals ses:FromAddress feedback@example.com",
			"sqs:DeleteMessage MailQueue.Arn", "sqs:GetQueueAttributes MailQueue.Arn", "sqs:ReceiveMessage MailQueue.Arn",
			"sqs:SendMessage MailDlq.Arn",
		},
		"Bounce": {
			"dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn",
			"sqs:DeleteMessage MailEventsQueue.Arn", "sqs:GetQueueAttributes MailEventsQueue.Arn", "sqs:ReceiveMessage MailEventsQueue.Arn",
			"sqs:SendMessage MailEventsDlq.Arn",
		},
		"Facts": {
			"s3:PutObject Reports.Arn/canary/*", "s3:PutObject Reports.Arn/facts/*",
			"sqs:DeleteMessage ReportingQueue.Arn", "sqs:GetQueueAttributes ReportingQueue.Arn", "sqs:ReceiveMessage ReportingQueue.Arn",
			"sqs:SendMessage ReportingDlq.Arn",
		},
		"Watch": {
			"dynamodb:PutItem Table.Arn if ForAllValues:StringLike.dynamodb:LeadingKeys[0] WATCH#*",
			"dynamodb:Query Table.Arn if ForAllValues:StringLike.dynamodb:LeadingKeys[0] WATCH#*",
			"s3:GetObject Reports.Arn/facts/*", "s3:ListBucket Reports.Arn",
			"sqs:SendMessage EscalationQueue.Arn",
		},
		"Report": {
			"cloudwatch:GetMetricData *",
			"dynamodb:GetItem Table.Arn", "dynamodb:PutItem Table.Arn if ForAllValues:StringLike.dynamodb:LeadingKeys[0] REPORT#*", "dynamodb:Query Table.Arn", "dynamodb:Query Table.Arn/index/due",
			"s3:GetObject Reports.Arn/canary/*", "s3:GetObject Reports.Arn/facts/*", "s3:GetObject Reports.Arn/reports/*", "s3:ListBucket Reports.Arn", "s3:PutObject Reports.Arn/reports/*",
			"secretsmanager:GetSecretValue LinkSecret",
			"sqs:DeleteMessage ReportQueue.Arn", "sqs:GetQueueAttributes ReportQueue.Arn", "sqs:ReceiveMessage ReportQueue.Arn",
			"sqs:SendMessage EscalationQueue.Arn", "sqs:SendMessage ReportDlq.Arn", "sqs:SendMessage ReportQueue.Arn",
		},
		"Compact": {
			"s3:DeleteObject Reports.Arn/facts/*", "s3:GetObject Reports.Arn/facts/*", "s3:ListBucket Reports.Arn", "s3:PutObject Reports.Arn/facts/*",
		},
		"ClockSchedule":             {"lambda:InvokeFunction Clock.Arn", "sqs:SendMessage ScheduleDlq.Arn"},
		"WatchSchedule":             {"lambda:InvokeFunction Watch.Arn", "sqs:SendMessage ScheduleDlq.Arn"},
		"CompactSchedule":           {"lambda:InvokeFunction Compact.Arn", "sqs:SendMessage ScheduleDlq.Arn"},
		"ReportPreliminarySchedule": {"lambda:InvokeFunction Report.Arn", "sqs:SendMessage ScheduleDlq.Arn"},
		"ReportFinalSchedule":       {"lambda:InvokeFunction Report.Arn", "sqs:SendMessage ScheduleDlq.Arn"},
	})
}

// permissions lists "action resource" by role; writing one's own log group, which
// every function may, is left out after it was seen.
func permissions(tmpl *template) map[string][]string {
	all := map[string][]string{}
	for _, id := range tmpl.of("AWS::IAM::Role") {
		role := strings.TrimSuffix(name(id), "Role")
		for _, policy := range list(tmpl.Resources[id].Properties["Policies"]) {
			for _, st := range list(dig(policy, "PolicyDocument", "Statement")) {
				for _, action := range list(dig(st, "Action")) {
					for _, res := range list(dig(st, "Resource")) {
						if written(res) == role+"Logs.Arn" && (action == "logs:CreateLogStream" || action == "logs:PutLogEvents") {
							continue
						}
						line := fmt.Sprintf("%v %s", action, written(res))
						if c := dig(st, "Condition"); c != nil {
							line += " if " + condition(c)
						}
						all[role] = append(all[role], line)
					}
				}
			}
		}
		sort.Strings(all[role])
	}
	return all
}

func condition(c any) string {
	return strings.NewReplacer(": ", " ", ".ses:", " ses:").Replace(strings.Join(flat(c), ", "))
}

// allowed lists what services may do by a resource's policy.
func allowed(statements any) (lines []string) {
	for _, st := range list(statements) {
		service, ok := dig(st, "Principal", "Service").(string)
		if dig(st, "Effect") != "Allow" || !ok {
			continue
		}
		var actions, conditions []string
		for _, a := range list(dig(st, "Action")) {
			actions = append(actions, a.(string))
		}
		conditionsOf, _ := dig(st, "Condition").(map[string]any)
		for _, c := range conditionsOf {
			for k, v := range c.(map[string]any) {
				conditions = append(conditions, k+" "+written(v))
			}
		}
		sort.Strings(conditions)
		line := strings.Join(actions, ", ") + " by " + service
		if conditions != nil {
			line += " if " + strings.Join(conditions, ", ")
		}
		lines = append(lines, line)
	}
	return lines
}

// What a function that checks tokens trusts is what the API trusts.
func TestRatingTrustsTheIssuerOfTheAPI(t *testing.T) {
	for v, wanted := range map[*variant][]string{
		&dev: {
			"https://cognito-idp.AWS::Region.amazonaws.com/Users", "UsersMachineClient,UsersDeskClient",
			"https://cognito-idp.AWS::Region.amazonaws.com/Users/.well-known/jwks.json",
		},
		&own: {"https://id.example.com", "crm,desk", "https://id.example.com/.well-known/openid-configuration"},
	} {
		tmpl := synth(t, *v)
		env := dig(tmpl.one(t, "AWS::Lambda::Function", "Rating").Properties, "Environment", "Variables")
		var got []string
		for _, k := range []string{"TOKEN_ISSUER", "TOKEN_AUDIENCE", "TOKEN_JWKS_URL"} {
			got = append(got, written(dig(env, k)))
		}
		want(t, v.name, got, wanted)
		a := dig(tmpl.one(t, "AWS::ApiGatewayV2::Authorizer", "ApiJwt").Properties, "JwtConfiguration")
		var audience []string
		for _, one := range list(dig(a, "Audience")) {
			if who := written(one); who != "UsersCanaryClient" { // it sends nothing that rating looks into a token for
				audience = append(audience, who)
			}
		}
		want(t, v.name+" authorizer", []string{written(dig(a, "Issuer")), strings.Join(audience, ",")}, wanted[:2])
	}
}
