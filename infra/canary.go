package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"
)

const (
	// canaryScope permits to issue links of the canary's touchpoint and to ask what
	// became of them. Nobody but the canary has it: neither staff nor systems.
	canaryScope = "canary"
	// canaryFolder holds the facts of the canary, apart from those of customers.
	canaryFolder = "canary/"
	// canaryDays is how long these are kept; the table keeps what they are made of as
	// long.
	canaryDays = 8
	// canaryTimeout is for a flight and a check, each of whose steps waits ten seconds
	// at most.
	canaryTimeout = 90
	// canaryMinutes lie between two flights. Of each hour's flights none is at its
	// turn, when much else begins.
	canaryMinutes = 15
)

// addCanaryClient makes the client by which the canary asks the pool for a token: one
// that is valid for a day, since each costs as much as a thousand ratings.
func (s *stack) addCanaryClient(pool awscognito.UserPool, server awscognito.UserPoolResourceServer, offered awscognito.ResourceServerScope) awscognito.UserPoolClient {
	return pool.AddClient(str("CanaryClient"), &awscognito.UserPoolClientOptions{
		GenerateSecret:      jsii.Bool(true),
		AuthFlows:           &awscognito.AuthFlow{},
		AccessTokenValidity: awscdk.Duration_Hours(jsii.Number(24)),
		OAuth: &awscognito.OAuthSettings{
			Flows:  &awscognito.OAuthFlows{ClientCredentials: jsii.Bool(true)},
			Scopes: &[]awscognito.OAuthScope{awscognito.OAuthScope_ResourceServer(server, offered)},
		},
	})
}

// addCanary makes the function that plays a customer, where the configuration wants
// one.
func (s *stack) addCanary() error {
	if !s.Config.Canary.Enabled {
		return nil
	}
	env := map[string]*string{"PUBLIC_URL": s.publicURL()}
	var may awsiam.PolicyStatement
	if c := s.identity.canary; c != nil {
		env["TOKEN_URL"], env["CLIENT_ID"], env["USER_POOL_ID"] = s.identity.tokenURL, c.UserPoolClientId(), s.identity.pool.UserPoolId()
		// The secret of its own client. Cognito knows no narrower permission.
		may = allow(s.identity.pool.UserPoolArn(), "cognito-idp:DescribeUserPoolClient")
	} else {
		secret := awssecretsmanager.NewSecret(s.scope, str("CanarySecret"), &awssecretsmanager.SecretProps{
			Description:   str("Resonanz: secret of the canary's client at the issuer; put it here"),
			RemovalPolicy: s.removal(),
		})
		env["TOKEN_URL"], env["CLIENT_ID"], env["CLIENT_SECRET_ARN"] = str(s.Config.Canary.TokenURL), str(s.Config.Canary.ClientID), secret.SecretArn()
		may = allow(secret.SecretArn(), "secretsmanager:GetSecretValue")
		awscdk.NewCfnOutput(s.scope, str("CanarySecretArn"), &awscdk.CfnOutputProps{Value: secret.SecretArn()})
	}
	return s.addFunction(function{
		name: "canary", does: "plays a customer every quarter of an hour: is issued a link, rates, looks for the fact",
		timeout: canaryTimeout, env: env, may: []awsiam.PolicyStatement{may},
	})
}

// factFolders are those of facts, of which the canary's are apart.
func (s *stack) factFolders() []*string {
	all := []*string{s.objects(factsFolder)}
	if s.Config.Canary.Enabled {
		all = append(all, s.objects(canaryFolder))
	}
	return all
}

// canaryRule removes the facts of the canary.
func canaryRule() *awss3.LifecycleRule {
	return &awss3.LifecycleRule{
		Id: str("canary"), Prefix: str(canaryFolder), Expiration: days(canaryDays), NoncurrentVersionExpiration: days(1),
	}
}
