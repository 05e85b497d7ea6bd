package main

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"resonanz/shared/config"
)

// secretLength is 64 letters and digits, about 380 bits; their bytes are the
// HMAC key.
const secretLength = 64

// addSecrets has Secrets Manager make up the keys: no secret is ever in the
// template, the code or the configuration. To rotate, put a new value; the
// functions accept AWSCURRENT and AWSPREVIOUS.
func (s *stack) addSecrets() {
	secret := func(name, what string) awssecretsmanager.Secret {
		return awssecretsmanager.NewSecret(s.scope, str(name), &awssecretsmanager.SecretProps{
			Description: str(what),
			GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
				PasswordLength:     jsii.Number(secretLength),
				ExcludePunctuation: jsii.Bool(true),
			},
			RemovalPolicy: s.removal(),
		})
	}
	s.linkSecret = secret("LinkSecret", "Resonanz: signs customer links")
	s.deviceSecret = secret("DeviceSecret", "Resonanz: master of the device keys")
	s.webhookSecret = secret("WebhookSecret", "Resonanz: signs webhooks")
	if slices.ContainsFunc(s.Config.Notify.Webhooks, func(w config.Webhook) bool { return w.URL == "" }) {
		s.webhookURLs = awssecretsmanager.NewSecret(s.scope, str("WebhookUrls"), &awssecretsmanager.SecretProps{
			Description: str("Resonanz: addresses of webhooks that are secrets themselves, as JSON by id"),
			// A secret is never without a value: this one names no endpoint.
			GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
				SecretStringTemplate: str("{}"),
				GenerateStringKey:    str("-"),
				PasswordLength:       jsii.Number(secretLength),
				ExcludePunctuation:   jsii.Bool(true),
			},
			RemovalPolicy: s.removal(),
		})
	}
}
