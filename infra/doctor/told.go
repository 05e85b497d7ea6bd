package main

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// sender looks whether mail leaves, and reaches everybody.
func (a *account) sender(ctx context.Context) (lines []line) {
	from := a.cfg.Notify.MailFrom
	if from == "" {
		return nil
	}
	switch account, err := a.mail.GetAccount(ctx, &sesv2.GetAccountInput{}); {
	case err != nil:
		lines = append(lines, bad("the credentials need ses:GetAccount", "SES cannot be asked: %s", reason(err)))
	case !account.SendingEnabled:
		lines = append(lines, bad("see the account's dashboard in SES", "SES sends no mail for this account"))
	case !account.ProductionAccessEnabled:
		l := mind("ask for production access in SES, which takes about a day", "SES is in its sandbox: mail reaches verified addresses only")
		if a.cfg.Keep {
			l.mark = Bad
		}
		lines = append(lines, l)
	default:
		lines = append(lines, good("SES sends to everybody"))
	}
	return append(lines, a.verified(ctx, from))
}

// verified looks for the identity that the sender falls under: the address, its
// domain, or one above it.
func (a *account) verified(ctx context.Context, from string) line {
	waiting := ""
	_, domain, _ := strings.Cut(from, "@")
	for identity := range identities(from, domain) {
		answer, err := a.mail.GetEmailIdentity(ctx, &sesv2.GetEmailIdentityInput{EmailIdentity: &identity})
		var none *types.NotFoundException
		switch {
		case errors.As(err, &none):
		case err != nil:
			return bad("the credentials need ses:GetEmailIdentity", "the sender %s cannot be looked up: %s", from, reason(err))
		case answer.VerifiedForSendingStatus:
			return good("the sender %s is verified (%s)", from, identity)
		default:
			waiting = identity
		}
	}
	own := a.cfg.Notify.Identity.Domain
	switch {
	case waiting != "" && a.outputs["SenderRecord1"] != "":
		return bad("make the three records that the outputs SenderRecord1 to 3 of the stack name, and wait up to an hour", "%s waits for its proof (DKIM)", waiting)
	case waiting != "":
		return bad("make the records that SES names, or follow the link in its mail", "%s waits for its proof", waiting)
	case own != "" && a.outputs == nil:
		return mind("run "+a.command("deploy")+": the stack has SES verify "+own, "the sender %s is not verified yet", from)
	}
	return bad("verify it in SES, or let the stack do so: notify.identity.domain", "the sender %s is not verified", from)
}

// identities are what SES may know a sender by, from the narrowest on.
func identities(from, domain string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if !yield(from) {
			return
		}
		for strings.Contains(domain, ".") {
			if !yield(domain) {
				return
			}
			_, domain, _ = strings.Cut(domain, ".")
		}
	}
}

// unconfirmed is what SNS gives instead of the ARN of a subscription.
const unconfirmed = "PendingConfirmation"

// alarmed looks whether alarms reach somebody.
func (a *account) alarmed(ctx context.Context) []line {
	to := a.cfg.Alarms.Email
	if to == "" || a.outputs == nil {
		return nil
	}
	topic, err := a.operations(ctx)
	if err != nil || topic == "" {
		return []line{bad("run "+a.command("deploy"), "the topic of alarms is not found: %v", err)}
	}
	pages := sns.NewListSubscriptionsByTopicPaginator(a.topics, &sns.ListSubscriptionsByTopicInput{TopicArn: &topic})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return []line{bad("the credentials need sns:ListSubscriptionsByTopic", "who hears of alarms is not known: %s", reason(err))}
		}
		for _, s := range page.Subscriptions {
			switch {
			case aws.ToString(s.Endpoint) != to:
			case aws.ToString(s.SubscriptionArn) == unconfirmed:
				return []line{bad("open the mail from AWS Notifications and follow its link; a new one is sent when the address is taken out of alarms.email, deployed, and put back",
					"%s has not confirmed that it wants to hear of alarms", to)}
			default:
				return []line{good("%s hears of alarms", to)}
			}
		}
	}
	return []line{mind("run "+a.command("deploy"), "%s does not hear of alarms yet", to)}
}

// operations is the ARN of the topic of alarms.
func (a *account) operations(ctx context.Context) (string, error) {
	name := a.stackName()
	pages := cloudformation.NewListStackResourcesPaginator(a.stacks, &cloudformation.ListStackResourcesInput{StackName: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, r := range page.StackResourceSummaries {
			if aws.ToString(r.ResourceType) == "AWS::SNS::Topic" && strings.HasPrefix(aws.ToString(r.LogicalResourceId), "Operations") {
				return aws.ToString(r.PhysicalResourceId), nil
			}
		}
	}
	return "", nil
}
