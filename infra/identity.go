package main

import (
	"slices"
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
	client   awscognito.UserPoolClient // of machines
	desk     awscognito.UserPoolClient // of staff in their browsers
	canary   awscognito.UserPoolClient // of the canary; nil: there is none, or the owner's issuer knows it
	tokenURL *string
	// env tells a function that checks tokens itself whose it trusts.
	env map[string]*string
	// deskEnv tells the desk where staff sign in.
	deskEnv map[string]*string
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
// client for machines (client credentials, one hour a token) and one for the desk.
func (s *stack) addIdentity() {
	if s.Config.OIDC.Issuer != "" {
		s.identity = s.ownIssuer()
		return
	}
	pool := s.addUserPool()
	var offered []awscognito.ResourceServerScope
	for _, scope := range scopes {
		offered = append(offered, awscognito.NewResourceServerScope(&awscognito.ResourceServerScopeProps{
			ScopeName: str(scope.name), ScopeDescription: str(scope.permits),
		}))
	}
	ofCanary := awscognito.NewResourceServerScope(&awscognito.ResourceServerScopeProps{
		ScopeName: str(canaryScope), ScopeDescription: str("Have the stack rate itself"),
	})
	served := offered
	if s.Config.Canary.Enabled {
		served = append(slices.Clip(offered), ofCanary)
	}
	server := pool.AddResourceServer(str("ResourceServer"), &awscognito.UserPoolResourceServerOptions{
		Identifier: str(resourceServer),
		Scopes:     &served,
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
	desk := s.addDeskClient(pool, granted)
	known := []awscognito.IUserPoolClient{client, desk}
	var canary awscognito.UserPoolClient
	if s.Config.Canary.Enabled {
		canary = s.addCanaryClient(pool, server, ofCanary)
		known = append(known, canary)
	}
	signIn := s.signInURL(domain)
	// As the authorizer spells it.
	issuer := str("https://cognito-idp." + *s.scope.Region() + ".amazonaws.com/" + *pool.UserPoolId())
	s.identity = identity{
		authorizer: awsapigatewayv2authorizers.NewHttpUserPoolAuthorizer(str("Jwt"), pool,
			&awsapigatewayv2authorizers.HttpUserPoolAuthorizerProps{UserPoolClients: &known}),
		pool:     pool,
		client:   client,
		desk:     desk,
		canary:   canary,
		tokenURL: str(signIn + "/oauth2/token"),
		env:      tokenEnv(issuer, str(*issuer+"/.well-known/jwks.json"), client.UserPoolClientId(), desk.UserPoolClientId()),
		deskEnv: deskEnv(desk.UserPoolClientId(),
			signIn+"/oauth2/authorize", signIn+"/oauth2/token", signIn+"/logout", deskScopes()),
	}
}

// ownIssuer trusts the owner's issuer. Where the configuration does not name what
// the desk is to it, the desk says so.
func (s *stack) ownIssuer() identity {
	o := s.Config.OIDC
	id := identity{
		authorizer: awsapigatewayv2authorizers.NewHttpJwtAuthorizer(str("Jwt"), str(o.Issuer),
			&awsapigatewayv2authorizers.HttpJwtAuthorizerProps{JwtAudience: strs(o.Audience...)}),
		// Its configuration names its keys, as it does to API Gateway.
		env: tokenEnv(str(o.Issuer), str(strings.TrimRight(o.Issuer, "/")+"/.well-known/openid-configuration"), *strs(o.Audience...)...),
	}
	if o.Desk.ClientID != "" {
		asked := strings.Join(o.Desk.Scopes, " ")
		if asked == "" {
			asked = deskScopes()
		}
		id.deskEnv = deskEnv(str(o.Desk.ClientID), o.Desk.AuthorizeURL, o.Desk.TokenURL, o.Desk.LogoutURL, asked)
	}
	return id
}

// deskEnv is the environment of the function desk. None of it is a secret.
func deskEnv(client *string, authorize, token, logout, scopes string) map[string]*string {
	env := map[string]*string{"CLIENT_ID": client, "AUTHORIZE_URL": str(authorize), "TOKEN_URL": str(token), "SCOPES": str(scopes)}
	if logout != "" {
		env["LOGOUT_URL"] = str(logout)
	}
	return env
}
