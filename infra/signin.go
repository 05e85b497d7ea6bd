package main

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"
)

// codeAttribute is what a user's deeds are recorded under: custom:code.
const codeAttribute = "code"

// addUserPool makes the pool of staff, with a group for each scope. Nobody signs
// up by themselves; `make staff` enters people.
func (s *stack) addUserPool() awscognito.UserPool {
	pool := awscognito.NewUserPool(s.scope, str("Users"), &awscognito.UserPoolProps{
		SelfSignUpEnabled:  jsii.Bool(false),
		SignInAliases:      &awscognito.SignInAliases{Email: jsii.Bool(true)},
		AccountRecovery:    awscognito.AccountRecovery_EMAIL_ONLY,
		PasswordPolicy:     &awscognito.PasswordPolicy{MinLength: jsii.Number(12)},
		DeletionProtection: jsii.Bool(s.Config.Keep),
		RemovalPolicy:      s.removal(),
		// The smallest plan in which a function decides on the scopes of a token.
		FeaturePlan: awscognito.FeaturePlan_ESSENTIALS,
		CustomAttributes: &map[string]awscognito.ICustomAttribute{
			codeAttribute: awscognito.NewStringAttribute(&awscognito.StringAttributeProps{
				MaxLen: jsii.Number(64), Mutable: jsii.Bool(true),
			}),
		},
	})
	for _, scope := range scopes {
		pool.AddGroup(str(exported(scope.name)+"Group"), &awscognito.UserPoolGroupOptions{
			GroupName: str(scope.name), Description: str(scope.permits),
		})
	}
	return pool
}

// addDeskClient makes the client that the desk is in browsers: without a secret,
// by authorization code and PKCE. All scopes may be asked for; what a token keeps of
// them is for the function signin to say.
func (s *stack) addDeskClient(pool awscognito.UserPool, granted []awscognito.OAuthScope) awscognito.UserPoolClient {
	home := *s.publicURL() + "/desk"
	all := append([]awscognito.OAuthScope{awscognito.OAuthScope_OPENID()}, granted...)
	client := pool.AddClient(str("DeskClient"), &awscognito.UserPoolClientOptions{
		GenerateSecret:                  jsii.Bool(false),
		AccessTokenValidity:             awscdk.Duration_Hours(jsii.Number(1)),
		IdTokenValidity:                 awscdk.Duration_Hours(jsii.Number(1)),
		RefreshTokenValidity:            awscdk.Duration_Hours(jsii.Number(12)), // a working day
		RefreshTokenRotationGracePeriod: seconds(60),
		EnableTokenRevocation:           jsii.Bool(true),
		PreventUserExistenceErrors:      jsii.Bool(true),
		SupportedIdentityProviders:      &[]awscognito.UserPoolClientIdentityProvider{awscognito.UserPoolClientIdentityProvider_COGNITO()},
		ReadAttributes: awscognito.NewClientAttributes().WithStandardAttributes(&awscognito.StandardAttributesMask{Email: jsii.Bool(true)}).
			WithCustomAttributes(str(codeAttribute)),
		// Nobody gives themselves another's code.
		WriteAttributes: awscognito.NewClientAttributes().WithStandardAttributes(&awscognito.StandardAttributesMask{Email: jsii.Bool(true)}),
		OAuth: &awscognito.OAuthSettings{
			Flows:        &awscognito.OAuthFlows{AuthorizationCodeGrant: jsii.Bool(true)},
			Scopes:       &all,
			CallbackUrls: strs(home),
			LogoutUrls:   strs(home),
		},
	})
	// Without a list every user could also sign in by API; and rotation goes with
	// none that has the flow of refreshing in it. Passwords never leave the page of
	// the pool in clear.
	client.Node().DefaultChild().(awscognito.CfnUserPoolClient).SetExplicitAuthFlows(strs("ALLOW_USER_SRP_AUTH"))
	return client
}

// checkSignIns lets the function signin decide on each token for a user.
func (s *stack) checkSignIns() {
	if s.identity.pool != nil {
		s.identity.pool.AddTrigger(awscognito.UserPoolOperation_PRE_TOKEN_GENERATION_CONFIG(), s.functions["signin"], awscognito.LambdaVersion_V2_0)
	}
}

// signInURL is the base of the pool's sign-in pages, without a trailing slash: its
// domain, or on an emulator, which serves no such domain, what the context value
// signInUrl says.
func (s *stack) signInURL(domain awscognito.UserPoolDomain) string {
	if v := s.scope.Node().TryGetContext(str("signInUrl")); v != nil && s.Local {
		return strings.TrimRight(fmt.Sprint(v), "/")
	}
	return *domain.BaseUrl(nil)
}

// deskScopes are what the desk asks for, separated by spaces.
func deskScopes() string {
	all := []string{"openid"}
	for _, scope := range scopes {
		all = append(all, resourceServer+"/"+scope.name)
	}
	return strings.Join(all, " ")
}
