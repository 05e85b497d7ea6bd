package main

import (
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/jsii-runtime-go"
)

// mail is how customers are written to and how what became of it comes back.
// Without a sender (notify.mail_from) none of it exists.
type mail struct {
	identity         awsses.CfnEmailIdentity // nil where the owner verified the sender
	configurationSet awsses.CfnConfigurationSet
	events           awssns.Topic
}

// addMail has SES tell what became of the mail to customers: configuration set →
// topic MailEvents → queue MailEvents → function bounce.
func (s *stack) addMail() {
	if s.Config.Notify.MailFrom == "" {
		return
	}
	s.addSender()
	s.mail.configurationSet = awsses.NewCfnConfigurationSet(s.scope, str("MailConfiguration"), &awsses.CfnConfigurationSetProps{
		ReputationOptions: &awsses.CfnConfigurationSet_ReputationOptionsProperty{ReputationMetricsEnabled: jsii.Bool(true)},
		// SES itself refuses addresses that bounced or complained before, whoever
		// else sends from this account.
		SuppressionOptions: &awsses.CfnConfigurationSet_SuppressionOptionsProperty{SuppressedReasons: strs("BOUNCE", "COMPLAINT")},
		// No open or click tracking: links stay ours, and opening is no vote.
	})
	fromSES := map[string]interface{}{"StringEquals": map[string]interface{}{
		"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID(),
		"aws:SourceArn":     s.configurationSetARN(),
	}}
	ses := []awsiam.IPrincipal{awsiam.NewServicePrincipal(str("ses.amazonaws.com"), nil)}
	// What SES tells holds the recipient's address. SES cannot publish under the
	// account's own SNS key, hence this one. Whether SES names itself to KMS as it
	// does to SNS is documented nowhere, so the key asks for no more than the
	// service; the topic it serves asks for the rest.
	key := awskms.NewKey(s.scope, str("MailEventsKey"), &awskms.KeyProps{
		Description:       str("Resonanz: what became of mail to customers"),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     s.removal(),
	})
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        str("SesEncrypts"),
		Principals: &ses,
		Actions:    strs("kms:Decrypt", "kms:GenerateDataKey"),
		Resources:  strs("*"), // of a key's policy: this key
	}), nil)
	s.mail.events = awssns.NewTopic(s.scope, str("MailEvents"), &awssns.TopicProps{
		DisplayName: str("Resonanz: mail events"),
		EnforceSSL:  jsii.Bool(true),
		MasterKey:   key,
	})
	s.mail.events.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        str("SesPublishes"),
		Principals: &ses,
		Actions:    strs("sns:Publish"),
		Resources:  &[]*string{s.mail.events.TopicArn()},
		Conditions: &fromSES,
	}))
	s.mail.events.AddSubscription(awssnssubscriptions.NewSqsSubscription(s.mailEvents.Queue, &awssnssubscriptions.SqsSubscriptionProps{
		RawMessageDelivery: jsii.Bool(true),
	}))
	destination := awsses.NewCfnConfigurationSetEventDestination(s.scope, str("MailEventDestination"), &awsses.CfnConfigurationSetEventDestinationProps{
		ConfigurationSetName: s.mail.configurationSet.Ref(),
		EventDestination: &awsses.CfnConfigurationSetEventDestination_EventDestinationProperty{
			Enabled:            jsii.Bool(true),
			MatchingEventTypes: strs("bounce", "complaint", "reject", "renderingFailure"),
			SnsDestination:     &awsses.CfnConfigurationSetEventDestination_SnsDestinationProperty{TopicArn: s.mail.events.TopicArn()},
		},
	})
	// SES tries whether it may publish when the destination is made.
	for _, made := range *s.mail.events.Node().Children() {
		if policy, ok := made.(awssns.TopicPolicy); ok {
			destination.Node().AddDependency(policy)
		}
	}
}

// addSender has SES verify the domain of the sender by DKIM: three records, made in
// the owner's zone or else named by outputs.
func (s *stack) addSender() {
	id := s.Config.Notify.Identity
	if id.Domain == "" || s.Local {
		return
	}
	s.mail.identity = awsses.NewCfnEmailIdentity(s.scope, str("Sender"), &awsses.CfnEmailIdentityProps{
		EmailIdentity:         str(id.Domain),
		DkimSigningAttributes: &awsses.CfnEmailIdentity_DkimSigningAttributesProperty{NextSigningKeyLength: str("RSA_2048_BIT")},
	})
	s.mail.identity.ApplyRemovalPolicy(s.removal(), nil)
	of := s.mail.identity
	for i, r := range []struct{ name, value *string }{
		{of.AttrDkimDnsTokenName1(), of.AttrDkimDnsTokenValue1()},
		{of.AttrDkimDnsTokenName2(), of.AttrDkimDnsTokenValue2()},
		{of.AttrDkimDnsTokenName3(), of.AttrDkimDnsTokenValue3()},
	} {
		n := strconv.Itoa(i + 1)
		if id.HostedZoneID == "" {
			awscdk.NewCfnOutput(s.scope, str("SenderRecord"+n), &awscdk.CfnOutputProps{
				Value: str(*r.name + " CNAME " + *r.value), Description: str("To be made where " + id.Domain + " is kept"),
			})
			continue
		}
		awsroute53.NewCfnRecordSet(s.scope, str("SenderRecord"+n), &awsroute53.CfnRecordSetProps{
			HostedZoneId: str(id.HostedZoneID), Name: r.name, Type: str("CNAME"), Ttl: str("1800"), ResourceRecords: &[]*string{r.value},
		})
	}
}

func (s *stack) configurationSetARN() *string {
	return s.sesARN("configuration-set/" + *s.mail.configurationSet.Ref())
}

func (s *stack) sesARN(resource string) *string {
	return str("arn:" + *s.scope.Partition() + ":ses:" + *s.scope.Region() + ":" + *s.scope.Account() + ":" + resource)
}

// sendMail permits mail from the configured sender only and, where given, with the
// resources that the mail names besides. SES checks the identity it verified, which
// is the address itself, its whole domain, or one above it.
func (s *stack) sendMail(besides []*string, actions ...string) []awsiam.PolicyStatement {
	from := s.Config.Notify.MailFrom
	if from == "" {
		return nil
	}
	_, domain, _ := strings.Cut(from, "@")
	identities := []*string{s.sesARN("identity/" + from), s.sesARN("identity/" + domain)}
	if above := s.Config.Notify.Identity.Domain; above != "" && above != domain {
		identities = append(identities, s.sesARN("identity/"+above))
	}
	p := allowAll(append(identities, besides...), actions...)
	p.AddCondition(str("StringEquals"), map[string]interface{}{"ses:FromAddress": from})
	return []awsiam.PolicyStatement{p}
}

// sendToCustomers permits mail with the configuration set, by which SES tells
// what became of it.
func (s *stack) sendToCustomers() []awsiam.PolicyStatement {
	if s.Config.Notify.MailFrom == "" {
		return nil
	}
	return s.sendMail([]*string{s.configurationSetARN()}, "ses:SendRawEmail")
}
