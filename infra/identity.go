package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2authorizers"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"
)

// resourceServer prefixes the scopes: "resonanz/invite". An owner's own issuer
// uses the same scope strings.
const resourceServer = "resonanz"

// scopes lists what a token can permit.
var scopes = []struct{ name, permits string }{
	{"invite", "Issue rating links"},
	{"cases", "Work on cases"},
	{"approve", "Approve compensation above the limit"},
	{"reports", "Read and make reports"},
	{"privacy", "Export and erase a customer"},
	{"intake", "Send ratings, cards and complaints"},
}

// identity is who may call what staff and the CRM use.
type identity struct {
	authorizer awsapigatewayv2.IHttpRouteAuthorizer
	// The stack's own pool; nil where the owner's issuer is configured.
	pool     awscognito.UserPool
	client   awscognito.UserPoolClient
	tokenURL *string
	// env tells a function that checks tokens itself whose it trusts.
	env map[string]*string
}

// tokenEnv is the environment of a function that checks tokens: the same issuer
// and audience as the authorizer's, and where the issuer's public keys are, or the
// configuration that names them.
func tokenEnv(issuer, jwks *string, audience ...*string) map[string]*string {
	return map[string]*string{
		"TOKEN_ISSUER":   issuer,
		"TOKEN_AUDIENCE": awscdk.Fn_Join(str(","), &audience),
		"TOKEN_JWKS_URL": jwks,
	}
}

// addIdentity trusts the configured issuer, or else makes a user pool with one
// client for machines (client credentials, one hour a token).
func (s *stack) addIdentity() {
	if issuer := s.Config.OIDC.Issuer; issuer != "" {
		s.identity.authorizer = awsapigatewayv2authorizers.NewHttpJwtAuthorizer(str("Jwt"), str(issuer),
			&awsapigatewayv2authorizers.HttpJwtAuthorizerProps{JwtAudience: strs(s.Config.OIDC.Audience...)})
		// Its configuration names its keys, as it does to API Gateway.
		s.identity.env = tokenEnv(str(issuer), str(strings.TrimRight(issuer, "/")+"/.well-known/openid-configuration"), *strs(s.Config.OIDC.Audience...)...)
		return
	}
	pool := awscognito.NewUserPool(s.scope, str("Users"), &awscognito.UserPoolProps{
		SelfSignUpEnabled:  jsii.Bool(false),
		SignInAliases:      &awscognito.SignInAliases{Email: jsii.Bool(true)},
		AccountRecovery:    awscognito.AccountRecovery_EMAIL_ONLY,
		PasswordPolicy:     &awscognito.PasswordPolicy{MinLength: jsii.Number(12)},
		DeletionProtection: jsii.Bool(s.Stage == Prod),
		RemovalPolicy:      s.removal(),
	})
	var offered []awscognito.ResourceServerScope
	for _, scope := range scopes {
		offered = append(offered, awscognito.NewResourceServerScope(&awscognito.ResourceServerScopeProps{
			ScopeName: str(scope.name), ScopeDescription: str(scope.permits),
		}))
	}
	server := pool.AddResourceServer(str("ResourceServer"), &awscognito.UserPoolResourceServerOptions{
		Identifier: str(resourceServer),
		Scopes:     &offered,
	})
	var granted []awscognito.OAuthScope
	for _, scope := range offered {
		granted = append(granted, awscognito.OAuthScope_ResourceServer(server, scope))
	}
	client := pool.AddClient(str("MachineClient"), &awscognito.UserPoolClientOptions{
		GenerateSecret:      jsii.Bool(true),
		AuthFlows:           &awscognito.AuthFlow{},
		AccessTokenValidity: awscdk.Duration_Hours(jsii.Number(1)),
		OAuth: &awscognito.OAuthSettings{
			Flows:  &awscognito.OAuthFlows{ClientCredentials: jsii.Bool(true)},
			Scopes: &granted,
		},
	})
	domain := pool.AddDomain(str("Domain"), &awscognito.UserPoolDomainOptions{
		// Unique over all accounts of a region.
		CognitoDomain: &awscognito.CognitoDomainOptions{
			DomainPrefix: str("resonanz-" + string(s.Stage) + "-" + *s.scope.Account()),
		},
	})
	// As the authorizer spells it.
	issuer := str("https://cognito-idp." + *s.scope.Region() + ".amazonaws.com/" + *pool.UserPoolId())
	s.identity = identity{
		authorizer: awsapigatewayv2authorizers.NewHttpUserPoolAuthorizer(str("Jwt"), pool,
			&awsapigatewayv2authorizers.HttpUserPoolAuthorizerProps{UserPoolClients: &[]awscognito.IUserPoolClient{client}}),
		pool:     pool,
		client:   client,
		tokenURL: str(*domain.BaseUrl(nil) + "/oauth2/token"),
		env:      tokenEnv(issuer, str(*issuer+"/.well-known/jwks.json"), client.UserPoolClientId()),
	}
}
