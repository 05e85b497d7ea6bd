package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
)

// cloudFrontZone is the hosted zone of every distribution, as Route 53 knows it.
const cloudFrontZone = "Z2FDTNDATAQYW2"

// addDomain answers under the owner's own name: by CloudFront where it is in
// front, else by the API itself. With a zone of Route 53 the records are made, too;
// without, an output says where the name must point.
func (s *stack) addDomain() {
	d := s.Config.Domain
	if d.Name == "" || s.Local {
		return
	}
	target, zone, kinds := s.domainTarget()
	awscdk.NewCfnOutput(s.scope, str("DomainTarget"), &awscdk.CfnOutputProps{
		Value: target, Description: str("Where " + d.Name + " must point (CNAME)"),
	})
	if d.HostedZoneID == "" {
		return
	}
	for _, kind := range kinds {
		awsroute53.NewCfnRecordSet(s.scope, str("Domain"+kind), &awsroute53.CfnRecordSetProps{
			HostedZoneId: str(d.HostedZoneID), Name: str(d.Name), Type: str(kind),
			AliasTarget: &awsroute53.CfnRecordSet_AliasTargetProperty{DnsName: target, HostedZoneId: zone},
		})
	}
}

// domainTarget is the name behind the owner's, its hosted zone, and the kinds of
// records that lead there.
func (s *stack) domainTarget() (name, zone *string, kinds []string) {
	if s.edge != nil {
		return s.edge.AttrDomainName(), str(cloudFrontZone), []string{"A", "AAAA"}
	}
	d := s.Config.Domain
	certificate := str(d.CertificateARN)
	if d.CertificateARN == "" {
		certificate = awscertificatemanager.NewCfnCertificate(s.scope, str("DomainCertificate"), &awscertificatemanager.CfnCertificateProps{
			DomainName: str(d.Name), ValidationMethod: str("DNS"),
			DomainValidationOptions: &[]interface{}{&awscertificatemanager.CfnCertificate_DomainValidationOptionProperty{
				DomainName: str(d.Name), HostedZoneId: str(d.HostedZoneID),
			}},
		}).Ref()
	}
	own := awsapigatewayv2.NewCfnDomainName(s.scope, str("DomainName"), &awsapigatewayv2.CfnDomainNameProps{
		DomainName: str(d.Name),
		DomainNameConfigurations: &[]interface{}{&awsapigatewayv2.CfnDomainName_DomainNameConfigurationProperty{
			CertificateArn: certificate, EndpointType: str("REGIONAL"), SecurityPolicy: str("TLS_1_2"),
		}},
	})
	stage := s.scope.Node().FindChild(str("ApiStage")).(awsapigatewayv2.CfnStage)
	awsapigatewayv2.NewCfnApiMapping(s.scope, str("DomainMapping"), &awsapigatewayv2.CfnApiMappingProps{
		ApiId: s.api.ApiId(), DomainName: own.Ref(), Stage: stage.Ref(),
	})
	return own.AttrRegionalDomainName(), own.AttrRegionalHostedZoneId(), []string{"A"}
}
