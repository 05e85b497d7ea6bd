package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"
)

// Policies that CloudFront itself keeps, by their fixed ids.
const (
	cachingDisabled           = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	allViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// edgeReadTimeout is longer than the API itself waits for a function (30 s).
const edgeReadTimeout = 35

// staticPaths hold files that are the same for everybody. What the functions say
// of each (Cache-Control) decides whether CloudFront keeps it; all else it never
// keeps.
var staticPaths = []string{"/desk/*", "/kiosk/*"}

// uncached are the errors that CloudFront would else keep for ten seconds: an
// answer to one must never be given to another.
var uncached = []int{400, 403, 404, 405, 414, 500, 501, 502, 503, 504}

// addEdge puts CloudFront in front of the API: https alone, near the customer, and
// with the owner's web ACL. It writes no log, since a path holds a customer's link
// and an address says who followed it.
func (s *stack) addEdge() {
	if !s.Config.Edge.Enabled || s.Local {
		return
	}
	files := awscloudfront.NewCfnCachePolicy(s.scope, str("EdgeFiles"), &awscloudfront.CfnCachePolicyProps{
		CachePolicyConfig: &awscloudfront.CfnCachePolicy_CachePolicyConfigProperty{
			Name:       str("resonanz-" + string(s.Stage) + "-" + *s.scope.Region()), // of the whole account, in all regions
			Comment:    str("Files, as long as Cache-Control says, by path and version"),
			MinTtl:     jsii.Number(0),
			DefaultTtl: jsii.Number(0),
			MaxTtl:     jsii.Number(31536000),
			ParametersInCacheKeyAndForwardedToOrigin: &awscloudfront.CfnCachePolicy_ParametersInCacheKeyAndForwardedToOriginProperty{
				CookiesConfig:              &awscloudfront.CfnCachePolicy_CookiesConfigProperty{CookieBehavior: str("none")},
				HeadersConfig:              &awscloudfront.CfnCachePolicy_HeadersConfigProperty{HeaderBehavior: str("none")},
				QueryStringsConfig:         &awscloudfront.CfnCachePolicy_QueryStringsConfigProperty{QueryStringBehavior: str("all")},
				EnableAcceptEncodingGzip:   jsii.Bool(true),
				EnableAcceptEncodingBrotli: jsii.Bool(true),
			},
		},
	})
	const api = "api"
	var kept []interface{}
	for _, path := range staticPaths {
		kept = append(kept, &awscloudfront.CfnDistribution_CacheBehaviorProperty{
			PathPattern: str(path), TargetOriginId: str(api), ViewerProtocolPolicy: str("https-only"), Compress: jsii.Bool(true),
			AllowedMethods: strs("GET", "HEAD"), CachePolicyId: files.Ref(), OriginRequestPolicyId: str(allViewerExceptHostHeader),
		})
	}
	var fresh []interface{}
	for _, code := range uncached {
		fresh = append(fresh, &awscloudfront.CfnDistribution_CustomErrorResponseProperty{ErrorCode: jsii.Number(code), ErrorCachingMinTtl: jsii.Number(0)})
	}
	config := &awscloudfront.CfnDistribution_DistributionConfigProperty{
		Enabled: jsii.Bool(true), Ipv6Enabled: jsii.Bool(true), HttpVersion: str("http2and3"),
		Comment: str("Resonanz: customer pages and JSON interface (" + string(s.Stage) + ")"),
		Origins: &[]interface{}{&awscloudfront.CfnDistribution_OriginProperty{
			Id: str(api), DomainName: awscdk.Fn_Select(jsii.Number(2), awscdk.Fn_Split(str("/"), s.api.ApiEndpoint(), nil)),
			CustomOriginConfig: &awscloudfront.CfnDistribution_CustomOriginConfigProperty{
				OriginProtocolPolicy: str("https-only"), OriginSslProtocols: strs("TLSv1.2"), OriginReadTimeout: jsii.Number(edgeReadTimeout),
			},
		}},
		DefaultCacheBehavior: &awscloudfront.CfnDistribution_DefaultCacheBehaviorProperty{
			TargetOriginId: str(api), ViewerProtocolPolicy: str("https-only"), AllowedMethods: strs("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"),
			CachePolicyId: str(cachingDisabled), OriginRequestPolicyId: str(allViewerExceptHostHeader),
		},
		CacheBehaviors:       &kept,
		CustomErrorResponses: &fresh,
	}
	if acl := s.Config.Edge.WebACLARN; acl != "" {
		config.WebAclId = str(acl)
	}
	if name := s.Config.Domain.Name; name != "" {
		config.Aliases = strs(name)
		config.ViewerCertificate = &awscloudfront.CfnDistribution_ViewerCertificateProperty{
			AcmCertificateArn: str(s.Config.Edge.CertificateARN), SslSupportMethod: str("sni-only"), MinimumProtocolVersion: str("TLSv1.2_2021"),
		}
	}
	s.edge = awscloudfront.NewCfnDistribution(s.scope, str("Edge"), &awscloudfront.CfnDistributionProps{DistributionConfig: config})
	if s.PublicURL == "" { // links lead to it, not past it
		s.PublicURL = "https://" + *s.edge.AttrDomainName()
	}
}
